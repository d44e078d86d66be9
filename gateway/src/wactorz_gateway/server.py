"""The web server inside the agent's own event loop: its socket, its start and its end."""

import asyncio
import contextlib
import errno
import logging
import resource
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from wactorz_common.errors import ConfigError
from wactorz_gateway.guards import is_loopback
from wactorz_gateway.httpline import Crowd
from wactorz_gateway.intake import Patience, intake_of
from wactorz_gateway.live.wire import Wire
from wactorz_gateway.settings import GatewaySettings

_BACKLOG = 1_024
_WS_FRAME_BYTES = 64 * 1024
_DRAIN_SECONDS = 1
_STOP_SECONDS = 3.0
_MOST_FILES, _OTHER_FILES = 65_536, 256
"""Files and sockets that the gateway needs besides the connections of its clients."""


def check_bind(settings: GatewaySettings, *, has_owner: bool = False) -> None:
    """Refuse to be reachable from other machines without an owner to log in as, or a token."""
    if not is_loopback(settings.reachable_at) and not settings.token and not has_owner:
        raise ConfigError(
            f"WACTORZ_HTTP_BIND={settings.reachable_at} can be reached from other machines: listen on 127.0.0.1 and "
            "make an owner's account there first, or set WACTORZ_API_TOKEN as well"
        )


def open_socket(address: str, port: int) -> socket.socket:
    """Listen; ConfigError says what to do when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # With its protocol named, asyncio sends answers at once instead of waiting 40 ms for the peer's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(_why_not(error, address, port)) from error
    listener.setblocking(False)
    return listener


def _why_not(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {address} is taken by another program: stop it, or set WACTORZ_HTTP_PORT to a free port"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: set WACTORZ_HTTP_PORT to one above 1023"
    return f"Cannot listen on {address}:{port} ({error.strerror}): set WACTORZ_HTTP_BIND to an address of this machine"


def patience_of(settings: GatewaySettings) -> Patience:
    """What is asked of every connection; behind a proxy all come from its one address, and it counts them itself."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    files = limit if limit > 0 else _MOST_FILES
    per_address = None if settings.http_trusted_proxy.strip() else settings.http_connections
    return Patience(settings.http_idle_seconds, Crowd(max(files - _OTHER_FILES, files // 2), per_address))


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the agent's runner owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """One listening socket and the server behind it."""

    def __init__(self, app: FastAPI, listener: socket.socket, patience: Patience) -> None:
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        logging.getLogger("sse_starlette").setLevel(logging.WARNING)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._listener = listener
        intake: Any = intake_of(patience)  # uvicorn asks for a class, and only calls it
        self._server = _Server(
            uvicorn.Config(
                app, http=intake, ws=Wire, lifespan="off", log_config=None, access_log=False,
                proxy_headers=False, server_header=False, ws_max_size=_WS_FRAME_BYTES, ws_per_message_deflate=False,
                ws_ping_interval=20, ws_ping_timeout=20, timeout_graceful_shutdown=_DRAIN_SECONDS,
            )
        )  # fmt: skip

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._listener.getsockname()[1])

    async def serve(self) -> None:
        """Serve until `stop` is called."""
        await self._server.serve(sockets=[self._listener])

    async def stop(self, serving: "asyncio.Task[None]") -> None:
        """Let running requests end for a moment, then close."""
        self._server.should_exit = True
        await asyncio.wait({serving}, timeout=_STOP_SECONDS)
        self._listener.close()
