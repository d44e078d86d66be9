"""Starts and stops containers, and remembers that it was us."""

import time
from collections.abc import Awaitable, Callable

from wactorz_common import logs
from wactorz_common.contracts.lifecycle import Severity
from wactorz_monitor.container_facts import Unit
from wactorz_monitor.docker_client import GOING, DockerClient, DockerFault

Tell = Callable[[str, Severity], Awaitable[None]]

_UNDER_WAY = float("inf")


class Acts:
    """Carries decisions out; people are told once of what the engine refuses."""

    def __init__(self, docker: DockerClient, tell: Tell) -> None:
        self._docker, self._tell = docker, tell
        self._log = logs.get(__name__)
        self._complained: set[str] = set()

    async def start(self, unit: Unit) -> None:
        """Start a unit that is down and wanted."""
        if not unit.is_wanted or not unit.down:
            return
        began = time.time()
        unit.own_start = (began, _UNDER_WAY)
        try:
            await self._docker.start(unit.id)
        except DockerFault as fault:
            await self._complain(unit, fault)
        else:
            self._complained.discard(unit.name)
        finally:
            unit.own_start = (began, time.time())
            unit.changed_at = time.time()

    async def halt(self, unit: Unit, wait: int) -> bool:
        """Stop a unit within `wait` seconds; false when the engine did not."""
        began = time.time()
        unit.own_stop = (began, _UNDER_WAY)
        try:
            await self._docker.stop(unit.id, wait)
        except DockerFault as fault:
            await self._complain(unit, fault)
            return False
        finally:
            unit.own_stop = (began, time.time())
            unit.changed_at = time.time()
        unit.down, unit.paused_at, unit.sick_at = True, 0.0, 0.0
        return True

    async def _complain(self, unit: Unit, fault: DockerFault) -> None:
        """Tell people once; the comparison tries again every few seconds."""
        self._log.error("engine refuses", container=unit.name, error=str(fault))
        if fault.status not in GOING and unit.name not in self._complained:
            self._complained.add(unit.name)
            await self._tell(f"{unit.name} cannot be restarted, and is tried again: {fault}", "error")
