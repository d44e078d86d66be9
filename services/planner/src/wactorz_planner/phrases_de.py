"""The same phrases in German; pure."""

from collections.abc import Mapping
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
from wactorz_planner.phrases import PLACES, Phrases
from wactorz_planner.readings import Reading, value_of

_OPERATORS = {
    "eq": "{} ist", "ne": "nicht {} ist", "gt": "über {} liegt", "lt": "unter {} liegt",
    "gte": "mindestens {} ist", "lte": "höchstens {} ist",
}  # fmt: skip
_CROSSED = {
    "eq": "{} wird", "ne": "nicht {} ist", "gt": "über {} steigt", "lt": "unter {} fällt", "gte": "{} erreicht",
    "lte": "auf {} fällt",
}  # fmt: skip
_DAYS = {
    "mon": "Montag", "tue": "Dienstag", "wed": "Mittwoch", "thu": "Donnerstag", "fri": "Freitag", "sat": "Samstag",
    "sun": "Sonntag",
}  # fmt: skip
_OPENED = {"on": ("aufgeht", "offen"), "off": ("zugeht", "geschlossen")}
_SWITCHED = {"on": ("angeht", "an"), "off": ("ausgeht", "aus")}
_BY_CLASS = {
    **dict.fromkeys(("door", "window", "garage_door", "opening"), _OPENED),
    "motion": {"on": ("Bewegung meldet", "ausgelöst"), "off": ("keine Bewegung mehr meldet", "ruhig")},
    "occupancy": {"on": ("belegt wird", "belegt"), "off": ("frei wird", "frei")},
    "smoke": {"on": ("Rauch meldet", "ausgelöst"), "off": ("keinen Rauch mehr meldet", "ruhig")},
    "moisture": {"on": ("nass wird", "nass"), "off": ("trocken wird", "trocken")},
}  # fmt: skip
_BY_DOMAIN = {
    **dict.fromkeys(
        ("light", "switch", "fan", "input_boolean", "humidifier", "siren", "media_player", "binary_sensor"), _SWITCHED
    ),
    "cover": {"open": ("aufgeht", "offen"), "closed": ("zugeht", "geschlossen")},
    "lock": {"locked": ("abgeschlossen wird", "abgeschlossen"), "unlocked": ("aufgeschlossen wird", "aufgeschlossen")},
    "sun": {"below_horizon": ("dunkel wird", "dunkel"), "above_horizon": ("hell wird", "hell")},
    "person": {"home": ("nach Hause kommt", "zu Hause"), "not_home": ("das Haus verlässt", "unterwegs")},
}  # fmt: skip
_VERBS = {
    "turn_on": "{} einschalten", "turn_off": "{} ausschalten", "open_cover": "{} öffnen", "close_cover": "{} schließen",
    "stop_cover": "{} anhalten", "open_valve": "{} öffnen", "close_valve": "{} schließen", "lock": "{} abschließen",
    "unlock": "{} aufschließen", "press": "{} drücken", "media_play": "{} abspielen", "media_pause": "{} pausieren",
    "media_stop": "{} anhalten", "start": "{} starten", "return_to_base": "{} heimschicken",
}  # fmt: skip
_SET = {
    "set_temperature": "temperature", "set_cover_position": "position", "set_percentage": "percentage",
    "set_hvac_mode": "hvac_mode", "set_humidity": "humidity", "set_value": "value", "select_option": "option",
}  # fmt: skip
_FULL = 255
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class GermanPhrases(Phrases):
    """The words of one house, for who speaks German."""

    _it = "es"

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._known: Mapping[str, Entity] = registry.entities_of(house)

    def trigger(self, draft: RuleDraft) -> str:
        """When the rule looks, as the beginning of a sentence."""
        lasting = f" und es {duration(draft.held_seconds)} bleibt" if draft.held_seconds else ""
        match draft.trigger:
            case TimeTrigger() as trigger:
                return f"{_on_days(trigger.weekdays)} um {trigger.at} Uhr"
            case SunTrigger() as trigger:
                return _sun(trigger)
            case IntervalTrigger() as trigger:
                return f"Alle {duration(trigger.seconds)}"
            case StateTrigger() as trigger:
                words = f"{self._subject(trigger.entity_id)} {self._german(trigger.entity_id, trigger.to)[0]}"
            case NumericTrigger() as trigger:
                words = self._crossed(trigger)
            case MqttTrigger() as trigger:
                words = _message(trigger)
            case DetectionTrigger() as trigger:
                words = self._spotted(trigger)
        return f"Wenn {words}{lasting}"

    def condition(self, condition: Condition) -> str:
        """What must hold."""
        if condition.topic:
            what = f"{condition.field} auf {condition.topic}" if condition.field else condition.topic
            return f"{what} {_OPERATORS[condition.operator].format(_number(condition.value))}"
        attribute, entity_id = condition.attribute, condition.entity_id
        what = f"{attribute} von {self.name(entity_id)}" if attribute else self._subject(entity_id)
        plain = condition.attribute is None and isinstance(condition.value, str)
        value = self._german(condition.entity_id, str(condition.value))[1] if plain else _number(condition.value)
        unit = "" if plain else self._unit_of(condition.entity_id, condition.attribute)
        return f"{what} {_OPERATORS[condition.operator].format(f'{value}{unit}')}"

    def action(self, call: ServiceCall) -> str:
        """What is done."""
        names = _listed([self.name(entity_id) for entity_id in call.entity_id])
        data = dict(call.data)
        key = _SET.get(call.service, "")
        if key and key in data:
            unit = f" {self._unit}" if key == "temperature" else ""
            said = f"{names} auf {_number(data.pop(key))}{unit} stellen"
        else:
            percent = data.pop("brightness_pct", None)
            if percent is None and isinstance(data.get("brightness"), int | float):
                percent = round(data.pop("brightness") * 100 / _FULL)
            verb = _VERBS.get(call.service, f"{{}}: {call.service.replace('_', ' ')}")
            said = verb.format(names + (f" auf {_number(percent)} %" if percent is not None else ""))
        return said + (f" ({', '.join(f'{k} {_number(v)}' for k, v in data.items())})" if data else "")

    def notice(self, action: NoticeAction) -> str:
        """Who is told what."""
        place = PLACES.get(action.target.casefold(), action.target)
        where = " auf der Seite" if place == "page" else f" auf {place}" if place else ""
        said = f" „{action.text}“" if action.text else ""
        return f"dir{where}{said} Bescheid geben" + (", zu jeder Zeit" if action.severity == "critical" else "")

    def task(self, action: TaskAction) -> str:
        """Which agent is asked for what."""
        return f"{action.agent} beauftragen: „{action.task}“"

    def hours(self, hours: Hours) -> str:
        """When a rule may act."""
        when = f"von {hours.start or '00:00'} bis {hours.end or '24:00'} Uhr" if hours.start or hours.end else ""
        days = _on_days(hours.weekdays)
        return " ".join(filter(None, (when, f"{days[0].lower()}{days[1:]}" if hours.weekdays else "")))

    def now(self, draft: RuleDraft, topic: str, reading: Reading) -> str:
        """What is so at a firing, as a clause."""
        match draft.trigger:
            case StateTrigger() as trigger:
                return f"{self._subject(trigger.entity_id)} ist {self._german(trigger.entity_id, reading.state)[1]}"
            case NumericTrigger() as trigger:
                value = value_of(reading, trigger.attribute)
                return f"{self.name(trigger.entity_id)}: {value}{self._unit_of(trigger.entity_id, trigger.attribute)}"
            case MqttTrigger() as trigger:
                return f"{trigger.field or 'Nachricht'} auf {topic}: {value_of(reading, trigger.field or None)}"
            case DetectionTrigger() as trigger:
                camera = self.name(trigger.camera) if trigger.camera else "eine Kamera"
                return f"{camera} sieht {trigger.target}{' nicht mehr' if trigger.gone else ''}"
        return ""

    def name(self, entity_id: str) -> str:
        """An entity as people call it."""
        entity = self._known.get(entity_id)
        return entity.name if entity else entity_id

    def value(self, entity_id: str, state: str) -> str:
        """A state as it is told on its own."""
        return self._german(entity_id, state)[1]

    def _german(self, entity_id: str, state: str) -> tuple[str, str]:
        entity = self._known.get(entity_id)
        by_class = _BY_CLASS.get((entity.device_class if entity else None) or "", {})
        by_domain = _BY_DOMAIN.get(entity_id.partition(".")[0], {})
        return by_class.get(state) or by_domain.get(state) or (f"{state} wird", state)

    def _crossed(self, trigger: NumericTrigger) -> str:
        name, unit = self.name(trigger.entity_id), self._unit_of(trigger.entity_id, trigger.attribute)
        what = f"{trigger.attribute} von {name}" if trigger.attribute else name
        if trigger.above is not None and trigger.below is not None:
            return f"{what} zwischen {_number(trigger.above)} und {_number(trigger.below)}{unit} kommt"
        if trigger.above is not None:
            return f"{what} über {_number(trigger.above)}{unit} steigt"
        return f"{what} unter {_number(trigger.below or 0)}{unit} fällt"

    def _spotted(self, trigger: DetectionTrigger) -> str:
        camera = self.name(trigger.camera) if trigger.camera else "eine Kamera"
        return f"{camera} {trigger.target} {'nicht mehr ' if trigger.gone else ''}sieht"


