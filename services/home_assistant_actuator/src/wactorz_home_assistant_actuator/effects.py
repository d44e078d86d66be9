"""What would prove that a call took effect: the state and attributes that the device must show afterwards."""

from collections.abc import Callable, Mapping
from typing import Any

from wactorz_common.comparisons import to_number
from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.proofs import DEFAULT_PATIENCE, Changed, Close, Effect, Near

_OFF = frozenset({"off"})
_ON = frozenset({"on"})
_MOVING = frozenset({"opening", "closing"})
_NOT_ON = frozenset({"off", "standby", "unavailable", "unknown"})
_BRIGHTNESS_TOLERANCE = 2.0  # of 255: devices that count in percent lose up to 1.3 and a rounding
_PERCENT_TOLERANCE = 1.5  # of 255, less than one percent
_RGB_TOLERANCE = 25.0  # of 255: lamps show what they can
_HUE_TOLERANCE = 6.0
_POSITION_TOLERANCE = 3.0
_KELVIN_TOLERANCE = 0.05  # of the value: devices count in mireds

_PATIENCE = {
    "light": 3.0, "switch": 3.0, "input_boolean": 3.0, "group": 3.0, "fan": 5.0, "cover": 30.0, "valve": 30.0,
    "lock": 10.0, "climate": 5.0, "alarm_control_panel": 10.0, "media_player": 10.0, "vacuum": 10.0,
    "lawn_mower": 10.0, "water_heater": 10.0, "humidifier": 5.0, "siren": 5.0, "input_number": 3.0, "input_select": 3.0,
    "number": 5.0, "select": 5.0, "scene": 3.0, "script": 5.0, "button": 3.0, "input_button": 3.0,
}  # fmt: skip

_STATES: dict[str, dict[str, frozenset[str]]] = {
    "cover": {
        "close_cover": frozenset({"closed", "closing"}), "open_cover": frozenset({"open", "opening"}),
        "stop_cover": frozenset({"open", "closed"}),
    },
    "valve": {
        "close_valve": frozenset({"closed", "closing"}), "open_valve": frozenset({"open", "opening"}),
        "stop_valve": frozenset({"open", "closed"}),
    },
    "lock": {"lock": frozenset({"locked"}), "unlock": frozenset({"unlocked"}), "open": frozenset({"open"})},
    "alarm_control_panel": {
        f"alarm_arm_{mode}": frozenset({f"armed_{mode}", "arming", "pending"})
        for mode in ("home", "away", "night", "vacation", "custom_bypass")
    } | {"alarm_disarm": frozenset({"disarmed"}), "alarm_trigger": frozenset({"triggered", "pending"})},
    "media_player": {
        "media_play": frozenset({"playing", "buffering"}), "media_pause": frozenset({"paused"}),
        "media_stop": frozenset({"idle", "off", "on", "standby", "stopped"}), "turn_off": frozenset({"off", "standby"}),
    },
    "lawn_mower": {
        "start_mowing": frozenset({"mowing"}), "pause": frozenset({"paused"}),
        "dock": frozenset({"returning", "docked"}),
    },
    "vacuum": {
        "start": frozenset({"cleaning"}), "clean_spot": frozenset({"cleaning"}), "pause": frozenset({"paused"}),
        "return_to_base": frozenset({"returning", "docked"}), "stop": frozenset({"idle", "docked", "paused"}),
    },
}  # fmt: skip

