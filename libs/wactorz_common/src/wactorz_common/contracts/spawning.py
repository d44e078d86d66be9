"""Spawned agents: what they are, who may spawn them, what they may do, and the approvals that this can need."""

from typing import Any, Literal

from pydantic import Field, field_validator

from wactorz_common.contracts._channel import Channel, Nothing, OpenPayload, Operation, Payload
from wactorz_common.contracts.chat import Standing
from wactorz_common.language import primary

LONGEST_CODE = 256 * 1024
"""Characters."""


class Grants(Payload):
    """What a spawned agent may reach beyond its own topics and the topics that are free for all; nothing by default."""

    publish: tuple[str, ...] = Field(default=(), description="Topic filters that it may publish on")
    subscribe: tuple[str, ...] = Field(default=(), description="Topic filters that it may listen to")
    http: tuple[str, ...] = Field(default=(), description="Hosts that it may call, as host or host:port")
    agents: tuple[str, ...] = Field(default=(), description="Agents that it may send tasks to")
    model: bool = Field(default=False, description="Whether it may ask the language model")


class Limits(Payload):
    """What a spawned agent may use up."""

    memory_mb: int = Field(default=128, ge=48, le=1024, description="Memory of the instance in MiB")
    cpu: float = Field(default=0.5, gt=0, le=2, description="Share of one processor")


