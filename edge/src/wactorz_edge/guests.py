"""The spawned agents of this node: taken in, restarted by the shared policy, stopped, handed over."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from wactorz_common import logs
from wactorz_common.contracts.nodes import NodeEvent, ProcessInfo
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused, TransportError, WactorzError
from wactorz_common.supervision import Death, History, Quarantine, Restart, RestartPolicy, decide
from wactorz_edge.admission import digest_of
from wactorz_edge.executor import Executor, Logins
from wactorz_edge.ledger import ExecutorKind, Guest, Ledger

Choose = Callable[[SpawnSpec], ExecutorKind]
"""Which executor an agent gets; Refused when this node has none for it."""

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 30.0
_ALIVE = ("running", "backoff")
_SHOWN: dict[str, Literal["quarantined", "stopped"]] = {"quarantined": "quarantined"}


class Guests:
    """Every spawned agent of one node. What happens to one agent happens one after the other."""

    def __init__(
        self, ledger: Ledger, executors: Mapping[ExecutorKind, Executor], choose: Choose, logins: Logins,
        policy: RestartPolicy, node_name: str,
    ) -> None:  # fmt: skip
        self.announce: Callable[[NodeEvent], None] = lambda _event: None
        self._ledger = ledger
        self._executors = executors
        self._choose = choose
        self._logins = logins
        self._policy = policy
        self._node_name = node_name
        self._log = logs.get(__name__)
        self._guests: dict[str, Guest] = {guest.name: guest for guest in ledger.guests()}
        self._up: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._reviving: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        for executor in executors.values():
            executor.report_to(self)

    # -- what there is ------------------------------------------------------------------------------------------

    def __contains__(self, name: str) -> bool:
        return name in self._guests

    def running(self) -> tuple[Guest, ...]:
        """The guests that run now, by name."""
        up = (guest for _, guest in sorted(self._guests.items()) if self._is_up(guest))
        return tuple(guest for guest in up if not guest.handed_over)

    def processes(self) -> Iterable[ProcessInfo]:
        """Every guest that somebody may ask about."""
        for guest in self._guests.values():
            if guest.state != "parked" and not guest.handed_over and guest.executor in self._executors:
                up = self._is_up(guest)
                down: Any = "backoff" if guest.state in _ALIVE else _SHOWN.get(guest.state, "stopped")
                yield ProcessInfo(
                    name=guest.name, pid=self._of(guest).pid(guest) if up else 0,
                    state="running" if up else down,
                    restarts=guest.restarts, started_at=guest.started_at, executor=guest.executor,
                    ended=guest.state == "ended",
                )  # fmt: skip

    def _is_up(self, guest: Guest) -> bool:
        return guest.name in self._up and (guest.executor == "docker" or self._of(guest).pid(guest) > 0)

    # -- start and stop -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Find again what a runner before this one has left running, and start what has died meanwhile."""
        for kind, executor in self._executors.items():
            await executor.start([g for g in self._guests.values() if g.executor == kind and g.state in _ALIVE])
        for guest in list(self._guests.values()):
            if guest.executor not in self._executors:
                self._park(guest)
            elif guest.state in _ALIVE:
                self._revive(guest, 0.0)

    async def stop(self) -> None:
        """Stop every guest in good order; whoever keeps the desired state brings them back."""
        self._stopping = True
        await self._cancel(*self._reviving)
        await asyncio.gather(*(self._stop_for_now(guest) for guest in list(self._guests.values())))
        for executor in self._executors.values():
            await executor.stop()

    async def _stop_for_now(self, guest: Guest) -> None:
        async with self._turn(guest.name):
            if guest.state not in _ALIVE:
                return
            try:
                await self._of(guest).drop(guest, delete=False, keep_topics=False)
            except WactorzError as error:
                self._log.warning("a guest does not stop in good order", guest=guest.name, reason=str(error))
            self._park(guest)

    def _park(self, guest: Guest) -> None:
        self._up.discard(guest.name)
        if guest.state in _ALIVE:
            guest.state = "parked"
        self._ledger.save(guest)

    # -- requests -----------------------------------------------------------------------------------------------

    async def spawn(self, spec: SpawnSpec) -> None:
        """Have an agent run; returns when it does. Refused says why it never will, TransportError why not now."""
        async with self._turn(spec.name):
            if self._stopping:
                raise TransportError("This node is just stopping")
            known = self._guests.get(spec.name)
            if known is not None and self._is_answered(known, spec):
                return
            await self._cancel(spec.name)
            if known is not None and known.state in (*_ALIVE, "quarantined"):
                await self._of(known).drop(known, delete=False, keep_topics=False)
                self._up.discard(spec.name)
            await self._begin(self._make(spec, known), known)

    def _is_answered(self, known: Guest, spec: SpawnSpec) -> bool:
        """Whether nothing is left to be done for this specification."""
        same = known.digest == digest_of(spec)
        if known.handed_over or spec.migration_token or spec.initial_state is not None:
            return False
        if known.state in _ALIVE:
            return same or not spec.replace
        if known.state == "quarantined" and not spec.replace:
            raise Refused(f"{spec.name} is in quarantine: {known.problem or 'it keeps dying'}. Replace or restart it")
        return False

    def _make(self, spec: SpawnSpec, known: Guest | None) -> Guest:
        guest = Guest(spec.name, spec.agent_id, spec, digest_of(spec), self._choose(spec))
        if known is not None and (known.agent_id, known.executor) == (guest.agent_id, guest.executor):
            guest.number, guest.volume, guest.restarts = known.number, known.volume, known.restarts
            guest.container = known.container
            if known.digest == guest.digest and not spec.replace:
                guest.spec = spec.model_copy(update={"code": known.spec.code})
        return guest

    async def _begin(self, guest: Guest, known: Guest | None) -> None:
        """Write it down, then have it hosted: a runner that dies in between finds it again."""
        self._ledger.save(guest)
        self._guests[guest.name] = guest
        try:
            await self._host(guest)
        except BaseException as error:
            if isinstance(error, WactorzError) or not self._stopping:
                self._undo(guest, known)
            raise

    def _undo(self, guest: Guest, known: Guest | None) -> None:
        """An agent that could not be started leaves nothing but what it had before."""
        if known is None and not guest.volume:
            self._guests.pop(guest.name, None)
            self._ledger.forget(guest.name)
        else:
            guest.state = "stopped"
            self._ledger.save(guest)

    async def _host(self, guest: Guest) -> None:
        guest.started_at = time.time()
        await self._of(guest).host(guest, self._logins.order(guest))
        if guest.spec.initial_state is not None:
            guest.spec = guest.spec.model_copy(update={"initial_state": None, "migration_token": ""})
        guest.state, guest.problem = "running", ""
        self._up.add(guest.name)
        self._ledger.save(guest)
        self._tell(guest, "started")

    async def halt(self, name: str, reason: str, *, delete: bool, keep_topics: bool) -> None:
        """A person's stop, kept until somebody spawns or restarts the agent; with `delete` nothing of it remains."""
        if name not in self._guests:
            return
        async with self._turn(name):
            guest = self._guests.get(name)
            if guest is None:
                return
            self._log.info("guest stopped", guest=name, reason=reason, delete=delete)
            await self._cancel(name)
            self._up.discard(name)
            if delete:
                await self._of(guest).drop(guest, delete=True, keep_topics=keep_topics)
                self._guests.pop(name, None)
                self._ledger.forget(name)
            else:
                guest.state = "stopped"
                self._ledger.save(guest)
                await self._of(guest).drop(guest, delete=False, keep_topics=False)
            self._tell(guest, "stopped")

    async def halt_all(self, reason: str) -> None:
        """Stop every guest."""
        await asyncio.gather(*(self.halt(name, reason, delete=False, keep_topics=False) for name in list(self._guests)))

    async def restart(self, name: str, reason: str) -> None:
        """Kill a guest that hangs and start it again; also ends a quarantine or a stop."""
        if name not in self._guests:
            return
        async with self._turn(name):
            guest = self._guests.get(name)
            if guest is None or self._stopping:
                return
            self._log.warning("guest restarted", guest=name, reason=reason)
            await self._cancel(name)
            self._up.discard(name)
            if guest.state in _ALIVE:
                await self._of(guest).kill(guest)
                self._die(guest, reason, None)
            else:
                guest.state, guest.deaths, guest.streak = "backoff", [], 0
                self._ledger.save(guest)
                self._revive(guest, 0.0)

    async def export(self, name: str) -> tuple[SpawnSpec, dict[str, Any]]:
        """End a running guest that is to run elsewhere: its specification and state.

        Until it is spawned again, which undoes the move, it does not work here. Refused when it does not run.
        """
        guest = self._guests.get(name)
        if guest is None or not self._is_up(guest):
            raise Refused(f"{name} does not run on this node")
        async with self._turn(name):
            guest.handed_over = True
            self._ledger.save(guest)
            return guest.spec, await self._of(guest).export(guest)

    # -- deaths -------------------------------------------------------------------------------------------------

    def ended(self, name: str, reason: str, *, code: int | None = None, wished: bool = False) -> None:
        """A guest has ended by itself; one that wished so stays down until somebody spawns or restarts it."""
        guest = self._guests.get(name)
        if guest is None or name not in self._up or self._stopping:
            return
        self._up.discard(name)
        if not wished:
            self._die(guest, reason, code)
            return
        guest.state, guest.problem = "ended", reason
        self._ledger.save(guest)
        self._tell(guest, "stopped", code)

    def repaired(self, name: str, code: str) -> None:
        """The code of a guest was mended; it keeps that, for as long as the same specification is wanted."""
        guest = self._guests.get(name)
        if guest is not None:
            guest.spec = guest.spec.model_copy(update={"code": code})
            self._ledger.save(guest)

    def _die(self, guest: Guest, reason: str, code: int | None) -> None:
        """Let the shared policy decide what follows the end of a guest."""
        policy = replace(self._policy, limit=min(self._policy.limit, guest.spec.max_restarts))
        history = History(tuple(guest.deaths), guest.streak)
        death = Death(time.time(), guest.started_at, code)
        decision, history = decide(policy, history, death, random.random())  # noqa: S311  # jitter
        guest.deaths, guest.streak, guest.problem = list(history.deaths), history.streak, reason
        self._log.warning("guest ended", guest=guest.name, reason=reason, code=code, decision=str(decision))
        if isinstance(decision, Restart):
            guest.state, guest.restarts = "backoff", guest.restarts + 1
            self._tell(guest, "died", code, decision.delay)
            self._revive(guest, decision.delay)
        elif isinstance(decision, Quarantine):
            guest.state = "quarantined"
            self._tell(guest, "died", code)
            self._tell(guest, "quarantined", code)
        self._ledger.save(guest)

    def _revive(self, guest: Guest, delay: float) -> None:
        task = asyncio.create_task(self._bring_back(guest, delay))
        self._reviving[guest.name] = task
        task.add_done_callback(lambda done: self._revived(guest.name, done))

    def _revived(self, name: str, task: "asyncio.Task[None]") -> None:
        if self._reviving.get(name) is task:
            del self._reviving[name]

    async def _bring_back(self, guest: Guest, delay: float) -> None:
        """Host a guest again, for as long as it takes until its executor can be reached."""
        await asyncio.sleep(delay)
        pause = _FIRST_RETRY
        while True:
            try:
                if guest.handed_over:
                    await self._of(guest).drop(guest, delete=False, keep_topics=False)
                    self._park(guest)
                    return
                await self._host(guest)
            except Refused as error:
                self._die(guest, str(error), None)
            except (WactorzError, OSError) as error:
                self._log.warning("a guest cannot be brought back yet", guest=guest.name, reason=str(error))
                guest.problem = str(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_RETRY)
                continue
            return

    async def _cancel(self, *names: str) -> None:
        tasks = [self._reviving.pop(name) for name in names if name in self._reviving]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- inside -------------------------------------------------------------------------------------------------

    def _of(self, guest: Guest) -> Executor:
        executor = self._executors.get(guest.executor)
        if executor is None:
            raise TransportError(f"{guest.name} ran as '{guest.executor}', which this node no longer offers")
        return executor

    def _turn(self, name: str) -> asyncio.Lock:
        """One thing at a time for each name."""
        return self._locks.setdefault(name, asyncio.Lock())

    def _tell(self, guest: Guest, kind: Any, code: int | None = None, delay: float | None = None) -> None:
        event = NodeEvent(
            node=self._node_name, name=guest.name, kind=kind, exit_code=code,
            pid=self._of(guest).pid(guest), deaths=len(guest.deaths),
            delay=None if delay is None else round(delay, 3), timestamp=time.time(),
        )  # fmt: skip
        self.announce(event)
