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
    hysteresis: float = Field(
        default=0.0, ge=0, description="How far the value must go back before a new crossing counts, in its unit"
    )


class TimeTrigger(Payload):
    """Fires at a time of day, in the house's time zone."""

    kind: Literal["time"] = Field(default="time", description="Kind of trigger")
    at: str = Field(
        pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", examples=["07:00"], description="HH:MM or HH:MM:SS"
    )
    weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=(), description="Days it fires on; empty means every day"
    )


class SunTrigger(Payload):
    """Fires at sunrise or sunset at the house, computed without an entity."""

    kind: Literal["sun"] = Field(default="sun", description="Kind of trigger")
    event: Literal["sunrise", "sunset"] = Field(description="Which one")
    offset_seconds: float = Field(default=0.0, ge=-43_200, le=43_200, description="Later, or earlier when negative")


class IntervalTrigger(Payload):
    """Fires again and again."""

    kind: Literal["interval"] = Field(default="interval", description="Kind of trigger")
    seconds: float = Field(ge=10, le=604_800, description="Time between two firings")


class Window(Payload):
    """A look back over a stream of values, instead of the last one."""

    function: Literal["mean", "min", "max", "count", "rising", "falling", "stable", "absent_for", "event_count"] = (
        Field(description="What is made of the values")
    )
    seconds: float = Field(gt=0, le=86_400, description="How far back")
    event: str | float | bool | None = Field(
        default=None, description="event_count: what is counted; empty counts how often the value changed"
    )
    tolerance: float | None = Field(
        default=None, ge=0,
        description="For the operator any: how far it must rise or fall (empty: 1), or may move while stable (0.5)",
    )  # fmt: skip


class MqttTrigger(Payload):
    """Fires when a message on a topic begins to meet a comparison."""

    kind: Literal["mqtt"] = Field(default="mqtt", description="Kind of trigger")
    topic: str = Field(min_length=1, max_length=500, description="Topic; + and # as MQTT has them")
    field: str = Field(
        default="", max_length=200, description="Dotted path into the message; empty: the message itself"
    )
    operator: Literal["eq", "ne", "gt", "lt", "gte", "lte", "any"] = Field(
        default="any", description="Comparison; any fires on every message"
    )
    value: str | float | bool | None = Field(default=None, description="What it is compared with")
    window: Window | None = Field(default=None, description="Compare this instead of the last value")
    for_seconds: float = Field(default=0.0, ge=0, le=86_400, description="How long it must hold")


class DetectionTrigger(Payload):
    """Fires when a camera sees something; declares a watch for whoever has a camera."""

    kind: Literal["detection"] = Field(default="detection", description="Kind of trigger")
    target: str = Field(min_length=1, max_length=80, description="What is looked for, for example person")
    camera: str = Field(default="", max_length=200, description="Entity id or name of the camera; empty: any")
    gone: bool = Field(default=False, description="Fires when it is no longer seen instead")


WatchedTrigger = StateTrigger | NumericTrigger
"""Triggers that look at an entity."""

Trigger = Annotated[
    StateTrigger | NumericTrigger | TimeTrigger | SunTrigger | IntervalTrigger | MqttTrigger | DetectionTrigger,
    Field(discriminator="kind"),
]


class Condition(Payload):
    """Must hold at the moment of firing; unknown counts as not holding."""

    entity_id: str = Field(default="", description="Entity that is looked at; empty with a topic")
    topic: str = Field(default="", max_length=500, description="Topic whose last message is looked at instead")
    field: str = Field(default="", max_length=200, description="Dotted path into that message")
    attribute: str | None = Field(default=None, description="Attribute to read instead of the state")
    operator: Literal["eq", "ne", "gt", "lt", "gte", "lte"] = Field(default="eq", description="Comparison")
    value: str | float = Field(description="What it is compared with")


class Hours(Payload):
    """Times at which a rule may act, in the house's time."""

    start: str = Field(
        default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"], description="HH:MM; empty: all day"
    )
    end: str = Field(
        default="",
        pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$",
        examples=["06:00"],
        description="HH:MM; may lie before the start",
    )
    weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=(), description="Days; empty means every day"
    )


