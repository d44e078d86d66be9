"""What the gateway knows about agents, nodes and events: a pure reducer of the messages on the bus."""

from collections import deque
from collections.abc import Iterable
from typing import Any

from wactorz_common.contracts import Payload
from wactorz_common.contracts.lifecycle import (
    AgentAlert,
    AgentCommand,
    AgentError,
    AgentLog,
    AgentManifest,
    AgentMetrics,
    AgentSpawned,
    AgentState,
    AgentStatus,
    Heartbeat,
    TaskCompleted,
)
from wactorz_common.contracts.nodes import NodeEvent, NodeHeartbeat
from wactorz_common.contracts.system import SystemHealth
from wactorz_gateway.actor import ENDED, NO_CHANGE, Agent, Change, Told, has_started, succeeds
from wactorz_gateway.deaths import how
from wactorz_gateway.succession import drop_older_replica, drop_predecessor, share_manifest, survivors

ONLINE_SECONDS = 25.0
"""An agent or node is online while its last message is at most this old: two heartbeats and some slack."""

UNREACHABLE_SECONDS = 4 * ONLINE_SECONDS
"""A silent agent is called late until then, unreachable afterwards."""

MAX_AGENTS, MAX_ALERTS, MAX_FEED = 500, 50, 100
LEDGER_KEEPER = "llm"
"""The agent through which every model call goes."""

_REST_STATE = {"idle": "initializing"}


