"""What is due when: one moment for each key, the earliest first."""

import heapq
import math
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_STALE_SHARE = 4
_FEW = 64


class Agenda(Generic[K]):
    """Moments in epoch seconds by key; to put one anew costs O(log n), and nothing is looked through."""

    def __init__(self) -> None:
        self._due: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._count = 0

    def put(self, key: K, at: float | None) -> bool:
        """Set when a key is due, None or infinity for never; whether it is now the earliest."""
        if at is None or at == math.inf:
            self._due.pop(key, None)
            return False
        if self._due.get(key) == at:
            return False
        self._due[key] = at
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, key))
        if len(self._heap) > _FEW + _STALE_SHARE * len(self._due):
            self._tidy()
        return self._heap[0][0] == at

    def next(self) -> float:
        """When the earliest key is due; infinity when none is."""
        heap = self._heap
        while heap and self._due.get(heap[0][2]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else math.inf

    def take_due(self, now: float) -> list[K]:
        """The keys that are due, in order; they are no longer on the agenda."""
        keys = []
        while self.next() <= now:
            _, _, key = heapq.heappop(self._heap)
            del self._due[key]
            keys.append(key)
        return keys

    def clear(self) -> None:
        """Forget everything."""
        self._due.clear()
        self._heap.clear()

    def _tidy(self) -> None:
        self._heap = [(at, number, key) for at, number, key in self._heap if self._due.get(key) == at]
        heapq.heapify(self._heap)
