"""Tasks that have come in: each is on disk before it runs, ends once, and is answered again from there."""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import ContractError
from wactorz_common.failpoints import failpoint
from wactorz_common.store import Store
from wactorz_common.task_rules import INTENT, MOST_RUNS, Acceptance, InboxRow, Verdict, verdict_for

_INSERT = (
    "INSERT INTO inbox (task_id, action, sender, body, hash, received_at, deadline_at, reply_topic, correlation, "
    "trace_id, runs, state, reply, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (task_id) DO NOTHING"
)
_FIND = "SELECT * FROM inbox WHERE task_id = ?"
_OPEN = "SELECT * FROM inbox WHERE state = 'intent' ORDER BY rowid"
_RUN_AGAIN = "UPDATE inbox SET runs = runs + 1 WHERE state = 'intent'"
_MOVE = "UPDATE inbox SET reply_topic = ?, correlation = ? WHERE task_id = ?"
_AUDIT = "INSERT INTO inbox_conflicts (task_id, sender, action, hash, received_at) VALUES (?, ?, ?, ?, ?)"
_FINISH = (
    "UPDATE inbox SET state = ?, reply = ?, ended_at = ?, body = x'' WHERE task_id = ? AND state = 'intent' RETURNING *"
)
_JUST_ENDED = "SELECT * FROM inbox WHERE ended_at > ? AND reply_topic != '' ORDER BY ended_at DESC LIMIT 100"
_WIDTH = len(fields(InboxRow))

JUST_ENDED_SECONDS = 10.0
"""How long before its end a former run may have committed an answer without sending it."""


class Inbox:
    """The inbox of one agent, in its store; `now` returns epoch seconds."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now

    async def start(self) -> list[InboxRow]:
        """Return the tasks that a former run left behind, oldest first, each to be run again.

        A task that was running at five ends of this program is ended as unknown instead.
        """
        now = self._now()

        def take(connection: sqlite3.Connection) -> list[InboxRow]:
            rows = [row_of(values) for values in connection.execute(_OPEN)]
            for row in rows:
                if row.runs >= MOST_RUNS:
                    give_up(connection, row, now)
            connection.execute(_RUN_AGAIN)
            return [replace(row, runs=row.runs + 1) for row in rows if row.runs < MOST_RUNS]

        return await self._store.write(take)

    async def just_ended(self) -> list[InboxRow]:
        """Tasks whose answer a former run may not have sent any more; sending it once more does no harm."""
        since = self._now() - JUST_ENDED_SECONDS
        return await self._store.read(lambda connection: [row_of(v) for v in connection.execute(_JUST_ENDED, (since,))])

    async def accept(
        self,
        *,
        task_id: str,
        action: str,
        sender: str,
        body: bytes,
        deadline_at: float,
        reply_topic: str,
        correlation: bytes | None,
        trace_id: str,
        identity: bytes | None = None,
    ) -> Acceptance:
        """Commit a task that has come in and say what to do with it.

        NEW: run it. RUNNING: nothing, its reply will go to the newest address. ENDED and EXPIRED: send the reply.
        CONFLICT: another task has this id; it was noted, is not run, and the reply says so. `identity` says what makes
        two tasks the same; without it action and body do.
        """
        now = self._now()
        if not task_id:
            raise ContractError("a durable task needs an id")
        digest = identity or hashlib.sha256(action.encode() + b"\0" + body).digest()
        row = InboxRow(
            task_id, action, sender, body, digest, now, deadline_at, reply_topic, correlation, trace_id,
            1, INTENT, None,
        )  # fmt: skip
        if verdict_for(None, digest=row.hash, deadline_at=deadline_at, now=now) is Verdict.EXPIRED:
            reply = _answer(task_id, TaskState.EXPIRED, "the task came after its deadline and was not run")
            row = replace(row, body=b"", state=TaskState.EXPIRED.value, reply=reply)
        failpoint("inbox.before_intent_commit")
        acceptance = await self._store.write(lambda connection: self._take_in(connection, row))
        failpoint("inbox.after_intent_commit")
        return acceptance

    async def finish(self, task_id: str, state: TaskState, reply: bytes) -> InboxRow | None:
        """Commit the end of a task; return its row with the newest reply address. An end that is kept stays.

        None when the end is no longer this process's to report.
        """
        now = self._now()
        failpoint("inbox.before_done_commit")
        row = await self._store.write(lambda connection: _finish(connection, task_id, state, reply, now))
        failpoint("inbox.after_done_commit")
        if row is None:
            raise ContractError(f"no task '{task_id}' has come in", task_id=task_id)
        return row

    def _take_in(self, connection: sqlite3.Connection, row: InboxRow) -> Acceptance:
        return take_in(connection, row)


def take_in(connection: sqlite3.Connection, row: InboxRow) -> Acceptance:
    """Keep a row unless its id is known, and say what to do with it."""
    ended_at = None if row.reply is None else row.received_at
    values = (
        row.task_id, row.action, row.sender, row.body, row.hash, row.received_at, row.deadline_at, row.reply_topic,
        row.correlation, row.trace_id, row.runs, row.state, row.reply, ended_at,
    )  # fmt: skip
    if connection.execute(_INSERT, values).rowcount:
        return Acceptance(Verdict.NEW if row.reply is None else Verdict.EXPIRED, row, row.reply)
    known = row_of(connection.execute(_FIND, (row.task_id,)).fetchone())
    verdict = verdict_for(known, digest=row.hash, deadline_at=row.deadline_at, now=row.received_at)
    if verdict is Verdict.CONFLICT:
        connection.execute(_AUDIT, (row.task_id, row.sender, row.action, row.hash, row.received_at))
        why = "another task with this id came before, so this one was not run"
        return Acceptance(verdict, known, _answer(row.task_id, TaskState.FAILED, why))
    connection.execute(_MOVE, (row.reply_topic, row.correlation, row.task_id))
    known = replace(known, reply_topic=row.reply_topic, correlation=row.correlation)
    return Acceptance(verdict, known, known.reply)


def give_up(connection: sqlite3.Connection, row: InboxRow, now: float) -> None:
    """End a task as unknown that seems to be the cause of the crashes."""
    why = f"the agent stopped {row.runs} times during this task, so it is not tried again"
    _finish(connection, row.task_id, TaskState.UNKNOWN, _answer(row.task_id, TaskState.UNKNOWN, why), now)


def _finish(
    connection: sqlite3.Connection, task_id: str, state: TaskState, reply: bytes, now: float
) -> InboxRow | None:
    found = connection.execute(_FINISH, (state.value, reply, now, task_id)).fetchone()
    if found is None:
        found = connection.execute(_FIND, (task_id,)).fetchone()
    return None if found is None else row_of(found)


def row_of(values: tuple[Any, ...]) -> InboxRow:
    """A row as it was selected; further columns are left out."""
    return InboxRow(*values[:_WIDTH])


def _answer(task_id: str, state: TaskState, error: str) -> bytes:
    return json.dumps({"_task_id": task_id, "_state": state.value, "error": error}).encode()
