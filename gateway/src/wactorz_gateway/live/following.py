"""Those who follow the log: each has a place in it instead of a queue, so that a stalled one costs nothing."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from wactorz_common.rights import allows
from wactorz_gateway.live.events import Encoding, Event, EventLog
from wactorz_gateway.live.visible import demanded

MAX_FOLLOWERS = 512
"""Browsers that may follow the log at once, in all ways together."""

BATCH, BATCH_BYTES = 200, 128 * 1024
"""Events that are handed out at once."""

LINGER_SECONDS = 120.0
"""How long topics on demand are still listened to when nobody follows them: whoever reconnects resumes."""

_TOPICS_KNOWN = 4_096

Soon = Callable[[Callable[[], None]], Any]
"""Has something called in a moment."""


class Sink(Protocol):
    """Takes frames at once, as long as it is ready."""

    @property
    def encoding(self) -> Encoding:
        """In which form it takes events."""

    @property
    def ready(self) -> bool:
        """Whether it takes some now, and nothing else is to come before them."""

    def put(self, framed: bytes) -> None:
        """Take whole frames."""


@dataclass(frozen=True)
class Batch:
    """Some events, the place in the log after them, and whether some were missed before."""

    events: list[Event]
    place: int
    missed: bool
    _encoded: dict[Encoding, bytes] = field(default_factory=dict)

    def encoded(self, encoding: Encoding) -> bytes:
        """All of them in one form, made once."""
        found = self._encoded.get(encoding)
        if found is None:
            found = self._encoded[encoding] = b"".join(event.encoded(encoding) for event in self.events)
        return found


class View:
    """A set of topic filters, and which topics they match as far as was asked; shared by all who have the same."""

    def __init__(self, filters: tuple[str, ...]) -> None:
        self.filters = filters
        self._known: dict[str, bool] = {}

    def matches(self, topic: str) -> bool:
        """Whether one of the filters matches a topic."""
        known = self._known.get(topic)
        if known is None:
            if len(self._known) >= _TOPICS_KNOWN:
                self._known.clear()
            known = self._known[topic] = allows(self.filters, topic)
        return known

    def batch(self, log: EventLog, place: int) -> Batch:
        """The next events after a place, up to a number and size."""
        missed, size, taken = place < log.first - 1, 0, list[Event]()
        place = max(place, log.first - 1)
        for event in log.after(place):
            if len(taken) == BATCH or size > BATCH_BYTES:
                break
            place = event.number
            if self.matches(event.topic):
                taken.append(event)
                size += event.size
        else:
            place = log.last
        return Batch(taken, place, missed)


class Follower:
    """One browser's place in the log: it gets events by its sink, or is woken to take them."""

    def __init__(self, log: EventLog, view: View, place: int, wake: Callable[[], None], sink: Sink | None) -> None:
        self.view, self.wake, self.place, self.missed = view, wake, place, False
        self._log, self._sink = log, sink

    @property
    def last_id(self) -> str:
        """Where it is."""
        return f"{self._log.boot}-{self.place}"

    def take(self) -> list[Event]:
        """The next events for it; `missed` is set when the log has run away from it."""
        batch = self.view.batch(self._log, self.place)
        self.place, self.missed = batch.place, self.missed or batch.missed
        return batch.events

    def tell(self, batches: dict[tuple[int, int], Batch]) -> None:
        """Give it what is new; what was put together for others at the same place is used again."""
        if self._sink is not None and not self._sink.ready:
            self.wake()
            return
        key = (id(self.view), self.place)
        batch = batches.get(key) or batches.setdefault(key, self.view.batch(self._log, self.place))
        if self._sink is None or batch.missed or batch.place < self._log.last:
            if batch.events:
                self.wake()
            else:
                self.place = batch.place
            return
        if batch.events:
            self._sink.put(batch.encoded(self._sink.encoding))
        self.place = batch.place

    def interrupt(self) -> None:
        """Something was missed by everybody."""
        self.missed = True
        self.wake()


class Followers:
    """Everybody who follows the log, and what must be listened to for them. `now`: monotonic seconds."""

    def __init__(
        self,
        log: EventLog,
        now: Callable[[], float] = time.monotonic,
        soon: Callable[[Callable[[], None]], Any] | None = None,
    ) -> None:
        """`soon` has something called in a moment; by default by the running loop."""
        self.log, self._now, self._soon, self._telling = log, now, soon or _soon, False
        self.on_demand: Callable[[frozenset[str]], None] = lambda _wanted: None
        """Called with the topics on demand that are to be listened to, when they change."""
        self._all: set[Follower] = set()
        self._views: dict[frozenset[str], View] = {}
        self._wanted: dict[str, tuple[int, float]] = {}
        """Topics on demand: since which event they are listened to, and until when they are kept."""

    def __len__(self) -> int:
        return len(self._all)

    @property
    def full(self) -> bool:
        """Whether nobody else can follow now."""
        return len(self._all) >= MAX_FOLLOWERS

    def watched(self, topic: str) -> bool:
        """Whether somebody follows a topic."""
        return any(one.view.matches(topic) for one in self._all)

    def join(
        self, filters: tuple[str, ...], last_id: str, wake: Callable[[], None], sink: Sink | None = None
    ) -> tuple[Follower, bool]:
        """A place in the log after `last_id`, and whether something is missing between."""
        since = self._demand(filters)
        place, gap = self.log.resume(last_id, since=since)
        follower = Follower(self.log, self._view(filters), place, wake, sink)
        self._all.add(follower)
        return follower, gap

    def leave(self, follower: Follower) -> None:
        """Forget somebody."""
        self._all.discard(follower)
        if all(one.view is not follower.view for one in self._all):
            self._views.pop(frozenset(follower.view.filters), None)

    def publish(self, topic: str, data: bytes, now: float) -> None:
        """Log a message and have it told, together with others that come at the same time."""
        self.log.add(topic, data, now)
        if self._all and not self._telling:
            self._telling = True
            self._soon(self.tell)

    def tell(self) -> None:
        """Tell everybody what is new for them."""
        self._telling = False
        batches: dict[tuple[int, int], Batch] = {}
        for follower in self._all:
            follower.tell(batches)

    def interrupted(self) -> None:
        """The broker was away: everybody has missed something."""
        self.log.interrupted()
        for follower in self._all:
            follower.interrupt()

    def tidy(self) -> None:
        """Give up topics that nobody has followed for a while."""
        now = self._now()
        followed = demanded(text for one in self._all for text in one.view.filters)
        for text, (since, _) in list(self._wanted.items()):
            if text in followed:
                self._wanted[text] = (since, now + LINGER_SECONDS)
            elif self._wanted[text][1] < now:
                del self._wanted[text]
                self.on_demand(frozenset(self._wanted))

    def _view(self, filters: Iterable[str]) -> View:
        return self._views.setdefault(frozenset(filters), View(tuple(filters)))

    def _demand(self, filters: tuple[str, ...]) -> int:
        """Listen to what these filters need; the number of the first event since which all of it was."""
        wanted, until = demanded(filters), self._now() + LINGER_SECONDS
        new = wanted - self._wanted.keys()
        self._wanted |= {text: (self._wanted.get(text, (self.log.last, 0.0))[0], until) for text in wanted}
        if new:
            self.on_demand(frozenset(self._wanted))
        return max((self._wanted[text][0] for text in wanted), default=0)


def _soon(call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(call)


class Waiting:
    """For a reader that waits until there is something: `wake` may be called at any time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.wake = self._event.set

    async def wait(self, seconds: float) -> None:
        """Return when woken since the last wait, or after a while."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()
