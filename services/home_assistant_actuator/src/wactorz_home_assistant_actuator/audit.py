"""The audit log: what was decided and done, in a chain in which every change shows."""

import json
import sqlite3
import time
from asyncio import Future
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, Literal

from wactorz_common import logs
from wactorz_common.contracts.policy import AuditLines, AuditQuery, AuditVerdict
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.anchor import Anchor, Head, lost
from wactorz_home_assistant_actuator.chain import Chain, entry_of, sealed
from wactorz_home_assistant_actuator.german import phrase

_log = logs.get(__name__)

Kind = Literal["actuation", "approval", "policy", "grant", "halt", "automation", "trim"]

_TABLES = """
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, trace_id TEXT NOT NULL, line TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS audit_trace ON audit (trace_id);
CREATE TABLE IF NOT EXISTS audit_entities (
    number INTEGER NOT NULL, entity_id TEXT NOT NULL, PRIMARY KEY (number, entity_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_entity ON audit_entities (entity_id);
CREATE TABLE IF NOT EXISTS audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL)
"""
_HEAD = "SELECT number, hash FROM audit_head"
_SET_HEAD = "INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)"
_ALL = """
SELECT number, line, at, kind, trace_id,
       (SELECT json_group_array(entity_id) FROM audit_entities AS told WHERE told.number = audit.number)
FROM audit ORDER BY number
"""
_PAGE = 500
_LONGEST_TEXT = 2_000
_MOST_ENTITIES = 500
_LONGEST_DETAIL = 16_000
_MOST_TOLD = 800_000
"""Characters of all lines of one answer; older ones are asked for with `before`."""

_SHORT = 12
_STATES = frozenset({"before", "after"})
_Line = tuple[Head, str]
"""A line that was written, and the hash of the one before."""

_ANCHOR = "audit-head.json"


class AuditLog:
    """Lines of the audit log; `now` returns epoch seconds."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now
        self._anchor = Anchor(store.path.with_name(_ANCHOR))

    def open(self) -> None:
        """Make the tables when they are not there yet, before anything that is asked later; does not wait."""
        self._store.enqueue(lambda db: [db.execute(table) for table in _TABLES.split(";")] and None)

    async def look_back(self) -> str:
        """At the start: what is missing since the last line that was written, in words; noted once, and for good."""
        head, _, missing = await self._read()
        self._anchor.begin(head)
        if missing:
            await self.note("trim", detail={"lost": missing})
        return missing

    def note(
        self, kind: Kind, *, entity_ids: Iterable[str] = (), detail: dict[str, Any] | None = None, **known: str
    ) -> Future[_Line]:
        """Append a line; it is on disk before anything that is written to the store afterwards, or when awaited."""
        line = {
            "at": self._now(), "kind": kind, "trace_id": "", "task_id": "", "person": "", "origin": "", "rule_id": "",
            "entity_ids": sorted({_plain(one) for one in entity_ids})[:_MOST_ENTITIES],
            "detail": _short(detail or {}), **{key: _plain(value) for key, value in known.items()},
        }  # fmt: skip
        text = json.dumps(line, default=str, ensure_ascii=False)
        plain = json.loads(text.encode(errors="replace"))  # what is hashed is what JSON on the wire can say
        future = self._store.enqueue(lambda db: _append(db, plain))
        future.add_done_callback(self._report)
        return future

    async def listed(self, query: AuditQuery) -> AuditLines:
        """Lines as asked for, newest first."""
        await self._settle()
        texts = await self._store.read(lambda db: _select(db, query))
        room = accumulate(map(len, texts))
        fitting = [text for text, size in zip(texts, room, strict=True) if size <= _MOST_TOLD]
        return AuditLines(lines=tuple(entry_of(text) for text in fitting))

    async def verify(self) -> AuditVerdict:
        """Read the whole log and say whether it is as it was written."""
        head, chain, missing = await self._read()
        chain.end(head)
        if chain.first_broken is None and missing:
            return AuditVerdict(intact=False, lines=chain.lines, first_broken=head.number + 1, text=missing)
        if chain.first_broken is None:
            newest = (
                phrase("; the newest is number {number} with hash {hash}", number=head.number, hash=head.hash[:_SHORT])
                if head.number
                else ""
            )
            gaps = (
                phrase(" Before line {lost} lines were lost: look at that line.", lost=chain.lost) if chain.lost else ""
            )
            text = phrase(
                "The audit log is intact: {lines} lines{newest}.{gaps}", lines=chain.lines, newest=newest, gaps=gaps
            )
            return AuditVerdict(intact=True, lines=chain.lines, text=text)
        text = phrase(
            "The audit log was changed: line {first_broken} is not as it was written. Do not trust it from "
            "there on, and compare it with a backup.",
            first_broken=chain.first_broken,
        )
        return AuditVerdict(intact=False, lines=chain.lines, first_broken=chain.first_broken, text=text)

    async def end(self) -> Head:
        """The newest line, to be kept elsewhere."""
        return (await self._read())[0]

    async def _read(self) -> tuple[Head, Chain, str]:
        """The end, all lines, and what is missing beside what was kept of the end."""
        await self._settle()
        kept = self._anchor.read()  # before the log: the file is never ahead of it

        def work(db: sqlite3.Connection) -> tuple[Head, Chain, str]:
            head, chain = _read_all(db)
            return head, chain, lost(db, kept, head)

        return await self._store.read(work)

    def _report(self, future: Future[_Line]) -> None:
        """Nobody waits for a line, but nobody may miss that one was not written."""
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _log.error("audit line not written", reason=str(error))
        elif not future.cancelled():
            self._keep(*future.result())

    def _keep(self, head: Head, previous: str) -> None:
        try:
            if not self._anchor.follow(head, previous):
                _log.error("audit log was changed from outside", line=head.number)
        except OSError as error:
            _log.error("end of the audit log not kept in its own file", reason=str(error))

    async def _settle(self) -> None:
        """Wait for what was noted so far."""
        await self._store.write(lambda _db: None)

    async def trim(self, keep_seconds: float) -> int:
        """Drop lines that are older than `keep_seconds`, and note where the log begins; how many were dropped."""
        oldest, now = self._now() - keep_seconds, self._now()
        count, line = await self._store.write(lambda db: _trim(db, oldest, now))
        if line is not None:
            self._keep(*line)
        return count


def _plain(text: str) -> str:
    """What a database can keep of a text."""
    return text[:_LONGEST_TEXT].encode(errors="replace").decode()


def _short(detail: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the detail: whoever asks for much does not fill the log."""
    kept = {key: value[:_LONGEST_TEXT] if isinstance(value, str) else value for key, value in detail.items()}
    for _ in range(2):
        if len(json.dumps(kept, default=str)) <= _LONGEST_DETAIL:
            return kept
        kept |= {"calls": _sent_only(kept.get("calls")), "shortened": True}
    return {key: value for key, value in kept.items() if isinstance(value, str | bool | int)} | {"shortened": True}


