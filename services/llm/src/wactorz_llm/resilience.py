"""Pure decisions about failures: how long to wait, and when to stop asking for a while."""

from collections.abc import Callable
from dataclasses import dataclass

OPEN_AFTER = 5
OPEN_SECONDS = 30.0
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0


@dataclass(frozen=True)
class Backoff:
    """Waits between attempts: doubling, capped, spread by `spread` in 0..1, and never shorter than asked for."""

    retries: int

    def wait(self, failures: int, retry_after: float | None, remaining: float, spread: float) -> float | None:
        """Seconds to wait after that many failures, or None when another attempt is not worth it."""
        if failures > self.retries:
            return None
        own = min(_FIRST_WAIT * 2 ** (failures - 1), _LONGEST_WAIT) * (0.5 + spread / 2)
        wait = own if retry_after is None else max(retry_after, 0.0)
        return wait if wait < remaining else None


class Breaker:
    """Opens after five failures in a row, and lets one trial through after 30 seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._open_until: float | None = None
        self._trial_until: float | None = None

    @property
    def closed_in(self) -> float:
        """Seconds until another attempt is allowed; 0 when one is allowed now."""
        blocked = max(self._open_until or 0.0, self._trial_until or 0.0)
        return max(0.0, blocked - self._now())

    def enter(self) -> None:
        """An attempt begins; while the breaker is half open it is the only one."""
        if self._open_until is not None:
            self._trial_until = self._now() + OPEN_SECONDS

    def succeed(self) -> None:
        """The provider answered."""
        self._failures, self._open_until, self._trial_until = 0, None, None

    def fail(self) -> bool:
        """The provider failed; true when this opens the breaker."""
        self._failures += 1
        if self._failures < OPEN_AFTER:
            return False
        was_closed = self._open_until is None
        self._open_until, self._trial_until = self._now() + OPEN_SECONDS, None
        return was_closed
