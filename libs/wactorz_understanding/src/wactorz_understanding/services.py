"""Which service does what a verb asks of a device: explicit, absolute, or none at all."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import Entity

Service = tuple[str, dict[str, Any]]
"""Name of a service of the entity's own domain, and its data."""

_SWITCHED = frozenset({
    "light", "switch", "fan", "media_player", "climate", "input_boolean", "humidifier", "siren", "remote",
})  # fmt: skip
_ON_ONLY = frozenset({"scene", "script"})
_CLIMATE_TURN_OFF = 128
_CLIMATE_TURN_ON = 256
_COOLEST, _HOTTEST = -30.0, 100.0
_MOST_PERCENT = 100

_PLAIN: dict[str, dict[str, str]] = {
    "turn_on": dict.fromkeys(_SWITCHED | _ON_ONLY, "turn_on"),
    "turn_off": dict.fromkeys(_SWITCHED, "turn_off"),
    "start": {
        "vacuum": "start", "lawn_mower": "start_mowing", "switch": "turn_on", "fan": "turn_on", "scene": "turn_on",
        "script": "turn_on", "media_player": "media_play",
    },
    "set_scene": {"scene": "turn_on", "script": "turn_on"},
    "stop": {"cover": "stop_cover", "valve": "stop_valve", "vacuum": "stop", "media_player": "media_stop"},
    "open": {"cover": "open_cover", "valve": "open_valve", "lock": "unlock"},
    "close": {"cover": "close_cover", "valve": "close_valve"},
    "lock": {"lock": "lock"},
    "unlock": {"lock": "unlock"},
    "pause": {"media_player": "media_pause", "vacuum": "pause", "lawn_mower": "pause"},
    "play": {"media_player": "media_play"},
    "dock": {"vacuum": "return_to_base", "lawn_mower": "dock"},
    "disarm": {"alarm_control_panel": "alarm_disarm"},
    "press": {"button": "press", "input_button": "press"},
}  # fmt: skip
_PERCENT = {
    "fan": ("set_percentage", "percentage"), "cover": ("set_cover_position", "position"),
    "valve": ("set_valve_position", "position"), "humidifier": ("set_humidity", "humidity"),
}  # fmt: skip


def choose_service(verb: str, entity: Entity, slots: Mapping[str, Any]) -> Service | None:
    """The service and data for `verb` on `entity`; None when the device cannot do that."""
    if entity.domain == "climate" and verb in {"turn_on", "turn_off"}:
        return _switch_climate(verb, entity)
    if verb in _PLAIN:
        service = _PLAIN[verb].get(entity.domain)
        return (service, {}) if service else None
    return _with_data(verb, entity, slots)


def _with_data(verb: str, entity: Entity, slots: Mapping[str, Any]) -> Service | None:
    value = slots.get("value", slots.get("level"))
    found: Service | None = None
    match verb, entity.domain:
        case ("set_percent", _) | ("set_position", "cover" | "valve"):
            found = _set_percent(entity, value)
        case "set_color", "light":
            found = _set_color(slots["color"], value)
        case "set_white", "light":
            found = "turn_on", {"color_temp_kelvin": int(slots.get("white", slots.get("kelvin")))}
        case "set_temperature", "climate":
            found = _set_temperature(entity, value)
        case "set_mode", "climate":
            found = _set_mode(entity, slots["hvac_mode"])
        case "set_volume", "media_player":
            found = _set_volume(value)
        case "mute" | "unmute", "media_player":
            found = "volume_mute", {"is_volume_muted": verb == "mute"}
        case "arm", "alarm_control_panel":
            found = f"alarm_arm_{slots.get('arm_mode', 'away')}", {}
    return found


def _set_volume(value: float | None) -> Service | None:
    if value is None or not _is_percent(value):
        return None
    return "volume_set", {"volume_level": round(value / _MOST_PERCENT, 2)}


def _is_percent(value: float | None) -> bool:
    return value is not None and 0 <= value <= _MOST_PERCENT


def _set_percent(entity: Entity, value: float | None) -> Service | None:
    if value is None or not _is_percent(value):
        return None
    if entity.domain == "light":
        return ("turn_on", {"brightness_pct": round(value)}) if value > 0 else ("turn_off", {})
    service, key = _PERCENT.get(entity.domain, ("", ""))
    return (service, {key: round(value)}) if service else None


def _set_color(color: str, value: float | None) -> Service | None:
    data: dict[str, Any] = {"color_name": color}
    if value is not None:
        if not _is_percent(value) or value == 0:
            return None
        data["brightness_pct"] = round(value)
    return "turn_on", data


def _set_temperature(entity: Entity, value: float | None) -> Service | None:
    lowest = float(entity.attributes.get("min_temp", _COOLEST))
    highest = float(entity.attributes.get("max_temp", _HOTTEST))
    if value is None or not lowest <= value <= highest:
        return None
    return "set_temperature", {"temperature": int(value) if value == int(value) else value}


def _set_mode(entity: Entity, mode: str) -> Service | None:
    known = entity.attributes.get("hvac_modes")
    return ("set_hvac_mode", {"hvac_mode": mode}) if known is None or mode in known else None


def _switch_climate(verb: str, entity: Entity) -> Service | None:
    features = int(entity.attributes.get("supported_features") or 0)
    if features & (_CLIMATE_TURN_ON if verb == "turn_on" else _CLIMATE_TURN_OFF):
        return verb, {}
    modes = [mode for mode in entity.attributes.get("hvac_modes") or () if mode != "off"]
    if verb == "turn_off":
        return ("set_hvac_mode", {"hvac_mode": "off"}) if modes else (verb, {})
    if not modes:
        return verb, {}
    return ("set_hvac_mode", {"hvac_mode": modes[0]}) if len(modes) == 1 else None