class NoticeAction(Payload):
    """Tell people something."""

    target: str = Field(
        default="", max_length=64, description="discord, slack, telegram, a name, page; empty: the usual"
    )
    text: str = Field(
        default="", max_length=1_000,
        description="What is said; $name, $state and $payload.a.b are filled in; empty: the rule in words, and what "
        "triggered it",
    )  # fmt: skip
    severity: Literal["info", "warning", "critical"] = Field(default="info", description="critical breaks quiet hours")
    cooldown_seconds: float = Field(default=60.0, ge=0, le=604_800, description="Quiet time of these notices")
    quiet_hours: str = Field(default="", description="HH:MM-HH:MM; empty: those of the notifier")
    edit: bool = Field(default=False, description="Change the last message instead of sending another")


class TaskAction(Payload):
    """Hand a task to an agent."""

    agent: str = Field(min_length=1, max_length=64, description="Agent name")
    task: str = Field(
        min_length=1, max_length=2_000, description="Text, or a JSON object in text; placeholders as above"
    )


class RuleDraft(Payload):
    """What a rule says, before it is validated against the house."""

    trigger: Trigger = Field(description="When to look")
    conditions: tuple[Condition, ...] = Field(default=(), max_length=20, description="What must hold")
    actions: tuple[ServiceCall, ...] = Field(default=(), max_length=20, description="What to do with devices")
    notices: tuple[NoticeAction, ...] = Field(default=(), max_length=10, description="What to tell people")
    tasks: tuple[TaskAction, ...] = Field(default=(), max_length=10, description="What to hand to agents")
    hours: Hours | None = Field(default=None, description="When it may act; otherwise always")
    missed: Literal["skip", "catch_up"] = Field(
        default="skip", description="What becomes of a time at which nothing ran: catch up once, or let it go"
    )
    cooldown_seconds: float = Field(default=10.0, ge=0, le=86_400, description="Quiet time after a firing")
    min_on_seconds: float = Field(
        default=0.0, ge=0, le=86_400, description="What this rule moved stays so at least so long for other rules"
    )
    fires_if_already_true: bool = Field(
        default=False, description="Fire once when the trigger holds already at the moment the rule is made"
    )

    @property
    def watched(self) -> str:
        """Entity that the trigger looks at; empty when the clock triggers it."""
        return self.trigger.entity_id if isinstance(self.trigger, StateTrigger | NumericTrigger) else ""

    @property
    def held_seconds(self) -> float:
        """How long the trigger must hold before it counts; 0 when the clock triggers it."""
        return self.trigger.for_seconds if isinstance(self.trigger, StateTrigger | NumericTrigger | MqttTrigger) else 0


class RuleBefore(Payload):
    """What a rule was before a change that waits for a yes."""

    draft: RuleDraft = Field(description="What it said")
    task: str = Field(description="The sentence it came from")
    status: Literal["active", "paused"] = Field(description="Whether it fired")
    summary: str = Field(default="", description="The rule in words")
    opens: str = Field(default="", description="What of class C it did")
    registry_ids: dict[str, str] = Field(default_factory=dict, description="Registry id of each entity it named")


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
    paused_by: Literal["", "person", "missing", "fight", "loop"] = Field(
        default="", description="Who or what paused it: one whose entities were missing goes on when they are back"
    )
    summary: str = Field(default="", description="The rule in words")
    opens: str = Field(default="", description="What of class C it does, as a clause; empty when nothing")
    granted: bool = Field(default=False, description="A person gave a standing yes to what it opens")
    registry_ids: dict[str, str] = Field(
        default_factory=dict, description="Registry id of each entity it names, to follow a new entity id"
    )
    language: str = Field(default="", max_length=20, description="Language of the words; empty: that of the house")
    paused_at: float | None = Field(default=None, description="Epoch seconds, while it is paused")
    before: RuleBefore | None = Field(
        default=None, description="What a no brings back, while a change of the rule waits for a yes"
    )


class CreateRule(Payload):
    """Make a rule from a sentence; without a draft a model fills one in."""

    preview: bool = Field(default=False, description="Only say what it would be")
    language: str = Field(default="", max_length=20, description="Language of the person")

    task: str = Field(min_length=1, max_length=2000, description="The sentence")
    draft: RuleDraft | None = Field(default=None, description="What the grammar read")
    conversation_id: str = Field(default="", description="Session that asked")
    chat_id: str = Field(default="", description="Request id of the message: when it is stopped, no rule is made")


