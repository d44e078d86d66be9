"""One engine for a process: its clock, which runs only while a guest runs, and the threads that guests run on."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache

from wasmtime import Config, Engine

TICK = 0.01
"""Seconds between two looks at the time of a running guest."""


class Clock:
    """Advances the engine's epoch while at least one guest runs; asleep otherwise."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._running = 0
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have the epoch advance meanwhile."""
        with self._wake:
            self._running += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, name="sandbox-clock", daemon=True)
                self._thread.start()
            elif self._running == 1:
                self._wake.notify()
        try:
            yield
        finally:
            with self._wake:
                self._running -= 1

    def _tick(self) -> None:
        while True:
            with self._wake:
                while not self._running:
                    self._wake.wait()
            time.sleep(TICK)
            self._engine.increment_epoch()


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def engine() -> Engine:
    """The engine of this process."""
    config = Config()
    config.epoch_interruption = True
    return Engine(config)


@cache
def clock() -> Clock:
    """The clock of this process's engine."""
    return Clock(engine())


@cache
def threads() -> ThreadPoolExecutor:
    """Threads that guests run on: more than processors, so that one spinning guest does not hold up the others."""
    return ThreadPoolExecutor(max_workers=2 * cores() + 2, thread_name_prefix="guest")
