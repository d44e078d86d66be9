"""Times without Home Assistant: how long to wait between attempts, and when people are told."""

import random
from collections.abc import Callable

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_JITTER = 0.25  # a share of the delay, so that not all services come back in the same moment
_TOKEN_DELAY = 30.0
_LONGEST_TOKEN_DELAY = 300.0  # each refusal is a warning to the people of the house, who may have banned us by then
_GRACE_SECONDS = 3.0  # a restart of Home Assistant alone takes longer, a start beside it does not


class Delays:
    """How long to wait before the next attempt: longer each time, with jitter."""

    def __init__(self) -> None:
        self._usual, self._refused = _FIRST_DELAY, _TOKEN_DELAY

    def next(self, *, refused: bool) -> float:
        """Seconds; after a refused token many more."""
        if refused:
            delay, self._refused = self._refused, min(self._refused * 2, _LONGEST_TOKEN_DELAY)
        else:
            delay, self._usual = self._usual, min(self._usual * 2, _LONGEST_DELAY)
        return delay * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # no secret


class Outage:
    """Since when Home Assistant is away, and whether people know."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._told = False

    def begin(self, *, anew: bool) -> None:
        """A connection ended; when it had been of use, another outage begins."""
        if anew:
            self._since = self._clock()

    def is_news(self, *, at_once: bool) -> bool:
        """Whether people should be told now: once, after some grace."""
        if self._told or not (at_once or self._clock() - self._since >= _GRACE_SECONDS):
            return False
        self._told = True
        return True

    def end(self) -> bool:
        """It is over; True when people had been told of it."""
        told, self._told = self._told, False
        return told