class Registry:
    """All agents and nodes that were heard of; times are epoch seconds and always given by the caller."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.nodes: dict[str, tuple[NodeHeartbeat, float]] = {}
        self.alerts: deque[dict[str, Any]] = deque(maxlen=MAX_ALERTS)
        self.feed: deque[dict[str, Any]] = deque(maxlen=MAX_FEED)
        self.health: SystemHealth | None = None
        self.version = 0
        """Rises with every message that changed something."""
        self.state_version = 0
        """Rises with changes of state, who there is, and what they can do."""
        self._ledger: dict[str, dict[str, Any]] | None = None
        self._deleting: set[str] = set()

    def apply(self, payload: Payload, agent_id: str, now: float) -> Change:
        """Take in one message about the agent called `agent_id`."""
        handler = _HANDLERS.get(type(payload))
        change: Change = getattr(self, handler)(payload, agent_id, now) if handler else NO_CHANGE
        if change is not NO_CHANGE:
            self.version += 1
            self.state_version += change.urgent or change.removed
        return change

    def find(self, key: str) -> Agent | None:
        """The agent with this id or name; of several with one name the one heard last."""
        if key in self.agents:
            return self.agents[key]
        named = [agent for agent in self.agents.values() if agent.name == key]
        return max(named, key=lambda agent: agent.last_update, default=None)

    def name_of(self, agent_id: str) -> str:
        """The name of an agent; empty when it is not known."""
        known = self.agents.get(agent_id)
        return known.name if known else ""

    def shown_state(self, agent: Agent, now: float) -> str:
        """The state as known: an agent that is silent is not called running."""
        if agent.state in ENDED:
            return "quarantined" if agent.verdict == "quarantined" else agent.state
        age = now - agent.last_update
        if age > ONLINE_SECONDS:
            return "late" if age <= UNREACHABLE_SECONDS else "unreachable"
        if agent.verdict and agent.state == AgentState.RUNNING:
            return agent.verdict
        return _REST_STATE.get(agent.state, agent.state)

    def listed(self) -> list[Agent]:
        """All agents, by name."""
        return sorted(self.agents.values(), key=lambda agent: (agent.name, agent.agent_id))

    def paid(self) -> dict[str, dict[str, Any]]:
        """What each agent has paid for models, by name: the ledger's word, else what each tells of itself."""
        if self._ledger is not None:
            return self._ledger
        return {agent.name: agent.metrics for agent in self.listed() if agent.metrics.get("cost_usd") is not None}

    def total_cost(self) -> float:
        """US dollars spent on models; no call counts twice, whoever tells of it."""
        return round(sum(float(one["cost_usd"]) for one in self.paid().values()), 6)

    def total_messages(self) -> int:
        """Messages that agents report as handled since their start."""
        return sum(int(agent.metrics.get("messages_processed", 0)) for agent in self.agents.values())

    def mark_deleting(self, agent_id: str) -> None:
        """The agent was told to go: forget it when it says that it has stopped."""
        self._deleting.add(agent_id)

    def forget(self, agent_id: str) -> Change:
        """Drop an agent that is gone for good."""
        self._deleting.discard(agent_id)
        if self.agents.pop(agent_id, None) is None:
            return NO_CHANGE
        self.state_version += 1
        return Change(agent_id, urgent=True, removed=True)

    # -- what survives a restart of the gateway ------------------------------------------------------------------

    def dump(self) -> list[dict[str, Any]]:
        """What is worth keeping: who there is and in which state."""
        kept = ("agent_id", "name", "first_seen", "state", "agent_type", "description", "node", "protected",
                "essential", "incarnation", "started_at", "replica")  # fmt: skip
        return [{key: getattr(agent, key) for key in kept} for agent in self.agents.values()]

    def load(self, rows: Iterable[dict[str, Any]], now: float) -> None:
        """Start from what was kept; each agent has until it would be late to speak up."""
        for row in survivors(list(rows)):
            self.agents[row["agent_id"]] = Agent(**row, last_update=now, begun=row["incarnation"])

    def load_events(self, feed: Iterable[dict[str, Any]], alerts: Iterable[dict[str, Any]]) -> None:
        """Start with what happened before."""
        self.feed.extend(feed)
        for event in alerts:
            self.note_alert(event)

    def note_alert(self, event: dict[str, Any]) -> None:
        """Keep an alert that no agent has told."""
        kept = {key: event[key] for key in ("name", "message", "severity", "timestamp")}
        self.alerts.append({"actor_id": event["agent_id"], **kept})

    # -- one method for each kind of message ---------------------------------------------------------------------

    def _agent(self, agent_id: str, name: str, now: float) -> Agent | None:
        agent = self.agents.get(agent_id)
        if agent is None:
            drop_predecessor(self.agents, agent_id, name)
            if len(self.agents) >= MAX_AGENTS and not self._make_room(now):
                return None
            agent = self.agents[agent_id] = Agent(agent_id, name, first_seen=now, last_update=now)
        agent.name = name or agent.name
        return agent

    def _make_room(self, now: float) -> bool:
        oldest = min(self.agents.values(), key=lambda agent: agent.last_update)
        if now - oldest.last_update <= UNREACHABLE_SECONDS and oldest.state not in ENDED:
            return False
        del self.agents[oldest.agent_id]
        return True

    def _on_spawned(self, payload: AgentSpawned, agent_id: str, now: float) -> Change:
        agent = self._agent(agent_id, payload.name, now)
        if agent is None:
            return NO_CHANGE
        agent.agent_type, agent.node, agent.last_update, agent.verdict = payload.agent_type, payload.node, now, ""
        self._deleting.discard(agent_id)
        return Change(agent_id, urgent=True)  # it says so after each reconnect; its status tells whether it is new

    def _on_heartbeat(self, payload: Heartbeat, agent_id: str, now: float) -> Change:
        agent = self._agent(agent_id, payload.name, now)
        if agent is None or payload.incarnation < agent.incarnation:
            return NO_CHANGE
        before = (self.shown_state(agent, now), agent.protected, agent.essential)
        if payload.incarnation > agent.incarnation:
            agent.verdict = ""
        agent.last_update, agent.state, agent.incarnation = now, payload.state, payload.incarnation
        agent.protected, agent.essential, agent.node = payload.protected, payload.essential, payload.node
        agent.heartbeat, agent.heartbeats = payload.to_wire(), agent.heartbeats + 1
        if payload.replica and payload.replica != agent.replica:
            agent.replica = payload.replica
            drop_older_replica(self.agents, agent)
            share_manifest(self.agents, agent)
        return Change(agent_id, urgent=before != (self.shown_state(agent, now), agent.protected, agent.essential))

    def _on_status(self, payload: AgentStatus, agent_id: str, now: float) -> Change:
        agent = self._agent(agent_id, payload.name, now)
        if agent is None or payload.incarnation < agent.incarnation:
            return NO_CHANGE
        if payload.state in ENDED and agent_id in self._deleting:
            return self.forget(agent_id)
        agent.state, agent.protected, agent.incarnation = payload.state, payload.protected, payload.incarnation
        agent.last_update, agent.status = now, payload.to_wire()
        if payload.state in ENDED:
            return Change(agent_id, urgent=True)
        is_new, started_at = has_started(agent, payload, now), now - payload.uptime
        agent.started_at, agent.begun = started_at, payload.incarnation
        if is_new:
            told = Told("agent_started", {"name": agent.name})
            return self._event(agent, "spawned", f"{agent.name} has started", started_at, urgent=True, told=told)
        return Change(agent_id, urgent=True)

    def _on_metrics(self, payload: AgentMetrics, agent_id: str, now: float) -> Change:
        agent = self.agents.get(agent_id)
        if agent is None:
            return NO_CHANGE
        agent.metrics = payload.to_wire()
        if agent.name == LEDGER_KEEPER and payload.paid_by is not None:
            self._ledger = agent.metrics["paid_by"]
        if payload.uptime:
            agent.started_at = now - payload.uptime
        return Change(agent_id)

    def _on_manifest(self, payload: AgentManifest, agent_id: str, now: float) -> Change:
        known = agent_id in self.agents
        if not known and any(a.name == payload.name and succeeds(a.agent_id, agent_id) for a in self.listed()):
            return NO_CHANGE  # kept by the broker of one whose state was made anew
        agent = self._agent(agent_id, payload.name, now)
        if agent is None:
            return NO_CHANGE
        if not known:
            agent.last_update = min(now, payload.timestamp)
            agent.state = AgentState.RUNNING
        before = (agent.description, agent.capabilities)
        agent.description, agent.capabilities = payload.description, payload.capabilities
        agent.manifest = payload.to_wire()
        agent.node = payload.node or agent.node
        return Change(agent_id, urgent=not known or before != (agent.description, agent.capabilities))

    def _on_error(self, payload: AgentError, agent_id: str, now: float) -> Change:
        agent = self.agents.get(agent_id) or Agent(agent_id, payload.name, now, now)  # a node reports errors too
        agent.last_error = {
            "error": payload.error, "phase": payload.phase, "severity": payload.severity,
            "timestamp": payload.timestamp,
        }  # fmt: skip
        return self._event(agent, "error", payload.error, payload.timestamp, severity=payload.severity)

    def _on_alert(self, payload: AgentAlert, _agent_id: str, now: float) -> Change:
        self.alerts.append(payload.to_wire())
        agent = self.agents.get(payload.actor_id) or Agent(payload.actor_id, payload.name, now, now)
        told = Told(payload.code, payload.data)
        return self._event(agent, "alert", payload.message, payload.timestamp, severity=payload.severity, told=told)

    def _on_log(self, payload: AgentLog, agent_id: str, now: float) -> Change:
        agent = self.agents.get(agent_id) or Agent(agent_id, "", now, now)
        return self._event(agent, payload.type, payload.message or payload.input or "", payload.timestamp)

    def _on_completed(self, payload: TaskCompleted, agent_id: str, _now: float) -> Change:
        agent = self.agents.get(agent_id)
        if agent is None:
            return NO_CHANGE
        agent.last_completed = payload.to_wire()
        return Change(agent_id)

    def _on_command(self, payload: AgentCommand, agent_id: str, _now: float) -> Change:
        agent = self.agents.get(agent_id)
        if payload.command == "delete" and agent is not None and not agent.protected:
            if agent.state in ENDED:
                return self.forget(agent_id)  # it says no goodbye any more
            self.mark_deleting(agent_id)
        return NO_CHANGE

    def _on_health(self, payload: SystemHealth, _agent_id: str, now: float) -> Change:
        self.health = payload
        for row in payload.actors:
            agent = self.agents.get(row.id)
            if agent is not None and now - agent.last_update <= UNREACHABLE_SECONDS:
                agent.verdict = row.state if row.state in ("degraded", "quarantined") else ""
        return Change()

    def _on_node(self, payload: NodeHeartbeat, _agent_id: str, now: float) -> Change:
        self.nodes[payload.node] = (payload, now)
        return Change(nodes=True)

    def _on_node_event(self, payload: NodeEvent, _agent_id: str, now: float) -> Change:
        agent = self.find(payload.name) or Agent("", payload.name, now, now)
        if payload.kind == "died" and agent.last_update <= payload.timestamp:
            agent.state = AgentState.FAILED
        agent.verdict = "quarantined" if payload.kind == "quarantined" else ""
        kind = f"process_{payload.kind}"
        text, told = f"{payload.name}: {payload.kind}", Told(kind, {"name": payload.name})
        if payload.kind == "died":
            end = how(payload.exit_code)
            text, told = f"{payload.name} {end.words}", Told(end.code, {"name": payload.name, **end.data})
        change = self._event(agent, kind, text, payload.timestamp, told=told)
        return Change(agent.agent_id, urgent=True, event=change.event)

    def _event(
        self, agent: Agent, kind: str, message: str, timestamp: float, *, severity: str = "info", urgent: bool = False,
        told: Told | None = None,
    ) -> Change:  # fmt: skip
        event: dict[str, Any] = {
            "type": kind, "agent_id": agent.agent_id, "name": agent.name, "message": message[:500],
            "severity": severity, "timestamp": timestamp, **(told._asdict() if told and told.code else {}),
        }  # fmt: skip
        self.feed.append(event)
        known = agent.agent_id if agent.agent_id in self.agents else ""
        return Change(known, urgent=urgent, event=event)


_HANDLERS: dict[type[Payload], str] = {
    AgentSpawned: "_on_spawned",
    Heartbeat: "_on_heartbeat",
    AgentStatus: "_on_status",
    AgentMetrics: "_on_metrics",
    AgentManifest: "_on_manifest",
    AgentError: "_on_error",
    AgentAlert: "_on_alert",
    AgentLog: "_on_log",
    TaskCompleted: "_on_completed",
    AgentCommand: "_on_command",
    SystemHealth: "_on_health",
    NodeHeartbeat: "_on_node",
    NodeEvent: "_on_node_event",
}
