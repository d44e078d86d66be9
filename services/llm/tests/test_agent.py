import asyncio

import pytest
from pydantic import SecretStr

from wactorz_common.contracts.blobs import READ_BLOB
from wactorz_common.contracts.chat import CHAT_PIECES, CHAT_STOP, ChatRequest, ChatStop
from wactorz_common.contracts.lifecycle import METRICS, AgentMetrics
from wactorz_common.contracts.llm import BudgetLimit, BudgetReset, CancelCompletion, Completion, CostQuery, ModelMessage
from wactorz_common.errors import ContractError, Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings
from wactorz_testing.anthropic_replies import Answer

from .file_doubles import Gateway, png

TASK = Task("t1", "complete", "llm", sender="planner")


@pytest.fixture
async def make_agent(server, store, tmp_path, monkeypatch):
    agents = []

    async def make(key=None, **values):
        settings = LlmSettings(
            state_dir=tmp_path,
            llm_provider="",
            anthropic_api_key=SecretStr(server.key if key is None else key),
            anthropic_base_url=server.url,
            **values,
        )
        agent = LlmAgent(settings, await make_bus(LlmAgent, settings, store), store)
        agent.published = []

        async def publish(channel, payload, **params):
            agent.published.append((channel, payload, params))

        monkeypatch.setattr(agent.bus, "publish", publish)
        await agent.on_start()
        agents.append(agent)
        return agent

    yield make
    for agent in agents:
        await agent.on_stop()


def make_request(**fields):
    return Completion(messages=(ModelMessage(role="user", content="Hello"),), **fields)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def published(agent, channel):
    return [payload for sent, payload, _ in agent.published if sent is channel]


async def test_completion_is_streamed_and_counted(server, make_agent):
    server.script([Answer("Good morning to you all.", usage={"input_tokens": 1000, "output_tokens": 100})])
    agent = await make_agent()
    result = await agent.complete(make_request(stream_to="chat-1"), TASK)
    pieces = published(agent, CHAT_PIECES)
    assert result.text == "".join(piece.content for piece in pieces) == "Good morning to you all."
    assert {(piece.id, piece.sender) for piece in pieces} == {("chat-1", "planner")}
    await until(lambda: published(agent, METRICS))
    metrics = published(agent, METRICS)[-1]
    assert isinstance(metrics, AgentMetrics)
    assert (metrics.input_tokens, metrics.output_tokens, metrics.llm_calls) == (1000, 100, 1)
    assert metrics.cost_usd == 0.0045


async def test_pieces_of_one_stream_are_numbered_through(server, make_agent):
    server.script(["One.", "Two."])
    agent = await make_agent()
    for _ in range(2):
        await agent.complete(make_request(stream_to="chat-1", agent="main"), TASK)
    assert [piece.index for piece in published(agent, CHAT_PIECES)] == [0, 1]


async def test_stream_name_that_fits_no_topic_is_refused_before_the_call(server, make_agent):
    agent = await make_agent()
    with pytest.raises(ContractError):
        await agent.complete(make_request(stream_to="a/b"), TASK)
    assert server.attempts == 0


async def test_payer_is_the_asking_agent(make_agent):
    agent = await make_agent()
    await agent.complete(make_request(), TASK)
    await agent.complete(make_request(agent="main"), TASK)
    report = await agent.get_costs(CostQuery(), TASK)
    assert {line.agent for line in report.lines} == {"planner", "main"}


async def test_person_who_addresses_the_model_gets_its_answer(server, make_agent):
    server.script([Answer("Athens.", usage={"input_tokens": 1000, "output_tokens": 100})])
    agent = await make_agent()
    answer = await agent.chat(ChatRequest(text="Capital of Greece?", chat_id="chat-1"), TASK)
    assert (answer.text, answer.source) == ("Athens.", "local"), "the address is of this machine"
    assert answer.cost_usd == pytest.approx(0.0045)
    assert [piece.sender for piece in published(agent, CHAT_PIECES)] == ["llm"]


async def test_without_a_key_the_person_is_told(server, make_agent):
    agent = await make_agent(key="")
    answer = await agent.chat(ChatRequest(text="Capital of Greece?"), TASK)
    assert "ANTHROPIC_API_KEY" in answer.text
    assert (answer.source, answer.status, answer.cost_usd) == ("local", "failed", None)
    assert server.attempts == 0


