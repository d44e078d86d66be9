"""When which unanswered task is sent: at once, again after a while, and at most so many to one receiver."""

import asyncio
import heapq
import itertools
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TransportError, WactorzError
from wactorz_common.failpoints import failpoint
from wactorz_common.task_rules import OutboxRow, TaskEnd, end_of_unanswered, next_delay

WINDOW = 200
"""Unanswered tasks that one receiver gets at a time."""

_PAUSE_OFFLINE = 5.0
_LONGEST_SLEEP = 60.0
_BURST = 32
_BREATH = 0.005

log = structlog.get_logger(__name__)
Send = Callable[[OutboxRow], Awaitable[None] | None]


@dataclass(slots=True)
class Window:
    """How many tasks one receiver was sent and has not answered, and who waits for a place."""

    flying: int = 0
    waiting: "deque[Entry]" = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class Entry:
    """An unfinished task. `held`: the disk says that it was never sent; `flying`: it has a place in its window."""

    row: OutboxRow
    ends_at: float
    end: "asyncio.Future[TaskEnd[Any]]"
    window: Window
    held: bool
    sent: bool
    flying: bool = False
    attempt: int = 0
    due: float = 0.0
    ending: bool = False
    gone: bool = False
    committed: "asyncio.Future[Any] | None" = None


