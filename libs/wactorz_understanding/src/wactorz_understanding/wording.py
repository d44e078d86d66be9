"""Commands and rules put into words, and the questions that ask back."""

from collections.abc import Iterable, Sequence
from typing import Any

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    IntervalTrigger,
    MqttTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
    Trigger,
)  # fmt: skip
from wactorz_understanding.language import Language
from wactorz_understanding.meaning import Ambiguous, Choice
from wactorz_understanding.naming import Names
from wactorz_understanding.states import said_state
from wactorz_understanding.targets import Target

QUIET_SECONDS = 10.0
"""Quiet time after a firing when the sentence names none."""

_MOST_NAMED = 6


def join_names(labels: Sequence[str], language: Language, word: str = "and") -> str:
    """A list as people say it, cut short when it is long."""
    shown = list(labels[:_MOST_NAMED])
    if len(labels) > _MOST_NAMED:
        shown.append(language.answers["more"].format(count=len(labels) - _MOST_NAMED))
    return ", ".join(shown[:-1]) + language.answers[word] + shown[-1] if len(shown) > 1 else "".join(shown)


def ask_back(target: Target, names: Names, language: Language) -> Ambiguous:
    """The question to a person when several devices fit."""
    choices = tuple(Choice(entity_id=e, label=names.label(e)) for e in target.entity_ids)
    said = join_names([choice.label for choice in choices], language, "or")
    kind = "do_you_mean" if len(choices) == 1 else "which_many" if target.unclear == "many" else "which_one"
    template = language.answers[kind]
    return Ambiguous(question=template.format(choices=said), choices=choices)


def confirm(calls: Iterable[ServiceCall], names: Names, language: Language) -> Ambiguous:
    """The question whether these very commands are meant."""
    calls = tuple(calls)
    entity_ids = dict.fromkeys(entity_id for call in calls for entity_id in call.entity_id)
    choices = tuple(Choice(entity_id=e, label=names.label(e)) for e in entity_ids)
    said = say_calls(calls, names, language)
    return Ambiguous(question=language.answers["do_you_mean"].format(choices=said), choices=choices)


def say_calls(calls: Iterable[ServiceCall], names: Names, language: Language) -> str:
    """Commands as a clause without a full stop."""
    said = language.data["say"]
    clauses = []
    for call in calls:
        template = said.get(" ".join((call.service, *call.data))) or said.get(call.service) or said["other"]
        labels = join_names([names.label(entity_id) for entity_id in call.entity_id], language)
        clauses.append(template.format(names=labels, service=call.service, **_said_data(call.data, language)))
    return str(language.answers["and"].join(clauses))


def _said_data(data: dict[str, Any], language: Language) -> dict[str, Any]:
    """The data of a call as people say it."""
    said = {key: say_value(value, language) for key, value in data.items()}
    if "volume_level" in data:
        said["percent"] = say_value(data["volume_level"] * 100.0, language)
    return said


def say_value(value: object, language: Language) -> str:
    """A number with the language's decimal sign, or a word such as a color in the language."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", language.answers["decimal"])
    return str(language.answers["values"].get(value, value)) if isinstance(value, str) else str(value)


def say_rule(draft: RuleDraft, names: Names, language: Language) -> str:
    """A rule as one sentence."""
    said, trigger = language.data["rule_say"], draft.trigger
    hold = said["hold"].format(time=_say_time(draft.held_seconds, language)) if draft.held_seconds else ""
    quiet = said["cooldown"].format(time=_say_time(draft.cooldown_seconds, language))
    quiet = "" if draft.cooldown_seconds == QUIET_SECONDS else quiet
    conditions = language.answers["and"].join(_say_condition(c, names, language) for c in draft.conditions)
    only_if = said["only_if"] + conditions if conditions else ""
    actions = say_calls(draft.actions, names, language)
    when = _say_trigger(trigger, names, language)
    return str(said["rule"].format(trigger=when, hold=hold, actions=actions, conditions=only_if, cooldown=quiet))


def _say_trigger(trigger: Trigger, names: Names, language: Language) -> str:  # noqa: PLR0911  # one case for each kind
    said = language.data["rule_say"]
    match trigger:
        case StateTrigger():
            state = _say_state(trigger.entity_id, trigger.to, names, language)
            return str(said["state"].format(name=names.label(trigger.entity_id), state=state))
        case NumericTrigger():
            side = "above" if trigger.above is not None else "below"
            bound = trigger.above if trigger.above is not None else trigger.below
            value = f"{say_value(bound, language)} {names.entities[trigger.entity_id].unit or ''}".strip()
            return str(said[side].format(name=names.label(trigger.entity_id), value=value))
        case TimeTrigger():
            days = join_names([said["weekdays"][day] for day in trigger.weekdays], language)
            on_days = said["days"].format(days=days) if days else said["every_day"]
            return str(said["time"].format(at=trigger.at, days=on_days))
        case SunTrigger():
            kind = "sun_after" if trigger.offset_seconds > 0 else "sun_before" if trigger.offset_seconds else "sun"
            time = _say_time(abs(trigger.offset_seconds), language)
            return str(said[kind][trigger.event].format(time=time))
        case IntervalTrigger():
            return str(said["interval"].format(time=_say_time(trigger.seconds, language)))
        case MqttTrigger():
            return str(said["mqtt"].format(topic=trigger.topic))
        case DetectionTrigger():
            return str(said["detection"].format(target=trigger.target))


def _say_state(entity_id: str, state: str, names: Names, language: Language) -> str:
    said = said_state(names.entities[entity_id].model_copy(update={"state": state}))
    return str(language.answers["states"].get(said, said))


def _say_time(seconds: float, language: Language) -> str:
    said = language.data["rule_say"]
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds % length == 0:
            return str(said[unit].format(count=int(seconds // length)))
    return str(said["seconds"].format(count=f"{seconds:g}"))


def _say_condition(condition: Condition, names: Names, language: Language) -> str:
    said = language.data["rule_say"]
    if isinstance(condition.value, float):
        value = f"{say_value(condition.value, language)} {names.entities[condition.entity_id].unit or ''}".strip()
    else:
        value = _say_state(condition.entity_id, condition.value, names, language)
    operator = said["operators"][condition.operator]
    return str(said["condition"].format(name=names.label(condition.entity_id), operator=operator, value=value))