@pytest.mark.parametrize(("deadline_in", "seconds"), [(30, 28), (1, 0), (None, 88), (500, 88)])
async def test_call_ends_before_the_limits_of_the_task(make_agent, monkeypatch, deadline_in, seconds):
    agent, given = await make_agent(), []

    async def complete(request, pieces, limit):
        given.append(limit)

    monkeypatch.setattr(agent._calls, "complete", complete)
    deadline = None if deadline_in is None else 1000.0 + deadline_in
    await agent.complete(make_request(), Task("t", "complete", "llm", deadline_at=deadline, now=lambda: 1000.0))
    assert given == [seconds]


async def test_cost_report(server, make_agent):
    server.script([Answer("Hi.", usage={"input_tokens": 1000, "output_tokens": 100})])
    agent = await make_agent(llm_cost_limit_usd=5.0, llm_cost_limit_period="weekly", llm_model="claude-sonnet-4-6")
    await agent.complete(make_request(agent="main"), TASK)
    report = await agent.get_costs(CostQuery(), TASK)
    assert (report.total_input_tokens, report.total_output_tokens) == (1000, 100)
    assert report.total_cost_usd == report.spent_usd == pytest.approx(0.0045)
    assert (report.limit_usd, report.period) == (5.0, "weekly")
    assert (report.provider, report.model) == ("anthropic", "claude-sonnet-4-6")


async def test_metrics_go_on_where_the_ledger_stood(make_agent):
    agent = await make_agent()
    await agent.complete(make_request(), TASK)
    again = await make_agent()
    assert again.extra_metrics() == agent.extra_metrics()
    assert again.extra_metrics()["llm_calls"] == 1


async def test_key_and_prompt_appear_nowhere(make_agent, capfd, caplog):
    caplog.set_level("DEBUG")
    agent = await make_agent(key="sk-ant-CANARY")
    request = make_request(system="PROMPT-CANARY", stream_to="chat-1")
    with pytest.raises(Refused) as caught:
        await agent.complete(request, TASK)
    report = await agent.get_costs(CostQuery(), TASK)
    out, err = capfd.readouterr()
    seen = (
        f"{caught.value} {caught.value.context} {agent.published} {report} {caplog.text} {out} {err} {agent.settings!r}"
    )
    assert "CANARY" not in seen


def task_of(sender, action="set_budget"):
    return Task("t2", action, "llm", sender=sender)


@pytest.mark.parametrize("sender", ["gateway", "main"])
async def test_people_set_budgets_and_take_them_away(make_agent, sender):
    agent = await make_agent()
    limit = BudgetLimit(scope="tree", agent="planner", period="daily", limit_usd=0.5)
    (state,) = (await agent.set_budget(limit, task_of(sender))).budgets
    assert (state.limit, state.spent_usd) == (limit, 0)
    assert (await (await make_agent()).get_costs(CostQuery(), TASK)).budgets[0].limit == limit, "it is kept"
    gone = await agent.set_budget(limit.model_copy(update={"limit_usd": 0}), task_of(sender))
    assert gone.budgets == ()


@pytest.mark.parametrize("sender", ["", "planner", "worker", "io-agent"])
async def test_nobody_else_sets_budgets(make_agent, sender):
    agent = await make_agent()
    with pytest.raises(Refused, match="Only people"):
        await agent.set_budget(BudgetLimit(limit_usd=100), task_of(sender))
    with pytest.raises(Refused, match="Only people"):
        await agent.reset_budgets(BudgetReset(), task_of(sender))


@pytest.mark.parametrize("fields", [{"scope": "agent"}, {"scope": "all", "agent": "main"}])
async def test_a_budget_says_whose_it_is(make_agent, fields):
    with pytest.raises(Refused, match="names"):
        await (await make_agent()).set_budget(BudgetLimit(limit_usd=1, **fields), task_of("gateway"))


async def test_counts_begin_anew_where_a_person_says_so(server, make_agent):
    server.script([Answer("Hi.", usage={"input_tokens": 1000, "output_tokens": 100})])
    agent = await make_agent(llm_cost_limit_usd=5, llm_cost_limit_period="weekly")
    await agent.set_budget(BudgetLimit(scope="agent", agent="main", limit_usd=1), task_of("main"))
    await agent.complete(make_request(agent="main"), TASK)
    report = await agent.reset_budgets(BudgetReset(scope="agent"), task_of("main"))
    assert {state.limit.scope: round(state.spent_usd, 4) for state in report.budgets} == {"all": 0.0045, "agent": 0}
    assert report.total_cost_usd == pytest.approx(0.0045), "nothing is forgotten"


