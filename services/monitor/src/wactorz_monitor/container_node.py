"""The containers of this project as a node: what a runner says of its processes, the monitor says of them itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from wactorz_common.bus import Bus
from wactorz_common.contracts.nodes import NODE_EVENTS, NODE_HEARTBEAT, NodeEvent, NodeHeartbeat
from wactorz_common.store import Store
from wactorz_common.supervision import RestartPolicy, parse_groups, silence_limit
from wactorz_monitor.container_acts import Tell
from wactorz_monitor.containers import Containers
from wactorz_monitor.docker_client import DockerClient
from wactorz_monitor.engine_watch import EngineWatch
from wactorz_monitor.settings import MonitorSettings

_KEY = "containers"
_RUNTIME = "docker"
_GATHER_SECONDS = 0.1

Hear = Callable[[NodeEvent], Awaitable[None]]


class ContainerNode:
    """Supervises the containers and speaks for them; `hear` is told of each event before the bus is."""

    def __init__(self, settings: MonitorSettings, bus: Bus, store: Store, hear: Hear, tell: Tell) -> None:
        self.name = settings.docker_node
        self._settings, self._bus, self._store, self._hear = settings, bus, store, hear
        self._changed = asyncio.Event()
        self._events: asyncio.Queue[NodeEvent] = asyncio.Queue()
        docker = DockerClient(settings.docker_url)
        self._containers = Containers(
            docker, self.name, self._announce, tell, self._keep,
            groups=parse_groups(settings.supervision_groups), exempt=(bus.identity.name,),
            policy=RestartPolicy(limit=settings.restart_limit, window=settings.restart_window),
        )  # fmt: skip
        self._watch = EngineWatch(docker, self._containers, tell)

    async def run(self) -> None:
        """Supervise and speak until cancelled."""
        self._containers.restore(self._store.recall(_KEY, {}))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch.run())
            group.create_task(self._pulse())
            group.create_task(self._say())

    def is_mine(self, name: str) -> bool:
        """Whether a container of that name is supervised here."""
        return name in self._containers.units

    async def restart(self, name: str, reason: str) -> bool:
        """End one that hangs and start it again, or start one that rests; false when there is none."""
        return await self._containers.restart(name, reason)

    async def release(self, name: str, reason: str) -> bool:
        """Start one that is in quarantine or was stopped; false when there is none, or it runs."""
        unit = self._containers.units.get(name)
        return unit is not None and not unit.is_wanted and await self._containers.restart(name, reason)

    def hung(self, heard: Collection[str]) -> list[tuple[str, str]]:
        """Names and reasons of containers that hang and cannot say so."""
        return self._containers.hung(silence_limit(self._settings.heartbeat_seconds), heard)

    async def _announce(self, event: NodeEvent) -> None:
        self._changed.set()
        self._events.put_nowait(event)
        await self._hear(event)

    async def _say(self) -> None:
        """Apart from the supervision, which goes on without a broker."""
        while True:
            await self._bus.publish(NODE_EVENTS, await self._events.get(), node=self.name)

    async def _keep(self, kept: dict[str, Any]) -> None:
        await self._store.persist(_KEY, kept)

    async def _pulse(self) -> None:
        """Every period, and at each change."""
        while True:
            if self._bus.connected.is_set():
                await self._bus.publish(NODE_HEARTBEAT, self._beat(), node=self.name)
            self._changed.clear()
            try:
                async with asyncio.timeout(self._settings.heartbeat_seconds):
                    await self._changed.wait()
                    await asyncio.sleep(_GATHER_SECONDS)
            except TimeoutError:
                continue

    def _beat(self) -> NodeHeartbeat:
        processes = self._containers.processes()
        running = tuple(process.name for process in processes if process.state == "running")
        return NodeHeartbeat(
            node=self.name, node_id=self._bus.identity.agent_id, timestamp=time.time(), agents=running,
            agent_count=len(running), processes=processes, runtime=_RUNTIME,
        )  # fmt: skip
