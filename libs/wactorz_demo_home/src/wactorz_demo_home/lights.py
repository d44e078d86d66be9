"""Lights: brightness, color temperature and color, kept to what each light can do."""

from typing import Any

from wactorz_demo_home import color
from wactorz_demo_home.condition import Condition, flipped

FULL = 255
_COLOR_KEYS = ("hs_color", "rgb_color", "xy_color")
_WARMTH_KEYS = ("color_temp_kelvin", "color_temp")


def apply(before: Condition, service: str, data: dict[str, Any]) -> Condition:
    """Return the light after turn_on, turn_off or toggle."""
    if flipped(before, service) == "turn_off":
        return _off(before)
    level = _level(before, data)
    return _off(before) if level == 0 else _on(before, level, data)


def _modes(light: Condition) -> list[str]:
    return list(light.attributes.get("supported_color_modes", ["onoff"]))


def _level(before: Condition, data: dict[str, Any]) -> int:
    shown = int(before.attributes.get("brightness") or 0)
    if "brightness" in data:
        return int(data["brightness"])
    if "brightness_pct" in data:
        return round(FULL * float(data["brightness_pct"]) / 100)
    if "brightness_step" in data:
        return max(0, min(FULL, shown + int(data["brightness_step"])))
    if "brightness_step_pct" in data:
        return max(0, min(FULL, shown + round(FULL * float(data["brightness_step_pct"]) / 100)))
    return shown or int(before.memory.get("brightness", FULL))


def _off(before: Condition) -> Condition:
    modes = _modes(before)
    gone: dict[str, Any] = {"color_mode": None}
    if modes != ["onoff"]:
        gone["brightness"] = None
    if "color_temp" in modes:
        gone |= dict.fromkeys(_WARMTH_KEYS)
    if "hs" in modes or "color_temp" in modes:
        gone |= dict.fromkeys(_COLOR_KEYS)
    return before.showing("off", **gone)


def _on(before: Condition, level: int, data: dict[str, Any]) -> Condition:
    modes = _modes(before)
    if modes == ["onoff"]:
        return before.showing("on", color_mode="onoff")
    after = before.showing("on", brightness=level).remembering(brightness=level)
    if modes == ["brightness"]:
        return after.showing(color_mode="brightness")
    wanted = _wanted(data, modes) or before.memory.get("tint") or {"kelvin": 2700 if "color_temp" in modes else None}
    return _tinted(after, modes, wanted).remembering(tint=wanted)


def _wanted(data: dict[str, Any], modes: list[str]) -> dict[str, Any] | None:
    """Return the tint that was asked for, in a space this light speaks; None when none was."""
    kelvin = data.get("color_temp_kelvin") or data.get("kelvin")
    if data.get("color_temp"):
        kelvin = round(1_000_000 / data["color_temp"])
    if kelvin:
        return {"kelvin": kelvin} if "color_temp" in modes else {"hs": color.rgb_to_hs(color.kelvin_to_rgb(kelvin))}
    rgb = _asked_rgb(data)
    if rgb is None and "hs_color" not in data:
        return None
    if "hs" in modes:
        return {"hs": data["hs_color"] if rgb is None else color.rgb_to_hs(rgb)}
    return {"kelvin": color.xy_to_kelvin(*color.rgb_to_xy(rgb or color.hs_to_rgb(*data["hs_color"])))}


def _asked_rgb(data: dict[str, Any]) -> tuple[int, int, int] | None:
    if "color_name" in data:
        return color.from_name(data["color_name"])
    if "xy_color" in data:
        return color.xy_to_rgb(*data["xy_color"])
    for key in ("rgb_color", "rgbw_color", "rgbww_color"):
        if key in data:
            red, green, blue = data[key][:3]
            return red, green, blue
    return None


def _tinted(light: Condition, modes: list[str], tint: dict[str, Any]) -> Condition:
    if tint.get("kelvin"):
        low = int(light.attributes.get("min_color_temp_kelvin", 2000))
        high = int(light.attributes.get("max_color_temp_kelvin", 6500))
        kelvin = min(high, max(low, int(tint["kelvin"])))
        shown: dict[str, Any] = {"color_temp_kelvin": kelvin, "color_temp": round(1_000_000 / kelvin)}
        return light.showing(color_mode="color_temp", **shown, **_color(color.kelvin_to_rgb(kelvin)))
    hue, saturation = tint.get("hs", (0.0, 0.0))
    warmth = dict.fromkeys(_WARMTH_KEYS) if "color_temp" in modes else {}
    shades = _color(color.hs_to_rgb(hue, saturation)) | {"hs_color": [hue, saturation]}
    return light.showing(color_mode="hs", **warmth, **shades)


def _color(rgb: tuple[int, int, int]) -> dict[str, Any]:
    return {
        "hs_color": list(color.rgb_to_hs(rgb)),
        "rgb_color": list(rgb),
        "xy_color": list(color.rgb_to_xy(rgb)),
    }
