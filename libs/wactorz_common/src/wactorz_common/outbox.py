"""Tasks on their way out: on disk before they count as accepted, sent until answered, ended exactly once."""

import asyncio
import json
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from wactorz_common.contracts.tasks import TaskReply, TaskState
from wactorz_common.errors import ContractError, Refused, TransportError, WactorzError
from wactorz_common.failpoints import failpoint
from wactorz_common.german import phrase
from wactorz_common.relay import Entry, Relay, Send
from wactorz_common.store import Store
from wactorz_common.task_rules import KEEP_SECONDS, OutboxRow, TaskEnd, ending, fingerprint

MOST_UNFINISHED = 10_000
MOST_BYTES = 128 * 1024 * 1024
LEAST_DISK_BYTES = 500 * 1024 * 1024
_DISK_EVERY = 5.0
_RETRY_END = 5.0
_TRIM_EVERY = 3_600.0
_TRIM_ROWS = 1_000

_INSERT = (
    "INSERT INTO outbox (task_id, topic, body, hash, created_at, deadline_at, held) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (task_id) DO NOTHING"
)
_FIND = "SELECT topic, hash, state, reply, error FROM outbox WHERE task_id = ?"
_OPEN = (
    "SELECT task_id, topic, body, hash, created_at, deadline_at, held FROM outbox "
    "WHERE state IS NULL ORDER BY created_at, rowid"
)
_HOLD = "UPDATE outbox SET held = ? WHERE task_id = ?"
_END = "UPDATE outbox SET state = ?, reply = ?, error = ?, ended_at = ?, body = x'' WHERE task_id = ? AND state IS NULL"
_TRIMS = (
    "DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE state IS NOT NULL AND ended_at < ? LIMIT ?)",
    "DELETE FROM inbox WHERE rowid IN (SELECT rowid FROM inbox WHERE ended_at IS NOT NULL AND ended_at < ? LIMIT ?)",
    "DELETE FROM inbox_conflicts WHERE id IN (SELECT id FROM inbox_conflicts WHERE received_at < ? LIMIT ?)",
)

log = structlog.get_logger(__name__)
Found = tuple[str, bytes, str | None, bytes | None, str | None]