async def test_at_the_limit_the_asker_gets_a_sentence_and_no_failure(server, make_agent):
    agent = await make_agent(llm_cost_limit_usd=0.000001)
    result = await agent.complete(make_request(), TASK)
    assert (result.available, server.attempts) == (False, 0)
    assert "budget" in result.text
    answer = await agent.chat(ChatRequest(text="Hi"), TASK)
    assert (answer.status, answer.source) == ("failed", "local")


async def begin(llm, server, **fields):
    server.script([Answer("word " * 200, pause=0.01)])
    asking = asyncio.create_task(llm.complete(make_request(stream_to="chat-1", **fields), TASK))
    await until(lambda: published(llm, CHAT_PIECES))
    return asking


class Heard:
    """A message as the bus hands it over."""

    def __init__(self, payload):
        self.payload = payload


@pytest.mark.parametrize("stop", [{"chat_id": "chat-1"}, {"conversation_id": "c1"}])
async def test_a_person_stops_an_answer(server, make_agent, stop):
    agent = await make_agent()
    asking = await begin(agent, server, conversation_id="c1")
    await agent.on_chat_stop(Heard(ChatStop(timestamp=0, **stop)))
    with pytest.raises(Refused, match="Stopped"):
        await asking
    await until(lambda: server.running == 0)
    (line,) = (await agent.get_costs(CostQuery(), TASK)).lines
    assert (line.calls, line.estimated_calls) == (1, 1)
    assert CHAT_STOP.address == "io/chat/stop"


@pytest.mark.parametrize(
    ("sender", "stops"), [("main", True), ("planner", True), ("worker", True), ("stranger", False)]
)
async def test_an_agent_gives_up_its_own_answer_and_those_who_speak_for_people_any(server, make_agent, sender, stops):
    agent = await make_agent()
    asking = await begin(agent, server, agent="worker")
    await agent.cancel_completion(CancelCompletion(stream_to="chat-1"), task_of(sender, "cancel_completion"))
    await asyncio.sleep(0.05)
    assert asking.done() is stops
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_pieces_go_on_where_the_asker_stands(server, make_agent):
    server.script(["One."])
    agent = await make_agent()
    await agent.complete(make_request(stream_to="chat-1", stream_index=7), TASK)
    assert [piece.index for piece in published(agent, CHAT_PIECES)] == [7]


async def test_metrics_tell_who_paid(make_agent):
    agent = await make_agent()
    for payer in ("main", "planner", "main"):
        await agent.complete(make_request(agent=payer), TASK)
    await until(lambda: published(agent, METRICS) and published(agent, METRICS)[-1].llm_calls == 3)
    assert {name: paid.llm_calls for name, paid in published(agent, METRICS)[-1].paid_by.items()} == {
        "main": 2,
        "planner": 1,
    }


async def test_a_tier_may_go_to_another_provider(make_agent):
    agent = await make_agent(llm_model_fast="ollama:tiny", ollama_url="http://127.0.0.1:9")
    plan = agent._router.plan(make_request(tier="fast"))
    assert plan.routes[0].name == "ollama:tiny"


@pytest.mark.parametrize(("sender", "seen"), [("io-agent", True), ("cam", False)])
async def test_a_person_shows_the_model_a_picture_and_nobody_else_does(server, make_agent, monkeypatch, sender, seen):
    gateway = Gateway()
    photo = gateway.keep(png())
    zipped = gateway.keep(b"PK", "a.zip", "application/zip")
    agent = await make_agent()

    async def ask(operation, request):
        assert operation is READ_BLOB
        return await gateway.read_blob(request)

    monkeypatch.setattr(agent, "ask", ask)
    server.script(["A red square."])
    request = ChatRequest(text="What is it?", person="ann", attachments=(photo, zipped))
    answer = await agent.chat(request, Task("t", "chat", "llm", sender=sender))
    kinds = [block["type"] for block in server.requests[0]["messages"][0]["content"]]
    assert kinds == (["image", "text"] if seen else ["text"])
    told = "\na.zip was not looked at: no model reads files of this kind (application/zip)."
    assert answer.text == "A red square." + (told if seen else "")
