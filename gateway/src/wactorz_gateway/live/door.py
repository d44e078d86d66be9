"""MQTT over WebSocket: browsers with a ticket read here, other logins are handed on to the broker as they are."""

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
from wactorz_gateway.live.checkpoint import BROKEN, NORMAL, VIOLATION, Checkpoint
from wactorz_gateway.live.messages import (
    BAD_LOGIN,
    NOT_AUTHORIZED,
    TOO_LARGE,
    UNAVAILABLE,
    Connecting,
    connack,
    goodbye,
    read_connect,
)
from wactorz_gateway.live.pacing import Pace
from wactorz_gateway.live.packets import CONNECT, Malformed, Packet, PacketReader
from wactorz_gateway.live.reader import Reader, Readers
from wactorz_gateway.live.tickets import CONNECTION_SECONDS, PREFIX, Ticket, Tickets
from wactorz_gateway.live.upstream import Upstream
from wactorz_gateway.live.wire import Wire, binary_frame, wire_of

MAX_READERS, MAX_OTHERS = 300, 100
"""Connections at once, with a ticket and with other logins."""

CONNECT_SECONDS = 5.0
"""Until its first packet must be here."""

STALL_SECONDS = 10.0
"""A browser that takes nothing for so long is dropped."""

MOST_KEEP_ALIVE = 90.0
"""Seconds after which a browser that says nothing is dropped, if it promised nothing else."""

_SMALLEST = 1_048_576
_TRY_AGAIN, _NOT_TEXT, _GOING_AWAY = 1013, 1003, 1001
_REASON_BYTES = 120
_MISSED = "Messages were missed: connect again, and fetch what you show"


