"""A sliding window over the messages of a topic."""

from collections import deque
from collections.abc import Callable, Generator
from typing import Any


class Window:
    """The last messages of a topic, none older than `seconds`; `await` gives the window itself."""

    def __init__(self, topic: str, seconds: float, max_size: int, now: Callable[[], float]) -> None:
        self.topic = topic
        self.seconds = seconds
        self._now = now
        self._born = now()
        self._kept: deque[tuple[float, Any]] = deque(maxlen=max(1, max_size))

    def __await__(self) -> Generator[Any, Any, "Window"]:
        return self
        yield

    def __len__(self) -> int:
        return self.count()

    def __bool__(self) -> bool:
        return True

    def add(self, payload: Any) -> None:
        """Take in a message."""
        self._kept.append((self._now(), payload))

    def values(self, key: str = "value") -> list[float]:
        """Numbers under a key (dots reach into objects), oldest first."""
        found = (_number(_field(payload, key)) for _, payload in self._present())
        return [number for number in found if number is not None]

    def mean(self, key: str = "value") -> float | None:
        """Mean of the numbers; None without any."""
        found = self.values(key)
        return sum(found) / len(found) if found else None

    def min(self, key: str = "value") -> float | None:
        """Smallest number; None without any."""
        return min(self.values(key), default=None)

    def max(self, key: str = "value") -> float | None:
        """Biggest number; None without any."""
        return max(self.values(key), default=None)

    def latest(self, key: str | None = None) -> Any:
        """The last payload, or a field of it; None without any."""
        present = self._present()
        if not present:
            return None
        return present[-1][1] if key is None else _field(present[-1][1], key)

    def count(self) -> int:
        """Number of messages."""
        return len(self._present())

    def rising(self, key: str = "value", threshold: float = 1.0) -> bool:
        """Whether the last number is at least `threshold` above the first."""
        found = self.values(key)
        return len(found) > 1 and found[-1] - found[0] >= threshold

    def falling(self, key: str = "value", threshold: float = 1.0) -> bool:
        """Whether the last number is at least `threshold` below the first."""
        found = self.values(key)
        return len(found) > 1 and found[0] - found[-1] >= threshold

    def stable(self, key: str = "value", tolerance: float = 0.5) -> bool:
        """Whether all numbers, two at least, lie within `tolerance`."""
        found = self.values(key)
        return len(found) > 1 and max(found) - min(found) <= tolerance

    def absent_for(self, seconds: float) -> bool:
        """Whether nothing came for that long."""
        last = self._kept[-1][0] if self._kept else self._born
        return self._now() - last >= seconds

    def event_count(self, key: str, value: Any, seconds: float | None = None) -> int:
        """How many messages of the last `seconds` had that value."""
        since = self._now() - (self.seconds if seconds is None else seconds)
        return sum(1 for at, payload in self._present() if at >= since and _field(payload, key) == value)

    def _present(self) -> deque[tuple[float, Any]]:
        oldest = self._now() - self.seconds
        while self._kept and self._kept[0][0] < oldest:
            self._kept.popleft()
        return self._kept


def _field(payload: Any, key: str) -> Any:
    if not isinstance(payload, dict):
        return payload if key == "value" else None
    if key in payload:
        return payload[key]
    for part in key.split("."):
        if not isinstance(payload, dict):
            return None
        payload = payload.get(part)
    return payload


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return value if isinstance(value, int | float) else float(value)
    except ValueError:
        return None