_SHOWN_AS: dict[str, dict[str, tuple[str, str]]] = {
    "fan": {
        "oscillate": ("oscillating", "oscillating"), "set_direction": ("direction", "direction"),
        "set_preset_mode": ("preset_mode", "preset_mode"),
    },
    "media_player": {
        "volume_mute": ("is_volume_muted", "is_volume_muted"), "select_source": ("source", "source"),
        "select_sound_mode": ("sound_mode", "sound_mode"), "shuffle_set": ("shuffle", "shuffle"),
        "repeat_set": ("repeat", "repeat"),
    },
    "humidifier": {"set_mode": ("mode", "mode")},
    "vacuum": {"set_fan_speed": ("fan_speed", "fan_speed")},
    "water_heater": {"set_operation_mode": ("operation_mode", "state")},
    "climate": {
        f"set_{key}": (key, key) for key in ("fan_mode", "preset_mode", "swing_mode", "swing_horizontal_mode")
    },
    "date": {"set_value": ("date", "state")},
    "select": {"select_option": ("option", "state")},
    "input_select": {"select_option": ("option", "state")},
}  # fmt: skip
"""The key of the service data, and the attribute that then shows its value."""

_SWITCHED = frozenset({"light", "switch", "input_boolean", "fan", "siren", "humidifier", "group", "automation"})


def effect_of(call: ServiceCall, state: State) -> Effect | None:
    """What would prove the call on this entity; None when nothing would (a scene, a button)."""
    domain = state.domain
    found = _BY_DOMAIN.get(domain, _by_table)(call.service, call.data, state)
    if found is None:
        return None
    transition = to_number(call.data.get("transition")) or 0.0
    return Effect(
        found.states, found.not_states, found.near, found.begun,
        _PATIENCE.get(domain, DEFAULT_PATIENCE) + min(transition, 60.0),
    )  # fmt: skip


