"""Rules put into words."""

from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    Hours,
    IntervalTrigger,
    MqttTrigger,
    NoticeAction,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
    Trigger,
)  # fmt: skip
from wactorz_understanding.language import Language
from wactorz_understanding.naming import Names
from wactorz_understanding.presence import HOME, SUN
from wactorz_understanding.states import said_state
from wactorz_understanding.wording import QUIET_SECONDS, join_names, say_calls, say_value


def say_rule(draft: RuleDraft, names: Names, language: Language) -> str:
    """A rule as one sentence."""
    said = language.data["rule_say"]
    held = draft.trigger.for_seconds if isinstance(draft.trigger, MqttTrigger) else draft.held_seconds
    hold = said["hold"].format(time=_say_time(held, language)) if held else ""
    quiet = said["cooldown"].format(time=_say_time(draft.cooldown_seconds, language))
    quiet = "" if draft.cooldown_seconds == QUIET_SECONDS else quiet
    conditions = language.answers["and"].join(_say_condition(c, names, language) for c in draft.conditions)
    only_if = said["only_if"] + conditions if conditions else ""
    when = _say_trigger(draft.trigger, names, language)
    return str(said["rule"].format(
        trigger=when, hold=hold, actions=_say_deeds(draft, names, language), conditions=only_if,
        hours=_say_hours(draft.hours, language) if draft.hours else "", cooldown=quiet,
    ))  # fmt: skip


def _say_deeds(draft: RuleDraft, names: Names, language: Language) -> str:
    """Everything that a rule does, as one clause."""
    clauses = [say_calls(draft.actions, names, language)] if draft.actions else []
    clauses += [_say_notice(notice, language) for notice in draft.notices]
    clauses += [str(language.data["rule_say"]["task"].format(agent=t.agent, task=t.task)) for t in draft.tasks]
    return str(language.answers["and"].join(clauses))


def _say_notice(notice: NoticeAction, language: Language) -> str:
    said = language.data["rule_say"]
    target = said["notice_target"].format(target=notice.target.capitalize()) if notice.target else ""
    text = said["notice_text"].format(text=notice.text) if notice.text else ""
    urgent = said["notice_urgent"] if notice.severity == "critical" else ""
    return str(said["notice"].format(target=target, text=text, urgent=urgent))


def _say_hours(hours: Hours, language: Language) -> str:
    said = language.data["rule_say"]
    between = said["between"].format(start=hours.start, end=hours.end) if hours.start and hours.end else ""
    days = join_names([said["weekdays"][day] for day in hours.weekdays], language)
    return str(between + (said["only_days"].format(days=days) if days else ""))


def _say_trigger(trigger: Trigger, names: Names, language: Language) -> str:  # noqa: PLR0911  # one case for each kind
    said = language.data["rule_say"]
    match trigger:
        case StateTrigger(entity_id=entity_id) if entity_id == SUN:
            return str(said["gets_dark" if trigger.to == "below_horizon" else "gets_light"])
        case StateTrigger():
            state = _say_state(trigger.entity_id, trigger.to, names, language)
            return str(said["state"].format(name=names.label(trigger.entity_id), state=state))
        case NumericTrigger(entity_id=entity_id) if entity_id == HOME:
            return str(said["nobody_home" if trigger.below is not None else "somebody_home"])
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
            return _say_report(trigger, language)
        case DetectionTrigger():
            return _say_sighting(trigger, names, language)


def _say_report(trigger: MqttTrigger, language: Language) -> str:
    said = language.data["rule_say"]
    if trigger.operator == "any" or trigger.value is None:
        return str(said["mqtt"].format(topic=trigger.topic))
    what = _say_source(trigger.topic, trigger.field, language)
    if trigger.window is not None:
        what = said["mqtt_mean"].format(what=what, time=_say_time(trigger.window.seconds, language))
    operator, value = said["operators"][trigger.operator], say_value(trigger.value, language)
    return str(said["mqtt_value"].format(what=what, operator=operator, value=value))


def _say_source(topic: str, field: str, language: Language) -> str:
    return str(language.data["rule_say"]["mqtt_field"].format(field=field, topic=topic)) if field else topic


def _say_sighting(trigger: DetectionTrigger, names: Names, language: Language) -> str:
    said = language.data["rule_say"]
    known = trigger.camera in names.entities
    camera = names.label(trigger.camera) if known else trigger.camera or said["any_camera"]
    target = said["seen"].get(trigger.target, trigger.target)
    return str(said["detection_gone" if trigger.gone else "detection"].format(camera=camera, target=target))


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
    said, operator = language.data["rule_say"], language.data["rule_say"]["operators"][condition.operator]
    if condition.topic:
        source = _say_source(condition.topic, condition.field, language)
        return str(said["condition"].format(name=source, operator=operator, value=say_value(condition.value, language)))
    if condition.entity_id == SUN and condition.operator == "eq":
        return str(said["is_dark" if condition.value == "below_horizon" else "is_light"])
    if condition.entity_id == HOME and condition.operator in ("lt", "gt"):
        return str(said["is_nobody_home" if condition.operator == "lt" else "is_somebody_home"])
    if isinstance(condition.value, float):
        value = f"{say_value(condition.value, language)} {names.entities[condition.entity_id].unit or ''}".strip()
    else:
        value = _say_state(condition.entity_id, condition.value, names, language)
    return str(said["condition"].format(name=names.label(condition.entity_id), operator=operator, value=value))
