"""The spawned agents and the nodes that run them: what is known, what is sent, and who waits for an answer."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from wactorz_common import logs
from wactorz_common.bus import Bus
from wactorz_common.contracts.guests import AGENT_DATA, AGENT_LEAF, RETAINED_LEAVES
from wactorz_common.contracts.lifecycle import COMMANDS, AgentCommand, AgentState, Heartbeat, Severity
from wactorz_common.contracts.nodes import SpawnAck
from wactorz_common.errors import WactorzError
from wactorz_monitor import specs
from wactorz_monitor.accounts import Accounts
from wactorz_monitor.audit import Audit
from wactorz_monitor.dispatch import Dispatcher
from wactorz_monitor.german import phrase
from wactorz_monitor.machines import Machine, Machines
from wactorz_monitor.reconcile import LONGEST_GRACE, Attempt
from wactorz_monitor.spawn_registry import Entry, Leftover, SpawnRegistry

_REPLACING_SECONDS = 1.0
_RETAINED_SECONDS = 0.3
"""Within this time the broker hands over what it keeps."""

Alert = Callable[[str, Severity], Awaitable[None]]

_DIED = "It died too often in a short time; read its log, then start it"


@dataclass(frozen=True)
class Outcome:
    """What a node answered; no reason when it has taken the agent up."""

    reason: str = ""
    temporary: bool = False


class Fleet:
    """Everything that the handlers and the reconciliation share."""

    def __init__(
        self, bus: Bus, registry: SpawnRegistry, dispatcher: Dispatcher, accounts: Accounts, audit: Audit, alert: Alert
    ) -> None:
        self.registry, self.dispatcher, self.accounts, self.audit = registry, dispatcher, accounts, audit
        self.machines = Machines()
        self.attempts: dict[tuple[str, str], Attempt] = {}
        self.moving: dict[str, str] = {}
        """Agents that are on their way, and to which node."""
        self.alert = alert
        self.changed = asyncio.Event()
        """Set when the next reconciliation should not wait."""
        self._bus = bus
        self._log = logs.get(__name__)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, list[asyncio.Future[Outcome]]] = defaultdict(list)
        self._alerted: dict[str, str] = {}

    def lock(self, name: str) -> asyncio.Lock:
        """Held while the wish for one agent is changed."""
        return self._locks[name]

    def machine(self, node: str) -> Machine:
        """The node, online or not."""
        return self.machines.get(node) or Machine(node)

    def is_online(self, node: str) -> bool:
        """Whether the node can be told something now."""
        return self.machine(node).is_online(time.monotonic())

    # -- sending ------------------------------------------------------------------------------------------------

    async def send(self, entry: Entry, **extras: Any) -> str:
        """Send an agent to its node, once its account is there; why that failed, if it did."""
        self.tried(entry.name, entry.node)
        machine = self.machine(entry.node)
        leftover = self.registry.leftovers.get((entry.name, entry.node))
        try:
            if leftover is not None:
                await self.dispatcher.stop(entry.node, entry.name, delete=leftover.delete, keep_topics=True)
                await self.registry.cleared(leftover)
            if machine.is_ours:
                await self.accounts.ensure(entry, entry.node)
            await self.dispatcher.spawn(entry, machine, replace=entry.previous is not None, **extras)
        except WactorzError as error:
            await self.trouble(entry, str(error))
            return str(error)
        self._log.info("spawn sent", agent_name=entry.name, node=entry.node)
        return ""

    async def drop_account(self, name: str) -> None:
        """Remove the broker account of an agent; what fails now is done by a later round."""
        try:
            await self.accounts.drop(name)
        except WactorzError as error:
            self._log.warning("account not removed yet", agent_name=name, reason=str(error))

    async def stop(self, leftover: Leftover) -> None:
        """Have a node stop an agent that must not run there."""
        self.tried(leftover.name, leftover.node)
        await self.dispatcher.stop(
            leftover.node, leftover.name, delete=leftover.delete, keep_topics=leftover.keep_topics
        )

    async def command(self, entry: Entry, command: Literal["start", "resume", "delete"]) -> None:
        """Speak to the agent itself."""
        order = AgentCommand(command=command, sender=self._bus.identity.name, timestamp=time.time())
        await self._bus.send(COMMANDS.topic(agent_id=entry.ids[-1]), order.encode(), COMMANDS.qos)

    def tried(self, name: str, node: str) -> None:
        """Note that something was sent."""
        before = self.attempts.get((name, node))
        self.attempts[name, node] = Attempt(before.count + 1 if before else 1, time.monotonic())

    def forget_old_attempts(self) -> None:
        """What runs needs no memory of how it was started."""
        now = time.monotonic()
        for (name, node), attempt in list(self.attempts.items()):
            entry = self.registry.entries.get(name)
            rests = entry is None or entry.node != node or (entry.settled and self.machine(node).runs(name))
            if rests and now - attempt.at > LONGEST_GRACE:
                del self.attempts[name, node]

    def begin_anew(self, name: str) -> None:
        """Forget what was sent about an agent: something else is wanted now."""
        for key in [key for key in self.attempts if key[0] == name]:
            del self.attempts[key]
        self._alerted.pop(name, None)

    async def trouble(self, entry: Entry, problem: str) -> None:
        """Keep why an agent does not run, and tell people once."""
        current = self.registry.entries.get(entry.name)
        if current is not None:
            await self.registry.change(current, problem=problem)
        await self.alert_once(entry.name, f"{entry.name} does not run: {problem}", "warning")

    async def alert_once(self, about: str, text: str, severity: Severity) -> None:
        """Tell people, unless the last thing that was told about this was the same."""
        if self._alerted.get(about) != text:
            self._alerted[about] = text
            self._log.warning("told", about=about, text=text)
            await self.alert(text, severity)

    async def clear_topics(self, name: str, ids: tuple[str, ...]) -> None:
        """Withdraw what an agent has left on the broker, whether it runs or not."""
        for agent_id in ids:
            for leaf in RETAINED_LEAVES:
                topic = AGENT_LEAF.topic(deleted_id=agent_id, leaf=leaf)
                await self._bus.send(topic, b"", 1, retain=True)
        end = self._bus.listen(AGENT_DATA.filter(agent_name=name), self._withdraw, 0)
        await asyncio.sleep(_RETAINED_SECONDS)
        end()

    async def _withdraw(self, topic: str, data: bytes, _retained: bool) -> None:
        if data:
            await self._bus.send(topic, b"", 1, retain=True)

    # -- waiting ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def expecting(self, name: str) -> Iterator[asyncio.Future[Outcome]]:
        """A future for the next answer of a node about an agent."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[name].append(future)
        try:
            yield future
        finally:
            self._waiting[name].remove(future)
            if not self._waiting[name]:
                del self._waiting[name]

    def tell_waiting(self, name: str, outcome: Outcome) -> bool:
        """Give an answer to who waits for it; false when nobody does."""
        waiting = [future for future in self._waiting.get(name, ()) if not future.done()]
        for future in waiting:
            future.set_result(outcome)
        return bool(waiting)

    # -- hearing ------------------------------------------------------------------------------------------------

    async def on_ack(self, ack: SpawnAck) -> None:
        """A node has taken an agent up, or refused it."""
        entry = self.registry.entries.get(ack.agent)
        if entry is None or ack.node != entry.node or entry.wanted == "stopped":
            return
        if ack.refused is None:
            await self.settle(entry)
            return
        self.audit.note("spawn refused by its node", entry.name, by=ack.node, detail=ack.refused)
        if ack.temporary or (entry.settled and entry.previous is None):
            await self.trouble(entry, ack.refused)
        elif entry.previous is not None:
            await self._go_back(entry, ack.refused)
        else:
            await self.registry.change(entry, held=True, problem=ack.refused)
        if not self.tell_waiting(ack.agent, Outcome(ack.refused, ack.temporary)):
            await self.alert_once(entry.name, f"{entry.name} does not run: {ack.refused}", "error")

    async def on_foreign_beat(self, entry: Entry, beat: Heartbeat) -> None:
        """What an agent says itself on a node whose runner acknowledges nothing and keeps its own ids."""
        entry = await self.registry.change(entry, heard_as=beat.actor_id)
        attempt = self.attempts.get((entry.name, entry.node))
        may_be_the_old_one = entry.previous is not None and (
            attempt is None or time.monotonic() - attempt.at < _REPLACING_SECONDS
        )
        if beat.state == AgentState.FAILED and not entry.held:
            problem = f"It failed on {entry.node} and its runner has given it up: read its log, then start it"
            await self.registry.change(entry, held=True, problem=problem)
            await self.alert_once(entry.name, f"{entry.name} does not run: {problem}", "error")
        elif beat.state == AgentState.RUNNING and not may_be_the_old_one and (entry.held or not entry.settled):
            await self.settle(entry)

    async def settle(self, entry: Entry) -> None:
        """The node runs the agent."""
        await self.registry.settle(entry)
        before = self.attempts.get((entry.name, entry.node))
        if before is not None:
            self.attempts[entry.name, entry.node] = Attempt(1, time.monotonic())
        self._alerted.pop(entry.name, None)
        self.tell_waiting(entry.name, Outcome())

    async def rest(self, entry: Entry) -> None:
        """An agent has ended by its own wish: it stays down until a person starts it."""
        problem = "It ended by its own wish"
        await self.registry.change(entry, wanted="stopped", problem=problem, updated_at=time.time())
        self.audit.note("ended by itself", entry.name, by=entry.node)

    async def _go_back(self, entry: Entry, reason: str) -> None:
        back = await self.registry.revert(entry, f"The replacement was refused: {reason}")
        if back.node != entry.node:
            await self.registry.leave(Leftover(entry.name, entry.node, keep_topics=True, since=time.time()))
        self.begin_anew(entry.name)

    def actual(self, entry: Entry) -> tuple[str, str]:
        """How an agent stands, and why it does not run."""
        machine = self.machine(entry.node)
        if entry.held:
            return "failed", entry.problem
        if entry.wanted == "stopped":
            return "stopped", entry.problem
        if not machine.is_online(time.monotonic()):
            return "waiting", entry.problem or phrase("Node {node} is offline; start its runner", node=entry.node)
        if machine.states.get(entry.name) == "quarantined":
            return "quarantined", entry.problem or phrase(_DIED)
        if machine.runs(entry.name):
            return "running", entry.problem
        return "waiting", entry.problem or phrase("It is being started")

    def code_hash(self, entry: Entry) -> str:
        """Hash of the agent's code."""
        return specs.code_hash(entry.spec)
