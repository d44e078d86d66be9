"""Triggers, conditions and actions as phrases of a sentence; pure."""

import re
from typing import Any

from wactorz_common.contracts.home import Entity, House, ServiceCall
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
    TaskAction,
    TimeTrigger,
)  # fmt: skip
from wactorz_planner import registry
from wactorz_planner.readings import Reading, value_of

_OPERATORS = {
    "eq": "is", "ne": "is not", "gt": "is above", "lt": "is below", "gte": "is at least", "lte": "is at most",
}  # fmt: skip
_CROSSED = {
    "eq": "becomes", "ne": "is not", "gt": "rises above", "lt": "falls below", "gte": "reaches", "lte": "falls to",
}  # fmt: skip
PLACES = {"discord": "Discord", "slack": "Slack", "telegram": "Telegram"}
"""Services as they write themselves."""

_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_WEEKEND = ("sat", "sun")
_SWITCHED = {"on": ("turns on", "on"), "off": ("turns off", "off")}
_OPENED = {"on": ("opens", "open"), "off": ("closes", "closed")}
_BY_CLASS = {
    "door": _OPENED, "window": _OPENED, "garage_door": _OPENED, "opening": _OPENED,
    "motion": {"on": ("detects motion", "triggered"), "off": ("no longer detects motion", "clear")},
    "occupancy": {"on": ("becomes occupied", "occupied"), "off": ("becomes free", "free")},
    "presence": {"on": ("becomes present", "present"), "off": ("becomes absent", "absent")},
    "smoke": {"on": ("detects smoke", "triggered"), "off": ("no longer detects smoke", "clear")},
    "moisture": {"on": ("becomes wet", "wet"), "off": ("becomes dry", "dry")},
    "gas": {"on": ("detects gas", "triggered"), "off": ("no longer detects gas", "clear")},
    "lock": {"on": ("is unlocked", "unlocked"), "off": ("is locked", "locked")},
    "connectivity": {"on": ("connects", "connected"), "off": ("loses its connection", "disconnected")},
}  # fmt: skip
_BY_DOMAIN = {
    **dict.fromkeys(
        ("light", "switch", "fan", "input_boolean", "humidifier", "siren", "media_player", "binary_sensor"), _SWITCHED
    ),
    "cover": {"open": ("opens", "open"), "closed": ("closes", "closed")},
    "lock": {"locked": ("is locked", "locked"), "unlocked": ("is unlocked", "unlocked")},
    "sun": {"below_horizon": ("gets dark", "dark"), "above_horizon": ("gets light", "light")},
    "person": {"home": ("comes home", "home"), "not_home": ("leaves home", "away")},
    "device_tracker": {"home": ("comes home", "home"), "not_home": ("leaves home", "away")},
}  # fmt: skip
_VERBS = {
    "turn_on": "turn on {names}", "turn_off": "turn off {names}", "open_cover": "open {names}",
    "close_cover": "close {names}", "stop_cover": "stop {names}", "open_valve": "open {names}",
    "close_valve": "close {names}", "lock": "lock {names}", "unlock": "unlock {names}", "press": "press {names}",
    "media_play": "start {names}", "media_pause": "pause {names}", "media_stop": "stop {names}",
    "start": "start {names}", "return_to_base": "send {names} home", "alarm_arm_away": "arm {names}",
    "alarm_arm_home": "arm {names} for home", "alarm_arm_night": "arm {names} for the night",
    "alarm_disarm": "disarm {names}",
}  # fmt: skip
_SET = {
    "set_temperature": ("temperature", " °C"), "set_cover_position": ("position", " %"),
    "set_percentage": ("percentage", " %"), "set_hvac_mode": ("hvac_mode", ""), "set_humidity": ("humidity", " %"),
    "set_preset_mode": ("preset_mode", ""), "set_fan_mode": ("fan_mode", ""), "select_option": ("option", ""),
    "set_value": ("value", ""),
}  # fmt: skip
_SUN = "sun.sun"
_PERCENT_OF = 255
_MINUTE = 60
_HOUR = 3600
_DAY = 86_400
_TITLE = re.compile(r"[A-Z][a-z]+|[a-z]+|\d+")


