"""Machines that run agents: what their runners report and obey."""

from typing import Any, Literal

from pydantic import Field, model_validator

from wactorz_common.contracts._channel import Channel, OpenPayload, Payload
from wactorz_common.contracts.spawning import SpawnSpec


class ProcessInfo(Payload):
    """One process under a runner."""

    name: str = Field(description="Process name; for an agent its agent name")
    pid: int = Field(description="Process id; 0 when it does not run")
    state: Literal["running", "backoff", "quarantined", "stopped"] = Field(description="As the runner sees it")
    restarts: int = Field(default=0, description="Restarts since the runner's state was made")
    started_at: float = Field(default=0.0, description="Epoch seconds of the last start")
    memory_mb: float = Field(default=0.0, description="Memory in MiB; shared pages count in part (PSS)")
    executor: Literal["process", "shared", "docker"] = Field(default="process", description="What it runs in")
    ended: bool = Field(default=False, description="With stopped: an agent that ended by its own wish, for good")


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
    status: str = Field(default="online", description="online, offline or restarting")
    runtime: str = Field(default="", description="node for ours; empty for the stand-alone runner of others")
    version: str = Field(default="", description="Version of the runner")
    uptime_s: float = Field(default=0.0, description="Seconds since the runner started")
    signing: bool = Field(default=False, description="Whether it demands signed spawn messages")
    signing_failures: int = Field(default=0, description="Spawn messages refused since it started")


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


class AgentNameRequest(OpenPayload):
    """A request about one agent of a node; a bare string is the name."""

    name: str = Field(description="Agent name")
    reason: str = Field(default="", description="Why, for the log")
    delete: bool = Field(default=False, description="On a stop: forget its state and clear its retained topics too")
    keep_topics: bool = Field(
        default=False, description="With delete: leave the retained topics, another copy has them"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_bare_name(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class StopAllRequest(Payload):
    """Stop every agent of a node and end its runner."""

    reason: str = Field(default="", description="Why, for the log")


class MigrateRequest(OpenPayload):
    """Move an agent from this node to another."""

    name: str = Field(description="Agent name")
    target_node: str = Field(description="Where it shall run; @main hands it back with its state")
    return_token: str = Field(default="", description="With @main: token that the answer on state_return carries")


class MigrateResult(Payload):
    """How a migration ended."""

    success: bool = Field(description="Whether the agent runs on its new node")
    agent: str = Field(description="Agent name")
    from_node: str = Field(default="", description="Where it ran")
    to_node: str = Field(default="", description="Where it runs")
    error: str | None = Field(default=None, description="Why it failed")
    timestamp: float = Field(description="Epoch seconds")


class SpawnAck(OpenPayload):
    """A node has taken an agent up, or says why it does not."""

    agent: str = Field(description="Agent name")
    node: str = Field(description="Node name")
    migration_token: str = Field(default="", description="Token of the migration that this ends, if any")
    refused: str | None = Field(default=None, description="Why the agent was not taken up, for a person")
    temporary: bool = Field(default=False, description="With refused: the cause can pass, so it is asked for again")
    timestamp: float = Field(description="Epoch seconds")


class StateReturn(OpenPayload):
    """A node hands back an agent that is to run elsewhere; the node keeps its copy until it is told to delete it."""

    agent: str = Field(description="Agent name")
    return_token: str = Field(description="Token of the request that asked for it")
    config: dict[str, Any] = Field(default_factory=dict, description="Spawn specification")
    state: dict[str, Any] = Field(default_factory=dict, description="What the agent has kept, by key")
    state_keys_dropped: tuple[str, ...] = Field(default=(), description="Keys that were too large to travel")
    from_node: str = Field(description="Node name")
    refused: str | None = Field(default=None, description="Why it cannot be handed over, for a person")
    timestamp: float = Field(description="Epoch seconds")


class ListRequest(OpenPayload):
    """Ask a node for its agents; any object will do."""


class NodeAgents(Payload):
    """The agents of a node."""

    node: str = Field(description="Node name")
    agents: tuple[dict[str, Any], ...] = Field(description="Objects of name and actor_id")
    timestamp: float = Field(description="Epoch seconds")


class ModelRequest(OpenPayload):
    """A question to the model from an agent of a stand-alone runner, which has no task of its own for it."""

    messages: tuple[dict[str, Any], ...] = Field(
        default=(), max_length=200, description="Conversation, oldest first, each with role and content"
    )
    system: str = Field(default="", description="Instructions")
    reply_topic: str = Field(alias="_reply_topic", description="Below nodes/{node}/reply/, where {text, usage} is told")
    task_id: str = Field(default="", alias="_task_id", description="Echoed in the answer")
    agent: str = Field(default="", max_length=64, description="Agent that asks")
    node: str = Field(max_length=64, description="Its node")


NODE_MODEL = Channel("NODE_MODEL", "main/llm_request", ModelRequest, 1, "An agent of an old runner asks the model")
NODE_REPLY = Channel(
    "NODE_REPLY", "nodes/{node}/reply/{token}", OpenPayload, 1, "Answers to the agents of a stand-alone runner"
)
NODE_SPAWN = Channel("NODE_SPAWN", "nodes/{node}/spawn", SpawnSpec, 1, "Start an agent on a node")
NODE_STOP = Channel("NODE_STOP", "nodes/{node}/stop", AgentNameRequest, 1, "Stop an agent on a node")
NODE_STOP_ALL = Channel("NODE_STOP_ALL", "nodes/{node}/stop_all", StopAllRequest, 1, "Stop a node")
NODE_RESTART_AGENT = Channel(
    "NODE_RESTART_AGENT", "nodes/{node}/restart_agent", AgentNameRequest, 1, "Restart an agent that hangs"
)
NODE_MIGRATE = Channel("NODE_MIGRATE", "nodes/{node}/migrate", MigrateRequest, 1, "Move an agent to another node")
NODE_MIGRATE_RESULT = Channel(
    "NODE_MIGRATE_RESULT", "nodes/{node}/migrate_result", MigrateResult, 1, "How a migration ended"
)
NODE_SPAWN_ACK = Channel("NODE_SPAWN_ACK", "nodes/{node}/spawn_ack", SpawnAck, 1, "A node took an agent up, or not")
NODE_STATE_RETURN = Channel(
    "NODE_STATE_RETURN", "nodes/{node}/state_return", StateReturn, 1, "A node hands back an agent with its state"
)
NODE_LIST = Channel("NODE_LIST", "nodes/{node}/list", ListRequest, 1, "Ask a node for its agents")
NODE_AGENTS = Channel("NODE_AGENTS", "nodes/{node}/agents", NodeAgents, 1, "The agents of a node")
NODE_HEARTBEAT = Channel("NODE_HEARTBEAT", "nodes/{node}/heartbeat", NodeHeartbeat, 0, "Liveness pulse of a runner")
NODE_EVENTS = Channel("NODE_EVENTS", "nodes/{node}/events", NodeEvent, 1, "Processes that start, die, are held back")

CHANNELS = (
    NODE_SPAWN, NODE_SPAWN_ACK, NODE_STOP, NODE_STOP_ALL, NODE_RESTART_AGENT, NODE_MIGRATE, NODE_MIGRATE_RESULT,
    NODE_STATE_RETURN, NODE_LIST, NODE_AGENTS, NODE_HEARTBEAT, NODE_EVENTS, NODE_MODEL, NODE_REPLY,
)  # fmt: skip
