"""What a person can do with an entity of the house, by verb, and the service call that does it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_common.errors import Refused
from wactorz_common.verbs import FEATURES, OPTIONS, PERCENT, PLAIN, switch_climate

GONE = frozenset({"unavailable"})
_UNKNOWN = frozenset({"unavailable", "unknown", "", None})
_ON = frozenset({"on", "open", "opening", "playing", "paused", "buffering", "idle", "heat", "cool", "auto", "heat_cool",
                 "dry", "fan_only", "eco", "electric", "gas", "heat_pump", "high_demand", "performance"})  # fmt: skip
_GENERIC = "homeassistant"
_MOST_KEYS = 20

_OFFERED = (
    "turn_on", "turn_off", "open", "close", "stop", "lock", "unlock", "start", "pause", "play", "next", "previous",
    "dock", "locate", "disarm", "press", "open_tilt", "close_tilt",
)  # fmt: skip
_REDUNDANT = frozenset({
    ("start", "switch"), ("start", "fan"), ("start", "scene"), ("start", "script"), ("start", "media_player"),
    ("open", "lock"),
})  # fmt: skip
_LIGHT = (
    "brightness_pct", "brightness", "color_name", "rgb_color", "hs_color", "xy_color", "color_temp_kelvin", "effect",
    "transition", "flash",
)  # fmt: skip
_CODE = ("code",)
_TOGGLED = {
    "cover": ("open", "close"), "valve": ("open", "close"),
    **dict.fromkeys(PLAIN["turn_off"], ("turn_on", "turn_off")),
}  # fmt: skip
"""What toggling chooses from: when it is off or closed, and when it is not."""


@dataclass(frozen=True)
class Deed:
    """A service of an entity's domain; `needs` are keys of its data of which one must be given, `may` further ones."""

    service: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The keys that a person may give."""
        return frozenset((*self.needs, *self.may))


_SETTERS: dict[str, dict[str, Deed]] = {
    "light": {
        "set_brightness": Deed("turn_on", ("brightness_pct", "brightness"), ("transition",)),
        "set_color": Deed("turn_on", ("rgb_color", "hs_color", "xy_color", "color_name"), _LIGHT),
        "set_color_temperature": Deed("turn_on", ("color_temp_kelvin",), _LIGHT),
        "set_effect": Deed("turn_on", ("effect",), _LIGHT),
    },
    "fan": {
        "oscillate": Deed("oscillate", ("oscillating",)), "set_direction": Deed("set_direction", ("direction",)),
        "set_preset_mode": Deed("set_preset_mode", ("preset_mode",)),
    },
    "cover": {"set_tilt": Deed("set_cover_tilt_position", ("tilt_position",))},
    "climate": {
        "set_temperature": Deed("set_temperature", ("temperature", "target_temp_low", "target_temp_high"),
                                ("hvac_mode",)),
        "set_mode": Deed("set_hvac_mode", ("hvac_mode",)), "set_humidity": Deed("set_humidity", ("humidity",)),
        "set_preset_mode": Deed("set_preset_mode", ("preset_mode",)),
        "set_fan_mode": Deed("set_fan_mode", ("fan_mode",)), "set_swing_mode": Deed("set_swing_mode", ("swing_mode",)),
    },
    "media_player": {
        "set_volume": Deed("volume_set", ("volume_level",)),
        "mute": Deed("volume_mute", fixed=(("is_volume_muted", True),)),
        "unmute": Deed("volume_mute", fixed=(("is_volume_muted", False),)),
        "volume_up": Deed("volume_up"), "volume_down": Deed("volume_down"),
        "select_source": Deed("select_source", ("source",)),
        "select_sound_mode": Deed("select_sound_mode", ("sound_mode",)),
    },
    "vacuum": {"clean_spot": Deed("clean_spot"), "set_fan_speed": Deed("set_fan_speed", ("fan_speed",))},
    "alarm_control_panel": {
        **{f"arm_{mode}": Deed(f"alarm_arm_{mode}", may=_CODE)
           for mode in ("home", "away", "night", "vacation", "custom_bypass")},
        "trigger": Deed("alarm_trigger", may=_CODE),
    },
    "script": {"turn_off": Deed("turn_off")},
    "input_number": {"set_value": Deed("set_value", ("value",))},
    "number": {"set_value": Deed("set_value", ("value",))},
    "input_text": {"set_value": Deed("set_value", ("value",))},
    "text": {"set_value": Deed("set_value", ("value",))},
    "input_select": {"select_option": Deed("select_option", ("option",))},
    "select": {"select_option": Deed("select_option", ("option",))},
    "input_datetime": {"set_datetime": Deed("set_datetime", ("date", "time", "datetime", "timestamp"))},
    "timer": {"start": Deed("start", may=("duration",)), "cancel": Deed(PLAIN["cancel_timer"]["timer"])},
    "humidifier": {
        "set_humidity": Deed("set_humidity", ("humidity",)), "set_mode": Deed("set_mode", ("mode",)),
    },
    "water_heater": {
        "set_temperature": Deed("set_temperature", ("temperature",), ("operation_mode",)),
        "set_mode": Deed("set_operation_mode", ("operation_mode",)),
        "set_away_mode": Deed("set_away_mode", ("away_mode",)),
    },
    "group": {"turn_on": Deed("turn_on"), "turn_off": Deed("turn_off")},
}  # fmt: skip

_MAY = {
    ("light", "turn_on"): _LIGHT, ("light", "turn_off"): ("transition", "flash"),
    ("fan", "turn_on"): ("percentage", "preset_mode"), ("lock", "lock"): _CODE, ("lock", "unlock"): _CODE,
    ("alarm_control_panel", "disarm"): _CODE, ("siren", "turn_on"): ("tone", "duration", "volume_level"),
    ("scene", "turn_on"): ("transition",), ("script", "turn_on"): ("variables",),
}  # fmt: skip


def _deeds_of(domain: str) -> dict[str, Deed]:
    plain = {
        verb: Deed(PLAIN[verb][domain], may=_MAY.get((domain, verb), ()))
        for verb in _OFFERED if domain in PLAIN[verb] and (verb, domain) not in _REDUNDANT
    }  # fmt: skip
    share = {"set_percentage" if domain == "fan" else "set_position": PERCENT[domain]} if domain in PERCENT else {}
    shares = {verb: Deed(service, (key,)) for verb, (service, key) in share.items()}
    return {**plain, **shares, **_SETTERS.get(domain, {})}


DEEDS: dict[str, dict[str, Deed]] = {
    domain: _deeds_of(domain) for domain in sorted({*(d for by in PLAIN.values() for d in by), *_SETTERS})
}
"""What can be done, by domain and verb."""


def actions_of(entity: Entity, services: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The verbs that this device takes, by its own account; `services` are those of the house by domain."""
    deeds = DEEDS.get(entity.domain, {})
    found = [verb for verb, deed in deeds.items() if _is_able(entity, verb, deed, services)]
    both = set(_TOGGLED.get(entity.domain, ("",)))
    return tuple([*found, "toggle"] if both <= set(found) else found)


