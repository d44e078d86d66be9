"""Starts processes: by exec, or by asking the fork server. The caller notes the process before it does anything."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from wactorz_common.errors import TransportError
from wactorz_edge.forkserver import GO, REQUEST_SECONDS, ForkRequest, peer_of

_ROTATE_BYTES = 10 * 1024 * 1024
_KEPT_LOGS = 3


class ForkServerHangs(TransportError):
    """The fork server lives but does not answer."""


def rotate(log: Path) -> None:
    """Move a log that has grown large aside; the last three are kept."""
    if not log.exists() or log.stat().st_size < _ROTATE_BYTES:
        return
    for number in range(_KEPT_LOGS - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def execute(command: list[str], env: dict[str, str], log: Path) -> int:
    """Start a program in a session of its own with its output in `log`; its process id."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        command[0],
        command,
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=[],
        setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE],
    )


async def fork(address: str, server_pid: int, request: ForkRequest, note: Callable[[int], None]) -> int:
    """Have the fork server start a service; its process id.

    `note` is called with the process id before the service begins. TransportError when the server is not there.
    """
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await loop.sock_connect(connection, "\0" + address)
                if peer_of(connection)[0] != server_pid:
                    raise TransportError("somebody else listens in place of the fork server")
                await loop.sock_sendall(connection, request.encode())
                answer = await loop.sock_recv(connection, 64)
        except TimeoutError as error:
            raise ForkServerHangs("the fork server does not answer") from error
        except OSError as error:
            raise TransportError(f"the fork server cannot be reached: {error}") from error
        if not answer.strip().isdigit():
            raise TransportError("the fork server ended while it was asked")
        pid = int(answer)
        note(pid)
        connection.setblocking(True)
        with contextlib.suppress(OSError):  # its death is seen by whoever noted it
            connection.sendall(GO)
        return pid
