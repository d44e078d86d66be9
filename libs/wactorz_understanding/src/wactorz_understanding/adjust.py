"""From a relative change to absolute commands, by the live states."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_understanding.language import load_language
from wactorz_understanding.meaning import Adjust

_OFF = frozenset({"off", "standby"})
_UNKNOWN = frozenset({"unknown", "unavailable", None})
_FULL_BYTE = 255


class _Found(NamedTuple):
    """Where a device stands and may go, and how it is sent there."""

    value: float
    lowest: float
    highest: float
    send: Callable[[float], tuple[str, dict[str, Any]]]


def resolve(adjust: Adjust, states: Iterable[Entity]) -> tuple[ServiceCall, ...] | str:
    """Absolute commands for a relative change, or a sentence why there are none; pure."""
    by_id = {entity.entity_id: entity for entity in states}
    calls: dict[str, ServiceCall] = {}
    problems: list[str] = []
    for entity_id in adjust.entity_ids:
        found = _resolve_one(adjust, by_id.get(entity_id) or Entity(entity_id=entity_id, name=entity_id))
        if isinstance(found, str):
            problems.append(found)
            continue
        before = calls[str(found)].entity_id if str(found) in calls else ()
        domain = entity_id.split(".", 1)[0]
        calls[str(found)] = ServiceCall(
            domain=domain, service=found[0], entity_id=(*before, entity_id), data=found[1]
        )  # fmt: skip
    return tuple(calls.values()) or problems[0]


def _resolve_one(adjust: Adjust, entity: Entity) -> tuple[str, dict[str, Any]] | str:
    said = load_language(adjust.language).answers
    if entity.state in _UNKNOWN:
        return str(said["adjust_unknown"].format(name=entity.name))
    found = _FINDERS[adjust.quantity](entity, adjust.delta)
    if found is None:
        key = "adjust_off" if entity.state in _OFF else "adjust_unknown"
        return str(said[key].format(name=entity.name))
    wanted = min(max(found.value + adjust.delta, found.lowest), found.highest)
    if wanted == found.value or (wanted - found.value) * adjust.delta < 0:
        return str(said["adjust_limit"].format(name=entity.name, value=f"{found.value:g}"))
    return found.send(wanted)


def _number(entity: Entity, *keys: str) -> float | None:
    for key in keys:
        value = entity.attributes.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _brightness(entity: Entity, delta: float) -> _Found | None:
    now = _number(entity, "brightness")
    if entity.state in _OFF:
        now = 0.0 if delta > 0 else None
    if now is None:
        return None
    percent = float(round(now * 100 / _FULL_BYTE))
    return _Found(percent, 1, 100, lambda value: ("turn_on", {"brightness_pct": round(value)}))


def _temperature(entity: Entity, _: float) -> _Found | None:
    now = _number(entity, "temperature")
    if now is None or entity.state in _OFF:
        return None
    lowest, highest = _number(entity, "min_temp"), _number(entity, "max_temp")
    return _Found(
        now, now - 10 if lowest is None else lowest, now + 10 if highest is None else highest,
        lambda value: ("set_temperature", {"temperature": int(value) if value == int(value) else round(value, 2)}),
    )  # fmt: skip


def _volume(entity: Entity, _: float) -> _Found | None:
    now = _number(entity, "volume_level")
    if now is None or entity.state in _OFF:
        return None
    return _Found(round(now * 100, 1), 0, 100, lambda value: ("volume_set", {"volume_level": round(value / 100, 3)}))


def _speed(entity: Entity, delta: float) -> _Found | None:
    now = _number(entity, "percentage")
    if entity.state in _OFF:
        now = 0.0 if delta > 0 else None
    return None if now is None else _Found(now, 1, 100, lambda v: ("set_percentage", {"percentage": round(v)}))


def _position(entity: Entity, _: float) -> _Found | None:
    now = _number(entity, "current_position")
    service = "set_valve_position" if entity.domain == "valve" else "set_cover_position"
    return None if now is None else _Found(now, 0, 100, lambda value: (service, {"position": round(value)}))


def _humidity(entity: Entity, _: float) -> _Found | None:
    now = _number(entity, "humidity")
    if now is None or entity.state in _OFF:
        return None
    lowest, highest = _number(entity, "min_humidity") or 0, _number(entity, "max_humidity") or 100
    return _Found(now, lowest, highest, lambda value: ("set_humidity", {"humidity": round(value)}))


def _color_temp(entity: Entity, _: float) -> _Found | None:
    now = _number(entity, "color_temp_kelvin")
    if now is None or entity.state in _OFF:
        return None
    lowest = _number(entity, "min_color_temp_kelvin") or 2000
    highest = _number(entity, "max_color_temp_kelvin") or 6500
    return _Found(now, lowest, highest, lambda value: ("turn_on", {"color_temp_kelvin": round(value)}))


_FINDERS: dict[str, Callable[[Entity, float], _Found | None]] = {
    "brightness": _brightness, "temperature": _temperature, "volume": _volume, "speed": _speed,
    "position": _position, "humidity": _humidity, "color_temp": _color_temp,
}  # fmt: skip