def call_for(entity: Entity, action: str, data: Mapping[str, Any]) -> ServiceCall:
    """The service call that does an action; `action` is a verb of `DEEDS`, the domain's own service, or toggle.

    Refused says what is wrong with the action or its data.
    """
    verb = _toggled(entity) if action == "toggle" else action
    deeds = DEEDS.get(entity.domain, {})
    deed = deeds.get(verb) or next((deed for deed in deeds.values() if deed.service == verb), None)
    if deed is None:
        raise Refused(_no_such(entity, action))
    _check(entity, action, deed, data)
    service, fixed = _resolved(entity, deed, data)
    kept = {} if service == "turn_off" and deed.service == "turn_on" else dict(data)
    domain = _GENERIC if entity.domain == "group" else entity.domain
    return ServiceCall(domain=domain, service=service, entity_id=(entity.entity_id,), data={**kept, **fixed})


def _is_able(entity: Entity, verb: str, deed: Deed, services: Mapping[str, tuple[str, ...]]) -> bool:
    known = services.get(_GENERIC if entity.domain == "group" else entity.domain)
    if services and (known is None or deed.service not in known) and not _is_climate_switch(entity, verb):
        return False
    return _has_feature(entity, verb, deed) and _has_options(entity, deed) and _has_light_mode(entity, verb)


