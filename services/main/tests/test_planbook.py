"""Kept plans in words, and what people decide of them."""

import pytest

from wactorz_common.contracts.plans import Plan, PlanList, PlanResult, PlanStep
from wactorz_common.contracts.tasks import TaskState
from wactorz_main.planbook import Planbook, plan_text, plans_text

from .turn_doubles import PLACE, errand_of

PLAN = Plan(
    plan_id="ab12cd34", task="get the weather", status="running", created_at=1,
    steps=(PlanStep(step=1, agent="weather", task="look", status="done", result="sunny"),
           PlanStep(step=2, agent="main", task="tell", depends_on=(1,), status="failed", error="It was away.")),
)  # fmt: skip


def ended(agent, action, state=TaskState.DONE, error=None, **fields):
    plan = PLAN.model_copy(update={"status": fields.pop("plan_status", "done")})
    agent.ends[action] = (state, None if error else PlanResult(plan=plan, text="Told.", **fields), error)


def test_plans_are_told_step_by_step():
    text = plan_text(PLAN)
    assert "1. weather (done): look -> sunny" in text
    assert "2. main (failed, after 1): tell -> It was away." in text
    assert "1 of 2 steps" in plans_text((PLAN,))


def test_what_stood_in_for_an_agent_what_it_cost_and_the_answer_are_told():
    by_model = PLAN.steps[0].model_copy(update={"by_model": True})
    text = plan_text(PLAN.model_copy(update={
        "steps": (by_model,), "cost_usd": 0.0123, "cached": True, "answer": "Sunny.", "note": "It was quick.",
    }))  # fmt: skip
    assert "(running, steps of a like wish, $0.0123)" in text
    assert "weather (done, the model answered in its place): look -> sunny" in text
    assert text.splitlines()[-2:] == ["It was quick.", "Answer: Sunny."]


def test_a_list_is_short_and_an_empty_one_says_how_to_begin():
    assert "coordinate: " in plans_text(())
    lines = plans_text((PLAN.model_copy(update={"task": "x\n" * 500}),) * 30).splitlines()
    assert len(lines) == 21
    assert len(lines[0]) < 250


def test_what_is_said_about_a_plan_is_a_sentence_of_its_own():
    assert "get the weather. It was stopped.\n" in plans_text((PLAN.model_copy(update={"note": "It was stopped."}),))


@pytest.mark.parametrize("verb", ["approve", "reject", "cancel"])
async def test_a_plan_is_decided_by_its_id(agent, verb):
    ended(agent, f"{verb}_plan", source="cloud")
    answer = await Planbook(errand_of(agent)).command((verb, "AB12CD34"))
    assert (answer.text, answer.status, answer.source) == ("Told.", "done", "cloud")
    assert [(action, request.plan_id) for action, request, *_ in agent.submitted] == [(f"{verb}_plan", "ab12cd34")]


async def test_a_plan_that_failed_is_no_success_unless_it_was_to_be_cancelled(agent):
    ended(agent, "approve_plan", plan_status="failed")
    ended(agent, "cancel_plan", plan_status="failed")
    book = Planbook(errand_of(agent))
    assert [(await book.command((verb, "ab12cd34"))).status for verb in ("approve", "cancel")] == ["failed", "done"]


async def test_a_plan_that_waits_for_an_approval_is_what_a_yes_means_next(agent):
    ended(agent, "approve_plan", plan_status="proposed", approval_id="x1")
    answer = await Planbook(errand_of(agent)).command(("approve", "ab12cd34"))
    assert (answer.status, answer.approval_id) == ("waiting", "x1")
    assert agent.memory.proposal(PLACE, "t2").approval_id == "x1"


async def test_a_refusal_and_wrong_words_are_said(agent):
    ended(agent, "reject_plan", TaskState.FAILED, "There is no plan zz.")
    book = Planbook(errand_of(agent))
    assert (await book.command(("reject", "zz"))).text == "There is no plan zz."
    assert (await book.command(("burn", "zz"))).status == "failed"
    assert len(agent.submitted) == 1


async def test_clearing_says_what_is_left(agent):
    texts = []
    for plans in ((), (PLAN,)):
        agent.ends["clear_plans"] = (TaskState.DONE, PlanList(plans=plans), None)
        texts.append((await Planbook(errand_of(agent)).command(("clear",))).text)
    assert texts[0] != texts[1]
    assert "1" in texts[1]
