"""What is remembered of a message from the bus: lists that are old now, the feed, alerts, and samples for charts."""

from typing import Any

from wactorz_common.bus import Message
from wactorz_common.contracts import Payload
from wactorz_common.contracts.lifecycle import AgentAlert, AgentMetrics
from wactorz_common.contracts.nodes import NodeEvent, NodeHeartbeat
from wactorz_gateway import lately
from wactorz_gateway.actor import Change
from wactorz_gateway.happenings import happening
from wactorz_gateway.parts import Parts


def remember(parts: Parts, payload: Payload, change: Change, now: float) -> None:
    """Keep what happened, and what an agent has told of itself."""
    if change.urgent or change.removed:
        parts.lists.outdated()
    if change.event:
        parts.feed.add(change.event)
        if isinstance(payload, AgentAlert):
            parts.alerts.add(change.event)
    if isinstance(payload, NodeEvent):
        alert = lately.returned(parts, payload)
        parts.dashboard.changed(Change(event=alert), now)
    if change.removed:
        parts.histories.forget(change.agent_id)
        parts.questions.forget(change.agent_id)
    _sample(parts, payload, change.agent_id, now)


def _sample(parts: Parts, payload: Payload, agent_id: str, now: float) -> None:
    """Keep a point of the charts."""
    if isinstance(payload, NodeHeartbeat):
        beats = [one.heartbeat for one in parts.registry.agents.values() if one.name in payload.agents]
        memory = sum(float(beat.get("memory_mb") or 0) for beat in beats)
        parts.histories.note_node(payload.node, len(payload.agents), memory, now)
    agent = parts.registry.agents.get(agent_id)
    if agent is not None and isinstance(payload, AgentMetrics):
        paid = parts.registry.paid().get(agent.name, {}).get("cost_usd")
        parts.histories.note(agent, paid, now)


def tell(parts: Parts, message: Message[Any], now: float) -> None:
    """Keep for the feed what happened in the house."""
    agent_id = message.params.get("agent_id", "")
    event = happening(message.payload, agent_id, parts.registry.name_of(agent_id), now)
    if event is not None:
        parts.feed.add(event)
