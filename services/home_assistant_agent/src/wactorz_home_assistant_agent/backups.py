"""What was written and what was there before: the journal of writes, backups for undo, and proposals; in SQLite."""

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from pydantic import Field

from wactorz_common.contracts._channel import Payload
from wactorz_common.contracts.automations import AutomationResult
from wactorz_common.store import Store

KEPT_BACKUPS = 50
KEPT_SECONDS = 8 * 86_400.0
"""Longer than any resend of a task can come."""
PROPOSAL_SECONDS = 900.0

_TABLES = (
    """CREATE TABLE IF NOT EXISTS automation_writes (
        task_id TEXT PRIMARY KEY, change TEXT NOT NULL, result TEXT, at REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS automation_backups (
        id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL UNIQUE, at REAL NOT NULL, change TEXT NOT NULL,
        state TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS automation_proposals (
        token TEXT PRIMARY KEY, session TEXT NOT NULL, at REAL NOT NULL, change TEXT NOT NULL, used_by TEXT NOT NULL
        DEFAULT '') WITHOUT ROWID""",
)


class Change(Payload):
    """One change of one automation, complete: what is there, and what shall be."""

    verb: str = Field(description="create, change, delete, enable or disable")
    automation_id: str = Field(description="Id in Home Assistant's configuration")
    entity_id: str = Field(default="", description="Its entity, where there is one")
    name: str = Field(description="Name as people say it")
    before: dict[str, Any] | None = Field(default=None, description="Configuration before")
    after: dict[str, Any] | None = Field(default=None, description="Configuration afterwards")
    enabled: bool = Field(default=True, description="Whether it was enabled before")
    undoes: int = Field(default=0, description="Backup that this takes back")
    source: str = Field(default="rules", description="What read the sentence")
    cost_usd: float = Field(default=0.0, description="Cost of reading it")
    person: str = Field(default="", description="Who said it")

    def reversed(self, backup: int) -> "Change":
        """The change that takes this one back."""
        verbs = {"create": "delete", "delete": "create", "change": "change", "enable": "disable", "disable": "enable"}
        kept = self.verb in ("enable", "disable")
        return self.model_copy(update={
            "verb": verbs[self.verb], "before": self.before if kept else self.after,
            "after": self.after if kept else self.before, "undoes": backup, "source": "rules", "cost_usd": 0.0,
        })  # fmt: skip


class Backups:
    """Keeps changes by task; each task writes at most once."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now

    def open(self) -> None:
        """Make the tables before anything that is asked later; does not wait."""
        self._store.enqueue(lambda db: [db.execute(table) for table in _TABLES] and None)

    async def begun(self, task_id: str) -> tuple[Change, AutomationResult | None] | None:
        """The change that a task has begun, and its result when it has ended."""
        sql = "SELECT change, result FROM automation_writes WHERE task_id = ?"
        row = await self._store.write(lambda db: db.execute(sql, (task_id,)).fetchone())
        return row and (Change.decode(row[0]), AutomationResult.decode(row[1]) if row[1] else None)

    async def begin(self, task_id: str, change: Change) -> None:
        """Keep the intent and the backup; on disk when this returns, so before anything is written elsewhere."""
        text, now = change.encode().decode(), self._now()

        def work(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR IGNORE INTO automation_writes VALUES (?, ?, NULL, ?)", (task_id, text, now))
            db.execute(
                "INSERT OR IGNORE INTO automation_backups (task_id, at, change, state) VALUES (?, ?, ?, 'begun')",
                (task_id, now, text),
            )
            db.execute(
                "DELETE FROM automation_backups WHERE id <= (SELECT MAX(id) FROM automation_backups) - ?",
                (KEPT_BACKUPS,),
            )

        await self._store.write(work)

    async def end(self, task_id: str, change: Change, result: AutomationResult) -> None:
        """Keep how a task ended; what it took back cannot be taken back again, and neither can this."""
        text, state = result.encode().decode(), "undo" if change.undoes else "done"

        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE automation_writes SET result = ? WHERE task_id = ?", (text, task_id))
            db.execute("UPDATE automation_backups SET state = ? WHERE task_id = ?", (state, task_id))
            db.execute("UPDATE automation_backups SET state = 'undone' WHERE id = ?", (change.undoes,))

        await self._store.write(work)

    async def drop(self, task_id: str) -> None:
        """Nothing was written: there is nothing to take back."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM automation_writes WHERE task_id = ?", (task_id,))
            db.execute("DELETE FROM automation_backups WHERE task_id = ?", (task_id,))

        await self._store.write(work)

    async def newest(self) -> tuple[int, Change] | None:
        """The last change that can still be taken back, and its number."""
        sql = "SELECT id, change FROM automation_backups WHERE state IN ('done', 'begun') ORDER BY id DESC LIMIT 1"
        row = await self._store.write(lambda db: db.execute(sql).fetchone())
        return row and (int(row[0]), Change.decode(row[1]))

    async def propose(self, token: str, session: str, change: Change) -> None:
        """Keep a change until a person has said yes; a new proposal of a session replaces its older ones."""
        row = (token, session, self._now(), change.encode().decode())

        def work(db: sqlite3.Connection) -> None:
            if session:
                db.execute("DELETE FROM automation_proposals WHERE session = ? AND used_by = ''", (session,))
            db.execute("INSERT OR REPLACE INTO automation_proposals VALUES (?, ?, ?, ?, '')", row)

        await self._store.write(work)

    async def take(self, token: str, session: str, task_id: str) -> Change | None:
        """Use a proposal up, once; the same task again gets it again. None when it is not there any more."""
        oldest = self._now() - PROPOSAL_SECONDS

        def work(db: sqlite3.Connection) -> str | None:
            row = db.execute(
                """SELECT token, change FROM automation_proposals WHERE session = ?1 AND (token = ?2 OR ?2 = '')
                AND (used_by = ?3 OR (used_by = '' AND at >= ?4 AND (?2 != '' OR ?1 != '')))
                ORDER BY used_by = ?3 DESC, at DESC LIMIT 1""", (session, token, task_id, oldest),
            ).fetchone()  # fmt: skip
            if row is None:
                return None
            db.execute("UPDATE automation_proposals SET used_by = ? WHERE token = ?", (task_id, row[0]))
            return str(row[1])

        text = await self._store.write(work)
        return Change.decode(text) if text is not None else None

    async def trim(self) -> None:
        """Forget what nobody can ask for any more; backups stay."""
        oldest = self._now() - KEPT_SECONDS

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM automation_writes WHERE at < ?", (oldest,))
            db.execute("DELETE FROM automation_proposals WHERE at < ?", (oldest,))

        await self._store.write(work)


def as_wish(change: Change) -> dict[str, Any]:
    """The change as plain JSON, for an approval."""
    wish: dict[str, Any] = json.loads(change.encode())
    return wish