class Phrases:
    """The words of one house."""

    _it = "it"

    def __init__(self, house: House) -> None:
        self._entities = registry.entities_of(house)
        self._unit = house.temperature_unit
        self._english = house.language.startswith("en")

    def trigger(self, draft: RuleDraft) -> str:
        """When the rule looks, as the beginning of a sentence."""
        match draft.trigger:
            case StateTrigger() as trigger:
                words = f"When {self._subject(trigger.entity_id)} {self._becomes(trigger.entity_id, trigger.to)}"
            case NumericTrigger() as trigger:
                words = f"When {self._crossing(trigger)}"
            case TimeTrigger() as trigger:
                words = f"{_days(trigger.weekdays)} at {trigger.at}"
            case SunTrigger() as trigger:
                words = _sun(trigger)
            case IntervalTrigger() as trigger:
                words = f"Every {duration(trigger.seconds)}"
            case MqttTrigger() as trigger:
                words = f"When {_message(trigger)}"
            case DetectionTrigger() as trigger:
                words = f"When {self._seen(trigger)}"
        return words + (f" for {duration(draft.held_seconds)}" if draft.held_seconds else "")

    def condition(self, condition: Condition) -> str:
        """What must hold."""
        if condition.topic:
            what = f"{condition.field} on {condition.topic}" if condition.field else condition.topic
            return f"{what} {_OPERATORS[condition.operator]} {_plain(condition.value)}"
        attribute, entity_id = condition.attribute, condition.entity_id
        what = f"the {_words(attribute)} of {self.name(entity_id)}" if attribute else self._subject(entity_id)
        if isinstance(condition.value, float):
            value = f"{condition.value:g}{self._unit_of(condition.entity_id, condition.attribute)}"
        elif condition.attribute:
            value = condition.value
        else:
            value = self._state(condition.entity_id, condition.value)[1]
        return f"{what} {_OPERATORS[condition.operator]} {value}"

    def action(self, call: ServiceCall) -> str:
        """What is done."""
        names = _listed([self.name(entity_id) for entity_id in call.entity_id])
        data = dict(call.data)
        key, unit = _SET.get(call.service, ("", ""))
        if key and key in data:
            said = f"set {names} to {_plain(data.pop(key))}{f' {self._unit}' if key == 'temperature' else unit}"
        elif call.service in _VERBS:
            said = _VERBS[call.service].format(names=names) + _brightness(data)
        else:
            said = f"{call.service.replace('_', ' ')} {names}"
        return said + (f" ({', '.join(f'{_words(k)} {_plain(v)}' for k, v in data.items())})" if data else "")

    def notice(self, action: NoticeAction) -> str:
        """Who is told what."""
        place = PLACES.get(action.target.casefold(), action.target)
        where = " on the page" if place == "page" else f" on {place}" if place else ""
        said = f' "{action.text}"' if action.text else ""
        return f"tell you{said}{where}" + (" at any hour" if action.severity == "critical" else "")

    def task(self, action: TaskAction) -> str:
        """Which agent is asked for what."""
        return f'ask {action.agent}: "{action.task}"'

    def hours(self, hours: Hours) -> str:
        """When a rule may act."""
        days = _days(hours.weekdays)
        when = f"from {hours.start or '00:00'} to {hours.end or '24:00'}" if hours.start or hours.end else ""
        named = f"{days[0].lower()}{days[1:]}" if hours.weekdays else ""
        return " ".join(filter(None, (when, named)))

    def now(self, draft: RuleDraft, topic: str, reading: Reading) -> str:
        """What is so at a firing, as a clause."""
        match draft.trigger:
            case StateTrigger() as trigger:
                return f"{self._subject(trigger.entity_id)} is {self._state(trigger.entity_id, reading.state)[1]}"
            case NumericTrigger() as trigger:
                what, unit = self._what(trigger), self._unit_of(trigger.entity_id, trigger.attribute)
                return f"{what} is {value_of(reading, trigger.attribute)}{unit}"
            case MqttTrigger() as trigger:
                value = value_of(reading, trigger.field or None)
                return f"{trigger.field or 'the message'} on {topic} is {value}"
            case DetectionTrigger() as trigger:
                return self._seen(trigger)
        return ""

    def name(self, entity_id: str) -> str:
        """An entity as people call it, with its article."""
        entity = self._entities.get(entity_id)
        if entity is None:
            return entity_id
        words = entity.name.split()
        if self._english and words and all(_TITLE.fullmatch(word) for word in words) and entity.domain != "person":
            return f"the {entity.name.lower()}"
        return entity.name if entity.domain == "person" or "'s " in entity.name else f"the {entity.name}"

    def value(self, _entity_id: str, state: str) -> str:
        """A state as it is told on its own."""
        return state

    def _subject(self, entity_id: str) -> str:
        return self._it if entity_id == _SUN else self.name(entity_id)

    def _becomes(self, entity_id: str, state: str) -> str:
        return self._state(entity_id, state)[0]

    def _state(self, entity_id: str, state: str) -> tuple[str, str]:
        entity = self._entities.get(entity_id)
        by_class = _BY_CLASS.get((entity.device_class if entity else None) or "", {})
        by_domain = _BY_DOMAIN.get(entity_id.partition(".")[0], {})
        plain = _words(state)
        return by_class.get(state) or by_domain.get(state) or (f"becomes {plain}", plain)

    def _seen(self, trigger: DetectionTrigger) -> str:
        camera = self.name(trigger.camera) if trigger.camera else "a camera"
        return f"{camera} {'no longer sees' if trigger.gone else 'sees'} {_with_article(trigger.target)}"

    def _what(self, trigger: NumericTrigger) -> str:
        name = self.name(trigger.entity_id)
        return f"the {_words(trigger.attribute)} of {name}" if trigger.attribute else name

    def _crossing(self, trigger: NumericTrigger) -> str:
        unit, what = self._unit_of(trigger.entity_id, trigger.attribute), self._what(trigger)
        if trigger.above is not None and trigger.below is not None:
            return f"{what} comes between {trigger.above:g} and {trigger.below:g}{unit}"
        if trigger.above is not None:
            return f"{what} rises above {trigger.above:g}{unit}"
        return f"{what} falls below {trigger.below or 0:g}{unit}"

    def _unit_of(self, entity_id: str, attribute: str | None) -> str:
        entity: Entity | None = self._entities.get(entity_id)
        if attribute is not None:
            return f" {self._unit}" if "temperature" in attribute else ""
        return f" {entity.unit}" if entity and entity.unit else ""