class Outbox:
    """The outbox of one agent, in its store.

    `send` hands a row to the broker; it raises TransportError when that was not possible. `now` returns epoch seconds.
    A task without a reply ends `settle_seconds` after its deadline. The relay also trims what is older than 8 days.
    """

    def __init__(
        self, store: Store, send: Send, now: Callable[[], float] = time.time, settle_seconds: float = 15.0
    ) -> None:
        self._store = store
        self._now = now
        self._settle = settle_seconds
        self._entries: dict[str, Entry] = {}
        self._relay = Relay(send, self._hold, self._give_up, now)
        self._bytes = 0
        self._disk_checked_at = float("-inf")
        self._disk_has_room = True
        self._trim_at = 0.0
        self._loop_task: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> int:
        """Tasks that have not ended."""
        return len(self._entries)

    @property
    def counts(self) -> Counter[str]:
        """What was sent, sent again, not sent, and which replies came too late, since the start."""
        return self._relay.counts

    async def start(self) -> None:
        """Take up the unfinished tasks of a former run and begin to send."""
        now = self._now()
        for *values, held in await self._store.read(lambda connection: connection.execute(_OPEN).fetchall()):
            row = OutboxRow(*values)
            if row.task_id not in self._entries:
                ends_at = max(row.deadline_at, now) + self._settle
                self._relay.launch(self._enter(row, ends_at, held=bool(held), sent=not held))
        self._loop_task = asyncio.create_task(self._run(), name="outbox")

    async def stop(self) -> None:
        """Stop sending; unfinished tasks stay on disk and their waiters get a TransportError."""
        if self._loop_task is not None:
            self._loop_task.cancel()
            await asyncio.wait([self._loop_task])
        self._relay.stop()
        for entry in self._entries.values():
            entry.gone = True
            _fail(entry.end, TransportError("this agent stops; the task goes on after its next start"))
        self._entries.clear()

    def kick(self) -> None:
        """The broker is there again: send everything that is unanswered."""
        self._relay.kick(list(self._entries.values()))

    async def submit(
        self, *, task_id: str, topic: str, body: bytes, deadline_at: float, identity: bytes | None = None
    ) -> TaskEnd[Any]:
        """Accept a task and wait for its end; an id that is known attaches to that task or gives its stored end.

        `identity` says what makes two submissions the same; without it the content of `body` does.
        """
        entry = await self._accept(
            OutboxRow(task_id, topic, body, identity or fingerprint(body), self._now(), deadline_at)
        )
        return await asyncio.shield(entry.end)

    async def accept(
        self, *, task_id: str, topic: str, body: bytes, deadline_at: float, identity: bytes | None = None
    ) -> None:
        """Commit a task to the disk and send it; raise Refused when too much is under way already."""
        await self._accept(OutboxRow(task_id, topic, body, identity or fingerprint(body), self._now(), deadline_at))

    async def wait(self, task_id: str) -> TaskEnd[Any]:
        """The end of an accepted task, as soon as there is one."""
        entry = self._entries.get(task_id)
        if entry is not None:
            return await asyncio.shield(entry.end)
        found = await self._store.read(lambda connection: connection.execute(_FIND, (task_id,)).fetchone())
        if found is None or found[2] is None:
            raise ContractError(f"no task '{task_id}' was accepted here", task_id=task_id)
        return _stored_end(task_id, found)

    async def on_reply(self, reply: TaskReply) -> None:
        """Commit a reply, then wake its waiters; one for a task that is unknown or has ended is only counted."""
        entry = self._entries.get(reply.task_id)
        if entry is None or entry.ending:
            self.counts["late_replies"] += 1
            return
        failpoint("outbox.before_reply_commit")
        end: TaskEnd[Any] = TaskEnd(reply.task_id, ending(reply), reply.to_wire(), reply.error)
        await asyncio.shield(self._end(entry, end, reply.encode()))
        failpoint("outbox.after_reply_commit")

    async def _accept(self, row: OutboxRow) -> Entry:
        if not row.task_id:
            raise ContractError("a durable task needs an id")
        entry = self._entries.get(row.task_id)
        if entry is None:
            self._refuse_overload()
            entry = self._begin(row)
        else:
            _require_same(row, entry.row.topic, entry.row.hash)
        if entry.committed is not None:
            found: Found | None = await asyncio.shield(entry.committed)
            if found is not None:
                _require_same(row, found[0], found[1])
        return entry

    def _refuse_overload(self) -> None:
        if len(self._entries) >= MOST_UNFINISHED or self._bytes >= MOST_BYTES:
            raise Refused(
                phrase("{count} tasks wait for an answer already: try again in a minute", count=len(self._entries))
            )
        now = self._now()
        if abs(now - self._disk_checked_at) > _DISK_EVERY:
            self._disk_checked_at = now
            self._disk_has_room = shutil.disk_usage(self._store.path.parent).free >= LEAST_DISK_BYTES
        if not self._disk_has_room:
            raise Refused(phrase("less than 500 MB are free on the disk, so no new task is taken: free some space"))

    def _begin(self, row: OutboxRow) -> Entry:
        window = self._relay.window(row.topic)
        flying = self._relay.reserve(window)
        entry = self._enter(row, row.deadline_at + self._settle, held=not flying, sent=False, flying=flying)
        failpoint("outbox.before_accept_commit")
        try:
            entry.committed = self._store.enqueue(partial(_insert, row, not flying))
        except WactorzError:
            self._leave(entry)
            raise
        entry.committed.add_done_callback(partial(self._accepted, entry))
        return entry

    def _accepted(self, entry: Entry, committed: "asyncio.Future[Found | None]") -> None:
        if committed.cancelled():
            self._leave(entry)
            return
        error = committed.exception()
        found = None if error else committed.result()
        if found is not None and found[2] is not None:
            self._resolve(entry, _stored_end(entry.row.task_id, found))
            return
        if found is not None and not _is_same(entry.row, found[0], found[1]):
            error = ContractError(f"the task id '{entry.row.task_id}' was used for another task already")
        if error is not None:
            self._leave(entry)
            _fail(entry.end, error)
            return
        entry.sent = found is not None
        failpoint("outbox.after_accept_commit")
        if not entry.gone:
            self._relay.launch(entry)

    def _enter(self, row: OutboxRow, ends_at: float, *, held: bool, sent: bool, flying: bool = False) -> Entry:
        future: asyncio.Future[TaskEnd[Any]] = asyncio.get_running_loop().create_future()
        entry = Entry(row, ends_at, future, self._relay.window(row.topic), held=held, sent=sent, flying=flying)
        self._entries[row.task_id] = entry
        self._bytes += len(row.body)
        return entry

    def _leave(self, entry: Entry) -> None:
        if self._entries.pop(entry.row.task_id, None) is not None:
            self._bytes -= len(entry.row.body)
        self._relay.drop(entry)

    def _hold(self, entry: Entry, held: bool) -> "asyncio.Future[int]":
        return self._store.enqueue(partial(_change, _HOLD, (held, entry.row.task_id)))

    def _give_up(self, entry: Entry, state: TaskState, error: str) -> None:
        failpoint("outbox.before_end_commit")
        self._end(entry, TaskEnd(entry.row.task_id, state, {}, error), None)

    def _end(self, entry: Entry, end: TaskEnd[Any], reply: bytes | None) -> "asyncio.Future[int]":
        entry.ending = True
        values = (end.state.value, reply, end.error, self._now(), end.task_id)
        committed = self._store.enqueue(partial(_change, _END, values))
        committed.add_done_callback(partial(self._ended, entry, end))
        return committed

    def _ended(self, entry: Entry, end: TaskEnd[Any], committed: "asyncio.Future[int]") -> None:
        if committed.cancelled():
            return
        error = committed.exception()
        if error is not None:
            log.error("the end of a task could not be kept", task_id=end.task_id, exc_info=error)
            entry.ending = False
            self._relay.keep(entry, _RETRY_END)
            return
        failpoint("outbox.after_end_commit")
        self._resolve(entry, end)

    def _resolve(self, entry: Entry, end: TaskEnd[Any]) -> None:
        self._leave(entry)
        if not entry.end.done():
            entry.end.set_result(end)

    async def _run(self) -> None:
        while True:
            try:
                if await self._relay.send_due():
                    self.kick()
                await self._trim()
            except WactorzError:
                log.exception("the outbox goes on after an error")
            await self._relay.sleep(_TRIM_EVERY)

    async def _trim(self) -> None:
        now = self._now()
        if now < self._trim_at:
            return
        self._trim_at = now + _TRIM_EVERY
        for statement in _TRIMS:
            values = (now - KEEP_SECONDS, _TRIM_ROWS)
            while await self._store.write(partial(_change, statement, values)) == _TRIM_ROWS:
                await asyncio.sleep(0.05)


