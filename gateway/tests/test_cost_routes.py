"""Questions about costs and budgets over REST."""

import pytest

from wactorz_common.contracts.llm import (
    GET_COSTS,
    RESET_BUDGETS,
    SET_BUDGET,
    BudgetLimit,
    BudgetReset,
    CostQuery,
    CostReport,
)
from wactorz_common.errors import TaskFailed
from wactorz_gateway.actor import Agent

from .test_app import FakeBus, assert_problem, client_of, make_app

REPORT = CostReport(lines=(), total_input_tokens=1, total_output_tokens=2, total_cost_usd=0.5)


@pytest.fixture
def bus():
    bus = FakeBus()
    bus.answers |= {operation.action: REPORT for operation in (GET_COSTS, SET_BUDGET, RESET_BUDGETS)}
    return bus


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", CostQuery()),
        ("?by=rule&period=month", CostQuery(by="rule", period="month")),
        (
            "?agent=planner&rule_id=r1&conversation_id=c1",
            CostQuery(agent="planner", rule_id="r1", conversation_id="c1"),
        ),
    ],
)
async def test_costs_are_asked_as_the_query_says(tmp_path, bus, query, asked):
    async with client_of(make_app(tmp_path, bus)) as client:
        assert (await client.get(f"/api/cost{query}")).json()["total_cost_usd"] == 0.5
    assert bus.asked == [("get_costs", asked, None)]


@pytest.mark.parametrize("query", ["?by=planet", "?period=century"])
async def test_a_question_that_cannot_be_answered_names_the_field(tmp_path, bus, query):
    async with client_of(make_app(tmp_path, bus)) as client:
        assert_problem(await client.get(f"/api/cost{query}"), 422)
    assert bus.asked == []


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ({"limit_usd": 5}, BudgetLimit(period="monthly", limit_usd=5)),
        ({"limit_usd": 0, "period": "daily"}, BudgetLimit(period="daily", limit_usd=0)),
        (
            {"limit_usd": 1, "period": "weekly", "agent": "planner"},
            BudgetLimit(scope="agent", agent="planner", period="weekly", limit_usd=1),
        ),
        (
            {"limit_usd": 1, "agent": "planner", "scope": "tree"},
            BudgetLimit(scope="tree", agent="planner", period="monthly", limit_usd=1),
        ),
    ],
)
async def test_a_limit_is_set(tmp_path, bus, body, limit):
    app = make_app(tmp_path, bus)
    app.state.parts.registry.agents["p"] = Agent("p", "planner", 0, 0)
    async with client_of(app) as client:
        assert (await client.post("/api/cost/limit", json=body)).status_code == 200
    assert [asked for asked in bus.asked if asked[0] != "list_spawned"] == [("set_budget", limit, None)]


async def test_a_limit_for_an_agent_that_nobody_knows_is_refused(tmp_path, bus):
    async with client_of(make_app(tmp_path, bus)) as client:
        answer = await client.post("/api/cost/limit", json={"limit_usd": 1, "agent": "plannner"})
    assert_problem(answer, 404)
    assert "plannner" in answer.json()["detail"]
    assert "set_budget" not in [action for action, *_ in bus.asked]


@pytest.mark.parametrize("body", [{}, {"limit_usd": -1}, {"limit_usd": 1, "period": "hourly"}, {"limit": 5}])
async def test_a_wrong_limit_is_not_passed_on(tmp_path, bus, body):
    async with client_of(make_app(tmp_path, bus)) as client:
        assert_problem(await client.post("/api/cost/limit", json=body), 422)
    assert bus.asked == []


async def test_a_refused_limit_keeps_its_sentence(tmp_path, bus):
    bus.answers["set_budget"] = TaskFailed("A budget for all names no agent.")
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.post("/api/cost/limit", json={"limit_usd": 1, "agent": "x", "scope": "all"})
        assert_problem(response, 409)
    assert response.json()["detail"] == "A budget for all names no agent."


@pytest.mark.parametrize(
    ("body", "asked"),
    [(None, BudgetReset()), ({"scope": "agent", "agent": "main"}, BudgetReset(scope="agent", agent="main"))],
)
async def test_counts_begin_anew(tmp_path, bus, body, asked):
    async with client_of(make_app(tmp_path, bus)) as client:
        assert (await client.post("/api/cost/reset", json=body)).status_code == 200
    assert bus.asked == [("reset_budgets", asked, None)]
