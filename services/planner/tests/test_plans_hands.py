"""One step, done once, whoever does it."""

import pytest

from wactorz_common.contracts.home import ActuationResult, Entity, House, StateReport
from wactorz_common.contracts.plans import Plan, PlanStep, RunPlan
from wactorz_common.errors import Refused, TaskFailed
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.hands import LONGEST_RESULT, PlanHands

HOUSE = House(version=1, entities=(Entity(entity_id="light.a", name="Lamp", state="off"),))
CALL = '{"calls": [{"domain": "light", "service": "turn_on", "entity_id": "light.a"}]}'


def step(agent="weather", task="look", number=1):
    return PlanStep(step=number, agent=agent, task=task)


def hands_of(planner, *steps):
    plan = Plan(plan_id="p1", task="the wish", steps=steps, status="running", created_at=1)
    kept = KeptPlan(plan, RunPlan(task="the wish", language="de", person="ann"), "t1", "trace")
    return PlanHands(planner, kept, 5.0), kept


async def test_an_agent_is_asked_without_the_rights_of_the_person_under_an_id_of_the_step(script):
    planner = await script.start()
    planner.agents["weather"] = script.answer("12 degrees", cost_usd=0.25)
    hands, kept = hands_of(planner, step())
    outcome = await hands.perform(step())
    assert (outcome.status, outcome.result, outcome.by_model) == ("done", "12 degrees", False)
    ((_, to, request, task_id),) = planner.submitted
    assert (to, task_id, request.user, request.person, request.language) == (
        "weather", "t1/plan/1", "planner", "", "de",
    )  # fmt: skip
    assert (request.chat_id, kept.plan.cost_usd) == ("plan-p1-1", 0.25)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Refused("I am busy"), "weather could not do it: I am busy"),
        (TaskFailed("no bus"), "weather could not be asked: no bus"),
        ("failed", "weather could not do it: No sky."), ("unknown", "weather could not do it: No sky."),
    ],
)  # fmt: skip
async def test_the_model_stands_in_for_an_agent_and_it_is_said_why(script, reply, words):
    planner = await script.start()
    planner.agents["weather"] = script.answer("No sky.", status=reply) if isinstance(reply, str) else reply
    planner.model = [script.said("Probably rain.", cost_usd=0.5)]
    hands, kept = hands_of(planner, step())
    outcome = await hands.perform(step())
    assert (outcome.status, outcome.result, outcome.by_model) == ("done", "Probably rain.", True)
    assert words in outcome.error
    assert kept.source == "cloud"


async def test_who_could_not_be_had_is_not_asked(script):
    planner = await script.start()
    hands, _ = hands_of(planner, step())
    hands.absent["weather"] = "There is no agent weather."
    outcome = await hands.perform(step())
    assert (outcome.by_model, outcome.error, planner.submitted) == (True, "There is no agent weather.", [])


@pytest.mark.parametrize("agent", ["main", "llm", "model"])
async def test_a_step_for_the_model_is_its_own_and_fails_without_one(script, agent):
    planner = await script.start()
    planner.model = [
        script.said("x" * 9_000, local=True),
        script.said("", available=False),
        script.said(" ", local=True),
    ]
    hands, kept = hands_of(planner, step(agent))
    done, away, silent = [await hands.perform(step(agent)) for _ in range(3)]
    assert (done.status, done.by_model, len(done.result)) == ("done", False, LONGEST_RESULT)
    assert (away.status, silent.status) == ("failed", "failed")
    assert "No language model" in away.error
    assert kept.source == "local", "no model elsewhere was asked"


async def test_devices_are_moved_with_the_rights_of_a_model(script):
    planner = await script.start()
    planner.answers["actuate"] = ActuationResult(outcomes=(), text="Lamp is on.")
    hands, _ = hands_of(planner, step())
    outcome = await hands.perform(step("home-assistant-agent", CALL))
    assert (outcome.status, outcome.result) == ("done", "Lamp is on.")
    (wish,) = planner.tasks_of("actuate")
    assert (wish.tainted, wish.origin, wish.person, wish.calls[0].entity_id) == (True, "model", "ann", ("light.a",))


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ('{"calls": []}', "must be a list"), ('{"calls": [{"domain": "light"}]}', "call 1: service"),
        (CALL.replace("turn_on", "toggle"), "light.toggle may end either way"),
    ],
)  # fmt: skip
async def test_what_is_no_plain_call_moves_nothing(script, task, words):
    planner = await script.start()
    hands, _ = hands_of(planner, step())
    outcome = await hands.perform(step("home-assistant-agent", task))
    assert (outcome.status, planner.submitted) == ("failed", [])
    assert words in outcome.error


async def test_devices_are_looked_up_live_or_it_is_said_why_not(script):
    planner = await script.start()
    hands, _ = hands_of(planner, step())
    planner.house_problem = "There is no home here."
    away = await hands.perform(step("home-assistant-agent", "the lamp"))
    assert (away.status, away.error) == ("failed", "There is no home here.")
    planner.house = HOUSE
    on = HOUSE.entities[0].model_copy(update={"state": "on"})
    planner.answers["get_states"] = StateReport(states=(on,))
    found = await hands.perform(step("home-assistant-agent", "the lamp"))
    assert found.status == "done"
    assert "light.a" in found.result
