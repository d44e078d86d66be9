import asyncio

import pytest
from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_common.errors import Refused
from wactorz_llm.budget import Budget
from wactorz_llm.calls import Limits
from wactorz_llm.pieces import PieceStream
from wactorz_llm.prices import NANO
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import OpenAIProvider
from wactorz_llm.resilience import OPEN_AFTER, OPEN_SECONDS
from wactorz_testing.anthropic_replies import (
    Answer,
    Dropped,
    Failure,
    Junk,
    ToolUse,
    overloaded,
    rate_limited,
    server_error,
)
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import OpenAIServer

PRICED = {"input_tokens": 1000, "output_tokens": 100}
PRICE = 0.003 + 0.0015


def make_request(text="Hello", **fields):
    return Completion(messages=(ModelMessage(role="user", content=text),), agent="main", purpose="chat", **fields)


def make_pieces():
    sent = []

    async def send(text, _index):
        sent.append(text)

    return PieceStream(send), sent


async def rows(store, columns="outcome, attempts, cost_nano_usd"):
    await store.write(lambda _connection: None)
    return await store.read(lambda connection: connection.execute(f"SELECT {columns} FROM llm_calls").fetchall())


async def test_answer_with_tokens_cost_and_a_row(server, make_calls, store):
    server.script([Answer("Hi.", usage=PRICED)])
    result = await (await make_calls()).complete(make_request())
    assert (result.text, result.provider, result.model) == ("Hi.", "anthropic", "claude-sonnet-4-6")
    assert (result.input_tokens, result.output_tokens) == (1000, 100)
    assert result.cost_usd == pytest.approx(PRICE)
    assert result.available
    assert result.priced
    assert await rows(store) == [("done", 1, round(PRICE * NANO))]


async def test_model_of_the_request_wins_over_the_configured_one(server, make_calls):
    calls = await make_calls(model="claude-haiku-4-5")
    await calls.complete(make_request())
    await calls.complete(make_request(model="claude-opus-4-6"))
    assert [body["model"] for body in server.requests] == ["claude-haiku-4-5", "claude-opus-4-6"]


@pytest.mark.parametrize(
    "failures",
    [
        [overloaded(), server_error()],
        [Dropped(), Junk()],
        [Answer("A long enough answer.", cut_after=2), Answer("A long enough answer.", end_after=2)],
        [rate_limited(3), Answer(tools=(ToolUse("act", raw="{"),))],
    ],
)
async def test_passing_failures_are_repeated(server, make_calls, store, failures):
    server.script([*failures, "At last."])
    waits = []
    result = await (await make_calls(waits=waits)).complete(make_request())
    assert result.text == "At last."
    assert len(waits) == server.attempts - 1 == 2
    assert [row[:2] for row in await rows(store)] == [("done", 3)]


async def test_retry_after_is_honored(server, make_calls):
    server.script([rate_limited(7), rate_limited(3), "At last."])
    waits = []
    await (await make_calls(waits=waits)).complete(make_request())
    assert waits == [7, 3]


async def test_retry_after_beyond_the_time_is_not_waited_for(server, make_calls):
    server.script([rate_limited(60)])
    waits = []
    with pytest.raises(Refused, match="rate limit"):
        await (await make_calls(waits=waits)).complete(make_request(), seconds=30)
    assert waits == []
    assert server.attempts == 1


async def test_lasting_failure_ends_with_a_sentence_and_a_row(server, make_calls, store):
    server.script([overloaded()] * 3)
    with pytest.raises(Refused, match="overloaded"):
        await (await make_calls()).complete(make_request())
    assert await rows(store) == [("failed", 3, 0)]


async def test_bad_key_is_not_repeated(server, make_calls, make_provider):
    with pytest.raises(Refused, match="ANTHROPIC_API_KEY"):
        await (await make_calls(make_provider("wrong"))).complete(make_request())
    assert server.attempts == 1


