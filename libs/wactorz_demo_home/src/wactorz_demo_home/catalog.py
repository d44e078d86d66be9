"""The services of the house: names, descriptions, schemas and the abilities they need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wactorz_demo_home.errors import malformed
from wactorz_demo_home.fields import Check, Wrong, clean, mapping, number, one_of, sequence, text, truth, whole
from wactorz_demo_home.selectors import selector_of
from wactorz_demo_home.targets import FIELDS, entity_ids, ids

_TARGET: dict[str, Check] = {"entity_id": entity_ids, **dict.fromkeys(FIELDS[1:], ids)}
_BYTE = whole(0, 255)
_UNIT = number(0, 1)
_COLORS: dict[str, Check] = {
    "color_name": text,
    "color_temp": whole(1),
    "color_temp_kelvin": whole(0),
    "kelvin": whole(0),
    "hs_color": sequence(number(0, 360), number(0, 100)),
    "rgb_color": sequence(_BYTE, _BYTE, _BYTE),
    "rgbw_color": sequence(*[_BYTE] * 4),
    "rgbww_color": sequence(*[_BYTE] * 5),
    "xy_color": sequence(_UNIT, _UNIT),
    "profile": text,
}
_LEVELS: dict[str, Check] = {
    "brightness": whole(0, 255, clamp=True),
    "brightness_pct": number(0, 100),
    "brightness_step": whole(-255, 255, clamp=True),
    "brightness_step_pct": number(-100, 100, clamp=True),
}
_FADE: dict[str, Check] = {"transition": number(0, 6553, clamp=True), "flash": one_of("short", "long")}
_LIGHT_ON: dict[str, Check] = {**_COLORS, **_LEVELS, **_FADE, "effect": text}
_ONE_LIGHT = (("Color descriptors", tuple(_COLORS)), ("brightness", tuple(_LEVELS)))
_MODES = ("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")
_MODE = one_of(*_MODES, kind="HVACMode")
_TEMPERATURES: dict[str, Check] = dict.fromkeys(("temperature", "target_temp_high", "target_temp_low"), number())


@dataclass(frozen=True, slots=True)
class Service:
    """One service that can be called."""

    name: str
    description: str
    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()
    exclusive: tuple[tuple[str, tuple[str, ...]], ...] = ()
    any_of: tuple[str, ...] = ()
    targeted: bool = True
    open_ended: bool = False
    responds: bool = False

    def clean(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the call's data, checked; raise CallError on the first thing that is wrong with it."""
        try:
            return self._checked(data)
        except Wrong as error:
            raise malformed(str(error)) from error

    def _checked(self, data: Mapping[str, Any]) -> dict[str, Any]:
        checks = {**_TARGET, **self.fields}
        if self.open_ended:
            checks |= {key: lambda value: value for key in data if key not in checks}
        cleaned = clean(checks, data)
        for key in self.required:
            if key not in cleaned:
                raise Wrong(f"required key not provided @ data['{key}']")
        for group, keys in self.exclusive:
            if sum(key in cleaned for key in keys) > 1:
                raise Wrong(f"two or more values in the same group of exclusion '{group}' @ data[<{group}>]")
        for keys in (FIELDS if self.targeted and not self.open_ended else (), self.any_of):
            if keys and not any(key in cleaned for key in keys):
                raise Wrong(f"must contain at least one of {', '.join(keys)}.")
        return cleaned

    def describe(self, domain: str) -> dict[str, Any]:
        """Return the description as `get_services` gives it."""
        document: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "fields": {
                key: ({"required": True} if key in self.required else {})
                | {"name": key.replace("_", " ").capitalize(), "selector": selector_of(key)}
                for key in self.fields
            },
        }
        if self.targeted:
            wanted: dict[str, Any] = {} if domain == "homeassistant" else {"domain": [domain]}
            document["target"] = {"entity": [wanted | ({"supported_features": list(self.needs)} if self.needs else {})]}
        if self.responds:
            document["response"] = {"optional": False}
        return document


def _switching(thing: str, needs: tuple[tuple[int, ...], ...] = ((), (), ())) -> dict[str, Service]:
    return {
        "turn_on": Service("Turn on", f"Turns {thing} on.", needs=needs[0]),
        "turn_off": Service("Turn off", f"Turns {thing} off.", needs=needs[1]),
        "toggle": Service("Toggle", f"Toggles {thing} on/off.", needs=needs[2]),
    }


def _moved(verb: str, thing: str, need: int, fields: Mapping[str, Check] | None = None) -> Service:
    return Service(verb, f"{verb}: {thing}.", fields or {}, tuple(fields or ()), needs=(need,) if need else ())


_CODE: dict[str, Check] = {"code": text}

