"""Rules from a sentence over REST: what it would be, and then the rule."""

import asyncio

import pytest

from wactorz_common.contracts.rules import Rule, RuleDraft, RuleResult, SentenceReading
from wactorz_common.errors import AskTimeout, TaskFailed
from wactorz_common.tasks import TaskState

from .test_app import FakeBus, assert_problem, client_of, make_app

EARLY = "I am still getting to know the home. Try again in a few seconds."
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


def assert_house_unknown(answer):
    assert_problem(answer, 503)
    body = answer.json()
    assert (body["type"], body["code"]) == ("/problems/not-ready", "house_unknown")
    assert "getting to know" in body["detail"]
    assert answer.headers["retry-after"] == "2"


async def test_a_grammar_that_does_not_know_the_house_yet_says_so(client, bus):
    bus.answers["read_rule"] = TaskFailed(EARLY, code="house_unknown")
    assert_house_unknown(await client.post("/api/rules/preview", json={"sentence": "at 7"}))
    assert_house_unknown(await client.post("/api/backtests", json={"task": "at 7"}))
    assert bus.submitted == []
    bus.answers["read_rule"] = AskTimeout("main does not answer")
    await client.post("/api/rules/preview", json={"sentence": "at 7"})
    assert bus.submitted[-1][1].draft is None


async def test_a_planner_that_does_not_know_the_house_yet_says_so(client, bus):
    early = (TaskState.FAILED, None, EARLY, {"error": EARLY, "error_code": "house_unknown"})
    bus.ends.update(create_rule=early, edit_rule=early, import_rules=early)
    body = {"sentence": "at 7", "draft": DRAFT.to_wire()}
    assert_house_unknown(await client.post("/api/rules/preview", json=body))
    assert_house_unknown(await client.post("/api/rules", json=body))
    assert_house_unknown(await client.put("/api/rules/ab12cd34", json={"sentence": "at 8"}))
    assert_house_unknown(await client.post("/api/rules/import", json={"yaml": "when: {}"}))
    bus.answers.update(
        why_not=TaskFailed(EARLY, code="house_unknown"), backtest=TaskFailed(EARLY, code="house_unknown")
    )
    assert_house_unknown(await client.get("/api/rules/ab12cd34/why-not"))
    assert_house_unknown(await client.post("/api/backtests", json={"rule_id": "ab12cd34"}))


async def test_what_waiting_does_not_mend_is_no_matter_of_time(client, bus):
    for why in (TaskFailed("The handler broke", phase="handle_task"), TaskFailed("Home Assistant refuses the token")):
        bus.answers["read_rule"] = why
        answer = await client.post("/api/rules/preview", json={"sentence": "at 7"})
        assert_problem(answer, 409)
        assert (answer.json()["type"], answer.json()["code"]) == ("about:blank", "")


class Leaver:
    """A client that posts a sentence and goes away when it is told to."""

    def __init__(self, app, body):
        self._app, self._parts = app, [{"type": "http.request", "body": body, "more_body": False}]
        self.left = asyncio.Event()
        self.sent = []

    async def ask(self):
        headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/api/rules/preview", "raw_path": b"/api/rules/preview", "query_string": b"", "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "",
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)

    async def _receive(self):
        if self._parts:
            return self._parts.pop()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)


@pytest.mark.parametrize("while_read", [True, False])
async def test_who_goes_away_ends_the_model_s_call(app, bus, while_read):
    hangs, ended = asyncio.Event(), asyncio.Event()

    async def hang(*_, **__):
        hangs.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    if while_read:
        bus.ask = hang
    else:
        bus.answers["read_rule"] = SentenceReading()
        bus.ends["create_rule"] = hang
    client = Leaver(app, b'{"sentence": "make it cozy"}')
    asking = asyncio.create_task(client.ask())
    await asyncio.wait_for(hangs.wait(), 5)
    assert bus.stopped == []
    client.left.set()
    await asyncio.wait_for(asking, 5)
    await asyncio.wait_for(ended.wait(), 5)
    ((stopped, _),) = bus.stopped
    if not while_read:
        (_, wish, _, task_id) = bus.submitted[-1]
        assert (stopped, wish.chat_id) == (task_id, task_id)
    assert client.sent[0]["status"] == 499
    metrics = app.state.parts.exposition.text().decode()
    assert 'wactorz_http_responses_total{method="POST",route="/api/rules/preview",status="499"} 1.0' in metrics


async def test_an_answer_in_time_stops_nothing(client, bus):
    await client.post("/api/rules/preview", json={"sentence": "at 7"})
    assert bus.stopped == []


async def test_bad_wishes_are_refused(client, bus):
    assert_problem(await client.post("/api/rules/preview", json={"sentence": ""}), 422)
    secret = "https://discord.com/api/webhooks/1234567890/" + "a" * 68
    assert_problem(await client.post("/api/rules", json={"sentence": f"at 8 post to {secret}"}), 422)
    assert bus.submitted == []
