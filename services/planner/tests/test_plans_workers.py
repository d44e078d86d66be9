import pytest

from wactorz_common.contracts.plans import PlanStep
from wactorz_planner.plans import workers

TASKS = "async def handle_task(agent, payload):\n    return {}\n"
ALONE = "async def process(agent):\n    await agent.publish('custom/x', 1)\n"
LISTENS = "async def setup(agent):\n    agent.subscribe('custom/x', heard)\n\nasync def heard(data):\n    pass\n"


def step(number=1, agent="w", spawn=None):
    return PlanStep(step=number, agent=agent, task="t", spawn_config=spawn)


def test_a_spec_is_taken_without_what_is_not_the_models_to_say():
    spec, problem = workers.read_spec("w", {
        "name": "other", "code": TASKS, "replace": True, "_agent_id": "x", "trusted": True, "install": "numpy",
        "grants": {"http": "example.org", "nonsense": 1}, "limits": {"memory_mb": 1024}, "_proposed_by": "",
    })  # fmt: skip
    assert problem == ""
    assert (spec.name, spec.kind, spec.replace, spec.agent_id, spec.proposed_by) == (
        "w",
        "dynamic",
        False,
        "",
        "planner",
    )
    assert (spec.install, spec.grants.http, spec.limits.memory_mb) == (("numpy",), ("example.org",), 128)
    assert spec.model_extra == {}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"type": "ha_actuator", "actions": []}, "not possible here"),
        ({"type": "dynamic"}, "give Python source"),
        ({"code": "def x(:"}, "no valid Python"),
        ({"type": "llm", "description": "x" * 3000, "system_prompt": "p"}, "description"),
    ],
)
def test_a_wrong_spec_is_told_in_words(wanted, words):
    spec, problem = workers.read_spec("w", wanted)
    assert spec is None
    assert words in problem


@pytest.mark.parametrize(
    ("wanted", "continuous"),
    [
        ({"code": ALONE}, True), ({"code": LISTENS}, True), ({"code": TASKS}, False), ({"code": ALONE + TASKS}, False),
        ({"system_prompt": "You are"}, False),
    ],
)  # fmt: skip
def test_an_agent_without_tasks_that_works_by_itself_is_continuous(wanted, continuous):
    assert workers.is_continuous(workers.read_spec("w", wanted)[0]) is continuous


def test_grants_and_packages_need_a_yes():
    assert not workers.asks_for_more(workers.read_spec("w", {"code": TASKS})[0])
    assert workers.asks_for_more(workers.read_spec("w", {"code": TASKS, "grants": {"model": True}})[0])
    assert workers.asks_for_more(workers.read_spec("w", {"code": TASKS, "install": ["numpy"]})[0])


def test_who_is_missing_and_what_is_wrong_with_it():
    steps = [step(1, "here"), step(2, "main"), step(3, workers.HOUSE), step(4, "new", {"code": TASKS}), step(5, "new"),
             step(6, "nobody"), step(7, "bad", {"code": ""})]  # fmt: skip
    assert workers.missing(steps, ["here"]) == {"new": {"code": TASKS}, "nobody": {}, "bad": {"code": ""}}
    problems = workers.problems(steps, ["here"])
    assert len(problems) == 2
    assert "There is no agent nobody" in problems[0]
    assert "bad" in problems[1]


def test_a_kept_plan_is_usable_while_its_agents_live_or_can_be_made():
    steps = [step(1, "here"), step(2, "new", {"code": TASKS})]
    assert workers.is_usable(steps, ["here"])
    assert not workers.is_usable(steps, [])
