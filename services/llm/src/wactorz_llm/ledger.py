"""The ledger: one row per model call, reserved before it is made and settled after it."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from wactorz_common.contracts.llm import CostLine
from wactorz_common.errors import Refused
from wactorz_llm.budget import Budget
from wactorz_llm.prices import NANO
from wactorz_llm.provider import TokenUsage

T = TypeVar("T")

RESERVATION_SECONDS = 900.0
"""A reservation older than this belongs to a call that a crash cut off: it is settled at what it sent."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS llm_calls (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, agent TEXT NOT NULL, purpose TEXT NOT NULL, provider TEXT NOT NULL,
    model TEXT NOT NULL, input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0, cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    cost_nano_usd INTEGER NOT NULL DEFAULT 0, priced INTEGER NOT NULL DEFAULT 1, attempts INTEGER NOT NULL DEFAULT 0,
    held_nano_usd INTEGER NOT NULL DEFAULT 0, sent_nano_usd INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS llm_calls_at ON llm_calls (at);
CREATE INDEX IF NOT EXISTS llm_calls_open ON llm_calls (outcome) WHERE outcome = 'reserved';
"""


class Database(Protocol):
    """The part of the store that the ledger uses."""

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction that is on disk when this returns."""

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a connection that only reads."""


@dataclass(frozen=True)
class Reservation:
    """What a call may cost at most, and what its input alone costs, in nano-dollars."""

    agent: str
    purpose: str
    provider: str
    model: str
    held: int
    sent: int


@dataclass(frozen=True)
class Settlement:
    """How a call ended and what it cost, in nano-dollars."""

    outcome: str
    usage: TokenUsage
    cost: int
    priced: bool
    attempts: int


@dataclass(frozen=True)
class Totals:
    """Everything since the ledger began."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nano_usd: int = 0


class Ledger:
    """Keeps the accounts; a reservation counts as spent until it is settled."""

    def __init__(self, database: Database, budget: Budget, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self.budget = budget
        self._now = now

    async def prepare(self) -> None:
        """Create the table on first use."""
        await self._database.write(_create)

    async def reserve(self, wanted: Reservation) -> int:
        """Set money aside and return the number of the row; raise Refused when the budget has not that much left."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> int:
            _settle_lost(connection, now - RESERVATION_SECONDS)
            spent, held = _spent(connection, self.budget.begins_at(now))
            refusal = self.budget.refusal(spent, held, wanted.held)
            if refusal:
                raise Refused(refusal)
            row = (now, wanted.agent, wanted.purpose, wanted.provider, wanted.model, wanted.held, wanted.sent)
            cursor = connection.execute(
                "INSERT INTO llm_calls (at, agent, purpose, provider, model, held_nano_usd, sent_nano_usd, outcome)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'reserved')",
                row,
            )
            return int(cursor.lastrowid or 0)

        return await self._database.write(work)

    async def settle(self, row: int, end: Settlement) -> None:
        """Replace a reservation by what the call really cost."""
        usage = end.usage
        values = (
            *(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens),
            *(end.cost, end.priced, end.attempts, end.outcome, row),
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE llm_calls SET input_tokens = ?, output_tokens = ?, cache_read_tokens = ?,"
                " cache_write_tokens = ?, cost_nano_usd = ?, priced = ?, attempts = ?, outcome = ?,"
                " held_nano_usd = 0 WHERE id = ?",
                values,
            )

        await self._database.write(work)

    async def spent(self) -> tuple[int, int]:
        """Nano-dollars spent in the current period, and held by reservations."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            _settle_lost(connection, now - RESERVATION_SECONDS)
            return _spent(connection, self.budget.begins_at(now))

        return await self._database.write(work)

    async def totals(self) -> Totals:
        """Sums over all calls."""
        sums = "SELECT count(*), sum(input_tokens), sum(output_tokens), sum(cost_nano_usd) FROM llm_calls"
        row = await self._database.read(lambda connection: connection.execute(sums).fetchone())
        return Totals(*(int(value or 0) for value in row))

    async def lines(self) -> tuple[CostLine, ...]:
        """Sums by agent and model, dearest first."""
        rows = await self._database.read(_lines)
        return tuple(
            CostLine(agent=agent, model=model, calls=calls, input_tokens=sent, output_tokens=got, cost_usd=nano / NANO)
            for agent, model, calls, sent, got, nano in rows
        )


def _create(connection: sqlite3.Connection) -> None:
    for statement in filter(str.strip, _SCHEMA.split(";")):
        connection.execute(statement)


def _settle_lost(connection: sqlite3.Connection, before: float) -> None:
    connection.execute(
        "UPDATE llm_calls SET outcome = 'lost', cost_nano_usd = sent_nano_usd, held_nano_usd = 0"
        " WHERE outcome = 'reserved' AND at < ?",
        (before,),
    )


def _spent(connection: sqlite3.Connection, begin: float) -> tuple[int, int]:
    sums = "SELECT sum(cost_nano_usd), sum(held_nano_usd) FROM llm_calls WHERE at >= ?"
    spent, held = connection.execute(sums, (begin,)).fetchone()
    return int(spent or 0), int(held or 0)


def _lines(connection: sqlite3.Connection) -> list[tuple[str, str, int, int, int, int]]:
    return connection.execute(
        "SELECT agent, model, count(*), sum(input_tokens), sum(output_tokens), sum(cost_nano_usd) FROM llm_calls"
        " GROUP BY agent, model ORDER BY sum(cost_nano_usd) DESC, agent, model"
    ).fetchall()
