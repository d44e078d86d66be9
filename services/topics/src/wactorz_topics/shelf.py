"""What was observed, on disk: the topics that changed since the last time, and no more."""

import json
import sqlite3

from wactorz_common.store import Store
from wactorz_topics.observing import Observer, Topic
from wactorz_topics.shapes import Shape

FORMAT = 1
_TABLE = """CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY, format INTEGER NOT NULL, messages INTEGER NOT NULL, last_seen_at REAL NOT NULL,
    retained INTEGER NOT NULL, shape TEXT NOT NULL) WITHOUT ROWID"""
_SAVE = "INSERT OR REPLACE INTO topics VALUES (?, ?, ?, ?, ?, ?)"
_AT_ONCE = 200


class Shelf:
    """Keeps an observer's topics."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, observer: Observer, most: int) -> None:
        """Take in what was kept, the ones heard last at the end; what another version wrote is left out."""

        def work(db: sqlite3.Connection) -> list[tuple[str, int, float, int, str]]:
            db.execute(_TABLE)
            query = """SELECT name, messages, last_seen_at, retained, shape FROM topics WHERE format = ?
                ORDER BY last_seen_at DESC LIMIT ?"""
            return db.execute(query, (FORMAT, most)).fetchall()

        for name, messages, last_seen_at, retained, shape in reversed(await self._store.write(work)):
            topic = Topic(name, Shape.of_json(json.loads(shape)), messages, last_seen_at, retained=bool(retained))
            topic.dirty = False
            observer.restore(topic)

    async def save(self, observer: Observer) -> int:
        """Write what changed, in portions; returns how many topics that were."""
        gone, observer.forgotten = observer.forgotten, set()
        if gone:
            names = [(name,) for name in gone]
            await self._store.write(lambda db: db.executemany("DELETE FROM topics WHERE name = ?", names) and None)
        changed = [topic for topic in observer.topics.values() if topic.dirty]
        for start in range(0, len(changed), _AT_ONCE):
            rows = [_row(topic) for topic in changed[start : start + _AT_ONCE]]
            await self._store.write(lambda db, rows=rows: db.executemany(_SAVE, rows) and None)  # type: ignore[misc]  # a default binds the rows of this turn
        return len(changed)


def _row(topic: Topic) -> tuple[str, int, int, float, int, str]:
    topic.dirty = False
    shape = json.dumps(topic.shape.to_json(), separators=(",", ":"))
    return topic.name, FORMAT, topic.messages, topic.last_seen_at, int(topic.retained), shape
