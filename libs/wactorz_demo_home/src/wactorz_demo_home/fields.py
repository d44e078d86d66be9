"""Checks of service data: each returns the cleaned value or says what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], Any]

_TRUE = {"1", "true", "yes", "on", "enable"}
_FALSE = {"0", "false", "no", "off", "disable"}


class Wrong(Exception):
    """A value that breaks the schema; the text is the problem."""


def text(value: Any) -> str:
    """Take anything that reads as text."""
    if value is None:
        raise Wrong("string value is None")
    if isinstance(value, (list, dict)):
        raise Wrong("value should be a string")
    return str(value)


def truth(value: Any) -> bool:
    """Take a boolean or one of the usual words for it."""
    word = str(value).lower().strip()
    if isinstance(value, (bool, int, float, str)) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise Wrong(f"invalid boolean value {value}")


def whole(low: int | None = None, high: int | None = None, *, clamp: bool = False) -> Check:
    """Take a whole number within bounds; clamped into them, or refused outside."""
    return _numeric(int, "expected int", low, high, clamp=clamp)


def number(low: float | None = None, high: float | None = None, *, clamp: bool = False) -> Check:
    """Take a number within bounds; clamped into them, or refused outside."""
    return _numeric(float, "expected float", low, high, clamp=clamp)


def _numeric(kind: type[Any], expected: str, low: float | None, high: float | None, *, clamp: bool) -> Check:
    def check(value: Any) -> Any:
        try:
            found = kind(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise Wrong(expected) from error
        if low is not None and found < low:
            found = low if clamp else _outside(f"value must be at least {low}")
        if high is not None and not found <= high:
            found = high if clamp else _outside(f"value must be at most {high}")
        return found

    return check


def _outside(problem: str) -> Any:
    raise Wrong(problem)


def one_of(*options: str, kind: str = "") -> Check:
    """Take one of the given words."""
    words = ", ".join(f"'{option}'" for option in options)
    problem = f"expected {kind} or one of {words}" if kind else f"value must be one of [{words}]"

    def check(value: Any) -> str:
        if value not in options:
            raise Wrong(problem)
        return str(value)

    return check


def sequence(*checks: Check) -> Check:
    """Take a list with one value for each check."""

    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise Wrong("expected tuple")
        if len(value) != len(checks):
            raise Wrong(f"expected a sequence of {len(checks)} values")
        return tuple(one(item) for one, item in zip(checks, value, strict=True))

    return check


def mapping(value: Any) -> dict[str, Any]:
    """Take an object."""
    if not isinstance(value, dict):
        raise Wrong("expected dict")
    return value


def clean(checks: Mapping[str, Check], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with every value checked; unknown keys are wrong."""
    cleaned = {}
    for key, value in data.items():
        if key not in checks:
            raise Wrong(f"extra keys not allowed @ data['{key}']")
        try:
            cleaned[key] = checks[key](value)
        except Wrong as error:
            raise Wrong(f"{error} for dictionary value @ data['{key}']") from error
    return cleaned
