"""The server's end of a WebSocket, which also takes frames that were made once for all who get them."""

import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "wactorz.wire"
"""Under this name the wire of a connection is among the extensions of its ASGI scope."""

LARGEST: dict[str, int] = {"/mqtt": 1_048_576 + 1_024}
"""Bytes of one message from a client, where they are not those that the server is set to."""

_TEXT, _BINARY = 0x81, 0x82
_SHORT, _MEDIUM = 126, 65_536


class Wire(WebSocketsSansIOProtocol):
    """A WebSocket that says when it takes more, and since when it does not."""

    blocked_since: float | None = None
    """Monotonic seconds since which the other end takes too little; None while it takes all."""

    on_writable: Callable[[], None] | None = None
    """Called when it takes more again."""

    on_closed: Callable[[], None] | None = None
    """Called when the connection is gone."""

    @property
    def ready(self) -> bool:
        """Whether frames can be written now."""
        is_open = self.handshake_complete and not self.close_sent and not self.disconnected
        return is_open and self.writable.is_set() and not self.transport.is_closing()

    def put(self, framed: bytes) -> None:
        """Write whole frames; nothing is written to who has gone. To be done while it is ready."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(framed)

    def handle_connect(self, event: Request) -> None:
        """Make itself known to the application."""
        path = event.path.partition("?")[0]
        self.conn.max_message_size = LARGEST.get(path, self.conn.max_message_size)
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]  # extensions hold what they like

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end is gone."""
        super().connection_lost(exc)
        if self.on_closed is not None:
            self.on_closed()

    def pause_writing(self) -> None:
        """The other end takes too little."""
        super().pause_writing()
        self.blocked_since = time.monotonic()

    def resume_writing(self) -> None:
        """The other end takes more again."""
        super().resume_writing()
        self.blocked_since = None
        if self.on_writable is not None:
            self.on_writable()


def wire_of(scope: Any) -> Wire | None:
    """The wire of a connection, where it is served by such a one."""
    found: Wire | None = scope.get("extensions", {}).get(EXTENSION)
    return found


def text_frame(text: str) -> bytes:
    """A text as a frame of a server."""
    data = text.encode()
    return _head(_TEXT, len(data)) + data


def binary_frame(data: bytes) -> bytes:
    """Bytes as a frame of a server."""
    return _head(_BINARY, len(data)) + data


def _head(first: int, size: int) -> bytes:
    if size < _SHORT:
        return bytes((first, size))
    if size < _MEDIUM:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")
