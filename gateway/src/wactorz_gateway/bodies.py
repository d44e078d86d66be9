"""Encoded answers of lists that are read often: made anew when something has changed, not for each reader."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

TELEMETRY_SECONDS = 0.25
"""What only counters have changed is shown so much later at most."""

LONGEST_SECONDS = 1.0
"""Ages and states that come of silence are no older than this."""


@dataclass(frozen=True)
class Body:
    """An encoded answer and its validator."""

    data: bytes
    etag: str


@dataclass
class _Kept:
    body: Body
    made_at: float
    state: Hashable
    telemetry: Hashable


class Bodies:
    """The newest answer of each list; `now` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, _Kept] = {}

    def get(self, name: str, state: Hashable, telemetry: Hashable, make: Callable[[], Body]) -> Body:
        """The answer as it is: a change of `state` counts at once, one of `telemetry` a moment later."""
        now, kept = self._now(), self._kept.get(name)
        if kept is not None and kept.state == state:
            age = now - kept.made_at
            if age < TELEMETRY_SECONDS or (kept.telemetry == telemetry and age < LONGEST_SECONDS):
                return kept.body
        self._kept[name] = _Kept(make(), now, state, telemetry)
        return self._kept[name].body
