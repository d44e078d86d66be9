"""A look back over the values of a stream: mean, extremes, counts, trends and silence; pure, time is given."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from wactorz_common.comparisons import compare, to_number
from wactorz_common.contracts.rules import MqttTrigger, Window

MOST_VALUES = 20_000
"""Values that are kept of one stream; older ones are let go."""

_TREND = 1.0
_STEADY = 0.5
_PAIR = 2


@dataclass(slots=True)
class Stream:
    """The values of one topic as one rule needs them; `began_at` is when it began to listen, in epoch seconds."""

    began_at: float
    values: "deque[tuple[float, Any]]" = field(default_factory=lambda: deque(maxlen=MOST_VALUES))

    def add(self, at: float, value: Any) -> None:
        """Take in a value."""
        self.values.append((at, value))

    def forget(self, before: float) -> None:
        """Let go of what is older, except the newest of that: it is what the window begins with."""
        values = self.values
        while len(values) > 1 and values[1][0] <= before:
            values.popleft()

    def within(self, since: float) -> list[Any]:
        """The values from a moment on."""
        return [value for at, value in self.values if at > since]


def holds(trigger: MqttTrigger, stream: Stream, now: float) -> bool | None:
    """Whether the window of a trigger meets its comparison now; None when that is not known yet."""
    window = trigger.window
    if window is None:
        return None
    found = result_of(window, stream, now)
    if found is None:
        return None
    if isinstance(found, bool):
        return found
    if trigger.operator == "any":
        return _is_enough(window, found)
    return compare(found, trigger.operator, trigger.value)


def result_of(window: Window, stream: Stream, now: float) -> float | bool | None:
    """What a window makes of the values; True or False for silence, None when there is too little."""
    since = now - window.seconds
    stream.forget(since)
    if window.function == "absent_for":
        last = stream.values[-1][0] if stream.values else stream.began_at
        return now - last >= window.seconds
    if window.function == "count":
        return float(len(stream.within(since)))
    if window.function == "event_count":
        return float(_events(window, stream, since))
    numbers = [number for number in map(to_number, stream.within(since)) if number is not None]
    if window.function == "stable" and now - stream.began_at < window.seconds:
        return None
    least = 1 if window.function in ("mean", "min", "max") else _PAIR
    return _OF_NUMBERS[window.function](numbers) if len(numbers) >= least else None


def next_look(window: Window, stream: Stream, now: float) -> float | None:
    """When the window must be looked at again although nothing came, in epoch seconds; None: not before a message."""
    if window.function == "absent_for":
        due = (stream.values[-1][0] if stream.values else stream.began_at) + window.seconds
        return due if due > now else None
    oldest = next((at for at, _ in stream.values if at > now - window.seconds), None)
    return None if oldest is None else oldest + window.seconds


def _is_enough(window: Window, found: float) -> bool:
    """What the operator `any` means for a window."""
    if window.function == "stable":
        return found <= (_STEADY if window.tolerance is None else window.tolerance)
    if window.function in ("rising", "falling"):
        return found >= (_TREND if window.tolerance is None else window.tolerance)
    return found > 0


def _events(window: Window, stream: Stream, since: float) -> int:
    """How often a value came, or how often it changed when none is named."""
    if window.event is not None:
        return sum(compare(value, "eq", window.event) for value in stream.within(since))
    return sum(
        at > since and not compare(value, "eq", before)
        for (_, before), (at, value) in pairwise(stream.values)
    )  # fmt: skip


_OF_NUMBERS: dict[str, Callable[[list[float]], float]] = {
    "mean": lambda numbers: sum(numbers) / len(numbers),
    "min": min,
    "max": max,
    "rising": lambda numbers: numbers[-1] - numbers[0],
    "falling": lambda numbers: numbers[0] - numbers[-1],
    "stable": lambda numbers: max(numbers) - min(numbers),
}
