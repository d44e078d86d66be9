"""Comparing what devices and payloads say with what a person wrote down; pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Operator = Literal["eq", "ne", "gt", "lt", "gte", "lte"]

UNKNOWN_STATES = frozenset({"unknown", "unavailable", ""})


def compare(actual: Any, operator: str, wanted: Any) -> bool:
    """Whether `actual` stands to `wanted` as the operator says; numbers as numbers, words without regard to case.

    What cannot be compared does not hold: nothing, and an order between words.
    """
    if actual is None:
        return False
    left, right = to_number(actual), to_number(wanted)
    if operator in ("eq", "ne"):
        same = left == right if left is not None and right is not None else _text(actual) == _text(wanted)
        return same if operator == "eq" else not same
    if left is None or right is None:
        return False
    return {"gt": left > right, "lt": left < right, "gte": left >= right, "lte": left <= right}.get(operator, False)


def state_holds(state: str | None, attributes: Mapping[str, Any], attribute: str | None, operator: str,
                wanted: Any) -> bool:  # fmt: skip
    """Whether an entity's state, or one of its attributes, compares as wanted; unknown counts as not holding."""
    actual = state if attribute is None else reach(attributes, attribute)
    if attribute is None and (actual is None or str(actual) in UNKNOWN_STATES):
        return False
    return compare(actual, operator, wanted)


def reach(value: Any, path: str) -> Any:
    """What lies at a dotted path: keys of objects, places of lists; None when nothing does."""
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def to_number(value: Any) -> float | None:
    """A finite number, or None; true and false are none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str:
    return str(value).casefold()
