import pytest

from wactorz_common.contracts.plans import Plan, PlanStep
from wactorz_planner.plans import wording

LOOK = PlanStep(step=1, agent="weather", task="look\n at the   sky", status="done", result="sunny", seconds=1.25)
TELL = PlanStep(step=2, agent="main", task="tell", depends_on=(1,), status="failed", error="It was\naway.")


def make(*steps, **more):
    return Plan(plan_id="p1", task="t", steps=steps, status=more.pop("status", "running"), created_at=1, **more)


def test_an_outline_names_agent_task_and_what_a_step_waits_for():
    assert wording.outline((LOOK, TELL)) == "1. weather: look at the sky\n2. main: tell (after 1)"
    assert wording.begun(make(LOOK, cached=True)).startswith("Plan of 1 step (the same as lately):")
    assert wording.begun(make(LOOK, TELL)).startswith("Plan of 2 steps:")
    long = LOOK.model_copy(update={"task": "x" * 500})
    assert len(wording.outline((long,))) < 120


def test_the_end_of_a_step_says_how_long_it_took_and_why_it_failed():
    assert wording.step_begun(LOOK) == "Step 1 (weather) begins."
    assert wording.step_ended(LOOK.model_copy(update={"by_model": True, "error": "away"})) == (
        "Step 1 (weather) done, by the model in its place after 1.2 s"
    )
    assert wording.step_ended(TELL) == "Step 2 (main) failed after 0 s: It was away."


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), "Stopped. Nothing was done."), ((TELL,), "Stopped. Nothing was done."),
        ((LOOK, TELL.model_copy(update={"status": "unknown"})),
         "Stopped. Done before: 1 (weather). Under way, and given up: 2 (main)."),
    ],
)  # fmt: skip
def test_a_stop_tells_what_was_done_and_what_is_not_certain(steps, text):
    assert wording.stopped(steps) == text


def test_results_are_listed_as_they_are():
    assert wording.listed((LOOK, TELL)) == "1. weather: sunny\n2. main: failed. It was\naway."


def test_a_proposal_says_what_to_type():
    plain = wording.proposed(make(LOOK), (), "it would start new agents: weather")
    assert plain.splitlines()[-1] == "Type /plans approve p1 or /plans reject p1."
    asked = wording.proposed(make(LOOK), ("x1", "x2"), "they want more")
    assert asked.splitlines()[-1] == (
        "Answer yes or no here, or type /approve x1 or /deny x1 and /approve x2 or /deny x2."
    )


def test_a_plan_is_shown_with_results_reasons_and_one_answer():
    text = wording.shown(make(LOOK, TELL, status="done", answer="Sunny.", note="Sunny."))
    assert text.splitlines() == [
        "Plan p1, done: t", "1. weather, done: look at the sky", "   sunny", "2. main, failed: tell",
        "   It was away.", "Sunny.",
    ]  # fmt: skip
    assert "1 of 2 steps done" in wording.goes_on(make(LOOK, TELL))
