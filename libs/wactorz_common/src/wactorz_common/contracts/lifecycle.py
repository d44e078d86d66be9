"""What an agent says about itself, and the commands it obeys."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Payload

Severity = Literal["info", "warning", "error", "critical"]


class AgentState(StrEnum):
    """Lifecycle state in wire spelling."""

    CREATED = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"


class AgentSpawned(Payload):
    """Announcement at start."""

    agent_id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Name by which people and tasks address the agent")
    agent_type: str = Field(description="Kind of agent, for example service or dynamic")
    node: str = Field(default="", description="Node that runs it; empty on the main machine")
    timestamp: float = Field(description="Epoch seconds")


class Heartbeat(Payload):
    """Liveness pulse, sent by the work loop itself."""

    actor_id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Agent name")
    timestamp: float = Field(description="Epoch seconds")
    state: str = Field(description="Lifecycle state; other senders may know more than AgentState")
    memory_mb: float = Field(default=0.0, description="The process's share of memory in MiB")
    cpu_percent: float | None = Field(
        default=None, description="Share of one core that the process used since the last heartbeat, in percent"
    )
    task: str = Field(default="", description="What it is doing, in one line")
    protected: bool = Field(default=False, description="Delete is refused")
    essential: bool = Field(default=False, description="Stop and pause are refused")
    node: str = Field(default="", description="Node that runs it; empty on the main machine")
    progress: int = Field(default=0, description="Rises with each item the work loop handles")
    incarnation: int = Field(default=0, description="Rises with each start of this agent")
    pid: int = Field(default=0, description="Process id on its machine")
    overdue: tuple[str, ...] = Field(default=(), description="Handlers that run past their own time-out")
    replica: str = Field(default="", description="Which one it is of several that share the name; else empty")


class AgentStatus(Payload):
    """Sent at every change of state; the last will speaks here too."""

    actor_id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Agent name")
    state: str = Field(description="Lifecycle state; other senders may know more than AgentState")
    uptime: float = Field(default=0.0, description="Seconds since start")
    messages_processed: int = Field(default=0, description="Messages handled since start")
    restart_count: int = Field(default=0, description="Starts of this agent before this one")
    supervised: bool = Field(default=True, description="Somebody restarts it")
    protected: bool = Field(default=False, description="Delete is refused")
    incarnation: int = Field(default=0, description="Rises with each start of this agent")


class Paid(Payload):
    """What one agent has paid for model calls, by the ledger."""

    input_tokens: int = Field(description="Tokens sent to models")
    output_tokens: int = Field(description="Tokens received from models")
    cost_usd: float = Field(description="Cost of model calls in US dollars")
    llm_calls: int = Field(description="Model calls")


class AgentMetrics(Payload):
    """Counters, sent with each heartbeat and after each model call."""

    actor_id: str = Field(description="HLC-WID of the agent")
    messages_processed: int = Field(default=0, description="Messages handled since start")
    errors: int = Field(default=0, description="Errors since start")
    uptime: float = Field(default=0.0, description="Seconds since start")
    tasks_completed: int = Field(default=0, description="Tasks done since start")
    tasks_failed: int = Field(default=0, description="Tasks failed since start")
    tasks_timed_out: int = Field(default=0, description="Tasks over time since start")
    restart_count: int = Field(default=0, description="Starts of this agent before this one")
    input_tokens: int | None = Field(default=None, description="Tokens sent to models")
    output_tokens: int | None = Field(default=None, description="Tokens received from models")
    cost_usd: float | None = Field(default=None, description="Cost of model calls in US dollars")
    llm_calls: int | None = Field(default=None, description="Model calls")
    paid_by: dict[str, Paid] | None = Field(
        default=None, description="From the keeper of the ledger: the same by agent that paid, all calls among them"
    )
    final: bool | None = Field(default=None, description="Last frame before a stop")


class AgentLog(Payload):
    """A log event that people may read."""

    type: Literal["log", "spawned", "user_interaction", "error"] = Field(description="Kind of log event")
    message: str = Field(default="", description="Text")
    timestamp: float = Field(description="Epoch seconds")
    level: str = Field(default="info", description="Log level")
    child_name: str | None = Field(default=None, description="Name of a spawned agent")
    input: str | None = Field(default=None, description="First 100 characters of what a person said")
    response: str | None = Field(default=None, description="First 200 characters of the answer")


class AgentError(Payload):
    """A structured failure."""

    actor_id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Agent name")
    phase: str = Field(description="compile, setup, process, handle_task, supervisor, or consume (bad input)")
    error: str = Field(description="What went wrong")
    traceback: str = Field(default="", description="Last 1,200 characters of the traceback")
    consecutive: int = Field(default=1, description="Errors in a row, or bad messages since the last report")
    fatal: bool = Field(default=False, description="The agent cannot go on")
    severity: Literal["warning", "critical", "fatal"] = Field(default="warning", description="How bad it is")
    degraded: bool = Field(default=False, description="The agent goes on with less")
    timestamp: float = Field(description="Epoch seconds")
    topic: str | None = Field(default=None, description="Topic of the message that could not be read")


class AgentAlert(Payload):
    """Something a person should know."""

    actor_id: str = Field(description="HLC-WID of the agent that is concerned")
    name: str = Field(description="Agent name")
    message: str = Field(description="What happened and what to do")
    severity: Severity = Field(description="How bad it is")
    timestamp: float = Field(description="Epoch seconds")
    last_seen_ago: float | None = Field(default=None, description="Seconds since the last heartbeat")
    state: str | None = Field(default=None, description="State as known to the monitor")
    code: str = Field(default="", max_length=64, description="What it says, for pages that tell it in other languages")
    data: dict[str, str | int | float] = Field(default_factory=dict, description="The values in it, by name")


class TaskCompleted(Payload):
    """A task is done."""

    result_preview: str = Field(description="First 200 characters of the result; empty for answers in chat")
    duration: float = Field(description="Seconds")
    task: str = Field(description="First 60 characters of the task")


class AgentManifest(Payload):
    """What an agent can do; retained, withdrawn by an empty payload."""

    name: str = Field(description="Agent name")
    actor_id: str = Field(description="HLC-WID of the agent")
    node: str = Field(default="", description="Node that runs it; empty on the main machine")
    description: str = Field(description="One sentence")
    capabilities: tuple[str, ...] = Field(default=(), description="Actions that it answers")
    input_schema: dict[str, Any] = Field(default_factory=dict, description="Field to 'type - description'")
    output_schema: dict[str, Any] = Field(default_factory=dict, description="Field to 'type - description'")
    publishes: tuple[str, ...] = Field(default=(), description="Addresses it publishes on")
    subscribes: tuple[str, ...] = Field(default=(), description="Addresses it listens to")
    triggers_when: dict[str, Any] = Field(default_factory=dict, description="When it triggers")
    produces_schema: dict[str, Any] = Field(default_factory=dict, description="Fields of what it publishes")
    consumes_schema: dict[str, Any] = Field(default_factory=dict, description="Fields of what it listens to")
    observed_samples: dict[str, Any] = Field(
        default_factory=dict, description="Topic to {fields, example} of what it really published"
    )
    timestamp: float = Field(description="Epoch seconds")


class AgentCommand(Payload):
    """A control request."""

    command: Literal["start", "stop", "pause", "resume", "delete"] = Field(description="What to do")
    sender: str = Field(default="", description="Who asks")
    timestamp: float | None = Field(default=None, description="Epoch seconds")


SPAWNED = Channel("SPAWNED", "agents/{agent_id}/spawn", AgentSpawned, 0, "An agent announces its start")
HEARTBEAT = Channel("HEARTBEAT", "agents/{agent_id}/heartbeat", Heartbeat, 0, "Liveness pulse, every 10 s")
STATUS = Channel("STATUS", "agents/{agent_id}/status", AgentStatus, 0, "State changes and the last will")
METRICS = Channel("METRICS", "agents/{agent_id}/metrics", AgentMetrics, 0, "Counters and cost")
LOGS = Channel("LOGS", "agents/{agent_id}/logs", AgentLog, 0, "Log events for people")
ERRORS = Channel("ERRORS", "agents/{agent_id}/errors", AgentError, 1, "Structured failures")
ALERT = Channel("ALERT", "agents/{agent_id}/alert", AgentAlert, 0, "What a person should know")
COMPLETED = Channel("COMPLETED", "agents/{agent_id}/completed", TaskCompleted, 0, "Tasks done")
MANIFEST = Channel("MANIFEST", "agents/{agent_id}/manifest", AgentManifest, 0, "Abilities of an agent", retain=True)
COMMANDS = Channel("COMMANDS", "agents/{agent_id}/commands", AgentCommand, 1, "Control requests to one agent")

CHANNELS = (SPAWNED, HEARTBEAT, STATUS, METRICS, LOGS, ERRORS, ALERT, COMPLETED, MANIFEST, COMMANDS)
