import pytest

from wactorz_common.contracts.llm import BudgetLimit, BudgetState, CostLine, CostQuery, CostReport
from wactorz_main.spending import Limit, costs_text, read_costs

from .turn_doubles import say

EMPTY = CostReport(lines=(), total_input_tokens=0, total_output_tokens=0, total_cost_usd=0)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", CostQuery()), ("today", CostQuery(period="today")), ("month", CostQuery(period="month")),
        ("heute", CostQuery(period="today")), ("agent", CostQuery()), ("rule", CostQuery(by="rule")),
        ("model", CostQuery(by="model")), ("session today", CostQuery(by="session", period="today")),
        ("day", CostQuery(period="today")), ("day month", CostQuery(by="day", period="month")),
        ("agent @main", CostQuery(by="model", agent="main")),
        ("agent main today", CostQuery(by="model", agent="main", period="today")),
        ("rule AB12CD34", CostQuery(by="purpose", rule_id="ab12cd34")),
        ("session here", CostQuery(by="purpose", conversation_id="c")),
        ("session x", CostQuery(by="purpose", conversation_id="x")),
        ("limit 5", Limit(BudgetLimit(limit_usd=5))),
        ("limit $2,50 monthly", Limit(BudgetLimit(limit_usd=2.5, period="monthly"))),
        ("limit 1 week agent @cam", Limit(BudgetLimit(limit_usd=1, period="weekly", scope="agent", agent="cam"))),
        ("limit 1 tree main", Limit(BudgetLimit(limit_usd=1, scope="tree", agent="main"))),
        ("limit 0", Limit(BudgetLimit(limit_usd=0))),
        ("nonsense", None), ("limit", None), ("limit much", None), ("limit -1", None), ("limit 1 agent", None),
        ("limit 1 all x", None), ("model x", None),
    ],
)  # fmt: skip
def test_what_is_asked_for(typed, query):
    assert read_costs(tuple(typed.split()), "c") == query


def test_costs():
    line = CostLine(agent="main", model="m", calls=1, input_tokens=1200, output_tokens=30, cost_usd=0.0123)
    report = CostReport(
        lines=(line,), total_input_tokens=1200, total_output_tokens=30, total_cost_usd=0.0123, limit_usd=5, spent_usd=0.0123,
        provider="anthropic", model="m",
    )  # fmt: skip
    text = costs_text(report)
    assert "1,200 tokens in, 30 tokens out, $0.0123" in text
    assert "$0.0123 of $5.00" in text
    assert "- main, m: 1 call," in text
    assert costs_text(EMPTY) == "No model has been asked for it yet: 0 tokens, $0.00."


def test_estimates_unknown_prices_and_limits_are_said():
    line = CostLine(key="2026-05-01", calls=3, input_tokens=1, output_tokens=1, cost_usd=0, estimated_calls=1,
                    unpriced_calls=2)  # fmt: skip
    limit = BudgetLimit(scope="tree", agent="main", limit_usd=1)
    report = CostReport(
        lines=(line,) * 40, budgets=(BudgetState(limit=limit, spent_usd=0.5, held_usd=0.1),), total_input_tokens=1,
        total_output_tokens=1, total_cost_usd=0,
    )  # fmt: skip
    text = costs_text(report)
    assert "- 2026-05-01: 3 calls, 1 in, 1 out, $0.0000 (1 estimated, 2 without a known price)" in text
    assert "... and 10 more" in text
    assert "Limit for main and what works for it, daily: $0.5000 of $1.00 spent, $0.1000 held" in text


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ({"key": "main", "agent": "main", "model": "m"}, "main, m"), ({"key": "m", "model": "m"}, "m"),
        ({"key": "rule-1"}, "rule-1"), ({}, "everything else"),
    ],
)  # fmt: skip
def test_a_line_says_what_it_is_for(line, name):
    told = CostLine.accept({**line, "calls": 1, "input_tokens": 1, "output_tokens": 1, "cost_usd": 0})
    report = EMPTY.model_copy(update={"lines": (told,)})
    assert f"- {name}: 1 call, " in costs_text(report)


async def test_costs_in_a_conversation(agent):
    agent.answers |= {"get_costs": EMPTY, "set_budget": EMPTY}
    assert "0 tokens" in (await say(agent, "/cost agent main")).text
    assert agent.asked[-1] == ("get_costs", CostQuery(by="model", agent="main"))
    assert (await say(agent, "/cost nonsense")).status == "failed"
    assert (await say(agent, "/cost limit 5")).status == "done"
    assert agent.asked[-1] == ("set_budget", BudgetLimit(limit_usd=5))
    asked = len(agent.asked)
    answer = await say(agent, "/cost limit 0", person="")
    assert (answer.status, len(agent.asked)) == ("failed", asked)


def test_a_limit_below_a_cent_is_not_shown_as_nothing():
    small = BudgetState(limit=BudgetLimit(limit_usd=0.0001), spent_usd=0.2, held_usd=0.05)
    report = EMPTY.model_copy(update={"limit_usd": 0.0001, "spent_usd": 0.2, "budgets": (small,)})
    text = costs_text(report)
    assert text.count("of $0.0001") == 2
    assert "not settled yet" in text
