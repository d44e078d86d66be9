"""The runner on the bus: its pulse, what happens to its processes, and the requests it obeys."""

import asyncio
import contextlib
import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wactorz_common import healthcheck, logs
from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.lifecycle import HEARTBEAT, AgentState, Heartbeat
from wactorz_common.contracts.nodes import (
    NODE_AGENTS,
    NODE_EVENTS,
    NODE_HEARTBEAT,
    NODE_LIST,
    NODE_RESTART_AGENT,
    NODE_STOP,
    AgentNameRequest,
    ListRequest,
    NodeAgents,
    NodeEvent,
    NodeHeartbeat,
    ProcessInfo,
)
from wactorz_common.errors import ContractError
from wactorz_common.supervision import is_deaf, is_outage, silence_limit
from wactorz_common.telemetry import Profile, Telemetry
from wactorz_edge import procfs
from wactorz_edge.guest_link import GuestLink
from wactorz_edge.process import Process
from wactorz_edge.supervisor import Supervisor

_SERVING = (AgentState.RUNNING, AgentState.PAUSED, AgentState.STOPPED)
_HEALTHY_BEATS = 2.5
_VERSION = version("wactorz-edge")
_WATCHDOG = "monitor"
"""The one that decides on hangs is itself watched from here."""


class NodeLink:
    """Speaks for one node; the supervisor goes on without it while the broker is away."""

    def __init__(
        self, supervisor: Supervisor, identity: Identity, broker: Broker, heartbeat_seconds: float,
        *, health_file: Path | None = None,
    ) -> None:  # fmt: skip
        will = NodeHeartbeat(
            node=identity.name, node_id=identity.agent_id, timestamp=time.time(), status="offline"
        )  # fmt: skip
        self._supervisor = supervisor
        self._identity = identity
        self._broker = broker
        self._period = heartbeat_seconds
        self._health_file = health_file
        self._log = logs.get(__name__)
        self.bus = self._bus = Bus(identity, broker, (NODE_HEARTBEAT, will, {"node": identity.name}))
        self._bus.on_bad_message = self._on_bad_message
        self._telemetry = Telemetry(Profile(identity.name, identity.agent_id, identity.incarnation), self._bus)
        self._reports: set[asyncio.Task[None]] = set()
        self._seen: dict[str, tuple[str, float]] = {}
        self._changed = asyncio.Event()
        self._events: asyncio.Queue[NodeEvent] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._began = time.time()
        self._hosting: GuestLink | None = None

    def host_guests(self, hosting: GuestLink) -> None:
        """Speak for the spawned agents too; before `start`."""
        self._hosting = hosting
        hosting.guests.announce = self._announce

    def start(self) -> None:
        """Connect in the background and begin to speak."""
        here = {"node": self._identity.name}
        self._bus.subscribe(HEARTBEAT, self._on_heartbeat)
        self._bus.subscribe(NODE_RESTART_AGENT, self._on_restart, **here)
        self._bus.subscribe(NODE_STOP, self._on_stop, **here)
        self._bus.subscribe(NODE_LIST, self._on_list, **here)
        if self._hosting:
            self._hosting.start()
        self._bus.on_connected.append(self._begin_anew)
        self._supervisor.announce = self._announce
        self._bus.start()
        work = (self._pulse(), self._tell(), self._watch_the_watchdog())
        self._tasks = [asyncio.create_task(item) for item in work]

    async def stop(self) -> None:
        """Say that this node goes offline, and leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._publish_pulse("offline")
        await self._bus.stop()

    def _begin_anew(self) -> None:
        """While there was no broker, silence meant nothing."""
        now = time.monotonic()
        self._seen = {actor: (name, now) for actor, (name, _) in self._seen.items()}
        self._changed.set()

    # -- speaking -----------------------------------------------------------------------------------------------

    def _announce(self, event: NodeEvent) -> None:
        self._events.put_nowait(event)
        self._changed.set()

    async def _tell(self) -> None:
        while True:
            event = await self._events.get()
            await self._bus.publish(NODE_EVENTS, event, node=self._identity.name)

    async def _pulse(self) -> None:
        """Every period, and at each change."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._changed.wait()
                    await asyncio.sleep(0.1)
            self._changed.clear()
            if self._health_file:
                healthcheck.note(self._health_file, _HEALTHY_BEATS * self._period)
            if self._bus.connected.is_set():
                await self._publish_pulse("online")

    async def _publish_pulse(self, status: Any) -> None:
        processes = self._supervisor.processes.values()
        memory = await asyncio.to_thread(_memory, {item.name: item.record.pid for item in processes})
        agents = [item.name for item in processes if item.is_running and item.unit.ready.how == "heartbeat"]
        shown = [_info(item, memory.get(item.name, 0.0)) for item in processes]
        failures = 0
        if self._hosting:
            agents += [guest.name for guest in self._hosting.guests.running()]
            shown += self._hosting.guests.processes()
            failures = self._hosting.gate.failures
        pulse = NodeHeartbeat(
            node=self._identity.name, node_id=self._identity.agent_id, timestamp=time.time(), status=status,
            agents=tuple(agents), agent_count=len(agents), broker=str(self._broker), pid=os.getpid(),
            processes=tuple(shown), runtime="node", version=_VERSION, uptime_s=round(time.time() - self._began, 1),
            signing=True, signing_failures=failures,
        )  # fmt: skip
        await self._bus.publish(NODE_HEARTBEAT, pulse, node=self._identity.name)

    # -- listening ----------------------------------------------------------------------------------------------

    async def _on_heartbeat(self, message: Message[Heartbeat]) -> None:
        beat = message.payload
        if beat.name not in self._supervisor.processes:
            return
        self._seen[beat.actor_id] = (beat.name, time.monotonic())
        if beat.state in _SERVING and beat.node in ("", self._identity.name):
            self._supervisor.mark_ready(beat.name, beat.pid)

    async def _on_restart(self, message: Message[AgentNameRequest]) -> None:
        request = message.payload
        if self._hosting and self._hosting.restart(request):
            return
        if not self._supervisor.restart(request.name, request.reason):
            self._log.warning("unknown process", process=request.name, request="restart")

    async def _on_stop(self, message: Message[AgentNameRequest]) -> None:
        request = message.payload
        if self._hosting and self._hosting.halt(request):
            return
        if not self._supervisor.stop_one(request.name, request.reason):
            self._log.warning("unknown process", process=request.name, request="stop")

    async def _on_list(self, _message: Message[ListRequest]) -> None:
        names = {name: actor for actor, (name, _) in self._seen.items()}
        agents = [
            {"name": item.name, "actor_id": names.get(item.name, "")}
            for item in self._supervisor.processes.values()
            if item.is_running and item.name in names
        ]
        if self._hosting:
            agents += [{"name": guest.name, "actor_id": guest.agent_id} for guest in self._hosting.guests.running()]
        answer = NodeAgents(node=self._identity.name, agents=tuple(agents), timestamp=time.time())
        await self._bus.publish(NODE_AGENTS, answer, node=self._identity.name)

    def _on_bad_message(self, topic: str, data: bytes, error: ContractError) -> None:
        report = asyncio.create_task(self._telemetry.bad_message(topic, data, error))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    async def _watch_the_watchdog(self) -> None:
        while True:
            await asyncio.sleep(self._period / 4)
            self.look_at_watchdog()

    def look_at_watchdog(self) -> None:
        """Restart the monitor when it is silent while the others speak."""
        processes = self._supervisor.processes
        monitor = processes.get(_WATCHDOG)
        if monitor is None or not monitor.ready.is_set() or not self._bus.connected.is_set():
            return
        limit, now = silence_limit(self._period), time.monotonic()
        newest: dict[str, float] = {}  # somebody else may have spoken in a name, once
        for name, moment in self._seen.values():
            newest[name] = max(moment, newest.get(name, moment))
        running = [(name, moment) for name, moment in newest.items() if processes[name].is_running]
        if not running or is_deaf(now - max(moment for _, moment in running), self._period):
            return
        silent = [name for name, moment in running if now - moment > limit]
        if _WATCHDOG in silent and not is_outage(len(silent), len(running)):
            self._seen = {key: value for key, value in self._seen.items() if value[0] != _WATCHDOG}
            self._supervisor.restart(_WATCHDOG, "its work loop is silent")


def _memory(pids: dict[str, int]) -> dict[str, float]:
    return {name: round(procfs.memory_mb(pid), 1) for name, pid in pids.items() if pid}


def _info(process: Process, memory_mb: float) -> ProcessInfo:
    known = process.record
    return ProcessInfo(
        name=process.name, pid=known.pid, state=known.state, restarts=known.restarts,
        started_at=known.started_at, memory_mb=memory_mb,
    )  # fmt: skip