def _message(trigger: MqttTrigger) -> str:
    what = f"{trigger.field} on {trigger.topic}" if trigger.field else trigger.topic
    window = trigger.window
    if window is None:
        if trigger.operator == "any":
            return f"a message comes on {trigger.topic}" + (f" with {trigger.field}" if trigger.field else "")
        return f"{what} {_CROSSED[trigger.operator]} {_plain(trigger.value)}"
    span = duration(window.seconds)
    if window.function == "absent_for":
        return f"nothing comes on {what} for {span}"
    if trigger.operator == "any":
        how = {"rising": "rises", "falling": "falls", "stable": "stays steady"}.get(window.function, "comes")
        return f"{what} {how} within {span}"
    said = {
        "count": f"the number of messages on {what} in {span}",
        "event_count": f"the number of events on {what} in {span}",
        "rising": f"the rise of {what} over {span}", "falling": f"the fall of {what} over {span}",
        "stable": f"the spread of {what} over {span}", "min": f"the least {what} over {span}",
        "max": f"the greatest {what} over {span}",
    }.get(window.function, f"the {window.function} of {what} over {span}")  # fmt: skip
    return f"{said} {_CROSSED[trigger.operator]} {_plain(trigger.value)}"


def _with_article(target: str) -> str:
    if " " in target or target.endswith("s"):
        return target
    return f"{'an' if target[:1].casefold() in 'aeiou' else 'a'} {target}"


def duration(seconds: float) -> str:
    """For example 90 s, 5 min, 2 h, 3 days."""
    if seconds >= 2 * _DAY and seconds % _DAY == 0:
        return f"{seconds / _DAY:g} days"
    if seconds >= _HOUR and seconds % _HOUR == 0:
        return f"{seconds / _HOUR:g} h"
    if seconds >= 2 * _MINUTE and seconds % _MINUTE == 0:
        return f"{seconds / _MINUTE:g} min"
    return f"{seconds:g} s"


def _days(weekdays: tuple[str, ...]) -> str:
    chosen = tuple(day for day in _DAYS if day in weekdays)
    if chosen in ((), tuple(_DAYS)):
        return "Every day"
    if chosen == _WEEKDAYS:
        return "Every weekday"
    if chosen == _WEEKEND:
        return "On Saturday and Sunday"
    return f"On {_listed([_DAYS[day] for day in chosen])}"


def _sun(trigger: SunTrigger) -> str:
    if not trigger.offset_seconds:
        return f"At {trigger.event}"
    return (
        f"{duration(abs(trigger.offset_seconds))} {'after' if trigger.offset_seconds > 0 else 'before'} {trigger.event}"
    )


def _brightness(data: dict[str, Any]) -> str:
    percent = data.pop("brightness_pct", None)
    if percent is None and isinstance(data.get("brightness"), int | float):
        percent = round(data.pop("brightness") * 100 / _PERCENT_OF)
    return f" at {_plain(percent)} %" if percent is not None else ""


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _words(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
