"""The desk of plans: who is told what, and what is refused."""

import asyncio

import pytest

from wactorz_common.contracts.chat import ChatStop
from wactorz_common.contracts.memory import ErasePerson
from wactorz_common.contracts.plans import Plan, PlanRef, PlanStep, RunPlan
from wactorz_common.contracts.spawning import ApprovalEvent
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_planner.plans.book import KeptPlan

STEPS = (PlanStep(step=1, agent="a", task="x", status="running"), PlanStep(step=2, agent="b", task="y"))


async def desk_with(script, **plans):
    """A desk with plans by id in a status, none of which anybody works on."""
    planner = await script.start()
    for plan_id, status in plans.items():
        plan = Plan(plan_id=plan_id, task="t", steps=STEPS, status=status, created_at=1.0, conversation_id="s1")
        kept = KeptPlan(plan, RunPlan(task="t", conversation_id="s1", chat_id="c1"), f"task-{plan_id}", "trace")
        await planner.plans.book.save(kept, "begin")
        planner.plans.book.kept[plan_id] = kept
    return planner, planner.plans


async def test_an_unknown_plan_and_an_address_that_is_none_are_refused(script):
    _, desk = await desk_with(script, p1="done")
    assert desk.named(" P1 ").id == "p1"
    with pytest.raises(Refused, match="There is no plan zz"):
        desk.named("zz")
    with pytest.raises(Refused, match="Nothing was planned"):
        await desk.run(RunPlan(task="t", chat_id="a/+"), script.task())
    assert list(desk.book.kept) == ["p1"]


async def test_a_plan_that_was_decided_is_not_decided_again(script):
    _, desk = await desk_with(script, p1="done", p2="rejected")
    approved = await desk.approve(PlanRef(plan_id="p1", chat_id="c1", standing="admin"), script.task())
    rejected = await desk.reject("p2")
    cancelled = await desk.cancel("p1")
    assert [one.text for one in (approved, rejected, cancelled)] == [
        "Plan p1 is done already.", "Plan p2 is rejected, so there is nothing to drop.", "Plan p1 is done already.",
    ]  # fmt: skip
    assert {one.source for one in (approved, rejected, cancelled)} == {"local"}


async def test_a_plain_yes_is_not_enough_for_what_waits_for_approvals(script):
    _, desk = await desk_with(script, p1="proposed")
    desk.named("p1").approvals = {"a": "x1", "b": "x2"}
    told = await desk.approve(PlanRef(plan_id="p1", chat_id="c1", standing="admin"), script.task())
    assert "/approve x1 and /approve x2" in told.text
    assert (told.plan.status, told.approval_id, desk.awaited) == ("proposed", "", {"x1", "x2"})


@pytest.mark.parametrize(("state", "ended"), [("denied", "rejected"), ("expired", "expired")])
async def test_a_no_to_an_agent_drops_the_plan_and_whoever_wished_it_is_told(script, state, ended):
    planner, desk = await desk_with(script, p1="proposed")
    desk.named("p1").approvals = {"a": "x1"}
    event = ApprovalEvent.model_construct(id="x1", state="open")
    await desk.hear(event)
    assert desk.named("p1").plan.status == "proposed"
    await desk.hear(ApprovalEvent.model_construct(id="x1", state=state))
    assert desk.named("p1").plan.status == ended
    (reply,) = [payload for topic, payload in planner.published if topic.endswith("/chat")]
    assert "was not carried out" in reply.content


async def test_a_stop_says_what_is_not_certain_and_begins_nothing(script):
    planner, desk = await desk_with(script, p1="running")
    await desk.stop_for(ChatStop(conversation_id="other", timestamp=0))
    assert desk.named("p1").is_running
    await desk.stop_for(ChatStop(chat_id="c1", timestamp=0))
    plan = desk.named("p1").plan
    assert (plan.status, [step.status for step in plan.steps]) == ("cancelled", ["unknown", "skipped"])
    assert plan.answer == "Stopped. Under way, and given up: 1 (a)."
    assert [stop.chat_id for topic, stop in planner.published if topic == "io/chat/stop"] == ["plan-p1-1"]


async def test_stopping_everything_leaves_proposals_alone(script):
    _, desk = await desk_with(script, p1="running", p2="proposed")
    await desk.stop_all()
    assert [desk.named(one).plan.status for one in ("p1", "p2")] == ["cancelled", "proposed"]


async def test_a_proposal_that_nobody_answers_expires_and_the_rest_stays(script):
    _, desk = await desk_with(script, p1="proposed", p2="done")
    await desk.expire(now=3_600.0)
    assert desk.named("p1").plan.status == "proposed"
    await desk.expire(now=3_600.0 * 24 * 365)
    assert [desk.named(one).plan.status for one in ("p1", "p2")] == ["expired", "done"]


async def test_clearing_forgets_what_has_ended_only(script):
    _, desk = await desk_with(script, p1="running", p2="proposed", p3="done")
    desk.named("p3").tidy = True
    left = await desk.clear()
    assert sorted(plan.plan_id for plan in left) == ["p1", "p2"]


async def test_only_so_many_run_at_once(script):
    planner = await script.start(max_plans=1)
    stuck = asyncio.Event()

    async def wait(_request):
        await stuck.wait()

    planner.model = [wait]
    asked = asyncio.create_task(planner.plans.run(RunPlan(task="a"), script.task("t1")))
    await script.until(lambda: planner.questions)
    with pytest.raises(Refused, match="1 plans run already"):
        await planner.plans.run(RunPlan(task="b"), script.task("t2"))
    await planner.plans.stop_all()
    assert (await asked).plan.status == "cancelled"


@pytest.mark.parametrize(("standing", "counts"), [("user", "user"), ("", "admin")])
async def test_a_plan_goes_on_with_the_standing_of_whoever_says_yes(script, standing, counts):
    _, desk = await desk_with(script, p1="proposed")
    kept = desk.named("p1")
    kept.request = kept.request.model_copy(update={"standing": "admin"})
    await desk.approve(PlanRef(plan_id="p1", standing=standing), script.task())
    assert kept.request.standing == counts


async def test_the_plans_of_a_deleted_person_end_and_are_forgotten(script):
    planner, desk = await desk_with(script, p1="done", p2="proposed", p3="done")
    for plan_id, person in (("p1", "ann"), ("p2", "ann"), ("p3", "ben")):
        kept = desk.named(plan_id)
        kept.request, kept.tidy = kept.request.model_copy(update={"person": person}), True
    with pytest.raises(Refused, match="Only the gateway"):
        await planner.erase_person(ErasePerson(person="ann"), script.task())
    told = await planner.erase_person(ErasePerson(person="ann"), Task("t", "erase_person", "planner", "gateway"))
    assert told.text == "2 plans of ann are forgotten."
    assert list(desk.book.kept) == ["p3"]
