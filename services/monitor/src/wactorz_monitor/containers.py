"""Restarts the containers of this project by the shared policy: events and lists in, starts and stops out."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Literal

from wactorz_common import logs
from wactorz_common.contracts.nodes import NodeEvent, ProcessInfo
from wactorz_common.supervision import Death, Group, History, Quarantine, Restart, RestartPolicy, decide
from wactorz_monitor.container_acts import Acts, Tell
from wactorz_monitor.container_facts import (
    Fact,
    Unit,
    hung,
    is_live,
    moment,
    newest,
    process_of,
    recalled,
    unit_of,
    wish_of,
)
from wactorz_monitor.docker_client import DockerClient, DockerFault
from wactorz_monitor.groups import companions, waves

_STOP_GRACE = 0.5
"""A `stop` event comes a little after the end that it causes."""
_CONFIRM_SECONDS = 3.0
"""An engine that shuts down stops everybody; only while it still answers later it was a person."""
_STOP_WAIT = 10

Announce = Callable[[NodeEvent], Awaitable[None]]
Keep = Callable[[dict[str, Any]], Awaitable[None]]


class Containers:
    """The supervised containers; `announce` is told what happens, `tell` speaks to people, `keep` writes to disk."""

    def __init__(
        self, docker: DockerClient, node: str, announce: Announce, tell: Tell, keep: Keep,
        *, groups: Sequence[Group] = (), policy: RestartPolicy | None = None, exempt: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.units: dict[str, Unit] = {}
        self.node = node
        self._docker, self._announce, self._keep = docker, announce, keep
        self._acts = Acts(docker, tell)
        self._groups, self._policy, self._exempt = groups, policy or RestartPolicy(), exempt
        self._log = logs.get(__name__)
        self.since_ns = time.time_ns()
        """Time of the last event that was heard."""
        self._unconfirmed: dict[str, int] = {}
        self._kept: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    # -- what is kept -------------------------------------------------------------------------------------------

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what was known before this start."""
        self.since_ns = int(kept.get("since_ns", self.since_ns))
        self.units = {name: recalled(name, wish, time.time()) for name, wish in kept.get("wishes", {}).items()}

    def extract(self) -> dict[str, Any]:
        """What a restart of the monitor must not forget; a stop that is not confirmed will be heard again."""
        wishes = {unit.name: wish_of(unit, is_confirmed=unit.name not in self._unconfirmed) for unit in self._all()}
        return {"since_ns": min([self.since_ns, *(at - 1 for at in self._unconfirmed.values())]), "wishes": wishes}

    async def _save(self) -> None:
        kept = self.extract()
        if kept["wishes"] != self._kept:
            self._kept = kept["wishes"]
            await self._keep(kept)

    async def end(self) -> None:
        """Let go of what waits for its time."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- events -------------------------------------------------------------------------------------------------

    async def on_fact(self, fact: Fact) -> None:
        """Note an event and do what follows from it."""
        if fact.name in self._exempt:
            return
        self.since_ns = max(self.since_ns, fact.at_ns)
        unit = self.units.get(fact.name)
        if unit is None or not unit.id or (fact.action == "start" and unit.id != fact.container):
            unit = self._take_up(fact.name, fact.container, fact.labels)
        if unit.id != fact.container:
            return  # of a container that another has replaced
        unit.changed_at = time.time()
        match fact.action:
            case "start":
                await self._started(unit, fact.at)
            case "die":
                await self._died(unit, fact.at, fact.code)
            case "stop":
                await self._stopped(unit, fact)
            case "destroy":
                await self._removed(unit)
            case _:
                self._note_condition(unit, fact)

    def _note_condition(self, unit: Unit, fact: Fact) -> None:
        match fact.action.partition(":")[0]:
            case "kill" if not fact.is_kill:
                unit.told_at = fact.at
            case "pause":
                unit.paused_at = fact.at
            case "unpause":
                unit.paused_at = 0.0
            case "health_status":
                unit.sick_at = fact.at if fact.action.endswith("unhealthy") else 0.0
            case "oom":
                self._log.warning("out of memory", container=unit.name)

    def _take_up(self, name: str, container: str, labels: Any) -> Unit:
        """A new container; what is remembered of its name stays."""
        unit = unit_of(name, container, labels)
        known = self.units.get(name)
        if known is not None:
            unit.history, unit.restarts, unit.own_stop = known.history, known.restarts, known.own_stop
        self.units[name] = unit
        return unit

    async def _started(self, unit: Unit, at: float) -> None:
        unit.down, unit.started_at, unit.paused_at, unit.sick_at, unit.told_at = False, at, 0.0, 0.0, 0.0
        if not unit.is_wanted and not unit.is_own_start(at):
            self._release(unit)
            self._log.info("started by a person", container=unit.name)
        await self._report(unit, "started")
        await self._save()

    async def _died(self, unit: Unit, at: float, code: int | None) -> None:
        if unit.down or unit.is_own_stop(at):
            return
        unit.down = True
        death = Death(at, unit.started_at, code)
        if unit.told_at > unit.started_at:
            self._judge_later(unit, death)
        else:
            await self._judge(unit, death)

    def _judge_later(self, unit: Unit, death: Death) -> None:
        """Give the news of a person's stop the time to come."""
        unit.busy = True
        self._spawn(self._wait_and_judge(unit, death, unit.history))

    async def _wait_and_judge(self, unit: Unit, death: Death, before: History) -> None:
        await asyncio.sleep(_STOP_GRACE)
        if unit.history is before:  # else it was stopped, or stopped and released
            unit.busy = False
            if unit.down and self.units.get(unit.name) is unit:
                await self._judge(unit, death)

    async def _judge(self, unit: Unit, death: Death) -> None:
        """Let the policy decide what follows."""
        policy = replace(self._policy, kind=unit.kind)
        decision, unit.history = decide(policy, unit.history, death, random.random())  # noqa: S311  # jitter
        self._log.warning("container ended", container=unit.name, code=death.code, decision=str(decision))
        if isinstance(decision, Restart):
            unit.restarts += 1
            self._revive(unit, decision.delay)
            await self._report(unit, "died", death.code, decision.delay)
        elif isinstance(decision, Quarantine):
            await self._report(unit, "died", death.code)
            await self._report(unit, "quarantined", death.code)
        else:
            unit.history = replace(unit.history, stopped=not unit.history.quarantined)
            await self._report(unit, "stopped", death.code)
        await self._save()

    async def _stopped(self, unit: Unit, fact: Fact) -> None:
        if unit.history.stopped or unit.is_own_stop(fact.at):
            return
        unit.down, unit.busy = True, False
        before = unit.history
        unit.history = History(stopped=True)
        self._unconfirmed[unit.name] = fact.at_ns
        self._log.info("stopped by a person", container=unit.name)
        self._spawn(self._confirm(unit, before))
        await self._report(unit, "stopped")

    async def _confirm(self, unit: Unit, before: History) -> None:
        """A stop counts as a person's while the engine still answers."""
        await asyncio.sleep(_CONFIRM_SECONDS)
        if unit.name not in self._unconfirmed:
            return
        try:
            await self._docker.containers()
        except DockerFault:
            unit.history = before
        del self._unconfirmed[unit.name]
        await self._save()

    async def _removed(self, unit: Unit) -> None:
        self.units.pop(unit.name, None)
        self._unconfirmed.pop(unit.name, None)
        await self._report(unit, "stopped")
        await self._save()

    # -- comparing ----------------------------------------------------------------------------------------------

    async def reconcile(self, *, catch_up: bool = False) -> None:
        """Compare what should run with what does; in a catch-up an end that was not seen is no fault."""
        asked = time.time()
        listed = {n: entry for n, entry in newest(await self._docker.containers()).items() if n not in self._exempt}
        idle: list[Unit] = []
        for name, entry in listed.items():
            unit = self._listed(name, entry, asked)
            if unit.busy or unit.changed_at >= asked or unit.id != entry["Id"]:
                continue
            if is_live(entry):
                await self._found_running(unit, is_paused=entry["State"] == "paused")
            elif entry["State"] != "created" and await self._found_ended(unit, catch_up=catch_up):
                idle.append(unit)
        for unit in [unit for unit in self._all() if unit.name not in listed and unit.changed_at < asked]:
            await self._removed(unit)
        for wave in waves(idle):
            await asyncio.gather(*(self._acts.start(unit) for unit in wave))
        await self._save()

    def _listed(self, name: str, entry: Any, asked: float) -> Unit:
        unit = self.units.get(name)
        if unit is None or (unit.id != entry["Id"] and unit.changed_at < asked):
            return self._take_up(name, entry["Id"], entry["Labels"])
        return unit

    async def _found_running(self, unit: Unit, *, is_paused: bool) -> None:
        if unit.down:
            known = (await self._docker.inspect(unit.id)).get("State") or {}
            await self._started(unit, moment(known.get("StartedAt")) or time.time())
        unit.paused_at = (unit.paused_at or time.time()) if is_paused else 0.0

    async def _found_ended(self, unit: Unit, *, catch_up: bool) -> bool:
        """Whether it is to be started now."""
        if unit.down or catch_up:
            unit.down = True
            return unit.is_wanted
        unit.down = True
        known = (await self._docker.inspect(unit.id)).get("State") or {}
        self._judge_later(unit, Death(time.time(), unit.started_at, known.get("ExitCode")))
        return False

    # -- acting -------------------------------------------------------------------------------------------------

    async def restart(self, name: str, reason: str) -> bool:
        """End a container that hangs and start it again, or release one that rests; False when it is unknown."""
        unit = self.units.get(name)
        if unit is None:
            return False
        self._log.warning("restart asked for", container=name, reason=reason)
        if unit.busy and unit.is_wanted:
            return True
        if unit.down:
            self._release(unit)
            await self._save()
            self._revive(unit, 0.0)
        elif await self._halt(unit, 0):
            await self._judge(unit, Death(time.time(), unit.started_at, None))
        return True

    async def stop(self, name: str, reason: str) -> bool:
        """A person's stop, respected until a start; False when it is unknown."""
        unit = self.units.get(name)
        if unit is None:
            return False
        self._log.warning("stop asked for", container=name, reason=reason)
        unit.history = History(stopped=True)
        if not unit.down:
            await self._halt(unit, _STOP_WAIT)
        await self._report(unit, "stopped")
        await self._save()
        return True

    def hung(self, limit: float, heard: Collection[str]) -> list[tuple[str, str]]:
        """Names and reasons of containers that are paused too long, or sick without heartbeats that would tell."""
        return hung(self._all(), time.time(), limit, heard)

    def _release(self, unit: Unit) -> None:
        unit.history = History()
        self._unconfirmed.pop(unit.name, None)

    async def _halt(self, unit: Unit, wait: int) -> bool:
        """Stop it; that it is us is on disk before."""
        unit.busy, unit.own_stop = True, (time.time(), float("inf"))
        try:
            await self._save()
            return await self._acts.halt(unit, wait)
        finally:
            unit.busy = False

    def _revive(self, unit: Unit, delay: float) -> None:
        """Start a dead unit after the delay, and its companions with it."""
        members = companions(self._groups, self.units, unit)
        for member in members:
            member.busy = True
        self._spawn(self._bring_back(members, unit, delay))

    async def _bring_back(self, members: list[Unit], dead: Unit, delay: float) -> None:
        try:
            until = time.monotonic() + delay
            for member in reversed(members):
                if member is not dead and not member.down and await self._acts.halt(member, _STOP_WAIT):
                    await self._report(member, "died", None, delay)
            await asyncio.sleep(max(0.0, until - time.monotonic()))
            for member in members:
                await self._acts.start(member)
        finally:
            for member in members:
                member.busy = False

    # -- telling ------------------------------------------------------------------------------------------------

    def processes(self) -> tuple[ProcessInfo, ...]:
        """Every container for the pulse of this node."""
        return tuple(map(process_of, self._all()))

    async def _report(
        self, unit: Unit, kind: Literal["started", "died", "quarantined", "stopped"],
        code: int | None = None, delay: float | None = None,
    ) -> None:  # fmt: skip
        event = NodeEvent(
            node=self.node, name=unit.name, kind=kind, exit_code=code, delay=None if delay is None else round(delay, 3),
            deaths=len(unit.history.deaths), timestamp=time.time(),
        )  # fmt: skip
        await self._announce(event)

    def _all(self) -> list[Unit]:
        return list(self.units.values())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
