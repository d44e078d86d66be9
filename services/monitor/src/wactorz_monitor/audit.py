"""Who wanted what and what became of it: refused spawns, approvals, accounts; kept for a year."""

import asyncio
import sqlite3
import time
from typing import Any

from wactorz_common import logs
from wactorz_common.store import Store

_DAY = 86_400.0
_MOST_ROWS = 100_000
_LONGEST = 2_000
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS audit (
        id INTEGER PRIMARY KEY, at REAL NOT NULL, event TEXT NOT NULL, agent TEXT NOT NULL, by TEXT NOT NULL,
        detail TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS audit_at ON audit (at)",
)


class Audit:
    """Writes each event into the log and into a table."""

    def __init__(self, store: Store, days: float) -> None:
        self._store = store
        self._seconds = days * _DAY
        self._log = logs.get(__name__)

    async def prepare(self) -> None:
        """Make the table on first use."""
        await self._store.write(_create)

    def note(self, event: str, agent: str, *, by: str = "", detail: str = "") -> None:
        """Keep an event; the disk is not waited for."""
        self._log.info(event, agent_name=agent[:100], by=by[:100], detail=detail[:_LONGEST])
        row = (time.time(), event, _plain(agent), _plain(by), _plain(detail))
        statement = "INSERT INTO audit (at, event, agent, by, detail) VALUES (?, ?, ?, ?, ?)"
        kept = self._store.enqueue(lambda db: db.execute(statement, row) and None)
        kept.add_done_callback(self._report)

    def _report(self, kept: "asyncio.Future[Any]") -> None:
        if not kept.cancelled() and kept.exception() is not None:
            self._log.error("the audit could not be kept", reason=str(kept.exception()))

    async def rows(self, limit: int = 100) -> list[dict[str, Any]]:
        """The newest events first."""
        statement = "SELECT at, event, agent, by, detail FROM audit ORDER BY id DESC LIMIT ?"
        found = await self._store.write(lambda db: db.execute(statement, (limit,)).fetchall())  # after what is queued
        return [dict(zip(("at", "event", "agent", "by", "detail"), row, strict=True)) for row in found]

    async def trim(self) -> None:
        """Forget what is older than the retention, and what is too much."""
        before = time.time() - self._seconds

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM audit WHERE at < ?", (before,))
            db.execute("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", (_MOST_ROWS,))

        await self._store.write(work)


def _create(db: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        db.execute(statement)


def _plain(text: str) -> str:
    return text.encode(errors="replace").decode()[:_LONGEST]
