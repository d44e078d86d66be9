"""Which service of Home Assistant does what a verb asks of a device, and what a device says that it can do."""

from typing import Any

from wactorz_common.contracts.home import Entity

Service = tuple[str, dict[str, Any]]
"""Name of a service of the entity's own domain, and its data."""

_SWITCHED = frozenset({
    "light", "switch", "fan", "media_player", "climate", "input_boolean", "humidifier", "siren", "remote",
    "water_heater",
})  # fmt: skip
_ON_ONLY = frozenset({"scene", "script"})
_CLIMATE_TURN_OFF = 128
_CLIMATE_TURN_ON = 256

PLAIN: dict[str, dict[str, str]] = {
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
"""Verbs without a value: the service, by domain."""

PERCENT = {
    "fan": ("set_percentage", "percentage"), "cover": ("set_cover_position", "position"),
    "valve": ("set_valve_position", "position"),
}  # fmt: skip
"""What takes a share from 0 to 100: service and the key of its data, by domain."""

OPTIONS = (
    ("options", {"select", "input_select"}, "select_option", "option"),
    ("preset_modes", {"climate", "fan"}, "set_preset_mode", "preset_mode"),
    ("available_modes", {"humidifier"}, "set_mode", "mode"),
    ("source_list", {"media_player"}, "select_source", "source"),
    ("sound_mode_list", {"media_player"}, "select_sound_mode", "sound_mode"),
    ("operation_list", {"water_heater"}, "set_operation_mode", "operation_mode"),
    ("effect_list", {"light"}, "turn_on", "effect"),
    ("fan_modes", {"climate"}, "set_fan_mode", "fan_mode"),
    ("swing_modes", {"climate"}, "set_swing_mode", "swing_mode"),
)
"""Attribute that lists options, domains that have it, service and the key of its data."""

FEATURES: dict[str, dict[str, tuple[int, str]]] = {
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
"""By domain and service: the bit of `supported_features` that a device needs, and what it then can do."""


def switch_climate(verb: str, entity: Entity) -> Service | None:
    """How a climate device is turned on or off; None when it cannot be told."""
    told = entity.attributes.get("supported_features")
    features = int(told) if isinstance(told, int) else 0
    if features & (_CLIMATE_TURN_ON if verb == "turn_on" else _CLIMATE_TURN_OFF):
        return verb, {}
    modes = [mode for mode in entity.attributes.get("hvac_modes") or () if mode != "off"]
    if verb == "turn_off":
        return ("set_hvac_mode", {"hvac_mode": "off"}) if modes else (verb, {})
    if not modes:
        return verb, {}
    return ("set_hvac_mode", {"hvac_mode": modes[0]}) if len(modes) == 1 else None
