"""The spawn registry: what a person wants to run, on disk, with what was wanted before."""

import json
import sqlite3
import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from wactorz_common.ids import clock
from wactorz_common.store import Store
from wactorz_monitor.specs import Spec

KEPT_SPECS = 10
"""Earlier specifications of one agent."""

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS spawned (
        name TEXT PRIMARY KEY, agent_id TEXT NOT NULL, node TEXT NOT NULL, entry TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS spawned_before (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, spec TEXT NOT NULL, replaced_at REAL NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS spawned_before_name ON spawned_before (name, id)",
    """CREATE TABLE IF NOT EXISTS leftovers (
        name TEXT NOT NULL, node TEXT NOT NULL, remainder TEXT NOT NULL, PRIMARY KEY (name, node))""",
)
_SAVE = "INSERT OR REPLACE INTO spawned VALUES (?, ?, ?, ?)"
_SAVE_LEFTOVER = "INSERT OR REPLACE INTO leftovers VALUES (?, ?, ?)"
_TRIM = (
    "DELETE FROM spawned_before WHERE name = ? AND id NOT IN"
    " (SELECT id FROM spawned_before WHERE name = ? ORDER BY id DESC LIMIT ?)"
)


@dataclass(frozen=True)
class Entry:
    """One spawned agent.

    `settled`: its node has taken this specification up; until then `previous` is what holds if the node refuses.
    `held`: its node refused it for good, so it is not sent again until a person does something.
    """

    name: str
    agent_id: str
    spec: Spec
    node: str
    wanted: Literal["running", "stopped"] = "running"
    created_at: float = 0.0
    updated_at: float = 0.0
    revision: int = 1
    settled: bool = False
    held: bool = False
    problem: str = ""
    previous: dict[str, Any] | None = None
    heard_as: str = ""
    """The id that it has on a node which mints its own."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id under which it may have left something."""
        return tuple(dict.fromkeys(filter(None, (self.agent_id, self.heard_as))))


@dataclass(frozen=True)
class Leftover:
    """What must not run on a node any more; told to it as soon as it is heard."""

    name: str
    node: str
    ids: tuple[str, ...] = ()
    delete: bool = False
    keep_topics: bool = False
    since: float = 0.0


class SpawnRegistry:
    """All entries in memory and on disk; a change is seen at once and on disk when its method returns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.entries: dict[str, Entry] = {}
        self.leftovers: dict[tuple[str, str], Leftover] = {}

    async def load(self) -> None:
        """Make the tables on first use and read what is kept."""
        entries, leftovers = await self._store.write(_load)
        self.entries = {entry.name: entry for entry in entries}
        self.leftovers = {(left.name, left.node): left for left in leftovers}

    def by_id(self, agent_id: str) -> Entry | None:
        """The entry of an agent by any of its ids."""
        return next((entry for entry in self.entries.values() if agent_id in entry.ids), None)

    async def wish(self, name: str, spec: Spec, node: str) -> Entry:
        """Keep a new wish, or a new specification for an agent that is known; its id stays."""
        now, known = time.time(), self.entries.get(name)
        if known is None:
            entry = Entry(name, clock.mint(name), spec, node, created_at=now, updated_at=now)
            await self._save(entry)
            return entry
        before = known.previous or {
            "spec": known.spec, "node": known.node, "wanted": known.wanted, "settled": known.settled,
        }  # fmt: skip
        entry = replace(
            known, spec=spec, node=node, wanted="running", updated_at=now, revision=known.revision + 1,
            settled=False, held=False, problem="", previous=before,
        )  # fmt: skip
        await self._save(entry)
        return entry

    async def settle(self, entry: Entry) -> Entry:
        """Its node has it: what was wanted before becomes history, and ends where it ran."""
        before, now = entry.previous, time.time()
        settled = replace(entry, settled=True, held=False, problem="", previous=None)
        if before is None:
            await self.change(entry, settled=True, held=False, problem="")
            return settled
        past = before["spec"] if before["spec"] != entry.spec else None
        moved = before["node"] != entry.node
        left = (Leftover(entry.name, before["node"], keep_topics=True, since=now),) if moved else ()
        await self._save(settled, past=past, leave=left)
        return settled

    async def revert(self, entry: Entry, problem: str) -> Entry:
        """Its node refused the replacement: what was wanted before is wanted again."""
        if entry.previous is None:
            raise ValueError(f"{entry.name} has nothing to go back to")
        back = {**entry.previous, "previous": None, "held": False, "problem": problem, "updated_at": time.time()}
        reverted = replace(entry, revision=entry.revision + 1, **back)
        await self._save(reverted)
        return reverted

    async def move(self, entry: Entry, node: str, leftover: Leftover | None) -> Entry:
        """Another node has it now; the old one is told what to do with its copy."""
        moved = replace(
            entry, node=node, spec={**entry.spec, "node": node}, settled=True, problem="", heard_as="",
            updated_at=time.time(),
        )  # fmt: skip
        await self._save(moved, leave=() if leftover is None else (leftover,))
        return moved

    async def change(self, entry: Entry, **changes: Any) -> Entry:
        """Keep an entry with some fields changed, unless it was deleted meanwhile."""
        current = self.entries.get(entry.name)
        if current is None or current.agent_id != entry.agent_id:
            return replace(entry, **changes)
        changed = replace(current, **changes)
        if changed != current:
            await self._save(changed)
        return changed

    async def remove(self, entry: Entry, leftover: Leftover | None) -> None:
        """Forget an agent and its history; what its node still has to do stays, if anything."""
        left = leftover and (leftover.name, leftover.node, _dump(leftover))

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM spawned WHERE name = ?", (entry.name,))
            db.execute("DELETE FROM spawned_before WHERE name = ?", (entry.name,))
            if left:
                db.execute(_SAVE_LEFTOVER, left)

        self.entries.pop(entry.name, None)
        if leftover is not None:
            self.leftovers[leftover.name, leftover.node] = leftover
        try:
            await self._store.write(work)
        except BaseException:
            self.entries.setdefault(entry.name, entry)
            raise

    async def leave(self, leftover: Leftover) -> None:
        """Remember that a node has something to stop."""
        row = (leftover.name, leftover.node, _dump(leftover))
        await self._store.write(lambda db: db.execute(_SAVE_LEFTOVER, row) and None)
        self.leftovers[leftover.name, leftover.node] = leftover

    async def cleared(self, leftover: Leftover) -> None:
        """A node no longer runs what it should not."""
        key = (leftover.name, leftover.node)
        await self._store.write(
            lambda db: db.execute("DELETE FROM leftovers WHERE name = ? AND node = ?", key) and None
        )
        self.leftovers.pop(key, None)

    async def history(self, name: str) -> tuple[Spec, ...]:
        """Earlier specifications, newest first, each with replaced_at."""
        statement = "SELECT spec, replaced_at FROM spawned_before WHERE name = ? ORDER BY id DESC"
        rows = await self._store.read(lambda db: db.execute(statement, (name,)).fetchall())
        return tuple({**json.loads(spec), "replaced_at": at} for spec, at in rows)

    async def _save(self, entry: Entry, past: Spec | None = None, leave: tuple[Leftover, ...] = ()) -> None:
        row = (entry.name, entry.agent_id, entry.node, _dump(entry))
        before = None if past is None else (entry.name, json.dumps(past), time.time())

        def work(db: sqlite3.Connection) -> None:
            db.execute(_SAVE, row)
            if before is not None:
                db.execute("INSERT INTO spawned_before (name, spec, replaced_at) VALUES (?, ?, ?)", before)
                db.execute(_TRIM, (entry.name, entry.name, KEPT_SPECS))
            for left in leave:
                db.execute(_SAVE_LEFTOVER, (left.name, left.node, _dump(left)))

        known = self.entries.get(entry.name)
        self.entries[entry.name] = entry
        self.leftovers |= {(left.name, left.node): left for left in leave}
        try:
            await self._store.write(work)
        except BaseException:
            self._forget_unkept(entry, known)
            raise

    def _forget_unkept(self, entry: Entry, known: Entry | None) -> None:
        """The disk did not take it, so it does not hold."""
        if self.entries.get(entry.name) is entry:
            if known is None:
                del self.entries[entry.name]
            else:
                self.entries[entry.name] = known


def _load(db: sqlite3.Connection) -> tuple[list[Entry], list[Leftover]]:
    for statement in _SCHEMA:
        db.execute(statement)
    entries = [Entry(**json.loads(text)) for (text,) in db.execute("SELECT entry FROM spawned ORDER BY name")]
    left = [json.loads(text) for (text,) in db.execute("SELECT remainder FROM leftovers")]
    return entries, [Leftover(**{**item, "ids": tuple(item["ids"])}) for item in left]


def _dump(record: Entry | Leftover) -> str:
    return json.dumps(asdict(record), separators=(",", ":"))
