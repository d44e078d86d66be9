"""A process on this machine that hosts spawned agents: kept running by the supervisor, spoken to over a Unix socket."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wactorz_common import logs
from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.errors import ConfigError, TransportError
from wactorz_edge.host_stream import HostHangs, HostStream, UnixPipe
from wactorz_edge.progress import hint
from wactorz_edge.stack import Unit
from wactorz_edge.supervisor import Supervisor

HOST_MODULE = "wactorz_dynamic_agent"

_LONGEST_SOCKET = 100
_KNOCK_SECONDS = 0.02
_SLOWER_SECONDS = 0.5
_PATIENT_KNOCKS = 500
_START_SECONDS = 300.0
"""The first start on a machine compiles the sandbox."""
_LOOK_SECONDS = 0.2


class HostProcess:
    """One such process: started when it is first needed, its stream opened again whenever it breaks.

    `arrived` is called each time a stream is open, in a task of its own: whatever is to be hosted must be told again.
    """

    def __init__(
        self, supervisor: Supervisor, unit: Unit, address: str, unasked: Callable[[HostAnswer], None],
        arrived: Callable[[], None],
    ) -> None:  # fmt: skip
        self._supervisor = supervisor
        self._unit = unit
        self._address = address
        self._unasked = unasked
        self._arrived = arrived
        self._stream: HostStream | None = None
        self._open = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None
        self._log = logs.get(__name__)
        self._log_file = supervisor.log_file(unit.name)

    @property
    def pid(self) -> int:
        """Its process id; 0 when it does not run."""
        process = self._supervisor.processes.get(self._unit.name)
        return process.record.pid if process else 0

    @property
    def is_wanted(self) -> bool:
        """Whether it runs, or is about to."""
        return self._talking is not None

    def want(self) -> None:
        """Have it run from now on."""
        if self._talking is None:
            self._supervisor.add(self._unit)
            self._talking = asyncio.create_task(self._talk())

    async def order(self, order: HostOrder, timeout: float) -> HostAnswer:
        """Give an order as soon as the process takes any; a host that does not answer is killed and comes back."""
        self.want()
        stream = await self._reach()
        try:
            return await stream.order(order, timeout)
        except HostHangs:
            self.kill("it does not answer its runner")
            raise

    def kill(self, reason: str) -> None:
        """End it at once; the supervisor starts it again."""
        self._supervisor.restart(self._unit.name, reason)

    async def _reach(self) -> HostStream:
        """The open stream; TransportError when there will be none soon."""
        until = time.monotonic() + _START_SECONDS
        while self._stream is None or not self._stream.ready.is_set():
            process = self._supervisor.processes.get(self._unit.name)
            if process is not None and process.record.quarantined:
                raise TransportError(f"The process {self._unit.name} keeps dying: {hint(self._log_file, 1)}")
            if time.monotonic() > until:
                raise TransportError(f"The process {self._unit.name} does not start: {hint(self._log_file, 1)}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await (self._stream.ready if self._stream else self._open).wait()
        return self._stream

    async def leave(self) -> None:
        """Let go of the stream, and of nothing else."""
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
            self._talking = None
        self._open.clear()

    async def end(self) -> None:
        """Stop it and forget it, until it is wanted again."""
        await self.leave()
        await self._supervisor.remove(self._unit.name)
        if self.is_wanted:
            self._supervisor.add(self._unit)

    async def _talk(self) -> None:
        knocks = 0
        while True:
            try:
                pipe = await UnixPipe.open(self._address)
            except OSError:
                knocks += 1
                await asyncio.sleep(_KNOCK_SECONDS if knocks < _PATIENT_KNOCKS else _SLOWER_SECONDS)
                continue
            knocks = 0
            stream = self._stream = HostStream(pipe, self._unasked)
            self._supervisor.mark_ready(self._unit.name, self.pid)
            self._open.set()
            self._arrived()
            try:
                await stream.run()
            finally:
                self._open.clear()
                self._stream = None
            self._log.info("stream to a host closed", process=self._unit.name)
            await asyncio.sleep(_KNOCK_SECONDS)


def socket_path(folder: Path, name: str) -> str:
    """Where a socket lies: in the folder, or, where that path is too long for the kernel, in a short private one."""
    path = str(folder / f"{name}.sock")
    if len(path.encode()) <= _LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"wactorz-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or short.is_symlink():
        raise ConfigError(f"{short} belongs to somebody else: remove it, or set WACTORZ_STATE_DIR to a shorter path")
    return str(short / f"{hashlib.sha256(name.encode()).hexdigest()[:12]}.sock")
