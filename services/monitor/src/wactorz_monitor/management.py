"""Starting, stopping, restarting and deleting spawned agents."""

import asyncio
import json
import time
from typing import Literal, Protocol

from wactorz_common.agent import Task
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.spawning import Done, Management, SpawnedAgent, SpecReport
from wactorz_common.errors import Refused
from wactorz_monitor import specs
from wactorz_monitor.fleet import Fleet, Outcome
from wactorz_monitor.german import phrase
from wactorz_monitor.spawn_registry import Entry, Leftover
from wactorz_monitor.specs import Spec

_LOOK = 0.1
_PATIENCE = 12.0
_MOST_BYTES = 800_000
"""Of one answer about a specification and those before it."""

_LONGEST_DESCRIPTION = 200
_WAKE: dict[str, Literal["start", "resume"]] = {AgentState.STOPPED: "start", AgentState.PAUSED: "resume"}


class Watch(Protocol):
    """What the monitor knows of every agent."""

    async def release(self, name: str, by: str) -> bool:
        """Start a service that is in quarantine; false when there is none of that name."""

    def forget_agent(self, name: str) -> None:
        """A spawned agent is gone: nobody shall miss it."""

    def lifecycle_of(self, name: str) -> str:
        """The state that an agent reports of itself; empty when it was not heard."""


