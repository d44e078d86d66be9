"""How agents and nodes are shown: REST models and dashboard entries."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wactorz_gateway.actor import Agent
from wactorz_gateway.registry import ONLINE_SECONDS, Registry

VERSION = "0.1.0"
FEED_SHOWN, ALERTS_SHOWN = 20, 10


class ActorView(BaseModel):
    """One agent, as far as it is known."""

    model_config = ConfigDict(populate_by_name=True)

    id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Agent name")
    state: str = Field(
        description="initializing, running, paused, stopped, failed, degraded, quarantined, late or unreachable"
    )
    protected: bool = Field(description="Delete is refused")
    essential: bool = Field(description="Pause is refused")
    agent_type: str = Field(alias="agentType", description="Kind of agent")
    description: str = Field(description="What it is for")
    node: str = Field(description="Node that runs it; empty on the main machine")
    last_seen: float = Field(description="Epoch seconds of the last sign of life")
    uptime: float | None = Field(default=None, description="Seconds since its start")
    mem: float | None = Field(default=None, description="Resident memory in MiB")
    task: str | None = Field(default=None, description="What it is doing")
    pid: int | None = Field(default=None, description="Process id on its machine")
    messages_processed: int | None = Field(default=None, alias="messagesProcessed", description="Since its start")
    errors: int | None = Field(default=None, description="Since its start")
    restart_count: int | None = Field(default=None, description="Starts before this one")
    cost_usd: float | None = Field(default=None, alias="costUsd", description="US dollars spent on models")
    last_error: dict[str, Any] | None = Field(default=None, description="The last failure it reported")


class NodeView(BaseModel):
    """One machine that runs agents."""

    node: str = Field(description="Node name")
    node_id: str = Field(description="HLC-WID of its runner")
    online: bool = Field(description="Its runner was heard of lately")
    last_seen: float = Field(description="Epoch seconds")
    agents: list[str] = Field(description="Agents that run there")
    processes: list[dict[str, Any]] = Field(description="Every process under its runner")


def actor_view(registry: Registry, agent: Agent, now: float) -> ActorView:
    """One agent for REST."""
    ended = agent.state in ("stopped", "failed")
    return ActorView(
        id=agent.agent_id, name=agent.name, state=registry.shown_state(agent, now), protected=agent.protected,
        essential=agent.essential, agent_type=agent.agent_type, description=agent.description, node=agent.node,
        last_seen=round(agent.last_update, 3),
        uptime=None if ended or agent.started_at is None else round(now - agent.started_at, 1),
        mem=agent.heartbeat.get("memory_mb"), task=agent.heartbeat.get("task"), pid=agent.heartbeat.get("pid"),
        messages_processed=agent.metrics.get("messages_processed"), errors=agent.metrics.get("errors"),
        restart_count=agent.metrics.get("restart_count", agent.status.get("restart_count")),
        cost_usd=agent.metrics.get("cost_usd"), last_error=agent.last_error,
    )  # fmt: skip


def node_views(registry: Registry, now: float) -> list[NodeView]:
    """All nodes for REST."""
    return [
        NodeView(
            node=beat.node, node_id=beat.node_id, last_seen=seen,
            online=beat.status == "online" and now - seen <= ONLINE_SECONDS,
            agents=list(beat.agents), processes=[process.to_wire() for process in beat.processes],
        )
        for beat, seen in registry.nodes.values()
    ]  # fmt: skip


def dashboard_entry(registry: Registry, agent: Agent, now: float) -> dict[str, Any]:
    """One agent for the dashboard's WebSocket."""
    return {
        "agent_id": agent.agent_id, "name": agent.name, "state": registry.shown_state(agent, now),
        "first_seen": round(agent.first_seen, 1), "last_update": round(agent.last_update, 1),
        "protected": agent.protected, "essential": agent.essential, "agent_type": agent.agent_type,
        "description": agent.description, "node": agent.node,
        "started_at": None if agent.started_at is None else round(agent.started_at),
        "mem": agent.heartbeat.get("memory_mb"), "task": agent.heartbeat.get("task", ""),
        "messages_processed": agent.metrics.get("messages_processed", 0),
        "cost_usd": agent.metrics.get("cost_usd"), "input_tokens": agent.metrics.get("input_tokens"),
        "output_tokens": agent.metrics.get("output_tokens"), "last_completed": agent.last_completed,
        "heartbeat": agent.heartbeat, "status": agent.status, "metrics": agent.metrics,
    }  # fmt: skip


def snapshot_state(registry: Registry, now: float) -> dict[str, Any]:
    """Everything a dashboard needs at its start."""
    return {
        "agents": [dashboard_entry(registry, agent, now) for agent in registry.listed()],
        "nodes": [view.model_dump(mode="json") for view in node_views(registry, now)],
        "alerts": list(registry.alerts)[-ALERTS_SHOWN:],
        "log_feed": list(registry.feed)[-FEED_SHOWN:],
        "system_health": registry.health.to_wire() if registry.health else None,
        "total_cost_usd": registry.total_cost(),
        "total_messages": registry.total_messages(),
    }


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, key by key, for a recursive merge; what is gone becomes null."""
    changed: dict[str, Any] = {key: None for key in before if key not in after and before[key] is not None}
    for key, value in after.items():
        if key in before and before[key] == value:
            continue
        old = before.get(key)
        nested = isinstance(value, dict) and isinstance(old, dict)
        changed[key] = difference(old, value) if nested else value  # type: ignore[arg-type]
    return changed
