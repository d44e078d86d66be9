"""Speaks with one process that hosts spawned agents: orders and answers as lines of JSON over any stream of bytes."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Protocol

from wactorz_common import logs
from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.errors import ContractError, Refused, TransportError

LONGEST_LINE = 16 * 1024 * 1024

_GONE = "the process that hosts the agent ended"


class HostHangs(TransportError):
    """The host lives but does not answer."""


class Pipe(Protocol):
    """A stream of bytes in both directions."""

    async def read(self) -> bytes:
        """The next bytes; nothing at the end."""

    async def write(self, data: bytes) -> None:
        """Send bytes."""

    async def close(self) -> None:
        """Give the stream up."""


class UnixPipe:
    """A connection to a Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, path: str) -> "UnixPipe":
        """Connect; OSError when nobody listens there."""
        return cls(*await asyncio.open_unix_connection(path))

    async def read(self) -> bytes:
        """The next bytes; nothing at the end."""
        try:
            return await self._reader.read(65_536)
        except OSError:
            return b""

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        """Give the stream up."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class HostStream:
    """Orders and their answers over one pipe; `unasked` hears what the host says of its own accord."""

    def __init__(self, pipe: Pipe, unasked: Callable[[HostAnswer], None]) -> None:
        self.unasked = unasked
        self._pipe = pipe
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[HostAnswer]] = {}
        self._log = logs.get(__name__)
        self.ready = asyncio.Event()
        self.closed = asyncio.Event()

    async def run(self) -> None:
        """Read until the stream ends."""
        rest = b""
        try:
            while data := await self._pipe.read():
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._take(line)
                if len(rest) > LONGEST_LINE:
                    self._log.warning("a host sends lines without an end")
                    return
        finally:
            self.closed.set()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(TransportError(_GONE))
            await self._pipe.close()

    async def order(self, order: HostOrder, timeout: float) -> HostAnswer:
        """Give an order; Refused in the host's words, HostHangs after `timeout` seconds, TransportError at its end."""
        if self.closed.is_set():
            raise TransportError(_GONE)
        number = str(next(self._ids))
        answer: asyncio.Future[HostAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(timeout):
                await self._pipe.write(order.model_copy(update={"id": number}).encode() + b"\n")
                answered = await answer
        except TimeoutError as error:
            raise HostHangs(f"the host did not answer within {timeout:g} s") from error
        except OSError as error:
            raise TransportError(f"{_GONE}: {error}") from error
        finally:
            del self._waiting[number]
            if answer.done() and not answer.cancelled():
                answer.exception()
        if answered.event == "refused":
            raise Refused(answered.error or "the host gives no reason")
        return answered

    def _take(self, line: bytes) -> None:
        """A line that is no answer is somebody's print."""
        try:
            answer = HostAnswer.decode(line)
        except ContractError:
            if line.strip():
                self._log.debug("output of a host", line=line[:500].decode(errors="replace"))
            return
        waiting = self._waiting.get(answer.id)
        if answer.event == "ready":
            self.ready.set()
        elif waiting is not None and not waiting.done():
            waiting.set_result(answer)
        elif not answer.id:
            self.unasked(answer)
