"""Finds processes that live but do not answer, among those that send no heartbeat: broker and demo home."""

import asyncio

from wactorz_edge import readiness
from wactorz_edge.process import Process
from wactorz_edge.stack import BROKER, DEMO_HOME
from wactorz_edge.supervisor import Supervisor

_PERIOD_SECONDS = 5.0
_FAILURES = 2


class Watchdog:
    """Probes every 5 s; two failures in a row are a hang."""

    def __init__(self, supervisor: Supervisor, period: float = _PERIOD_SECONDS) -> None:
        self._supervisor = supervisor
        self._period = period
        self._failures: dict[int, int] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(self._period)
            for name in (BROKER, DEMO_HOME):
                process = self._supervisor.processes.get(name)
                if process is not None and process.ready.is_set():
                    await self.look_at(process)

    async def look_at(self, process: Process) -> None:
        """Probe once, and have the process restarted when it has failed too often."""
        pid = process.record.pid
        if await readiness.serves(process.unit.ready):
            self._failures.pop(pid, None)
            return
        count = self._failures.pop(pid, 0) + 1
        if count < _FAILURES:
            self._failures[pid] = count
        elif process.record.pid == pid and process.ready.is_set():
            self._supervisor.restart(process.name, "it does not answer")
