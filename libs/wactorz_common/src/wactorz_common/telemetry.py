"""What an agent tells about itself: state, heartbeat, counters, manifest, errors."""

import hashlib
import os
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from wactorz_common import logs
from wactorz_common.bus import Bus
from wactorz_common.contracts import CHANNELS, Payload
from wactorz_common.contracts.chat import CHAT, SAY
from wactorz_common.contracts.lifecycle import (
    ALERT,
    COMPLETED,
    ERRORS,
    HEARTBEAT,
    LOGS,
    MANIFEST,
    METRICS,
    SPAWNED,
    STATUS,
    AgentAlert,
    AgentError,
    AgentLog,
    AgentManifest,
    AgentMetrics,
    AgentSpawned,
    AgentState,
    AgentStatus,
    Heartbeat,
    Severity,
    TaskCompleted,
)  # fmt: skip
from wactorz_common.contracts.system import DEAD_LETTER, DeadLetter
from wactorz_common.errors import ContractError, WactorzError

_TRACEBACK = 1_200
_PREVIEW = 200
_TASK_PREVIEW = 60
_ERROR = 2_000
_PRIVATE = (CHAT.action, SAY.action)
_BAD_MESSAGE_SECONDS = 5.0
_SHORTEST_SHARE = 0.5


def memory_mb() -> float:
    """This process's share of memory in MiB: what forked processes have in common is divided among them.

    Where the kernel does not tell it, the peak of resident memory.
    """
    try:
        rollup = Path("/proc/self/smaps_rollup").read_text()
        kib = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    except (OSError, StopIteration):
        kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kib / 1024, 1)


def _trace(problem: BaseException) -> str:
    """Where an error arose; code that runs elsewhere hands its own trace over."""
    return _elsewhere(problem) or "".join(traceback.format_exception(problem))


def _elsewhere(problem: BaseException) -> str:
    return str(problem.context.get("traceback", "")) if isinstance(problem, WactorzError) else ""


def _preview(result: Payload | dict[str, Any]) -> str:
    data = result.encode() if isinstance(result, Payload) else to_json(result, inf_nan_mode="null")
    return data.decode()[:_PREVIEW]


def printable(text: str) -> str:
    """The text as it can be written in UTF-8."""
    return text.encode(errors="replace").decode()


@dataclass(frozen=True)
class Profile:
    """The unchanging facts of an agent."""

    name: str
    agent_id: str
    incarnation: int
    agent_type: str = "service"
    description: str = ""
    node: str = ""
    protected: bool = True
    essential: bool = False
    capabilities: tuple[str, ...] = ()
    input_schema: dict[str, str] = field(default_factory=dict)
    output_schema: dict[str, str] = field(default_factory=dict)
    publishes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()
    replica: str = ""
    restarts: int = 0


