"""What a device can do, by its own account: Home Assistant ignores in silence what a device lacks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wactorz_common.comparisons import to_number
from wactorz_common.language import decimal
from wactorz_common.verbs import FEATURES
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.german import phrase

_COLOR_MODES = frozenset({"hs", "rgb", "rgbw", "rgbww", "xy"})
_COLOR_KEYS = frozenset({"rgb_color", "hs_color", "xy_color", "color_name", "rgbw_color", "rgbww_color"})
_KELVIN_KEYS = ("color_temp_kelvin", "kelvin")
_DIM_KEYS = frozenset({"brightness", "brightness_pct", "brightness_step", "brightness_step_pct"})
_EFFECTS = 4
_NO_EFFECT = "off"

_RANGES: dict[str, tuple[tuple[str, float | str, float | str], ...]] = {
    "light": (("brightness_pct", 0, 100), ("brightness", 0, 255)),
    "cover": (("position", 0, 100), ("tilt_position", 0, 100)),
    "valve": (("position", 0, 100),),
    "fan": (("percentage", 0, 100),),
    "media_player": (("volume_level", 0, 1),),
    "climate": (
        ("temperature", "min_temp", "max_temp"), ("target_temp_high", "min_temp", "max_temp"),
        ("target_temp_low", "min_temp", "max_temp"), ("humidity", "min_humidity", "max_humidity"),
    ),
    "water_heater": (("temperature", "min_temp", "max_temp"),),
    "humidifier": (("humidity", "min_humidity", "max_humidity"),),
    "number": (("value", "min", "max"),),
    "input_number": (("value", "min", "max"),),
}  # fmt: skip

_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "climate": (
        ("hvac_mode", "hvac_modes"), ("fan_mode", "fan_modes"), ("preset_mode", "preset_modes"),
        ("swing_mode", "swing_modes"), ("swing_horizontal_mode", "swing_horizontal_modes"),
    ),
    "fan": (("preset_mode", "preset_modes"),),
    "select": (("option", "options"),),
    "input_select": (("option", "options"),),
    "media_player": (("source", "source_list"), ("sound_mode", "sound_mode_list")),
    "humidifier": (("mode", "available_modes"),),
    "vacuum": (("fan_speed", "fan_speed_list"),),
    "light": (("effect", "effect_list"),),
    "siren": (("tone", "available_tones"),),
    "water_heater": (("operation_mode", "operation_list"),),
}  # fmt: skip


def shortfall(service: str, data: Mapping[str, Any], state: State) -> str:
    """A sentence on why this device cannot do it; empty when nothing speaks against it."""
    checks: tuple[Callable[[], str], ...] = (
        lambda: _lacks_feature(service, state),
        lambda: _lacks_effects(data, state),
        lambda: _lacks_light_mode(data, state),
        lambda: _out_of_range(data, state),
        lambda: _no_such_choice(data, state),
    )
    return next((problem for check in checks if (problem := check())), "")


def _lacks_feature(service: str, state: State) -> str:
    known = FEATURES.get(state.domain, {})
    if state.features is None or service not in known:
        return ""
    bit, clause = known[service]
    if state.features & bit:
        return ""
    able = list(dict.fromkeys(words for flag, words in known.values() if state.features & flag))
    lacks = phrase("{name} cannot {what}", name=state.name, what=phrase(clause))
    can = phrase("; it can {what}", what=_either([phrase(words) for words in able])) if able else ""
    return f"{lacks}{can}."


def _lacks_effects(data: Mapping[str, Any], state: State) -> str:
    asked = state.domain == "light" and "effect" in data and state.features is not None
    return phrase("{name} has no effects.", name=state.name) if asked and not (state.features or 0) & _EFFECTS else ""


def _lacks_light_mode(data: Mapping[str, Any], state: State) -> str:
    modes = state.attributes.get("supported_color_modes")
    if state.domain != "light" or not isinstance(modes, list | tuple):
        return ""
    if _DIM_KEYS & data.keys() and not set(modes) - {"onoff", "unknown"}:
        return phrase("{name} cannot be dimmed; it can be turned on and off.", name=state.name)
    if _COLOR_KEYS & data.keys() and not _COLOR_MODES & set(modes):
        return phrase(
            "{name} has no colors; {light_abilities}.", name=state.name, light_abilities=_light_abilities(modes)
        )
    if any(key in data for key in _KELVIN_KEYS):
        if "color_temp" not in modes and not _COLOR_MODES & set(modes):
            return phrase(
                "{name} has no color temperature; {light_abilities}.",
                name=state.name,
                light_abilities=_light_abilities(modes),
            )
        return _kelvin_out_of_range(data, state)
    return ""


def _light_abilities(modes: Sequence[str]) -> str:
    if "color_temp" in modes:
        return phrase("it can be dimmed and made warmer or cooler")
    dims = set(modes) - {"onoff", "unknown"}
    return phrase("it can be dimmed") if dims else phrase("it can be turned on and off")


def _kelvin_out_of_range(data: Mapping[str, Any], state: State) -> str:
    wanted = next(data[key] for key in _KELVIN_KEYS if key in data)
    low, high = state.attributes.get("min_color_temp_kelvin"), state.attributes.get("max_color_temp_kelvin")
    return _beyond("color temperature", wanted, low, high, state)


def _out_of_range(data: Mapping[str, Any], state: State) -> str:
    for key, low, high in _RANGES.get(state.domain, ()):
        if key in data:
            lowest = state.attributes.get(low) if isinstance(low, str) else low
            highest = state.attributes.get(high) if isinstance(high, str) else high
            problem = _beyond(key.replace("_pct", "").replace("_", " "), data[key], lowest, highest, state)
            if problem:
                return problem
    return ""


def _beyond(what: str, wanted: Any, low: Any, high: Any, state: State) -> str:
    value = to_number(wanted)
    if value is None:
        return phrase(
            "The {what} for {name} must be a number, not '{wanted}'.", what=phrase(what), name=state.name, wanted=wanted
        )
    lowest, highest = to_number(low), to_number(high)
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        bounds = phrase(" to ").join(decimal(bound) for bound in (lowest, highest) if bound is not None)
        return phrase(
            "{name} takes a {what} of {bounds}, not {value}.",
            name=state.name,
            what=phrase(what),
            bounds=bounds,
            value=decimal(value),
        )
    return ""


def _no_such_choice(data: Mapping[str, Any], state: State) -> str:
    for key, attribute in _CHOICES.get(state.domain, ()):
        offered = state.attributes.get(attribute)
        choices = [*offered, *offered.values()] if isinstance(offered, dict) else offered
        if key in data and isinstance(choices, list | tuple) and data[key] not in choices and data[key] != _NO_EFFECT:
            what = key.replace("_", " ").replace("hvac ", "")
            return phrase(
                "{name} has no {what} '{data}'; it has: {choices}.",
                name=state.name,
                what=phrase(what),
                data=data[key],
                choices=", ".join(map(str, choices)),
            )
    return ""


def _either(words: list[str]) -> str:
    return phrase(" and ").join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
