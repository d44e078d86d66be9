"""Publishes an answer while it is written, in batches so that the bus is not flooded."""

import asyncio
from collections.abc import Awaitable, Callable

from wactorz_common.errors import TransportError
from wactorz_llm.shown import Shown

FIRST_SECONDS = 0.004
"""How long the first piece waits for what comes right behind it."""

BATCH_SECONDS = 0.08
"""How far apart later pieces are at least: a dozen in a second read as a flow."""

Send = Callable[[str, int], Awaitable[None]]
"""Publishes one piece of text under its index."""


class PieceStream:
    """Collects text between two pieces; pieces that the broker does not take are dropped, the answer is not."""

    def __init__(self, send: Send, first_index: int = 0) -> None:
        self._send = send
        self._text: list[str] = []
        self._shown = Shown()
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._next_at = 0.0
        self._first = self.next_index = first_index

    @property
    def visible(self) -> bool:
        """Whether anybody may have seen a piece."""
        return self.next_index > self._first

    def add(self, text: str) -> None:
        """Take the next piece of text; the first is sent almost at once, later ones in batches."""
        text = self._shown.take(text)
        if not text:
            return
        self._text.append(text)
        if self._timer is None and self._sending is None:
            self._set_timer()

    def discard(self) -> None:
        """Forget what was not sent yet: the attempt that wrote it failed."""
        self._text.clear()
        self._shown = Shown()

    async def close(self) -> None:
        """Send the rest."""
        rest = self._shown.rest()
        if rest:
            self._text.append(rest)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            await asyncio.shield(self._sending)
        while self._text:
            await self._flush()

    def _set_timer(self) -> None:
        loop = asyncio.get_running_loop()
        wait = max(FIRST_SECONDS, self._next_at - loop.time())
        self._timer = loop.call_later(wait, self._start)

    def _start(self) -> None:
        self._timer = None
        if self._text:
            self._sending = asyncio.get_running_loop().create_task(self._flush())
            self._sending.add_done_callback(self._sent)

    def _sent(self, _done: "asyncio.Task[None]") -> None:
        self._sending = None
        if self._text and self._timer is None:
            self._set_timer()

    async def _flush(self) -> None:
        text, index = "".join(self._text), self.next_index
        self._text.clear()
        self.next_index += 1
        self._next_at = asyncio.get_running_loop().time() + BATCH_SECONDS
        try:
            await self._send(text, index)
        except TransportError:
            return


class StreamIndexes:
    """Remembers where the numbering of recent streams stands, since one answer may take several model calls."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._next: dict[str, int] = {}

    def next_of(self, chat_id: str, least: int = 0) -> int:
        """Index of the next piece of that stream; `least`: the caller has published those before it."""
        return max(least, self._next.get(chat_id, 0))

    def keep(self, chat_id: str, index: int) -> None:
        """Note the next index; the stream that was not used for longest is forgotten."""
        self._next.pop(chat_id, None)
        self._next[chat_id] = index
        if len(self._next) > self._capacity:
            del self._next[next(iter(self._next))]
