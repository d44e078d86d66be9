"""Who may move what and when, what was done about it, and why something is as it is."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Nothing, Operation, Payload
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.pins import PROOF, SEALED

_SPAN = r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"


class EntityPolicy(Payload):
    """What a person has laid down for one entity, beyond the class that its verb has anyway."""

    entity_id: str = Field(description="Entity it is for")
    risk: Literal["A", "B", "C"] | None = Field(
        default=None,
        description="Class of every change to it: A may not be changed at all, B is never asked about, "
        "C asks each time, save for securing it",
    )
    quiet_hours: str = Field(
        default="", pattern=_SPAN, examples=["22:00-07:00"],
        description="From-to in the house's time; rules and models leave it alone then",
    )  # fmt: skip
    persons: tuple[str, ...] = Field(default=(), max_length=50, description="Who may change it; empty means everyone")
    pin: bool = Field(default=False, description="Whether an approval for it asks for a PIN")


class SetPolicy(Payload):
    """Lay down the policy of an entity; the door that sends it has authenticated the person."""

    policy: EntityPolicy = Field(description="The whole policy; an empty one takes the entity's own away")
    new_pin: str | None = Field(
        default=None, repr=False, pattern=SEALED, examples=[f"scrypt${'0' * 32}${'0' * 128}"],
        description="Sets a new PIN: its salt and scrypt hash, never the PIN",
    )  # fmt: skip
    pin_proof: str = Field(
        default="", repr=False, pattern=rf"^$|{PROOF}", examples=["0" * 64],
        description="Proof of the PIN so far, made for the task's id",
    )  # fmt: skip
    by: str = Field(default="", description="Who decided")


class Policies(Payload):
    """Every policy that a person has laid down."""

    policies: tuple[EntityPolicy, ...] = Field(description="By entity id")
    pin_salts: dict[str, str] = Field(
        default_factory=dict, description="By entity id, the salt that a PIN is proven with, where there is one"
    )
    approval_id: str = Field(default="", description="Approval that a change waits for, because it loosens something")
    text: str = Field(default="", description="What became of the change, for a person")


class Grant(Payload):
    """A rule asks for a standing yes to exactly these calls; a person decides on it like on any approval."""

    rule_id: str = Field(description="Rule that may then make the calls without asking each time")
    calls: tuple[ServiceCall, ...] = Field(min_length=1, max_length=50, description="Exactly what it may do")
    summary: str = Field(default="", description="The rule in words")
    summaries: dict[str, str] = Field(default_factory=dict, description="The same by language, where it is known")


class GrantResult(Payload):
    """What became of it."""

    status: Literal["needed_none", "needs_approval", "granted"] = Field(description="needs_approval waits for a yes")
    approval_id: str = Field(default="", description="Approval to decide on")
    text: str = Field(description="One sentence for a person")


class StandingGrant(Payload):
    """A person's standing yes to exactly what a rule does."""

    rule_id: str = Field(description="Rule")
    calls_sha256: str = Field(description="Hash of the calls; other calls are asked about again")
    summary: str = Field(default="", description="The rule in words")
    by: str = Field(default="", description="Who gave it")
    at: float = Field(description="Epoch seconds")


class StandingGrants(Payload):
    """Every standing yes."""

    grants: tuple[StandingGrant, ...] = Field(description="By rule id")


class RevokeGrant(Payload):
    """Take a rule's standing yes away; nothing happens when it has none."""

    rule_id: str = Field(description="Rule")
    by: str = Field(default="", description="Who decided")


class AuditEntry(Payload):
    """One line of the audit log; `hash` covers all of it and the line before."""

    number: int = Field(description="Counts from 1 without gaps")
    at: float = Field(description="Epoch seconds")
    kind: Literal["actuation", "approval", "policy", "grant", "halt", "automation", "trim"] = Field(
        description="What happened"
    )
    trace_id: str = Field(default="", description="Follows one wish from the sentence or sensor to the device")
    task_id: str = Field(default="", description="Id of the durable task")
    person: str = Field(default="", description="Who, where a person is behind it")
    origin: str = Field(default="", description="person, model, rule or agent")
    rule_id: str = Field(default="", description="Rule that fired, if one did")
    entity_ids: tuple[str, ...] = Field(default=(), description="Entities it is about")
    detail: dict[str, Any] = Field(
        default_factory=dict,
        description="Reason, evidence, calls with policy verdict, outcome and the states before and after",
    )
    previous: str = Field(default="", description="Hash of the line before")
    hash: str = Field(default="", description="SHA-256 of this line with `previous`, in canonical JSON")