async def test_attempts_that_used_tokens_are_paid_for(server, make_calls, store):
    server.script([Answer("A long enough answer.", end_after=4, usage=PRICED), Answer("Hi.", usage=PRICED)])
    result = await (await make_calls()).complete(make_request())
    assert result.input_tokens == 1000, "the answer tells its own tokens"
    cost = (await rows(store, "cost_nano_usd, input_tokens"))[0]
    assert cost[1] == 2000
    assert cost[0] / NANO > PRICE
    assert result.cost_usd == pytest.approx(cost[0] / NANO)


async def test_text_that_was_shown_is_never_shown_again(server, make_calls):
    server.script([Answer("A long enough answer, written slowly.", pause=0.05, end_after=5), "Another answer."])
    pieces, sent = make_pieces()
    with pytest.raises(Refused, match="broke off"):
        await (await make_calls()).complete(make_request(), pieces)
    await pieces.close()
    assert server.attempts == 1
    assert "Another" not in "".join(sent)


async def test_text_that_nobody_saw_yet_allows_another_attempt(server, make_calls):
    server.script([Answer("A long enough answer.", end_after=5), "Another answer."])
    pieces, sent = make_pieces()
    result = await (await make_calls()).complete(make_request(), pieces)
    await pieces.close()
    assert result.text == "".join(sent) == "Another answer."


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


async def test_breaker_opens_and_closes_again(server, make_calls):
    clock, alerts = Clock(), []
    calls = await make_calls(clock=clock, on_trouble=alerts.append)
    server.script([server_error()] * OPEN_AFTER)
    for _ in range(2):
        with pytest.raises(Refused, match="internal error"):
            await calls.complete(make_request())
    assert server.attempts == OPEN_AFTER
    with pytest.raises(Refused, match=r"calls pause. Try again in 30 s"):
        await calls.complete(make_request())
    assert server.attempts == OPEN_AFTER
    assert len(alerts) == 1
    clock.now += OPEN_SECONDS
    assert (await calls.complete(make_request())).text
    assert (await calls.complete(make_request())).text


async def test_refusals_of_the_provider_do_not_open_the_breaker(server, make_calls):
    server.script([Failure(400, "invalid_request_error", "no")] * (OPEN_AFTER + 1))
    calls = await make_calls()
    for _ in range(OPEN_AFTER + 1):
        with pytest.raises(Refused, match="refused the request"):
            await calls.complete(make_request())
    assert server.attempts == OPEN_AFTER + 1


