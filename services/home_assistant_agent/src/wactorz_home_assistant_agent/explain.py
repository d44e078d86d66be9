"""An automation in plain sentences; what cannot be said is shown as YAML. Pure."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import House
from wactorz_common.language import decimal
from wactorz_home_assistant import inline
from wactorz_home_assistant_agent.configs import dump, listed, normal
from wactorz_home_assistant_agent.german import phrase
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
VERBS = {
    "turn_on": "turn on {what}", "turn_off": "turn off {what}", "toggle": "toggle {what}", "lock": "lock {what}",
    "unlock": "unlock {what}", "open_cover": "open {what}", "close_cover": "close {what}",
    "stop_cover": "stop {what}", "open_valve": "open {what}", "close_valve": "close {what}",
    "alarm_disarm": "disarm {what}", "alarm_arm_away": "arm {what} for away", "alarm_arm_home": "arm {what} for home",
    "alarm_arm_night": "arm {what} for the night", "start": "start {what}", "set_temperature": "set {what}",
    "set_hvac_mode": "set {what}", "set_cover_position": "set {what}", "press": "press {what}",
    "volume_set": "set the volume of {what}", "media_play": "play {what}", "media_pause": "pause {what}",
    "trigger": "run {what}", "return_to_base": "send {what} to its base", "set_percentage": "set {what}",
    "set_value": "set {what}", "select_option": "set {what}",
}  # fmt: skip
"""Actions by service."""

_BINARY = {
    "door": ("closes", "opens"), "window": ("closes", "opens"), "garage_door": ("closes", "opens"),
    "opening": ("closes", "opens"), "motion": ("sees no more motion", "sees motion"),
    "occupancy": ("becomes empty", "becomes occupied"), "moisture": ("becomes dry", "becomes wet"),
    "smoke": ("sees no more smoke", "sees smoke"), "lock": ("is locked", "is unlocked"),
}  # fmt: skip
_SECTIONS = {
    "Runs": ("Runs only when somebody starts it.", "Runs {part}.", "Runs:"),
    "Only if": ("", "Only if {part}.", "Only if:"),
    "Then": ("It does nothing.", "Then {part}.", "Then:"),
}
"""What is said of a section without parts, with one, and above several."""

_HOUR, _MINUTE = 3600, 60


class Unsayable(Exception):  # a fact about a step, not a fault
    """This part has no words; its YAML is shown."""


class Words:
    """Says the parts of an automation with the names that people use in this house."""

    def __init__(self, house: House) -> None:
        self._entities = {entity.entity_id: entity for entity in house.entities}
        self._registered = {entity.registry_id: entity for entity in house.entities if entity.registry_id}
        self._places = {
            **{area.area_id: phrase("the {name}", name=inline(area.name)) for area in house.areas},
            **{floor.floor_id: phrase("the {name}", name=inline(floor.name)) for floor in house.floors},
            **{device.device_id: device.name for device in house.devices},
            **{label.label_id: phrase("everything labeled {name}", name=label.name) for label in house.labels},
        }

    def summary(self, config: Mapping[str, Any]) -> str:
        """One sentence: when, on which condition, what."""
        now = normal(config)
        if "use_blueprint" in now:
            return phrase("Made from the blueprint {dict}.", dict=dict(now["use_blueprint"] or {}).get("path", ""))
        when = phrase(" or ").join(self._safely(self.trigger, one) for one in now["triggers"]) or phrase(
            "only when somebody runs it"
        )
        only = phrase(" and ").join(self._safely(self.condition, one) for one in now["conditions"])
        then = phrase(", then ").join(self._safely(self.action, one) for one in now["actions"]) or phrase("do nothing")
        limit = phrase(", if {only}", only=only) if only else ""
        sentence = f"{when}{limit}: {then}."
        return sentence[:1].upper() + sentence[1:]

    def explain(self, config: Mapping[str, Any]) -> str:
        """Everything it does, one line for each trigger, condition and action."""
        now = normal(config)
        if "use_blueprint" in now:
            return f"{self.summary(now)}\n{dump(now['use_blueprint'])}".strip()
        lines = [
            *self._lines("Runs", now["triggers"], self.trigger, phrase(" or")),
            *self._lines("Only if", now["conditions"], self.condition, phrase(" and")),
            *self._lines("Then", now["actions"], self.action, ""),
            phrase(_MODES.get(str(now.get("mode", "")), "")),
        ]
        return "\n".join(filter(None, lines))

    def _lines(self, section: str, parts: list[Any], say: Any, joint: str) -> list[str]:
        none, one, several = _SECTIONS[section]
        if not parts:
            return [phrase(none) if none else ""]
        said = [self._or_yaml(say, part) for part in parts]
        if len(said) == 1 and "\n" not in said[0]:
            return [phrase(one, part=said[0])]
        if len(said) == 1:
            return [f"{phrase(several)} {said[0]}"]
        return [phrase(several), *(f"- {part}{joint if n + 1 < len(said) else ''}" for n, part in enumerate(said))]

    @staticmethod
    def _or_yaml(say: Any, part: Any) -> str:
        try:
            return str(say(part))
        except (Unsayable, KeyError, TypeError, ValueError, AttributeError):
            shown = dump(part) if isinstance(part, Mapping) else str(part)
            return phrase("as follows\n") + "\n".join(f"    {line}" for line in shown.rstrip().splitlines())

    @staticmethod
    def _safely(say: Any, part: Any) -> str:
        try:
            return str(say(part))
        except (Unsayable, KeyError, TypeError, ValueError, AttributeError):
            keys = ("trigger", "condition", "action") if isinstance(part, Mapping) else ()
            kind = next((str(part[key]) for key in keys if key in part), "")
            return f"({kind or phrase('something else')})"

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
        return say(part) + ("" if part.get("enabled", True) else phrase(" (switched off)"))

    def _state_trigger(self, part: Mapping[str, Any]) -> str:
        ids = listed(part["entity_id"])
        held = phrase(" for {duration}", duration=duration(part["for"])) if part.get("for") else ""
        attribute = phrase("{human} of ", human=human(part["attribute"])) if part.get("attribute") else ""
        new, old = listed(part.get("to")), listed(part.get("from"))
        if len(ids) == 1 and new in (["on"], ["off"]) and not attribute and not old:
            entity = self._entities.get(ids[0])
            verbs = _BINARY.get((entity.device_class if entity else None) or "", ("turns off", "turns on"))
            if ids[0].partition(".")[0] == "binary_sensor" or verbs[0] == "turns off":
                return phrase(
                    "when {names} {verbs}{value}",
                    names=self.names(ids),
                    verbs=phrase(verbs[new == ["on"]]),
                    value=phrase(" and stays so{held}", held=held) if held else "",
                )
        source = phrase(" from {either}", either=either(old)) if old else ""
        target = phrase(" becomes {either}", either=either(new)) if new else phrase(" changes")
        return phrase(
            "when {attribute}{names}{target}{source}{held}",
            attribute=attribute,
            names=self.names(ids, phrase(" or ")),
            target=target,
            source=source,
            held=held,
        )

    def _number_trigger(self, part: Mapping[str, Any]) -> str:
        name, unit = self._measured(part)
        held = phrase(" and stays so for {duration}", duration=duration(part["for"])) if part.get("for") else ""
        above, below = part.get("above"), part.get("below")
        if above is not None and below is not None:
            return phrase(
                "when {name} comes between {limit} and {limit2}{unit}{held}",
                name=name,
                limit=self._limit(above),
                limit2=self._limit(below),
                unit=unit,
                held=held,
            )
        if above is None and below is None:
            raise Unsayable
        if above is not None:
            return phrase(
                "when {name} rises above {limit}{held}", name=name, limit=self._limit(above) + unit, held=held
            )
        return phrase("when {name} falls below {limit}{held}", name=name, limit=self._limit(below) + unit, held=held)

    def _time_trigger(self, part: Mapping[str, Any]) -> str:
        times = [self._clock(one) for one in listed(part["at"])]
        return phrase("every day at {times}", times=listing(times))

    def _clock(self, at: Any) -> str:
        if isinstance(at, int):  # YAML reads 07:00:00 without quotes as seconds
            return f"{at // _HOUR:02d}:{at % _HOUR // _MINUTE:02d}"
        if isinstance(at, Mapping):
            offset = f" ({at['offset']})" if at.get("offset") else ""
            return phrase("the time of {names}{offset}", names=self.names([at["entity_id"]]), offset=offset)
        text = str(at)
        return phrase("the time of {names}", names=self.names([text])) if "." in text else text.removesuffix(":00") if (
            text.count(":") > 1
        ) else text  # fmt: skip

    def _sun_trigger(self, part: Mapping[str, Any]) -> str:
        return phrase("at {moment}", moment=offset_in_words(part.get("offset")) + human(part["event"]))

    def _pattern_trigger(self, part: Mapping[str, Any]) -> str:
        given = [(unit, str(part[unit])) for unit in ("hours", "minutes", "seconds") if part.get(unit) is not None]
        if len(given) == 1 and given[0][1].startswith("/"):
            count = given[0][1][1:]
            return (
                phrase("every {given}", given=phrase(given[0][0][:-1]))
                if count == "1"
                else phrase("every {count} {given}", count=count, given=phrase(given[0][0]))
            )
        raise Unsayable

    def _start_trigger(self, part: Mapping[str, Any]) -> str:
        return (
            phrase("when Home Assistant starts")
            if part["event"] == "start"
            else phrase("when Home Assistant shuts down")
        )

    def _zone_trigger(self, part: Mapping[str, Any]) -> str:
        who, zone = self.names(listed(part["entity_id"]), phrase(" or ")), self.names(listed(part["zone"]))
        enters = part.get("event", "enter") == "enter"
        return phrase("when {who} enters {zone}" if enters else "when {who} leaves {zone}", who=who, zone=zone)

    # -- conditions ---------------------------------------------------------------------------------------------

    def condition(self, part: Mapping[str, Any]) -> str:
        """For example: Hallway motion is on; Unsayable when there are no words for it."""
        kind = next((k for k in ("and", "or", "not") if k in part), None) or str(part.get("condition"))
        if kind in {"and", "or", "not"}:
            inner = [self.condition(one) for one in listed(part.get("conditions", part.get(kind)))]
            return (
                phrase("none of these holds: {inner}", inner="; ".join(inner))
                if kind == "not"
                else f"({phrase(' and ' if kind == 'and' else ' or ').join(inner)})"
            )
        says = {
            "state": self._state_condition, "numeric_state": self._number_condition, "time": self._time_condition,
            "sun": self._sun_condition,
        }  # fmt: skip
        if kind not in says:
            raise Unsayable
        return says[kind](part)

    def _state_condition(self, part: Mapping[str, Any]) -> str:
        attribute = phrase("{human} of ", human=human(part["attribute"])) if part.get("attribute") else ""
        held = phrase(" for {duration}", duration=duration(part["for"])) if part.get("for") else ""
        return phrase(
            "{attribute}{names} is {either}{held}",
            attribute=attribute,
            names=self.names(listed(part["entity_id"])),
            either=either(listed(part["state"])),
            held=held,
        )

    def _number_condition(self, part: Mapping[str, Any]) -> str:
        name, unit = self._measured(part)
        ways = [
            phrase("above {limit}{unit}", limit=self._limit(part["above"]), unit=unit)
            if part.get("above") is not None
            else "",
            phrase("below {limit}{unit}", limit=self._limit(part["below"]), unit=unit)
            if part.get("below") is not None
            else "",
        ]
        return phrase("{name} is {ways}", name=name, ways=phrase(" and ").join(filter(None, ways)))

    def _time_condition(self, part: Mapping[str, Any]) -> str:
        parts = [
            phrase("after {clock}", clock=self._clock(part["after"])) if part.get("after") is not None else "",
            phrase("before {clock}", clock=self._clock(part["before"])) if part.get("before") is not None else "",
        ]
        clock = phrase(" and ").join(filter(None, parts))
        days = listed(part.get("weekday"))
        on = {tuple(_WORKDAYS): phrase("a workday"), tuple(_WEEKEND): phrase("the weekend")}.get(
            tuple(days)
        ) or listing([phrase(_DAYS[day]) for day in days], phrase(" or "))
        return phrase(" and ").join(
            filter(
                None,
                [phrase("it is {clock}", clock=clock) if clock else "", phrase("it is {on}", on=on) if days else ""],
            )
        )

    def _sun_condition(self, part: Mapping[str, Any]) -> str:
        ways = [
            phrase(
                "after {moment}" if way == "after" else "before {moment}",
                moment=offset_in_words(part.get(f"{way}_offset")) + human(part[way]),
            )
            for way in ("after", "before")
            if part.get(way)
        ]
        return phrase("it is {on}", on=phrase(" and ").join(ways))

    # -- actions ------------------------------------------------------------------------------------------------

    def action(self, part: Mapping[str, Any]) -> str:
        """For example: turn on Hall light; Unsayable when there are no words for it."""
        if "action" in part:
            return self._call(part)
        if "delay" in part:
            return phrase("wait {duration}", duration=duration(part["delay"]))
        if "scene" in part:
            return phrase("set the scene {names}", names=self.names([part["scene"]]))
        if "if" in part:
            only = phrase(" and ").join(self.condition(one) for one in listed(part["if"]))
            otherwise = phrase(", else {sequence}", sequence=self._sequence(part["else"])) if part.get("else") else ""
            return phrase(
                "if {only}: {sequence}{otherwise}",
                only=only,
                sequence=self._sequence(part["then"]),
                otherwise=otherwise,
            )
        if part.get("device_id") and part.get("domain") and part.get("type"):
            return self._of_device(part)
        if part.get("condition"):
            return phrase("go on only if {condition}", condition=self.condition(part))
        raise Unsayable

    def _of_device(self, part: Mapping[str, Any]) -> str:
        entity = self._registered.get(str(part.get("entity_id"))) or self._entities.get(str(part.get("entity_id")))
        name = entity.name if entity else self._places.get(str(part["device_id"]), phrase("a device"))
        verb = VERBS.get(str(part["type"]))
        return phrase(verb, what=name) if verb else f"{human(part['type'])} {name}"

    def _sequence(self, steps: Any) -> str:
        return phrase(", then ").join(self.action(step) for step in listed(steps))

    def _call(self, part: Mapping[str, Any]) -> str:
        domain, _, service = str(part["action"]).partition(".")
        data = {**(part.get("data") or {})}
        target = {**(part.get("target") or {}), **{k: part[k] for k in ("entity_id",) if k in part}}
        ids = listed(target.pop("entity_id", None)) + listed(data.pop("entity_id", None))
        if domain in {"notify", "persistent_notification"}:
            return phrase("send the notice “{data}”", data=data.get("message", "")) + (
                f" ({human(service)})" if domain == "notify" else ""
            )
        places = [self._places.get(str(one), str(one)) for key in sorted(target) for one in listed(target[key])]
        what = self.names(ids) if ids else ""
        if places:
            what = phrase("{what} and ", what=what) * bool(what) + phrase(
                "{human}s in {places}", human=human(domain), places=listing(places)
            )
        verb = VERBS.get(service)
        said = phrase(verb, what=what) if verb and what else f"{human(domain)}: {human(service)} {what}".rstrip()
        return said + with_data(data)

    # -- names --------------------------------------------------------------------------------------------------

    def names(self, entity_ids: list[Any], joint: str = "") -> str:
        """Names of entities in one phrase."""
        return listing([self._name(str(one)) for one in entity_ids], joint)

    def _name(self, entity_id: str) -> str:
        entity = self._entities.get(entity_id) or self._registered.get(entity_id)
        return entity.name if entity else entity_id

    def _measured(self, part: Mapping[str, Any]) -> tuple[str, str]:
        ids = listed(part["entity_id"])
        entity = self._entities.get(str(ids[0]))
        attribute = phrase("{human} of ", human=human(part["attribute"])) if part.get("attribute") else ""
        unit = f" {entity.unit}" if entity and entity.unit and not attribute else ""
        return f"{attribute}{self.names(ids, phrase(' or '))}", unit

    def _limit(self, limit: Any) -> str:
        if isinstance(limit, int | float):
            return decimal(limit)
        return self.names([limit]) if "." in limit and limit[0].isalpha() else str(limit)
