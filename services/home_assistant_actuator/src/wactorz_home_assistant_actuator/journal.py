"""What became of each call, kept until no resend can ask again; the proof that a call is never made twice."""

import sqlite3

from wactorz_common.contracts.home import CallOutcome
from wactorz_common.store import Store

KEPT_SECONDS = 8 * 86_400.0
"""Longer than any resend can come."""

_TABLE = """
CREATE TABLE IF NOT EXISTS calls (
    task_id TEXT NOT NULL, call_index INTEGER NOT NULL, outcome TEXT NOT NULL, ended_at REAL NOT NULL,
    PRIMARY KEY (task_id, call_index)
) WITHOUT ROWID
"""


class Journal:
    """Outcomes of calls by task and place in the task."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self) -> None:
        """Make the table when it is not there yet, before anything that is asked later; does not wait."""
        self._store.enqueue(lambda db: db.execute(_TABLE) and None)

    async def keep(self, task_id: str, index: int, outcome: CallOutcome, ended_at: float) -> None:
        """Keep an outcome; on disk when this returns. `ended_at` is in epoch seconds."""
        row = (task_id, index, outcome.encode().decode(), ended_at)
        await self._store.write(lambda db: db.execute("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?)", row) and None)

    async def kept(self, task_id: str) -> dict[int, CallOutcome]:
        """The outcomes of a task so far, by the place of the call."""

        def work(db: sqlite3.Connection) -> list[tuple[int, str]]:
            return db.execute("SELECT call_index, outcome FROM calls WHERE task_id = ?", (task_id,)).fetchall()

        return {index: CallOutcome.decode(text) for index, text in await self._store.write(work)}

    async def trim(self, now: float) -> None:
        """Forget what is older than any resend."""
        oldest = now - KEPT_SECONDS
        await self._store.write(lambda db: db.execute("DELETE FROM calls WHERE ended_at < ?", (oldest,)) and None)