class RuleText(Payload):
    """A rule, or several, as a file of YAML."""

    yaml: str = Field(max_length=200_000, description="One document for each rule")


class RuleFile(Payload):
    """Rules as YAML, and what to say about them."""

    yaml: str = Field(description="One document for each rule")
    text: str = Field(description="For a person")
    rule_ids: tuple[str, ...] = Field(default=(), description="Rules that are in it, or were made or changed")
    problems: tuple[str, ...] = Field(default=(), description="What was not taken, and why")


class EditRule(Payload):
    """Change a rule: by YAML, by a sentence, or by a whole draft, which may come with its sentence."""

    rule_id: str = Field(description="Id as shown by /rules")
    draft: RuleDraft | None = Field(default=None, description="What it shall say")
    yaml: str = Field(default="", max_length=20_000, description="The same as YAML")
    sentence: str = Field(default="", max_length=2_000, description="The same in words")


class WhyNot(Payload):
    """Why a rule did not fire."""

    rule_id: str = Field(description="Id as shown by /rules")
    start: float | None = Field(default=None, description="Epoch seconds; empty: 24 hours ago")
    end: float | None = Field(default=None, description="Epoch seconds; empty: now")


class RuleExplanation(Payload):
    """What a rule did in a time, and why it did not do more."""

    text: str = Field(description="For a person")
    firings: tuple["FiringReport", ...] = Field(default=(), description="What was decided in that time, newest first")


class RuleResult(Payload):
    """A rule, and what to say about it."""

    rule: Rule = Field(description="The rule as kept")
    text: str = Field(description="One or two sentences for a person")
    approval_id: str = Field(default="", description="Approval that the answer asks for, if any")
    source: Literal["rules", "local", "cloud"] = Field(default="rules", description="Who filled the rule in")
    cost_usd: float | None = Field(default=None, description="Cost of the model call, if one was made")
    yaml: str = Field(default="", description="The rule as YAML, for a preview")
    existed: bool = Field(default=False, description="The rule was there already, made by another message")


class RuleSentence(Payload):
    """A sentence that may be a rule."""

    task: str = Field(min_length=1, max_length=2000, description="The sentence")
    language: str = Field(default="", max_length=20, description="Language it is said in; empty detects it")


class SentenceReading(Payload):
    """What the grammar reads in a sentence."""

    draft: RuleDraft | None = Field(default=None, description="The rule; None when the grammar reads none")


class RuleList(Payload):
    """All rules."""

    rules: tuple[Rule, ...] = Field(description="Oldest first")


class RuleRef(Payload):
    """Names one rule."""

    rule_id: str = Field(description="Id as shown by /rules")
    declined: bool = Field(
        default=False, description="To delete: a no to what is proposed; a change is taken back, and the rule stays"
    )


class Backtest(Payload):
    """Run a rule over the past without acting; one of rule_id and draft."""

    rule_id: str = Field(default="", description="Rule that is kept")
    draft: RuleDraft | None = Field(default=None, description="A rule that is not made yet")
    days: float = Field(default=7.0, gt=0, le=31, description="How far back")


class BacktestFiring(Payload):
    """A moment at which the rule would have met its trigger."""

    at: float = Field(description="Epoch seconds")
    value: str | None = Field(default=None, description="State or value of the trigger")
    verdict: Literal["fire", "suppressed", "unmet"] = Field(description="What would have come of it")
    night: bool = Field(default=False, description="Between 22:00 and 06:00 in the house's time")


class BacktestReport(Payload):
    """What a rule would have done."""

    text: str = Field(description="For a person: would have fired 14 times in 7 days, 3 at night")
    firings: tuple[BacktestFiring, ...] = Field(default=(), max_length=1000, description="In the order of time")
    fired: int = Field(description="How often it would have acted")
    suppressed: int = Field(default=0, description="Crossings within the cool-down")
    unmet: int = Field(default=0, description="Crossings without the conditions")
    at_night: int = Field(default=0, description="How many of the firings between 22:00 and 06:00")
    start: float = Field(description="Epoch seconds from which history is known")
    end: float = Field(description="Epoch seconds")


