"""The monitor: listens to every agent and runner, has hung agents restarted, and reports the health of the whole."""

import time
from collections.abc import Mapping
from typing import Any

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Bus, Message
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.lifecycle import (
    ALERT,
    ERRORS,
    HEARTBEAT,
    STATUS,
    AgentAlert,
    AgentError,
    AgentStatus,
    Heartbeat,
    Severity,
)
from wactorz_common.contracts.nodes import (
    NODE_EVENTS,
    NODE_HEARTBEAT,
    NODE_RESTART_AGENT,
    AgentNameRequest,
    NodeEvent,
    NodeHeartbeat,
)
from wactorz_common.contracts.system import HEALTH
from wactorz_common.store import Store
from wactorz_monitor import desired, health
from wactorz_monitor.container_node import ContainerNode
from wactorz_monitor.policy import Calm, Forget, Report, Restart, judge, lost_nodes
from wactorz_monitor.roster import Roster, Watched
from wactorz_monitor.settings import MonitorSettings
from wactorz_monitor.spawning_agent import SpawningAgent

_LOOK_SECONDS = 0.5
_STALL_SECONDS = 5.0
_REQUEST_SECONDS = 10.0
"""A request that comes later than this would kill an agent that may long be well."""
_DESIRED = "desired"


class MonitorAgent(SpawningAgent):
    """Watches; the runners act."""

    name = "monitor"
    description = "Watches every agent's heartbeat, has hung agents restarted, reports the health of the whole"
    agent_type = "monitor"
    publishes = (HEALTH, NODE_EVENTS, NODE_HEARTBEAT, *SpawningAgent.spawn_channels)
    essential = True
    watches_itself = True

    def __init__(self, settings: MonitorSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._roster = Roster()
        bus.on_connected.append(self._begin_anew)
        self._looked_at = time.monotonic()
        self._published_at = 0.0
        self._changed = False
        self._calm = False
        self._lost: set[str] = set()
        self._containers: ContainerNode | None = None
        if settings.docker_url:
            self._containers = ContainerNode(settings, bus, store, self._note_event, self.alert)

    async def on_start(self) -> None:
        """Take up what was known before: a quarantine or a person's stop outlives the monitor."""
        await super().on_start()
        desired.restore(self._roster, self.recall(_DESIRED, {}), time.monotonic())
        if self._containers is not None:
            self.spawn_background(self._containers.run(), "containers")

    def _begin_anew(self) -> None:
        """While there was no broker, silence meant nothing."""
        self._roster.forgive(time.monotonic())
        self._changed = True

    # -- hearing ------------------------------------------------------------------------------------------------

    @listens(HEARTBEAT)
    async def on_heartbeat(self, message: Message[Heartbeat]) -> None:
        """Note that an agent's work loop lives."""
        if self._roster.on_heartbeat(message.payload, time.monotonic()):
            await self._note_change()
        await self.hear_agent(message.payload)

    @listens(STATUS)
    async def on_status(self, message: Message[AgentStatus]) -> None:
        """Note a change of state."""
        self._changed |= self._roster.on_status(message.payload)

    @listens(ERRORS)
    async def on_error(self, message: Message[AgentError]) -> None:
        """Note an agent's error."""
        self._changed |= self._roster.on_error(message.payload)
        await self.hear_error(message.payload)

    @listens(NODE_HEARTBEAT)
    async def on_node(self, message: Message[NodeHeartbeat]) -> None:
        """Note that a runner lives and what it looks after."""
        pulse = message.payload
        self._roster.on_node(pulse, time.monotonic())
        await self.hear_node(message)
        if pulse.node in self._lost:
            self._lost.discard(pulse.node)
            await self.alert(f"Node {pulse.node} is back", "info", code="node_back", data={"node": pulse.node})

    @listens(NODE_EVENTS)
    async def on_node_event(self, message: Message[NodeEvent]) -> None:
        """Note what a runner did, and tell people of a quarantine."""
        if self._containers is None or message.payload.node != self._containers.name:
            await self._note_event(message.payload)

    async def _note_event(self, event: NodeEvent) -> None:
        self._roster.on_event(event, time.monotonic(), self.settings.start_seconds)
        if event.kind == "quarantined":
            await self._tell(
                self._roster.by_name.get(event.name),
                event.name,
                f"{event.name} has died {event.deaths} times in a short time and is now held back (quarantine). "
                f"{health.advice(event.name, in_container=self._containers is not None)}",
                "critical",
            )
        await self._note_change()

    # -- acting -------------------------------------------------------------------------------------------------

    @every(_LOOK_SECONDS)
    async def look(self) -> None:
        """Judge everybody, unless the broker is away or this process was itself held up."""
        now = time.monotonic()
        stalled = now - self._looked_at > _STALL_SECONDS
        self._looked_at = now
        if not self.bus.connected.is_set():
            return
        if stalled:
            self._roster.forgive(now)
            return
        verdicts = judge(self._roster, now, self.settings.heartbeat_seconds)
        await self._note_calm([verdict for verdict in verdicts if isinstance(verdict, Calm)])
        for verdict in verdicts:
            if isinstance(verdict, Restart):
                await self._restart(verdict, now)
            elif isinstance(verdict, Report):
                await self._report(verdict)
            elif isinstance(verdict, Forget):
                self._roster.forget(verdict.agent)
                self._changed = True
        await self._end_hung_containers()
        await self._watch_nodes(now)
        await self._publish_health(now)

    async def _restart(self, verdict: Restart, now: float) -> None:
        agent = verdict.agent
        agent.acted_at = now
        node = self._roster.placed[agent.name]
        self.log.warning("hang", agent_name=agent.name, node=node, reason=verdict.reason)
        await self._have_restarted(node, agent.name, verdict.reason)
        await self._tell(agent, agent.name, f"{agent.name} hangs ({verdict.reason}); it is being restarted", "error",
                         "agent_hangs", {"name": agent.name})  # fmt: skip
        self._changed = True

    async def _have_restarted(self, node: str, name: str, reason: str) -> None:
        if self._containers is not None and node == self._containers.name:
            self.spawn_background(self._containers.restart(name, reason), "restart of a container")
            return
        request = AgentNameRequest(name=name, reason=reason)
        await self.bus.publish(NODE_RESTART_AGENT, request, expiry=_REQUEST_SECONDS, node=node)

    async def _end_hung_containers(self) -> None:
        if self._containers is None or self._calm:
            return
        for name, reason in self._containers.hung(self._roster.by_name):
            await self._have_restarted(self._containers.name, name, reason)
            agent = self._roster.by_name.get(name)
            await self._tell(agent, name, f"{name} hangs ({reason}); it is being restarted", "error",
                             "agent_hangs", {"name": name})  # fmt: skip

    async def _report(self, verdict: Report) -> None:
        agent = verdict.agent
        agent.warned = True
        agent.state = "failed"
        text = f"{agent.name} has been silent for {verdict.silent_for:.0f} s; nobody here can restart it"
        data: dict[str, str | int | float] = {"name": agent.name, "seconds": round(verdict.silent_for)}
        await self._tell(agent, agent.name, text, "warning", "agent_silent", data)
        self._changed = True

    async def _note_calm(self, calm: list[Calm]) -> None:
        if bool(calm) == self._calm:
            return
        self._calm = bool(calm)
        if calm:
            silent, known = calm[0].silent, calm[0].known
            text = (
                f"{silent} of {known} agents are silent at once: the broker or the network must be the cause, "
                "so nobody is restarted"
            )
            await self.alert(text, code="many_silent", data={"silent": silent, "known": known})

    async def _watch_nodes(self, now: float) -> None:
        for node in lost_nodes(self._roster, now, self.settings.heartbeat_seconds):
            if node not in self._lost:
                self._lost.add(node)
                text = f"Node {node} is silent: nobody restarts what dies there"
                await self.alert(text, "error", code="node_silent", data={"node": node})

    async def _tell(
        self, agent: Watched | None, name: str, text: str, severity: Severity, code: str = "",
        data: Mapping[str, str | int | float] | None = None,
    ) -> None:  # fmt: skip
        """An alert on the topic of the agent that it concerns."""
        concerned = agent.id if agent is not None else self.id
        silent = None if agent is None else round(max(0.0, time.monotonic() - agent.last_seen), 1)
        event = AgentAlert(
            actor_id=concerned, name=name, message=text, severity=severity, timestamp=time.time(),
            last_seen_ago=silent, state=None if agent is None else agent.state, code=code, data=dict(data or {}),
        )  # fmt: skip
        await self.publish(ALERT, event, agent_id=concerned)

    async def _note_change(self) -> None:
        """Keep what should run on disk when it has changed."""
        self._changed = True
        wanted: dict[str, Any] = desired.extract(self._roster)
        if wanted != self.recall(_DESIRED, {}):
            await self.persist(_DESIRED, wanted)

    async def release(self, name: str, by: str) -> bool:
        """Start a service that is in quarantine; false when there is none of that name."""
        if self._containers is not None and self._containers.is_mine(name):
            released = await self._containers.release(name, f"released by {by or 'a person'}")
            if released:
                self.audit.note("released", name, by=by)
            return released
        agent = self._roster.by_name.get(name)
        if agent is None or not agent.quarantined or name not in self._roster.placed:
            return False
        self.audit.note("released from quarantine", name, by=by)
        await self.fleet.dispatcher.restart(self._roster.placed[name], name, f"released by {by or 'a person'}")
        return True

    def forget_agent(self, name: str) -> None:
        """A spawned agent is gone: nobody shall miss it."""
        agent = self._roster.by_name.get(name)
        self._roster.placed.pop(name, None)
        if agent is not None:
            self._roster.forget(agent)
            self.spawn_background(self._note_change(), "note what is gone")

    def lifecycle_of(self, name: str) -> str:
        """The state that an agent reports of itself; empty when it was not heard."""
        agent = self._roster.by_name.get(name)
        return "" if agent is None else agent.state

    # -- reporting ----------------------------------------------------------------------------------------------

    async def _publish_health(self, now: float) -> None:
        since = now - self._published_at
        if since >= self.settings.health_seconds or (self._changed and since >= 1):
            self._changed = False
            self._published_at = now
            await self.publish(HEALTH, self._snapshot(now))

    def _snapshot(self, now: float) -> Any:
        return health.snapshot(self._roster, now, time.time(), self.settings.heartbeat_seconds)

    @handles(CHAT)
    async def on_chat(self, _request: ChatRequest, _task: Task) -> ChatAnswer:
        """Answer with the health of the whole."""
        return ChatAnswer(
            text=health.sentence(self._snapshot(time.monotonic()), in_container=self._containers is not None),
            source="rules",
        )