def _by_table(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    states = _STATES.get(state.domain, {}).get(service)
    if states:
        return Effect(states)
    key, attribute = _SHOWN_AS.get(state.domain, {}).get(service, ("", ""))
    if key in data:
        value = data[key]
        return Effect(near=(Near(attribute, value if isinstance(value, bool) else str(value)),))
    if service == "turn_off" and (state.domain in _SWITCHED or state.domain in {"climate", "water_heater"}):
        return Effect(_OFF)
    if service == "turn_on":
        if state.domain in _SWITCHED:
            return Effect(_ON)
        if state.domain in {"climate", "media_player", "water_heater"}:
            return Effect(not_states=_NOT_ON)
    return None


def _light(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service != "turn_on":
        return _by_table(service, data, state)
    brightness, tolerance = to_number(data.get("brightness")), _BRIGHTNESS_TOLERANCE
    percent = to_number(data.get("brightness_pct"))
    if brightness is None and percent is not None:
        brightness, tolerance = float(round(percent * 255 / 100)), _PERCENT_TOLERANCE
    if brightness == 0:
        return Effect(_OFF)
    near = [] if brightness is None else [Near("brightness", brightness, tolerance)]
    kelvin = to_number(data.get("color_temp_kelvin", data.get("kelvin")))
    if kelvin is not None and "color_temp" in (state.attributes.get("supported_color_modes") or ()):
        near.append(Near("color_temp_kelvin", kelvin, kelvin * _KELVIN_TOLERANCE))
    if isinstance(data.get("effect"), str):
        near.append(Near("effect", data["effect"]))
    return Effect(_ON, near=(*near, *_color(data)))


def _color(data: Mapping[str, Any]) -> list[Close]:
    """Colors as they were asked for; devices round them, and names are left to Home Assistant."""
    spaces = (("rgb_color", 3, _RGB_TOLERANCE), ("hs_color", 2, _HUE_TOLERANCE))
    return [
        Close(key, tuple(float(value) for value in data[key]), tolerance)
        for key, size, tolerance in spaces
        if isinstance(data.get(key), list | tuple)
        and len(data[key]) == size
        and all(to_number(value) is not None for value in data[key])
    ]


def _cover(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    """An open or closed cover must also have arrived at the end, where it tells its position."""
    if "tilt" in service:
        return _tilted(service, data, state)
    now = to_number(state.attributes.get("current_position"))
    wanted = {"open_cover": 100.0, "close_cover": 0.0, "open_valve": 100.0, "close_valve": 0.0}.get(service)
    if service in {"set_cover_position", "set_valve_position"}:
        wanted = to_number(data.get("position"))
    if wanted is None or now is None:
        return _by_table(service, data, state)
    near = (Near("current_position", wanted, _POSITION_TOLERANCE),)
    if abs(now - wanted) <= _POSITION_TOLERANCE:
        return Effect(not_states=_MOVING, near=near)
    begun = frozenset({"opening" if wanted > now else "closing"})
    return Effect(not_states=_MOVING - begun, near=near, begun=begun)


def _tilted(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    wanted = {"open_cover_tilt": 100.0, "close_cover_tilt": 0.0}.get(service, to_number(data.get("tilt_position")))
    if wanted is None or "current_tilt_position" not in state.attributes:
        return None
    return Effect(near=(Near("current_tilt_position", wanted, _POSITION_TOLERANCE),))


def _climate(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "set_temperature":
        step = to_number(state.attributes.get("target_temp_step")) or 0.5
        near = [
            Near(key, value, step / 2 + 0.01)
            for key in ("temperature", "target_temp_high", "target_temp_low")
            if (value := to_number(data.get(key))) is not None
        ]
        mode = data.get("hvac_mode")
        return Effect(frozenset({str(mode)}) if mode else frozenset(), near=tuple(near))
    if service == "set_hvac_mode":
        return Effect(frozenset({str(data.get("hvac_mode"))}))
    if service == "set_away_mode" and "away_mode" in data:
        return Effect(near=(Near("away_mode", "on" if data["away_mode"] else "off"),))
    if service == "set_humidity" and (humidity := to_number(data.get("humidity"))) is not None:
        return Effect(near=(Near("humidity", humidity, 1.0),))
    return _by_table(service, data, state)


def _fan(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    speed = to_number(data.get("percentage"))
    if service not in {"turn_on", "set_percentage"} or speed is None:
        return _by_table(service, data, state)
    if speed == 0:
        return Effect(_OFF)
    step = to_number(state.attributes.get("percentage_step")) or 1.0
    return Effect(_ON, near=(Near("percentage", speed, step / 2 + 1),))


def _media_player(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "volume_set" and (level := to_number(data.get("volume_level"))) is not None:
        return Effect(near=(Near("volume_level", level, 0.02),))
    return _by_table(service, data, state)


def _value(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service != "set_value" or "value" not in data:
        return None
    value = to_number(data["value"])
    if state.domain in {"text", "input_text"} or value is None:
        return Effect(frozenset({str(data["value"])}))
    step = to_number(state.attributes.get("step")) or 0.01
    return Effect(near=(Near("state", value, step / 2),))


def _clock(service: str, data: Mapping[str, Any], _state: State) -> Effect | None:
    time = str(data.get("time", ""))
    return Effect(frozenset({time, f"{time}:00"})) if service == "set_value" and time else None


def _humidifier(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "set_humidity" and (humidity := to_number(data.get("humidity"))) is not None:
        return Effect(near=(Near("humidity", humidity, 1.0),))
    return _by_table(service, data, state)


def _run(service: str, _data: Mapping[str, Any], state: State) -> Effect | None:
    """Scripts and automations show when they last ran; a script that is stopped is off."""
    if service == "turn_off":
        return Effect(_OFF)
    if state.domain == "automation" and service == "turn_on":
        return Effect(_ON)
    return Effect(near=(Changed("last_triggered", state.attributes.get("last_triggered")),))


def _stamped(_service: str, _data: Mapping[str, Any], state: State) -> Effect | None:
    """The state of scenes and buttons is the moment they were last used at."""
    return Effect(near=(Changed("state", state.state),))


_BY_DOMAIN: dict[str, Callable[[str, Mapping[str, Any], State], Effect | None]] = {
    "light": _light, "cover": _cover, "valve": _cover, "climate": _climate, "water_heater": _climate, "fan": _fan,
    "media_player": _media_player, "number": _value, "input_number": _value, "text": _value, "input_text": _value,
    "time": _clock, "humidifier": _humidifier,
    "scene": _stamped, "button": _stamped, "input_button": _stamped, "script": _run, "automation": _run,
}  # fmt: skip
