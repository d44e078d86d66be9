"""What was said last of each entity, on disk, so that nothing is said twice and nothing is left out."""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator

from wactorz_common.contracts.home import StateChange
from wactorz_common.store import Store
from wactorz_home_assistant_state_bridge.changes import mark_of

_TABLE = """CREATE TABLE IF NOT EXISTS said (
    entity_id TEXT PRIMARY KEY, mark INTEGER NOT NULL, context TEXT NOT NULL, kept INTEGER NOT NULL) WITHOUT ROWID"""
_SAVE = "INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?)"
_ALIVE_AT = "alive_at"
_MOST_RECENT = 10_000  # twice what waits for the broker at most

Row = tuple[int, str, bool]
"""Mark, context id, and whether the broker keeps the value."""


class Ledger:
    """The newest event of each entity that was published; `alive_at` is when nothing was missing, epoch seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, Row] = {}
        self._changed: set[str] = set()
        self._recent: OrderedDict[tuple[str, int], str] = OrderedDict()
        self.newest = 0
        """Mark of the newest event of all."""
        self.alive_at = 0.0

    async def load(self) -> None:
        """Read what an earlier run has left."""

        def work(connection: sqlite3.Connection) -> list[tuple[str, int, str, int]]:
            connection.execute(_TABLE)
            return list(connection.execute("SELECT entity_id, mark, context, kept FROM said"))

        rows = await self._store.write(work)
        self._rows = {entity_id: (mark, context, bool(kept)) for entity_id, mark, context, kept in rows}
        self.newest = max((mark for mark, _, _ in self._rows.values()), default=0)
        self.alive_at = float(self._store.recall(_ALIVE_AT, 0.0))

    async def save(self) -> None:
        """Bring the disk up to date."""
        changed, self._changed = self._changed, set()
        rows = [(name, mark, context, int(kept)) for name in changed if (row := self._rows.get(name)) is not None
                for mark, context, kept in (row,)]  # fmt: skip
        dropped = [(name,) for name in changed if name not in self._rows]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_SAVE, rows)
            connection.executemany("DELETE FROM said WHERE entity_id = ?", dropped)

        if changed:
            await self._store.write(work)
        await self._store.persist(_ALIVE_AT, self.alive_at)

    def __contains__(self, entity_id: str) -> bool:
        return entity_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def mark(self, entity_id: str) -> int:
        """Mark of the last event; 0 when there was none."""
        row = self._rows.get(entity_id)
        return 0 if row is None else row[0]

    def is_kept(self, entity_id: str) -> bool:
        """Whether the broker keeps a value of it."""
        row = self._rows.get(entity_id)
        return row is not None and row[2]

    def has_said(self, change: StateChange) -> bool:
        """Whether exactly this event was published; one whose context differs from what was said is another."""
        mark, context = mark_of(change), context_of(change)
        row = self._rows.get(change.entity_id)
        said = self._recent.get((change.entity_id, mark))
        if said is None and row is not None and row[0] == mark:
            said = row[1]
        return said is not None and (not said or not context or said == context)

    def note(self, change: StateChange, *, kept: bool) -> None:
        """Write down that it was published; of an entity that is gone only for a while."""
        entity_id, mark, context = change.entity_id, mark_of(change), context_of(change)
        if not change.resync:
            self._remember(entity_id, mark, context)
            self.newest = mark
        self._changed.add(entity_id)
        if change.new_state is None:
            self._rows.pop(entity_id, None)
        else:
            self._rows[entity_id] = (mark, context, kept)
            self.newest = max(self.newest, mark) if change.resync else self.newest

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return bool(self._changed)

    def release(self, entity_id: str) -> None:
        """The broker does not keep a value of it any more."""
        row = self._rows.get(entity_id)
        if row is not None:
            self._rows[entity_id] = (row[0], row[1], False)
            self._changed.add(entity_id)

    def forget(self, entity_id: str) -> None:
        """Drop an entity that is no longer published."""
        if self._rows.pop(entity_id, None) is not None:
            self._changed.add(entity_id)

    def _remember(self, entity_id: str, mark: int, context: str) -> None:
        self._recent[entity_id, mark] = context
        while len(self._recent) > _MOST_RECENT:
            self._recent.popitem(last=False)


def context_of(change: StateChange) -> str:
    """Home Assistant's id of the cause; empty when it is not known."""
    return str((change.context or {}).get("id") or "")
