"""Runs an agent's code on plain CPython: for agents with packages, alone in a process of their own."""

import asyncio
import concurrent.futures
import os
import sys
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from wactorz_common import logs
from wactorz_dynamic_agent.errors import CodeFailed, OverTime
from wactorz_sandbox.guest import trace
from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.guest.program import Program
from wactorz_sandbox.guest.values import decode, encode
from wactorz_sandbox.limits import Limits
from wactorz_sandbox.policy import Policy
from wactorz_sandbox.ports import Ports

BLOCKED_SECONDS = 120.0
"""How long code may block its loop; then nothing but the end of the process stops it."""

EXIT_STUCK = 70
"""Exit code of that end."""

_STUCK_SECONDS = 10.0
_LOOK_SECONDS = 10.0

leave = os._exit


class Thread:
    """A thread with an event loop for an agent's code, so that the host stays awake whatever the code does."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._run, name="agent-code", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, work: Coroutine[Any, Any, Any]) -> "concurrent.futures.Future[Any]":
        """Run work on the thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """End the thread as soon as the code lets it."""
        self.loop.call_soon_threadsafe(self.loop.stop)


class _Port:
    """The runtime under the agent library; everything is called on the thread of the code."""

    def __init__(self, policy: Policy, ports: Ports, home: asyncio.AbstractEventLoop) -> None:
        self._ports, self._home = ports, home
        self.publish, self.subscribe, self.persist = policy.publish, policy.subscribe, policy.persist
        self.recall, self.tell, self.log = policy.recall, policy.tell, policy.log
        self._beside: set[asyncio.Task[Any]] = set()

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()

    def request(self, op: str, args: dict[str, Any]) -> "asyncio.Future[Any]":
        """Begin an operation on the host's loop."""
        return asyncio.ensure_future(self._request(op, decode(encode(args))))

    async def _request(self, op: str, args: dict[str, Any]) -> Any:
        try:
            return await asyncio.wrap_future(
                asyncio.run_coroutine_threadsafe(self._ports.perform(op, args), self._home)
            )
        except Exception as error:
            raise AgentError(str(error) or type(error).__name__) from None

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work beside."""
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


class PythonInstance:
    """One loaded program on its thread."""

    def __init__(self, thread: Thread, program: Program) -> None:
        self._thread, self._program = thread, program
        self._watching = asyncio.ensure_future(self._watch())
        self.functions = tuple(program.functions)

    async def call(self, function: str, *arguments: Any, timeout: float | None) -> Any:
        """Call a function with the agent; a call that cannot even be cancelled ends the process."""
        running = self._thread.submit(_guarded(self._program, function, arguments))
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.wrap_future(running)
        except TimeoutError:
            await self._require_alive(f"'{function}'", _STUCK_SECONDS)
            raise OverTime(f"'{function}' did not end within {timeout or 0:g} s") from None

    async def _watch(self) -> None:
        """Code may block outside of any call, in a callback for example."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await self._require_alive("a callback", BLOCKED_SECONDS)

    async def _require_alive(self, what: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wrap_future(self._thread.submit(asyncio.sleep(0)))
        except TimeoutError:
            logs.get(__name__).critical("code blocks and cannot be stopped: this process ends", function=what)
            leave(EXIT_STUCK)

    async def deliver(self, topic: str, text: str) -> None:
        """Hand over a message."""
        self._thread.loop.call_soon_threadsafe(self._program.deliver, topic, text)

    async def refresh(self, directory: dict[str, Any]) -> None:
        """Hand over a new directory."""
        self._thread.loop.call_soon_threadsafe(self._program.refresh, directory)

    async def ended(self) -> None:
        """Wait for ever: code on CPython ends only with its process."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """End the thread."""
        self._watching.cancel()
        self._thread.close()


class PythonRuntime:
    """Makes instances on CPython; packages lie in a folder of the agent."""

    async def open(self, source: str, config: dict[str, Any], ports: Ports, kept: Mapping[str, int]) -> PythonInstance:
        """Load a program on a thread of its own."""
        thread = Thread()
        port = _Port(Policy(ports, Limits(), kept), ports, asyncio.get_running_loop())
        try:
            program = await asyncio.wrap_future(thread.submit(_load(source, config, port)))
        except BaseException:
            thread.close()
            raise
        return PythonInstance(thread, program)


def add_packages(folder: Path) -> None:
    """Let code import what was installed there."""
    if folder.is_dir() and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


async def _load(source: str, config: dict[str, Any], port: _Port) -> Program:
    try:
        return Program(source, config, port)
    except BaseException as error:
        raise _failed(error) from None


async def _guarded(program: Program, function: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return decode(encode(await program.call(function, *arguments)))
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # sys.exit is an error of the agent like any other
        raise _failed(error) from None


def _failed(error: BaseException) -> CodeFailed:
    return CodeFailed(trace.brief(error), traceback=trace.of(error))
