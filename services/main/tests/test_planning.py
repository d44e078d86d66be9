"""A wish for several agents is handed to the planner, and what it answers decides what a yes means next."""

import pytest

from wactorz_common.contracts.plans import Plan, PlanResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_main.planning import Planning

from .turn_doubles import PLACE, errand_of


def result(status="done", **more):
    plan = Plan(plan_id="ab12cd34", task="t", status=status, created_at=1, steps=(), cost_usd=0.02)
    return PlanResult(plan=plan, text="It is sunny.", **more)


def planning(agent, end, action="run_plan", **more):
    agent.ends[action] = end if isinstance(end, tuple) else (TaskState.DONE, end, None)
    return Planning(errand_of(agent, "coordinate: look", **more))


async def test_a_wish_goes_on_with_its_session_person_and_address(agent):
    answer = await planning(agent, result(source="cloud"), language="de").run("look " * 3_000)
    assert (answer.text, answer.status, answer.source, answer.cost_usd) == ("It is sunny.", "done", "cloud", 0.02)
    ((_, wish, task_id, _),) = agent.submitted
    assert (wish.conversation_id, wish.chat_id, wish.person, wish.language) == ("c", "q1", "ann", "de")
    assert (len(wish.task), task_id) == (8_000, "t1/plan")


@pytest.mark.parametrize(
    ("text", "at_once"),
    [("coordinate! look", True), ("Plan! look", True), ("coordinate: look!", False), ("plan: coordinate! look", False)],
)
async def test_a_wish_with_an_exclamation_mark_needs_no_question(agent, text, at_once):
    agent.ends["run_plan"] = (TaskState.DONE, result(), None)
    await Planning(errand_of(agent, text)).run("look")
    ((_, wish, _, _),) = agent.submitted
    assert wish.at_once is at_once


async def test_where_nobody_says_what_planned_it_was_no_model_elsewhere(agent):
    assert (await planning(agent, result("failed")).run("look")).source == "local"


@pytest.mark.parametrize(
    ("told", "field", "value"),
    [
        (result("proposed", approval_id="x1"), "approval_id", "x1"),
        (result("proposed", rule_id="11112222"), "rule_id", "11112222"),
        (result("proposed"), "plan_id", "ab12cd34"),
    ],
)
async def test_what_was_proposed_is_what_a_yes_means_next(agent, told, field, value):
    assert (await planning(agent, told).run("look")).status == "waiting"
    assert getattr(agent.memory.proposal(PLACE, "t2"), field) == value


@pytest.mark.parametrize("status", ["failed", "expired"])
async def test_a_plan_that_ended_badly_is_no_success(agent, status):
    assert (await planning(agent, result(status)).run("look")).status == "failed"


async def test_without_a_result_the_end_itself_is_told(agent):
    refused = await planning(agent, (TaskState.FAILED, None, "Everything is stopped.")).run("look")
    assert (refused.text, refused.status) == ("Everything is stopped.", "failed")
    silent = await planning(agent, (TaskState.EXPIRED, None, None)).run("look")
    assert silent.text
    assert silent.status == "expired"


@pytest.mark.parametrize(("yes", "action"), [(True, "approve_plan"), (False, "reject_plan")])
async def test_a_yes_or_no_decides_the_plan(agent, yes, action):
    await planning(agent, result(), action).decide("ab12cd34", yes=yes)
    assert [(done, request.plan_id) for done, request, *_ in agent.submitted] == [(action, "ab12cd34")]
