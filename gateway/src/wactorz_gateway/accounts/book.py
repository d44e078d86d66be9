"""The tables of accounts in the gateway's state."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from wactorz_common.database import connect
from wactorz_common.errors import StoreError
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.roles import OWNER, Rank
from wactorz_gateway.accounts.sessions import Session
from wactorz_gateway.accounts.tokens import SCOPES, Token

Connection = sqlite3.Connection
T = TypeVar("T")

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE people (
            key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL,
            created_at REAL NOT NULL, last_seen REAL, disabled INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, person TEXT NOT NULL, created_at REAL NOT NULL,
            last_seen REAL NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE tokens (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, label TEXT NOT NULL,
            person TEXT NOT NULL, scopes TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL,
            last_used REAL) WITHOUT ROWID""",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL,
            address TEXT NOT NULL, method TEXT NOT NULL, route TEXT NOT NULL, target TEXT NOT NULL,
            status INTEGER NOT NULL, request_id TEXT NOT NULL, detail TEXT NOT NULL)""",
        "CREATE INDEX changes_by_time ON changes (timestamp)",
        "CREATE TABLE marks (newest TEXT NOT NULL, before TEXT NOT NULL)",
    ),
    ("CREATE TABLE erasures (name TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (name, place)) WITHOUT ROWID",),
)
"""One entry per version of the tables, oldest first; only added to after a release."""


class Disk(Protocol):
    """What keeps the tables: the agent's store."""

    def enqueue(self, work: Callable[[sqlite3.Connection], T]) -> "asyncio.Future[T]":
        """Queue for the next commit without waiting."""

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run in a transaction that is on disk before this returns."""

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run on a connection that cannot write."""


@dataclass(frozen=True)
class Kept:
    """All that was kept, but for the changes."""

    people: tuple[Person, ...]
    sessions: tuple[Session, ...]
    tokens: tuple[Token, ...]


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to date."""
    connection.execute("CREATE TABLE IF NOT EXISTS accounts_version (version INTEGER NOT NULL)")
    row = connection.execute("SELECT version FROM accounts_version").fetchone()
    version = row[0] if row else 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the accounts have version {version}, but this program knows only up to {len(MIGRATIONS)}: install the "
            "newer program again, or move the gateway's state file away to begin anew"
        )
    for statement in (statement for migration in MIGRATIONS[version:] for statement in migration):
        connection.execute(statement)
    connection.execute("DELETE FROM accounts_version")
    connection.execute("INSERT INTO accounts_version VALUES (?)", (len(MIGRATIONS),))


def load(connection: sqlite3.Connection) -> Kept:
    """Read everything."""
    people = connection.execute("SELECT name, role, password, created_at, last_seen, disabled FROM people")
    sessions = connection.execute("SELECT id, digest, person, created_at, last_seen, address, agent FROM sessions")
    tokens = connection.execute(
        "SELECT id, digest, prefix, label, person, scopes, created_at, expires_at, last_used FROM tokens"
    )
    return Kept(
        tuple(_person(*row) for row in people),
        tuple(Session(*row) for row in sessions),
        tuple(_token(*row) for row in tokens),
    )


def _person(name: str, role: Rank, password: str, created_at: float, last_seen: float | None, disabled: int) -> Person:
    return Person(name, role, password, created_at, last_seen, bool(disabled))


def _token(
    token_id: str, digest: str, prefix: str, label: str, person: str, scopes: str, created_at: float,
    expires_at: float | None, last_used: float | None,
) -> Token:  # fmt: skip
    known = tuple(scope for scope in SCOPES if scope in scopes.split())
    return Token(token_id, digest, prefix, label, person, known, created_at, expires_at, last_used)


def put_person(connection: sqlite3.Connection, one: Person) -> None:
    """Keep a person in place of what was kept under this name."""
    connection.execute(
        "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.key, one.name, one.role, one.password, one.created_at, one.last_seen, one.disabled),
    )


def add_person(connection: sqlite3.Connection, one: Person) -> None:
    """Keep somebody new; nothing counts for them that was left of somebody of this name."""
    remove_person(connection, one.key)
    put_person(connection, one)


def remove_person(connection: sqlite3.Connection, key: str) -> None:
    """Forget a person with their sessions and tokens."""
    connection.execute("DELETE FROM people WHERE key = ?", (key,))
    connection.execute("DELETE FROM sessions WHERE person = ?", (key,))
    connection.execute("DELETE FROM tokens WHERE person = ?", (key,))


def erasures(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """People who were deleted, by name, and where something of them is still to be forgotten."""
    return connection.execute("SELECT name, place FROM erasures ORDER BY name, place").fetchall()


def put_erasures(connection: sqlite3.Connection, name: str, places: Iterable[str]) -> None:
    """All of a person is to be forgotten in these places."""
    connection.executemany("INSERT OR IGNORE INTO erasures VALUES (?, ?)", [(name, place) for place in places])


def remove_erasure(connection: sqlite3.Connection, name: str, place: str) -> None:
    """Nothing of a person is left there."""
    connection.execute("DELETE FROM erasures WHERE name = ? AND place = ?", (name, place))


def put_session(connection: sqlite3.Connection, one: Session) -> None:
    """Keep a session."""
    connection.execute(
        "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.id, one.digest, one.person, one.created_at, one.last_seen, one.address, one.agent),
    )


def remove_sessions(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forget sessions."""
    connection.executemany("DELETE FROM sessions WHERE id = ?", [(each,) for each in ids])


def put_token(connection: sqlite3.Connection, one: Token) -> None:
    """Keep a token."""
    connection.execute(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (one.id, one.digest, one.prefix, one.label, one.person, " ".join(one.scopes), one.created_at,
         one.expires_at, one.last_used),
    )  # fmt: skip


def remove_tokens(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forget tokens."""
    connection.executemany("DELETE FROM tokens WHERE id = ?", [(each,) for each in ids])


def note_seen(
    connection: sqlite3.Connection, people: dict[str, float], sessions: dict[str, float], tokens: dict[str, float]
) -> None:
    """When people, sessions and tokens were last used, each by its key or id."""
    for statement, rows in (
        ("UPDATE people SET last_seen = ? WHERE key = ?", people),
        ("UPDATE sessions SET last_seen = ? WHERE id = ?", sessions),
        ("UPDATE tokens SET last_used = ? WHERE id = ?", tokens),
    ):
        connection.executemany(statement, [(moment, key) for key, moment in rows.items()])


def end_sessions_of_a_backup(connection: sqlite3.Connection, mark: str, fresh: str) -> bool:
    """Whether this state is not the one that ran last, by the mark kept beside it: its sessions ended since.

    The state takes the fresh mark before the file beside it does; both count until the next start.
    """
    row = connection.execute("SELECT newest, before FROM marks").fetchone()
    stranger = row is not None and mark not in row
    if stranger:
        connection.execute("DELETE FROM sessions")
    connection.execute("DELETE FROM marks")
    connection.execute("INSERT INTO marks VALUES (?, ?)", (fresh, mark))
    return stranger


def owner_is_kept(path: Path) -> bool:
    """Whether a state file knows an owner who can come in; read before anything else runs."""
    connection = connect(path)
    try:
        found = connection.execute("SELECT 1 FROM people WHERE role = ? AND NOT disabled LIMIT 1", (OWNER,)).fetchone()
    except sqlite3.OperationalError:  # no such table yet
        return False
    finally:
        connection.close()
    return found is not None