def _message(trigger: MqttTrigger) -> str:
    what = f"{trigger.field} auf {trigger.topic}" if trigger.field else trigger.topic
    window = trigger.window
    if window is None:
        if trigger.operator == "any":
            return f"auf {trigger.topic} eine Nachricht kommt"
        return f"{what} {_CROSSED[trigger.operator].format(_number(trigger.value))}"
    span = duration(window.seconds)
    if window.function == "absent_for":
        return f"auf {what} {span} lang nichts kommt"
    if trigger.operator == "any":
        how = {"rising": "steigt", "falling": "fällt", "stable": "gleich bleibt"}.get(window.function, "kommt")
        return f"{what} innerhalb von {span} {how}"
    said = {
        "mean": "das Mittel", "min": "das Minimum", "max": "das Maximum", "count": "die Zahl der Nachrichten",
        "event_count": "die Zahl der Ereignisse", "rising": "der Anstieg", "falling": "der Abfall",
        "stable": "die Schwankung",
    }[window.function]  # fmt: skip
    return f"{said} von {what} über {span} {_CROSSED[trigger.operator].format(_number(trigger.value))}"


def duration(seconds: float) -> str:
    """For example 90 s, 5 min, 2 h, 3 Tage."""
    if seconds >= 2 * _DAY and seconds % _DAY == 0:
        return f"{_number(seconds / _DAY)} Tage"
    if seconds >= _HOUR and seconds % _HOUR == 0:
        return f"{_number(seconds / _HOUR)} h"
    if seconds >= 2 * _MINUTE and seconds % _MINUTE == 0:
        return f"{_number(seconds / _MINUTE)} min"
    return f"{_number(seconds)} s"


def _on_days(weekdays: tuple[str, ...]) -> str:
    chosen = [day for day in _DAYS if day in weekdays]
    if len(chosen) in (0, len(_DAYS)):
        return "Jeden Tag"
    if chosen == list(_DAYS)[:5]:
        return "An Werktagen"
    return f"Am {_listed([_DAYS[day] for day in chosen])}"


def _sun(trigger: SunTrigger) -> str:
    event = "Sonnenaufgang" if trigger.event == "sunrise" else "Sonnenuntergang"
    if not trigger.offset_seconds:
        return f"Bei {event}"
    return f"{duration(abs(trigger.offset_seconds))} {'nach' if trigger.offset_seconds > 0 else 'vor'} {event}"


def _listed(names: list[str]) -> str:
    return " und ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return "wahr" if value else "falsch"
    if isinstance(value, int | float):
        return f"{value:g}".replace(".", ",")
    return str(value)
