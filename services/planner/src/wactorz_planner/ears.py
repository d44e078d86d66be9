"""The topics that are listened to at run time: begun and ended as rules come and go."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

Listen = Callable[[str, Callable[[str, bytes, bool], Awaitable[None]]], Callable[[], None]]
"""Begins to listen to a filter; the result ends it."""

Hear = Callable[[str, str, bytes, bool], Awaitable[None]]
"""Takes the filter, the topic, the payload and whether it was retained."""


class Ears:
    """Listens to what is wanted, and to nothing else."""

    def __init__(self, listen: Listen, hear: Hear) -> None:
        self._listen, self._hear = listen, hear
        self._ends: dict[str, Callable[[], None]] = {}

    @property
    def filters(self) -> tuple[str, ...]:
        """What is listened to, in the order in which it began."""
        return tuple(self._ends)

    def want(self, filters: Iterable[str]) -> bool:
        """Listen to exactly these filters; whether that is a change."""
        wanted = dict.fromkeys(filters)
        gone = [filter_ for filter_ in self._ends if filter_ not in wanted]
        new = [filter_ for filter_ in wanted if filter_ not in self._ends]
        for filter_ in gone:
            self._ends.pop(filter_)()
        for filter_ in new:
            self._ends[filter_] = self._listen(filter_, partial(self._hear, filter_))
        return bool(gone or new)
