"""Rules: typed documents of trigger, conditions and actions."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Nothing, OpenPayload, Operation, Payload
from wactorz_common.contracts.home import ServiceCall


class StateTrigger(Payload):
    """Fires when an entity's state becomes `to` (and stays so for `for_seconds`)."""

    kind: Literal["state"] = Field(default="state", description="Kind of trigger")
    entity_id: str = Field(description="Entity that is watched")
    to: str = Field(description="State it must reach, for example on, off, open, locked")
    for_seconds: float = Field(default=0.0, ge=0, le=86_400, description="How long it must hold")


class NumericTrigger(Payload):
    """Fires when a value crosses a threshold (and stays beyond it for `for_seconds`)."""

    kind: Literal["numeric"] = Field(default="numeric", description="Kind of trigger")
    entity_id: str = Field(description="Entity that is watched")
    attribute: str | None = Field(default=None, description="Attribute to read instead of the state")
    above: float | None = Field(default=None, description="Fires when the value rises above this")
    below: float | None = Field(default=None, description="Fires when the value falls below this")
    for_seconds: float = Field(default=0.0, ge=0, le=86_400, description="How long it must hold")


Trigger = Annotated[StateTrigger | NumericTrigger, Field(discriminator="kind")]


class Condition(Payload):
    """Must hold at the moment of firing; unknown counts as not holding."""

    entity_id: str = Field(description="Entity that is looked at")
    attribute: str | None = Field(default=None, description="Attribute to read instead of the state")
    operator: Literal["eq", "ne", "gt", "lt", "gte", "lte"] = Field(default="eq", description="Comparison")
    value: str | float = Field(description="What it is compared with")


class RuleDraft(Payload):
    """What a rule says, before it is validated against the house."""

    trigger: Trigger = Field(description="When to look")
    conditions: tuple[Condition, ...] = Field(default=(), max_length=20, description="What must hold")
    actions: tuple[ServiceCall, ...] = Field(min_length=1, max_length=20, description="What to do")
    cooldown_seconds: float = Field(default=10.0, ge=0, le=86_400, description="Quiet time after a firing")


class Rule(Payload):
    """A rule as it is kept and run."""

    rule_id: str = Field(description="Eight hexadecimal digits made from the sentence")
    task: str = Field(description="The sentence it came from")
    draft: RuleDraft = Field(description="What it says")
    status: Literal["active", "proposed", "paused"] = Field(default="active", description="Only active rules fire")
    created_at: float = Field(description="Epoch seconds")
    firings: int = Field(default=0, description="How often it acted")
    suppressed: int = Field(default=0, description="Crossings within the cool-down, recorded without acting")
    last_fired_at: float | None = Field(default=None, description="Epoch seconds")
    note: str = Field(default="", description="Why it is paused, or how its last action ended")
    summary: str = Field(default="", description="The rule in words")


class CreateRule(Payload):
    """Make a rule from a sentence; without a draft a model fills one in."""

    task: str = Field(min_length=1, max_length=2000, description="The sentence")
    draft: RuleDraft | None = Field(default=None, description="What the grammar read")
    conversation_id: str = Field(default="", description="Session that asked")


class RuleResult(Payload):
    """A rule, and what to say about it."""

    rule: Rule = Field(description="The rule as kept")
    text: str = Field(description="One or two sentences for a person")
    source: Literal["rules", "local", "cloud"] = Field(default="rules", description="Who filled the rule in")
    cost_usd: float | None = Field(default=None, description="Cost of the model call, if one was made")


class RuleList(Payload):
    """All rules."""

    rules: tuple[Rule, ...] = Field(description="Oldest first")


class RuleRef(Payload):
    """Names one rule."""

    rule_id: str = Field(description="Id as shown by /rules")


class TriggerEvent(OpenPayload):
    """Published when a rule's trigger is met, as information."""

    triggered: bool = Field(default=True, description="Always true")
    rule_id: str = Field(default="", description="Rule whose trigger was met")
    entity_id: str = Field(default="", description="Entity that met it")
    state: str | None = Field(default=None, description="State or value that met it")
    timestamp: float = Field(description="Epoch seconds")


class Detection(OpenPayload):
    """What a camera agent saw."""

    detected: bool = Field(description="Whether the target was seen")
    target: str = Field(default="", description="What was looked for")
    objects: tuple[dict[str, Any], ...] = Field(default=(), description="Everything that was seen")


TRIGGERS = Channel("TRIGGERS", "custom/triggers/{slug}", TriggerEvent, 1, "Triggers of rules that were met")
DETECTIONS = Channel("DETECTIONS", "custom/detections/{slug}", Detection, 0, "What camera agents saw")

CHANNELS = (TRIGGERS, DETECTIONS)

CREATE_RULE = Operation("create_rule", "planner", CreateRule, RuleResult, "Make a rule", durable=True, timeout=90)
APPROVE_RULE = Operation("approve_rule", "planner", RuleRef, RuleResult, "Activate a proposed rule", durable=True)
DELETE_RULE = Operation("delete_rule", "planner", RuleRef, RuleResult, "Remove a rule", durable=True)
LIST_RULES = Operation("list_rules", "planner", Nothing, RuleList, "All rules", timeout=10)

OPERATIONS = (CREATE_RULE, APPROVE_RULE, DELETE_RULE, LIST_RULES)