class FiringQuery(Payload):
    """Which firings to look up."""

    rule_id: str = Field(default="", description="Firings of this rule")
    trace_id: str = Field(default="", description="The firing of this trace")
    limit: int = Field(default=20, ge=1, le=200, description="At most so many, newest first")


class FiringReport(Payload):
    """One firing of a rule, with what it was decided on."""

    rule_id: str = Field(description="Rule")
    task: str = Field(default="", description="The sentence the rule came from")
    fired_at: float = Field(description="Epoch seconds")
    trace_id: str = Field(default="", description="Trace id of all that followed")
    verdict: Literal["fire", "suppressed", "unmet", "held_back", "missed"] = Field(description="What came of it")
    trigger: dict[str, Any] = Field(default_factory=dict, description="Entity, attribute, value, threshold")
    conditions: tuple[dict[str, Any], ...] = Field(default=(), description="Each with the value it was decided on")
    outcome: str = Field(default="", description="How the action ended, for a person")


class FiringReports(Payload):
    """Firings."""

    firings: tuple[FiringReport, ...] = Field(description="Newest first")


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


RuleExplanation.model_rebuild()

RULE_TOPICS = (
    "custom/#", "home/#", "homeassistant/#", "schedule/#", "sensors/#", "synapse/#", "agents/+/detections",
)  # fmt: skip
"""Topics that rules may wait for and look at; tasks and what people say are not among them."""

TRIGGERS = Channel("TRIGGERS", "custom/triggers/{slug}", TriggerEvent, 1, "Triggers of rules that were met")
DETECTIONS = Channel("DETECTIONS", "custom/detections/{slug}", Detection, 0, "What camera agents saw")

CHANNELS = (TRIGGERS, DETECTIONS)

CREATE_RULE = Operation("create_rule", "planner", CreateRule, RuleResult, "Make a rule", durable=True, timeout=90)
APPROVE_RULE = Operation("approve_rule", "planner", RuleRef, RuleResult, "Activate a proposed rule", durable=True)
DELETE_RULE = Operation("delete_rule", "planner", RuleRef, RuleResult, "Remove a rule", durable=True)
PAUSE_RULE = Operation("pause_rule", "planner", RuleRef, RuleResult, "Hold a rule until it is resumed", durable=True)
RESUME_RULE = Operation("resume_rule", "planner", RuleRef, RuleResult, "Let a paused rule go on", durable=True)
GRANT_RULE = Operation("grant_rule", "planner", RuleRef, RuleResult, "Ask for a standing yes to what a rule opens",
                       durable=True)  # fmt: skip
READ_RULE = Operation("read_rule", "main", RuleSentence, SentenceReading, "Read a sentence as a rule, without a model",
                      timeout=10)  # fmt: skip
SHOW_RULE = Operation("show_rule", "planner", RuleRef, RuleResult, "One rule in words and as YAML", timeout=10)
EDIT_RULE = Operation("edit_rule", "planner", EditRule, RuleResult, "Change a rule", durable=True, timeout=90)
EXPORT_RULES = Operation("export_rules", "planner", Nothing, RuleFile, "All rules as YAML", timeout=10)
IMPORT_RULES = Operation("import_rules", "planner", RuleText, RuleFile, "Make rules of YAML", durable=True)
WHY_NOT = Operation("why_not", "planner", WhyNot, RuleExplanation, "Why a rule did not fire", timeout=15)
LIST_RULES = Operation("list_rules", "planner", Nothing, RuleList, "All rules", timeout=10)
BACKTEST = Operation("backtest", "planner", Backtest, BacktestReport, "Run a rule over the past", timeout=60)
LIST_FIRINGS = Operation("list_firings", "planner", FiringQuery, FiringReports, "Firings of rules", timeout=10)

OPERATIONS = (
    CREATE_RULE, APPROVE_RULE, DELETE_RULE, PAUSE_RULE, RESUME_RULE, GRANT_RULE, READ_RULE, LIST_RULES, BACKTEST,
    LIST_FIRINGS, SHOW_RULE, EDIT_RULE, EXPORT_RULES, IMPORT_RULES, WHY_NOT,
)  # fmt: skip
