"""The charts' samples on disk, in the gateway's state: written in batches, a day long."""

import sqlite3
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator

from wactorz_common import logs
from wactorz_common.errors import StoreError
from wactorz_gateway.accounts.book import Disk
from wactorz_gateway.histories import DAY, HOUR, Grain, Histories, Sample

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE histories (
            grain INTEGER NOT NULL, until REAL NOT NULL, key TEXT NOT NULL, samples BLOB NOT NULL,
            PRIMARY KEY (grain, until, key)) WITHOUT ROWID""",
    ),
)
"""One entry per version of the table, oldest first; only added to after a release."""

_KEPT = {Grain.FINE: HOUR, Grain.COARSE: DAY}
_SAMPLE = struct.Struct(f"<{len(Sample._fields)}d")
_AHEAD = 60.0
_WITHOUT = "Charts begin anew, and are not kept over a restart of the gateway"
_LOG = logs.get(__name__)

Row = tuple[str, Grain, Sample]


class HistoryBook:
    """Keeps histories; once it cannot read what is there, it leaves that alone and keeps nothing."""

    def __init__(self, disk: Disk, histories: Histories) -> None:
        self._disk, self._histories = disk, histories
        self._usable = False

    async def start(self, now: float) -> str:
        """Load what was kept; a sentence when that is not possible, empty when all is well."""
        try:
            await self._disk.write(prepare)
            rows, damaged = await self._disk.read(lambda connection: load(connection, now))
        except (StoreError, sqlite3.Error) as error:
            _LOG.warning("charts are not kept", why=str(error))
            return f"{_WITHOUT}: {error}"
        self._usable = True
        self._histories.load(rows)
        if damaged:
            _LOG.warning("some samples of charts could not be read", pieces=damaged)
            return f"Charts have gaps: {damaged} kept pieces could not be read"
        return ""

    async def keep(self, now: float) -> None:
        """Write what is new in one commit, and forget what is too old; a full disk costs these samples only."""
        gone, fresh = self._histories.unkept()
        if not self._usable or not (gone or fresh):
            return
        try:
            await self._disk.write(lambda connection: write(connection, gone, fresh, now))
        except (StoreError, sqlite3.Error) as error:
            _LOG.warning("samples of charts could not be kept", why=str(error), samples=len(fresh))


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table, or bring that of an older version up to date."""
    connection.execute("CREATE TABLE IF NOT EXISTS histories_version (version INTEGER NOT NULL)")
    row = connection.execute("SELECT version FROM histories_version").fetchone()
    version = row[0] if row else 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the kept charts have version {version}, but this program knows only up to {len(MIGRATIONS)}: install the "
            "newer program again to see them"
        )
    for statement in (statement for migration in MIGRATIONS[version:] for statement in migration):
        connection.execute(statement)
    connection.execute("DELETE FROM histories_version")
    connection.execute("INSERT INTO histories_version VALUES (?)", (len(MIGRATIONS),))


def load(connection: sqlite3.Connection, now: float) -> tuple[list[Row], int]:
    """The samples that still count, oldest first, and how many pieces could not be read."""
    rows: list[Row] = []
    damaged = 0
    for grain, seconds in _KEPT.items():
        found = connection.execute(
            "SELECT key, samples FROM histories WHERE grain = ? AND until BETWEEN ? AND ? ORDER BY until",
            (grain, now - seconds, now + _AHEAD),
        )
        for key, piece in found:
            try:
                rows += [(key, grain, Sample(*values)) for values in _SAMPLE.iter_unpack(piece)]
            except (struct.error, TypeError):
                damaged += 1
    return rows, damaged


def write(connection: sqlite3.Connection, gone: Iterable[str], fresh: Iterable[Row], now: float) -> None:
    """Add a batch; forget who is gone and what is too old, or of a clock that was ahead."""
    connection.executemany("DELETE FROM histories WHERE key = ?", [(key,) for key in gone])
    connection.executemany("INSERT OR REPLACE INTO histories VALUES (?, ?, ?, ?)", _pieces(fresh))
    for grain, seconds in _KEPT.items():
        bounds = (grain, now - seconds, now + _AHEAD)
        connection.execute("DELETE FROM histories WHERE grain = ? AND NOT until BETWEEN ? AND ?", bounds)


def _pieces(fresh: Iterable[Row]) -> Iterator[tuple[int, float, str, bytes]]:
    """The samples of each agent as one piece of a batch."""
    batch: dict[tuple[str, Grain], list[Sample]] = defaultdict(list)
    for key, grain, sample in fresh:
        batch[key, grain].append(sample)
    for (key, grain), samples in batch.items():
        yield int(grain), samples[-1].t, key, b"".join(_SAMPLE.pack(*sample) for sample in samples)
