import json

import pytest

from wactorz_common.contracts.spawning import SpawnResult
from wactorz_main.spawning import SECTION, TOOL, approval_text, asks, read_spec

CODE = "async def handle_task(agent, payload):\n    return {}\n"


def test_what_the_model_asks_for_is_marked_as_its_own_wish():
    spec, problem = read_spec({"name": "tide", "code": CODE, "publishes": "custom/tide", "poll_interval": 60})
    assert problem == ""
    assert (spec.name, spec.publishes, spec.poll_interval, spec.proposed_by) == ("tide", ("custom/tide",), 60, "main")


def test_what_is_not_the_model_s_to_say_is_dropped():
    arguments = {
        "name": "tide", "code": CODE, "_proposed_by": "", "proposed_by": "", "_agent_id": "x", "agent_id": "x",
        "_initial_state": {"a": 1}, "limits": {"memory_mb": 1024}, "trusted": True, "action": "delete",
        "_reply_topic": "a", "sender": "monitor",
    }  # fmt: skip
    spec, _ = read_spec(arguments)
    assert (spec.proposed_by, spec.agent_id, spec.initial_state, spec.limits.memory_mb) == ("main", "", None, 128)
    assert spec.model_extra == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"code": CODE}, "name"), ({"name": "x"}, "code"), ({"name": "", "code": CODE}, "name"),
        ({"name": "x", "code": 5}, "code"), ({"name": "x", "code": CODE, "poll_interval": "often"}, "poll_interval"),
        ({"name": "x", "code": CODE, "grants": "all"}, "grants"), ({"name": "x", "code": "y" * 300_000}, "code"),
        ({"name": "\ud800", "code": CODE}, ""), ({}, "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_to_mend_it_from(arguments, words):
    spec, problem = read_spec(arguments)
    assert spec is None
    assert problem
    assert words in problem


def test_grants_are_read_with_patience():
    grants = {"http": "example.org", "agents": None, "sudo": True, "model": True}
    spec, _ = read_spec({"name": "x", "code": CODE, "grants": grants, "install": "requests"})
    assert (spec.grants.http, spec.grants.model, spec.install) == (("example.org",), True, ("requests",))


def test_all_that_is_asked_for_is_named():
    grants = {"publish": ["a/b"], "subscribe": ["c/#"], "http": ["h"], "agents": ["w"], "model": True}
    spec, _ = read_spec({"name": "x", "code": CODE, "grants": grants, "install": ["p"]})
    wanted = asks(spec)
    for words in ("install p", "publish on a/b", "listen to c/#", "call h", "tasks to w", "cost money"):
        assert words in wanted
    said = approval_text(
        spec, SpawnResult(name="x", status="needs_approval", approval_id="ab12", text="main proposes: x.")
    )
    for words in ("call h", "/approve ab12", "/deny ab12", "Nothing was started", "main proposes: x"):
        assert words in said
    plain, _ = read_spec({"name": "x", "code": CODE})
    assert asks(plain) == ""


def test_the_example_in_the_instructions_is_a_good_one():
    body = json.loads(SECTION.partition("Example: ")[2].partition('"}. ')[0] + '"}')
    spec, problem = read_spec(body)
    assert problem == ""
    compile(spec.code, "example", "exec")
    assert set(TOOL.parameters["properties"]) <= {*type(spec).model_fields}
    assert len(SECTION) < 2_400, "it is sent with every question to the model"