class CpuShare:
    """How much of one core this process uses; clocks give seconds."""

    def __init__(
        self, used: Callable[[], float] = time.process_time, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._used, self._now = used, now
        self._last = (used(), now())

    def percent(self) -> float | None:
        """The share since the last call; None when that was just now."""
        used, now = self._used(), self._now()
        spent, passed = used - self._last[0], now - self._last[1]
        if passed < _SHORTEST_SHARE:
            return None
        self._last = (used, now)
        return round(100 * spent / passed, 1)


def _address_of(topic: str) -> str:
    """The channel of a topic: a stranger may send on any number of topics."""
    return next((channel.address for channel in CHANNELS if channel.match(topic) is not None), "")


@dataclass
class _BadMessages:
    """Bad messages of one channel since the last report; reports are limited in rate, the count is not."""

    count: int = 0
    reported_at: float = float("-inf")


@dataclass
class Telemetry:
    """Publishes an agent's facts and counters; `now` gives epoch seconds."""

    profile: Profile
    bus: Bus
    extra_metrics: Callable[[], dict[str, Any]] = dict
    extra_manifest: Callable[[], dict[str, Any]] = dict
    memory_mb: Callable[[], float] = memory_mb
    now: Callable[[], float] = time.time
    state: AgentState = AgentState.CREATED
    counters: Counter[str] = field(default_factory=Counter)
    consecutive_errors: int = 0

    def __post_init__(self) -> None:
        self._log = logs.get(__name__)
        self._started_at = self.now()
        self._bad: dict[str, _BadMessages] = {}
        self._cpu = CpuShare()

    def status(self, state: AgentState | None = None) -> AgentStatus:
        """The present state, or `state` in its place."""
        return AgentStatus(
            actor_id=self.profile.agent_id, name=self.profile.name, state=state or self.state,
            uptime=round(self.now() - self._started_at, 3), messages_processed=self.counters["messages"],
            restart_count=self.profile.restarts, protected=self.profile.protected,
            incarnation=self.profile.incarnation,
        )  # fmt: skip

    async def introduce(self) -> None:
        """Say who is here: at start and after each reconnect."""
        profile, moment = self.profile, self.now()
        await self.bus.publish(
            SPAWNED,
            AgentSpawned(
                agent_id=profile.agent_id, name=profile.name, agent_type=profile.agent_type, node=profile.node,
                timestamp=moment,
            ),
            agent_id=profile.agent_id,
        )  # fmt: skip
        await self.manifest()
        await self.bus.publish(STATUS, self.status(), agent_id=profile.agent_id)

    async def manifest(self) -> None:
        """Say what the agent can do."""
        profile = self.profile
        facts: dict[str, Any] = {
            "description": profile.description, "capabilities": profile.capabilities,
            "input_schema": profile.input_schema, "output_schema": profile.output_schema,
            "publishes": profile.publishes, "subscribes": profile.subscribes, **self.extra_manifest(),
        }  # fmt: skip
        manifest = AgentManifest(
            name=profile.name, actor_id=profile.agent_id, node=profile.node, timestamp=self.now(), **facts
        )
        await self.bus.publish(MANIFEST, manifest, agent_id=profile.agent_id)

    async def enter(self, state: AgentState) -> None:
        """Change the state and say so."""
        self.state = state
        await self.bus.publish(STATUS, self.status(), agent_id=self.profile.agent_id)

    async def beat(self, progress: int, busy_with: str, overdue: tuple[str, ...]) -> None:
        """Heartbeat and counters."""
        profile = self.profile
        heartbeat = Heartbeat(
            actor_id=profile.agent_id, name=profile.name, timestamp=self.now(), state=self.state,
            memory_mb=self.memory_mb(), cpu_percent=self._cpu.percent(), task=busy_with,
            protected=profile.protected, essential=profile.essential,
            node=profile.node, progress=progress, incarnation=profile.incarnation, pid=os.getpid(), overdue=overdue,
            replica=profile.replica,
        )  # fmt: skip
        await self.bus.publish(HEARTBEAT, heartbeat, agent_id=profile.agent_id)
        await self.metrics()

    async def metrics(self, *, final: bool | None = None) -> None:
        """Counters alone; `final` marks the last frame."""
        frame = AgentMetrics(
            actor_id=self.profile.agent_id, messages_processed=self.counters["messages"],
            errors=self.counters["errors"], uptime=round(self.now() - self._started_at, 3),
            tasks_completed=self.counters["done"], tasks_failed=self.counters["failed"],
            tasks_timed_out=self.counters["timed_out"], restart_count=self.profile.restarts, final=final,
            **self.extra_metrics(),
        )  # fmt: skip
        await self.bus.publish(METRICS, frame, agent_id=self.profile.agent_id)

    async def error(self, problem: BaseException, phase: str, *, fatal: bool = False) -> None:
        """Report an exception as an event; it is counted and logged too."""
        self.counters["errors"] += 1
        self.consecutive_errors += 1
        self._log.error("error", phase=phase, error=str(problem), exc_info=None if _elsewhere(problem) else problem)
        severity: Literal["warning", "critical"] = "critical" if fatal or self.consecutive_errors >= 3 else "warning"  # noqa: PLR2004  # the wire contract's threshold
        event = AgentError(
            actor_id=self.profile.agent_id, name=self.profile.name, phase=phase,
            error=printable(str(problem) or type(problem).__name__)[:_ERROR],
            traceback=printable(_trace(problem)[-_TRACEBACK:]),
            consecutive=self.consecutive_errors, fatal=fatal, severity=severity,
            degraded=severity == "critical", timestamp=self.now(),
        )  # fmt: skip
        await self.bus.publish(ERRORS, event, agent_id=self.profile.agent_id)

    async def bad_message(self, topic: str, data: bytes, problem: ContractError) -> None:
        """Count a message that cannot be read; report the count at most every 5 s per channel."""
        self.counters["bad_messages"] += 1
        bad = self._bad.setdefault(_address_of(topic), _BadMessages())
        bad.count += 1
        if 0 <= self.now() - bad.reported_at < _BAD_MESSAGE_SECONDS:
            return
        count, bad.count, bad.reported_at = bad.count, 0, self.now()
        topic = topic[:200]
        event = AgentError(
            actor_id=self.profile.agent_id, name=self.profile.name, phase="consume", error=str(problem)[:500],
            consecutive=count, timestamp=self.now(), topic=topic,
        )  # fmt: skip
        await self.bus.publish(ERRORS, event, agent_id=self.profile.agent_id)
        letter = DeadLetter(
            topic=topic, reason=str(problem)[:500], sha256=hashlib.sha256(data).hexdigest(), size=len(data),
            count=count, timestamp=self.now(),
        )  # fmt: skip
        await self.bus.publish(DEAD_LETTER, letter, service=self.profile.name)

    async def completed(self, task: str, result: Payload | dict[str, Any], duration: float) -> None:
        """Say that a durable task is done, not what a person was told; `duration` is in seconds."""
        preview = "" if task in _PRIVATE else _preview(result)
        event = TaskCompleted(result_preview=preview, duration=round(duration, 3), task=task[:_TASK_PREVIEW])
        await self.bus.publish(COMPLETED, event, agent_id=self.profile.agent_id)

    async def alert(self, message: str, severity: Severity, code: str, data: Mapping[str, Any]) -> None:
        """Tell people something they should know."""
        profile = self.profile
        event = AgentAlert(
            actor_id=profile.agent_id, name=profile.name, message=message, severity=severity, timestamp=self.now(),
            code=code, data=dict(data),
        )  # fmt: skip
        await self.bus.publish(ALERT, event, agent_id=profile.agent_id)

    async def log_event(self, message: str, level: str = "info") -> None:
        """A log event that people may read on the bus."""
        event = AgentLog(type="log", message=message, level=level, timestamp=self.now())
        await self.bus.publish(LOGS, event, agent_id=self.profile.agent_id)