class _End(Exception):
    """The connection is over."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(eq=False)
class Visit:
    """One connection; moments are monotonic seconds."""

    websocket: WebSocket
    wire: Wire
    since: float
    ticket: Ticket | None = None
    reader: Reader | None = None
    level: int = 0
    over: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def missed(self) -> None:
        """Messages were missed that nobody can repeat."""
        self.end(_TRY_AGAIN, _MISSED, UNAVAILABLE)

    def end(self, code: int, reason: str, word: int = NOT_AUTHORIZED) -> None:
        """Have it ended, with a last word of MQTT."""
        if self.over.done():
            return
        last = goodbye(self.level, word)
        if self.reader is not None and last and self.wire.ready:
            self.wire.put(binary_frame(last))
        self.over.set_exception(_End(code, reason))


class MqttDoor:
    """Everybody who speaks MQTT over WebSocket; other logins than tickets come in at `broker`."""

    def __init__(self, tickets: Tickets, broker: Broker, readers: Readers) -> None:
        self._tickets, self._broker, self._readers = tickets, broker, readers
        self._visits: set[Visit] = set()
        self._heard = True

    def __len__(self) -> int:
        return len(self._visits)

    def watched(self, topic: str) -> bool:
        """Whether a browser with a ticket has subscribed to a topic."""
        readers = (one.reader for one in self._visits if one.reader is not None)
        return any(allows(tuple(reader.checkpoint.subscribed), topic) for reader in readers)

    def tick(self, *, heard: bool = True) -> None:
        """End what has stalled or has lasted too long, and readers when the broker is not heard any more."""
        now, self._heard = time.monotonic(), heard
        for one in self._visits:
            if one.wire.blocked_since is not None and now - one.wire.blocked_since > STALL_SECONDS:
                one.end(VIOLATION, "Too slow: nothing was taken for 10 s")
            elif one.ticket is not None and now - one.since > CONNECTION_SECONDS:
                one.end(VIOLATION, "The ticket is over: ask for another one")
            elif one.ticket is not None and not heard:
                one.end(_TRY_AGAIN, "The broker does not answer: try again in a moment", UNAVAILABLE)

    def end(self, session: str) -> None:
        """Whoever got tickets in this session is not let in any more."""
        self._tickets.revoke(session)
        for one in self._visits:
            if one.ticket is not None and one.ticket.session == session:
                one.end(VIOLATION, "Whom the ticket was given to is not let in any more")

    def close(self) -> None:
        """Disconnect everybody."""
        for one in self._visits:
            one.end(_GOING_AWAY, "The gateway ends", UNAVAILABLE)

    async def serve(self, websocket: WebSocket, *, trusted: bool) -> None:
        """Serve one connection until it ends; a broker without logins is only for who is `trusted`."""
        await websocket.accept("mqtt")
        code, reason = NORMAL, ""
        try:
            await self._serve(websocket, trusted=trusted)
        except _End as end:
            code, reason = end.code, end.reason
        except WebSocketDisconnect:
            return
        except Malformed as error:
            code, reason = BROKEN, str(error)
        await _close(websocket, code, reason)

    async def _serve(self, websocket: WebSocket, *, trusted: bool) -> None:
        wire = wire_of(websocket.scope)
        if wire is None:
            raise _End(_TRY_AGAIN, "This server cannot hand on MQTT")
        packets = PacketReader()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                raw, given = await _first(websocket, packets)
        except TimeoutError:
            raise _End(BROKEN, "No CONNECT came within 5 s") from None
        asked = read_connect(given[0])
        visit = Visit(websocket, wire, time.monotonic(), level=asked.level)
        if not asked.username.startswith(PREFIX):
            if not trusted and not self._broker.username:
                wire.put(binary_frame(connack(asked, NOT_AUTHORIZED)))
                raise _End(VIOLATION, "The broker asks nobody who they are: come as an admin, or with a ticket")
            await self._hand_on(visit, raw)
            return
        visit.ticket = self._checked(visit, asked)
        point = Checkpoint(asked.level, visit.ticket.filters)
        visit.reader = self._readers.make(wire, point, asked.level, visit.missed)
        wire.put(binary_frame(connack(asked, assigned=f"browser-{secrets.token_hex(8)}")))
        await self._until_over(visit, _read(visit, visit.reader, packets, given[1:], asked.keep_alive))

    def _checked(self, visit: Visit, asked: Connecting) -> Ticket:
        """The ticket of a connection that is let in; _End says why it is not."""
        ticket = self._tickets.use(asked.username, asked.password)
        reason, why = 0, ""
        if ticket is None:
            reason, why = BAD_LOGIN, "This ticket is not good, or was used already: ask for another one"
        elif asked.special:
            reason, why = NOT_AUTHORIZED, "A ticket is for reading: no will, and no other way to log in"
        elif 0 < asked.largest < _SMALLEST:
            reason, why = TOO_LARGE, "Messages may have up to 1 MiB: take them all"
        elif not self._heard:
            reason, why = UNAVAILABLE, "The broker does not answer: try again in a moment"
        elif sum(one.ticket is not None for one in self._visits) >= MAX_READERS:
            reason, why = UNAVAILABLE, "Too many browsers are connected: close one and try again"
        if reason or ticket is None:
            visit.wire.put(binary_frame(connack(asked, reason)))
            raise _End(_TRY_AGAIN if reason == UNAVAILABLE else VIOLATION, why)
        return ticket

    async def _hand_on(self, visit: Visit, raw: bytes) -> None:
        if sum(one.ticket is None for one in self._visits) >= MAX_OTHERS:
            raise _End(_TRY_AGAIN, "Too many programs are connected: try again in a moment")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, upstream = await loop.create_connection(
                    lambda: Upstream(visit.wire), self._broker.host, self._broker.port
                )
        except (OSError, TimeoutError):
            raise _End(_TRY_AGAIN, "The broker does not answer: try again in a moment") from None
        try:
            await upstream.pass_on(raw)
            await self._until_over(visit, _pass_on(visit, upstream), upstream.ended)
        finally:
            upstream.close()

    async def _until_over(
        self, visit: Visit, work: Coroutine[Any, Any, None], ended: "asyncio.Future[None] | None" = None
    ) -> None:
        self._visits.add(visit)
        working = asyncio.ensure_future(work)
        try:
            over = [working, visit.over, *([ended] if ended else [])]
            done, _ = await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            self._visits.discard(visit)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            if visit.over.done():
                visit.over.exception()
            if visit.reader is not None:
                visit.reader.close()


async def _first(websocket: WebSocket, reader: PacketReader) -> tuple[bytes, list[Packet]]:
    """The bytes up to the first complete packet, and the packets in them."""
    raw = b""
    while True:
        data = await _receive(websocket)
        raw += data
        if raw and raw[0] != CONNECT << 4:
            raise Malformed("The first packet is no CONNECT")
        packets = reader.feed(data)
        if packets:
            return raw, packets


async def _receive(websocket: WebSocket) -> bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", NORMAL))
    data: bytes | None = message.get("bytes")
    if data is None:
        raise _End(_NOT_TEXT, "MQTT comes in binary messages")
    return data


async def _pass_on(visit: Visit, upstream: Upstream) -> None:
    while True:
        await upstream.pass_on(await _receive(visit.websocket))


async def _read(visit: Visit, reader: Reader, packets: PacketReader, given: list[Packet], keep_alive: int) -> None:
    patience, pace = keep_alive * 1.5 or MOST_KEEP_ALIVE, Pace()
    while True:
        for one in given:
            await pace.keep()
            await visit.wire.writable.wait()
            verdict = reader.take(one)
            if verdict.over:
                raise _End(verdict.code, verdict.over)
        try:
            async with asyncio.timeout(patience):
                given = packets.feed(await _receive(visit.websocket))
        except TimeoutError:
            raise _End(VIOLATION, "Nothing was heard for longer than the keep-alive time") from None


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Say why, if it still can be said; a reason has room for 123 bytes."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        async with asyncio.timeout(1):
            await websocket.close(code, reason.encode()[:_REASON_BYTES].decode(errors="ignore"))
