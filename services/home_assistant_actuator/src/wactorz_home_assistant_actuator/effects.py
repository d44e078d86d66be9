"""What would prove that a call took effect: the state and attributes that the device must show afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.abilities import as_number

_OFF = frozenset({"off"})
_ON = frozenset({"on"})
_MOVING = frozenset({"opening", "closing"})
_NOT_ON = frozenset({"off", "standby", "unavailable", "unknown"})
_BRIGHTNESS_TOLERANCE = 2.0  # of 255: devices that count in percent lose up to 1.3 and a rounding
_PERCENT_TOLERANCE = 1.5  # of 255, less than one percent
_STRICT_TOLERANCE = 0.5
_POSITION_TOLERANCE = 3.0
_KELVIN_TOLERANCE = 0.05  # of the value: devices count in mireds

_PATIENCE = {
    "light": 3.0, "switch": 3.0, "input_boolean": 3.0, "group": 3.0, "fan": 5.0, "cover": 30.0, "valve": 30.0,
    "lock": 5.0, "climate": 5.0, "alarm_control_panel": 10.0, "media_player": 10.0, "vacuum": 10.0,
}  # fmt: skip
_DEFAULT_PATIENCE = 5.0

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
    "vacuum": {
        "start": frozenset({"cleaning"}), "pause": frozenset({"paused"}),
        "return_to_base": frozenset({"returning", "docked"}), "stop": frozenset({"idle", "docked", "paused"}),
    },
}  # fmt: skip

_SWITCHED = frozenset({"light", "switch", "input_boolean", "fan", "siren", "humidifier", "group", "automation"})


@dataclass(frozen=True)
class Near:
    """An attribute that must come close to a number, or equal a word."""

    attribute: str
    value: float | str | bool
    tolerance: float = 0.0

    def met(self, state: State) -> bool:
        """Whether the state shows it; the attribute `state` means the state itself."""
        shown = state.state if self.attribute == "state" else state.attributes.get(self.attribute)
        if isinstance(self.value, str | bool):
            return shown == self.value
        number = as_number(shown)
        return number is not None and abs(number - self.value) <= self.tolerance


@dataclass(frozen=True)
class Effect:
    """What one entity shows once the call took effect; `patience` is in seconds."""

    states: frozenset[str] = frozenset()
    not_states: frozenset[str] = frozenset()
    near: tuple[Near, ...] = ()
    begun: frozenset[str] = frozenset()
    patience: float = _DEFAULT_PATIENCE

    def met(self, state: State) -> bool:
        """Whether the state proves the effect; a movement that has begun counts."""
        if state.state in self.begun:
            return True
        if self.states and state.state not in self.states:
            return False
        return state.state not in self.not_states and all(item.met(state) for item in self.near)

    def strictly(self) -> "Effect":
        """The same without tolerance, to tell one level from the next."""
        return replace(self, near=tuple(replace(n, tolerance=min(n.tolerance, _STRICT_TOLERANCE)) for n in self.near))


def effect_of(call: ServiceCall, state: State) -> Effect | None:
    """What would prove the call on this entity; None when nothing would (a scene, a button)."""
    domain = state.domain
    found = _BY_DOMAIN.get(domain, _by_table)(call.service, call.data, state)
    if found is None:
        return None
    transition = as_number(call.data.get("transition")) or 0.0
    return Effect(
        found.states, found.not_states, found.near, found.begun,
        _PATIENCE.get(domain, _DEFAULT_PATIENCE) + min(transition, 60.0),
    )  # fmt: skip


def _by_table(service: str, _data: Mapping[str, Any], state: State) -> Effect | None:
    states = _STATES.get(state.domain, {}).get(service)
    if states:
        return Effect(states)
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
    brightness, tolerance = as_number(data.get("brightness")), _BRIGHTNESS_TOLERANCE
    percent = as_number(data.get("brightness_pct"))
    if brightness is None and percent is not None:
        brightness, tolerance = float(round(percent * 255 / 100)), _PERCENT_TOLERANCE
    if brightness == 0:
        return Effect(_OFF)
    near = [] if brightness is None else [Near("brightness", brightness, tolerance)]
    kelvin = as_number(data.get("color_temp_kelvin", data.get("kelvin")))
    if kelvin is not None and "color_temp" in (state.attributes.get("supported_color_modes") or ()):
        near.append(Near("color_temp_kelvin", kelvin, kelvin * _KELVIN_TOLERANCE))
    return Effect(_ON, near=tuple(near))


def _cover(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    """An open or closed cover must also have arrived at the end, where it tells its position."""
    now = as_number(state.attributes.get("current_position"))
    wanted = {"open_cover": 100.0, "close_cover": 0.0, "open_valve": 100.0, "close_valve": 0.0}.get(service)
    if service in {"set_cover_position", "set_valve_position"}:
        wanted = as_number(data.get("position"))
    if wanted is None or now is None:
        return _by_table(service, data, state)
    near = (Near("current_position", wanted, _POSITION_TOLERANCE),)
    if abs(now - wanted) <= _POSITION_TOLERANCE:
        return Effect(not_states=_MOVING, near=near)
    begun = frozenset({"opening" if wanted > now else "closing"})
    return Effect(not_states=_MOVING - begun, near=near, begun=begun)


def _climate(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "set_temperature":
        step = as_number(state.attributes.get("target_temp_step")) or 0.5
        near = [
            Near(key, value, step / 2 + 0.01)
            for key in ("temperature", "target_temp_high", "target_temp_low")
            if (value := as_number(data.get(key))) is not None
        ]
        mode = data.get("hvac_mode")
        return Effect(frozenset({str(mode)}) if mode else frozenset(), near=tuple(near))
    if service == "set_hvac_mode":
        return Effect(frozenset({str(data.get("hvac_mode"))}))
    key = service.removeprefix("set_")
    if key in {"fan_mode", "preset_mode", "swing_mode"} and key in data:
        return Effect(near=(Near(key, str(data[key])),))
    if service == "set_humidity" and (humidity := as_number(data.get("humidity"))) is not None:
        return Effect(near=(Near("humidity", humidity, 1.0),))
    return _by_table(service, data, state)


def _fan(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    speed = as_number(data.get("percentage"))
    if service not in {"turn_on", "set_percentage"} or speed is None:
        return _by_table(service, data, state)
    if speed == 0:
        return Effect(_OFF)
    step = as_number(state.attributes.get("percentage_step")) or 1.0
    return Effect(_ON, near=(Near("percentage", speed, step / 2 + 1),))


def _media_player(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "volume_set" and (level := as_number(data.get("volume_level"))) is not None:
        return Effect(near=(Near("volume_level", level, 0.02),))
    if service == "volume_mute":
        return Effect(near=(Near("is_volume_muted", bool(data.get("is_volume_muted"))),))
    if service == "select_source":
        return Effect(near=(Near("source", str(data.get("source"))),))
    return _by_table(service, data, state)


def _value(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service != "set_value" or "value" not in data:
        return None
    value = as_number(data["value"])
    if state.domain in {"text", "input_text"} or value is None:
        return Effect(frozenset({str(data["value"])}))
    step = as_number(state.attributes.get("step")) or 0.01
    return Effect(near=(Near("state", value, step / 2),))


def _option(service: str, data: Mapping[str, Any], _state: State) -> Effect | None:
    return Effect(frozenset({str(data["option"])})) if service == "select_option" and "option" in data else None


def _humidifier(service: str, data: Mapping[str, Any], state: State) -> Effect | None:
    if service == "set_humidity" and (humidity := as_number(data.get("humidity"))) is not None:
        return Effect(near=(Near("humidity", humidity, 1.0),))
    return _by_table(service, data, state)


_BY_DOMAIN: dict[str, Callable[[str, Mapping[str, Any], State], Effect | None]] = {
    "light": _light, "cover": _cover, "valve": _cover, "climate": _climate, "water_heater": _climate, "fan": _fan,
    "media_player": _media_player, "number": _value, "input_number": _value, "text": _value, "input_text": _value,
    "select": _option, "input_select": _option, "humidifier": _humidifier,
}  # fmt: skip
