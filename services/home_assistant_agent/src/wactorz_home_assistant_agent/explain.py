"""An automation in plain sentences; what cannot be said is shown as YAML. Pure."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import House
from wactorz_home_assistant import inline
from wactorz_home_assistant_agent.configs import dump, listed, normal
from wactorz_home_assistant_agent.phrases import duration, either, human, listing, offset_in_words, with_data

_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
_WORKDAYS, _WEEKEND = ["mon", "tue", "wed", "thu", "fri"], ["sat", "sun"]
_MODES = {
    "restart": "When it is triggered again while it runs, it begins anew.",
    "queued": "When it is triggered again while it runs, it runs once more afterwards.",
    "parallel": "When it is triggered again while it runs, it runs several times at once.",
}
_VERBS = {
    "turn_on": "turn on {}", "turn_off": "turn off {}", "toggle": "toggle {}", "lock": "lock {}", "unlock": "unlock {}",
    "open_cover": "open {}", "close_cover": "close {}", "stop_cover": "stop {}", "open_valve": "open {}",
    "close_valve": "close {}", "alarm_disarm": "disarm {}", "alarm_arm_away": "arm {} for away",
    "alarm_arm_home": "arm {} for home", "alarm_arm_night": "arm {} for the night", "start": "start {}",
    "set_temperature": "set {}", "set_hvac_mode": "set {}", "set_cover_position": "set {}", "press": "press {}",
    "volume_set": "set the volume of {}", "media_play": "play {}", "media_pause": "pause {}", "trigger": "run {}",
    "return_to_base": "send {} to its base", "set_percentage": "set {}", "set_value": "set {}",
    "select_option": "set {}",
}  # fmt: skip
_BINARY = {
    "door": ("closes", "opens"), "window": ("closes", "opens"), "garage_door": ("closes", "opens"),
    "opening": ("closes", "opens"), "motion": ("sees no more motion", "sees motion"),
    "occupancy": ("becomes empty", "becomes occupied"), "moisture": ("becomes dry", "becomes wet"),
    "smoke": ("sees no more smoke", "sees smoke"), "lock": ("is locked", "is unlocked"),
}  # fmt: skip
_HOUR, _MINUTE = 3600, 60


class Unsayable(Exception):  # a fact about a step, not a fault
    """This part has no words; its YAML is shown."""


class Words:
    """Says the parts of an automation with the names that people use in this house."""

    def __init__(self, house: House) -> None:
        self._entities = {entity.entity_id: entity for entity in house.entities}
        self._registered = {entity.registry_id: entity for entity in house.entities if entity.registry_id}
        self._places = {
            **{area.area_id: f"the {inline(area.name)}" for area in house.areas},
            **{floor.floor_id: f"the {inline(floor.name)}" for floor in house.floors},
            **{device.device_id: device.name for device in house.devices},
            **{label.label_id: f"everything labeled {label.name}" for label in house.labels},
        }

    def summary(self, config: Mapping[str, Any]) -> str:
        """One sentence: when, on which condition, what."""
        now = normal(config)
        if "use_blueprint" in now:
            return f"Made from the blueprint {dict(now['use_blueprint'] or {}).get('path', '')}."
        when = " or ".join(self._safely(self.trigger, one) for one in now["triggers"]) or "only when somebody runs it"
        only = " and ".join(self._safely(self.condition, one) for one in now["conditions"])
        then = ", then ".join(self._safely(self.action, one) for one in now["actions"]) or "do nothing"
        sentence = f"{when}{f', if {only}' if only else ''}: {then}."
        return sentence[:1].upper() + sentence[1:]

    def explain(self, config: Mapping[str, Any]) -> str:
        """Everything it does, one line for each trigger, condition and action."""
        now = normal(config)
        if "use_blueprint" in now:
            return f"{self.summary(now)}\n{dump(now['use_blueprint'])}".strip()
        lines = [
            *self._lines("Runs", "Runs only when somebody starts it.", now["triggers"], self.trigger, " or"),
            *self._lines("Only if", "", now["conditions"], self.condition, " and"),
            *self._lines("Then", "It does nothing.", now["actions"], self.action, ""),
            _MODES.get(str(now.get("mode", "")), ""),
        ]
        return "\n".join(filter(None, lines))

    def _lines(self, head: str, none: str, parts: list[Any], say: Any, joint: str) -> list[str]:
        if not parts:
            return [none]
        said = [self._or_yaml(say, part) for part in parts]
        if len(said) == 1:
            return [f"{head} {said[0]}." if "\n" not in said[0] else f"{head}: {said[0]}"]
        return [f"{head}:", *(f"- {one}{joint if n + 1 < len(said) else ''}" for n, one in enumerate(said))]

    @staticmethod
    def _or_yaml(say: Any, part: Any) -> str:
        try:
            return str(say(part))
        except (Unsayable, KeyError, TypeError, ValueError, AttributeError):
            shown = dump(part) if isinstance(part, Mapping) else str(part)
            return "as follows\n" + "\n".join(f"    {line}" for line in shown.rstrip().splitlines())

    @staticmethod
    def _safely(say: Any, part: Any) -> str:
        try:
            return str(say(part))
        except (Unsayable, KeyError, TypeError, ValueError, AttributeError):
            kind = next((str(part[k]) for k in ("trigger", "condition", "action") if k in part), "something else") if (
                isinstance(part, Mapping)
            ) else "something else"  # fmt: skip
            return f"({kind})"

    # -- triggers -----------------------------------------------------------------------------------------------

    def trigger(self, part: Mapping[str, Any]) -> str:
        """For example: when Front door opens; Unsayable when there are no words for it."""
        says = {
            "state": self._state_trigger, "numeric_state": self._number_trigger, "time": self._time_trigger,
            "sun": self._sun_trigger, "time_pattern": self._pattern_trigger, "homeassistant": self._start_trigger,
            "zone": self._zone_trigger,
        }  # fmt: skip
        say = says.get(str(part.get("trigger")))
        if say is None:
            raise Unsayable
        return say(part) + ("" if part.get("enabled", True) else " (switched off)")

    def _state_trigger(self, part: Mapping[str, Any]) -> str:
        ids = listed(part["entity_id"])
        held = f" for {duration(part['for'])}" if part.get("for") else ""
        attribute = f"{human(part['attribute'])} of " if part.get("attribute") else ""
        new, old = listed(part.get("to")), listed(part.get("from"))
        if len(ids) == 1 and new in (["on"], ["off"]) and not attribute and not old:
            entity = self._entities.get(ids[0])
            verbs = _BINARY.get((entity.device_class if entity else None) or "", ("turns off", "turns on"))
            if ids[0].partition(".")[0] == "binary_sensor" or verbs[0] == "turns off":
                return f"when {self.names(ids)} {verbs[new == ['on']]}{f' and stays so{held}' if held else ''}"
        source = f" from {either(old)}" if old else ""
        target = f" becomes {either(new)}" if new else " changes"
        return f"when {attribute}{self.names(ids, ' or ')}{target}{source}{held}"

    def _number_trigger(self, part: Mapping[str, Any]) -> str:
        name, unit = self._measured(part)
        held = f" and stays so for {duration(part['for'])}" if part.get("for") else ""
        above, below = part.get("above"), part.get("below")
        if above is not None and below is not None:
            return f"when {name} comes between {self._limit(above)} and {self._limit(below)}{unit}{held}"
        if above is None and below is None:
            raise Unsayable
        way = f"rises above {self._limit(above)}" if above is not None else f"falls below {self._limit(below)}"
        return f"when {name} {way}{unit}{held}"

    def _time_trigger(self, part: Mapping[str, Any]) -> str:
        times = [self._clock(one) for one in listed(part["at"])]
        return f"every day at {listing(times)}"

    def _clock(self, at: Any) -> str:
        if isinstance(at, int):  # YAML reads 07:00:00 without quotes as seconds
            return f"{at // _HOUR:02d}:{at % _HOUR // _MINUTE:02d}"
        if isinstance(at, Mapping):
            offset = f" ({at['offset']})" if at.get("offset") else ""
            return f"the time of {self.names([at['entity_id']])}{offset}"
        text = str(at)
        return f"the time of {self.names([text])}" if "." in text else text.removesuffix(":00") if (
            text.count(":") > 1
        ) else text  # fmt: skip

    def _sun_trigger(self, part: Mapping[str, Any]) -> str:
        return f"at {offset_in_words(part.get('offset'))}{part['event']}"

    def _pattern_trigger(self, part: Mapping[str, Any]) -> str:
        given = [(unit, str(part[unit])) for unit in ("hours", "minutes", "seconds") if part.get(unit) is not None]
        if len(given) == 1 and given[0][1].startswith("/"):
            count = given[0][1][1:]
            return f"every {given[0][0][:-1]}" if count == "1" else f"every {count} {given[0][0]}"
        raise Unsayable

    def _start_trigger(self, part: Mapping[str, Any]) -> str:
        return "when Home Assistant starts" if part["event"] == "start" else "when Home Assistant shuts down"

    def _zone_trigger(self, part: Mapping[str, Any]) -> str:
        verb = "enters" if part.get("event", "enter") == "enter" else "leaves"
        return f"when {self.names(listed(part['entity_id']), ' or ')} {verb} {self.names(listed(part['zone']))}"

    # -- conditions ---------------------------------------------------------------------------------------------

    def condition(self, part: Mapping[str, Any]) -> str:
        """For example: Hallway motion is on; Unsayable when there are no words for it."""
        kind = next((k for k in ("and", "or", "not") if k in part), None) or str(part.get("condition"))
        if kind in {"and", "or", "not"}:
            inner = [self.condition(one) for one in listed(part.get("conditions", part.get(kind)))]
            return f"none of these holds: {'; '.join(inner)}" if kind == "not" else f"({f' {kind} '.join(inner)})"
        says = {
            "state": self._state_condition, "numeric_state": self._number_condition, "time": self._time_condition,
            "sun": self._sun_condition,
        }  # fmt: skip
        if kind not in says:
            raise Unsayable
        return says[kind](part)

    def _state_condition(self, part: Mapping[str, Any]) -> str:
        attribute = f"{human(part['attribute'])} of " if part.get("attribute") else ""
        held = f" for {duration(part['for'])}" if part.get("for") else ""
        return f"{attribute}{self.names(listed(part['entity_id']))} is {either(listed(part['state']))}{held}"

    def _number_condition(self, part: Mapping[str, Any]) -> str:
        name, unit = self._measured(part)
        ways = [
            f"above {self._limit(part['above'])}{unit}" if part.get("above") is not None else "",
            f"below {self._limit(part['below'])}{unit}" if part.get("below") is not None else "",
        ]
        return f"{name} is {' and '.join(filter(None, ways))}"

    def _time_condition(self, part: Mapping[str, Any]) -> str:
        parts = [
            f"after {self._clock(part['after'])}" if part.get("after") is not None else "",
            f"before {self._clock(part['before'])}" if part.get("before") is not None else "",
        ]
        clock = " and ".join(filter(None, parts))
        days = listed(part.get("weekday"))
        on = {tuple(_WORKDAYS): "a workday", tuple(_WEEKEND): "the weekend"}.get(tuple(days)) or listing(
            [_DAYS[day] for day in days], " or "
        )
        return " and ".join(filter(None, [f"it is {clock}" if clock else "", f"it is {on}" if days else ""]))

    def _sun_condition(self, part: Mapping[str, Any]) -> str:
        ways = [
            f"{way} {offset_in_words(part.get(f'{way}_offset'))}{part[way]}"
            for way in ("after", "before")
            if part.get(way)
        ]
        return f"it is {' and '.join(ways)}"

    # -- actions ------------------------------------------------------------------------------------------------

    def action(self, part: Mapping[str, Any]) -> str:
        """For example: turn on Hall light; Unsayable when there are no words for it."""
        if "action" in part:
            return self._call(part)
        if "delay" in part:
            return f"wait {duration(part['delay'])}"
        if "scene" in part:
            return f"set the scene {self.names([part['scene']])}"
        if "if" in part:
            only = " and ".join(self.condition(one) for one in listed(part["if"]))
            otherwise = f", else {self._sequence(part['else'])}" if part.get("else") else ""
            return f"if {only}: {self._sequence(part['then'])}{otherwise}"
        if part.get("device_id") and part.get("domain") and part.get("type"):
            entity = self._registered.get(str(part.get("entity_id"))) or self._entities.get(str(part.get("entity_id")))
            name = entity.name if entity else self._places.get(str(part["device_id"]), "a device")
            return _VERBS.get(str(part["type"]), human(part["type"]) + " {}").format(name)
        if part.get("condition"):
            return f"go on only if {self.condition(part)}"
        raise Unsayable

    def _sequence(self, steps: Any) -> str:
        return ", then ".join(self.action(step) for step in listed(steps))

    def _call(self, part: Mapping[str, Any]) -> str:
        domain, _, service = str(part["action"]).partition(".")
        data = {**(part.get("data") or {})}
        target = {**(part.get("target") or {}), **{k: part[k] for k in ("entity_id",) if k in part}}
        ids = listed(target.pop("entity_id", None)) + listed(data.pop("entity_id", None))
        if domain in {"notify", "persistent_notification"}:
            return f"send the notice “{data.get('message', '')}”" + (
                f" ({human(service)})" if domain == "notify" else ""
            )
        places = [self._places.get(str(one), str(one)) for key in sorted(target) for one in listed(target[key])]
        what = self.names(ids) if ids else ""
        if places:
            what = f"{what} and " * bool(what) + f"{human(domain)}s in {listing(places)}"
        verb = _VERBS.get(service)
        said = verb.format(what) if verb and what else f"{human(domain)}: {human(service)} {what}".rstrip()
        return said + with_data(data)

    # -- names --------------------------------------------------------------------------------------------------

    def names(self, entity_ids: list[Any], joint: str = " and ") -> str:
        """Names of entities in one phrase."""
        return listing([self._name(str(one)) for one in entity_ids], joint)

    def _name(self, entity_id: str) -> str:
        entity = self._entities.get(entity_id) or self._registered.get(entity_id)
        return entity.name if entity else entity_id

    def _measured(self, part: Mapping[str, Any]) -> tuple[str, str]:
        ids = listed(part["entity_id"])
        entity = self._entities.get(str(ids[0]))
        attribute = f"{human(part['attribute'])} of " if part.get("attribute") else ""
        unit = f" {entity.unit}" if entity and entity.unit and not attribute else ""
        return f"{attribute}{self.names(ids, ' or ')}", unit

    def _limit(self, limit: Any) -> str:
        if isinstance(limit, int | float):
            return f"{limit:g}"
        return self.names([limit]) if "." in limit and limit[0].isalpha() else str(limit)
