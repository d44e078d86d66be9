"""What other agents know, kept here and refreshed in the background, so that reading it waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 0.4
"""Seconds that a look waits for a value that has changed."""


class Refreshed(Generic[T]):
    """A value that is fetched when it is looked at and older than `keep` seconds; only the first look waits.

    After a change a look waits too, but at most PATIENCE seconds: then what was known is better than nothing.
    `now` gives monotonic seconds. What `fetch` raises goes to those who wait; afterwards it leaves the value as it was.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], keep: float, now: Callable[[], float]) -> None:
        self._fetch, self._keep, self._now = fetch, keep, now
        self._value: tuple[T] | None = None
        self._fetched_at = float("-inf")
        self._running: asyncio.Task[T] | None = None
        self._outdated = False
        self.version = 0
        """Rises whenever another value was fetched."""

    async def get(self) -> T:
        """The value: at once when there is one that may be shown, else when it was fetched."""
        if self._value is not None and not self._outdated:
            if self._now() - self._fetched_at > self._keep:
                self._begin()
            return self._value[0]
        fetching = asyncio.shield(self._begin())
        if self._value is None:
            return await fetching
        try:
            return await asyncio.wait_for(fetching, PATIENCE)
        except TimeoutError:
            return self._value[0]

    def outdated(self) -> None:
        """Something has changed it: the next look waits for the new value."""
        self._outdated = True
        self._running = None  # what is under way may have been asked before the change

    def _begin(self) -> "asyncio.Task[T]":
        if self._running is None:
            self._running = task = asyncio.ensure_future(self._refresh())
            task.add_done_callback(self._ended)
        return self._running

    async def _refresh(self) -> T:
        began = asyncio.current_task()
        try:
            value = await self._fetch()
        except BaseException:
            if self._value is None or self._running is began:
                self._fetched_at = self._now()
            raise
        if self._running is began:
            if self._value is None or self._value[0] != value:
                self.version += 1
            self._value, self._fetched_at, self._outdated = (value,), self._now(), False
        return value

    def _ended(self, task: "asyncio.Task[T]") -> None:
        if self._running is task:
            self._running = None
        if not task.cancelled():
            task.exception()  # who waits gets it as well
