"""Publishes an answer while it is written, in batches so that the bus is not flooded."""

import asyncio
from collections.abc import Awaitable, Callable

from wactorz_common.errors import TransportError

BATCH_SECONDS = 0.03

Send = Callable[[str, int], Awaitable[None]]
"""Publishes one piece of text under its index."""


class PieceStream:
    """Collects text for 30 ms at a time; pieces that the broker does not take are dropped, the answer is not."""

    def __init__(self, send: Send, first_index: int = 0) -> None:
        self._send = send
        self._text: list[str] = []
        self._flushing: asyncio.Task[None] | None = None
        self._first = self.next_index = first_index

    @property
    def visible(self) -> bool:
        """Whether anybody may have seen a piece."""
        return self.next_index > self._first

    def add(self, text: str) -> None:
        """Take the next piece of text; it is sent within 30 ms."""
        if not text:
            return
        self._text.append(text)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush_soon())

    def discard(self) -> None:
        """Forget what was not sent yet: the attempt that wrote it failed."""
        self._text.clear()

    async def close(self) -> None:
        """Send the rest."""
        if self._flushing is not None:
            await self._flushing
        await self._flush()

    async def _flush_soon(self) -> None:
        while self._text:
            await asyncio.sleep(BATCH_SECONDS)
            await self._flush()
        self._flushing = None

    async def _flush(self) -> None:
        if not self._text:
            return
        text, index = "".join(self._text), self.next_index
        self._text.clear()
        self.next_index += 1
        try:
            await self._send(text, index)
        except TransportError:
            return


class StreamIndexes:
    """Remembers where the numbering of recent streams stands, since one answer may take several model calls."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._next: dict[str, int] = {}

    def next_of(self, chat_id: str) -> int:
        """Index of the next piece of that stream."""
        return self._next.get(chat_id, 0)

    def keep(self, chat_id: str, index: int) -> None:
        """Note the next index; the stream that was not used for longest is forgotten."""
        self._next.pop(chat_id, None)
        self._next[chat_id] = index
        if len(self._next) > self._capacity:
            del self._next[next(iter(self._next))]
