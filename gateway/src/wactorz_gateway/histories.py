"""What agents used over time, for charts: an hour at the grain of heartbeats, a day in steps of five minutes."""

from array import array
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from enum import IntEnum
from math import isnan, nan
from typing import NamedTuple

from wactorz_gateway.actor import Agent

HOUR_POINTS = 360
"""Heartbeats come every 10 s."""

DAY_POINTS = 288
STEP_SECONDS = 300.0
MOST_AGENTS = 500
HOUR = 3600.0
DAY = 86_400.0
_CLOSEST = 1.0
_FIELDS = 6
_MOST_UNKEPT = 100_000


class Grain(IntEnum):
    """How close samples of a ring are."""

    FINE = 0
    COARSE = 1


class Sample(NamedTuple):
    """What an agent told at a moment; NaN stands for what it did not tell."""

    t: float
    memory_mb: float
    cpu: float
    messages_processed: float
    errors: float
    cost_usd: float


class Ring:
    """The last samples of one grain, in a flat array: a day of 50 agents takes about 1.5 MB."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values = array("d")
        self._next = 0

    def add(self, sample: Sample) -> None:
        """Keep a sample, in place of the oldest one when there are enough."""
        if len(self._values) < self._most * _FIELDS:
            self._values.extend(sample)
            return
        at = self._next * _FIELDS
        self._values[at : at + _FIELDS] = array("d", sample)
        self._next = (self._next + 1) % self._most

    def since(self, start: float) -> Iterator[Sample]:
        """Samples from a moment on, oldest first."""
        count = len(self._values) // _FIELDS
        for place in range(count):
            at = (self._next + place) % count * _FIELDS
            if self._values[at] >= start:
                yield Sample(*self._values[at : at + _FIELDS])

    @property
    def newest(self) -> float:
        """Time of the newest sample; minus infinity without one."""
        if not self._values:
            return float("-inf")
        count = len(self._values) // _FIELDS
        return self._values[(self._next + count - 1) % count * _FIELDS]


class Histories:
    """The samples of all agents; who was silent longest gives way."""

    def __init__(self) -> None:
        self._rings: OrderedDict[str, tuple[Ring, Ring]] = OrderedDict()
        self._unkept: deque[tuple[str, Grain, Sample]] = deque(maxlen=_MOST_UNKEPT)
        self._gone: set[str] = set()

    def note(self, agent: Agent, cost_usd: float | None, now: float) -> None:
        """Keep what an agent has told by now."""
        sample = Sample(
            now, _number(agent.heartbeat.get("memory_mb")), _number(agent.heartbeat.get("cpu_percent")),
            _number(agent.metrics.get("messages_processed")), _number(agent.metrics.get("errors")), _number(cost_usd),
        )  # fmt: skip
        self._add(agent.agent_id, sample)

    def note_node(self, node: str, agents: int, memory_mb: float, now: float) -> None:
        """Keep how many agents run on a node, and what memory they take."""
        self._add(node_key(node), Sample(now, memory_mb, nan, float(agents), nan, nan))

    def forget(self, agent_id: str) -> None:
        """Drop the samples of an agent that is gone."""
        if self._rings.pop(agent_id, None) is not None:
            self._gone.add(agent_id)
            self._unkept = deque((row for row in self._unkept if row[0] != agent_id), maxlen=_MOST_UNKEPT)

    def load(self, rows: Iterable[tuple[str, Grain, Sample]]) -> None:
        """Start from what was kept, oldest first."""
        for key, grain, sample in rows:
            self._rings_of(key)[grain].add(sample)

    def unkept(self) -> tuple[frozenset[str], list[tuple[str, Grain, Sample]]]:
        """Who is gone, and the samples that came, since this was asked last."""
        gone, fresh = frozenset(self._gone), list(self._unkept)
        self._gone.clear()
        self._unkept.clear()
        return gone, fresh

    def _add(self, key: str, sample: Sample) -> None:
        rings = self._rings_of(key)
        for grain, closest in ((Grain.FINE, _CLOSEST), (Grain.COARSE, STEP_SECONDS)):
            if sample.t - rings[grain].newest >= closest:
                rings[grain].add(sample)
                self._unkept.append((key, grain, sample))

    def _rings_of(self, key: str) -> tuple[Ring, Ring]:
        rings = self._rings.setdefault(key, (Ring(HOUR_POINTS), Ring(DAY_POINTS)))
        self._rings.move_to_end(key)
        if len(self._rings) > MOST_AGENTS:
            self.forget(next(iter(self._rings)))
        return rings

    def of(self, agent_id: str, start: float, now: float) -> list[Sample]:
        """Samples from a moment on, oldest first: before the last hour in steps of five minutes."""
        rings = self._rings.get(agent_id)
        if rings is None:
            return []
        fine, coarse = list(rings[0].since(max(start, now - HOUR))), []
        if start < now - HOUR:
            until = fine[0].t if fine else now
            coarse = [sample for sample in rings[1].since(start) if sample.t < until]
        return [*coarse, *fine]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else nan


def known(value: float) -> float | None:
    """The value, or None where an agent did not tell it."""
    return None if isnan(value) else value


def node_key(node: str) -> str:
    """What a node's samples are kept under, apart from those of agents."""
    return f"node/{node}"