def _sent_only(calls: Any) -> Any:
    """What was sent and what Home Assistant calls it, without the states of each device."""
    listed = calls if isinstance(calls, list | tuple) else ()
    told = (call for call in listed if isinstance(call, dict))
    return [{key: value for key, value in call.items() if key not in _STATES} for call in told]


def _append(db: sqlite3.Connection, line: dict[str, Any]) -> _Line:
    number, previous = db.execute(_HEAD).fetchone() or (0, "")
    full = sealed(line, number + 1, previous)
    text = json.dumps(full, separators=(",", ":"))
    row = (full["number"], full["at"], full["kind"], full["trace_id"], text)
    db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", row)
    db.executemany("INSERT INTO audit_entities VALUES (?, ?)", [(full["number"], one) for one in full["entity_ids"]])
    head = Head(full["number"], full["hash"])
    db.execute(_SET_HEAD, head)
    return head, previous


def _select(db: sqlite3.Connection, query: AuditQuery) -> list[str]:
    wanted = [
        ("number IN (SELECT number FROM audit_entities WHERE entity_id = ?)", query.entity_id),
        ("trace_id = ?", query.trace_id), ("kind = ?", query.kind), ("number < ?", query.before),
    ]  # fmt: skip
    asked = [(clause, value) for clause, value in wanted if value not in ("", None)]
    where = f" WHERE {' AND '.join(clause for clause, _ in asked)}" if asked else ""
    sql = f"SELECT line FROM audit{where} ORDER BY number DESC LIMIT ?"  # noqa: S608  only our own clauses
    return [text for (text,) in db.execute(sql, (*(value for _, value in asked), query.limit))]


def _read_all(db: sqlite3.Connection) -> tuple[Head, Chain]:
    head = Head(*(db.execute(_HEAD).fetchone() or ()))
    chain = Chain()
    cursor = db.execute(_ALL)
    while rows := cursor.fetchmany(_PAGE):
        chain.add((number, line if _is_found_by(line, *keys) else "") for number, line, *keys in rows)
    return head, chain


def _is_found_by(text: str, at: float, kind: str, trace_id: str, entity_ids: str) -> bool:
    """Whether what the line is looked up by is what the line says; else it could be hidden from a list."""
    try:
        line = json.loads(text)
        said = (line["at"], line["kind"], line["trace_id"], sorted(line["entity_ids"]))
    except (ValueError, KeyError, TypeError):
        return False
    return said == (at, kind, trace_id, sorted(json.loads(entity_ids)))


def _trim(db: sqlite3.Connection, oldest: float, now: float) -> tuple[int, _Line | None]:
    """Drop whole lines from the beginning only, up to the first that is young enough."""
    young = db.execute("SELECT min(number) FROM audit WHERE at >= ?", (oldest,)).fetchone()[0]
    last = db.execute(
        "SELECT number, line FROM audit WHERE number < coalesce(?, 9e18) ORDER BY number DESC LIMIT 1", (young,)
    ).fetchone()
    if last is None:
        return 0, None
    through, gone = last[0], json.loads(last[1])["hash"]
    count = db.execute("DELETE FROM audit WHERE number <= ?", (through,)).rowcount
    db.execute("DELETE FROM audit_entities WHERE number <= ?", (through,))
    line = _append(db, {
        "at": now, "kind": "trim", "trace_id": "", "task_id": "", "person": "", "origin": "", "rule_id": "",
        "entity_ids": [], "detail": {"through": through, "hash": gone, "lines": count},
    })  # fmt: skip
    return count, line
