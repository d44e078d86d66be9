"""Conversations on disk: every turn, searchable by its words, and the chain of summaries of each conversation."""

import hashlib
import re
import sqlite3
from asyncio import Future
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.decisions import read_pin
from wactorz_common.store import Store
from wactorz_main.words import distinct, telling

_TABLES = (
    """CREATE TABLE IF NOT EXISTS exchanges (
        number INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL UNIQUE, conversation_id TEXT NOT NULL,
        said TEXT NOT NULL, answered TEXT NOT NULL, at REAL NOT NULL, files TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX IF NOT EXISTS exchanges_by_conversation ON exchanges (conversation_id, number)",
    """CREATE VIRTUAL TABLE IF NOT EXISTS exchange_words USING fts5 (
        session, said, answered, tokenize = 'porter unicode61 remove_diacritics 2')""",
    """CREATE TABLE IF NOT EXISTS summaries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL, first INTEGER NOT NULL,
        last INTEGER NOT NULL, body TEXT NOT NULL, at REAL NOT NULL, condensed_into INTEGER,
        UNIQUE (conversation_id, first, last))""",
)
_OLD = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'turns'"
_HAS_FILES = "SELECT 1 FROM pragma_table_info('exchanges') WHERE name = 'files'"
_ADD_FILES = "ALTER TABLE exchanges ADD COLUMN files TEXT NOT NULL DEFAULT ''"
_LONGEST_SAID, _LONGEST_ANSWER = 8_000, 20_000
_NO_WORDS = "(no words)"
_CANDIDATES = 60
_STEM = 4
"""Characters from which on a word also stands for longer ones."""

_DECIDING = re.compile(r"^(\s*/(?:approve|deny)(?:\(\))?(?:\s+\S+)?).*$", re.DOTALL)  # a PIN may follow
_COLUMNS = "number, CAST(said AS BLOB), CAST(answered AS BLOB), at, CAST(files AS BLOB)"
"""Texts are read as bytes: one broken row must not hide the others."""

_FILES = TypeAdapter(tuple[Attachment, ...])


@dataclass(frozen=True)
class Exchange:
    """What was said and answered once; numbers grow with time, `at` is epoch seconds."""

    number: int
    said: str
    answered: str
    at: float
    files: tuple[Attachment, ...] = ()
    """Pictures and documents that were attached; their content is with the gateway, for a day."""


@dataclass(frozen=True)
class Summary:
    """What the exchanges from `first` to `last` were about."""

    number: int
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Remembered:
    """What a conversation holds that matters to one question, all of it oldest first."""

    summaries: tuple[Summary, ...] = ()
    window: tuple[Exchange, ...] = ()
    """The last exchanges."""
    gap: tuple[Exchange, ...] = ()
    """Exchanges before the window that no summary tells of yet."""
    found: tuple[Exchange, ...] = ()
    """Earlier exchanges that share words with the question."""


class History:
    """The turns and summaries of all conversations; nothing of one is ever found from another."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self) -> None:
        """Make the tables; turns that an older version has kept are taken over."""

        def make(connection: sqlite3.Connection) -> None:
            for statement in _TABLES:
                connection.execute(statement)
            if not connection.execute(_HAS_FILES).fetchone():
                connection.execute(_ADD_FILES)
            if connection.execute(_OLD).fetchone():
                rows = connection.execute("SELECT task_id, conversation_id, said, answered, at FROM turns ORDER BY at")
                for row in rows.fetchall():
                    _insert(connection, (*row, ""))
                connection.execute("DROP TABLE turns")

        await self._store.write(make)

    def remember(
        self, task_id: str, conversation_id: str, said: str, answered: str, at: float,
        files: tuple[Attachment, ...] = (),
    ) -> "Future[None]":  # fmt: skip
        """Keep an exchange, once per task and never with a PIN; on disk before whatever is written after it."""
        said = said.split(maxsplit=1)[0] if read_pin(said) else _DECIDING.sub(r"\1", said)
        row = (
            task_id, conversation_id, _clean(said, _LONGEST_SAID), _clean(answered, _LONGEST_ANSWER), at,
            _FILES.dump_json(files).decode() if files else "",
        )  # fmt: skip
        return self._store.enqueue(lambda connection: _insert(connection, row))

    async def recall(
        self, conversation_id: str, question: str, task_id: str, *, last: int, gap: int = 12, found: int = 6
    ) -> Remembered:
        """What matters to a question: the `last` exchanges without that of `task_id`, and what came before them."""

        def work(connection: sqlite3.Connection) -> Remembered:
            window = _window(connection, conversation_id, task_id, last)
            begins = window[0].number if window else 2**62
            chain = _chain(connection, conversation_id)
            told = max((one.last for one in chain), default=0)
            between = _between(connection, conversation_id, (told, begins), gap, task_id)
            known = {one.number for one in between}
            hits = _hits(connection, conversation_id, telling(question), begins, _CANDIDATES)
            near = [one for one in hits if one.number not in known]
            chosen = [near[place] for place in distinct((one.said for one in near), found)]
            return Remembered(chain, window, between, tuple(sorted(chosen, key=lambda one: one.number)))

        return await self._store.read(work)

    async def summaries(self, conversation_id: str) -> tuple[str, ...]:
        """The chain of summaries of a conversation as it is sent, oldest first."""
        return tuple(one.text for one in await self._store.read(lambda c: _chain(c, conversation_id)))

    async def all_summaries(self, conversation_id: str) -> tuple[str, ...]:
        """Every summary that was ever made of a conversation, oldest first, condensed ones included."""
        query = "SELECT body FROM summaries WHERE conversation_id = ? ORDER BY number"
        rows = await self._store.read(lambda c: c.execute(query, (conversation_id,)).fetchall())
        return tuple(body for (body,) in rows)

    async def chain(self, conversation_id: str) -> tuple[Summary, ...]:
        """The summaries that stand for themselves, oldest first."""
        return await self._store.read(lambda connection: _chain(connection, conversation_id))

    async def untold(self, conversation_id: str) -> tuple[Exchange, ...]:
        """The exchanges that no summary tells of yet, oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[Exchange, ...]:
            told = max((one.last for one in _chain(connection, conversation_id)), default=0)
            return _between(connection, conversation_id, (told, 2**62), -1, "")

        return await self._store.read(work)

    async def add_summary(
        self, conversation_id: str, first: int, last: int, text: str, at: float, *, condenses: tuple[int, ...] = ()
    ) -> None:
        """Keep a summary of the exchanges from `first` to `last`; the ones that it condenses stay, but are not sent.

        A conversation that was forgotten meanwhile gets none.
        """

        def work(connection: sqlite3.Connection) -> None:
            row = (conversation_id, first, last, _clean(text, _LONGEST_ANSWER), at)
            added = connection.execute(
                "INSERT INTO summaries (conversation_id, first, last, body, at) SELECT ?, ?, ?, ?, ? "
                "WHERE EXISTS (SELECT 1 FROM exchanges WHERE conversation_id = ?) "
                "ON CONFLICT DO NOTHING RETURNING number", (*row, conversation_id),
            ).fetchone()  # fmt: skip
            if added is not None:
                connection.executemany(
                    "UPDATE summaries SET condensed_into = ? WHERE number = ?", [(added[0], one) for one in condenses]
                )

        await self._store.write(work)

    async def forget(self, conversation_id: str) -> None:
        """Forget a conversation: its exchanges and its summaries."""

        def work(connection: sqlite3.Connection) -> None:
            _delete(connection, "conversation_id = ?", (conversation_id,))
            connection.execute("DELETE FROM summaries WHERE conversation_id = ?", (conversation_id,))

        await self._store.write(work)

    async def forget_person(self, person: str) -> tuple[str, ...]:
        """Forget all conversations of a person; the ids of the tasks in which they were led."""
        theirs = (f"{person}\n",) * 2
        where = "substr(conversation_id, 1, length(?)) = ?"

        def work(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute(f"SELECT task_id FROM exchanges WHERE {where}", theirs).fetchall()  # noqa: S608
            _delete(connection, where, theirs)
            connection.execute(f"DELETE FROM summaries WHERE {where}", theirs)  # noqa: S608
            return tuple(task_id for (task_id,) in rows)

        return await self._store.write(work)

    async def trim(self, before: float) -> None:
        """Forget exchanges older than an epoch second, and summaries of conversations that have none left."""

        def work(connection: sqlite3.Connection) -> None:
            _delete(connection, "at < ?", (before,))
            connection.execute(
                "DELETE FROM summaries WHERE at < ? AND conversation_id NOT IN (SELECT conversation_id FROM exchanges)",
                (before,),
            )

        await self._store.write(work)


def session_word(conversation_id: str) -> str:
    """What stands for a conversation in the index of words."""
    return "s" + hashlib.sha256(conversation_id.encode(errors="replace")).hexdigest()[:24]


def _insert(connection: sqlite3.Connection, row: tuple[str, str, str, str, float, str]) -> None:
    added = connection.execute(
        "INSERT INTO exchanges (task_id, conversation_id, said, answered, at, files) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING RETURNING number", row,
    ).fetchone()  # fmt: skip
    if added is not None:
        words = (added[0], session_word(row[1]), row[2], row[3])
        connection.execute("INSERT INTO exchange_words (rowid, session, said, answered) VALUES (?, ?, ?, ?)", words)


def _delete(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> None:
    """Delete exchanges with their words; `where` is one of this module's own conditions."""
    numbers = f"SELECT number FROM exchanges WHERE {where}"  # noqa: S608
    connection.execute(f"DELETE FROM exchange_words WHERE rowid IN ({numbers})", values)  # noqa: S608
    connection.execute(f"DELETE FROM exchanges WHERE {where}", values)  # noqa: S608


