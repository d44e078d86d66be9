import json

import pytest

from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_planner.plans.reading import MOST_STEPS, read_array, read_steps

STEP = {"step": 1, "agent": "weather", "task": "today"}


def call(arguments):
    return CompletionResult(provider="p", model="m", tool_calls=(ToolCall(id="c", name="plan", arguments=arguments),))


def text(said):
    return CompletionResult(provider="p", model="m", text=said)


@pytest.mark.parametrize(
    "answer",
    [
        call({"steps": [STEP]}),
        call({"steps": json.dumps([STEP])}),
        call({"plan": [STEP]}),
        text(json.dumps([STEP])),
        text(f"Here it is:\n```json\n{json.dumps([STEP], indent=1)}\n```\nGood luck!"),
        text(json.dumps({"steps": [STEP]})),
    ],
)
def test_steps_are_read_however_they_are_wrapped(answer):
    _, steps, problem = read_steps(answer)
    assert problem == ""
    assert [(step.step, step.agent, step.task, step.parallel) for step in steps] == [(1, "weather", "today", True)]


def test_invalid_backslashes_are_doubled_and_raw_newlines_are_taken():
    said = '[{"step": 1, "agent": "a", "task": "find \\d+ in C:\\temp\\new and \\u00e9\n\\"quoted\\""}]'
    assert read_array(said)[0]["task"].startswith('find \\d+ in C:\temp\new and é\n"quoted"')
    assert read_array('[{"task": "a\\qb"}]') == [{"task": "a\\qb"}]
    assert read_array("no brackets") is None
    assert read_array("] [") is None
    assert read_array("[1, oops") is None


def test_what_models_get_wrong_in_form_is_repaired():
    given = {"step": "2", "agent": "@weather", "task": {"city": "Bern"}, "depends_on": "1", "parallel": "false",
             "spawn_config": {}, "status": "done", "result": "made up", "by_model": True}  # fmt: skip
    _, steps, problem = read_steps(call({"steps": [{"agent": "a", "task": "x"}, given]}))
    assert problem == ""
    second = steps[1]
    assert (second.step, second.agent, second.depends_on, second.parallel) == (2, "weather", (1,), False)
    assert json.loads(second.task) == {"city": "Bern"}
    assert (second.status, second.result, second.by_model, second.spawn_config) == ("waiting", "", False, None)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "at least one step"),
        ("nothing", "at least one step"),
        ([STEP, STEP], "two steps with the number 1"),
        (["x"], "no object"),
        ([{"step": 1, "agent": "", "task": "x"}], "needs an agent"),
        ([{"step": 1, "agent": "a", "task": "  "}], "needs an agent and a task"),
        ([{"step": -1, "agent": "a", "task": "x"}], "step 1"),
        ([{"step": 1, "agent": "a", "task": "x", "depends_on": ["one"]}], "step 1"),
        ([{"agent": "a", "task": "x"}] * (MOST_STEPS + 1), "at most 20"),
    ],
)
def test_what_is_no_plan_is_told_in_words(steps, words):
    _, read, problem = read_steps(call({"steps": steps}))
    assert read == ()
    assert words in problem
