"""The server's end of an HTTP connection: uvicorn's, with bounds on what a client sends and how long it takes."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from wactorz_gateway.guards import MAX_BODY, body_limit
from wactorz_gateway.httpline import (
    HEAD_TOO_LARGE,
    MAX_HEAD,
    MAX_HEADERS,
    MAX_PIPELINE,
    TOO_MANY_OPEN,
    TOO_MANY_WAIT,
    TOO_SLOW,
    UNREADABLE,
    Crowd,
    Fault,
    Line,
    Phase,
    head_fault,
)
from wactorz_gateway.live.wire import Wire
from wactorz_gateway.problems import MEDIA_TYPE, problem

EXTENSION: Final = "wactorz.intake"
"""Under this name the intake of a connection is among the extensions of its ASGI scope."""

_STUCK_TIMES: Final = 3
"""Who takes nothing of an answer for so many times the idle time is cut off."""


@dataclass(frozen=True)
class Patience:
    """What is asked of every connection."""

    idle: float
    """Seconds without a byte of what is due."""
    crowd: Crowd


class _Broken(Exception):
    """Raised out of the parser's callbacks."""


class Intake(HttpToolsProtocol):
    """One HTTP connection whose client has bounds; a single timer looks after it, whatever number of requests come."""

    late = False
    """Whether the body that is arriving took too long."""

    def __init__(self, patience: Patience, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._patience = patience
        self._line = Line(patience.idle, self.loop.time())
        self._fault: Fault | None = None
        self._upgrades = self._entered = self._deaf = False
        self._unsent, self._taken_at = 0, self._line.since
        self._timer: asyncio.TimerHandle | None = None
        self._address = ""

    # -- the connection -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin, unless too many are open."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._entered = self._patience.crowd.enter(self._address)
        self._look_at(self._line.ends_at)
        if not self._entered:
            self._farewell(TOO_MANY_OPEN)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no more."""
        self._release()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; it goes on to count as one."""
        entered, self._entered = self._entered, False
        self._release()
        super().handle_websocket_upgrade()
        wire = self.transport.get_protocol()
        if not isinstance(wire, Wire):
            return
        if entered:
            wire.on_closed = lambda: self._patience.crowd.leave(self._address)
        if not wire.handshake_initiated and not self.transport.is_closing():
            self.transport.write(_answer(UNREADABLE))  # the library gives it up without a word
            self.transport.close()

    def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._entered:
            self._entered = False
            self._patience.crowd.leave(self._address)

    def resume_writing(self) -> None:
        """The other end takes more again."""
        super().resume_writing()
        self._taken_at = self.loop.time()

    # -- what comes -----------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what came, as far as it is within bounds."""
        if self._deaf:
            return
        self._line.feed(len(data), self.loop.time())
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
        except httptools.HttpParserError:
            self._refuse(self._fault or UNREADABLE)
        else:
            fault = self._line.fault
            if fault is not None:
                self._refuse(fault)

    def _upgrade(self) -> None:
        if self._upgrades:
            self.handle_websocket_upgrade()
        elif self.cycle is not None:  # the parser reads nothing after this, so it was the last request
            self.cycle.keep_alive = False
            self._deaf = True

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self}  # type: ignore[dict-item]  # extensions hold what they like
        self._line.enter(Phase.HEAD, self._line.heard)

    def on_headers_complete(self) -> None:
        """Serve the request, if its headers can be understood in one way only."""
        self._upgrades = self.parser.should_upgrade() and self._should_upgrade()
        fault = head_fault(self.parser.get_http_version(), self.headers) or self._head_fault()
        if fault is not None:
            self._break(fault)
        super().on_headers_complete()
        if not self._upgrades:
            self.late = False
            self.headers = []  # what stands after the body was not there when it was decided, and is no header
            self._line.enter(Phase.BODY, self._line.heard)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._line.deliver(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is here."""
        super().on_message_complete()
        if not self._upgrades:
            self._line.enter(Phase.WAITING if self.cycle.response_complete else Phase.SERVED, self._line.heard)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of this one, not for long: uvicorn would arm a timer each time."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self.late = False
        if self._line.phase is Phase.BODY:
            self._line.enter(Phase.LEAVING, self.loop.time())
            self._look_at(self._line.ends_at)
        elif self._line.phase is Phase.SERVED:
            self._line.enter(Phase.WAITING, self.loop.time())

    def _head_fault(self) -> Fault | None:
        if len(self.headers) > MAX_HEADERS:
            return HEAD_TOO_LARGE
        if self._line.fault and sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > MAX_HEAD:
            return HEAD_TOO_LARGE
        if len(self.pipeline) >= MAX_PIPELINE:
            return TOO_MANY_WAIT
        if not self.parser.should_upgrade():
            return None
        # The parser reads nothing after this: neither a body, nor another request.
        has_body = any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers)
        return UNREADABLE if has_body or self._is_answering else None

    def _break(self, fault: Fault) -> None:
        self._fault = fault
        raise _Broken

    # -- what does not come ---------------------------------------------------------------------------------------

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _look_at(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(min(moment, self.loop.time() + self._patience.idle), self._look)

    def _look(self) -> None:
        """End what takes too long, or look again when it would."""
        self._timer = None
        now = self.loop.time()
        if self._is_stuck(now):
            self.transport.abort()
            return
        if self.flow.read_paused:  # it is not the client who is slow
            self._line.feed(0, now)
        if self._line.phase is Phase.BODY:
            self._line.small = body_limit(self.scope["method"], self.scope["path"]) <= MAX_BODY
        is_over = now >= self._line.ends_at and not self.late
        if is_over and not self.transport.is_closing():
            self._end_waiting()
        if self._timer is None:
            self._look_at(math.inf if is_over or self.late else self._line.ends_at)

    def _is_stuck(self, now: float) -> bool:
        """Whether the other end has taken nothing of what it is sent for long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent < self._unsent:
            self._taken_at = now
        self._unsent = unsent
        return now - self._taken_at > _STUCK_TIMES * self._patience.idle

    def _end_waiting(self) -> None:
        phase = self._line.phase
        if phase is Phase.BODY and not self.cycle.response_started:
            self.late = True  # whoever reads the body answers
            self.cycle.message_event.set()
        elif phase is Phase.HEAD and not self._is_answering:
            self._farewell(TOO_SLOW)
        else:
            self.transport.close()

    # -- the end --------------------------------------------------------------------------------------------------

    def _refuse(self, fault: Fault) -> None:
        """Answer what cannot be parsed, unless another answer is on the line."""
        cycle, in_body = self.cycle, self._line.phase is Phase.BODY
        if (
            self._line.phase is Phase.LEAVING
            or self.pipeline
            or (self._is_answering and (cycle.response_started or not in_body))
        ):
            self.transport.close()
            return
        if in_body:
            cycle.disconnected = True
            cycle.message_event.set()
        self._farewell(fault)

    def _farewell(self, fault: Fault) -> None:
        """Say why, and close when the client has heard it."""
        self.transport.write(_answer(fault))
        self._deaf = True
        self._line.enter(Phase.LEAVING, self.loop.time())
        self.transport.write_eof()
        self._look_at(self._line.ends_at)


def _answer(fault: Fault) -> bytes:
    body = problem(fault.status, fault.detail).model_dump_json().encode()
    return (
        STATUS_LINE[fault.status]
        + f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n".encode()
        + b"cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        + body
    )


def intake_of(patience: Patience) -> Callable[..., Intake]:
    """What makes the server's end of each connection."""

    def make(**of_uvicorn: Any) -> Intake:
        return Intake(patience, **of_uvicorn)

    return make


def is_late(scope: Any) -> bool:
    """Whether the body of a request that is still arriving took too long."""
    found: Intake | None = scope.get("extensions", {}).get(EXTENSION)
    return found is not None and found.late
