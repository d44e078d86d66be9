"""The SQLite file of an agent: its rights, its schema version, and what happens when it cannot be read."""

import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from wactorz_common.errors import StoreError

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE outbox (
            task_id TEXT PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL,
            created_at REAL NOT NULL, deadline_at REAL NOT NULL, held INTEGER NOT NULL,
            state TEXT, reply BLOB, error TEXT, ended_at REAL)""",
        "CREATE INDEX outbox_open ON outbox (created_at) WHERE state IS NULL",
        "CREATE INDEX outbox_ended ON outbox (ended_at) WHERE state IS NOT NULL",
        """CREATE TABLE inbox (
            task_id TEXT PRIMARY KEY, action TEXT NOT NULL, sender TEXT NOT NULL, body BLOB NOT NULL,
            hash BLOB NOT NULL, received_at REAL NOT NULL, deadline_at REAL NOT NULL, reply_topic TEXT NOT NULL,
            correlation BLOB, trace_id TEXT NOT NULL, runs INTEGER NOT NULL DEFAULT 1,
            state TEXT NOT NULL, reply BLOB, ended_at REAL)""",
        "CREATE INDEX inbox_open ON inbox (received_at) WHERE state = 'intent'",
        "CREATE INDEX inbox_ended ON inbox (ended_at) WHERE ended_at IS NOT NULL",
        """CREATE TABLE inbox_conflicts (
            id INTEGER PRIMARY KEY, task_id TEXT NOT NULL, sender TEXT NOT NULL, action TEXT NOT NULL,
            hash BLOB NOT NULL, received_at REAL NOT NULL)""",
    ),
)
"""One entry per schema version, oldest first; entries are never changed after a release, only added."""

SHARED_MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE inbox (
            task_id TEXT PRIMARY KEY, action TEXT NOT NULL, sender TEXT NOT NULL, body BLOB NOT NULL,
            hash BLOB NOT NULL, received_at REAL NOT NULL, deadline_at REAL NOT NULL, reply_topic TEXT NOT NULL,
            correlation BLOB, trace_id TEXT NOT NULL, runs INTEGER NOT NULL DEFAULT 1,
            state TEXT NOT NULL, reply BLOB, ended_at REAL,
            owner TEXT NOT NULL DEFAULT '', lease_until REAL NOT NULL DEFAULT 0)""",
        "CREATE INDEX inbox_open ON inbox (lease_until) WHERE state = 'intent'",
        "CREATE INDEX inbox_ended ON inbox (ended_at) WHERE ended_at IS NOT NULL",
        """CREATE TABLE inbox_conflicts (
            id INTEGER PRIMARY KEY, task_id TEXT NOT NULL, sender TEXT NOT NULL, action TEXT NOT NULL,
            hash BLOB NOT NULL, received_at REAL NOT NULL)""",
    ),
)
"""The same for the inbox that the replicas of one service share."""

_CLAIM_SECONDS = 5.0
_CHECK_BELOW_BYTES = 16 * 1024 * 1024
_UNREADABLE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_TROUBLES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "the disk reports an input/output error: check it and its free space",
    sqlite3.SQLITE_READONLY: "it is read-only: check its owner and mode",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the owner and mode of its folder",
    sqlite3.SQLITE_PERM: "access is refused: check its owner and mode",
    sqlite3.SQLITE_BUSY: "another process holds it: stop the second copy of this agent",
    sqlite3.SQLITE_LOCKED: "another process holds it: stop the second copy of this agent",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restart the agent, which puts it aside and begins a new one",
    sqlite3.SQLITE_NOTADB: "it is not a database: restart the agent, which puts it aside and begins a new one",
    sqlite3.SQLITE_NOMEM: "memory has run out",
}


def explain(error: sqlite3.Error, path: Path) -> StoreError | None:
    """The sentence for trouble with the disk or file; None when the statement itself is wrong."""
    trouble = _TROUBLES.get(_primary_code(error))
    return StoreError(f"the state file {path} cannot be used: {trouble}", path=str(path)) if trouble else None


class StateHeld(StoreError):
    """Another process works with this state."""


def open_database(
    path: Path, migrations: Sequence[Migration] = MIGRATIONS, *, shared: bool = False
) -> tuple[sqlite3.Connection, Path | None]:
    """Open and migrate the file; an unreadable one is put aside first. Return the connection and the file put aside.

    One that is `shared` stays where it is: others may be at work with it.
    """
    _prepare_folder(path.parent)
    try:
        return _open(path, migrations), None
    except sqlite3.DatabaseError as error:
        if shared and _primary_code(error) in _UNREADABLE:
            sentence = f"the state file {path} is damaged: stop every replica of the service and move the file away"
            raise StoreError(sentence, path=str(path)) from error
        if _primary_code(error) not in _UNREADABLE:
            raise explain(error, path) or StoreError(f"the state file {path} cannot be used: {error}") from error
    aside = _put_aside(path)
    return _open(path, migrations), aside


def claim(path: Path, seconds: float = _CLAIM_SECONDS) -> int:
    """Keep other processes from the file until the descriptor is closed; StateHeld when one holds it for so long.

    A second copy of an agent would run again what the first one is at.
    """
    _prepare_folder(path.parent)
    try:
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # not inherited, and gone with the process
        except OSError as error:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise StateHeld(_held(path), path=str(path)) from error
            time.sleep(0.05)
        else:
            return descriptor


def _held(path: Path) -> str:
    return f"the state file {path} cannot be used: {_TROUBLES[sqlite3.SQLITE_BUSY]}"


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode that may be handed to another thread."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _open(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    _prepare_file(path)
    connection = connect(path)
    try:
        version = _known_version(connection, path, len(migrations))
        _check(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 16777216")
        _migrate(connection, migrations, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _known_version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > newest:
        raise StoreError(
            f"the state file {path} has version {version}, but this program knows only up to {newest}: "
            "install the newer program again, or move the file away to begin anew",
            path=str(path),
        )
    return version


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > _CHECK_BELOW_BYTES:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return
    finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        error = sqlite3.DatabaseError(finding)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], version: int) -> None:
    if version == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in (statement for migration in migrations[version:] for statement in migration):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.execute("COMMIT")


def _prepare_folder(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(20, "it is not a folder")  # one sentence for every cause
        next(folder.iterdir(), None)
    except OSError as error:
        raise StoreError(
            f"the state folder {folder} cannot be used ({error.strerror}): "
            "give this user the right to read and write it, or set WACTORZ_STATE_DIR to another folder",
            path=str(folder),
        ) from error


def _prepare_file(path: Path) -> None:
    try:
        path.touch(mode=0o600)
        if stat.S_IMODE(path.stat().st_mode) != 0o600:  # noqa: PLR2004  # read and write for the owner only
            path.chmod(0o600)
        with path.open("r+b"):
            return
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the state file {path} cannot be used ({error.strerror}): give this user the right to read and write it, "
        "or set WACTORZ_STATE_DIR to another folder",
        path=str(path),
    )


def _put_aside(path: Path) -> Path:
    base = f"{path.name}.corrupt-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    names = (base if number == 0 else f"{base}-{number}" for number in range(10_000))
    aside = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
