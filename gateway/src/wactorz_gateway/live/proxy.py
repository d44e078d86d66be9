"""MQTT over WebSocket: browsers with a ticket only read, other logins go to the broker as they are."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from wactorz_common import logs
from wactorz_common.connection import Broker
from wactorz_common.rights import allows
from wactorz_gateway.live.checkpoint import BROKEN, VIOLATION, Checkpoint
from wactorz_gateway.live.joining import Connecting, onward_connect, read_connect, refuse_login
from wactorz_gateway.live.packets import DISCONNECT, Boundaries, Malformed, Packet, PacketReader, packet
from wactorz_gateway.live.tickets import CONNECTION_SECONDS, PREFIX, Ticket, Tickets

MAX_CONNECTIONS = 300
"""Connections at once; the broker's listener for them takes a few more."""

CONNECT_SECONDS = 5.0
"""Until its first packet must be here."""

STALL_SECONDS = 10.0
"""A browser that takes nothing for so long is dropped."""

_CHUNK = 64 * 1024
_TRY_AGAIN, _NOT_TEXT, _GOING_AWAY, _NORMAL = 1013, 1003, 1001, 1000
_REASON_BYTES = 120
_LOG = logs.get(__name__)


class _End(Exception):
    """The connection is over."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(eq=False)
class Joined:
    """One browser that is joined to the broker; moments are monotonic seconds."""

    websocket: WebSocket
    upstream: asyncio.StreamWriter
    since: float
    ticket: Ticket | None = None
    checkpoint: Checkpoint | None = None
    sending_since: float | None = None
    over: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _boundaries: Boundaries = field(default_factory=Boundaries)
    _between: bytes = b""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def end(self, code: int, reason: str) -> None:
        """Have it ended."""
        if not self.over.done():
            self.over.set_exception(_End(code, reason))

    async def down(self, data: bytes) -> None:
        """Hand on what the broker says; what the gateway says goes between two packets."""
        async with self._turn:
            if self.checkpoint is not None:
                cut = self._boundaries.feed(data)
                if self._between and cut:
                    data, self._between = data[:cut] + self._between + data[cut:], b""
            await self._send(data)

    async def say(self, data: bytes) -> None:
        """Say something to the browser in the broker's place, as soon as no packet is under way."""
        async with self._turn:
            if self._boundaries.between:
                await self._send(data)
            else:
                self._between += data

    async def _send(self, data: bytes) -> None:
        self.sending_since = time.monotonic()
        await self.websocket.send_bytes(data)
        self.sending_since = None


