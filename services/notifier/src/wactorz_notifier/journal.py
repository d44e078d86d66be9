"""What was told and what waits to be told, on disk: the proof that nothing is told twice."""

import sqlite3
from dataclasses import dataclass

from wactorz_common.contracts.notices import Notice, NoticeResult
from wactorz_common.store import Store

KEPT_SECONDS = 8 * 86_400.0
"""Longer than any resend can come."""

PENDING, TRYING, ENDED = "pending", "trying", "ended"

_TABLES = (
    """CREATE TABLE IF NOT EXISTS deliveries (
        id TEXT PRIMARY KEY, target TEXT NOT NULL, state TEXT NOT NULL, pieces INTEGER NOT NULL,
        message_id TEXT NOT NULL, notice TEXT NOT NULL, result TEXT, at REAL NOT NULL,
        is_digest INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS told (
        target TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, message_id TEXT NOT NULL, message_at REAL NOT NULL,
        PRIMARY KEY (target, key)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS held (
        number INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, key TEXT NOT NULL, due_at REAL NOT NULL,
        notice TEXT NOT NULL, count INTEGER NOT NULL, why TEXT NOT NULL)""",
)
_BEGIN = "INSERT INTO deliveries VALUES (?, ?, ?, 0, '', ?, NULL, ?, ?) ON CONFLICT (id) DO NOTHING"
_FIND = "SELECT id, target, state, pieces, message_id, notice, result, at FROM deliveries"
_TOLD = """INSERT INTO told VALUES (?, ?, ?, ?, ?) ON CONFLICT (target, key) DO UPDATE SET at = excluded.at,
    message_id = excluded.message_id, message_at = excluded.message_at"""