async def test_budget_is_checked_before_the_call(server, make_calls, store):
    calls = await make_calls(budget=Budget(NANO // 20))
    server.script([Answer("Hi.", usage={"input_tokens": 16_500, "output_tokens": 10})])
    await calls.complete(make_request())
    refused = await calls.complete(make_request())
    assert not refused.available
    assert "monthly budget of $0.05 is used up ($0.05 spent" in refused.text == refused.notice
    assert server.attempts == 1
    assert len(await rows(store)) == 1


async def test_a_loop_of_calls_ends_within_the_budget(server, make_calls):
    limit = NANO // 10
    calls = await make_calls(budget=Budget(limit))
    server.brain = lambda _body: Answer("Hi.", usage=PRICED)
    done = 0
    while (await calls.complete(make_request(max_tokens=200))).available:
        done += 1
    ((standing, held),) = calls.ledger.state()
    assert held == 0
    assert 0 < done == server.attempts
    assert limit // 2 < standing.spent <= limit


async def test_budget_cannot_be_kept_without_a_price(server, make_calls):
    calls = await make_calls(budget=Budget(NANO))
    result = await calls.complete(make_request(model="claude-of-the-house"))
    assert "No price is known for the model 'claude-of-the-house'" in result.notice
    assert result.model == server.requests[0]["model"] == "claude-sonnet-4-6"


async def test_model_without_a_price_is_flagged_when_there_is_no_budget(make_calls):
    result = await (await make_calls()).complete(make_request(model="claude-of-the-house"))
    assert result.cost_usd == 0
    assert not result.priced


async def test_slow_model_ends_in_time_and_is_paid_for(server, make_calls, store):
    server.script([Answer("A very slow answer.", pause=0.5)])
    calls = await make_calls(limits=Limits(seconds=0.8))
    with pytest.raises(Refused, match="no complete answer within 1 s"):
        await calls.complete(make_request())
    ((outcome, attempts, cost),) = await rows(store)
    assert (outcome, attempts) == ("interrupted", 1)
    assert cost > 0
    assert await rows(store, "held_nano_usd, estimated") == [(0, 1)], "nothing stays reserved"


async def test_calls_beyond_the_limit_wait_and_beyond_the_queue_are_refused(server, make_calls):
    server.brain = lambda _body: Answer("Hi.", pause=0.02)
    calls = await make_calls(limits=Limits(concurrency=2, queue=3))
    ends = await asyncio.gather(*(calls.complete(make_request()) for _ in range(8)), return_exceptions=True)
    refused = [end for end in ends if isinstance(end, Refused)]
    assert len(refused) == 3
    assert "2 calls run and 3 wait" in str(refused[0])
    assert server.most_running == 2
    assert len(server.requests) == 5


async def test_forced_tool_must_be_among_the_tools(server, make_calls):
    with pytest.raises(Refused, match="'rule'"):
        await (await make_calls()).complete(make_request(force_tool="rule"))
    assert server.attempts == 0


async def test_offline_answers_without_a_row(make_calls, store):
    result = await (await make_calls(OfflineProvider())).complete(make_request())
    assert not result.available
    assert (result.provider, result.model, result.cost_usd) == ("offline", "", 0)
    assert await rows(store) == []


async def test_a_third_of_all_attempts_fails_and_the_accounts_still_agree(server, make_calls, store):
    trouble = [overloaded(), Dropped(), Junk(), Answer("A long enough answer.", end_after=3), rate_limited(0)]

    def brain(_body):
        number = server.attempts
        return trouble[number % len(trouble)] if number % 3 == 0 else Answer("Hi.", usage=PRICED)

    server.brain = brain
    calls = await make_calls(limits=Limits(concurrency=1))
    results = [await calls.complete(make_request()) for _ in range(20)]
    assert all(result.text == "Hi." for result in results)
    kept = await rows(store, "attempts, outcome")
    assert sum(attempts for attempts, _ in kept) == server.attempts
    assert {outcome for _, outcome in kept} == {"done"}


async def test_warm_up_loads_the_provider_beside_the_loop(make_calls, make_provider, monkeypatch):
    provider, loaded, waits = make_provider(), [], []
    monkeypatch.setattr(provider, "warm_up", lambda: loaded.append(True))
    await (await make_calls(provider, waits=waits)).warm_up()
    assert loaded
    assert waits, "other services start first"


async def test_warm_up_loads_nothing_offline(make_calls):
    waits = []
    await (await make_calls(OfflineProvider(), waits=waits)).warm_up()
    assert waits == []


# -- one provider after the other -------------------------------------------------------------------------------


@pytest.fixture
async def second():
    async with OpenAIServer() as running:
        yield running


@pytest.fixture
async def house():
    async with OllamaServer() as running:
        yield running


@pytest.fixture
async def make_chain(make_provider, second, house):
    made = []

    def make(*, at_home=False):
        if at_home:
            made.append(OllamaProvider(house.url))
        else:
            made.append(OpenAIProvider(SecretStr(second.key), second.url))
            made[-1].local = False
        return make_provider(), made[-1]

    yield make
    for provider in made:
        await provider.close()


@pytest.mark.parametrize(
    "failure",
    [
        Failure(401, "authentication_error", "no"),
        Failure(403, "permission_error", "no"),
        Failure(404, "not_found_error", "no"),
        rate_limited(60),
        server_error(),
        overloaded(),
        Dropped(),
        Junk(),
    ],
)
async def test_the_next_provider_answers_and_the_result_says_so(server, second, make_chain, make_calls, store, failure):
    server.brain = lambda _body: failure
    second.script([Answer("From elsewhere.")])
    result = await (await make_calls(make_chain())).complete(make_request())
    assert (result.text, result.provider, result.model) == ("From elsewhere.", "openai", "gpt-4o")
    assert result.notice.endswith(". openai:gpt-4o answered instead.")
    assert "Try again" not in result.notice
    assert "Anthropic" in result.notice or "model" in result.notice
    kept = await rows(store, "provider, model, outcome")
    assert kept == [("anthropic", "claude-sonnet-4-6", "failed"), ("openai", "gpt-4o", "done")]


async def test_a_request_that_nobody_would_take_is_not_passed_on(server, second, make_chain, make_calls):
    server.script([Failure(400, "invalid_request_error", "too long")])
    with pytest.raises(Refused, match="too long"):
        await (await make_calls(make_chain())).complete(make_request())
    assert second.attempts == 0


async def test_when_all_fail_every_reason_is_told(server, second, make_chain, make_calls, store):
    server.brain = second.brain = lambda _body: overloaded()
    with pytest.raises(Refused, match=r"overloaded.*Before that: .*overloaded"):
        await (await make_calls(make_chain())).complete(make_request())
    assert await rows(store, "outcome, held_nano_usd") == [("failed", 0), ("failed", 0)]


async def test_a_provider_that_pauses_is_passed_over(server, second, make_chain, make_calls):
    server.brain = lambda _body: server_error()
    calls = await make_calls(make_chain())
    for _ in range(2):
        await calls.complete(make_request())
    attempts = server.attempts
    result = await calls.complete(make_request())
    assert server.attempts == attempts == OPEN_AFTER
    assert "calls pause" in result.notice


async def test_after_text_was_shown_nobody_else_answers(server, second, make_chain, make_calls):
    server.script([Answer("A long enough answer, written slowly.", pause=0.05, end_after=5)])
    pieces, _ = make_pieces()
    with pytest.raises(Refused, match="broke off"):
        await (await make_calls(make_chain())).complete(make_request(), pieces)
    await pieces.close()
    assert second.attempts == 0


async def test_a_provider_that_hangs_leaves_time_for_the_next(server, second, make_chain, make_calls, store):
    server.script([Answer("Never.", pause=30)])
    result = await (await make_calls(make_chain(), limits=Limits(seconds=2))).complete(make_request())
    assert result.provider == "openai"
    assert "gave no sign within 1 s" in result.notice
    assert (await rows(store, "outcome"))[0] == ("failed",)


async def test_a_slow_answer_that_has_begun_is_not_given_up(server, second, make_chain, make_calls):
    server.script([Answer("A slow answer that goes on and on and on.", pause=0.15)])
    result = await (await make_calls(make_chain(), limits=Limits(seconds=2))).complete(make_request())
    assert (result.provider, result.notice, second.attempts) == ("anthropic", "", 0)


# -- budgets ----------------------------------------------------------------------------------------------------


async def test_at_the_limit_a_cheaper_model_answers_and_says_why(server, make_calls, store):
    calls = await make_calls(budget=Budget(NANO // 50))
    result = await calls.complete(make_request(max_tokens=2000))
    assert (result.model, result.available) == ("claude-haiku-4-5", True)
    assert result.notice == (
        "The monthly budget of $0.02 is used up ($0.00 spent, this call may cost up to $0.03). "
        "anthropic:claude-haiku-4-5 answered instead of anthropic:claude-sonnet-4-6."
    )


async def test_then_a_model_of_the_house_answers(server, make_chain, make_calls):
    calls = await make_calls(make_chain(at_home=True), budget=Budget(1000))
    result = await calls.complete(make_request())
    assert (result.provider, result.local, result.cost_usd) == ("ollama", True, 0)
    assert "ollama:llama3 answered instead" in result.notice
    assert server.attempts == 0


async def test_then_nobody_and_that_is_said(server, make_calls):
    result = await (await make_calls(budget=Budget(1000))).complete(make_request())
    assert (result.available, result.model, result.stop_reason) == (False, "", "over_budget")
    assert result.text.startswith("The monthly budget of $0.0000 is used up")
    assert "/cost limit USD" in result.text
    assert server.attempts == 0


@pytest.mark.parametrize(("agent", "above", "fits"), [("main", (), True), ("worker", ("planner",), False)])
async def test_budgets_of_agents_and_trees_are_kept(server, make_calls, agent, above, fits):
    calls = await make_calls()
    await calls.ledger.set_budget(Budget(1000, "daily", "tree", "planner"))
    result = await calls.complete(make_request().model_copy(update={"agent": agent, "on_behalf_of": above}))
    assert result.available is fits


async def test_64_calls_at_once_stay_within_the_budget(server, make_calls, store):
    limit = NANO // 4
    server.brain = lambda _body: Answer("Hi.", usage={"input_tokens": 400, "output_tokens": 1000}, pause=0.001)
    calls = await make_calls(budget=Budget(limit), limits=Limits(concurrency=64))
    results = await asyncio.gather(*(calls.complete(make_request(max_tokens=1000)) for _ in range(64)))
    ((standing, held),) = calls.ledger.state()
    assert held == 0
    assert standing.spent == sum(cost for (cost,) in await rows(store, "cost_nano_usd")) <= limit
    assert {result.available for result in results} == {True, False}
    assert standing.spent > limit * 0.9, "what fits is used"


async def test_a_further_attempt_must_fit_as_well(server, make_calls, store):
    usage = {"input_tokens": 400, "output_tokens": 900}
    server.brain = lambda _body: Answer(
        "A long enough answer.", end_after=20 if server.attempts > 1 else 5, usage=usage
    )
    calls = await make_calls(budget=Budget(17_000_000), limits=Limits(retries=2))
    result = await calls.complete(make_request(max_tokens=1000))
    ((standing, held),) = calls.ledger.state()
    assert held == 0
    assert standing.spent <= 17_000_000
    assert result.available or "budget" in result.text


# -- answers given again ----------------------------------------------------------------------------------------


async def test_the_same_classification_is_paid_for_once(server, make_calls, store):
    server.script(["ACTUATE"])
    calls = await make_calls()
    first = await calls.complete(make_request(reuse=True, tier="fast"))
    pieces, sent = make_pieces()
    second = await calls.complete(make_request(reuse=True, tier="fast", stream_to="s1"), pieces)
    await pieces.close()
    assert (first.text, first.reused, second.text, second.reused) == ("ACTUATE", False, "ACTUATE", True)
    assert (second.input_tokens, second.cost_usd, "".join(sent)) == (0, 0, "ACTUATE")
    assert server.attempts == 1
    assert [outcome for (outcome,) in await rows(store, "outcome")] == ["done", "reused"]


async def test_questions_that_want_a_fresh_answer_get_one(server, make_calls):
    calls = await make_calls()
    for _ in range(2):
        await calls.complete(make_request())
    assert server.attempts == 2


async def test_reused_answers_come_when_the_budget_is_used_up(server, make_calls):
    calls = await make_calls()
    await calls.complete(make_request(reuse=True))
    await calls.ledger.set_budget(Budget(1, "daily"))
    assert (await calls.complete(make_request(reuse=True))).reused


# -- stops ------------------------------------------------------------------------------------------------------


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_stopped_call_closes_the_stream_and_is_settled(server, make_calls, store):
    server.script([Answer("word " * 200, pause=0.01)])
    calls = await make_calls()
    pieces, sent = make_pieces()
    call = asyncio.create_task(calls.complete(make_request(stream_to="s1"), pieces))
    await until(lambda: sent)
    assert calls.running.stop(stream_to="s1") == 1
    with pytest.raises(Refused, match="Stopped"):
        await call
    await pieces.close()
    await until(lambda: server.running == 0)
    ((outcome, estimated, tokens, held, cost),) = await rows(
        store, "outcome, estimated, input_tokens, held_nano_usd, cost_nano_usd"
    )
    assert (outcome, estimated, held) == ("interrupted", 1, 0)
    assert tokens > 0
    assert cost > 0


async def test_a_call_that_waits_for_its_turn_is_stopped_for_nothing(server, make_calls, store):
    server.script([Answer("word " * 20, pause=0.02)])
    calls = await make_calls(limits=Limits(concurrency=1))
    first = asyncio.create_task(calls.complete(make_request()))
    await until(lambda: server.running)
    second = asyncio.create_task(calls.complete(make_request(stream_to="s2")))
    await asyncio.sleep(0.02)
    calls.running.stop(stream_to="s2")
    with pytest.raises(Refused, match="Stopped"):
        await second
    assert (await first).text
    assert server.attempts == 1
    assert len(await rows(store)) == 1