class MqttDoor:
    """Joins browsers and programs to the broker; those with a ticket come in there as `reader`."""

    def __init__(self, tickets: Tickets, reader: Broker, is_over: Callable[[Ticket], bool]) -> None:
        self._tickets, self._reader, self._is_over = tickets, reader, is_over
        self._places = 0
        self._joined: set[Joined] = set()

    def __len__(self) -> int:
        return self._places

    def watched(self, topic: str) -> bool:
        """Whether a browser with a ticket has subscribed to a topic."""
        points = (one.checkpoint for one in self._joined if one.checkpoint is not None)
        return any(allows(tuple(point.subscribed), topic) for point in points)

    def tick(self) -> None:
        """End what has stalled, what has lasted too long, and what belongs to somebody who has gone."""
        now = time.monotonic()
        for one in self._joined:
            if one.sending_since is not None and now - one.sending_since > STALL_SECONDS:
                one.end(VIOLATION, "Too slow: nothing was taken for 10 s")
            elif one.ticket is not None and now - one.since > CONNECTION_SECONDS:
                one.end(VIOLATION, "The ticket is over: ask for another one")
            elif one.ticket is not None and self._is_over(one.ticket):
                one.end(VIOLATION, "Whom the ticket was given to is not let in any more")
        self._tickets.revoke(self._is_over)

    def close(self) -> None:
        """Disconnect everybody."""
        for one in self._joined:
            one.end(_GOING_AWAY, "The gateway ends")

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await websocket.accept("mqtt")
        code, reason = _NORMAL, ""
        if self._places >= MAX_CONNECTIONS:
            await _close(websocket, _TRY_AGAIN, "Too many browsers are connected: close one and try again")
            return
        self._places += 1
        try:
            await self._serve(websocket)
        except _End as end:
            code, reason = end.code, end.reason
        except WebSocketDisconnect:
            return
        except Malformed as error:
            code, reason = BROKEN, str(error)
        finally:
            self._places -= 1
        await _close(websocket, code, reason)

    async def _serve(self, websocket: WebSocket) -> None:
        reader = PacketReader()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                raw, packets = await _first(websocket, reader)
        except TimeoutError:
            raise _End(BROKEN, "No CONNECT came within 5 s") from None
        asked = read_connect(packets[0])
        if asked.username.startswith(PREFIX):
            await self._serve_ticket(websocket, asked, reader, packets[1:])
        else:
            await self._serve_other(websocket, raw)

    async def _serve_ticket(
        self, websocket: WebSocket, asked: Connecting, reader: PacketReader, packets: list[Packet]
    ) -> None:
        ticket = self._tickets.use(asked.username, asked.password)
        if ticket is None or self._is_over(ticket):
            await websocket.send_bytes(refuse_login(asked.level))
            raise _End(VIOLATION, "This ticket is not good, or was used already: ask for another one")
        onward = onward_connect(
            asked, f"wactorz-browser-{secrets.token_hex(8)}", self._reader.username, self._reader.password
        )
        incoming, outgoing = await _open(self._reader)
        joined = Joined(websocket, outgoing, time.monotonic(), ticket, Checkpoint(asked.level, ticket.filters))
        outgoing.write(onward)
        await self._join(joined, incoming, _checked(joined, reader, packets))

    async def _serve_other(self, websocket: WebSocket, raw: bytes) -> None:
        incoming, outgoing = await _open(self._reader)
        outgoing.write(raw)
        joined = Joined(websocket, outgoing, time.monotonic())
        await self._join(joined, incoming, _unchecked(joined))

    async def _join(self, joined: Joined, incoming: asyncio.StreamReader, up: Coroutine[Any, Any, None]) -> None:
        self._joined.add(joined)
        tasks = [asyncio.ensure_future(up), asyncio.ensure_future(_down(joined, incoming))]
        try:
            done, _ = await asyncio.wait([*tasks, joined.over], return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            self._joined.discard(joined)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if joined.over.done():
                joined.over.exception()
            if joined.ticket is not None:
                joined.upstream.write(packet(DISCONNECT, 0, b""))
            joined.upstream.close()


async def _first(websocket: WebSocket, reader: PacketReader) -> tuple[bytes, list[Packet]]:
    """The bytes up to the first complete packet, and the packets in them."""
    raw = b""
    while True:
        data = await _receive(websocket)
        raw += data
        packets = reader.feed(data)
        if packets:
            return raw, packets


async def _receive(websocket: WebSocket) -> bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", _NORMAL))
    data: bytes | None = message.get("bytes")
    if data is None:
        raise _End(_NOT_TEXT, "MQTT comes in binary messages")
    return data


async def _open(broker: Broker) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await asyncio.open_connection(broker.host, broker.port, limit=_CHUNK)
    except (OSError, TimeoutError):
        raise _End(_TRY_AGAIN, "The broker does not answer: try again in a moment") from None


async def _down(joined: Joined, incoming: asyncio.StreamReader) -> None:
    """The broker's bytes, as fast as the browser takes them."""
    try:
        while data := await incoming.read(_CHUNK):
            await joined.down(data)
    except OSError as error:
        _LOG.debug("the broker ended a connection", reason=str(error))


async def _unchecked(joined: Joined) -> None:
    with contextlib.suppress(OSError):
        while True:
            joined.upstream.write(await _receive(joined.websocket))
            await joined.upstream.drain()


async def _checked(joined: Joined, reader: PacketReader, packets: list[Packet]) -> None:
    with contextlib.suppress(OSError):
        while True:
            for one in packets:
                await _pass(joined, one)
            await joined.upstream.drain()
            packets = reader.feed(await _receive(joined.websocket))


async def _pass(joined: Joined, given: Packet) -> None:
    if joined.checkpoint is None:
        return
    passing = joined.checkpoint.judge(given)
    if passing.onward:
        joined.upstream.write(passing.onward)
    if passing.back:
        await joined.say(passing.back)
    if passing.over:
        raise _End(passing.code, passing.over)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Say why, if it still can be said; a reason has room for 123 bytes."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        async with asyncio.timeout(1):
            await websocket.close(code, reason.encode()[:_REASON_BYTES].decode(errors="ignore"))