def _is_climate_switch(entity: Entity, verb: str) -> bool:
    return entity.domain == "climate" and verb in {"turn_on", "turn_off"}


def _has_feature(entity: Entity, verb: str, deed: Deed) -> bool:
    if _is_climate_switch(entity, verb):
        return switch_climate(verb, entity) is not None
    bits = entity.attributes.get("supported_features")
    known = FEATURES.get(entity.domain, {}).get(deed.service)
    return known is None or not isinstance(bits, int) or bool(bits & known[0])


def _has_options(entity: Entity, deed: Deed) -> bool:
    """A setter of one of several options is offered by devices that list some."""
    for attribute, domains, service, key in OPTIONS:
        if entity.domain in domains and service == deed.service and deed.needs == (key,):
            return bool(entity.attributes.get(attribute))
    return True


def _has_light_mode(entity: Entity, verb: str) -> bool:
    modes = entity.attributes.get("supported_color_modes")
    if entity.domain != "light" or not isinstance(modes, list | tuple):
        return True
    colored = bool({"hs", "rgb", "rgbw", "rgbww", "xy"} & set(modes))
    wanted = {
        "set_brightness": bool(set(modes) - {"onoff", "unknown"}), "set_color": colored,
        "set_color_temperature": colored or "color_temp" in modes,
    }  # fmt: skip
    return wanted.get(verb, True)


def _toggled(entity: Entity) -> str:
    """On or off, open or closed: told from the state, as an order that may end either way is none."""
    ways = _TOGGLED.get(entity.domain)
    if ways is None:
        raise Refused(_no_such(entity, "toggle"))
    if entity.state in _UNKNOWN:
        raise Refused(f"It is not known whether {entity.name} is {_ways(ways)}: say which it shall be")
    return ways[1] if entity.state in _ON else ways[0]


def _ways(ways: tuple[str, str]) -> str:
    return "open or closed" if ways[0] == "open" else "on or off"


def _no_such(entity: Entity, action: str) -> str:
    possible = ", ".join(DEEDS.get(entity.domain, ()))
    shown = action[:64]
    if not possible:
        return f"{entity.name} only shows something: nothing can be done with it"
    return f"'{shown}' is no action of {entity.name}; there are: {possible}"


def _check(entity: Entity, action: str, deed: Deed, data: Mapping[str, Any]) -> None:
    foreign = sorted(set(data) - deed.keys)
    if foreign or len(data) > _MOST_KEYS:
        known = ", ".join(sorted(deed.keys)) or "nothing"
        raise Refused(
            f"{action} of {entity.name} takes no '{foreign[0][:64] if foreign else '...'}'; it takes: {known}"
        )
    if deed.needs and not any(key in data for key in deed.needs):
        raise Refused(f"{action[:64]} of {entity.name} needs a value: {' or '.join(deed.needs)}")
    empty = next((key for key in data if data[key] is None), None)
    if empty is not None:
        raise Refused(f"{empty} of {entity.name} has no value")


def _resolved(entity: Entity, deed: Deed, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The service as this device takes it, with what belongs to it; no light at all means off."""
    if entity.domain == "climate" and deed.service in {"turn_on", "turn_off"}:
        way = switch_climate(deed.service, entity)
        if way is None:
            modes = ", ".join(map(str, entity.attributes.get("hvac_modes") or ()))
            raise Refused(f"{entity.name} has several modes: use set_mode with one of {modes}")
        return way
    dark = deed.service == "turn_on" and entity.domain == "light" and 0 in (
        data.get("brightness_pct"), data.get("brightness")
    )  # fmt: skip
    return ("turn_off" if dark else deed.service), dict(deed.fixed)