_HELD = "SELECT number, target, key, due_at, notice, count, why FROM held"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one place, and how far it is."""

    id: str
    target: str
    state: str
    pieces: int
    """How many pieces have arrived."""
    message_id: str
    notice: Notice
    result: NoticeResult | None
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """When something was told last under a key, and by which message."""

    at: float
    message_id: str
    message_at: float


@dataclass(frozen=True, slots=True)
class Held:
    """A notice that waits; `why` is quiet or storm."""

    number: int
    target: str
    key: str
    due_at: float
    notice: Notice
    count: int
    why: str


class Journal:
    """Deliveries by task, what was told by place and key, and what waits. Writes are on disk when they return."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self) -> None:
        """Make the tables when they are not there yet."""
        await self._store.write(lambda db: [db.execute(table) for table in _TABLES] and None)

    # -- deliveries ---------------------------------------------------------------------------------------------

    async def find(self, task_id: str) -> Delivery | None:
        """What is known of a delivery."""
        found = await self._store.read(lambda db: db.execute(f"{_FIND} WHERE id = ?", (task_id,)).fetchone())
        return _delivery(found) if found else None

    async def unfinished_digests(self) -> list[Delivery]:
        """Digests that were not told yet when the last run ended."""
        query = f"{_FIND} WHERE is_digest = 1 AND state != '{ENDED}' ORDER BY at"  # no data in it
        return [_delivery(row) for row in await self._store.read(lambda db: db.execute(query).fetchall())]

    async def begin(self, task_id: str, target: str, notice: Notice, now: float) -> None:
        """A message is to be sent; nothing changes when that is known."""
        row = (task_id, target, PENDING, _text(notice), now, 0)
        await self._store.write(lambda db: db.execute(_BEGIN, row) and None)

    async def mark(self, task_id: str, state: str) -> None:
        """`trying` before each try, `pending` when it is certain that it did not arrive."""
        await self._store.write(
            lambda db: db.execute("UPDATE deliveries SET state = ? WHERE id = ?", (state, task_id)) and None
        )

    async def arrived(self, task_id: str, pieces: int, message_id: str) -> None:
        """A piece has arrived; the id of the first one is kept."""
        statement = f"""UPDATE deliveries SET state = '{PENDING}', pieces = ?,
            message_id = CASE WHEN message_id = '' THEN ? ELSE message_id END WHERE id = ?"""  # noqa: S608
        await self._store.write(lambda db: db.execute(statement, (pieces, message_id, task_id)) and None)

    async def end(
        self, task_id: str, notice: Notice, result: NoticeResult, now: float, told: Told | None = None
    ) -> None:
        """A delivery is over, in one commit with when its key was told."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(_BEGIN, (task_id, result.target, ENDED, _text(notice), now, 0))
            db.execute(
                f"UPDATE deliveries SET state = '{ENDED}', result = ?, notice = ? WHERE id = ?",  # noqa: S608
                (_text(result), _text(notice), task_id),
            )
            if told is not None and notice.key:
                db.execute(_TOLD, (result.target, notice.key, told.at, told.message_id, told.message_at))

        await self._store.write(work)

    # -- what was told ------------------------------------------------------------------------------------------

    async def told(self, target: str, key: str) -> Told | None:
        """When something was told last."""
        query = "SELECT at, message_id, message_at FROM told WHERE target = ? AND key = ?"
        found = await self._store.read(lambda db: db.execute(query, (target, key)).fetchone()) if key else None
        return Told(*found) if found else None

    # -- what waits ---------------------------------------------------------------------------------------------

    async def hold(self, task_id: str, held: Held, result: NoticeResult, now: float) -> None:
        """A notice waits; one with the same key takes the place of the former, which is counted."""

        def work(db: sqlite3.Connection) -> None:
            row = (task_id, held.target, ENDED, _text(held.notice), now, 0)
            if not db.execute(_BEGIN, row).rowcount:
                db.execute(f"UPDATE deliveries SET state = '{ENDED}' WHERE id = ?", (task_id,))  # noqa: S608
            db.execute("UPDATE deliveries SET result = ? WHERE id = ?", (_text(result), task_id))
            known = (
                held.key
                and db.execute(
                    "UPDATE held SET notice = ?, count = count + 1 WHERE target = ? AND key = ? AND why = ?",
                    (_text(held.notice), held.target, held.key, held.why),
                ).rowcount
            )
            if not known:
                db.execute(
                    "INSERT INTO held (target, key, due_at, notice, count, why) VALUES (?, ?, ?, ?, ?, ?)",
                    (held.target, held.key, held.due_at, _text(held.notice), held.count, held.why),
                )

        await self._store.write(work)

    async def held(self, target: str = "") -> list[Held]:
        """What waits, for one place or for all, in the order in which it came."""
        where, values = (" WHERE target = ?", (target,)) if target else ("", ())
        query = f"{_HELD}{where} ORDER BY number"
        return [_held(row) for row in await self._store.read(lambda db: db.execute(query, values).fetchall())]

    async def make_digest(self, digest_id: str, target: str, notice: Notice, told: list[Held], now: float) -> None:
        """What waited becomes one message that is to be sent, and its keys count as told."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(_BEGIN, (digest_id, target, PENDING, _text(notice), now, 1))
            db.executemany("DELETE FROM held WHERE number = ?", [(one.number,) for one in told])
            for one in told:
                if one.key:
                    db.execute(_TOLD, (target, one.key, now, "", now))

        await self._store.write(work)

    async def trim(self, now: float) -> None:
        """Forget what is older than any resend and any cool-down."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM deliveries WHERE at < ? AND state = ?", (now - KEPT_SECONDS, ENDED))
            db.execute("DELETE FROM told WHERE at < ?", (now - KEPT_SECONDS,))

        await self._store.write(work)


def _text(payload: Notice | NoticeResult) -> str:
    return payload.encode().decode()


def _delivery(row: tuple[str, str, str, int, str, str, str | None, float]) -> Delivery:
    task_id, target, state, pieces, message_id, notice, result, at = row
    ended = NoticeResult.decode(result) if result else None
    return Delivery(task_id, target, state, pieces, message_id, Notice.decode(notice), ended, at)


def _held(row: tuple[int, str, str, float, str, int, str]) -> Held:
    number, target, key, due_at, notice, count, why = row
    return Held(number, target, key, due_at, Notice.decode(notice), count, why)
