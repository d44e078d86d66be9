"""Rules from a sentence over REST: what it would be, and then the rule."""

import pytest

from wactorz_common.contracts.rules import Rule, RuleDraft, RuleResult, SentenceReading
from wactorz_common.errors import AskTimeout, TaskFailed
from wactorz_common.tasks import TaskState
from wactorz_gateway.actor import Agent

from .test_app import FakeBus, assert_problem, client_of, make_app

CALL = {"domain": "light", "service": "turn_on", "entity_id": ["light.k"]}
DRAFT = RuleDraft.accept({"trigger": {"kind": "time", "at": "07:00"}, "actions": [CALL]})
RULE = Rule(rule_id="ab12cd34", task="at 7", draft=DRAFT, created_at=1)


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers["read_rule"] = SentenceReading(draft=DRAFT)
    made.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=RULE, text="Well.", yaml="when: {}"), None)
    return made


@pytest.fixture
def app(tmp_path, bus):
    return make_app(tmp_path, bus)


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_a_preview_makes_nothing(client, bus):
    answer = await client.post("/api/rules/preview", json={"sentence": "at 7", "language": "en"})
    assert (answer.status_code, answer.json()["yaml"]) == (200, "when: {}")
    wish = bus.submitted[-1][1]
    assert (wish.preview, wish.task, wish.draft, wish.language) == (True, "at 7", DRAFT, "en")


async def test_an_english_sentence_is_read_on_a_german_page(client, bus):
    await client.post("/api/rules/preview", json={"sentence": "every day at 7", "language": "de"})
    assert bus.asked[-1][1].language == ""
    assert bus.submitted[-1][1].language == "de"


async def test_what_the_preview_showed_is_what_is_made(client, bus):
    answer = await client.post("/api/rules", json={"sentence": "at 7", "draft": DRAFT.to_wire()})
    assert answer.status_code == 201
    wish = bus.submitted[-1][1]
    assert (wish.preview, wish.draft) == (False, DRAFT)
    assert "read_rule" not in [asked[0].action for asked in bus.asked]


async def test_what_the_grammar_cannot_read_is_left_to_the_planner(client, bus):
    bus.answers["read_rule"] = SentenceReading()
    await client.post("/api/rules/preview", json={"sentence": "make it cozy when I come"})
    assert bus.submitted[-1][1].draft is None
    bus.ends["create_rule"] = (TaskState.FAILED, None, "No model is set up.")
    assert_problem(await client.post("/api/rules/preview", json={"sentence": "make it cozy"}), 409)


async def test_a_grammar_that_does_not_know_the_house_yet_says_so(client, bus):
    bus.answers["read_rule"] = TaskFailed("I am still getting to know the home. Try again in a few seconds.")
    problem = await client.post("/api/rules/preview", json={"sentence": "at 7"})
    assert_problem(problem, 503)
    assert "getting to know" in problem.json()["detail"]
    assert (problem.json()["type"], problem.headers["retry-after"]) == ("/problems/not-ready", "2")
    assert bus.submitted == []
    bus.answers["read_rule"] = AskTimeout("main does not answer")
    await client.post("/api/rules/preview", json={"sentence": "at 7"})
    assert bus.submitted[-1][1].draft is None


async def test_what_waiting_does_not_mend_is_no_matter_of_time(app, client, bus):
    bus.answers["read_rule"] = TaskFailed("The handler broke", phase="handle_task")
    broken = await client.post("/api/rules/preview", json={"sentence": "at 7"})
    assert_problem(broken, 409)
    assert broken.json()["type"] == "about:blank"
    bus.answers["read_rule"] = TaskFailed("Home Assistant refuses the token")
    app.state.parts.house._problem = lambda: "Home Assistant refuses the token"
    assert_problem(await client.post("/api/rules/preview", json={"sentence": "at 7"}), 409)
    app.state.parts.house._problem = lambda: ""
    app.state.parts.registry.agents["i"] = Agent("i", "main", 0, 0, state="paused")
    assert_problem(await client.post("/api/rules/preview", json={"sentence": "at 7"}), 409)


async def test_bad_wishes_are_refused(client, bus):
    assert_problem(await client.post("/api/rules/preview", json={"sentence": ""}), 422)
    secret = "https://discord.com/api/webhooks/1234567890/" + "a" * 68
    assert_problem(await client.post("/api/rules", json={"sentence": f"at 8 post to {secret}"}), 422)
    assert bus.submitted == []
