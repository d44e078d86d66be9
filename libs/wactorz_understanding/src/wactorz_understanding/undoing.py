"""Taking back what was done: absolute commands that restore the states from before. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from wactorz_common.contracts.history import HistoryPoint
from wactorz_common.contracts.home import ServiceCall
from wactorz_understanding.language import load_language
from wactorz_understanding.meaning import Undo

_UNKNOWN = frozenset({"unknown", "unavailable", ""})
_FULL_BYTE = 255
_Service = tuple[str, dict[str, Any]]
_COLORS = {"hs": "hs_color", "rgb": "rgb_color", "xy": "xy_color", "color_temp": "color_temp_kelvin"}
_STATES: dict[str, dict[str, str]] = {
    "switch": {"on": "turn_on", "off": "turn_off"},
    "input_boolean": {"on": "turn_on", "off": "turn_off"},
    "lock": {"locked": "lock", "unlocked": "unlock"},
    "valve": {"open": "open_valve", "closed": "close_valve"},
}


def restore(undo: Undo, points: Iterable[HistoryPoint]) -> tuple[ServiceCall, ...] | str:
    """Commands that bring devices back to their states of `undo.at`, or a sentence why there are none."""
    said = load_language(undo.language).answers
    before: dict[str, HistoryPoint] = {}
    for known in points:
        if known.at <= undo.at or known.entity_id not in before:
            before[known.entity_id] = known
    calls: dict[str, ServiceCall] = {}
    for entity_id in undo.entity_ids:
        point, domain = before.get(entity_id), entity_id.partition(".")[0]
        found = _services(domain, point) if point and point.state not in _UNKNOWN else ()
        if not found:
            return str(said["undo_unable"])
        for service, data in found:
            key = f"{domain}.{service} {data}"
            others = calls[key].entity_id if key in calls else ()
            calls[key] = ServiceCall(domain=domain, service=service, entity_id=(*others, entity_id), data=data)
    return tuple(calls.values())


def _services(domain: str, point: HistoryPoint) -> tuple[_Service, ...]:
    if domain in _RESTORERS:
        return _RESTORERS[domain](point.state, point.attributes)
    service = _STATES.get(domain, {}).get(point.state)
    return ((service, {}),) if service else ()


def _light(state: str, attributes: dict[str, Any]) -> tuple[_Service, ...]:
    if state != "on":
        return (("turn_off", {}),)
    data: dict[str, Any] = {}
    brightness, key = attributes.get("brightness"), _COLORS.get(str(attributes.get("color_mode")))
    if isinstance(brightness, int | float):
        data["brightness_pct"] = max(1, round(brightness * 100 / _FULL_BYTE))
    if key and attributes.get(key) is not None:
        data[key] = attributes[key]
    return (("turn_on", data),)


def _fan(state: str, attributes: dict[str, Any]) -> tuple[_Service, ...]:
    share = attributes.get("percentage")
    if state != "on":
        return (("turn_off", {}),)
    return (("set_percentage", {"percentage": round(share)}),) if share else (("turn_on", {}),)


def _cover(state: str, attributes: dict[str, Any]) -> tuple[_Service, ...]:
    position = attributes.get("current_position")
    if isinstance(position, int | float):
        return (("set_cover_position", {"position": round(position)}),)
    service = {"open": "open_cover", "closed": "close_cover"}.get(state)
    return ((service, {}),) if service else ()


def _climate(state: str, attributes: dict[str, Any]) -> tuple[_Service, ...]:
    temperature = attributes.get("temperature")
    set_back = (("set_temperature", {"temperature": temperature}),) if temperature is not None else ()
    return (*set_back, ("set_hvac_mode", {"hvac_mode": state}))


def _media(state: str, attributes: dict[str, Any]) -> tuple[_Service, ...]:
    volume = attributes.get("volume_level")
    louder = (("volume_set", {"volume_level": volume}),) if volume is not None else ()
    service = {"playing": "media_play", "paused": "media_pause", "off": "turn_off"}.get(state)
    return (*louder, (service, {})) if service else louder


_RESTORERS: dict[str, Callable[[str, dict[str, Any]], tuple[_Service, ...]]] = {
    "light": _light, "fan": _fan, "cover": _cover, "climate": _climate, "media_player": _media,
}  # fmt: skip
