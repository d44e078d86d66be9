"""What kind of value a field of a service takes, in the words of Home Assistant's descriptions."""

from typing import Any

from wactorz_demo_home.color import NAMES


def _number(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"number": {"min": low, "max": high, **more}}


def _choice(*options: Any, **more: Any) -> dict[str, Any]:
    return {"select": {"options": list(options), **more}}


_PERCENT = _number(0, 100, unit_of_measurement="%")
_DEGREES = _number(0, 250, step=0.1, mode="box")
_OBJECT: dict[str, Any] = {"object": None}
_TEXT: dict[str, Any] = {"text": None}
_SELECTORS: dict[str, dict[str, Any]] = {
    "brightness": _number(0, 255),
    "brightness_pct": _PERCENT,
    "brightness_step": _number(-225, 255),
    "brightness_step_pct": _number(-100, 100, unit_of_measurement="%"),
    "color_name": _choice(*NAMES, translation_key="color_name"),
    "color_temp": {"color_temp": {"unit": "mired", "min": 153, "max": 500}},
    "color_temp_kelvin": {"color_temp": {"unit": "kelvin", "min": 2000, "max": 6500}},
    "flash": _choice({"label": "Long", "value": "long"}, {"label": "Short", "value": "short"}),
    "hs_color": _OBJECT,
    "hvac_mode": _choice("off", "auto", "cool", "dry", "fan_only", "heat_cool", "heat", translation_key="hvac_mode"),
    "is_volume_muted": {"boolean": None},
    "percentage": _PERCENT,
    "position": _PERCENT,
    "rgb_color": {"color_rgb": None},
    "rgbw_color": _OBJECT,
    "rgbww_color": _OBJECT,
    "target_temp_high": _DEGREES,
    "target_temp_low": _DEGREES,
    "temperature": _DEGREES,
    "transition": _number(0, 300, unit_of_measurement="seconds"),
    "type": _choice("daily", "hourly", "twice_daily", translation_key="forecast_type"),
    "variables": _OBJECT,
    "volume_level": _number(0, 1, step=0.01),
    "xy_color": _OBJECT,
}


def selector_of(field: str) -> dict[str, Any]:
    """Return the selector of a field; text for those that have no other."""
    return _SELECTORS.get(field, _TEXT)
