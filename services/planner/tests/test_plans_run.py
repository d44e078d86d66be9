"""One plan from its first question to its one answer."""

from wactorz_common.contracts.plans import Plan, PlanStep, RunPlan
from wactorz_common.errors import TaskFailed
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.run import Around, Run
from wactorz_planner.plans.voice import Voice

TASKS = {"code": "async def handle_task(agent, payload):\n    return {}\n"}


async def nobody():
    """Nothing is to be looked at."""


def run_of(planner, *steps, **changes):
    plan = Plan(plan_id="p1", task="t", steps=steps, status="running", created_at=1)
    kept = KeptPlan(plan, RunPlan(task="compare two things", chat_id="c1"), "t1", "trace")
    settings = planner.settings.model_copy(update=changes)
    around = Around(planner, planner.plans.book, planner.roster, settings, nobody)
    return Run(around, kept, Voice(planner).stream(kept)), kept


async def test_without_a_model_nothing_is_planned_and_no_model_elsewhere_counts(script):
    planner = await script.start()
    planner.model = [script.said("", available=False)]
    run, kept = run_of(planner)
    await run.go()
    assert (kept.plan.status, kept.source, kept.plan.steps) == ("failed", "local", ())
    assert "No language model" in kept.plan.answer


async def test_wrong_steps_go_back_once(script):
    planner = await script.start()
    planner.model = [script.steps({"agent": "nobody", "task": "x"}), script.steps({"agent": "main", "task": "x"})]
    run, kept = run_of(planner)
    await run.go()
    assert [question.purpose for question in planner.questions] == ["plan", "plan", "step", "synthesis"]
    assert "There is no agent nobody" in planner.questions[1].messages[-1].content
    assert (kept.plan.status, kept.plan.answer, kept.source) == ("done", "All together.", "cloud")


async def test_a_step_that_ran_when_the_program_ended_is_taken_up_and_done_ones_stay(script):
    planner = await script.start()
    await planner.here("weather", "news")
    planner.agents = {"weather": script.answer("12"), "news": script.answer("AI")}
    run, kept = run_of(
        planner, PlanStep(step=1, agent="weather", task="x", status="done", result="11"),
        PlanStep(step=2, agent="news", task="y", depends_on=(1,), status="running"),
    )  # fmt: skip
    await run.go()
    assert [task_id for *_, task_id in planner.submitted] == ["t1/plan/2"]
    assert [step.result for step in kept.plan.steps] == ["11", "AI"]


async def test_what_waits_for_a_lost_step_is_left_out_and_a_plan_without_results_has_failed(script):
    planner = await script.start()
    await planner.here("weather")
    planner.model = [TaskFailed("away")] * 3
    run, kept = run_of(
        planner, PlanStep(step=1, agent="weather", task="x"), PlanStep(step=2, agent="main", task="y", depends_on=(1,))
    )
    await run.go()
    assert [step.status for step in kept.plan.steps] == ["failed", "skipped"]
    assert kept.plan.status == "failed"
    assert kept.plan.answer.startswith("1. weather: failed.")


async def test_where_it_is_wished_spawns_are_proposed_first(script):
    planner = await script.start()
    step = PlanStep(step=1, agent="new", task="x", spawn_config=TASKS)
    run, kept = run_of(planner, step, plan_ask=True)
    await run.go()
    assert (kept.plan.status, planner.submitted) == ("proposed", [])
    assert "it would start new agents: new" in kept.plan.note
    run, kept = run_of(planner, step, plan_ask=True)
    kept.confirmed = True
    await run.go()
    assert [one.name for one in planner.tasks_of("spawn")] == ["new"]


async def test_who_is_at_work_can_be_told_to_stop(script):
    planner = await script.start()
    run, _ = run_of(planner, PlanStep(step=3, agent="weather", task="x", status="running"))
    assert run.steps_under_way == ["plan-p1-3"]
    run, _ = run_of(planner)
    assert run.steps_under_way == ["plan-p1-0"], "the model that makes the steps"
