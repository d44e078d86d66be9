"""The messages that are being answered, and how one is given up when nobody wants its answer any more."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.chat import ChatAnswer, ChatStop


@dataclass(eq=False)
class Mark:
    """One message: whose it is, whether it was handed over to its agent, and whether it is given up."""

    message_id: str
    session: str
    person: str
    entered_at: float
    handed_over: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)


class Underway:
    """Knows every message under way by session and person; `now` is epoch seconds."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._marks: list[Mark] = []

    @contextlib.contextmanager
    def enter(self, message_id: str, session: str, person: str) -> Iterator[Mark]:
        """A message is being answered."""
        mark = Mark(message_id, session, person, self._now())
        self._marks.append(mark)
        try:
            yield mark
        finally:
            self._marks.remove(mark)

    def busy(self, session: str, person: str) -> bool:
        """Whether anything is being answered in a session of a person."""
        return any(self._of(session, person))

    def stop(self, session: str, person: str) -> tuple[str, ...]:
        """Give up what is under way in a session of a person; the ids of those messages."""
        found = list(self._of(session, person))
        for mark in found:
            mark.stopped.set()
        return tuple(mark.message_id for mark in found)

    def hear(self, stop: ChatStop) -> None:
        """Give up what somebody else said is not wanted: what came after it is not meant."""
        for mark in self._marks:
            if stop.means(mark.message_id, mark.session, mark.person) and mark.entered_at <= stop.timestamp:
                mark.stopped.set()

    def _of(self, session: str, person: str) -> Iterator[Mark]:
        return (mark for mark in self._marks if session and (mark.session, mark.person) == (session, person))


async def unless_stopped(mark: Mark, work: Coroutine[Any, Any, ChatAnswer], patience: float) -> ChatAnswer | None:
    """The answer of some work; None when it was stopped and did not tell within `patience` seconds what was done."""
    answering, stopping = asyncio.ensure_future(work), asyncio.ensure_future(mark.stopped.wait())
    try:
        await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            await asyncio.wait({answering}, timeout=patience if mark.handed_over else 0)
        return answering.result() if answering.done() else None
    finally:
        for one in (answering, stopping):
            one.cancel()
        await asyncio.gather(answering, stopping, return_exceptions=True)