class Relay:
    """Sends tasks until they are dropped.

    `send` hands a row to the broker or raises TransportError; `hold` commits whether a task was certainly never sent;
    `give_up` ends a task that nobody answered or that cannot be sent.
    """

    def __init__(
        self,
        send: Send,
        hold: Callable[[Entry, bool], "asyncio.Future[int]"],
        give_up: Callable[[Entry, TaskState, str], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._send, self._hold, self._give_up, self._now = send, hold, give_up, now
        self._windows: dict[str, Window] = {}
        self._agenda: list[tuple[float, int, Entry]] = []
        self._numbers = itertools.count()
        self._wake = asyncio.Event()
        self._offline_until = 0.0
        self._seen_now = 0.0
        self._sending: set[asyncio.Future[None]] = set()

    def window(self, topic: str) -> Window:
        """The window of one receiver."""
        return self._windows.setdefault(topic, Window())

    def reserve(self, window: Window) -> bool:
        """Take a place for a task that can be sent at once; False when it must wait."""
        free = window.flying < WINDOW and not window.waiting and self._now() >= self._offline_until
        window.flying += free
        return free

    def launch(self, entry: Entry) -> None:
        """Send a task that is on disk, now when it has a place, else when its turn comes."""
        if entry.flying:
            self._fly(entry)
        else:
            self._wait_turn(entry)
            self._fill(entry.window)

    def drop(self, entry: Entry) -> None:
        """Take out a task that has ended; the next one gets its place."""
        if entry.gone:
            return
        entry.gone = True
        if entry.flying:
            entry.window.flying -= 1
        self._fill(entry.window)

    def keep(self, entry: Entry, delay: float) -> None:
        """Look at a task again in `delay` seconds, because its end could not be committed."""
        entry.ends_at = self._now() + delay
        self._plan(entry, entry.ends_at)

    def kick(self, entries: "list[Entry]") -> None:
        """The broker is there again: send every unanswered one of `entries`, at a measured pace."""
        self._offline_until = 0.0
        now = self._now()
        for entry in entries:
            if entry.flying and entry.sent:
                self._plan(entry, now)
        for window in self._windows.values():
            self._fill(window)
        self._wake.set()

    def stop(self) -> None:
        """Abandon the sendings under way."""
        for task in self._sending:
            task.cancel()

    async def sleep(self, longest: float) -> None:
        """Wait until something is due, the broker is back, or `longest` seconds have passed."""
        if self._offline_until:
            longest = min(longest, _PAUSE_OFFLINE)
        if self._agenda:
            longest = min(longest, max(0.0, self._agenda[0][0] - self._now()))
        try:
            async with asyncio.timeout(min(longest, _LONGEST_SLEEP)):
                await self._wake.wait()
        except TimeoutError:
            pass  # something may be due
        self._wake.clear()

    async def send_due(self) -> bool:
        """Send again what is due and end what is over; True when a pause without broker is over."""
        sent = 0
        while self._agenda and self._agenda[0][0] <= self._now():
            entry = heapq.heappop(self._agenda)[2]
            if entry.gone or entry.ending:
                continue
            now = self._now()
            state = end_of_unanswered(ever_sent=entry.sent, ends_at=entry.ends_at, now=now)
            if state is not None:
                self._give_up(entry, state, _sentence(state))
            elif entry.flying and entry.sent and entry.due <= now:
                if now < self._offline_until:
                    self._plan(entry, self._offline_until)
                    continue
                self._fly(entry)
            sent += 1
            if sent % _BURST == 0:
                await asyncio.sleep(_BREATH)
        return self._is_back()

    def _is_back(self) -> bool:
        now, before = self._now(), self._seen_now
        self._seen_now = now
        return 0 < self._offline_until <= now or now < before - _PAUSE_OFFLINE  # the clock was set back

    def _plan(self, entry: Entry, due: float) -> None:
        entry.due = due
        if not self._agenda or due < self._agenda[0][0]:
            self._wake.set()
        heapq.heappush(self._agenda, (min(due, entry.ends_at), next(self._numbers), entry))

    def _wait_turn(self, entry: Entry) -> None:
        if entry.flying:
            entry.flying = False
            entry.window.flying -= 1
        entry.window.waiting.append(entry)
        self._plan(entry, entry.ends_at)

    def _fill(self, window: Window) -> None:
        while window.waiting and window.flying < WINDOW and self._now() >= self._offline_until:
            entry = window.waiting.popleft()
            if entry.gone or entry.ending:
                continue
            entry.flying = True
            window.flying += 1
            if entry.held:
                self._hold(entry, False).add_done_callback(partial(self._released, entry))
            else:
                self._fly(entry)

    def _released(self, entry: Entry, marked: "asyncio.Future[int]") -> None:
        if entry.gone or entry.ending or marked.cancelled():
            return
        if marked.exception() is not None:
            self._wait_turn(entry)
            return
        entry.held = False
        self._fly(entry)

    def _fly(self, entry: Entry) -> None:
        first, entry.sent = not entry.sent, True
        entry.attempt += 1
        self._plan(entry, self._now() + next_delay(entry.attempt, random.random()))  # noqa: S311  # jitter
        self.counts["sent" if first else "sent_again"] += 1
        failpoint("outbox.before_publish")
        try:
            sending = self._send(entry.row)
        except Exception as error:  # every kind is judged in one place
            self._failed(entry, error, first)
            return
        if sending is None:
            failpoint("outbox.after_publish")
            return
        task = asyncio.ensure_future(sending)
        self._sending.add(task)
        task.add_done_callback(partial(self._handed_over, entry, first))

    def _handed_over(self, entry: Entry, first: bool, task: "asyncio.Future[None]") -> None:
        self._sending.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._failed(entry, error, first)
        else:
            failpoint("outbox.after_publish")

    def _failed(self, entry: Entry, error: BaseException, first: bool) -> None:
        self.counts["not_sent"] += 1
        if entry.gone or entry.ending:
            return
        if isinstance(error, TransportError):
            self._offline_until = self._now() + _PAUSE_OFFLINE
            entry.attempt -= 1
            if first:
                entry.sent = False
                self._hold_back(entry)
        elif isinstance(error, WactorzError) and first:
            self._give_up(entry, TaskState.FAILED, str(error))
        else:
            log.error("a task could not be sent", task_id=entry.row.task_id, topic=entry.row.topic, exc_info=error)

    def _hold_back(self, entry: Entry) -> None:
        """The task keeps its place until the disk says again that it was never sent, then waits for its turn."""

        def held(marked: "asyncio.Future[int]") -> None:
            if not entry.gone and not entry.ending and not marked.cancelled():
                entry.held = marked.exception() is None
                self._wait_turn(entry)
                self._fill(entry.window)  # the broker may be back already

        self._hold(entry, True).add_done_callback(held)


def _sentence(state: TaskState) -> str:
    if state is TaskState.EXPIRED:
        return "the task could not be sent before its deadline, so it was not done"
    return "no answer came in time, so it is unknown whether it was done"
