"""What has been spent, as people ask for it."""

import sqlite3
from datetime import datetime, time

from wactorz_common.contracts.llm import BudgetLimit, BudgetState, CostLine, CostQuery, CostReport
from wactorz_llm.ledger import Ledger, Totals
from wactorz_llm.prices import NANO
from wactorz_llm.purse import Standing

MOST_LINES = 500
"""Lines of one report; the dearest are told."""

_KEYS = {
    "agent": ("agent", "agent, model"),
    "model": ("model", "model"),
    "rule": ("rule_id", "rule_id"),
    "session": ("conversation_id", "conversation_id"),
    "day": ("date(at, 'unixepoch', 'localtime')", "date(at, 'unixepoch', 'localtime')"),
    "purpose": ("purpose", "purpose"),
}
_SUMS = (
    "coalesce(sum(1 - reused), 0), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),"
    " coalesce(sum(cost_nano_usd), 0), coalesce(sum(estimated), 0), coalesce(sum(1 - priced), 0),"
    " coalesce(sum(reused), 0)"
)
_WHERE = (
    " FROM llm_calls WHERE at >= :since AND (:rule = '' OR rule_id = :rule)"
    " AND (:session = '' OR conversation_id = :session)"
    " AND (:agent = '' OR agent = :agent OR EXISTS (SELECT 1 FROM json_each(on_behalf_of) WHERE value = :agent))"
)


async def report(ledger: Ledger, query: CostQuery, *, provider: str = "", model: str = "") -> CostReport:
    """Lines and sums of the calls that a query means, and every budget."""
    values = {
        "since": begins_at(query.period, ledger.now()),
        "rule": query.rule_id,
        "session": query.conversation_id,
        "agent": query.agent,
    }
    await ledger.flush()
    lines, totals = await ledger.database.read(lambda connection: _read(connection, query, values))
    budgets = ledger.state()
    tightest = min((one for one in budgets if one[0].budget.scope == "all"), key=_left, default=None)
    return CostReport(
        lines=lines,
        budgets=tuple(_state(standing, held) for standing, held in budgets),
        total_input_tokens=totals.input_tokens,
        total_output_tokens=totals.output_tokens,
        total_cost_usd=totals.nano_usd / NANO,
        limit_usd=tightest[0].budget.limit / NANO if tightest else None,
        period=tightest[0].budget.period if tightest else ledger.default.period,
        spent_usd=(tightest[0].spent + tightest[1]) / NANO if tightest else await _spent_so_far(ledger),
        provider=provider,
        model=model,
    )


def begins_at(period: str, now: float) -> float:
    """Epoch seconds at which `today` or `month` began, by the local calendar; 0 for all."""
    if period == "all":
        return 0.0
    today = datetime.fromtimestamp(now).astimezone().date()
    return datetime.combine(today if period == "today" else today.replace(day=1), time.min).timestamp()


def _left(one: tuple[Standing, int]) -> int:
    return one[0].budget.limit - one[0].spent - one[1]


def _state(standing: Standing, held: int) -> BudgetState:
    budget = standing.budget
    limit = BudgetLimit(scope=budget.scope, agent=budget.agent, period=budget.period, limit_usd=budget.limit / NANO)
    return BudgetState(limit=limit, spent_usd=standing.spent / NANO, held_usd=held / NANO, counted_since=standing.begin)


async def _spent_so_far(ledger: Ledger) -> float:
    """What was spent in the period that a limit would have."""
    begin = ledger.default.begins_at(ledger.now())
    query = "SELECT coalesce(sum(cost_nano_usd + held_nano_usd), 0) FROM llm_calls WHERE at >= ?"
    nano = await ledger.database.read(lambda connection: int(connection.execute(query, (begin,)).fetchone()[0]))
    return nano / NANO


def _read(
    connection: sqlite3.Connection, query: CostQuery, values: dict[str, object]
) -> tuple[tuple[CostLine, ...], Totals]:
    key, groups = _KEYS[query.by]
    order = "1 DESC" if query.by == "day" else "7 DESC, 1, 2"
    told = f"SELECT {key}, max(model), max(agent), {_SUMS}"
    rows = connection.execute(f"{told}{_WHERE} GROUP BY {groups} ORDER BY {order} LIMIT {MOST_LINES}", values)
    lines = tuple(_line(query.by, *row) for row in rows)
    sums = connection.execute(f"SELECT {_SUMS}{_WHERE}", values).fetchone()
    return lines, Totals(*sums[:4])


def _line(by: str, key: str, model: str, agent: str, *sums: int) -> CostLine:
    calls, sent, got, nano, estimated, unpriced, reused = sums
    return CostLine(
        key=key,
        agent=agent if by == "agent" else "",
        model=model if by in ("agent", "model") else "",
        calls=calls,
        input_tokens=sent,
        output_tokens=got,
        cost_usd=nano / NANO,
        estimated_calls=estimated,
        unpriced_calls=unpriced,
        reused_calls=reused,
    )