def _insert(row: OutboxRow, held: bool, connection: sqlite3.Connection) -> Found | None:
    values = (row.task_id, row.topic, row.body, row.hash, row.created_at, row.deadline_at, held)
    if connection.execute(_INSERT, values).rowcount:
        return None
    found: Found = connection.execute(_FIND, (row.task_id,)).fetchone()
    return found


def _change(statement: str, values: tuple[Any, ...], connection: sqlite3.Connection) -> int:
    return connection.execute(statement, values).rowcount


def _fail(end: "asyncio.Future[TaskEnd[Any]]", error: BaseException) -> None:
    if not end.done():
        end.set_exception(error)
        end.exception()  # nobody may be waiting, which is no fault


def _is_same(row: OutboxRow, topic: str, digest: bytes) -> bool:
    return (row.topic, row.hash) == (topic, digest)


def _require_same(row: OutboxRow, topic: str, digest: bytes) -> None:
    if not _is_same(row, topic, digest):
        raise ContractError(f"the task id '{row.task_id}' was used for another task already", task_id=row.task_id)


def _stored_end(task_id: str, found: Found) -> TaskEnd[Any]:
    _, _, state, reply, error = found
    return TaskEnd(task_id, TaskState(state or ""), {} if reply is None else json.loads(reply), error)
