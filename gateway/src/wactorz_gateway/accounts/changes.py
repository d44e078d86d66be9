"""The record of every change: who did what from where, never with a body or a secret."""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from wactorz_common import logs
from wactorz_common.errors import StoreError
from wactorz_gateway.accounts.book import Disk

KEEP_SECONDS = 365 * 24 * 3600.0
MOST = 500_000
REFUSED_PER_MINUTE = 60
"""Refused tries that are written down in a minute; what comes besides is only counted."""

_COLUMNS = "timestamp, person, role, address, method, route, target, status, request_id, detail"
_LONGEST = 200
_LOG = logs.get(__name__)


class Change(BaseModel):
    """One thing that somebody changed, or tried to."""

    id: int = Field(description="Counts up", examples=[42])
    timestamp: float = Field(description="Epoch seconds", examples=[1767225600.0])
    person: str = Field(description="Who; empty when nobody was let in", examples=["ann"])
    role: str = Field(description="Their role then", examples=["admin"])
    address: str = Field(description="Address that it came from", examples=["192.168.1.20"])
    method: str = Field(description="HTTP method; WS for a frame of the dashboard", examples=["DELETE"])
    route: str = Field(description="Route, without its values", examples=["/api/agents/{name}"])
    target: str = Field(description="What it was about", examples=["doorbell-counter"])
    status: int = Field(description="HTTP status of the answer", examples=[200])
    request_id: str = Field(description="X-Request-ID of the answer", examples=["9f2c51d0a7e34b18"])
    detail: str = Field(description="What happened, where the status does not say it", examples=[""])


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that is to be written down."""

    person: str
    role: str
    address: str
    method: str
    route: str
    target: str
    status: int
    request_id: str
    detail: str = ""


@dataclass
class Changes:
    """Writes deeds down without waiting; `now` gives epoch seconds."""

    disk: Disk
    now: Callable[[], float]
    _minute: int = 0
    _refused: int = 0
    _repeated: "OrderedDict[tuple[str, str, str], int]" = field(default_factory=OrderedDict)

    def note(self, deed: Deed) -> None:
        """Write a deed down."""
        row = (
            self.now(), deed.person, deed.role, deed.address, deed.method, deed.route[:_LONGEST],
            _plain(deed.target), deed.status, deed.request_id, _plain(deed.detail),
        )  # fmt: skip
        self._keep(lambda connection: _insert(connection, row))

    def note_refused(self, deed: Deed) -> None:
        """Write down that somebody was not let in; the same from one address once a minute."""
        minute = int(self.now() // 60)
        if minute != self._minute:
            self._minute, self._refused = minute, 0
            self._repeated.clear()
        key = (deed.address, deed.route, f"{deed.detail} {deed.target}")
        if key in self._repeated or self._refused >= REFUSED_PER_MINUTE:
            return
        self._repeated[key] = 1
        self._refused += 1
        self.note(deed)

    async def listed(self, limit: int, before: int | None) -> list[Change]:
        """The newest ones first."""
        where, values = ("WHERE id < ? ", (before,)) if before is not None else ("", ())
        names = ["id", *_COLUMNS.split(", ")]
        rows = await self.disk.read(
            lambda connection: connection.execute(
                f"SELECT {', '.join(names)} FROM changes {where}ORDER BY id DESC LIMIT ?",  # noqa: S608  # fixed text
                (*values, limit),
            ).fetchall()
        )
        return [Change(**dict(zip(names, row, strict=True))) for row in rows]

    def trim(self) -> None:
        """Forget what is older than a year, and the oldest of too many."""
        oldest = self.now() - KEEP_SECONDS
        self._keep(lambda connection: _trim(connection, oldest))

    def _keep(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            self.disk.enqueue(work).add_done_callback(_report)
        except StoreError as error:
            _LOG.warning("a change could not be written down", why=str(error))


def _report(written: "asyncio.Future[None]") -> None:
    if not written.cancelled() and written.exception() is not None:
        _LOG.warning("a change could not be written down", why=str(written.exception()))


def _insert(connection: sqlite3.Connection, row: tuple[object, ...]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO changes ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608  # fixed text


def _trim(connection: sqlite3.Connection, oldest: float) -> None:
    connection.execute("DELETE FROM changes WHERE timestamp < ?", (oldest,))
    connection.execute("DELETE FROM changes WHERE id <= (SELECT max(id) FROM changes) - ?", (MOST,))


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:_LONGEST]
