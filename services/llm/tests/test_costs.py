from datetime import datetime

import pytest

from wactorz_common.contracts.llm import CostQuery
from wactorz_llm import costs
from wactorz_llm.budget import Budget
from wactorz_llm.ledger import Reservation, Settlement
from wactorz_llm.prices import NANO
from wactorz_llm.provider import TokenUsage


def local(*parts):
    return datetime(*parts).timestamp()  # noqa: DTZ001  # local time is what is tested


NOW = local(2026, 3, 12, 12)
CALLS = [
    # when, agent, above, rule, session, purpose, model, dollars, estimated
    (local(2026, 2, 27), "main", (), "", "c1", "chat", "sonnet", 1, False),
    (local(2026, 3, 10), "main", (), "", "c1", "chat", "sonnet", 2, True),
    (local(2026, 3, 12, 9), "planner", ("main",), "r1", "c2", "rule", "opus", 4, False),
    (local(2026, 3, 12, 10), "main", (), "r1", "c2", "intent", "haiku", 8, False),
]


@pytest.fixture
async def ledger(make_ledger):
    """Four calls of two agents over two months, and an answer given again."""
    clock = [NOW]
    ledger = await make_ledger(Budget(50 * NANO, "monthly"), now=lambda: clock[0])
    for at, agent, above, rule, session, purpose, model, dollars, estimated in CALLS:
        clock[0] = at
        wanted = Reservation(agent, purpose, "anthropic", model, 0, 0, rule, session, above)
        usage = TokenUsage(10, 1, estimated=estimated)
        ledger.settle(await ledger.reserve(wanted), Settlement("done", usage, dollars * NANO, True, 1))
    clock[0] = NOW
    ledger.note_reused(Reservation("main", "intent", "anthropic", "haiku", rule_id="r1"))
    return ledger


async def lines(ledger, **query):
    report = await costs.report(ledger, CostQuery(**query))
    return {line.key: line.cost_usd for line in report.lines}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"by": "model"}, {"haiku": 8, "opus": 4, "sonnet": 3}),
        ({"by": "rule"}, {"r1": 12, "": 3}),
        ({"by": "session"}, {"c2": 12, "c1": 3, "": 0}),
        ({"by": "purpose"}, {"intent": 8, "rule": 4, "chat": 3}),
        ({"by": "day"}, {"2026-03-12": 12, "2026-03-10": 2, "2026-02-27": 1}),
        ({"by": "model", "period": "today"}, {"haiku": 8, "opus": 4}),
        ({"by": "model", "period": "month"}, {"haiku": 8, "opus": 4, "sonnet": 2}),
        ({"by": "rule", "rule_id": "r1"}, {"r1": 12}),
        ({"by": "session", "conversation_id": "c1"}, {"c1": 3}),
        ({"by": "model", "agent": "planner"}, {"opus": 4}),
        ({"by": "purpose", "agent": "main"}, {"intent": 8, "rule": 4, "chat": 3}),
    ],
)
async def test_lines_as_they_are_asked_for_dearest_first(ledger, query, expected):
    told = await lines(ledger, **query)
    assert told == expected
    assert list(told) == list(expected)


async def test_lines_by_agent_name_their_models(ledger):
    report = await costs.report(ledger, CostQuery())
    assert [(line.agent, line.model, line.cost_usd) for line in report.lines] == [
        ("main", "haiku", 8), ("planner", "opus", 4), ("main", "sonnet", 3),
    ]  # fmt: skip


async def test_sums_are_those_of_the_lines(ledger):
    report = await costs.report(ledger, CostQuery(period="today"), provider="anthropic", model="sonnet")
    assert (report.total_input_tokens, report.total_output_tokens, report.total_cost_usd) == (20, 2, 12)
    assert (report.provider, report.model) == ("anthropic", "sonnet")


async def test_estimates_and_reused_answers_are_told_apart(ledger):
    (haiku, _, sonnet) = (await costs.report(ledger, CostQuery(by="model"))).lines
    assert (haiku.calls, haiku.reused_calls) == (1, 1)
    assert (sonnet.calls, sonnet.estimated_calls) == (2, 1)


async def test_budgets_are_told_with_what_is_left(ledger):
    await ledger.set_budget(Budget(13 * NANO, "daily"))
    await ledger.set_budget(Budget(5 * NANO, "daily", "tree", "main"))
    await ledger.reserve(Reservation("main", "chat", "anthropic", "free", 0, 0))
    report = await costs.report(ledger, CostQuery())
    told = {(one.limit.scope, one.limit.period): (one.limit.limit_usd, one.spent_usd) for one in report.budgets}
    assert told == {("all", "monthly"): (50, 14), ("all", "daily"): (13, 12), ("tree", "daily"): (5, 12)}
    assert (report.limit_usd, report.period, report.spent_usd) == (13, "daily", 12), "the one with the least left"


async def test_without_a_budget_the_period_of_the_settings_is_told(make_ledger):
    ledger = await make_ledger(Budget(0, "weekly"))
    report = await costs.report(ledger, CostQuery())
    assert (report.limit_usd, report.period, report.spent_usd, report.budgets) == (None, "weekly", 0, ())


@pytest.mark.parametrize(
    ("period", "begin"), [("all", 0.0), ("today", local(2026, 3, 12)), ("month", local(2026, 3, 1))]
)
def test_periods_begin_at_local_midnight(period, begin):
    assert costs.begins_at(period, NOW) == begin
