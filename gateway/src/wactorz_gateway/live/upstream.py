"""The broker's end for a login that is no ticket: bytes go on as they come, as fast as each side takes them."""

import asyncio
from typing import cast

from wactorz_gateway.live.reader import Line
from wactorz_gateway.live.wire import binary_frame


class Upstream(asyncio.Protocol):
    """One connection to the broker."""

    def __init__(self, line: Line) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line, self._writable = line, asyncio.Event()
        self._writable.set()
        line.on_writable = self._resume

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Joined to the broker."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The broker has ended it."""
        self._writable.set()
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Hand on what the broker says."""
        self._line.put(binary_frame(data))
        if not self._line.ready:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The broker takes too little."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The broker takes more again."""
        self._writable.set()

    async def pass_on(self, data: bytes) -> None:
        """Say something to the broker."""
        if not self._transport.is_closing():
            self._transport.write(data)
        await self._writable.wait()

    def close(self) -> None:
        """End it."""
        self._line.on_writable = None
        self._transport.close()

    def _resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()
