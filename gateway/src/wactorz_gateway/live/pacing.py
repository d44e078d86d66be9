"""How fast one connection is served, so that whoever sends without end keeps nobody else waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

PER_SECOND, AT_ONCE = 50.0, 100.0
"""Frames of one browser that are read in a second, and that may come at once."""


@dataclass
class Pace:
    """A bucket of frames for one connection; `now` gives monotonic seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _left: float = AT_ONCE
    _since: float | None = None

    async def keep(self) -> None:
        """Return when the next frame may be read."""
        moment = self.now()
        since = moment if self._since is None else self._since
        self._left = min(AT_ONCE, self._left + (moment - since) * PER_SECOND) - 1
        self._since = moment
        if self._left < 0:
            await self.sleep(-self._left / PER_SECOND)
