"""Climate: a thermostat with modes, a target temperature and a sensor that it follows."""

from typing import Any

from wactorz_demo_home.condition import Condition, flipped
from wactorz_demo_home.errors import refused

TOLERANCE = 0.3
_PREFERRED = ("heat_cool", "heat", "cool")


def apply(before: Condition, service: str, data: dict[str, Any]) -> Condition:
    """Return the thermostat after a service call; an impossible target is refused."""
    service = flipped(before, service)
    if service == "turn_off":
        return _settled(before.showing("off"))
    if service == "turn_on":
        return _settled(before.showing(_on_mode(before)))
    if service == "set_hvac_mode":
        return _settled(before.showing(data["hvac_mode"]))
    if service == "set_temperature":
        return _settled(_aimed(before, data))
    key = service.removeprefix("set_")
    return before.showing(**{key: data[key]})


def follow(before: Condition, reading: str) -> Condition:
    """Return the thermostat after its sensor reads otherwise; words such as 'unavailable' change nothing."""
    try:
        temperature = float(reading)
    except ValueError:
        return before
    return _settled(before.showing(current_temperature=temperature))


def _on_mode(before: Condition) -> str:
    modes = [mode for mode in before.attributes.get("hvac_modes", ["heat"]) if mode != "off"]
    return next((mode for mode in _PREFERRED if mode in modes), modes[0] if modes else "off")


def _aimed(before: Condition, data: dict[str, Any]) -> Condition:
    low, high = float(before.attributes["min_temp"]), float(before.attributes["max_temp"])
    for key in ("temperature", "target_temp_low", "target_temp_high"):
        value = data.get(key)
        if value is not None and not low <= value <= high:
            raise refused(
                f"Provided temperature {value} is not valid. Accepted range is {low} to {high}",
                key="temp_out_of_range",
                placeholders={"check_temp": str(value), "min_temp": str(low), "max_temp": str(high)},
                domain="climate",
            )
    after = before.showing(data.get("hvac_mode"))
    return after if data.get("temperature") is None else after.showing(temperature=data["temperature"])


def _settled(after: Condition) -> Condition:
    """Return the condition with the action that follows from mode, target and reading."""
    reading, target = after.attributes.get("current_temperature"), after.attributes.get("temperature")
    if after.state == "off" or reading is None or target is None:
        return after.showing(hvac_action="off" if after.state == "off" else "idle")
    if after.state in ("cool", "heat_cool", "auto") and reading >= target + TOLERANCE:
        return after.showing(hvac_action="cooling")
    if after.state in ("heat", "heat_cool", "auto") and reading <= target - TOLERANCE:
        return after.showing(hvac_action="heating")
    return after.showing(hvac_action={"dry": "drying", "fan_only": "fan"}.get(after.state, "idle"))