class Manager:
    """Obeys people about agents that exist."""

    def __init__(self, fleet: Fleet, watch: Watch) -> None:
        self._fleet, self._watch = fleet, watch

    async def manage(self, request: Management, task: Task) -> Done:
        """Do it, and say what was done."""
        fleet = self._fleet
        entry = fleet.registry.entries.get(request.name)
        if entry is None:
            return await self._for_service(request, task)
        if entry.name in fleet.moving and request.command != "delete":
            raise Refused(
                phrase(
                    "{name} is just moving to {moving}: try again when it has arrived",
                    name=entry.name,
                    moving=fleet.moving[entry.name],
                )
            )
        by = request.by or task.sender
        async with fleet.lock(request.name):
            entry = fleet.registry.entries.get(request.name, entry)
            fleet.audit.note(f"{request.command} asked", entry.name, by=by)
            fleet.begin_anew(entry.name)
            match request.command:
                case "start":
                    return await self._start(entry, task)
                case "stop":
                    return await self._stop(entry, task)
                case "restart":
                    return await self._restart(entry, task)
                case _:
                    return await self.delete(entry, task)

    async def _for_service(self, request: Management, task: Task) -> Done:
        name = request.name
        if request.command in ("start", "restart") and await self._watch.release(name, request.by or task.sender):
            return Done(text=phrase("{name} is being started again.", name=name))
        if request.command == "delete" and task.recovered:
            return Done(text=phrase("{name} is deleted.", name=name))
        raise Refused(phrase("No spawned agent is called '{name}': list them with `/agents`", name=name))

    async def _start(self, entry: Entry, task: Task) -> Done:
        fleet = self._fleet
        entry = await fleet.registry.change(entry, wanted="running", held=False, problem="", updated_at=time.time())
        if not fleet.is_online(entry.node):
            return Done(text=phrase("Node {node} is offline: {name} starts with it.", node=entry.node, name=entry.name))
        machine = fleet.machine(entry.node)
        if machine.states.get(entry.name) == "quarantined":
            await fleet.dispatcher.restart(entry.node, entry.name, "a person starts it")
            return Done(text=phrase("{name} is released from quarantine and being started.", name=entry.name))
        if machine.runs(entry.name) and entry.settled:
            wake = _WAKE.get(self._watch.lifecycle_of(entry.name))
            if wake is not None:
                await fleet.command(entry, wake)
            return Done(text=phrase("{name} runs on {node}.", name=entry.name, node=entry.node))
        return await self._send(entry, task)

    async def _send(self, entry: Entry, task: Task) -> Done:
        fleet = self._fleet
        with fleet.expecting(entry.name) as answer:
            problem = await fleet.send(entry)
            if problem:
                raise Refused(problem)
            done, _ = await asyncio.wait([answer], timeout=_seconds(task))
        if not done:
            return Done(
                text=phrase(
                    "Node {node} has not answered yet: {name} is sent again until it does.",
                    node=entry.node,
                    name=entry.name,
                )
            )
        reason = answer.result().reason
        if reason:
            raise Refused(
                phrase("Node {node} refused {name}: {reason}", node=entry.node, name=entry.name, reason=reason)
            )
        return Done(text=phrase("{name} runs on {node}.", name=entry.name, node=entry.node))

    async def _stop(self, entry: Entry, task: Task) -> Done:
        fleet = self._fleet
        await fleet.registry.change(entry, wanted="stopped", held=False, problem="", updated_at=time.time())
        fleet.tell_waiting(entry.name, Outcome(phrase("it was stopped meanwhile")))
        if not fleet.is_online(entry.node):
            return Done(
                text=phrase(
                    "{name} is to be stopped; its node {node} is offline and told when it is back.",
                    name=entry.name,
                    node=entry.node,
                )
            )
        await fleet.stop(Leftover(entry.name, entry.node))
        if await self._is_gone(entry, task):
            if not fleet.machine(entry.node).is_ours:
                self._watch.forget_agent(entry.name)
            return Done(text=phrase("{name} is stopped and stays so until it is started.", name=entry.name))
        return Done(
            text=phrase(
                "{name} is told to stop; node {node} has not confirmed it yet.", name=entry.name, node=entry.node
            )
        )

    async def _restart(self, entry: Entry, task: Task) -> Done:
        fleet = self._fleet
        machine = fleet.machine(entry.node)
        if entry.wanted == "stopped" or not machine.runs(entry.name) or not fleet.is_online(entry.node):
            return await self._start(entry, task)
        if machine.is_ours:
            await fleet.dispatcher.restart(entry.node, entry.name, "a person asks for it")
            return Done(text=phrase("{name} is being restarted on {node}.", name=entry.name, node=entry.node))
        await fleet.dispatcher.spawn(entry, machine, replace=True)
        return Done(text=phrase("{name} is being started anew on {node}.", name=entry.name, node=entry.node))

    async def delete(self, entry: Entry, task: Task) -> Done:
        """Registry entry, state on the node, account and retained topics."""
        fleet = self._fleet
        left = Leftover(entry.name, entry.node, entry.ids, delete=True, since=time.time())
        await fleet.registry.remove(entry, left)
        fleet.tell_waiting(entry.name, Outcome(phrase("it was deleted meanwhile")))
        online = fleet.is_online(entry.node)
        if online:
            await fleet.stop(left)
        await fleet.command(entry, "delete")  # whoever lists agents learns that its goodbye is for good
        gone = online and await self._is_gone(entry, task)
        await fleet.drop_account(entry.name)
        await fleet.clear_topics(entry.name, entry.ids)
        self._watch.forget_agent(entry.name)
        fleet.audit.note("deleted", entry.name)
        later = "" if gone else phrase(" Node {node} removes its state as soon as it is heard.", node=entry.node)
        return Done(text=phrase("{name} is deleted.{later}", name=entry.name, later=later))

    async def _is_gone(self, entry: Entry, task: Task) -> bool:
        until = time.monotonic() + _seconds(task)
        while time.monotonic() < until:
            if not self._fleet.machine(entry.node).runs(entry.name):
                return True
            await asyncio.sleep(_LOOK)
        return False

    # -- reports ------------------------------------------------------------------------------------------------

    def report(self, entry: Entry) -> SpawnedAgent:
        """One agent for people."""
        actual, problem = self._fleet.actual(entry)
        lifecycle = self._watch.lifecycle_of(entry.name)
        if actual == "running" and lifecycle in _WAKE:
            actual = lifecycle
        return SpawnedAgent(
            name=entry.name, agent_id=entry.ids[-1], type=entry.spec["type"],
            description=entry.spec.get("description", "")[:_LONGEST_DESCRIPTION], node=entry.node,
            wanted=entry.wanted, actual=actual,
            problem=problem, code_sha256=self._fleet.code_hash(entry), created_at=entry.created_at,
            updated_at=entry.updated_at,
        )  # fmt: skip

    async def spec_of(self, name: str) -> SpecReport:
        """The specification of an agent, and the ones before it."""
        entry = self._fleet.registry.entries.get(name)
        if entry is None:
            raise Refused(phrase("No spawned agent is called '{name}': list them with `/agents`", name=name))
        history = _fitting(entry.spec, await self._fleet.registry.history(name))
        return SpecReport(agent=self.report(entry), spec=entry.spec, history=history)


def _fitting(spec: Spec, history: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """The history as far as it fits into an answer; of what does not fit, the code is left out."""
    room = _MOST_BYTES - len(json.dumps(spec))
    fitting = []
    for past in history:
        size = len(json.dumps(past))
        if size <= room:
            fitting.append(past)
            room -= size
        else:
            fitting.append(specs.outline(past))
    return tuple(fitting)


def _seconds(task: Task) -> float:
    return max(0.0, min(_PATIENCE, task.remaining - 2.0))
