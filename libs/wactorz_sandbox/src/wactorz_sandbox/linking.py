"""Links a component to the functions of its host; what is not linked here does not exist for a guest."""

import math
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from wasmtime import Engine, Store, StoreContext, WasiConfig
from wasmtime.component import Component, Func, Instance, Linker, ResultType

from wactorz_sandbox.engine import TICK
from wactorz_sandbox.errors import GuestEnded
from wactorz_sandbox.policy import Policy

_LONGEST_PAUSE = 0.2
_LONGEST_WAITS = 30.0
"""Seconds in a slice that a guest may wait for its host on top of its own."""
_CLOCK = "wasi:clocks/monotonic-clock@0.2.9"
_TCP = "wasi:sockets/tcp-create-socket@0.2.9"
_UDP = "wasi:sockets/udp-create-socket@0.2.9"


class Border:
    """What host functions know: the policy, and how much time the guest has left in this slice."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._until = 0.0
        self._lent = 0.0
        self.paused = 0.0
        """Seconds of this slice for which the guest kept its thread without using the processor."""

    def open(self, store: Store, seconds: float) -> None:
        """Give the guest that many seconds."""
        self._until = time.monotonic() + seconds
        self._lent = self.paused = 0.0
        store.set_epoch_deadline(math.ceil(seconds / TICK) + 1)

    def guarded(self, function: Callable[..., Any], failed: Any) -> Callable[..., Any]:
        """The function as a host function: it never raises, and its time is not the guest's."""

        def call(store: StoreContext, *args: Any) -> Any:
            began = time.monotonic()
            try:
                result = function(*args)
            except Exception as error:  # would end the guest, whose fault it is not
                result = failed(error)
            self._renew(store, time.monotonic() - began)
            return result

        return call

    def _renew(self, store: StoreContext, waited: float) -> None:
        if waited > TICK / 10 and self._lent < _LONGEST_WAITS:
            self._until += waited
            self._lent += waited
        left = self._until - time.monotonic()
        _set_deadline(store, 0 if self.policy.ended is not None else max(0, math.ceil(left / TICK)))

    def pause(self, _store: StoreContext, milliseconds: int) -> None:
        """Let the guest's thread rest for a moment."""
        seconds = min(milliseconds / 1000, _LONGEST_PAUSE)
        self.paused += seconds
        time.sleep(seconds)

    def end(self, ended: GuestEnded) -> None:
        """Let the guest not go on."""
        self.policy.ended = self.policy.ended or ended


def _set_deadline(store: StoreContext, ticks: int) -> None:
    Store.set_epoch_deadline(store, ticks)  # type: ignore[arg-type]  # it only asks for the context


def linker_for(engine: Engine, border: Border) -> Linker:
    """A linker with the granted functions; sockets and blocking sleeps are closed."""
    linker = Linker(engine)
    linker.allow_shadowing = True
    linker.add_wasip2()
    with linker.root() as root:
        for interface, functions in _interfaces(border).items():
            with root.add_instance(interface) as api:
                for name, function in functions.items():
                    api.add_func(name, function)
    return linker


def _interfaces(border: Border) -> dict[str, dict[str, Callable[..., Any]]]:
    policy = border.policy

    def error_of(error: Exception) -> str:
        return f"the host failed: {error}"

    def result(function: Callable[..., str]) -> Callable[..., Any]:
        return border.guarded(lambda *args: function(*args) or None, error_of)

    def no_sleep(_store: StoreContext, *_: Any) -> Any:
        border.end(GuestEnded("sleep", "ended because it would have slept and stopped its thread"))
        raise RuntimeError("a guest does not sleep")

    return {
        "wactorz:agent/host@0.1.0": {
            "log": border.guarded(policy.log, lambda _: None),
            "publish": result(policy.publish),
            "subscribe": result(policy.subscribe),
            "persist": result(policy.persist),
            "recall": border.guarded(policy.recall, lambda _: None),
            "tell": result(policy.tell),
            "pause": border.pause,
        },
        _CLOCK: {
            "now": lambda _store: time.monotonic_ns(),
            "resolution": lambda _store: 1_000,
            "subscribe-instant": no_sleep,
            "subscribe-duration": no_sleep,
        },
        _TCP: {"create-tcp-socket": lambda _store, _family: "access-denied"},
        _UDP: {"create-udp-socket": lambda _store, _family: "access-denied"},
    }


class Guest:
    """A component's instance with the store that it lives in; for one thread at a time."""

    def __init__(self, engine: Engine, component: Component, border: Border, memory_mb: int, seconds: float) -> None:
        self._border = border
        self._entered = threading.Lock()
        self._store = Store(engine)
        try:
            self._store.set_wasi(WasiConfig())
            self._store.set_limits(memory_size=memory_mb << 20)
            border.open(self._store, seconds)
            instance = _instantiate(engine, self._store, component, border)
            self._functions: dict[str, Func] = {}
            for name in ("load", "step"):
                function = instance.get_func(self._store, name)
                assert function is not None  # noqa: S101 (the component is ours)
                _remember_type(function, self._store)
                self._functions[name] = function
        except BaseException:
            self.close()
            raise

    def enter(self, name: str, *args: str, seconds: float) -> Any:
        """Call an export; raises WasmtimeError on a trap."""
        with self._entered:
            self._border.open(self._store, seconds)
            return self._functions[name](self._store, *args)

    def close(self) -> None:
        """Give the memory back."""
        with self._entered:  # a thread may be inside still, when the task that waited for it was canceled
            self._store.close()


def _remember_type(function: Func, store: Store) -> None:
    """Have a function's type looked up once: else every call asks for it anew, which takes longer than a small call."""
    found = function.type(store)
    known: Any = SimpleNamespace(params=found.params, result=found.result)
    if isinstance(known.result, ResultType):
        cases, tagged = known.result._cases(), known.result._tagged()  # noqa: SLF001 (there is no other way in)
        known.result._cases = lambda: cases  # type: ignore[method-assign]  # noqa: SLF001
        known.result._tagged = lambda: tagged  # type: ignore[method-assign]  # noqa: SLF001
    function.type = lambda store: known  # type: ignore[method-assign]  # noqa: ARG005


def _instantiate(engine: Engine, store: Store, component: Component, border: Border) -> Instance:
    linker = linker_for(engine, border)
    try:
        return linker.instantiate(store, component)
    finally:
        linker.close()
