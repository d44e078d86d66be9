"""The work loop of an agent: one queue, one loop, and the heartbeat that only this loop sends."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

Job = Callable[[], Awaitable[None]]

CAPACITY = 10_000
"""Jobs that may wait; more are refused."""

CONCURRENCY = 256
"""Tasks that may run at once; more are refused."""

INLINE = 32
"""Tasks that may hold their message unacknowledged while they run: well below the window of the connection."""

_SWEEP_SECONDS = 0.1
_OVERDUE_SECONDS = 1.0
_PLACE_SECONDS = 0.01


@dataclass(slots=True)
class Running:
    """A task under way and when it is over its own time."""

    name: str
    due_at: float
    over_time: bool = False


class WorkLoop:
    """Runs quick jobs in order and long tasks beside them; a dead or blocked loop sends no heartbeat.

    `beat` is called by the loop itself, at start and then every `period` seconds; `now` is a monotonic clock.
    """

    def __init__(self, beat: Job, period: float, now: Callable[[], float] = time.monotonic) -> None:
        self.progress = 0
        self.dropped = 0
        self.paused = False
        self._beat, self._period, self._now = beat, period, now
        self._jobs: deque[Job] = deque()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._door = asyncio.Lock()
        self._running: dict[asyncio.Task[None], Running] = {}
        self._beat_due = True
        self._sweeping = False

    def offer(self, job: Job) -> bool:
        """Queue a job unless the queue is full; a refused job is counted."""
        if len(self._jobs) >= CAPACITY:
            self.dropped += 1
            return False
        self._jobs.append(job)
        self._wake.set()
        return True

    async def put(self, job: Job) -> None:
        """Queue a job, waiting for room: back-pressure on the sender. Who came first goes first."""
        async with self._door:
            while not self.offer(job):
                self.dropped -= 1
                self._room.clear()
                await self._room.wait()

    def restore(self, jobs: Iterable[Job]) -> None:
        """Queue jobs whatever the capacity: they were taken on before."""
        self._jobs.extend(jobs)
        self._wake.set()

    async def place(self) -> None:
        """Wait, as a job, until one more task may run; the heartbeat goes on."""
        while len(self._running) >= CONCURRENCY:
            await self._beat_when_due()
            await asyncio.sleep(_PLACE_SECONDS)

    def start(self, name: str, limit: float, work: Coroutine[Any, Any, None]) -> bool:
        """Run a task beside the loop, cancelled after `limit` seconds; False when too many run already."""
        if len(self._running) >= CONCURRENCY:
            work.close()
            return False
        task = asyncio.ensure_future(work)
        self._enter(task, name, limit)
        task.add_done_callback(self._ended)
        return True

    async def run_here(self, name: str, limit: float, work: Coroutine[Any, Any, None]) -> bool:
        """Run a task within the caller's own, which saves a switch; beside the loop when several already do."""
        here = asyncio.current_task()
        if here is None or len(self._running) >= INLINE:
            return self.start(name, limit, work)
        self._enter(here, name, limit)
        try:
            await work
        finally:
            self._ended(here)
        return True

    def _enter(self, task: "asyncio.Task[None]", name: str, limit: float) -> None:
        self._running[task] = Running(name, self._now() + limit)
        if not self._sweeping:
            self._sweep()

    def _sweep(self) -> None:
        """Cancel what is over its time; one timer for all tasks costs less than one for each."""
        now = self._now()
        for task, running in self._running.items():
            if now > running.due_at and not running.over_time:
                running.over_time = True
                task.cancel()
        self._sweeping = bool(self._running)
        if self._sweeping:
            asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def ended_for_time(self) -> bool:
        """Whether the present task was cancelled because its time was over; it may then go on to report so."""
        task = asyncio.current_task()
        running = self._running.get(task) if task is not None else None
        if task is None or running is None or not running.over_time:
            return False
        task.uncancel()
        return True

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.pop(task, None)
        self.progress += 1

    def overdue(self) -> tuple[str, ...]:
        """Names of tasks that go on although their time is over and they were cancelled."""
        latest = self._now() - _OVERDUE_SECONDS
        return tuple(running.name for running in self._running.values() if running.due_at < latest)

    @property
    def busy_with(self) -> str:
        """One line about what runs now."""
        names = sorted({running.name for running in self._running.values()})
        return ", ".join(names)[:120]

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._beat_when_due()
            if self._jobs:
                await self._next()()
                self.progress += 1
                continue
            self._wake.clear()
            if not self._beat_due:
                await self._wake.wait()

    async def _beat_when_due(self) -> None:
        if self._beat_due:
            self._beat_due = False
            await self._beat()
            asyncio.get_running_loop().call_later(self._period, self._ring)

    def _next(self) -> Job:
        job = self._jobs.popleft()
        if not self._room.is_set() and len(self._jobs) < CAPACITY // 2:
            self._room.set()
        return job

    def _ring(self) -> None:
        self._beat_due = True
        self._wake.set()

    async def drain(self, seconds: float) -> None:
        """Give running tasks `seconds` to end, then cancel them."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def is_being_cancelled() -> bool:
    """Whether somebody cancels the present task; otherwise it only waited for something that was cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
