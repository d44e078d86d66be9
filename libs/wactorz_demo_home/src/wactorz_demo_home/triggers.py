"""Triggers and conditions of automations: whether they are well formed, and whether they hold; pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wactorz_demo_home.states import State
from wactorz_demo_home.targets import is_entity_id

Part = Mapping[str, Any]
"""One trigger, condition or action."""

States = Mapping[str, State]

_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")
_SERVICE = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TRIGGERS = ("state", "numeric_state", "time", "time_pattern", "sun", "homeassistant")
_CONDITIONS = ("state", "numeric_state", "time", "and", "or", "not")
_UNITS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001}


def many(value: Any) -> list[Any]:
    """Take a list, or make one of a single value."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def trigger_problem(part: Any) -> str:
    """Return what is wrong with a trigger; empty when nothing is."""
    kind = part.get("trigger", part.get("platform")) if isinstance(part, Mapping) else None
    if kind not in _TRIGGERS:
        return f"Invalid trigger '{kind}' specified"
    if kind == "time":
        wrong = [one for one in many(part.get("at")) if not _CLOCK.match(str(one))]
        if wrong or not part.get("at"):
            return "Expected HH:MM or HH:MM:SS @ data['at'][0]"
    return _entity_problem(part) if kind in ("state", "numeric_state") else ""


def condition_problem(part: Any) -> str:
    """Return what is wrong with a condition; empty when nothing is."""
    kind = part.get("condition") if isinstance(part, Mapping) else None
    if kind not in _CONDITIONS:
        return f'Invalid condition "{kind}" specified'
    if kind in ("and", "or", "not"):
        return next(filter(None, (condition_problem(one) for one in many(part.get("conditions")))), "")
    return "" if kind == "time" else _entity_problem(part)


def action_problem(part: Any) -> str:
    """Return what is wrong with an action; empty when nothing is. The demo home only calls services."""
    service = part.get("action", part.get("service")) if isinstance(part, Mapping) else None
    if service is None:
        return "Unable to determine action @ data[0]"
    if not _SERVICE.match(str(service)):
        return f"Service {service} does not match format <domain>.<name> for dictionary value @ data[0]['action']"
    return ""


def _entity_problem(part: Part) -> str:
    names = many(part.get("entity_id"))
    if not names:
        return "required key not provided @ data['entity_id']"
    wrong = [one for one in names if not is_entity_id(str(one))]
    return f"Entity {wrong[0]} is neither a valid entity ID nor a valid UUID" if wrong else ""


def fires(part: Part, entity_id: str, old: State | None, new: State | None) -> bool:
    """Tell whether a change meets a state or numeric trigger."""
    kind = part.get("trigger", part.get("platform"))
    if new is None or entity_id not in many(part.get("entity_id")):
        return False
    if kind == "numeric_state":
        return _within(part, new) and not (old is not None and _within(part, old))
    if kind != "state" or (old is not None and old.condition.state == new.condition.state):
        return False
    wanted, before = many(part.get("to")), many(part.get("from"))
    return (not wanted or new.condition.state in wanted) and (
        not before or (old is not None and old.condition.state in before)
    )


def still(part: Part, state: State | None) -> bool:
    """Tell whether a trigger that must hold for a while holds yet."""
    if state is None:
        return False
    if part.get("trigger", part.get("platform")) == "numeric_state":
        return _within(part, state)
    return not part.get("to") or state.condition.state in many(part.get("to"))


def due(part: Part, now: datetime) -> bool:
    """Tell whether a trigger of the clock fires in this second."""
    kind = part.get("trigger", part.get("platform"))
    if kind == "time":
        return any(f"{now:%H:%M:%S}".startswith(str(at)) and (str(at).count(":") > 1 or now.second == 0)
                   for at in many(part.get("at")))  # fmt: skip
    if kind != "time_pattern":
        return False
    given = [part.get(unit) for unit in ("hours", "minutes", "seconds")]
    first = next((place for place, value in enumerate(given) if value is not None), 2)
    asked = [*given[:first], *(("0" if value is None else value) for value in given[first:])]
    return all(_fits(value, number) for value, number in zip(asked, (now.hour, now.minute, now.second), strict=True))


def holds(part: Part, states: States, now: datetime) -> bool:
    """Tell whether a condition holds; what is unknown does not."""
    kind = part.get("condition")
    if kind in ("and", "or", "not"):
        inner = [holds(one, states, now) for one in many(part.get("conditions"))]
        return all(inner) if kind == "and" else any(inner) if kind == "or" else not any(inner)
    if kind == "time":
        return _in_time(part, now)
    found = [states.get(one) for one in many(part.get("entity_id"))]
    if kind == "numeric_state":
        return all(state is not None and _within(part, state) for state in found)
    wanted = [str(one) for one in many(part.get("state"))]
    return all(state is not None and str(_value(part, state)) in wanted for state in found)


def seconds_of(span: Any) -> float:
    """Return a duration in seconds, from seconds, HH:MM:SS or units."""
    if isinstance(span, Mapping):
        return sum(float(span.get(unit, 0)) * size for unit, size in _UNITS.items())
    if isinstance(span, str) and ":" in span:
        hours, minutes, *rest = (float(one) for one in span.split(":"))
        return hours * 3600 + minutes * 60 + (rest[0] if rest else 0.0)
    return float(span or 0)


def _in_time(part: Part, now: datetime) -> bool:
    clock, after, before = f"{now:%H:%M:%S}", part.get("after"), part.get("before")
    days = many(part.get("weekday"))
    if days and _DAYS[now.weekday()] not in days:
        return False
    if after and before and str(after) > str(before):
        return clock >= str(after) or clock < str(before)
    return (not after or clock >= str(after)) and (not before or clock < str(before))


def _within(part: Part, state: State) -> bool:
    try:
        value = float(_value(part, state))
    except (TypeError, ValueError):
        return False
    above, below = part.get("above"), part.get("below")
    return (above is None or value > float(above)) and (below is None or value < float(below))


def _value(part: Part, state: State) -> Any:
    attribute = part.get("attribute")
    return state.condition.attributes.get(attribute) if attribute else state.condition.state


def _fits(asked: Any, number: int) -> bool:
    text = str(asked)
    if text in ("None", "*"):
        return True
    return number % int(text[1:]) == 0 if text.startswith("/") else number == int(text)
