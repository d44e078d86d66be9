"""Agents that a plan needs: asked for once, waited for, removed after it."""

import pytest

from wactorz_common.contracts.plans import Plan, PlanStep, RunPlan
from wactorz_common.contracts.spawning import SpawnResult
from wactorz_common.errors import Refused
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.staffing import Staffing

TASKS = {"code": "async def handle_task(agent, payload):\n    return {}\n"}
ALONE = {"code": "async def process(agent):\n    pass\n"}
GREEDY = {**TASKS, "grants": {"http": ["example.org"]}}


def staffing_of(planner, *steps, plan_id="p1", status="running"):
    made = tuple(PlanStep(step=number, agent=agent, task="t", spawn_config=config)
                 for number, (agent, config) in enumerate(steps, 1))  # fmt: skip
    plan = Plan(plan_id=plan_id, task="t", steps=made, status=status, created_at=1)
    kept = KeptPlan(plan, RunPlan(task="t"), f"task-{plan_id}", "trace")
    planner.plans.book.kept[plan_id] = kept
    return Staffing(planner, planner.roster, planner.plans.book, kept), kept


async def test_only_those_are_wanted_that_are_not_here_and_can_be_made(script):
    planner = await script.start()
    await planner.here("weather")
    staff, kept = staffing_of(planner, ("weather", None), ("new", TASKS), ("odd", {"code": "def ("}), ("lost", None))
    kept.lost = ["lost"]
    assert list(staff.wanted()) == ["new"]
    assert "no valid Python" in staff.absent["odd"]
    assert "nobody has said what it would be" in staff.absent["lost"]


async def test_hired_under_the_same_task_id_it_is_spawned_once_and_removed_after_the_plan(script):
    planner = await script.start()
    staff, kept = staffing_of(planner, ("new", TASKS))
    assert await staff.hire(staff.wanted()) == "ready"
    assert await staff.hire(staff.wanted()) == "ready"
    assert [task_id for action, _, _, task_id in planner.submitted if action == "spawn"] == ["task-p1/spawn/new"]
    assert kept.made == ["new"]
    assert await staff.dismiss() == []
    assert [(one.name, one.command) for one in planner.tasks_of("manage_agent")] == [("new", "delete")]


async def test_one_that_wants_more_waits_for_a_yes_and_nothing_else_begins_meanwhile(script):
    planner = await script.start()
    planner.spawns["greedy"] = SpawnResult(name="greedy", status="needs_approval", approval_id="x1", text="May I?")
    staff, kept = staffing_of(planner, ("greedy", GREEDY), ("new", TASKS))
    assert await staff.hire(staff.wanted()) == "waits"
    assert [one.name for one in planner.tasks_of("spawn")] == ["greedy"]
    assert (kept.approvals, kept.made) == ({"greedy": "x1"}, [])


@pytest.mark.parametrize(("standing", "end"), [("user", "waits"), ("admin", "ready"), ("", "ready")])
async def test_one_without_grants_waits_for_an_admin_when_the_wish_is_a_users(script, standing, end):
    planner = await script.start()
    if end == "waits":
        planner.spawns["new"] = SpawnResult(name="new", status="needs_approval", approval_id="x1", text="May I?")
    staff, kept = staffing_of(planner, ("new", TASKS))
    kept.request = kept.request.model_copy(update={"standing": standing})
    assert await staff.hire(staff.wanted()) == end
    assert [one.asked_by for one in planner.tasks_of("spawn")] == [standing]
    assert kept.approvals == ({"new": "x1"} if end == "waits" else {})


@pytest.mark.parametrize(
    ("reply", "absent"),
    [
        (Refused("too many agents"), "new could not be spawned: too many agents"),
        (SpawnResult(name="new", status="waiting", text="Its node is away."), "Its node is away."),
    ],
)
async def test_one_that_does_not_come_is_absent_and_the_plan_goes_on(script, reply, absent):
    planner = await script.start()
    planner.spawns["new"] = reply
    staff, _ = staffing_of(planner, ("new", TASKS))
    assert await staff.hire(staff.wanted()) == "ready"
    assert staff.absent == {"new": absent}


async def test_one_that_ran_already_is_not_the_plans_to_remove(script):
    planner = await script.start()
    planner.spawns["new"] = SpawnResult(name="new", status="already_running", text="It runs.")
    staff, kept = staffing_of(planner, ("new", TASKS))
    await staff.hire(staff.wanted())
    assert kept.made == []
    assert (await staff.dismiss(), planner.tasks_of("manage_agent")) == ([], [])


async def test_one_that_works_by_itself_is_the_step_and_stays_when_the_plan_went_well(script):
    planner = await script.start()
    staff, kept = staffing_of(planner, ("watch", ALONE), ("new", TASKS))
    await staff.hire(staff.wanted())
    assert [staff.is_work_done(step) for step in kept.plan.steps] == ["It runs.", ""]
    kept.close("done", "a")
    await staff.dismiss()
    assert [one.name for one in planner.tasks_of("manage_agent")] == ["new"]
    kept.close("failed", "a")
    await staff.dismiss()
    assert "watch" in [one.name for one in planner.tasks_of("manage_agent")]


async def test_another_plan_that_runs_and_needs_it_takes_it_over(script):
    planner = await script.start()
    staff, _ = staffing_of(planner, ("new", TASKS))
    await staff.hire(staff.wanted())
    _, other = staffing_of(planner, ("new", None), plan_id="p2")
    assert await staff.dismiss() == []
    assert (other.made, planner.tasks_of("manage_agent")) == (["new"], [])
    other.close("done", "a")
