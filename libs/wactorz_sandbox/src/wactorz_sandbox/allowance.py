"""Rates: so many a second over time, some at once."""

import time
from collections.abc import Callable


class Allowance:
    """A bucket that fills with `rate` a second up to `burst`."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._now = now
        self._at = now()

    @property
    def left(self) -> float:
        """What is left now; negative when more was taken than there was."""
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left

    def take(self, amount: float = 1) -> bool:
        """Take that much, if it is there."""
        if self.left < amount:
            return False
        self._left -= amount
        return True

    def charge(self, amount: float) -> float:
        """Take an amount in any case; seconds until the bucket is above zero again."""
        self._left = self.left - amount
        return max(0.0, -self._left / self._rate)


class Strikes:
    """Counts within a stretch of time."""

    def __init__(self, limit: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._now = now
        self._since = now()
        self._count = 0

    def add(self) -> bool:
        """Count one; whether the limit is passed within the stretch."""
        now = self._now()
        if now - self._since > self._seconds:
            self._since, self._count = now, 0
        self._count += 1
        return self._count > self._limit
