"""Entry of the WebAssembly component; runs only inside it."""

import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any, ClassVar

import wit_world
from componentize_py_types import Err
from wit_world.imports import host

from wactorz_sandbox.guest import preload, warmup
from wactorz_sandbox.guest.program import Program
from wactorz_sandbox.guest.pump import Pump, failure
from wactorz_sandbox.guest.values import LONGEST, clean

_LONGEST_LINE = 10_000
_LONGEST_SLEEP = 0.2


class _HostPort:
    """The port of the agent library, on the host's functions."""

    def __init__(self, pump: Pump) -> None:
        self.request = pump.request
        self.begin = pump.begin
        self._loop = pump.loop

    def now(self) -> float:
        return self._loop.now

    def log(self, level: str, text: str) -> None:
        host.log(clean(level[:20]), clean(text[:_LONGEST_LINE]))

    def publish(self, topic: str, payload: str, retain: bool) -> str:
        return _error(host.publish, topic, payload, retain)

    def subscribe(self, topic_filter: str) -> str:
        return _error(host.subscribe, topic_filter)

    def persist(self, key: str, value: str) -> str:
        return _error(host.persist, key, value)

    def recall(self, key: str) -> str | None:
        found: str | None = host.recall(clean(key))
        return found

    def tell(self, kind: str, body: str) -> str:
        return _error(host.tell, kind, body)


def _error(function: Callable[..., Any], *args: str | bool) -> str:
    if sum(len(part) for part in args if isinstance(part, str)) > LONGEST:
        return f"more than {LONGEST} characters cannot leave the sandbox at once"
    try:
        function(*[clean(part) if isinstance(part, str) else part for part in args])
    except Err as error:
        return str(error.value)
    return ""


class _Output(io.TextIOBase):
    """`print` goes into the agent's log, line by line."""

    def __init__(self, level: str) -> None:
        self._level = level
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if line.strip():
                host.log(self._level, clean(line[:_LONGEST_LINE]))
        self._begun = self._begun[-4000:]
        return len(text)


def _sleep(seconds: float) -> None:
    if seconds > _LONGEST_SLEEP:
        raise RuntimeError(f"time.sleep({seconds}) would stop the whole agent: write 'await asyncio.sleep({seconds})'")
    host.pause(int(max(0, seconds) * 1000))


class _Running:
    """A loaded program and the pump that drives it."""

    fresh: ClassVar[list[Pump]] = []
    """Made while the component is built, which saves each instance a third of a megabyte."""

    def __init__(self, source: str, config: dict[str, Any]) -> None:
        self.pump = self.fresh.pop() if self.fresh else Pump()
        self.pump.loop.now = config.get("now", 0.0)
        with self.pump.entered():
            self.program = Program(source, config, _HostPort(self.pump))

    def step(self, inputs: str) -> str:
        now, events = json.loads(inputs)
        self.pump.loop.now = now
        for kind, *args in events:
            if kind == "call":
                call_id, name, arguments = args
                self.pump.start(call_id, self.program.call(name, *arguments))
            elif kind == "message":
                self.program.deliver(*args)
            elif kind == "resume":
                self.pump.resume(*args)
            elif kind == "cancel":
                self.pump.cancel(*args)
            elif kind == "directory":
                self.program.refresh(*args)
        return self.pump.turn(now)


def _remedy(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        error.msg = (f"No module named '{error.name}' in the sandbox, which has Python's own pure modules only: "
                     "do without it, or name its package in 'install'")  # fmt: skip
    return failure(error)


class WitWorld(wit_world.WitWorld):  # type: ignore[misc]  # its type is known in the component only
    """Exports of the component."""

    running: _Running

    def load(self, source: str, config: str) -> list[str]:
        """Execute a source in a fresh name space; gives the names of its functions."""
        try:
            sys.stdout, sys.stderr = _Output("info"), _Output("warning")
            time.sleep = _sleep  # type: ignore[assignment]
            WitWorld.running = _Running(source, json.loads(config))
        except BaseException as error:
            raise Err(_remedy(error)) from None
        return WitWorld.running.program.functions

    def step(self, inputs: str) -> str:
        """Take in events, run what is ready, and say what is wanted."""
        try:
            return WitWorld.running.step(inputs)
        except BaseException as error:
            raise Err(failure(error)) from None


preload.run()
warmup.run()
_Running.fresh.append(Pump())
