"""A person does not want an answer any more: what works on it stops, and what was stopped never runs again."""

import asyncio
import contextlib
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from wactorz_common.contracts.chat import ChatAnswer, ChatStop
from wactorz_common.store import Store
from wactorz_main import mind_texts

if TYPE_CHECKING:
    from wactorz_main.errand import Errand

STOPPED = "stopped"
"""Status of an answer that was given up."""

_GRACE_SECONDS = 3.0
"""How long something with an effect, which is under way, may take to tell its end."""

_MOST = 500
_TABLE = "CREATE TABLE IF NOT EXISTS stopped (task_id TEXT PRIMARY KEY, at REAL NOT NULL)"


class Stopping:
    """Whether one message is given up, and how its work is ended without losing what it has just done."""

    def __init__(self) -> None:
        self.stopped = False
        self.cut = False
        """Whether something with an effect was left before it told its end."""
        self.work: asyncio.Task[ChatAnswer] | None = None
        self._effects = 0

    def check(self) -> None:
        """End the work here if it is given up."""
        if self.stopped:
            raise asyncio.CancelledError

    @contextlib.contextmanager
    def effect(self) -> Iterator[None]:
        """Something with an effect is under way: it is waited for a little when the message is given up."""
        self.check()
        self._effects += 1
        try:
            yield
        finally:
            self._effects -= 1

    def stop(self) -> None:
        """Give the message up."""
        self.stopped = True
        if self._effects:
            asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._cancel)
        else:
            self._cancel()

    def _cancel(self) -> None:
        if self.work is not None and not self.work.done():
            self.cut = self._effects > 0
            self.work.cancel()


class Interruptions:
    """Every message under way, and those that were given up; survives restarts. `now` is epoch seconds."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now
        self._running: dict[str, Errand] = {}
        self._early: OrderedDict[str, None] = OrderedDict()

    async def open(self) -> None:
        """Make the table."""
        await self._store.write(lambda connection: _run(connection, _TABLE))

    async def stop(self, stop: ChatStop) -> None:
        """Give up what is meant: one message, or all of a session."""
        if stop.chat_id:
            self._early[stop.chat_id] = None
            while len(self._early) > _MOST:
                self._early.popitem(last=False)
        for errand in list(self._running.values()):
            if _means(stop, errand) and not errand.stopping.stopped:
                await self._keep(errand.task.id)
                errand.stopping.stop()

    async def run(self, errand: "Errand", answer: Callable[[], Awaitable[ChatAnswer]]) -> ChatAnswer:
        """The answer to a message, or that it was stopped and what was done until then."""
        if await self._is_stopped(errand):
            return _stopped(errand)
        work = errand.stopping.work = asyncio.ensure_future(answer())
        self._running[errand.task.id] = errand
        try:
            await asyncio.wait({work})
        finally:
            self._running.pop(errand.task.id, None)
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
        if not errand.stopping.stopped:
            return work.result()
        return _stopped(errand) if work.cancelled() else _late(errand, work.result())

    async def trim(self, before: float) -> None:
        """Forget what was stopped before an epoch second."""
        await self._store.write(lambda connection: _run(connection, "DELETE FROM stopped WHERE at < ?", (before,)))

    async def _is_stopped(self, errand: "Errand") -> bool:
        if errand.request.chat_id and errand.request.chat_id in self._early:
            await self._keep(errand.task.id)
            return True
        query = "SELECT 1 FROM stopped WHERE task_id = ?"
        if not errand.task.recovered:
            return False
        return await self._store.read(lambda c: c.execute(query, (errand.task.id,)).fetchone()) is not None

    async def _keep(self, task_id: str) -> None:
        row = (task_id, self._now())
        await self._store.write(lambda connection: _run(connection, "INSERT OR IGNORE INTO stopped VALUES (?, ?)", row))


def _means(stop: ChatStop, errand: "Errand") -> bool:
    return stop.means(errand.request.chat_id, errand.request.conversation_id, errand.person)


def _stopped(errand: "Errand") -> ChatAnswer:
    """That it was stopped, with what was done."""
    say, language = mind_texts.say, errand.language
    done = errand.verified() or say(language, "nothing_done" if not errand.stopping.cut else "may_be_done")
    return ChatAnswer(text=f"{say(language, 'stopped')} {done}", status=STOPPED, source="rules")


def _late(errand: "Errand", answer: ChatAnswer) -> ChatAnswer:
    """What was done before the stop could matter."""
    return answer.model_copy(update={"text": f"{mind_texts.say(errand.language, 'stopped')} {answer.text}"})


def _run(connection: sqlite3.Connection, statement: str, values: tuple[object, ...] = ()) -> None:
    connection.execute(statement, values)
