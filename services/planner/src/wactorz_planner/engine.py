"""The engine: what a rule does when something happens; pure, time is given."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from wactorz_common.contracts.rules import Condition, NumericTrigger, RuleDraft, StateTrigger, Trigger

UNKNOWN_STATES = frozenset({"unknown", "unavailable", ""})


@dataclass(frozen=True)
class Reading:
    """An entity's state as last heard; `changed_at` is when it took that state, in epoch seconds."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    changed_at: float | None = None

    @classmethod
    def of(cls, state_object: Mapping[str, Any]) -> "Reading":
        """Read a state object of Home Assistant."""
        changed = state_object.get("last_changed")
        attributes = state_object.get("attributes")
        return cls(
            str(state_object.get("state", "")),
            attributes if isinstance(attributes, Mapping) else {},
            _epoch(changed) if isinstance(changed, str) else None,
        )


@dataclass(frozen=True)
class RuleState:
    """What the engine keeps of a rule between events: all of it survives restarts.

    `held` is whether the trigger held when last known, None before the first reading. `pending_since` is when a
    crossing began whose duration is not over. Until `quiet_until` crossings are recorded without acting.
    """

    held: bool | None = None
    pending_since: float | None = None
    quiet_until: float = 0.0


@dataclass(frozen=True)
class Moment:
    """Everything outside the rule that a decision depends on."""

    now: float
    readings: Mapping[str, Reading] = field(default_factory=dict)
    halted: bool = False
    resync: bool = False


class Verdict(StrEnum):
    """What comes of an event."""

    NOTHING = "nothing"
    FIRE = "fire"
    SUPPRESSED = "suppressed"
    UNMET = "unmet"


@dataclass(frozen=True)
class Decision:
    """The rule's state after an event, and what to do."""

    state: RuleState
    verdict: Verdict = Verdict.NOTHING


def observe(draft: RuleDraft, state: RuleState, reading: Reading | None, moment: Moment) -> Decision:
    """Take in a reading of the trigger's entity (None: it is gone).

    Only a crossing from not holding to holding counts. The first reading ever is no crossing; a reading after an
    absence is compared with the last one before it.
    """
    holds = trigger_holds(draft.trigger, reading)
    if holds is None:
        interrupted = state.pending_since is not None
        return Decision(replace(state, held=False, pending_since=None) if interrupted else state)
    if not holds:
        return Decision(replace(state, held=False, pending_since=None))
    if state.held is None:
        return Decision(replace(state, held=True))
    since = _held_since(draft, reading, moment)
    if state.held:
        if state.pending_since is not None and moment.resync and since < moment.now:
            state = replace(state, pending_since=max(state.pending_since, since))
        return due(draft, state, moment)
    if draft.held_seconds:
        return due(draft, replace(state, held=True, pending_since=since), moment)
    return _cross(draft, replace(state, held=True), moment)


def due(draft: RuleDraft, state: RuleState, moment: Moment) -> Decision:
    """Decide on a crossing whose duration may be over now."""
    due_at = pending_until(draft, state)
    if due_at is None or moment.now < due_at:
        return Decision(state)
    return _cross(draft, replace(state, pending_since=None), moment)


def pending_until(draft: RuleDraft, state: RuleState) -> float | None:
    """When a pending crossing becomes due, in epoch seconds."""
    return None if state.pending_since is None else state.pending_since + draft.held_seconds


def _cross(draft: RuleDraft, state: RuleState, moment: Moment) -> Decision:
    if moment.halted or _quiet(draft, state, moment.now):
        return Decision(state, Verdict.SUPPRESSED)
    if not all(condition_holds(condition, moment.readings) for condition in draft.conditions):
        return Decision(state, Verdict.UNMET)
    return Decision(replace(state, quiet_until=moment.now + draft.cooldown_seconds), Verdict.FIRE)


def _quiet(draft: RuleDraft, state: RuleState, now: float) -> bool:
    """Within the cool-down; one that is longer than it can be comes from a clock that was set back."""
    return 0 < state.quiet_until - now <= draft.cooldown_seconds


def _held_since(draft: RuleDraft, reading: Reading | None, moment: Moment) -> float:
    """Since when the trigger holds: of a resynchronized state its own time is known, of a number only the newest."""
    changed_at = reading.changed_at if reading else None
    if not moment.resync or changed_at is None or isinstance(draft.trigger, NumericTrigger):
        return moment.now
    return min(changed_at, moment.now)


def trigger_holds(trigger: Trigger, reading: Reading | None) -> bool | None:
    """Whether the trigger's state or threshold is met; None when that is not known."""
    if reading is None:
        return None
    if isinstance(trigger, StateTrigger):
        if reading.state in UNKNOWN_STATES and trigger.to not in UNKNOWN_STATES:
            return None
        return reading.state.casefold() == trigger.to.casefold()
    if not isinstance(trigger, NumericTrigger):
        return None
    number = to_number(value_of(reading, trigger.attribute))
    if number is None:
        return None
    above = trigger.above is None or number > trigger.above
    return above and (trigger.below is None or number < trigger.below)


def condition_holds(condition: Condition, readings: Mapping[str, Reading]) -> bool:
    """Whether a condition holds now; unknown counts as not holding."""
    reading = readings.get(condition.entity_id)
    actual = value_of(reading, condition.attribute) if reading else None
    if actual is None or (condition.attribute is None and str(actual) in UNKNOWN_STATES):
        return False
    left, right = to_number(actual), to_number(condition.value)
    if condition.operator in ("eq", "ne"):
        same = left == right if None not in (left, right) else _text(actual) == _text(condition.value)
        return same if condition.operator == "eq" else not same
    if left is None or right is None:
        return False
    return {"gt": left > right, "lt": left < right, "gte": left >= right, "lte": left <= right}[condition.operator]


def value_of(reading: Reading, attribute: str | None) -> Any:
    """The state, or an attribute; a dotted name reaches into objects."""
    if attribute is None:
        return reading.state
    value: Any = reading.attributes
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def to_number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _epoch(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def _text(value: Any) -> str:
    return str(value).casefold()
