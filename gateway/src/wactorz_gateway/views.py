"""How agents and nodes are shown: REST models and dashboard entries."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wactorz_common.contracts.spawning import NodeReport, SpawnedAgent
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
    cpu: float | None = Field(default=None, description="Share of one core that its process uses, in percent")
    task: str | None = Field(default=None, description="What it is doing")
    pid: int | None = Field(default=None, description="Process id on its machine")
    messages_processed: int | None = Field(default=None, alias="messagesProcessed", description="Since its start")
    errors: int | None = Field(default=None, description="Since its start")
    restart_count: int | None = Field(default=None, description="Starts before this one")
    cost_usd: float | None = Field(default=None, alias="costUsd", description="US dollars spent on models")
    last_error: dict[str, Any] | None = Field(default=None, description="The last failure it reported")


class SpawnedView(BaseModel):
    """What the monitor keeps of a spawned agent."""

    type: str = Field(description="dynamic, llm, ...")
    wanted: str = Field(description="What a person wants: running or stopped")
    actual: str = Field(description="running, waiting, quarantined, stopped or failed")
    problem: str = Field(description="Why it does not run; empty when it does")
    code_sha256: str = Field(description="Hash of its code")
    created_at: float = Field(description="Epoch seconds of the first spawn")
    updated_at: float = Field(description="Epoch seconds of the last change")


class AgentView(ActorView):
    """One agent; a spawned one with what is wanted of it."""

    spawned: SpawnedView | None = Field(default=None, description="Only for a spawned agent")


class NodeView(BaseModel):
    """One machine that runs agents."""

    node: str = Field(description="Node name")
    node_id: str = Field(description="HLC-WID of its runner")
    online: bool = Field(description="Its runner was heard of lately")
    last_seen: float = Field(description="Epoch seconds")
    agents: list[str] = Field(description="Agents that run there")
    processes: list[dict[str, Any]] = Field(description="Every process under its runner")
    runtime: str = Field(default="", description="node, or runner for the stand-alone one")
    version: str = Field(default="", description="Version of its runner")


def actor_view(registry: Registry, agent: Agent, now: float) -> ActorView:
    """One agent for REST."""
    return ActorView.model_validate(actor_row(registry, agent, registry.paid(), now))


def actor_row(registry: Registry, agent: Agent, paid: Mapping[str, Mapping[str, Any]], now: float) -> dict[str, Any]:
    """The same as a row of JSON; `paid` tells what agents have paid, by name."""
    ended = agent.state in ("stopped", "failed")
    heartbeat, metrics = agent.heartbeat, agent.metrics
    return {
        "id": agent.agent_id, "name": agent.name, "state": registry.shown_state(agent, now),
        "protected": agent.protected, "essential": agent.essential, "agentType": agent.agent_type,
        "description": agent.description, "node": agent.node, "last_seen": round(agent.last_update, 3),
        "uptime": None if ended or agent.started_at is None else round(now - agent.started_at, 1),
        "mem": heartbeat.get("memory_mb"), "task": heartbeat.get("task"), "pid": heartbeat.get("pid"),
        "cpu": heartbeat.get("cpu_percent"),
        "messagesProcessed": metrics.get("messages_processed"), "errors": metrics.get("errors"),
        "restart_count": metrics.get("restart_count", agent.status.get("restart_count")),
        "costUsd": paid.get(agent.name, {}).get("cost_usd"), "last_error": agent.last_error,
    }  # fmt: skip


def agent_views(registry: Registry, spawned: Mapping[str, SpawnedAgent] | None, now: float) -> list[AgentView]:
    """All agents for REST, by name; those that the monitor keeps and nobody has heard of yet are among them."""
    return [AgentView.model_validate(row) for row in agent_rows(registry, spawned, now)]


def agent_rows(registry: Registry, spawned: Mapping[str, SpawnedAgent] | None, now: float) -> list[dict[str, Any]]:
    """The same as rows of JSON."""
    kept, paid = spawned or {}, registry.paid()
    rows = [actor_row(registry, agent, paid, now) for agent in registry.listed()]
    for row in rows:
        row["spawned"] = _spawned_row(kept[row["name"]]) if row["name"] in kept else None
    missing = kept.keys() - {row["name"] for row in rows}
    rows += [_unheard(kept[name]) for name in missing]
    return sorted(rows, key=lambda row: (row["name"], row["id"]))


def _spawned_row(agent: SpawnedAgent) -> dict[str, Any]:
    return {name: getattr(agent, name) for name in SpawnedView.model_fields}


def _unheard(agent: SpawnedAgent) -> dict[str, Any]:
    view = ActorView(
        id=agent.agent_id, name=agent.name, state=agent.actual, protected=False, essential=False,
        agent_type=agent.type, description=agent.description, node=agent.node, last_seen=0.0,
    )  # fmt: skip
    return {**view.model_dump(by_alias=True), "spawned": _spawned_row(agent)}


def merged_nodes(registry: Registry, known: Iterable[NodeReport], now: float) -> list[NodeView]:
    """All nodes for REST: those heard here, and those that only the monitor remembers."""
    views = node_views(registry, now)
    heard = {view.node for view in views}
    return views + [
        NodeView(node=one.node, node_id="", online=one.online, last_seen=one.last_seen, agents=list(one.agents),
                 processes=[], runtime=one.runtime, version=one.version)
        for one in known if one.node not in heard
    ]  # fmt: skip


def node_views(registry: Registry, now: float) -> list[NodeView]:
    """All nodes for REST."""
    return [
        NodeView(
            node=beat.node, node_id=beat.node_id, last_seen=seen,
            online=beat.status == "online" and now - seen <= ONLINE_SECONDS,
            runtime=beat.runtime or "runner", version=beat.version, agents=list(beat.agents),
            processes=[process.to_wire() for process in beat.processes],
        )
        for beat, seen in registry.nodes.values()
    ]  # fmt: skip


def dashboard_entry(registry: Registry, agent: Agent, now: float) -> dict[str, Any]:
    """One agent for the dashboard's WebSocket."""
    paid = registry.paid().get(agent.name, {})
    return {
        "agent_id": agent.agent_id, "name": agent.name, "state": registry.shown_state(agent, now),
        "first_seen": round(agent.first_seen, 1), "last_update": round(agent.last_update, 1),
        "protected": agent.protected, "essential": agent.essential, "agent_type": agent.agent_type,
        "description": agent.description, "node": agent.node,
        "started_at": None if agent.started_at is None else round(agent.started_at),
        "mem": agent.heartbeat.get("memory_mb"), "task": agent.heartbeat.get("task", ""),
        "messages_processed": agent.metrics.get("messages_processed", 0),
        "cost_usd": paid.get("cost_usd"), "input_tokens": paid.get("input_tokens"),
        "output_tokens": paid.get("output_tokens"), "last_completed": agent.last_completed,
        "heartbeat": agent.heartbeat, "status": agent.status,
        "metrics": {key: value for key, value in agent.metrics.items() if key != "paid_by"},
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
