"""A browser with a ticket: the gateway is its broker, and it reads from the log like everybody else."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from wactorz_gateway.live.checkpoint import Checkpoint, Verdict
from wactorz_gateway.live.events import Encoding
from wactorz_gateway.live.following import Follower, Followers
from wactorz_gateway.live.messages import published
from wactorz_gateway.live.packets import V5, Packet
from wactorz_gateway.live.retained import Retained
from wactorz_gateway.live.visible import MAX_FILTERS
from wactorz_gateway.live.wire import binary_frame


class Line(Protocol):
    """The wire of a connection, as far as a reader needs it."""

    on_writable: Callable[[], None] | None

    @property
    def ready(self) -> bool:
        """Whether frames can be written now."""

    def put(self, framed: bytes) -> None:
        """Write whole frames."""


class Reader:
    """One connection after its CONNECT; `missed` is called when messages were missed that nobody can repeat."""

    def __init__(
        self, line: Line, followers: Followers, retained: Retained, checkpoint: Checkpoint, level: int,
        missed: Callable[[], None],
    ) -> None:  # fmt: skip
        self.checkpoint = checkpoint
        self.encoding: Encoding = "mqtt5" if level == V5 else "mqtt4"
        self._line, self._followers, self._retained, self._level = line, followers, retained, level
        self._missed = missed
        self._follower: Follower | None = None
        self._kept: deque[Iterator[tuple[str, bytes]]] = deque()
        line.on_writable = self.pump

    @property
    def ready(self) -> bool:
        """Whether events can be written now, with nothing before them."""
        return not self._kept and self._line.ready

    def put(self, framed: bytes) -> None:
        """Write frames of events."""
        self._line.put(framed)

    def take(self, given: Packet) -> Verdict:
        """Answer a packet of the browser; it is over when the verdict says so."""
        before = frozenset(self.checkpoint.subscribed)
        verdict = self.checkpoint.judge(given)
        if verdict.back:
            self._line.put(binary_frame(verdict.back))
        if not verdict.over and self.checkpoint.subscribed != before:
            self._follow()
        if verdict.keeping and len(self._kept) < MAX_FILTERS:
            self._kept.append(self._retained.matching(verdict.keeping))
            self.pump()
        return verdict

    def pump(self) -> None:
        """Write what waits, as far as the browser takes it."""
        while self._kept and self._line.ready:
            message = next(self._kept[0], None)
            if message is None:
                self._kept.popleft()
            else:
                self._line.put(binary_frame(published(*message, self._level, retained=True)))
        while self.ready and self._follower is not None:
            events = self._follower.take()
            if self._follower.missed:
                self._missed()
                return
            if not events:
                return
            self._line.put(b"".join(event.encoded(self.encoding) for event in events))

    def close(self) -> None:
        """Leave the log."""
        self._line.on_writable = None
        if self._follower is not None:
            self._followers.leave(self._follower)
            self._follower = None

    def _follow(self) -> None:
        """Follow what is subscribed to now, from where it is."""
        before = self._follower
        filters = tuple(sorted(self.checkpoint.subscribed))
        self._follower = None
        if filters:
            place = before.last_id if before else ""
            self._follower, _ = self._followers.join(filters, place, self.pump, self)
        if before is not None:
            self._followers.leave(before)


@dataclass(frozen=True)
class Readers:
    """Makes readers of the same log."""

    followers: Followers
    retained: Retained

    def make(self, line: Line, checkpoint: Checkpoint, level: int, missed: Callable[[], None]) -> Reader:
        """A reader for one connection."""
        return Reader(line, self.followers, self.retained, checkpoint, level, missed)