SERVICES: dict[str, dict[str, Service]] = {
    "homeassistant": {
        "turn_on": Service("Generic turn on", "Turns devices on under any domain.", open_ended=True),
        "turn_off": Service("Generic turn off", "Turns devices off under any domain.", open_ended=True),
        "toggle": Service("Generic toggle", "Toggles devices on/off under any domain.", open_ended=True),
    },
    "light": {
        "turn_on": Service("Turn on", "Turns on lights and adjusts their properties.", _LIGHT_ON, exclusive=_ONE_LIGHT),
        "turn_off": Service("Turn off", "Turns off lights.", _FADE),
        "toggle": Service("Toggle", "Toggles lights on/off.", _LIGHT_ON, exclusive=_ONE_LIGHT),
    },
    "switch": _switching("a switch"),
    "automation": {
        **_switching("an automation"),
        "turn_off": Service("Turn off", "Disables an automation.", {"stop_actions": truth}),
        "trigger": Service("Trigger", "Runs the actions of an automation.", {"skip_condition": truth}),
        "reload": Service("Reload", "Reads the automations again.", targeted=False),
    },
    "fan": {
        **_switching("a fan", ((32,), (16,), (16 | 32,))),
        "turn_on": Service(
            "Turn on", "Turns a fan on.", {"percentage": whole(0, 100), "preset_mode": text}, needs=(32,)
        ),
        "set_percentage": _moved("Set speed", "a fan", 1, {"percentage": whole(0, 100)}),
    },
    "cover": {
        "open_cover": _moved("Open", "a cover", 1),
        "close_cover": _moved("Close", "a cover", 2),
        "set_cover_position": _moved("Set position", "a cover", 4, {"position": whole(0, 100)}),
        "stop_cover": _moved("Stop", "a cover", 8),
        "toggle": _moved("Toggle", "a cover", 1 | 2),
    },
    "lock": {
        "lock": Service("Lock", "Locks a lock.", _CODE),
        "unlock": Service("Unlock", "Unlocks a lock.", _CODE),
        "open": Service("Open", "Opens a lock.", _CODE, needs=(1,)),
    },
    "climate": {
        **_switching("a climate device", ((256,), (128,), (128, 256))),
        "set_hvac_mode": _moved("Set mode", "a climate device", 0, {"hvac_mode": _MODE}),
        "set_temperature": Service(
            "Set target temperature",
            "Sets the temperature setpoint.",
            {**_TEMPERATURES, "hvac_mode": _MODE},
            needs=(1, 2),
            any_of=tuple(_TEMPERATURES),
        ),
        "set_fan_mode": _moved("Set fan mode", "a climate device", 8, {"fan_mode": text}),
        "set_preset_mode": _moved("Set preset mode", "a climate device", 16, {"preset_mode": text}),
    },
    "media_player": {
        **_switching("a media player", ((128,), (256,), (128 | 256,))),
        "volume_set": _moved("Set volume", "a media player", 4, {"volume_level": _UNIT}),
        "volume_mute": _moved("Mute", "a media player", 8, {"is_volume_muted": truth}),
        "volume_up": Service("Turn up volume", "Turns up the volume.", needs=(4, 1024)),
        "volume_down": Service("Turn down volume", "Turns down the volume.", needs=(4, 1024)),
        "media_play": _moved("Play", "a media player", 16384),
        "media_pause": _moved("Pause", "a media player", 1),
        "media_play_pause": _moved("Play or pause", "a media player", 16384 | 1),
        "media_stop": _moved("Stop", "a media player", 4096),
        "media_next_track": _moved("Next track", "a media player", 32),
        "media_previous_track": _moved("Previous track", "a media player", 16),
    },
    "alarm_control_panel": {
        "alarm_disarm": Service("Disarm", "Disarms the alarm.", _CODE),
        "alarm_arm_home": Service("Arm home", "Arms the alarm for being home.", _CODE, needs=(1,)),
        "alarm_arm_away": Service("Arm away", "Arms the alarm for being away.", _CODE, needs=(2,)),
        "alarm_arm_night": Service("Arm night", "Arms the alarm for the night.", _CODE, needs=(4,)),
        "alarm_arm_vacation": Service("Arm vacation", "Arms the alarm for a journey.", _CODE, needs=(32,)),
        "alarm_trigger": Service("Trigger", "Triggers the alarm.", _CODE, needs=(8,)),
    },
    "scene": {
        "turn_on": Service("Activate", "Activates a scene.", {"transition": number(0, 6553, clamp=True)}),
    },
    "script": {
        "turn_on": Service("Turn on", "Runs the actions of a script.", {"variables": mapping}),
        "turn_off": Service("Turn off", "Stops a running script."),
        "toggle": Service("Toggle", "Starts or stops a script."),
    },
    "weather": {
        "get_forecasts": Service(
            "Get forecasts",
            "Retrieves the forecast from selected weather services.",
            {"type": one_of("daily", "hourly", "twice_daily")},
            ("type",),
            responds=True,
        ),
    },
}


def with_scripts(names: Iterator[str]) -> dict[str, dict[str, Service]]:
    """Return the catalog with one service more for each script, named after it."""
    own = {name: Service(name, "Runs the script.", targeted=False, open_ended=True) for name in names}
    return {**SERVICES, "script": {**SERVICES["script"], **own}}