class SpawnSpec(OpenPayload):
    """A spawned agent; the same object travels from a person to a node, further keys are kept."""

    name: str = Field(min_length=1, max_length=64, description="Unique agent name")
    type: str = Field(default="", description="dynamic, llm, ...; empty: llm with a system_prompt and no code")
    description: str = Field(default="", max_length=2_000, description="One sentence")
    code: str = Field(default="", max_length=LONGEST_CODE, description="dynamic: Python source", repr=False)
    system_prompt: str = Field(default="", max_length=32_000, description="llm: who the agent is")
    poll_interval: float = Field(default=1.0, ge=0.05, le=86_400, description="Seconds between two calls of process")
    install: tuple[str, ...] = Field(default=(), description="Python packages that the code needs, by name")
    grants: Grants = Field(default_factory=Grants, description="What it may reach")
    limits: Limits = Field(default_factory=Limits, description="What it may use up")
    node: str = Field(default="", description="Node to run on; empty for the main machine")
    replace: bool = Field(default=False, description="Stop a running agent of that name first")
    capabilities: tuple[str, ...] = Field(default=(), description="What it can do, for its manifest")
    input_schema: dict[str, Any] = Field(default_factory=dict, description="Field to 'type - description'")
    output_schema: dict[str, Any] = Field(default_factory=dict, description="Field to 'type - description'")
    publishes: tuple[str, ...] = Field(default=(), description="Topics that it publishes on")
    subscribes: tuple[str, ...] = Field(default=(), description="Topics that it listens to")
    triggers_when: dict[str, Any] = Field(default_factory=dict, description="When it triggers, for its manifest")
    produces_schema: dict[str, Any] = Field(default_factory=dict, description="Fields of what it publishes")
    consumes_schema: dict[str, Any] = Field(default_factory=dict, description="Fields of what it listens to")
    max_restarts: int = Field(default=5, ge=0, le=100, description="Deaths within a minute before quarantine")
    restart_delay: float = Field(default=3.0, ge=0, le=300, description="Seconds before the first restart elsewhere")
    agent_id: str = Field(default="", alias="_agent_id", description="HLC-WID, minted once by the monitor")
    initial_state: dict[str, Any] | None = Field(default=None, alias="_initial_state", description="Of a migration")
    migration_token: str = Field(default="", alias="_migration_token", description="Of a migration")
    proposed_by: str = Field(
        default="", alias="_proposed_by", description="Set when a model, not a person, asks for it"
    )
    asked_by: Standing = Field(
        default="", alias="_asked_by", description="What the person may do whom the model made it for, if known"
    )

    @field_validator("install", "publishes", "subscribes", "capabilities", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        """A bare string means a list of one."""
        return (value,) if isinstance(value, str) else value

    @property
    def kind(self) -> str:
        """The type, or what the fields say it is."""
        return self.type or ("llm" if self.system_prompt and not self.code else "dynamic")


class SpawnResult(Payload):
    """What became of a wish for an agent."""

    name: str = Field(description="Agent name")
    agent_id: str = Field(default="", description="HLC-WID of the agent")
    node: str = Field(default="", description="Node that runs it")
    status: Literal["running", "waiting", "needs_approval", "already_running"] = Field(
        description="waiting: kept, and started as soon as its node can"
    )
    approval_id: str = Field(default="", description="Approval to be decided first")
    text: str = Field(description="The same in words")


class AgentName(Payload):
    """Names a spawned agent."""

    name: str = Field(min_length=1, max_length=64, description="Agent name")


class Management(Payload):
    """What shall happen to a spawned agent, or to a service that is in quarantine."""

    name: str = Field(min_length=1, max_length=64, description="Agent name")
    command: Literal["start", "stop", "restart", "delete"] = Field(description="What to do")
    by: str = Field(default="", description="Who asks")


class Migration(Payload):
    """A spawned agent shall move to another node, with what it has kept."""

    name: str = Field(min_length=1, max_length=64, description="Agent name")
    target_node: str = Field(default="", description="Node name; empty or local for the main machine")


class Done(Payload):
    """It was done; `text` says what."""

    text: str = Field(description="What was done")


class SpawnedAgent(Payload):
    """A spawned agent as the monitor keeps it."""

    name: str = Field(description="Agent name")
    agent_id: str = Field(description="HLC-WID of the agent")
    type: str = Field(description="dynamic, llm, ...")
    description: str = Field(default="", description="One sentence")
    node: str = Field(description="Node that shall run it")
    wanted: Literal["running", "stopped"] = Field(description="What a person wants")
    actual: str = Field(description="running, waiting, quarantined, stopped or failed")
    problem: str = Field(default="", description="Why it does not run, for a person")
    code_sha256: str = Field(default="", description="Hash of its code")
    created_at: float = Field(description="Epoch seconds of the first spawn")
    updated_at: float = Field(description="Epoch seconds of the last change")


class SpawnedAgents(Payload):
    """Every spawned agent."""

    agents: tuple[SpawnedAgent, ...] = Field(description="By name")


class SpecReport(Payload):
    """The specification of one agent, and the ones before it."""

    agent: SpawnedAgent = Field(description="The agent")
    spec: dict[str, Any] = Field(description="Present specification")
    history: tuple[dict[str, Any], ...] = Field(default=(), description="Earlier ones with replaced_at, newest first")


class NodeReport(Payload):
    """A machine that runs agents."""

    node: str = Field(description="Node name")
    online: bool = Field(description="Heard within the last 30 s and not going away")
    last_seen: float = Field(description="Epoch seconds")
    agents: tuple[str, ...] = Field(default=(), description="Names of the agents that run there")
    runtime: str = Field(default="", description="node, or runner for the stand-alone one")
    version: str = Field(default="", description="Version of its runner")


class NodeReports(Payload):
    """Every node."""

    nodes: tuple[NodeReport, ...] = Field(description="The main machine first")


class Approval(Payload):
    """A question that only an authenticated person may answer; silence is a no."""

    id: str = Field(description="Approval id, used once")
    kind: Literal["spawn", "actuation", "automation", "grant", "policy"] = Field(description="What it is about")
    agent: str = Field(description="Agent that asks and that acts on the answer")
    summary: str = Field(description="What exactly will happen, in words")
    summaries: dict[str, str] = Field(default_factory=dict, description="The same by language, where it is known")
    detail: dict[str, Any] = Field(default_factory=dict, description="What exactly will happen, as data")
    arguments_sha256: str = Field(description="Hash of what is approved: anything else needs another approval")
    requested_by: str = Field(default="", description="Who wants it")
    created_at: float = Field(description="Epoch seconds")
    expires_at: float = Field(description="Epoch seconds; then the answer is no")
    needs_pin: bool = Field(default=False, description="A yes counts only with the PIN")
    pin_salts: tuple[str, ...] = Field(
        default=(), max_length=200, description="Salts that the PIN is proven with: one for each PIN that must fit"
    )
    state: Literal["open", "approved", "denied", "expired"] = Field(default="open", description="How it stands")

    def summary_in(self, language: str) -> str:
        """What will happen, in a language where it is known in it."""
        return self.summaries.get(primary(language), self.summary)


class ApprovalEvent(Payload):
    """An approval opened or ended; what it is about, its code and its PIN are told to those who ask only."""

    id: str = Field(description="Approval id")
    agent: str = Field(description="Agent that asks")
    kind: str = Field(description="What it is about")
    state: Literal["open", "approved", "denied", "expired"] = Field(description="How it stands")

    @classmethod
    def of(cls, approval: Approval) -> "ApprovalEvent":
        """What is told of an approval."""
        return cls(id=approval.id, agent=approval.agent, kind=approval.kind, state=approval.state)


class Approvals(Payload):
    """Approvals of one agent."""

    approvals: tuple[Approval, ...] = Field(description="Oldest first")


class ApprovalQuery(Payload):
    """Which approvals to list."""

    all: bool = Field(default=False, description="The decided ones of the last day too")


class Decision(Payload):
    """A person's answer to an approval; the door that sends it has authenticated the person."""

    id: str = Field(description="Approval id")
    decision: Literal["approve", "deny"] = Field(description="The answer")
    by: str = Field(default="", description="Who decided")
    pin_proofs: dict[str, str] = Field(
        default_factory=dict, max_length=200, repr=False,
        description="Where it asks for a PIN: for each salt a proof, made for the approval's id; never the PIN",
    )  # fmt: skip


APPROVAL_EVENTS = Channel(
    "APPROVAL_EVENTS", "system/approvals", ApprovalEvent, 1, "An approval opened, was answered or expired"
)

CHANNELS = (APPROVAL_EVENTS,)

SPAWN = Operation("spawn", "monitor", SpawnSpec, SpawnResult, "Have an agent run", durable=True, timeout=60)
MANAGE_AGENT = Operation("manage_agent", "monitor", Management, Done, "Start, stop, restart or delete a spawned agent",
                         durable=True, timeout=30)  # fmt: skip
MIGRATE_AGENT = Operation("migrate_agent", "monitor", Migration, Done, "Move a spawned agent to another node",
                          durable=True, timeout=120)  # fmt: skip
LIST_SPAWNED = Operation("list_spawned", "monitor", Nothing, SpawnedAgents, "Every spawned agent", timeout=5)
GET_SPEC = Operation("get_spec", "monitor", AgentName, SpecReport, "Specification of a spawned agent", timeout=5)
LIST_NODES = Operation("list_nodes", "monitor", Nothing, NodeReports, "Every node", timeout=5)
LIST_APPROVALS = Operation("list_approvals", None, ApprovalQuery, Approvals, "What waits for a person's yes", timeout=5)
DECIDE_APPROVAL = Operation("decide_approval", None, Decision, Done, "Answer an approval", durable=True, timeout=90)

OPERATIONS = (
    SPAWN, MANAGE_AGENT, MIGRATE_AGENT, LIST_SPAWNED, GET_SPEC, LIST_NODES, LIST_APPROVALS, DECIDE_APPROVAL,
)  # fmt: skip