def _window(connection: sqlite3.Connection, conversation_id: str, task_id: str, last: int) -> tuple[Exchange, ...]:
    query = f"""SELECT {_COLUMNS} FROM exchanges WHERE conversation_id = ? AND task_id != ?
        ORDER BY number DESC LIMIT ?"""  # noqa: S608  # columns are constants
    return _exchanges(connection.execute(query, (conversation_id, task_id, last)))[::-1]


def _between(
    connection: sqlite3.Connection, conversation_id: str, bounds: tuple[int, int], most: int, task_id: str
) -> tuple[Exchange, ...]:
    query = f"""SELECT {_COLUMNS} FROM exchanges WHERE conversation_id = ? AND number > ? AND number < ?
        AND task_id != ? ORDER BY number DESC LIMIT ?"""  # noqa: S608  # columns are constants
    return _exchanges(connection.execute(query, (conversation_id, *bounds, task_id, most)))[::-1]


def _hits(
    connection: sqlite3.Connection, conversation_id: str, wanted: tuple[str, ...], before: int, most: int
) -> tuple[Exchange, ...]:
    """Exchanges that share words, the best first."""
    if not wanted:
        return ()
    any_of = " OR ".join(f'"{word}" *' if len(word) >= _STEM else f'"{word}"' for word in wanted)
    match = f'session : "{session_word(conversation_id)}" AND {{said answered}} : ({any_of})'
    query = f"""SELECT {_COLUMNS} FROM (
            SELECT rowid AS place, bm25(exchange_words, 0.0, 2.0, 1.0) AS distance FROM exchange_words
            WHERE exchange_words MATCH ? AND rowid < ? ORDER BY distance LIMIT ?
        ) JOIN (SELECT * FROM exchanges WHERE conversation_id = ?) ON number = place ORDER BY distance, number DESC"""  # noqa: S608
    return _exchanges(connection.execute(query, (match, before, most, conversation_id)))


def _chain(connection: sqlite3.Connection, conversation_id: str) -> tuple[Summary, ...]:
    query = """SELECT number, first, last, body FROM summaries WHERE conversation_id = ? AND condensed_into IS NULL
        ORDER BY first, last"""
    return tuple(Summary(*row) for row in connection.execute(query, (conversation_id,)))


def _exchanges(rows: sqlite3.Cursor) -> tuple[Exchange, ...]:
    return tuple(
        Exchange(number, _text(said), _text(answered), at, _files(files)) for number, said, answered, at, files in rows
    )


def _files(value: bytes | None) -> tuple[Attachment, ...]:
    """Files that cannot be read are none: what was said counts."""
    try:
        return _FILES.validate_json(value) if value else ()
    except ValidationError:
        return ()


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")


def _clean(text: str, limit: int) -> str:
    """A text that can be kept and sent: never empty, no half characters."""
    return text.encode(errors="replace").decode().replace("\0", " ")[:limit].strip() or _NO_WORDS
