"""A state that was put back: taken in place of the present one when the agent begins again."""

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from wactorz_common.database import Migration, connect, open_database

INCARNATION = "_incarnation"
"""Key under which an agent keeps how often it was started."""

_TASK_TABLES = ("outbox", "inbox", "inbox_conflicts")
_FINISH_OLD = (
    "UPDATE inbox SET state = 'unknown', ended_at = ?, body = x'', "
    "reply = CAST(json_object('_task_id', task_id, '_state', 'unknown', 'error', ?) AS BLOB) "
    "WHERE state = 'intent' AND deadline_at < ?"
)
_KEEP = "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_OLD_TASK = "the agent's state was restored from before the end of this task, so it is unknown whether it was done"


def restored_path(path: Path) -> Path:
    """Where the state waits that takes the place of the one at `path`."""
    return path.with_name(f"{path.name}.restored")


def swap_in(path: Path, migrations: Sequence[Migration]) -> Path | None:
    """Put a waiting state in its place; returns the file that was put aside because it could not be used.

    What other agents rely on stays as it is now: tasks that have ended are not run again, tasks under way go on, and
    the incarnation rises. It can be interrupted anywhere and is then done again.
    """
    waiting = restored_path(path)
    if not waiting.exists():
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        usable = not problem_of(waiting, len(migrations))
        if usable:
            _prepare(waiting, path, migrations)
    except sqlite3.Error:
        usable = False
    if not usable:
        return _move(waiting, _free(path.with_name(f"{path.name}.not-restored-{stamp}")))
    _move(path, _free(path.with_name(f"{path.name}.before-restore-{stamp}")))
    _move(waiting, path)
    _sync(path.parent)
    return None


def _prepare(waiting: Path, path: Path, migrations: Sequence[Migration]) -> None:
    if path.exists():
        present, _ = open_database(path, migrations)
        present.close()
    restored, _ = open_database(waiting, migrations, shared=True)
    try:
        started = _incarnation(restored, "main")
        if path.exists():
            restored.execute("ATTACH DATABASE ? AS present", (str(path),))
            started = max(started, _incarnation(restored, "present"))
        restored.execute("BEGIN IMMEDIATE")
        if path.exists():
            for table in _TASK_TABLES:
                restored.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM present.{table}")  # noqa: S608  # our own names
        now = time.time()
        restored.execute(_FINISH_OLD, (now, _OLD_TASK, now))
        restored.execute(_KEEP, (INCARNATION, json.dumps(started + 1)))
        restored.execute("COMMIT")
        if path.exists():
            restored.execute("DETACH DATABASE present")
        restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        restored.close()


def _incarnation(connection: sqlite3.Connection, schema: str) -> int:
    statement = f"SELECT value FROM {schema}.state WHERE key = ?"  # noqa: S608  # main or present
    row = connection.execute(statement, (INCARNATION,)).fetchone()
    return int(json.loads(row[0])) if row else 0


def problem_of(path: Path, newest: int) -> str:
    """Why a file cannot be the state of an agent whose tables have the version `newest`; empty when it can."""
    try:
        connection = connect(path)
        try:
            finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return f"it is not a state file: {error}"
    if finding != "ok":
        return f"it is damaged: {finding}"
    if version > newest:
        return f"it has version {version}, but this program knows only up to {newest}: install the newer program first"
    return "" if {"state", *_TASK_TABLES} <= names else "it is not the state of an agent"


def _move(source: Path, target: Path) -> Path:
    for suffix in ("-wal", "-shm", ""):
        part = source.with_name(source.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    return target


def _free(path: Path) -> Path:
    names = (path if number == 0 else path.with_name(f"{path.name}-{number}") for number in range(10_000))
    return next(name for name in names if not name.exists())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
