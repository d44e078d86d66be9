"""Conversations side by side: each keeps its order and has a limit of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

_AT_ONCE = (
    "/stop", "/go", "/halt", "stop", "halt", "emergency stop", "please stop", "bitte stop", "alles stopp",
    "alles anhalten", "not-aus", "notaus", "not-halt", "nothalt",
)  # fmt: skip


class Sessions:
    """Lets at most `limit` messages of one session be answered at a time, in the order in which they came."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._inside: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._gates)

    @contextlib.asynccontextmanager
    async def turn(self, session: str, text: str, seconds: float) -> AsyncIterator[None]:
        """Wait for this message's turn; TimeoutError after `seconds`. Stopping never waits."""
        if text.strip().casefold().startswith(_AT_ONCE):
            yield
            return
        gate = self._gates.setdefault(session, asyncio.Semaphore(self._limit))
        self._inside[session] = self._inside.get(session, 0) + 1
        try:
            async with asyncio.timeout(seconds):
                await gate.acquire()
            try:
                yield
            finally:
                gate.release()
        finally:
            self._leave(session)

    def _leave(self, session: str) -> None:
        self._inside[session] -= 1
        if not self._inside[session]:
            del self._inside[session], self._gates[session]
