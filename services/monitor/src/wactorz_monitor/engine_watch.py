"""Follows the container engine: hears what happens, compares every few seconds, and comes back after its absence."""

import asyncio

from wactorz_common import logs
from wactorz_monitor.container_acts import Tell
from wactorz_monitor.container_facts import fact_of
from wactorz_monitor.containers import Containers
from wactorz_monitor.docker_client import DockerClient, DockerFault

_RECONCILE_SECONDS = 5.0
_RETRY_SECONDS = 0.5
_REPLAY_SECONDS = 0.3


class EngineWatch:
    """Brings events and lists to the containers; people are told once when the engine is away."""

    def __init__(self, docker: DockerClient, containers: Containers, tell: Tell) -> None:
        self._docker, self._containers, self._tell = docker, containers, tell
        self._log = logs.get(__name__)
        self._away = False

    async def run(self) -> None:
        """Follow the engine until cancelled."""
        try:
            while True:
                try:
                    await self._follow()
                except DockerFault as fault:
                    await self._note_absence(fault)
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            await self._containers.end()
            await self._docker.close()

    async def _follow(self) -> None:
        """Hear what was missed, start what should run in order, then go on hearing and comparing."""
        hearing = asyncio.create_task(self._hear(self._containers.since_ns))
        try:
            await asyncio.wait([hearing], timeout=_REPLAY_SECONDS)
            is_first = True
            while not hearing.done():
                await self._containers.reconcile(catch_up=is_first)
                is_first = False
                await self._note_presence()
                await asyncio.wait([hearing], timeout=_RECONCILE_SECONDS)
            await hearing
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, since_ns: int) -> None:
        async for event in self._docker.events(since_ns + 1):
            fact = fact_of(event)
            if fact is not None:
                await self._containers.on_fact(fact)

    async def _note_absence(self, fault: DockerFault) -> None:
        if not self._away:
            self._away = True
            self._log.error("engine away", error=str(fault))
            advice = "Until it answers nobody restarts containers: see `docker compose ps` and the log of its proxy"
            await self._tell(f"{fault}. {advice}", "error")

    async def _note_presence(self) -> None:
        if self._away:
            self._away = False
            await self._tell("The container engine answers again", "info")
