"""What a follow-up needs: the context of each conversation, kept for a while and bounded in number."""

import json
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from wactorz_common.errors import StoreError
from wactorz_common.store import Store

MOST = 500
"""Conversations that are kept."""

_LARGEST = 32_000
_TABLE = "CREATE TABLE IF NOT EXISTS sessions (conversation_id TEXT PRIMARY KEY, body TEXT NOT NULL, at REAL NOT NULL)"
_SAVE = "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Session:
    """A conversation: its language, and the context that the next sentence is read in."""

    language: str = ""
    """The language that a person has set; empty goes by each sentence."""
    context: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    """The context that the sentence of `task_id` was read in, for the case that it is read again."""
    task_id: str = ""
    at: float = 0.0


class Sessions:
    """Contexts in memory, written to disk without being waited for; `seconds` is how long one is of use."""

    def __init__(self, store: Store, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._store, self._seconds, self._now = store, seconds, now
        self._kept: OrderedDict[str, Session] = OrderedDict()

    async def open(self) -> None:
        """Make the table and read what is kept."""

        def work(connection: sqlite3.Connection) -> list[tuple[str, str]]:
            connection.execute(_TABLE)
            query = "SELECT conversation_id, body FROM sessions ORDER BY at DESC LIMIT ?"
            return connection.execute(query, (MOST,)).fetchall()

        for conversation_id, body in reversed(await self._store.write(work)):
            self._kept[conversation_id] = Session(**json.loads(body))

    def language(self, conversation_id: str) -> str:
        """The language that was set for a conversation; empty when none was."""
        return self._kept.get(conversation_id, Session()).language

    def context(self, conversation_id: str, task_id: str) -> dict[str, Any]:
        """The context to read a sentence in: the same again for the same task; empty when there is none of use."""
        kept = self._kept.get(conversation_id)
        if kept is None or self._now() - kept.at > self._seconds:
            return {}
        return kept.before if kept.task_id == task_id else kept.context

    def note(self, conversation_id: str, task_id: str, context: dict[str, Any]) -> None:
        """Keep the context that the sentence of a task leaves; does not wait for the disk."""
        if not conversation_id:
            return
        before = self.context(conversation_id, task_id)
        self._keep(conversation_id, Session(self.language(conversation_id), context, before, task_id, self._now()))

    def set_language(self, conversation_id: str, language: str) -> None:
        """Fix the language of a conversation; empty goes by each sentence again."""
        self._keep(conversation_id, Session(language, at=self._now()))

    async def forget_person(self, person: str) -> None:
        """Forget the conversations of a person."""
        gone = [(place,) for place in self._kept if place.startswith(f"{person}\n")]
        for (place,) in gone:
            del self._kept[place]
        delete = "DELETE FROM sessions WHERE conversation_id = ?"
        await self._store.write(lambda connection: connection.executemany(delete, gone) and None)

    async def trim(self, before: float) -> None:
        """Forget conversations that were last used before an epoch second."""
        for conversation_id in [key for key, kept in self._kept.items() if kept.at < before]:
            del self._kept[conversation_id]
        kept = {(conversation_id,) for conversation_id in self._kept}

        def delete(connection: sqlite3.Connection) -> None:
            found = set(connection.execute("SELECT conversation_id FROM sessions WHERE at < ?", (before,)))
            stored = set(connection.execute("SELECT conversation_id FROM sessions"))
            gone = (stored - kept) | found
            connection.executemany("DELETE FROM sessions WHERE conversation_id = ?", gone)

        await self._store.write(delete)

    def _keep(self, conversation_id: str, session: Session) -> None:
        body = json.dumps(asdict(session), separators=(",", ":"))
        if len(body) > _LARGEST:
            session = Session(session.language, task_id=session.task_id, at=session.at)
            body = json.dumps(asdict(session))
        self._kept.pop(conversation_id, None)
        self._kept[conversation_id] = session
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        row = (conversation_id, body, session.at)
        self._store.enqueue(lambda connection: connection.execute(_SAVE, row) and None).add_done_callback(_noted)


def _noted(written: Any) -> None:
    error = None if written.cancelled() else written.exception()
    if isinstance(error, StoreError):
        _log.warning("the context of a conversation was not kept", reason=str(error))
    elif error is not None:
        raise error
