"""What waits to be published, in order and bounded."""

import asyncio
from collections import deque
from collections.abc import Iterable
from enum import Enum

from wactorz_common.contracts.home import StateChange


class Mark(Enum):
    """A place in the queue where something else than an event is due."""

    GAP = "events are missing here"
    RESYNC = "everything is to be said again here"


Item = StateChange | Mark


class Outflow:
    """A queue that becomes a single gap when it grows too long: what it held is in the recorder."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[Item] = deque([Mark.GAP])
        self._filled = asyncio.Event()
        self._filled.set()
        self.dropped = 0
        """Events that were given up here, to be asked of the recorder."""

    def __len__(self) -> int:
        return len(self._items)

    def put(self, change: StateChange) -> None:
        """Add an event."""
        if len(self._items) >= self._most:
            self.dropped += sum(isinstance(item, StateChange) for item in self._items)
            self._items.clear()
            self._items.append(Mark.GAP)
        self._items.append(change)
        self._filled.set()

    def mark(self, mark: Mark) -> None:
        """Add a mark, unless the last thing is one that does the same."""
        if mark is Mark.RESYNC and Mark.GAP in self._items:
            return
        if self._items and self._items[-1] is mark:
            return
        self._items.append(mark)
        self._filled.set()

    async def next(self) -> Item:
        """The oldest item; it is taken out."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.popleft()

    def take_events(self) -> list[StateChange]:
        """All events, oldest first; marks go with them, because whoever takes all is about to do what they ask."""
        events = [item for item in self._items if isinstance(item, StateChange)]
        self._items.clear()
        return events

    def put_back(self, mark: Mark, events: Iterable[StateChange] = ()) -> None:
        """What was taken comes first again, after the mark."""
        self._items.extendleft(reversed([mark, *events]))
        self._filled.set()
