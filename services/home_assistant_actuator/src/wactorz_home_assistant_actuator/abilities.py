"""What a device can do, by its own account: Home Assistant ignores in silence what a device lacks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wactorz_common.comparisons import to_number
from wactorz_home_assistant import State

_COLOR_MODES = frozenset({"hs", "rgb", "rgbw", "rgbww", "xy"})
_COLOR_KEYS = frozenset({"rgb_color", "hs_color", "xy_color", "color_name", "rgbw_color", "rgbww_color"})
_KELVIN_KEYS = ("color_temp_kelvin", "kelvin")
_DIM_KEYS = frozenset({"brightness", "brightness_pct", "brightness_step", "brightness_step_pct"})
_EFFECTS = 4
_NO_EFFECT = "off"

_FEATURES: dict[str, dict[str, tuple[int, str]]] = {
    "cover": {
        "open_cover": (1, "be opened"), "close_cover": (2, "be closed"), "stop_cover": (8, "be stopped"),
        "set_cover_position": (4, "be set to a position"), "open_cover_tilt": (16, "be tilted"),
        "close_cover_tilt": (32, "be tilted"), "stop_cover_tilt": (64, "be stopped while it tilts"),
        "set_cover_tilt_position": (128, "be tilted to a position"),
    },
    "fan": {
        "set_percentage": (1, "be set to a speed"), "oscillate": (2, "oscillate"),
        "set_direction": (4, "change its direction"), "set_preset_mode": (8, "be set to a preset"),
    },
    "climate": {
        "set_temperature": (1 | 2, "be set to a temperature"), "set_humidity": (4, "be set to a humidity"),
        "set_fan_mode": (8, "change its fan mode"),
        "set_preset_mode": (16, "be set to a preset"), "set_swing_mode": (32, "change its swing mode"),
        "turn_off": (128, "be turned off"), "turn_on": (256, "be turned on"),
    },
    "media_player": {
        "media_pause": (1, "pause"), "volume_set": (4, "be set to a volume"), "volume_mute": (8, "be muted"),
        "media_previous_track": (16, "go back a track"), "media_next_track": (32, "skip a track"),
        "turn_on": (128, "be turned on"), "turn_off": (256, "be turned off"), "play_media": (512, "play media"),
        "volume_up": (4 | 1024, "be made louder"), "volume_down": (4 | 1024, "be made quieter"),
        "media_seek": (2, "be wound"), "shuffle_set": (32768, "shuffle"), "repeat_set": (262144, "repeat"),
        "select_sound_mode": (65536, "change its sound mode"),
        "select_source": (2048, "change its source"), "media_stop": (4096, "stop"), "media_play": (16384, "play"),
    },
    "lock": {"open": (1, "be opened")},
    "valve": {
        "open_valve": (1, "be opened"), "close_valve": (2, "be closed"), "set_valve_position": (4, "be set"),
        "stop_valve": (8, "be stopped"),
    },
    "vacuum": {
        "pause": (4, "pause"), "stop": (8, "stop"), "return_to_base": (16, "return"), "start": (8192, "start"),
        "set_fan_speed": (32, "change its suction"), "locate": (512, "tell where it is"),
        "clean_spot": (1024, "clean a spot"),
    },
    "lawn_mower": {"start_mowing": (1, "mow"), "pause": (2, "pause"), "dock": (4, "return")},
    "humidifier": {"set_mode": (1, "change its mode")},
    "water_heater": {
        "set_temperature": (1, "be set to a temperature"), "set_operation_mode": (2, "change its mode"),
        "set_away_mode": (4, "be set to away"), "turn_on": (8, "be turned on"), "turn_off": (8, "be turned off"),
    },
    "alarm_control_panel": {
        "alarm_arm_home": (1, "be armed at home"), "alarm_arm_away": (2, "be armed for away"),
        "alarm_arm_night": (4, "be armed for the night"), "alarm_trigger": (8, "be triggered"),
        "alarm_arm_custom_bypass": (16, "be armed with exceptions"),
        "alarm_arm_vacation": (32, "be armed for the holidays"),
    },
    "siren": {"turn_on": (1, "be turned on"), "turn_off": (2, "be turned off")},
}  # fmt: skip

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
    known = _FEATURES.get(state.domain, {})
    if state.features is None or service not in known:
        return ""
    bit, clause = known[service]
    if state.features & bit:
        return ""
    able = list(dict.fromkeys(words for flag, words in known.values() if state.features & flag))
    return f"{state.name} cannot {clause}" + (f"; it can {_either(able)}." if able else ".")


def _lacks_effects(data: Mapping[str, Any], state: State) -> str:
    asked = state.domain == "light" and "effect" in data and state.features is not None
    return f"{state.name} has no effects." if asked and not (state.features or 0) & _EFFECTS else ""


def _lacks_light_mode(data: Mapping[str, Any], state: State) -> str:
    modes = state.attributes.get("supported_color_modes")
    if state.domain != "light" or not isinstance(modes, list | tuple):
        return ""
    if _DIM_KEYS & data.keys() and not set(modes) - {"onoff", "unknown"}:
        return f"{state.name} cannot be dimmed; it can be turned on and off."
    if _COLOR_KEYS & data.keys() and not _COLOR_MODES & set(modes):
        return f"{state.name} has no colors; {_light_abilities(modes)}."
    if any(key in data for key in _KELVIN_KEYS):
        if "color_temp" not in modes and not _COLOR_MODES & set(modes):
            return f"{state.name} has no color temperature; {_light_abilities(modes)}."
        return _kelvin_out_of_range(data, state)
    return ""


def _light_abilities(modes: Sequence[str]) -> str:
    if "color_temp" in modes:
        return "it can be dimmed and made warmer or cooler"
    return "it can be dimmed" if set(modes) - {"onoff", "unknown"} else "it can be turned on and off"


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
        return f"The {what} for {state.name} must be a number, not '{wanted}'."
    lowest, highest = to_number(low), to_number(high)
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        bounds = " to ".join(f"{bound:g}" for bound in (lowest, highest) if bound is not None)
        return f"{state.name} takes a {what} of {bounds}, not {value:g}."
    return ""


def _no_such_choice(data: Mapping[str, Any], state: State) -> str:
    for key, attribute in _CHOICES.get(state.domain, ()):
        offered = state.attributes.get(attribute)
        choices = [*offered, *offered.values()] if isinstance(offered, dict) else offered
        if key in data and isinstance(choices, list | tuple) and data[key] not in choices and data[key] != _NO_EFFECT:
            what = key.replace("_", " ").replace("hvac ", "")
            return f"{state.name} has no {what} '{data[key]}'; it has: {', '.join(map(str, choices))}."
    return ""


def _either(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
