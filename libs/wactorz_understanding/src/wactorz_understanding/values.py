"""Services that take a value, and their data: absolute, within the device's own limits, or none at all."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_common.verbs import OPTIONS, PERCENT, Service
from wactorz_understanding.naming import fold
from wactorz_understanding.schedules import minutes_of

Slots = Mapping[str, Any]

_COOLEST, _HOTTEST = -30.0, 100.0
_MOST_PERCENT = 100
_WARMEST, _COLDEST = 1000, 12_000
_HOUR = 60
_REDDEST, _BLUEST = 1000, 12_000
_COLORS = frozenset({"hs", "xy", "rgb", "rgbw", "rgbww"})


def choose_value(verb: str, entity: Entity, slots: Slots) -> Service | None:
    """The service and data for a verb that takes a value; None when the device cannot do that."""
    choose = _CHOOSERS.get((verb, entity.domain)) or _CHOOSERS.get((verb, ""))
    return choose(entity, slots) if choose else None


def is_able(entity: Entity, data: Mapping[str, Any]) -> bool:
    """Whether a device has what the data of a call sets, as far as its attributes tell."""
    modes = entity.attributes.get("supported_color_modes")
    if entity.domain != "light" or not isinstance(modes, list | tuple):
        return True
    if "color_name" in data:
        return bool(_COLORS & set(modes))
    if "color_temp_kelvin" in data:
        return bool(_COLORS & set(modes)) or "color_temp" in modes
    return "brightness_pct" not in data or bool(set(modes) - {"onoff"})


def _value(slots: Slots) -> float | None:
    value: float | None = slots.get("value", slots.get("level"))
    return value


def _percent(slots: Slots) -> int | None:
    value = _value(slots)
    return round(value) if value is not None and 0 <= value <= _MOST_PERCENT else None


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _set_light(_: Entity, slots: Slots) -> Service | None:
    percent = _percent(slots)
    if percent is None:
        return None
    return ("turn_on", {"brightness_pct": percent}) if percent > 0 else ("turn_off", {})


def _set_share(entity: Entity, slots: Slots) -> Service | None:
    percent, (service, key) = _percent(slots), PERCENT[entity.domain]
    return (service, {key: percent}) if percent is not None else None


def _set_tilt(_: Entity, slots: Slots) -> Service | None:
    percent = _percent(slots)
    return ("set_cover_tilt_position", {"tilt_position": percent}) if percent is not None else None


def _set_color(_: Entity, slots: Slots) -> Service | None:
    data: dict[str, Any] = {"color_name": slots["color"]}
    if _value(slots) is not None:
        percent = _percent(slots)
        if not percent:
            return None
        data["brightness_pct"] = percent
    return "turn_on", data


def _set_white(entity: Entity, slots: Slots) -> Service | None:
    """A number is taken as it is said, a word as near as the lamp can come."""
    if "white" not in slots:
        kelvin = int(slots["kelvin"])
        return ("turn_on", {"color_temp_kelvin": kelvin}) if _WARMEST <= kelvin <= _COLDEST else None
    lowest = int(entity.attributes.get("min_color_temp_kelvin") or _WARMEST)
    highest = int(entity.attributes.get("max_color_temp_kelvin") or _COLDEST)
    return "turn_on", {"color_temp_kelvin": max(lowest, min(highest, int(slots["white"])))}


def _set_temperature(entity: Entity, slots: Slots) -> Service | None:
    value = _within(entity, slots, ("min_temp", _COOLEST), ("max_temp", _HOTTEST))
    return None if value is None else ("set_temperature", {"temperature": value})


def _within(entity: Entity, slots: Slots, least: tuple[str, float], most: tuple[str, float]) -> float | None:
    """The value that was said, if it lies within the limits of the device."""
    value = _value(slots)
    lowest, highest = (float(entity.attributes.get(key, default)) for key, default in (least, most))
    return _whole(value) if value is not None and lowest <= value <= highest else None


def _set_humidity(entity: Entity, slots: Slots) -> Service | None:
    if entity.domain == "climate" and "humidity" not in entity.attributes:
        return None
    value = _within(entity, slots, ("min_humidity", 0), ("max_humidity", _MOST_PERCENT))
    return None if value is None else ("set_humidity", {"humidity": round(value)})


def _set_number(entity: Entity, slots: Slots) -> Service | None:
    unit, own = slots.get("unit", ""), entity.unit or ""
    value = _within(entity, slots, ("min", -math.inf), ("max", math.inf))
    fits = not unit or unit == own or (unit == "°" and own.startswith("°"))
    return ("set_value", {"value": value}) if fits and value is not None else None


def _set_mode(entity: Entity, slots: Slots) -> Service | None:
    known, mode = entity.attributes.get("hvac_modes"), slots["hvac_mode"]
    return ("set_hvac_mode", {"hvac_mode": mode}) if known is None or mode in known else None


def _set_volume(_: Entity, slots: Slots) -> Service | None:
    value = _value(slots)
    if value is None or not 0 <= value <= _MOST_PERCENT:
        return None
    return "volume_set", {"volume_level": round(value / _MOST_PERCENT, 2)}


def _mute(_: Entity, __: Slots) -> Service:
    return "volume_mute", {"is_volume_muted": True}


def _unmute(_: Entity, __: Slots) -> Service:
    return "volume_mute", {"is_volume_muted": False}


def _arm(_: Entity, slots: Slots) -> Service:
    return f"alarm_arm_{slots.get('arm_mode', 'away')}", {}


def _set_clock(entity: Entity, slots: Slots) -> Service | None:
    minutes = minutes_of(slots)
    if minutes is None or entity.attributes.get("has_date") or not entity.attributes.get("has_time", True):
        return None
    return "set_datetime", {"time": f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}:00"}


def _start_timer(_: Entity, slots: Slots) -> Service:
    seconds = int(slots.get("fixed_time") or slots.get("count", 0) * slots.get("time_unit", 0))
    minutes, left = divmod(seconds, _HOUR)
    shown = f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}:{left:02d}"
    return "start", {"duration": shown} if seconds > 0 else {}


def _set_option(entity: Entity, slots: Slots) -> Service | None:
    """What sets a device to one of the options that it lists; None when it lists no such option."""
    said = slots.get("option")
    for attribute, domains, service, key in OPTIONS:
        listed = entity.attributes.get(attribute)
        if entity.domain not in domains or not isinstance(listed, list | tuple) or said is None:
            continue
        option = next((str(option) for option in listed if said in {fold(str(option)), str(option)}), None)
        if option is not None:
            return service, {key: option}
    return None


_CHOOSERS: dict[tuple[str, str], Callable[[Entity, Slots], Service | None]] = {
    ("set_percent", "light"): _set_light, ("set_percent", "fan"): _set_share, ("set_percent", "cover"): _set_share,
    ("set_percent", "valve"): _set_share, ("set_percent", "humidifier"): _set_humidity,
    ("set_percent", "media_player"): _set_volume,
    ("set_position", "cover"): _set_share, ("set_position", "valve"): _set_share, ("set_tilt", "cover"): _set_tilt,
    ("set_color", "light"): _set_color, ("set_white", "light"): _set_white,
    ("set_temperature", "climate"): _set_temperature, ("set_temperature", "water_heater"): _set_temperature,
    ("set_mode", "climate"): _set_mode, ("set_humidity", "humidifier"): _set_humidity,
    ("set_humidity", "climate"): _set_humidity, ("set_volume", "media_player"): _set_volume,
    ("mute", "media_player"): _mute, ("unmute", "media_player"): _unmute, ("arm", "alarm_control_panel"): _arm,
    ("set_value", "number"): _set_number, ("set_value", "input_number"): _set_number,
    ("set_time", "input_datetime"): _set_clock, ("start_timer", "timer"): _start_timer, ("set_option", ""): _set_option,
}  # fmt: skip
