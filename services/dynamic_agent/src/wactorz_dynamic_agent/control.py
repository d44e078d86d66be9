"""The control stream: orders come in and answers go out, one JSON object a line."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from wactorz_common import logs
from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.errors import ConfigError, ContractError

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of an order: code and the state of a migrated agent travel in it."""

_MOST_UNHEARD = 1_000

Take = Callable[[HostOrder], Awaitable[None]]


class Control:
    """Takes orders from whoever holds the stream now; answers go to the same one, or wait for the next."""

    def __init__(self, take: Take, is_ready: Callable[[], bool]) -> None:
        self._take, self._is_ready = take, is_ready
        self._log = logs.get(__name__)
        self._writer: asyncio.StreamWriter | None = None
        self._unheard: list[HostAnswer] = []
        self._orders: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, path: Path) -> None:
        """Serve one client at a time on a Unix socket that only this user may open; a new client replaces the old."""
        path.unlink(missing_ok=True)  # noqa: ASYNC240  # before anything runs
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, path=str(path), limit=LONGEST_LINE)
        except OSError as error:
            raise ConfigError(f"The control socket {path} cannot be made: {error.strerror or error}") from error
        finally:
            os.umask(before)

    async def attach(self, reading: int, writing: int) -> None:
        """Serve on two open descriptors, such as standard input and output."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        await loop.connect_read_pipe(lambda: protocol, os.fdopen(reading, "rb", 0))
        transport, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(writing, "wb", 0))
        writer = asyncio.StreamWriter(transport, flow, None, loop)
        task = asyncio.ensure_future(self._serve(reader, writer, outlives_input=True))
        self._orders.add(task)
        task.add_done_callback(self._orders.discard)

    def answer(self, answer: HostAnswer) -> None:
        """Say something to the one who holds the stream."""
        if self._writer is None or self._writer.is_closing():
            self._unheard = [*self._unheard[-_MOST_UNHEARD:], answer]
            return
        self._writer.write(answer.encode() + b"\n")

    async def close(self) -> None:
        """Take no more orders."""
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.close()
        for task in self._orders:
            task.cancel()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, outlives_input: bool = False
    ) -> None:
        before, self._writer = self._writer, writer
        if before is not None:
            before.close()
        self.greet()
        try:
            while True:
                line = await reader.readline()
                if not line:
                    return
                if line.strip():
                    self._order(line)
        except (ValueError, OSError) as error:  # a line over the limit, or a connection that broke
            self._log.warning("control stream lost", reason=str(error))
        finally:
            if not outlives_input:
                writer.close()
                self._writer = None if self._writer is writer else self._writer

    def greet(self) -> None:
        """Say that orders are taken, and what nobody has heard, once the host is ready."""
        if not self._is_ready() or self._writer is None:
            return
        self.answer(HostAnswer(event="ready"))
        unheard, self._unheard = self._unheard, []
        for answer in unheard:
            self.answer(answer)

    def _order(self, line: bytes) -> None:
        try:
            order = HostOrder.decode(line)
        except ContractError as error:
            self.answer(HostAnswer(event="refused", error=f"an order cannot be read: {error}"))
            return
        task = asyncio.ensure_future(self._take(order))
        self._orders.add(task)
        task.add_done_callback(self._orders.discard)
