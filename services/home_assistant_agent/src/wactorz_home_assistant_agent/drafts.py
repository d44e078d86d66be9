"""An automation of Home Assistant from a rule that the grammar read; pure."""

from typing import Any

from wactorz_common.contracts.automations import AutomationResult
from wactorz_common.contracts.rules import (
    Condition,
    IntervalTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
)
from wactorz_common.errors import Refused
from wactorz_common.language import decimal
from wactorz_home_assistant_agent.configs import Config, normal
from wactorz_home_assistant_agent.german import phrase
from wactorz_home_assistant_agent.phrases import duration

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LONGEST_NAME = 80


def to_config(draft: RuleDraft, name: str, sentence: str) -> Config:
    """The automation that does what the draft says; Refused for what Home Assistant cannot say."""
    conditions = [_condition(condition) for condition in draft.conditions]
    if isinstance(draft.trigger, TimeTrigger) and draft.trigger.weekdays:
        conditions.insert(0, {"condition": "time", "weekday": list(draft.trigger.weekdays)})
    actions = [_action(call.domain, call.service, call.entity_id, call.data) for call in draft.actions]
    return normal({
        "alias": name[:_LONGEST_NAME], "description": f"Made by Wactorz: {sentence}" if sentence else "Made by Wactorz",
        "triggers": [_trigger(draft.trigger)], "conditions": conditions, "actions": actions, "mode": "single",
    })  # fmt: skip


def left_out(draft: RuleDraft) -> str:
    """What a draft says that an automation of Home Assistant cannot; empty when it loses nothing."""
    slack = draft.trigger.hysteresis if isinstance(draft.trigger, NumericTrigger) else 0.0
    usual = RuleDraft.model_fields["cooldown_seconds"].default
    lost = [
        phrase("that the value must go back by {slack} before it counts again", slack=decimal(slack)) if slack else "",
        phrase("the quiet time of {duration}", duration=duration(draft.cooldown_seconds))
        if draft.cooldown_seconds not in (0, usual)
        else "",
        phrase("that it stays so for {duration}", duration=duration(draft.min_on_seconds))
        if draft.min_on_seconds
        else "",
        phrase("that it also acts if it is so already") if draft.fires_if_already_true else "",
    ]
    named = phrase(" and ").join(filter(None, lost))
    return (
        phrase("Home Assistant cannot say {named}, so that is left out; a rule of Wactorz keeps it.", named=named)
        if named
        else ""
    )


def noted(result: AutomationResult, draft: RuleDraft | None) -> AutomationResult:
    """The answer, with what was left out of the draft; before the question, if it asks one."""
    note = left_out(draft) if draft is not None else ""
    if not note:
        return result
    asks = result.status in ("needs_confirmation", "needs_approval")
    text = f"{note}\n{result.text}" if asks else f"{result.text}\n{note}"
    return result.model_copy(update={"text": text})


def _trigger(trigger: Any) -> Config:
    match trigger:
        case StateTrigger():
            return {"trigger": "state", "entity_id": trigger.entity_id, "to": trigger.to, **_held(trigger.for_seconds)}
        case NumericTrigger():
            limits = {"above": trigger.above, "below": trigger.below, "attribute": trigger.attribute}
            given = {key: value for key, value in limits.items() if value is not None}
            return {
                "trigger": "numeric_state", "entity_id": trigger.entity_id, **given, **_held(trigger.for_seconds),
            }  # fmt: skip
        case TimeTrigger():
            return {"trigger": "time", "at": trigger.at if trigger.at.count(":") > 1 else f"{trigger.at}:00"}
        case SunTrigger():
            offset = {"offset": _clock(trigger.offset_seconds)} if trigger.offset_seconds else {}
            return {"trigger": "sun", "event": trigger.event, **offset}
        case IntervalTrigger():
            return _interval(int(trigger.seconds))
    raise Refused(phrase("Home Assistant has no trigger for that; a rule of Wactorz may."))


def _interval(seconds: int) -> Config:
    """Home Assistant counts from the full hour or day, so only whole parts of these can be said."""
    for unit, size, whole in (("hours", _HOUR, _DAY), ("minutes", _MINUTE, _HOUR), ("seconds", 1, _MINUTE)):
        if seconds % size == 0 and seconds < whole and whole % seconds == 0:
            return {"trigger": "time_pattern", unit: f"/{seconds // size}"}
    if seconds == _DAY:
        return {"trigger": "time", "at": "00:00:00"}
    raise Refused(
        phrase(
            "Home Assistant can only repeat in whole parts of a minute, an hour or a day. "
            "Make it a rule of Wactorz instead."
        )
    )


def _condition(condition: Condition) -> Config:
    attribute = {"attribute": condition.attribute} if condition.attribute else {}
    base = {"entity_id": condition.entity_id, **attribute}
    value = condition.value
    match condition.operator:
        case "eq" | "ne":
            state = f"{value:g}" if isinstance(value, float) else value
            equal = {"condition": "state", **base, "state": state}
            return equal if condition.operator == "eq" else {"condition": "not", "conditions": [equal, _absent(base)]}
        case "gt" | "lt":
            return {"condition": "numeric_state", **base, _LIMITS[condition.operator]: float(value)}
        case "gte" | "lte":
            beyond = {"condition": "numeric_state", **base, _LIMITS[condition.operator]: float(value)}
            return {"condition": "not", "conditions": [beyond, _absent(base)]}


_LIMITS = {"gt": "above", "lt": "below", "gte": "below", "lte": "above"}


def _absent(base: dict[str, Any]) -> Config:
    """Unknown counts as not holding."""
    return {"condition": "state", "entity_id": base["entity_id"], "state": ["unavailable", "unknown"]}


def _action(domain: str, service: str, entity_ids: tuple[str, ...], data: dict[str, Any]) -> Config:
    target: Any = entity_ids[0] if len(entity_ids) == 1 else list(entity_ids)
    return {"action": f"{domain}.{service}", "target": {"entity_id": target}, **({"data": data} if data else {})}


def _held(seconds: float) -> Config:
    return {"for": _clock(seconds)} if seconds else {}


def _clock(seconds: float) -> str:
    """For example 00:05:00, or -00:30:00."""
    whole = abs(round(seconds))
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // _HOUR:02d}:{whole % _HOUR // _MINUTE:02d}:{whole % _MINUTE:02d}"
