"""One generated agent in its own WebAssembly instance."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from wasmtime import WasmtimeError

from wactorz_sandbox import answers, endings
from wactorz_sandbox.allowance import Allowance
from wactorz_sandbox.component import Component
from wactorz_sandbox.engine import clock, engine, threads
from wactorz_sandbox.errors import GuestEnded, GuestError
from wactorz_sandbox.limits import Limits
from wactorz_sandbox.linking import Border, Guest
from wactorz_sandbox.operations import Operations
from wactorz_sandbox.policy import Policy
from wactorz_sandbox.ports import Ports

_BATCH = 32
"""Events of one entry; each may take its share of the slice."""
_BURST = 1.0
"""Processor seconds that a guest may use at once."""

_MOST = 2_000
"""Operations or ends that one slice may bring."""
_ANSWER_CHARS = 4 * 1024 * 1024


class Instance:
    """A loaded agent; all methods are for the event loop that opened it."""

    def __init__(self, component: Component, source: str, config: dict[str, Any], ports: Ports, limits: Limits,
                 kept: Mapping[str, int]) -> None:  # fmt: skip
        self.functions: tuple[str, ...] = ()
        """Functions that the source defines."""
        self.on_end: Callable[[GuestEnded], None] = lambda _: None
        """Called once when the instance is ended by anything but `close`."""
        self.ended: GuestEnded | None = None
        """Why it was ended."""
        self._parts = (component, source, config, ports, limits)
        self._limits = limits
        self._border = Border(Policy(ports, limits, kept))
        self._guest: Guest | None = None
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()
        self._slice = limits.load_seconds
        self._setting_up = False
        self._events: deque[str] = deque()
        self._messages: deque[str] = deque()
        self._waiting_chars = 0
        self._calls: dict[str, asyncio.Future[Any]] = {}
        self._last_call = 0
        self._operations = Operations(ports, limits, self._put, self._border.policy.refuse)
        self._processor = Allowance(limits.cpu, _BURST)
        self._timer: asyncio.TimerHandle | None = None
        self._worker: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, component: Component, source: str, config: dict[str, Any], ports: Ports, limits: Limits | None = None,
        kept: Mapping[str, int] | None = None,
    ) -> "Instance":  # fmt: skip
        """Load a source; `kept` gives the bytes of what the agent has kept already, by key.

        Raises GuestError when the source fails, GuestEnded when it must be stopped.
        """
        self = cls(component, source, config, ports, limits or Limits(), kept or {})
        try:
            answer = await self._loop.run_in_executor(threads(), self._load)
            self.functions = tuple(_loaded(answer))
        except BaseException as error:
            await self._discard()
            if isinstance(error, WasmtimeError):
                raise self._why(error) from None
            raise
        return self

    async def respawn(self) -> "Instance":
        """The same source in a new instance; what was open or only in memory is lost."""
        await self.close()
        component, source, config, ports, limits = self._parts
        kept = self._border.policy.kept
        fresh = await Instance.open(component, source, config, ports, limits, kept)
        fresh.on_end = self.on_end
        return fresh

    async def call(self, name: str, *args: Any, timeout: float | None = None) -> Any:
        """Call a function of the agent with JSON values; gives its JSON value.

        Raises GuestError when it raises, GuestEnded when the instance ends, TimeoutError after `timeout` seconds
        (then it is canceled inside, like when the caller is canceled).
        """
        if self.ended is not None:
            raise self.ended
        if len(self._calls) >= self._limits.open_calls:
            raise GuestError(f"{self._limits.open_calls} calls are under way already")
        self._last_call += 1
        call_id = str(self._last_call)
        future = self._loop.create_future()
        self._calls[call_id] = future
        try:
            self._setting_up = self._setting_up or name == "setup"
            self._put(["call", call_id, name, args])
            async with asyncio.timeout(timeout):
                return await future
        finally:
            if self._calls.pop(call_id, None) is not None and self.ended is None:
                self._put(["cancel", call_id])

    def deliver(self, topic: str, payload: str) -> bool:
        """Hand over a message of a subscribed topic; False when it is too big, or pushed an older one out."""
        if self.ended is not None or len(payload) > self._limits.message_bytes:
            return False
        message = json.dumps(["message", topic, payload])
        room = True
        while self._messages and not self._has_room(len(message)):
            self._waiting_chars -= len(self._messages.popleft())
            room = False
        self._messages.append(message)
        self._waiting_chars += len(message)
        self._kick()
        return room

    def _has_room(self, chars: int) -> bool:
        limits = self._limits
        return len(self._messages) < limits.waiting_messages and self._waiting_chars + chars <= limits.waiting_chars

    def refresh(self, directory: dict[str, Any]) -> None:
        """Hand over a new snapshot of agents, nodes, topics and capabilities."""
        self._put(["directory", directory])

    async def close(self) -> None:
        """Discard the instance; what is open fails."""
        self._end(GuestEnded("closed", "the agent was stopped"), tell=False)
        await self._discard()

    # -- the way in ---------------------------------------------------------------------------------------------

    def _put(self, event: list[Any]) -> None:
        self._events.append(json.dumps(event))
        self._kick()

    def _kick(self) -> None:
        if self._worker is None and self.ended is None:
            self._worker = self._loop.create_task(self._work())

    async def _work(self) -> None:
        try:
            while (self._events or self._messages) and self.ended is None:
                batch = self._batch()
                try:
                    answer, used = await self._loop.run_in_executor(threads(), self._step, batch)
                    self._take(answer)
                    if self._border.policy.ended is not None:
                        self._end(self._border.policy.ended)
                        break
                except Exception as error:
                    self._end(self._why(error))
                    break
                pause = self._processor.charge(used)
                if pause:
                    await asyncio.wait([self._over], timeout=pause)
        finally:
            self._worker = None
        if self.ended is not None and self._guest is not None:
            await self._discard()

    def _batch(self) -> list[str]:
        batch: list[str] = []
        for waiting in (self._events, self._messages):
            while waiting and len(batch) < _BATCH:
                batch.append(waiting.popleft())
                self._waiting_chars -= len(batch[-1]) if waiting is self._messages else 0
        return batch

    # -- on a guest's thread ------------------------------------------------------------------------------------

    def _load(self) -> Any:
        component, source, config, *_ = self._parts
        seconds = self._limits.load_seconds
        with clock().running():
            self._guest = Guest(engine(), component.code, self._border, self._limits.memory_mb, seconds)
            told = json.dumps({**config, "now": time.monotonic()})
            return self._guest.enter("load", source, told, seconds=seconds)

    def _step(self, batch: list[str]) -> tuple[answers.Answer, float]:
        assert self._guest is not None  # noqa: S101 (loaded before it is entered)
        began = time.thread_time()
        self._slice = self._limits.setup_seconds if self._setting_up else self._limits.slice_seconds
        self._setting_up = False
        with clock().running():
            inputs = f"[{time.monotonic()!r}, [{','.join(batch)}]]"
            answer = self._guest.enter("step", inputs, seconds=self._slice)
        if answer.tag != "ok":
            raise endings.error_of(answer.payload)
        if len(answer.payload) > _ANSWER_CHARS:
            raise ValueError("the answer of a slice is too long")
        parsed = answers.parse(answer.payload, _MOST, self._limits.message_bytes)
        return parsed, time.thread_time() - began + self._border.paused

    # -- the way out --------------------------------------------------------------------------------------------

    def _take(self, answer: answers.Answer) -> None:
        for op_id, op, args in answer.ops:
            self._operations.begin(op_id, op, args)
        for op_id in answer.drop:
            self._operations.drop(op_id)
        for call_id, end in answer.done:
            self._resolve(call_id, end)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if answer.wait is not None and self.ended is None:
            self._timer = self._loop.call_later(answer.wait, self._put, ["tick"])

    def _resolve(self, call_id: str, end: Any) -> None:
        future = self._calls.pop(call_id, None)
        if future is None or future.done():
            return
        if isinstance(end, GuestError):
            future.set_exception(end)
        else:
            future.set_result(end)

    # -- the end ------------------------------------------------------------------------------------------------

    def _why(self, error: BaseException) -> GuestEnded:
        return self._border.policy.ended or endings.reason_of(error, self._slice, self._limits.memory_mb)

    def _end(self, ended: GuestEnded, tell: bool = True) -> None:
        if self.ended is not None:
            return
        self.ended = ended
        self._border.end(ended)
        self._events.clear()
        self._messages.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._operations.close()
        self._over.set_result(None)
        calls, self._calls = self._calls, {}
        for future in calls.values():
            if not future.done():
                future.set_exception(ended)
                future.exception()  # a caller that has gone does not hear it
        if tell:
            self._loop.call_soon(self.on_end, ended)

    async def _discard(self) -> None:
        """Wait for the thread that is inside, then give the memory back."""
        worker = self._worker
        if worker is not None and worker is not asyncio.current_task():
            await asyncio.wait([worker])
        guest, self._guest = self._guest, None
        if guest is not None:
            await self._loop.run_in_executor(threads(), guest.close)


def _loaded(answer: Any) -> list[str]:
    if isinstance(answer, str):
        raise endings.error_of(answer)
    return list(answer)
