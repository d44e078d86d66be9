"""The guest's event loop: runs what is ready, then tells the host what it waits for."""

import asyncio
import heapq
import json
import sys
from asyncio.base_events import BaseEventLoop
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from wactorz_sandbox.guest import trace
from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.guest.values import LONGEST, encode

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
"""What does not wait is done without a turn of the loop."""
_TURNS = 200
"""Rounds of the loop in one entry; then the host gets a look in."""


class _Selector:
    def select(self, _timeout: float | None) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing is open."""


class _Loop(BaseEventLoop):
    _ready: deque[Any]
    _scheduled: list[Any]
    _timer_cancelled_count: int

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Selector()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def is_running(self) -> bool:
        """Also while a task begins, outside of a turn."""
        return super().is_running() or asyncio._get_running_loop() is self  # noqa: SLF001 (made for writers of loops)

    def _process_events(self, _events: Any) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """There is one thread only."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # noqa: ARG002
        """Run it here: there is one thread only."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class Pump:
    """Tasks, wanted operations and timers of one agent."""

    def __init__(self) -> None:
        self.loop = _Loop()
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._beside: set[asyncio.Task[Any]] = set()
        self._wanted: dict[int, asyncio.Future[Any]] = {}
        self._last_id = 0
        self._ops: list[tuple[int, str, str]] = []
        self._dropped: list[int] = []
        self._done: list[tuple[str, str, str]] = []

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have code that is not a task find the loop as the running one."""
        asyncio._set_running_loop(self.loop)  # noqa: SLF001 (made for writers of loops)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001

    def request(self, op: str, args: dict[str, Any]) -> asyncio.Future[Any]:
        """Ask the host for an operation."""
        self._last_id += 1
        op_id, text, future = self._last_id, _short(encode(args)), self.loop.create_future()
        self._ops.append((op_id, op, text))
        self._wanted[op_id] = future
        future.add_done_callback(lambda _: self._end_of(op_id))
        return future

    def _end_of(self, op_id: int) -> None:
        if self._wanted.pop(op_id, None) is not None:
            self._dropped.append(op_id)

    def resume(self, op_id: int, outcome: str, value: Any) -> None:
        """Take in the host's answer to an operation."""
        future = self._wanted.pop(op_id, None)
        if future is None or future.done():
            return
        if outcome == "ok":
            future.set_result(value)
            return
        future.set_exception(AgentError(value))
        future.exception()  # an answer that nobody awaits is no news

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work that reports its own errors."""
        task = self.loop.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def start(self, task_id: str, work: Coroutine[Any, Any, Any]) -> None:
        """Run a task whose end the host hears."""
        with self.entered():
            task = asyncio.Task(self._report(task_id, work), loop=self.loop, **_EAGER)
        if not task.done():
            self._tasks[task_id] = task

    def cancel(self, task_id: str) -> None:
        """Stop a task."""
        if task_id in self._tasks:
            self._tasks[task_id].cancel()

    async def _report(self, task_id: str, work: Coroutine[Any, Any, Any]) -> None:
        try:
            end = ("ok", _short(encode(await work)))
        except asyncio.CancelledError:
            end = ("cancelled", '"cancelled"')
        except BaseException as error:  # sys.exit and MemoryError are errors of the agent like any other
            end = ("err", failure(error))
        self._tasks.pop(task_id, None)
        self._done.append((task_id, *end))

    def turn(self, now: float) -> str:
        """Run what is ready or due, then say what is wanted, done and due next, as JSON."""
        loop = self.loop
        loop.now = now
        for _ in range(_TURNS):
            due = self._due()
            if not loop._ready and (due is None or due > now):  # noqa: SLF001 (no other way to know)
                break
            loop.call_soon(loop.stop)
            loop.run_forever()
        due = now if loop._ready else self._due()  # noqa: SLF001 (as above)
        answer = {"ops": self._ops, "drop": [[op_id] for op_id in self._dropped], "done": self._done,
                  "next": None if due is None else max(0.0, due - now), "open": len(self._tasks)}  # fmt: skip
        self._ops, self._dropped, self._done = [], [], []
        return json.dumps(answer, ensure_ascii=False)

    def _due(self) -> float | None:
        timers = self.loop._scheduled  # noqa: SLF001
        while timers and timers[0].cancelled():
            handle = heapq.heappop(timers)
            handle._scheduled = False  # noqa: SLF001
            self.loop._timer_cancelled_count -= 1  # noqa: SLF001
        return timers[0].when() if timers else None


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise AgentError(f"more than {LONGEST} characters cannot leave the sandbox at once")
    return text


def failure(error: BaseException) -> str:
    """An error as JSON: the line, and the traceback."""
    return encode({"error": trace.brief(error), "traceback": trace.of(error)})
