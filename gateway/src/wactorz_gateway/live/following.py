"""Those who follow the log: each has a place in it instead of a queue, so that a stalled one costs nothing."""

import asyncio
import time
from collections.abc import Callable, Iterable

from wactorz_common.rights import allows
from wactorz_gateway.live.events import Event, EventLog
from wactorz_gateway.live.visible import demanded

MAX_FOLLOWERS = 512
"""Browsers that may follow the log at once, in all ways together."""

BATCH = 200
"""Events that are handed out at once."""

LINGER_SECONDS = 120.0
"""How long topics on demand are still listened to when nobody follows them: whoever reconnects resumes."""

_TOPICS_KNOWN = 4_096


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


class Follower:
    """One browser's place in the log. `wake` is called when there is something for it."""

    def __init__(self, log: EventLog, view: View, place: int, wake: Callable[[], None]) -> None:
        self.view, self.wake, self.missed = view, wake, False
        self._log, self._place = log, place

    @property
    def last_id(self) -> str:
        """Where it is."""
        return f"{self._log.boot}-{self._place}"

    def offer(self, event: Event) -> None:
        """An event was logged."""
        if self.view.matches(event.topic):
            self.wake()
        elif self._place == event.number - 1:
            self._place = event.number

    def take(self, limit: int = BATCH) -> list[Event]:
        """The next events for it; `missed` is set when the log has run away from it."""
        if self._place < self._log.first - 1:
            self.missed, self._place = True, self._log.first - 1
        taken: list[Event] = []
        for event in self._log.after(self._place):
            if len(taken) == limit:
                break
            self._place = event.number
            if self.view.matches(event.topic):
                taken.append(event)
        return taken

    def interrupt(self) -> None:
        """Something was missed by everybody."""
        self.missed = True
        self.wake()


class Followers:
    """Everybody who follows the log, and what must be listened to for them. `now`: monotonic seconds."""

    def __init__(self, log: EventLog, now: Callable[[], float] = time.monotonic) -> None:
        self.log, self._now = log, now
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

    def join(self, filters: tuple[str, ...], last_id: str, wake: Callable[[], None]) -> tuple[Follower, bool]:
        """A place in the log after `last_id`, and whether something is missing between."""
        since = self._demand(filters)
        place, gap = self.log.resume(last_id, since=since)
        follower = Follower(self.log, self._view(filters), place, wake)
        self._all.add(follower)
        return follower, gap

    def leave(self, follower: Follower) -> None:
        """Forget somebody."""
        self._all.discard(follower)
        if all(one.view is not follower.view for one in self._all):
            self._views.pop(frozenset(follower.view.filters), None)

    def publish(self, topic: str, data: bytes, now: float) -> None:
        """Log a message and wake those who follow its topic."""
        event = self.log.add(topic, data, now)
        for follower in self._all:
            follower.offer(event)

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
