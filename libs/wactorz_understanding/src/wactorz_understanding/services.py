"""Which service does what a verb asks of a device: explicit, absolute, or none at all."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_understanding.values import Service, choose_value

_SWITCHED = frozenset({
    "light", "switch", "fan", "media_player", "climate", "input_boolean", "humidifier", "siren", "remote",
    "water_heater",
})  # fmt: skip
_ON_ONLY = frozenset({"scene", "script"})
_CLIMATE_TURN_OFF = 128
_CLIMATE_TURN_ON = 256

_PLAIN: dict[str, dict[str, str]] = {
    "turn_on": dict.fromkeys(_SWITCHED | _ON_ONLY, "turn_on"),
    "turn_off": dict.fromkeys(_SWITCHED, "turn_off"),
    "start": {
        "vacuum": "start", "lawn_mower": "start_mowing", "switch": "turn_on", "fan": "turn_on", "scene": "turn_on",
        "script": "turn_on", "media_player": "media_play",
    },
    "cancel_timer": {"timer": "cancel"},
    "mow": {"lawn_mower": "start_mowing"},
    "vacuum": {"vacuum": "start"},
    "locate": {"vacuum": "locate"},
    "next": {"media_player": "media_next_track"},
    "previous": {"media_player": "media_previous_track"},
    "pause_media": {"media_player": "media_pause"},
    "play_media": {"media_player": "media_play"},
    "stop_media": {"media_player": "media_stop"},
    "open_tilt": {"cover": "open_cover_tilt"},
    "close_tilt": {"cover": "close_cover_tilt"},
    "set_scene": {"scene": "turn_on", "script": "turn_on"},
    "stop": {"cover": "stop_cover", "valve": "stop_valve", "vacuum": "stop", "media_player": "media_stop"},
    "open": {"cover": "open_cover", "valve": "open_valve", "lock": "unlock"},
    "close": {"cover": "close_cover", "valve": "close_valve"},
    "lock": {"lock": "lock"},
    "unlock": {"lock": "unlock"},
    "pause": {"media_player": "media_pause", "vacuum": "pause", "lawn_mower": "pause", "timer": "pause"},
    "play": {"media_player": "media_play"},
    "dock": {"vacuum": "return_to_base", "lawn_mower": "dock"},
    "disarm": {"alarm_control_panel": "alarm_disarm"},
    "press": {"button": "press", "input_button": "press"},
}  # fmt: skip


def choose_service(verb: str, entity: Entity, slots: Mapping[str, Any]) -> Service | None:
    """The service and data for `verb` on `entity`; None when the device cannot do that."""
    if entity.domain == "climate" and verb in {"turn_on", "turn_off"}:
        return _switch_climate(verb, entity)
    if verb in _PLAIN:
        service = _PLAIN[verb].get(entity.domain)
        return (service, {}) if service else None
    return choose_value(verb, entity, slots)


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
