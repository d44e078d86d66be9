"""The recorder: what every entity was in the last ten days."""

import json
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.states import Event

KEEP_SECONDS = 10 * 86_400.0
_TRIM_EVERY = 5_000
_TABLES = """
CREATE TABLE IF NOT EXISTS history (
    number INTEGER PRIMARY KEY, entity_id TEXT NOT NULL, at REAL NOT NULL, changed_at REAL NOT NULL,
    state TEXT NOT NULL, attributes TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS history_of_entity ON history (entity_id, at);
CREATE INDEX IF NOT EXISTS history_by_time ON history (at);
"""
_INSERT = "INSERT INTO history (entity_id, at, changed_at, state, attributes) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Point:
    """A state that an entity took, at a time in epoch seconds; an empty state means that it was removed."""

    entity_id: str
    at: float
    state: str
    attributes: dict[str, Any] = field(default_factory=dict)
    changed_at: float | None = None

    @property
    def row(self) -> tuple[str, float, float, str, str]:
        """The row of the table."""
        changed_at = self.at if self.changed_at is None else self.changed_at
        return self.entity_id, self.at, changed_at, self.state, json.dumps(self.attributes)


class Recorder:
    """Keeps what changes; written through, so that a killed house still knows it."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        try:
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=OFF")  # as for the states
            self._database.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise DemoHomeError(
                f"The demo home cannot use its history file {path} ({error}). "
                "Check the folder's rights or set WACTORZ_STATE_DIR."
            ) from error
        self._written = 0
        self._trim()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been recorded yet."""
        return self._database.execute("SELECT 1 FROM history LIMIT 1").fetchone() is None

    def take(self, event: Event) -> None:
        """Record a change of state."""
        _, new = event.change or (None, None)
        if new is None:
            self._write([Point(event.data["entity_id"], event.time_fired.timestamp(), "")])
            return
        shown = new.condition
        at, changed_at = new.last_updated.timestamp(), new.last_changed.timestamp()
        self._write([Point(new.entity_id, at, shown.state, shown.attributes, changed_at)])

    def seed(self, points: Iterable[Point]) -> int:
        """Record a made-up past, in any order; returns how many points it had."""
        given = sorted(points, key=lambda point: point.at)
        self._database.execute("BEGIN")
        self._write(given)
        self._database.execute("COMMIT")
        return len(given)

    def forget(self) -> None:
        """Drop everything."""
        self._database.execute("DELETE FROM history")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def before(self, entity_id: str, start: float, *, attributes: bool) -> Point | None:
        """The last point before a time."""
        row = self._database.execute(
            "SELECT state, attributes FROM history WHERE entity_id = ? AND at < ? ORDER BY at DESC LIMIT 1",
            (entity_id, start),
        ).fetchone()
        return row and Point(entity_id, start, row[0], json.loads(row[1]) if attributes else {})

    def between(self, entity_id: str, start: float, end: float, *, attributes: bool) -> list[Point]:
        """The points after a time and before another, in order."""
        rows = self._database.execute(
            "SELECT at, changed_at, state, attributes FROM history WHERE entity_id = ? AND at > ? AND at < ? "
            "ORDER BY at, number", (entity_id, start, end),
        )  # fmt: skip
        return [
            Point(entity_id, at, state, json.loads(text) if attributes else {}, changed_at)
            for at, changed_at, state, text in rows
        ]

    def oldest(self) -> float | None:
        """When the first point was recorded."""
        row = self._database.execute("SELECT min(at) FROM history").fetchone()
        return None if row[0] is None else float(row[0])

    def _write(self, points: list[Point]) -> None:
        self._database.executemany(_INSERT, [point.row for point in points])
        self._written += len(points)
        if self._written >= _TRIM_EVERY:
            self._written = 0
            self._trim()

    def _trim(self) -> None:
        self._database.execute("DELETE FROM history WHERE at < ?", (time.time() - KEEP_SECONDS,))
