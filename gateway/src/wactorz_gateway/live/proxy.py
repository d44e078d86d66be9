"""MQTT over WebSocket: browsers with a ticket only read, other logins go to the broker as they are."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from wactorz_common.connection import Broker
from wactorz_common.rights import allows
from wactorz_gateway.live.checkpoint import BROKEN, VIOLATION, Checkpoint
from wactorz_gateway.live.joining import Connecting, onward_connect, read_connect, refuse_login
from wactorz_gateway.live.packets import DISCONNECT, Malformed, Packet, PacketReader, packet
from wactorz_gateway.live.tickets import CONNECTION_SECONDS, PREFIX, Ticket, Tickets
from wactorz_gateway.live.upstream import Upstream
from wactorz_gateway.live.wire import Wire, wire_of

MAX_CONNECTIONS = 300
"""Connections at once; the broker's listener for them takes a few more."""

CONNECT_SECONDS = 5.0
"""Until its first packet must be here."""

STALL_SECONDS = 10.0
"""A browser that takes nothing for so long is dropped."""

_TRY_AGAIN, _NOT_TEXT, _GOING_AWAY, _NORMAL = 1013, 1003, 1001, 1000
_REASON_BYTES = 120


class _End(Exception):
    """The connection is over."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(eq=False)
class Joined:
    """One browser that is joined to the broker; moments are monotonic seconds."""

    websocket: WebSocket
    wire: Wire
    upstream: Upstream
    since: float
    ticket: Ticket | None = None
    checkpoint: Checkpoint | None = None
    over: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def end(self, code: int, reason: str) -> None:
        """Have it ended."""
        if not self.over.done():
            self.over.set_exception(_End(code, reason))


class MqttDoor:
    """Joins browsers and programs to the broker; those with a ticket come in there as `reader`."""

    def __init__(self, tickets: Tickets, reader: Broker) -> None:
        self._tickets, self._reader = tickets, reader
        self._places = 0
        self._joined: set[Joined] = set()

    def __len__(self) -> int:
        return self._places

    def watched(self, topic: str) -> bool:
        """Whether a browser with a ticket has subscribed to a topic."""
        points = (one.checkpoint for one in self._joined if one.checkpoint is not None)
        return any(allows(tuple(point.subscribed), topic) for point in points)

    def tick(self) -> None:
        """End what has stalled, and what has lasted too long."""
        now = time.monotonic()
        for one in self._joined:
            if one.wire.blocked_since is not None and now - one.wire.blocked_since > STALL_SECONDS:
                one.end(VIOLATION, "Too slow: nothing was taken for 10 s")
            elif one.ticket is not None and now - one.since > CONNECTION_SECONDS:
                one.end(VIOLATION, "The ticket is over: ask for another one")

    def end(self, session: str) -> None:
        """Whoever got tickets in this session is not let in any more."""
        self._tickets.revoke(session)
        for one in self._joined:
            if one.ticket is not None and one.ticket.session == session:
                one.end(VIOLATION, "Whom the ticket was given to is not let in any more")

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
        if ticket is None:
            await websocket.send_bytes(refuse_login(asked.level))
            raise _End(VIOLATION, "This ticket is not good, or was used already: ask for another one")
        client_id = f"wactorz-browser-{secrets.token_hex(8)}"
        onward = onward_connect(asked, client_id, self._reader.username, self._reader.password)
        joined = await self._open(websocket, ticket, Checkpoint(asked.level, ticket.filters))
        await joined.upstream.pass_on(onward)
        await self._join(joined, _checked(joined, reader, packets))

    async def _serve_other(self, websocket: WebSocket, raw: bytes) -> None:
        joined = await self._open(websocket)
        await joined.upstream.pass_on(raw)
        await self._join(joined, _unchecked(joined))

    async def _open(
        self, websocket: WebSocket, ticket: Ticket | None = None, checkpoint: Checkpoint | None = None
    ) -> Joined:
        wire = wire_of(websocket.scope)
        if wire is None:
            raise _End(_TRY_AGAIN, "This server cannot hand on MQTT")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, upstream = await loop.create_connection(
                    lambda: Upstream(wire, cuts=checkpoint is not None), self._reader.host, self._reader.port
                )
        except (OSError, TimeoutError):
            raise _End(_TRY_AGAIN, "The broker does not answer: try again in a moment") from None
        return Joined(websocket, wire, upstream, time.monotonic(), ticket, checkpoint)

    async def _join(self, joined: Joined, up: Coroutine[Any, Any, None]) -> None:
        self._joined.add(joined)
        reading = asyncio.ensure_future(up)
        try:
            over = (reading, joined.over, joined.upstream.ended)
            done, _ = await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            self._joined.discard(joined)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            if joined.over.done():
                joined.over.exception()
            joined.upstream.close(packet(DISCONNECT, 0, b"") if joined.ticket else b"")


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


async def _unchecked(joined: Joined) -> None:
    while True:
        await joined.upstream.pass_on(await _receive(joined.websocket))


async def _checked(joined: Joined, reader: PacketReader, packets: list[Packet]) -> None:
    while True:
        for one in packets:
            await _pass(joined, one)
        packets = reader.feed(await _receive(joined.websocket))


async def _pass(joined: Joined, given: Packet) -> None:
    if joined.checkpoint is None:
        return
    passing = joined.checkpoint.judge(given)
    if passing.back:
        joined.upstream.say(passing.back)
    if passing.onward:
        await joined.upstream.pass_on(passing.onward)
    if passing.over:
        raise _End(passing.code, passing.over)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Say why, if it still can be said; a reason has room for 123 bytes."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        async with asyncio.timeout(1):
            await websocket.close(code, reason.encode()[:_REASON_BYTES].decode(errors="ignore"))
