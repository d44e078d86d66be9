"""The memory of a process, shared out among the agents that live in it."""

import time
from collections.abc import Callable

from wactorz_common.telemetry import memory_mb

_READ_SECONDS = 10.0


class MemoryShare:
    """Reads the process's memory rarely: the kernel walks all of it each time."""

    def __init__(
        self, agents: Callable[[], int], read: Callable[[], float] = memory_mb,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._agents, self._read, self._now = agents, read, now
        self._whole, self._at = 0.0, float("-inf")

    def mb(self) -> float:
        """One agent's share in MiB."""
        if self._now() - self._at > _READ_SECONDS:
            self._whole, self._at = self._read(), self._now()
        return round(self._whole / max(1, self._agents()), 1)
