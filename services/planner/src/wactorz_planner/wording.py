"""A rule in words."""

import re
from collections.abc import Mapping

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    IntervalTrigger,
    NumericTrigger,
    Rule,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
)  # fmt: skip

_OPERATORS = {
    "eq": "is", "ne": "is not", "gt": "is above", "lt": "is below", "gte": "is at least", "lte": "is at most",
}  # fmt: skip
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
_MINUTE = 60
_HOUR = 3600
_LONGEST_SLUG = 23


def describe(draft: RuleDraft, house: House) -> str:
    """The whole rule as one sentence, with the names that people use."""
    entities = {entity.entity_id: entity for entity in house.entities}
    conditions = " and ".join(_condition(condition, entities) for condition in draft.conditions)
    actions = " and ".join(_action(call, entities) for call in draft.actions)
    only = f", if {conditions}" if conditions else ""
    pause = f" (at most once every {duration(draft.cooldown_seconds)})" if draft.cooldown_seconds else ""
    return f"{trigger_words(draft, entities)}{only}: {actions}{pause}."


def duration(seconds: float) -> str:
    """For example 90 s, 5 min, 2 h."""
    if seconds >= _HOUR and seconds % _HOUR == 0:
        return f"{seconds / _HOUR:g} h"
    if seconds >= 2 * _MINUTE and seconds % _MINUTE == 0:
        return f"{seconds / _MINUTE:g} min"
    return f"{seconds:g} s"


def slug_of(rule: Rule) -> str:
    """The level under which a rule's triggers are published: what it is about, and its id."""
    plain = re.sub(r"[^a-z0-9]+", "-", rule.task.casefold()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{plain}-{rule.rule_id}" if plain else rule.rule_id


def created(rule: Rule) -> str:
    """What a person is told about a rule that was just made."""
    if rule.status == "proposed":
        return (
            f"I would make this rule ({rule.rule_id}): {rule.summary} "
            f"Shall I? Answer yes or no, or type /rules approve {rule.rule_id}."
        )
    return f"Rule {rule.rule_id} is active. {rule.summary} To remove it: /rules delete {rule.rule_id}"


def exists(rule: Rule) -> str:
    """What a person is told who asks for the same rule again."""
    if rule.status == "proposed":
        return f"That rule is already proposed. {created(rule)}"
    note = f" It is paused: {rule.note}" if rule.status == "paused" else ""
    return f"That rule already exists ({rule.rule_id}). {rule.summary}{note} To remove it: /rules delete {rule.rule_id}"


def trigger_words(draft: RuleDraft, entities: Mapping[str, Entity]) -> str:
    """When the rule looks, as the beginning of a sentence."""
    match draft.trigger:
        case StateTrigger() as trigger:
            words = f"When {_name(trigger.entity_id, entities)} becomes {trigger.to}"
        case NumericTrigger() as trigger:
            words = f"When {_crossing(trigger, entities)}"
        case TimeTrigger() as trigger:
            days = " and ".join(_DAYS[day] for day in trigger.weekdays)
            words = f"At {trigger.at}{f' on {days}' if days else ''}"
        case SunTrigger() as trigger:
            words = _sun(trigger)
        case IntervalTrigger() as trigger:
            words = f"Every {duration(trigger.seconds)}"
    return words + (f" for {duration(draft.held_seconds)}" if draft.held_seconds else "")


def _crossing(trigger: NumericTrigger, entities: Mapping[str, Entity]) -> str:
    name = _name(trigger.entity_id, entities)
    entity = entities.get(trigger.entity_id)
    unit = f" {entity.unit}" if entity and entity.unit and not trigger.attribute else ""
    what = f"{trigger.attribute} of {name}" if trigger.attribute else name
    above = f"rises above {trigger.above:g}{unit}" if trigger.above is not None else ""
    below = f"falls below {trigger.below:g}{unit}" if trigger.below is not None else ""
    if above and below:
        return f"{what} comes between {trigger.above:g} and {trigger.below:g}{unit}"
    return f"{what} {above or below}"


def _sun(trigger: SunTrigger) -> str:
    if not trigger.offset_seconds:
        return f"At {trigger.event}"
    side = "after" if trigger.offset_seconds > 0 else "before"
    return f"{duration(abs(trigger.offset_seconds))} {side} {trigger.event}".capitalize()


def _condition(condition: Condition, entities: Mapping[str, Entity]) -> str:
    name = _name(condition.entity_id, entities)
    what = f"{condition.attribute} of {name}" if condition.attribute else name
    value = f"{condition.value:g}" if isinstance(condition.value, float) else condition.value
    return f"{what} {_OPERATORS[condition.operator]} {value}"


def _action(call: ServiceCall, entities: Mapping[str, Entity]) -> str:
    names = " and ".join(_name(entity_id, entities) for entity_id in call.entity_id)
    data = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in call.data.items())
    return f"{call.service.replace('_', ' ')} {names}" + (f" ({data})" if data else "")


def _name(entity_id: str, entities: Mapping[str, Entity]) -> str:
    entity = entities.get(entity_id)
    return entity.name if entity else entity_id
