"""Machines that run agents: what their runners report and obey."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, OpenPayload, Payload


class ProcessInfo(Payload):
    """One process under a runner."""

    name: str = Field(description="Process name; for an agent its agent name")
    pid: int = Field(description="Process id; 0 when it does not run")
    state: Literal["running", "backoff", "quarantined", "stopped"] = Field(description="As the runner sees it")
    restarts: int = Field(default=0, description="Restarts since the runner's state was made")
    started_at: float = Field(default=0.0, description="Epoch seconds of the last start")
    memory_mb: float = Field(default=0.0, description="Memory in MiB; shared pages count in part (PSS)")


class NodeHeartbeat(Payload):
    """Liveness pulse of a runner."""

    node: str = Field(description="Node name")
    node_id: str = Field(description="HLC-WID of the runner")
    timestamp: float = Field(description="Epoch seconds")
    agents: tuple[str, ...] = Field(default=(), description="Names of the agents that run there")
    agent_count: int = Field(default=0, description="How many agents run there")
    broker: str = Field(default="", description="Broker address without credentials")
    pid: int = Field(default=0, description="Process id of the runner")
    processes: tuple[ProcessInfo, ...] = Field(default=(), description="Every process under the runner")
    status: Literal["online", "offline", "restarting"] = Field(default="online", description="Going away or here")


class NodeEvent(Payload):
    """A process started, died or was put in quarantine."""

    node: str = Field(description="Node name")
    name: str = Field(description="Process name")
    kind: Literal["started", "died", "quarantined", "stopped"] = Field(description="What happened")
    pid: int = Field(default=0, description="Process id concerned")
    exit_code: int | None = Field(default=None, description="Exit code, or minus the signal; None when unknown")
    delay: float | None = Field(default=None, description="Seconds until the restart, after a death")
    deaths: int = Field(default=0, description="Deaths within the window of the restart policy")
    timestamp: float = Field(description="Epoch seconds")


class SpawnRequest(OpenPayload):
    """An agent to be started on a node; the fields of the agent's kind follow at top level."""

    name: str = Field(description="Unique agent name")
    type: str = Field(default="dynamic", description="dynamic, llm, manual, ha_actuator, scheduled, rule or module")
    description: str = Field(default="", description="One sentence")
    replace: bool = Field(default=False, description="Stop a running agent of that name first")


class AgentNameRequest(OpenPayload):
    """A request about one agent of a node."""

    name: str = Field(description="Agent name")
    reason: str = Field(default="", description="Why, for the log")


class StopAllRequest(Payload):
    """Stop every agent of a node and end its runner."""

    reason: str = Field(default="", description="Why, for the log")


class MigrateRequest(OpenPayload):
    """Move an agent from this node to another."""

    name: str = Field(description="Agent name")
    target_node: str = Field(description="Where it shall run")


class MigrateResult(Payload):
    """How a migration ended."""

    success: bool = Field(description="Whether the agent runs on its new node")
    agent: str = Field(description="Agent name")
    from_node: str = Field(default="", description="Where it ran")
    to_node: str = Field(default="", description="Where it runs")
    error: str | None = Field(default=None, description="Why it failed")
    timestamp: float = Field(description="Epoch seconds")


class ListRequest(OpenPayload):
    """Ask a node for its agents; any object will do."""


class NodeAgents(Payload):
    """The agents of a node."""

    node: str = Field(description="Node name")
    agents: tuple[dict[str, Any], ...] = Field(description="Objects of name and actor_id")
    timestamp: float = Field(description="Epoch seconds")


NODE_SPAWN = Channel("NODE_SPAWN", "nodes/{node}/spawn", SpawnRequest, 1, "Start an agent on a node")
NODE_STOP = Channel("NODE_STOP", "nodes/{node}/stop", AgentNameRequest, 1, "Stop an agent on a node")
NODE_STOP_ALL = Channel("NODE_STOP_ALL", "nodes/{node}/stop_all", StopAllRequest, 1, "Stop a node")
NODE_RESTART_AGENT = Channel(
    "NODE_RESTART_AGENT", "nodes/{node}/restart_agent", AgentNameRequest, 1, "Restart an agent that hangs"
)
NODE_MIGRATE = Channel("NODE_MIGRATE", "nodes/{node}/migrate", MigrateRequest, 1, "Move an agent to another node")
NODE_MIGRATE_RESULT = Channel(
    "NODE_MIGRATE_RESULT", "nodes/{node}/migrate_result", MigrateResult, 1, "How a migration ended"
)
NODE_LIST = Channel("NODE_LIST", "nodes/{node}/list", ListRequest, 1, "Ask a node for its agents")
NODE_AGENTS = Channel("NODE_AGENTS", "nodes/{node}/agents", NodeAgents, 1, "The agents of a node")
NODE_HEARTBEAT = Channel("NODE_HEARTBEAT", "nodes/{node}/heartbeat", NodeHeartbeat, 0, "Liveness pulse of a runner")
NODE_EVENTS = Channel("NODE_EVENTS", "nodes/{node}/events", NodeEvent, 1, "Processes that start, die, are held back")

CHANNELS = (
    NODE_SPAWN, NODE_STOP, NODE_STOP_ALL, NODE_RESTART_AGENT, NODE_MIGRATE, NODE_MIGRATE_RESULT, NODE_LIST,
    NODE_AGENTS, NODE_HEARTBEAT, NODE_EVENTS,
)  # fmt: skip