class AuditNote(Payload):
    """What became of an automation of Home Assistant, for the audit log; only home-assistant-agent tells it."""

    verdict: str = Field(max_length=40, description="create, change, delete, enable, disable, approved or denied")
    name: str = Field(max_length=500, description="Name of the automation")
    automation_id: str = Field(default="", max_length=300, description="Id in Home Assistant")
    person: str = Field(default="", max_length=200, description="Who said or approved it")
    approval_id: str = Field(default="", max_length=64, description="Approval that it was about")
    entity_ids: tuple[str, ...] = Field(default=(), max_length=500, description="Entities that it names")
    text: str = Field(default="", max_length=2_000, description="What was done, for a person")


class AuditQuery(Payload):
    """Which lines to list."""

    entity_id: str = Field(default="", description="Only lines about this entity")
    trace_id: str = Field(default="", description="Only lines of this wish")
    kind: str = Field(default="", description="Only lines of this kind")
    before: int | None = Field(default=None, description="Only lines with a smaller number")
    limit: int = Field(default=50, ge=1, le=500, description="At most so many, newest first")


class AuditLines(Payload):
    """Lines of the audit log."""

    lines: tuple[AuditEntry, ...] = Field(description="Newest first")


class AuditVerdict(Payload):
    """Whether the log is as it was written."""

    intact: bool = Field(description="No line was changed, taken out or put in")
    lines: int = Field(description="Lines that were read")
    first_broken: int | None = Field(default=None, description="Number of the first line that does not fit")
    text: str = Field(description="One sentence for a person")


class WhyQuery(Payload):
    """Asks why an entity is as it is."""

    entity_id: str = Field(default="", description="Entity; empty takes the newest actuation of all")
    language: str = Field(default="", description="Language of the answer; empty: that of the task, else of the house")


class WhyStep(Payload):
    """One link of the chain, the cause first."""

    at: float | None = Field(default=None, description="Epoch seconds")
    what: Literal["said", "trigger", "condition", "rule", "policy", "approval", "sent", "read", "outside"] = Field(
        description="Kind of link"
    )
    text: str = Field(description="The link in words")
    detail: dict[str, Any] = Field(default_factory=dict, description="The link as data")


class WhyReport(Payload):
    """The chain from the sentence or sensor to the device."""

    entity_id: str = Field(description="Entity that was asked about")
    text: str = Field(description="The chain in words")
    trace_id: str = Field(default="", description="Trace id, where one of our wishes is behind it")
    steps: tuple[WhyStep, ...] = Field(default=(), description="Links, the cause first")


SET_POLICY = Operation("set_policy", "home-assistant-actuator", SetPolicy, Policies, "Lay down an entity's policy",
                       durable=True)  # fmt: skip
LIST_POLICIES = Operation("list_policies", "home-assistant-actuator", Nothing, Policies, "Policies of entities",
                          timeout=5)  # fmt: skip
GRANT = Operation("grant", "home-assistant-actuator", Grant, GrantResult, "Ask for a rule's standing yes",
                  durable=True)  # fmt: skip
LIST_GRANTS = Operation("list_grants", "home-assistant-actuator", Nothing, StandingGrants, "Standing yes of rules",
                        timeout=5)  # fmt: skip
REVOKE_GRANT = Operation("revoke_grant", "home-assistant-actuator", RevokeGrant, StandingGrants,
                         "Take a rule's standing yes away", durable=True)  # fmt: skip
LIST_AUDIT = Operation("list_audit", "home-assistant-actuator", AuditQuery, AuditLines, "Lines of the audit log",
                       timeout=10)  # fmt: skip
NOTE_AUDIT = Operation("note_audit", "home-assistant-actuator", AuditNote, Nothing,
                       "Note what became of an automation", durable=True)  # fmt: skip
VERIFY_AUDIT = Operation("verify_audit", "home-assistant-actuator", Nothing, AuditVerdict, "Check the audit log",
                         timeout=60)  # fmt: skip
WHY = Operation("why", "home-assistant-agent", WhyQuery, WhyReport, "Why an entity is as it is", timeout=20)

OPERATIONS = (
    SET_POLICY, LIST_POLICIES, GRANT, LIST_GRANTS, REVOKE_GRANT, LIST_AUDIT, NOTE_AUDIT, VERIFY_AUDIT, WHY,
)  # fmt: skip
