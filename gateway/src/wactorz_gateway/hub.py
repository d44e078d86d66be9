"""Fan-out to browsers: a bounded queue for each, so that a stalled one delays nobody."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wactorz_gateway import frames
from wactorz_gateway.live.events import Encoding
from wactorz_gateway.live.following import Follower
from wactorz_gateway.live.wire import Wire

QUEUE_FRAMES = 500
"""Frames that wait for one client before the oldest telemetry is dropped."""

FULL_SECONDS = 10.0
"""A client whose queue stays full for this long is disconnected."""

MAX_CLIENTS = 256


@dataclass(eq=False)
class Client:
    """One browser: frames that wait for it, and since when there are too many."""

    limit: int = QUEUE_FRAMES
    person: str = ""
    """Who looks."""
    dropped: int = 0
    slow: bool = False
    """Whether it is disconnected because it took too little."""
    full_since: float | None = None
    sending_since: float | None = None
    """Since when what was handed out last is on its way; None while it waits for more."""
    follower: Follower | None = None
    """Its place in the log of events, instead of relayed messages."""
    wire: Wire | None = None
    """Where events can be written to directly."""
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    _frames: deque[tuple[str, bool]] = field(default_factory=deque)
    _waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frame: str, now: float, *, telemetry: bool = False) -> None:
        """Queue a frame; never waits."""
        if len(self._frames) >= self.limit and not self._make_room():
            self.dropped += 1
            if not telemetry:
                self.give_up()
            self._note_full(now)
            return
        self._frames.append((frame, telemetry))
        self._note_full(now)
        self._waiting.set()

    def give_up(self) -> None:
        """Disconnect it: it is too slow."""
        self.slow = True
        self.lost.set()

    def _make_room(self) -> bool:
        for index, (_, telemetry) in enumerate(self._frames):
            if telemetry:
                del self._frames[index]
                self.dropped += 1
                return True
        return False

    def _note_full(self, now: float) -> None:
        if len(self._frames) < self.limit:
            self.full_since = None
        elif self.full_since is None:
            self.full_since = now

    @property
    def queued(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    @property
    def encoding(self) -> Encoding:
        """In which form it takes events."""
        return "text"

    @property
    def ready(self) -> bool:
        """Whether events can go out now without overtaking anything."""
        return self.wire is not None and self.sending_since is None and not self._frames and self.wire.ready

    def put(self, framed: bytes) -> None:
        """Write frames of events."""
        if self.wire is not None:
            self.wire.put(framed)

    def wake(self) -> None:
        """There may be events for it."""
        self._waiting.set()

    async def batch(self) -> list[str]:
        """The next frames for this client, waiting for some; what was asked for goes before events."""
        while True:
            self._waiting.clear()
            ready = [frame for frame, _ in self._frames]
            self._frames.clear()
            self.full_since = None
            if self.follower is not None:
                found = self.follower.take()
                if self.follower.missed:
                    self.follower.missed = False
                    ready.append(frames.encode("gap", last_id=self.follower.last_id))
                ready += [event.frame for event in found]
            if ready:
                return ready
            await self._waiting.wait()


class Hub:
    """All connected browsers."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._clients: set[Client] = set()
        self._dropped_before = 0
        self._stalled_before = 0

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def dropped(self) -> int:
        """Frames that were dropped since the start, for all clients."""
        return self._dropped_before + sum(client.dropped for client in self._clients)

    @property
    def stalled(self) -> int:
        """Clients that were disconnected since the start because they were too slow."""
        return self._stalled_before + sum(client.slow for client in self._clients)

    @property
    def longest_queue(self) -> int:
        """Frames that wait for the client with the most of them."""
        return max((client.queued for client in self._clients), default=0)

    def join(self, person: str = "") -> Client | None:
        """A place for a new client, or None when there are too many."""
        if len(self._clients) >= MAX_CLIENTS and not self._make_way(person):
            return None
        client = Client(person=person)
        self._clients.add(client)
        return client

    def _make_way(self, person: str) -> bool:
        """Disconnect a browser of whoever has the most, if that is somebody with more than the one who comes."""
        held = Counter(client.person for client in self._clients)
        greediest, most = held.most_common(1)[0]
        if most <= held[person] + 1:
            return False
        gone = next(client for client in self._clients if client.person == greediest)
        gone.lost.set()
        self.leave(gone)
        return True

    def leave(self, client: Client) -> None:
        """Forget a client."""
        if client in self._clients:
            self._clients.discard(client)
            self._dropped_before += client.dropped
            self._stalled_before += client.slow

    def broadcast(self, frame: str, *, telemetry: bool = False, to: str | None = None) -> None:
        """Offer a frame to every client, or to those of one person."""
        now = self._now()
        for client in self._clients:
            if to in (None, client.person):
                client.offer(frame, now, telemetry=telemetry)

    def relay(self, frame: str, *, to: str | None = None) -> None:
        """Offer a relayed message to every client, or those of one person, that follows no topics of its own."""
        now = self._now()
        for client in self._clients:
            if client.follower is None and to in (None, client.person):
                client.offer(frame, now, telemetry=True)

    @property
    def relays(self) -> bool:
        """Whether any client wants relayed messages."""
        return any(client.follower is None for client in self._clients)

    def send(self, client: Client, greeting: Iterable[str]) -> None:
        """Offer frames to one client."""
        for frame in greeting:
            client.offer(frame, self._now())

    def drop_stalled(self) -> None:
        """Disconnect clients whose queue has been full, or that have taken nothing, for too long."""
        now = self._now()
        for client in self._clients:
            moments = (client.full_since, client.sending_since, client.wire.blocked_since if client.wire else None)
            if any(since is not None and now - since > FULL_SECONDS for since in moments):
                client.give_up()

    def close(self) -> None:
        """Disconnect everybody."""
        for client in self._clients:
            client.lost.set()
