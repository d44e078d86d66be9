"""The inbox that the replicas of one service share: each task is leased to the replica that runs it."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.database import SHARED_MIGRATIONS
from wactorz_common.inbox import Inbox, give_up, row_of, take_in
from wactorz_common.store import Store
from wactorz_common.task_rules import KEEP_SECONDS, MOST_RUNS, Acceptance, InboxRow, Verdict

LEASE_SECONDS = 10.0
"""How long a replica may be silent until another one takes its tasks over."""

RENEW_SECONDS = 3.0
_MOST_AT_ONCE = 200
_TRIM_EVERY = 3_600.0

_LEASE = "UPDATE inbox SET owner = ?, lease_until = ?, runs = ? WHERE task_id = ?"
_RENEW = "UPDATE inbox SET lease_until = ? WHERE state = 'intent' AND owner = ? AND lease_until > 0"
_ANY_OPEN = "SELECT 1 FROM inbox WHERE state = 'intent' LIMIT 1"
_FREE = "SELECT * FROM inbox WHERE state = 'intent' AND lease_until < ? ORDER BY rowid LIMIT ?"
_LET_GO = "UPDATE inbox SET lease_until = 0 WHERE state = 'intent' AND owner = ? AND task_id = ?"
_LET_ALL_GO = "UPDATE inbox SET lease_until = 0 WHERE state = 'intent' AND owner = ?"
_LET_FORMER_GO = "UPDATE inbox SET lease_until = 0 WHERE state = 'intent' AND owner != ? AND substr(owner, 1, ?) = ?"
_HELD = "SELECT 1 FROM inbox WHERE state = 'intent' AND owner = ? AND task_id = ?"
_TAKEN_AWAY = "SELECT 1 FROM inbox WHERE owner != ? AND task_id = ?"
_FINISH = (
    "UPDATE inbox SET state = ?, reply = ?, ended_at = ?, body = x'' "
    "WHERE task_id = ? AND state = 'intent' AND owner = ? RETURNING *"
)
_TRIMS = (
    "DELETE FROM inbox WHERE ended_at IS NOT NULL AND ended_at < ?",
    "DELETE FROM inbox_conflicts WHERE received_at < ?",
)


class Kept(NamedTuple):
    """What came of a renewal: tasks to be run by the caller, and those that another replica has taken by now."""

    taken: list[InboxRow]
    lost: set[str]


class SharedInbox(Inbox):
    """One replica's side of the shared inbox, a file that all replicas on this machine can open.

    While `idle` says so, what comes in is kept for the others. `now` returns epoch seconds.
    """

    def __init__(
        self, path: Path, agent_id: str, incarnation: int, idle: Callable[[], bool] = lambda: False,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        super().__init__(Store(path, SHARED_MIGRATIONS, shared=True), now)
        self._agent_id, self._idle = agent_id, idle
        self._owner = f"{agent_id} {incarnation}"
        self._held: set[str] = set()
        self._certain_until = 0.0
        self._trim_at = 0.0

    async def start(self) -> list[InboxRow]:
        """Open the file; returns the tasks that a former run of this replica left behind, and those of dead ones."""
        self._store.open()
        former = (self._owner, len(self._agent_id) + 1, f"{self._agent_id} ")
        await self._store.write(partial(_execute, _LET_FORMER_GO, former))
        return (await self.keep()).taken

    async def just_ended(self) -> list[InboxRow]:
        """Nothing: whoever misses an answer asks again, and any replica has it."""
        return []

    async def stop(self) -> None:
        """Leave what is unfinished to the others, and close the file."""
        await self._store.write(partial(_execute, _LET_ALL_GO, (self._owner,)))
        await self._store.close()

    async def keep(self) -> Kept:
        """Renew the leases, and take over the tasks of dead replicas."""
        now = self._now()
        if now >= self._trim_at:
            await self._trim(now)
        doubtful = set(self._held) if now >= self._certain_until else set()
        if not doubtful and not await self._store.read(lambda connection: connection.execute(_ANY_OPEN).fetchone()):
            self._certain_until = now + LEASE_SECONDS
            return Kept([], set())
        idle = self._idle()
        kept = await self._store.write(lambda connection: self._renew(connection, now, doubtful, idle=idle))
        self._held -= kept.lost
        self._held |= {row.task_id for row in kept.taken}
        self._certain_until = now + LEASE_SECONDS
        return kept

    def _renew(self, connection: sqlite3.Connection, now: float, doubtful: set[str], *, idle: bool) -> Kept:
        connection.execute(_RENEW, (now + LEASE_SECONDS, self._owner))
        lost = {one for one in doubtful if connection.execute(_TAKEN_AWAY, (self._owner, one)).fetchone()}
        free = [] if idle else [row_of(values) for values in connection.execute(_FREE, (now, _MOST_AT_ONCE))]
        for row in free:
            if row.runs >= MOST_RUNS:
                give_up(connection, row, now)
            else:
                connection.execute(_LEASE, (self._owner, now + LEASE_SECONDS, row.runs + 1, row.task_id))
        return Kept([replace(row, runs=row.runs + 1) for row in free if row.runs < MOST_RUNS], lost)

    async def holds(self, task_id: str) -> bool:
        """Whether the task is this replica's to run; a replica that slept longer than its leases asks the disk."""
        if task_id in self._held and self._now() >= self._certain_until:
            values = (self._owner, task_id)
            return await self._store.read(lambda connection: connection.execute(_HELD, values).fetchone()) is not None
        return task_id in self._held

    async def let_go(self, task_id: str) -> None:
        """Leave a task to whichever replica comes first."""
        self._held.discard(task_id)
        await self._store.write(partial(_execute, _LET_GO, (self._owner, task_id)))

    async def finish(self, task_id: str, state: TaskState, reply: bytes) -> InboxRow | None:
        """Commit the end of a task and return its row; None when another replica has it by now."""
        values = (state.value, reply, self._now(), task_id, self._owner)
        found = await self._store.write(lambda connection: connection.execute(_FINISH, values).fetchone())
        self._held.discard(task_id)
        return None if found is None else row_of(found)

    async def accept(self, **task: Any) -> Acceptance:
        """Commit a task that has come in, leased to this replica when it is new."""
        acceptance = await super().accept(**task)
        if acceptance.is_new:
            self._held.add(acceptance.row.task_id)
        return acceptance

    def _take_in(self, connection: sqlite3.Connection, row: InboxRow) -> Acceptance:
        acceptance = take_in(connection, row)
        if acceptance.verdict is not Verdict.NEW:
            return acceptance
        if self._idle():
            connection.execute(_LEASE, ("", 0.0, 0, row.task_id))
            return replace(acceptance, verdict=Verdict.RUNNING)
        connection.execute(_LEASE, (self._owner, self._now() + LEASE_SECONDS, 1, row.task_id))
        return acceptance

    async def _trim(self, now: float) -> None:
        self._trim_at = now + _TRIM_EVERY
        for statement in _TRIMS:
            await self._store.write(partial(_execute, statement, (now - KEEP_SECONDS,)))


def _execute(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> None:
    connection.execute(statement, values)
