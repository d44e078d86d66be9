"""The broker's end of what comes in at `/mqtt`: bytes go on as they come, as fast as the browser takes them."""

import asyncio
from typing import cast

from wactorz_gateway.live.packets import Boundaries
from wactorz_gateway.live.wire import Wire, binary_frame


class Upstream(asyncio.Protocol):
    """The connection to the broker for one browser: what comes goes on at once, or waits at the broker."""

    def __init__(self, wire: Wire, *, cuts: bool) -> None:
        """With `cuts` it is known where packets end, so that something can be said between two."""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wire, self._boundaries = wire, Boundaries() if cuts else None
        self._between, self._writable = b"", asyncio.Event()
        self._writable.set()
        wire.on_writable = self._resume

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Joined to the broker."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The broker has ended it."""
        self._writable.set()
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Hand on what the broker says; what the gateway says goes between two packets."""
        if self._boundaries is not None:
            cut = self._boundaries.feed(data)
            if self._between and cut:
                data, self._between = data[:cut] + self._between + data[cut:], b""
        self._wire.put(binary_frame(data))
        if not self._wire.ready:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The broker takes too little."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The broker takes more again."""
        self._writable.set()

    def say(self, data: bytes) -> None:
        """Say something to the browser in the broker's place, as soon as no packet is under way."""
        if self._boundaries is None or self._boundaries.between:
            self._wire.put(binary_frame(data))
        else:
            self._between += data

    async def pass_on(self, data: bytes) -> None:
        """Say something to the broker."""
        if not self._transport.is_closing():
            self._transport.write(data)
        await self._writable.wait()

    def close(self, goodbye: bytes = b"") -> None:
        """End it, with a last word."""
        self._wire.on_writable = None
        if not self._transport.is_closing():
            self._transport.write(goodbye)
        self._transport.close()

    def _resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()
