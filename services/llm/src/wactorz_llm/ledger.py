"""The ledger: one row per model call, reserved before it is made and settled after it."""

import itertools
import json
import sqlite3
import time
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from wactorz_common import logs
from wactorz_common.errors import StoreError
from wactorz_llm.budget import Budget
from wactorz_llm.ledger_schema import migrate
from wactorz_llm.provider import TokenUsage
from wactorz_llm.purse import Hold, Purse, Standing

T = TypeVar("T")

_log = logs.get(__name__)

KEEP_SECONDS = 366 * 86_400.0
"""Rows are kept for a year; older ones live on in the sums."""

_SETTLE = (
    "UPDATE llm_calls SET input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?,"
    " cost_nano_usd = ?, priced = ?, attempts = ?, outcome = ?, estimated = ?, held_nano_usd = 0 WHERE id = ?"
)
_RESERVE = (
    "INSERT INTO llm_calls (id, at, agent, purpose, provider, model, rule_id, conversation_id, on_behalf_of,"
    " held_nano_usd, sent_nano_usd, outcome, reused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_EXTEND = "UPDATE llm_calls SET held_nano_usd = held_nano_usd + ? WHERE id = ?"
_LOST = (
    "UPDATE llm_calls SET outcome = 'lost', cost_nano_usd = sent_nano_usd, held_nano_usd = 0, estimated = 1"
    " WHERE outcome = 'reserved' AND id = ?"
)
_CONCERNED = {
    "all": "",
    "agent": " AND agent = :agent",
    "tree": " AND (agent = :agent OR EXISTS (SELECT 1 FROM json_each(on_behalf_of) WHERE value = :agent))",
}
_SUMS = "sum(1 - reused), sum(input_tokens), sum(output_tokens), sum(cost_nano_usd)"


class Database(Protocol):
    """The part of the store that the ledger uses."""

    def enqueue(self, work: Callable[[sqlite3.Connection], T], after: Callable[[], None] | None = None) -> "Future[T]":
        """Queue `work` for the next commit; `after` runs in the event loop once it is on disk."""

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction that is on disk when this returns."""

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a connection that only reads."""


@dataclass(frozen=True)
class Reservation:
    """A call before it is made: whom it is for, what it may cost at most and what its input costs (nano-dollars)."""

    agent: str
    purpose: str
    provider: str
    model: str
    held: int = 0
    sent: int = 0
    rule_id: str = ""
    conversation_id: str = ""
    on_behalf_of: tuple[str, ...] = ()


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
    """Sums over calls."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nano_usd: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.nano_usd + other.nano_usd,
        )


class Ledger:
    """Keeps the accounts; a reservation counts as spent until it is settled. `now` gives epoch seconds."""

    def __init__(self, database: Database, default: Budget | None = None, now: Callable[[], float] = time.time) -> None:
        self.database, self.default = database, default or Budget()
        self.now = now
        self.purse = Purse()
        self.by_agent: dict[str, Totals] = {}
        """Everything since the ledger began, by who paid."""
        self._rows = itertools.count(1)
        self._open: dict[int, Reservation] = {}

    @property
    def totals(self) -> Totals:
        """Everything since the ledger began."""
        return sum(self.by_agent.values(), Totals())

    async def prepare(self) -> None:
        """Make or migrate the tables, and read what the purse and the sums need."""
        await self.database.write(migrate)
        self._rows = itertools.count(1 + await self.database.write(_last_row))
        for row, hold in await self.database.read(_reserved):
            self.purse.reopen(row, hold)
        for budget in {self.default.key: self.default, **await self.database.read(_budgets)}.values():
            await self._install(budget)
        self.by_agent = await self.database.read(_paid)

    async def reserve(self, wanted: Reservation) -> int:
        """Set money aside and return the number of the row; raise OverBudget when a budget has not that much left."""
        now = self.now()
        self._expire(now)
        row = next(self._rows)
        self.purse.hold(row, Hold(now, wanted.agent, wanted.on_behalf_of, wanted.held, wanted.sent))
        values = _values(row, now, wanted, "reserved")
        try:
            await self.database.write(lambda connection: connection.execute(_RESERVE, values) and None)
        except BaseException:
            self.purse.settle(row, 0)
            self._later("DELETE FROM llm_calls WHERE id = ?", row)
            raise
        self._open[row] = wanted
        return row

    async def extend(self, row: int, extra: int) -> None:
        """Set more aside for another attempt of a call, or raise OverBudget."""
        self.purse.extend(row, extra)
        await self.database.write(lambda connection: connection.execute(_EXTEND, (extra, row)) and None)

    def settle(self, row: int, end: Settlement) -> None:
        """Replace a reservation by what the call really cost: at once here, with the next commit on disk.

        The answer need not wait for it; a crash before that commit leaves a reservation, like one during the call.
        """
        wanted = self._open.pop(row, None)
        if wanted is not None:
            self.purse.settle(row, end.cost)
            self._count(wanted.agent, Totals(1, end.usage.input_tokens, end.usage.output_tokens, end.cost))
        usage = end.usage
        self._later(
            _SETTLE,
            *(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens),
            *(end.cost, end.priced, end.attempts, end.outcome, usage.estimated, row),
        )

    async def flush(self) -> None:
        """Wait until everything so far is on disk."""
        await self.database.write(lambda _connection: None)

    def note_reused(self, wanted: Reservation) -> None:
        """A row for an answer that was given before and cost nothing."""
        self._later(_RESERVE, *_values(next(self._rows), self.now(), wanted, "reused"))

    def _expire(self, now: float) -> None:
        for row, hold in self.purse.expire(now):
            self._later(_LOST, row)
            self._count(hold.payer, Totals(1, nano_usd=hold.sent))

    def _later(self, statement: str, *values: object) -> None:
        """Change a row with the next commit; nobody waits for it, so a failure is only logged."""
        try:
            done = self.database.enqueue(lambda connection: connection.execute(statement, values) and None)
        except StoreError as error:
            _log.warning("a row of the ledger could not be written", error=str(error))
            return
        done.add_done_callback(_note_failure)

    def _count(self, payer: str, one: Totals) -> None:
        self.by_agent[payer] = self.by_agent.get(payer, Totals()) + one

    # -- budgets ------------------------------------------------------------------------------------------------

    async def set_budget(self, budget: Budget) -> None:
        """Lay a budget down, or take the one of its key away when its limit is 0."""
        values = (*budget.key, budget.limit, budget.since)
        save = "INSERT OR REPLACE INTO llm_budgets VALUES (?, ?, ?, ?, ?)"
        await self.database.write(lambda connection: connection.execute(save, values) and None)
        await self._install(budget)

    async def begin_anew(self, keys: tuple[tuple[str, str, str], ...]) -> None:
        """Count from now on in these budgets; the calls themselves stay in the ledger."""
        now = self.now()
        for standing, _ in self.purse.state(now):
            if standing.budget.key in keys:
                await self.set_budget(replace(standing.budget, since=now))

    async def _install(self, budget: Budget) -> None:
        """Take a budget in with what was spent so far.

        What settles from here on is counted at once; what was settled before is on disk ahead of this look at it.
        """
        standing = Standing(budget, budget.begins_at(self.now()))
        self.purse.prepare(standing)
        spent = await self.database.write(lambda connection: _spent(connection, budget, standing.begin))
        self.purse.install(standing, spent)

    def state(self) -> tuple[tuple[Standing, int], ...]:
        """Every budget that is set, and what is held in it."""
        now = self.now()
        self._expire(now)
        return self.purse.state(now)

    # -- retention ----------------------------------------------------------------------------------------------

    async def trim(self) -> None:
        """Add what is older than a year to the sums, and drop its rows."""
        await self.database.write(lambda connection: _trim(connection, self.now() - KEEP_SECONDS))


def _note_failure(done: "Future[Any]") -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _log.warning("a row of the ledger could not be written", error=str(error))


def _values(row: int, now: float, wanted: Reservation, outcome: str) -> tuple[object, ...]:
    return (
        *(row, now, wanted.agent, wanted.purpose, wanted.provider, wanted.model, wanted.rule_id),
        *(wanted.conversation_id, json.dumps(wanted.on_behalf_of), wanted.held, wanted.sent),
        *(outcome, outcome == "reused"),
    )


def _last_row(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM llm_calls").fetchone()[0])


def _reserved(connection: sqlite3.Connection) -> list[tuple[int, Hold]]:
    rows = connection.execute(
        "SELECT id, at, agent, on_behalf_of, held_nano_usd, sent_nano_usd FROM llm_calls WHERE outcome = 'reserved'"
    )
    return [
        (row, Hold(at, agent, tuple(json.loads(above)), held, sent, earlier=True))
        for row, at, agent, above, held, sent in rows
    ]


def _budgets(connection: sqlite3.Connection) -> dict[tuple[str, str, str], Budget]:
    rows = connection.execute("SELECT scope, agent, period, limit_nano_usd, since FROM llm_budgets")
    budgets = [Budget(limit, period, scope, agent, since) for scope, agent, period, limit, since in rows]
    return {budget.key: budget for budget in budgets}


def _spent(connection: sqlite3.Connection, budget: Budget, begin: float) -> int:
    query = f"SELECT sum(cost_nano_usd) FROM llm_calls WHERE at >= :begin{_CONCERNED[budget.scope]}"  # noqa: S608  # fixed text
    return int(connection.execute(query, {"begin": begin, "agent": budget.agent}).fetchone()[0] or 0)


def _paid(connection: sqlite3.Connection) -> dict[str, Totals]:
    past = connection.execute("SELECT agent, calls, input_tokens, output_tokens, cost_nano_usd FROM llm_past")
    paid = {agent: Totals(*sums) for agent, *sums in past}
    rows = connection.execute(f"SELECT agent, {_SUMS} FROM llm_calls WHERE outcome != 'reserved' GROUP BY agent")  # noqa: S608
    for agent, *sums in rows:
        paid[agent] = paid.get(agent, Totals()) + Totals(*sums)
    return paid


def _trim(connection: sqlite3.Connection, before: float) -> None:
    connection.execute(
        f"INSERT INTO llm_past SELECT agent, {_SUMS} FROM llm_calls WHERE at < ? AND outcome != 'reserved'"  # noqa: S608
        " GROUP BY agent ON CONFLICT (agent) DO UPDATE SET calls = calls + excluded.calls,"
        " input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,"
        " cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd",
        (before,),
    )
    connection.execute("DELETE FROM llm_calls WHERE at < ? AND outcome != 'reserved'", (before,))
