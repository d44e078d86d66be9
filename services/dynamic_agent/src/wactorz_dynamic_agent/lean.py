"""A store that is cheap to have a hundred times in one process, and quick to make."""

import contextlib
import os
import secrets
import sqlite3
from functools import cache
from pathlib import Path
from typing import TypeVar

from wactorz_common.database import MIGRATIONS
from wactorz_common.errors import StoreError
from wactorz_common.store import Store, Work

T = TypeVar("T")

_WRITE_AHEAD = 2
_VERSION_BYTES = slice(18, 20)
"""Where the header of an SQLite file says how it is written and read."""


class LeanStore(Store):
    """Reads on the thread that writes, and begins with a file from a template: one flush of the disk."""

    def open(self) -> None:
        """Open the file, or make it."""
        make_blank(self.path)
        super().open()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on the one connection that there is."""
        return await self.enqueue(work)


def make_blank(path: Path) -> None:
    """Put an empty state file there, unless there is one; the store then opens it like any other."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_template())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    except OSError as error:
        raise StoreError(f"the state file {path} cannot be made: {error.strerror or error}", path=str(path)) from error


@cache
def _template() -> bytes:
    """A state file of the present version in write-ahead mode, with nothing in it."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in (statement for migration in MIGRATIONS for statement in migration):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        data = bytearray(connection.serialize())
    finally:
        connection.close()
    data[_VERSION_BYTES] = bytes((_WRITE_AHEAD, _WRITE_AHEAD))
    return bytes(data)
