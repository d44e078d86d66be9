"""The fork server: imports the common modules once and forks every service from there.

It starts no thread, loop, connection or database before a fork, holds no secret, and remembers nothing: its death
touches nobody. A child is forked twice, so that it becomes a child of the runner, the subreaper, which learns its exit.
"""

import argparse
import gc
import importlib
import json
import os
import random
import resource
import signal
import socket
import struct
import sys
import threading
from dataclasses import dataclass

from wactorz_common.settings import AgentSettings, load
from wactorz_edge import procfs

REQUEST_SECONDS = 5.0
GO = b"g"
"""The runner's word that it has noted the child; without it the child ends at once."""

_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True)
class ForkRequest:
    """What the runner asks for: module to run, name to show, whole environment, log file."""

    module: str
    name: str
    env: dict[str, str]
    log: str

    def encode(self) -> bytes:
        """One line of JSON."""
        return json.dumps(self.__dict__).encode() + b"\n"


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """Process and user id at the other end of a Unix socket."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(raw)
    return pid, uid


def main() -> int:
    """Preload, then fork on request until killed; in a child: run the service."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", required=True, help="name in the abstract socket namespace")
    parser.add_argument("--preload", default="", help="modules to import, separated by commas")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind("\0" + options.socket)
    gc.disable()
    _preload([name for name in options.preload.split(",") if name])
    load(AgentSettings)  # what the first use makes is shared as well: 0.8 MB per service
    gc.collect()
    gc.freeze()
    listener.listen(64)
    child = _serve(listener)
    return _run_service(*child)


def _preload(modules: list[str]) -> None:
    before = threading.active_count()
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken service must not keep the others from starting
            sys.stderr.write(f"cannot preload {name}: {error!r}\n")
    if threading.active_count() > before:
        sys.stderr.write("a preloaded module started a thread: forking is not safe\n")
        sys.exit(1)


def _serve(listener: socket.socket) -> tuple[ForkRequest, socket.socket]:
    """Fork on request; returns only in a child."""
    while True:
        connection, _ = listener.accept()
        with connection:
            request = _receive(connection)
            if request is None:
                continue
            middle = os.fork()
            if middle == 0:
                if os.fork() != 0:
                    os._exit(0)
                listener.close()
                return request, connection.dup()
            os.waitpid(middle, 0)


def _receive(connection: socket.socket) -> ForkRequest | None:
    """Read one request of our own user; anything else is dropped."""
    if peer_of(connection)[1] != os.getuid():
        return None
    connection.settimeout(REQUEST_SECONDS)
    data = b""
    try:
        while not data.endswith(b"\n"):
            part = connection.recv(65_536)
            if not part:
                return None
            data += part
        return ForkRequest(**json.loads(data))
    except (OSError, ValueError, TypeError) as error:
        sys.stderr.write(f"request not understood: {error}\n")
        return None


def _run_service(request: ForkRequest, connection: socket.socket) -> int:
    """Become the service, once the runner has noted this process."""
    os.setsid()
    connection.settimeout(REQUEST_SECONDS)
    try:
        connection.sendall(str(os.getpid()).encode() + b"\n")
        if connection.recv(1) != GO:
            os._exit(0)
    except OSError:
        os._exit(0)
    connection.close()
    _redirect(request.log)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, min(limit, 65_536))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)
    random.seed()
    gc.enable()
    os.environ.clear()
    os.environ.update(request.env)
    procfs.rename(f"wactorz: {request.name}")
    sys.argv = [f"wactorz-{request.name}"]
    module = importlib.import_module(request.module)
    sys.modules["__main__"] = module
    module.main()
    return 0


def _redirect(log: str) -> None:
    quiet = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(quiet, 0)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # always a real file here


if __name__ == "__main__":
    sys.exit(main())
