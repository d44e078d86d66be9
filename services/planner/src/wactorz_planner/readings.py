"""What is known of entities and topics, and whether triggers and conditions hold on it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wactorz_common.comparisons import UNKNOWN_STATES, reach, state_holds, to_number
from wactorz_common.contracts.home import Entity
from wactorz_common.contracts.rules import Condition, NumericTrigger, StateTrigger, Trigger


@dataclass(frozen=True, slots=True)
class Reading:
    """An entity's state, or a topic's message, as last heard; `changed_at` is since when, in epoch seconds."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    changed_at: float | None = None
    updated_at: float | None = None

    @classmethod
    def of(cls, state_object: Mapping[str, Any]) -> "Reading":
        """Read a state object of Home Assistant."""
        attributes = state_object.get("attributes")
        return cls(
            str(state_object.get("state", "")),
            attributes if isinstance(attributes, Mapping) else {},
            _epoch(state_object.get("last_changed")),
            _epoch(state_object.get("last_updated")),
        )

    @classmethod
    def of_entity(cls, entity: Entity) -> "Reading":
        """Read an entity of a report of live states."""
        return cls(entity.state or "", entity.attributes, entity.changed_at)

    @property
    def known(self) -> bool:
        """Whether the entity says anything at all."""
        return self.state not in UNKNOWN_STATES

    def is_old_beside(self, known: "Reading | None", now: float, *, filled: bool) -> bool:
        """Whether what is known already is newer: a `filled` event of the past, or what a live look has overtaken."""
        if known is None:
            return False
        if known.updated_at is None:  # a live look, which tells no more than since when
            looked, said = known.changed_at, self.changed_at
            return looked is not None and said is not None and said < looked <= now
        return filled and self.updated_at is not None and self.updated_at <= known.updated_at


def trigger_holds(trigger: Trigger, reading: Reading | None) -> bool | None:
    """Whether the trigger's state or threshold is met; None when that is not known, and for what the clock triggers."""
    if reading is None:
        return None
    if isinstance(trigger, StateTrigger):
        if not reading.known and trigger.to not in UNKNOWN_STATES:
            return None
        return reading.state.casefold() == trigger.to.casefold()
    return _beyond(trigger, reading, 0.0) if isinstance(trigger, NumericTrigger) else None


def lingers(trigger: Trigger, reading: Reading | None) -> bool:
    """Whether a value that is no longer beyond its threshold has not yet gone back by the hysteresis."""
    if reading is None or not isinstance(trigger, NumericTrigger) or not trigger.hysteresis:
        return False
    return bool(_beyond(trigger, reading, trigger.hysteresis))


def _beyond(trigger: NumericTrigger, reading: Reading, slack: float) -> bool | None:
    number = to_number(value_of(reading, trigger.attribute))
    if number is None:
        return None
    above = trigger.above is None or number > trigger.above - slack
    return above and (trigger.below is None or number < trigger.below + slack)


def condition_holds(condition: Condition, readings: Mapping[str, Reading]) -> bool:
    """Whether a condition holds now; unknown counts as not holding."""
    reading = readings.get(subject_of(condition))
    if reading is None:
        return False
    return state_holds(
        reading.state, reading.attributes, _part_of(condition), condition.operator, condition.value
    )  # fmt: skip


def actual_of(condition: Condition, readings: Mapping[str, Reading]) -> Any:
    """The value that a condition looks at; None when it is not known."""
    reading = readings.get(subject_of(condition))
    return value_of(reading, _part_of(condition)) if reading else None


def subject_of(condition: Condition) -> str:
    """What a condition looks at: an entity, or a topic, which always has a slash."""
    return condition.topic or condition.entity_id


def _part_of(condition: Condition) -> str | None:
    return (condition.field or None) if condition.topic else condition.attribute


def value_of(reading: Reading, attribute: str | None) -> Any:
    """The state, or an attribute; a dotted name reaches into objects."""
    return reading.state if attribute is None else reach(reading.attributes, attribute)


def _epoch(moment: Any) -> float | None:
    if not isinstance(moment, str):
        return None
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None
