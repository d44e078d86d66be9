"""The same behavior of every provider, each through its own SDK against a local server of its wire format."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.provider import ProviderFailure, TokenUsage
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import NimProvider, OpenAIProvider
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.model_replies import (
    Answer,
    Dropped,
    Failure,
    Junk,
    ToolUse,
    call,
    rate_limited,
    server_error,
)
from wactorz_testing.model_server import ModelServer
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import OpenAIServer

SCHEMA = {
    "properties": {
        "calls": {
            "type": "array",
            "items": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
        },
        "when": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"at": {"type": "string"}}}]},
    },
    "required": ["calls"],
}
TOOL = Tool(name="act", description="Act", parameters=SCHEMA)
LONG = "Good morning to you, and a pleasant day in the garden."


@dataclass(frozen=True)
class Case:
    """One provider and its server."""

    server: Callable[[], ModelServer]
    provider: Callable[[str, str], object]
    model: str
    unknown: str
    key: str
    url: str
    tells_input_first: bool = False


CASES = {
    "anthropic": Case(AnthropicServer, lambda key, url: AnthropicProvider(SecretStr(key), url), "claude-sonnet-4-6",
                      "gpt-4o", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", tells_input_first=True),
    "openai": Case(OpenAIServer, lambda key, url: OpenAIProvider(SecretStr(key), url), "gpt-4o",
                   "claude-x", "OPENAI_API_KEY", "OPENAI_URL"),
    "compatible": Case(lambda: OpenAIServer(style="compatible"), lambda _key, url: OpenAIProvider(SecretStr(""), url),
                       "qwen3", "no-such-model", "", "OPENAI_URL"),
    "nim": Case(lambda: OpenAIServer(style="nim"), lambda key, url: NimProvider(SecretStr(key), url),
                "meta/llama-3.3-70b-instruct", "llama", "NIM_API_KEY", "NIM_URL"),
    "gemini": Case(GeminiServer, lambda key, url: GeminiProvider(SecretStr(key), url), "gemini-2.5-flash",
                   "claude-x", "GEMINI_API_KEY", "GEMINI_BASE_URL", tells_input_first=True),
    "ollama": Case(OllamaServer, lambda _key, url: OllamaProvider(url), "llama3:8b", "no-such-model", "", "OLLAMA_URL"),
}  # fmt: skip
WITH_KEY = [name for name, case in CASES.items() if case.key]


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture
async def server(case):
    async with case.server() as running:
        yield running


@pytest.fixture
async def make(case, server):
    made = []

    def build(key=None, url=None):
        made.append(case.provider(server.key if key is None else key, server.url if url is None else url))
        return made[-1]

    yield build
    for provider in made:
        await provider.close()


@pytest.fixture
def ask(case):
    def build(text="Hello", **fields):
        fields = {"model": case.model, **fields}
        return Completion(messages=(ModelMessage(role="user", content=text),), **fields)

    return build


def ignore(_text):
    pass


async def fail(provider, request, on_piece=ignore):
    with pytest.raises(ProviderFailure) as caught:
        await provider.complete(request, on_piece)
    return caught.value


async def until(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_text_streams_with_tokens(server, make, ask, case):
    server.script([Answer(LONG, usage={"input_tokens": 12, "output_tokens": 34})])
    pieces = []
    answer = await make().complete(ask(system="Brief"), pieces.append)
    assert answer.text == "".join(pieces) == LONG
    assert len(pieces) > 2
    assert answer.usage == TokenUsage(12, 34)
    assert (answer.stop_reason, answer.model) == ("end_turn", case.model)
    assert "Brief" in str(server.requests[0]["system"])
    assert server.requests[0]["max_tokens"] == 1024


async def test_tokens_equal_what_the_server_billed(server, make, ask):
    answer = await make().complete(ask("A question of some length"), ignore)
    (bill,) = server.bills
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (
        bill.spent.input_tokens,
        bill.spent.output_tokens,
    )
    assert not answer.usage.estimated


async def test_cached_tokens_are_told_apart(server, make, ask, case):
    if case.server is OllamaServer:
        pytest.skip("Ollama does not tell what it had in its cache")
    server.script([Answer("Hi.", usage={"input_tokens": 10, "cache_read_input_tokens": 90})])
    answer = await make().complete(ask(), ignore)
    assert (answer.usage.input_tokens, answer.usage.cache_read_tokens) == (100, 90)


async def test_tool_call_with_streamed_arguments(server, make, ask):
    arguments = {"calls": [{"x": 1}, {"x": 2}], "when": "ü" * 30}
    server.script([call("act", arguments, "I will.")])
    pieces = []
    answer = await make().complete(ask(tools=(TOOL,)), pieces.append)
    (made,) = answer.tool_calls
    assert (made.name, made.arguments) == ("act", arguments)
    assert made.id
    assert answer.stop_reason == "tool_use"
    assert "".join(pieces) == answer.text == "I will."


async def test_several_calls_at_once(server, make, ask):
    server.script([Answer(tools=(ToolUse("act", {"calls": [{"x": 1}]}), ToolUse("act", {"calls": []})))])
    answer = await make().complete(ask(tools=(TOOL,)), ignore)
    assert [one.arguments["calls"] for one in answer.tool_calls] == [[{"x": 1}], []]
    assert len({one.id for one in answer.tool_calls}) == 2


async def test_schemas_of_tools_arrive_whole(server, make, ask):
    await make().complete(ask(tools=(TOOL,)), ignore)
    sent = server.requests[0]["tools"][0]["input_schema"]
    assert sent["properties"] == SCHEMA["properties"]
    assert sent["required"] == ["calls"]


async def test_results_of_tools_go_back(server, make, ask, case):
    server.script([Answer(tools=(ToolUse("act", {"calls": [{"x": 1}]}), ToolUse("act", {"calls": []}))), "Done."])
    provider = make()
    first = await provider.complete(ask(tools=(TOOL,)), ignore)
    messages = (
        ModelMessage(role="user", content="Hello"),
        ModelMessage(role="assistant", content=first.text, tool_calls=first.tool_calls),
        *(ModelMessage(role="tool", content=f"ok {i}", tool_call_id=one.id) for i, one in enumerate(first.tool_calls)),
    )
    answer = await provider.complete(Completion(messages=messages, model=case.model, tools=(TOOL,)), ignore)
    assert answer.text == "Done."
    turns = server.requests[1]["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert [block["content"] for block in turns[2]["content"]] == ["ok 0", "ok 1"]
    assert [block["tool_use_id"] for block in turns[2]["content"]] == [block["id"] for block in turns[1]["content"]]


async def test_forced_tool_is_structured_output(server, make, ask):
    server.script([call("act", {"calls": [{"x": 1}]})])
    pieces = []
    answer = await make().complete(ask(tools=(TOOL,), force_tool="act"), pieces.append)
    assert server.requests[0]["tool_choice"] == {"type": "tool", "name": "act"}
    assert [(one.name, one.arguments) for one in answer.tool_calls] == [("act", {"calls": [{"x": 1}]})]
    assert answer.text == "".join(pieces) == ""


async def test_forced_tool_that_is_written_as_text_counts(server, make, ask):
    server.script(['```json\n{"calls": []}\n```'])
    answer = await make().complete(ask(tools=(TOOL,), force_tool="act"), ignore)
    assert [(one.name, one.arguments) for one in answer.tool_calls] == [("act", {"calls": []})]


@pytest.mark.parametrize(
    ("reply", "again", "kind", "words"),
    [
        (Failure(401, "authentication_error", "no"), False, "key", ("restart",)),
        (Failure(403, "permission_error", "Not from here"), False, "key", ("403", "Not from here")),
        (Failure(400, "invalid_request_error", "Too many colors"), False, "request", ("400", "Too many colors")),
        (rate_limited(), True, "limit", ("rate limit",)),
        (server_error(), True, "server", ("internal error (500)",)),
        (Failure(503, "", "busy"), True, "overloaded", ("overloaded",)),
        (Failure(529, "overloaded_error", "busy"), True, "overloaded", ("overloaded",)),
        (Dropped(), True, "network", ("connection", "127.0.0.1:")),
        (Answer(LONG, cut_after=4), True, "network", ("connection", "127.0.0.1:")),
        (Answer(LONG, end_after=3), True, "network", ("broke off",)),
        (Answer(LONG, junk_after=3), True, "junk", ("not an answer",)),
        (Answer(""), True, "empty", ("empty answer",)),
        (Answer("", stop_reason="max_tokens"), False, "length", ("too long",)),
    ],
)
async def test_failures_become_sentences(server, make, ask, reply, again, kind, words):
    server.script([reply])
    failure = await fail(make(), ask())
    assert (failure.again, failure.kind) == (again, kind), str(failure)
    for part in words:
        assert part in str(failure)
    assert server.attempts == 1, "the SDK must not retry on its own"


async def test_page_of_a_proxy_is_no_answer(server, make, ask):
    server.script([Junk()])
    failure = await fail(make(), ask())
    assert failure.again
    assert failure.kind in ("junk", "network")


async def test_error_in_the_middle_of_a_stream(server, make, ask):
    server.script([Answer(LONG, error_after=3)])
    pieces = []
    failure = await fail(make(), ask(), pieces.append)
    assert failure.again
    assert failure.kind in ("overloaded", "server")
    assert pieces


async def test_broken_arguments_of_a_tool_call(server, make, ask):
    server.script([Answer(tools=(ToolUse("act", raw='{"calls": ['),))])
    failure = await fail(make(), ask(tools=(TOOL,)))
    assert failure.again
    assert failure.kind in ("junk", "server")


async def test_time_to_wait_is_passed_on(server, make, ask):
    server.script([rate_limited(7)])
    assert (await fail(make(), ask())).retry_after == 7


async def test_unknown_model_is_named_with_the_setting(make, ask, case):
    failure = await fail(make(), ask(model=case.unknown))
    assert (failure.again, failure.kind, failure.elsewhere) == (False, "model", True)
    assert f"'{case.unknown}'" in str(failure)
    assert "LLM_MODEL" in str(failure)


@pytest.mark.parametrize("case", WITH_KEY, indirect=True)
@pytest.mark.parametrize("key", ["sk-CANARY-wrong", "sk-CANARY\nsecond line", "sk-CANARY-schlüssel"])
async def test_bad_key_is_one_sentence_that_never_shows_it(make, ask, case, caplog, key):
    with caplog.at_level(logging.DEBUG):
        failure = await fail(make(key), ask())
    assert (failure.again, failure.kind) == (False, "key")
    assert case.key in str(failure)
    shown = f"{failure!r} {failure.context} {failure.__cause__!r} {failure.__context__!r} {caplog.text}"
    assert "CANARY" not in shown


@pytest.mark.parametrize("case", WITH_KEY, indirect=True)
async def test_key_echoed_by_the_provider_is_hidden(server, make, ask):
    server.script([Failure(400, "invalid_request_error", f"strange header {server.key}")])
    failure = await fail(make(), ask())
    assert server.key not in str(failure)
    assert "[key]" in str(failure)


async def test_nobody_listens(make, ask, case, unused_tcp_port):
    path = "/v1" if case.url in ("OPENAI_URL", "NIM_URL") else ""
    failure = await fail(make(url=f"http://127.0.0.1:{unused_tcp_port}{path}"), ask())
    assert (failure.again, failure.kind) == (True, "network")
    assert f"127.0.0.1:{unused_tcp_port}" in str(failure)
    assert case.url in str(failure)
    assert failure.usage == TokenUsage()


async def test_cancellation_closes_the_stream_and_tells_the_tokens(server, make, ask, case):
    server.script([Answer(LONG * 20, rate=50, usage={"input_tokens": 40})])
    pieces, used = [], []
    running = asyncio.create_task(make().complete(ask(), pieces.append, used.append))
    await until(lambda: len(pieces) > 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until(lambda: server.left == 1)
    (usage,) = used
    assert usage.estimated
    assert 0 < usage.output_tokens < 100
    assert usage.input_tokens == 40 if case.tells_input_first else usage.input_tokens > 0
    (bill,) = server.bills
    assert not bill.whole
    assert not bill.told


async def test_cancellation_before_the_answer_begins(server, make, ask):
    server.script([Answer("Hi.", wait=0.3)])
    used = []
    running = asyncio.create_task(make().complete(ask(), ignore, used.append))
    await until(lambda: server.running == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (usage,) = used
    assert usage.estimated
    assert usage.output_tokens == 0
    await until(lambda: server.running == 0)
    assert server.left == 1


async def test_cut_stream_reports_what_it_used(server, make, ask):
    server.script([Answer(LONG, end_after=4)])
    failure = await fail(make(), ask("A question"))
    assert failure.usage.estimated
    assert failure.usage.input_tokens > 0
    assert failure.usage.output_tokens > 0


async def test_refused_requests_use_nothing(server, make, ask):
    server.script([rate_limited()])
    assert (await fail(make(), ask())).usage == TokenUsage()


async def test_many_at_once_share_a_client(server, make, ask):
    server.brain = lambda body: Answer(str(body["messages"][0]["content"][0]["text"]), pause=0.001)
    provider = make()
    answers = await asyncio.gather(*(provider.complete(ask(f"number {n}"), ignore) for n in range(20)))
    assert [answer.text for answer in answers] == [f"number {n}" for n in range(20)]


async def test_provider_works_again_after_a_cancellation(server, make, ask):
    server.script([Answer(LONG, pause=0.2), "Again."])
    provider, pieces = make(), []
    running = asyncio.create_task(provider.complete(ask(), pieces.append))
    await until(lambda: pieces)
    running.cancel()
    await asyncio.wait([running])
    assert (await provider.complete(ask(), ignore)).text == "Again."


async def test_empty_question_is_not_sent(server, make, ask):
    assert "empty" in str(await fail(make(), ask(" ")))
    assert server.attempts == 0


async def test_unexpected_failure_names_its_kind(make, ask, server, monkeypatch):
    provider = make()

    async def explode(*_parts):
        raise RuntimeError(f"{server.key} exploded")

    monkeypatch.setattr(provider, "_read", explode)
    failure = await fail(provider, ask())
    assert (failure.again, failure.kind) == (False, "unexpected")
    assert "RuntimeError" in str(failure)
    if server.key:
        assert server.key not in str(failure)


async def test_silence_ends_in_a_sentence(server, make, ask, monkeypatch):
    server.script([Answer("Hi.", wait=0.5)])
    for module in ("sdk", "anthropic_provider", "openai_provider", "gemini_provider"):
        monkeypatch.setattr(f"wactorz_llm.providers.{module}.SILENCE_SECONDS", 0.1)
    monkeypatch.setattr("wactorz_llm.providers.ollama_provider._LOADING_SECONDS", 0.1)
    failure = await fail(make(), ask())
    assert (failure.again, failure.kind) == (True, "timeout")
    assert "in time" in str(failure)
    assert failure.usage.estimated


async def test_one_brain_answers_alike_in_every_format(make, ask):
    tool = Tool(name="call_services", description="Act", parameters={"properties": {"calls": {"type": "array"}}})
    house = "light.kitchen_light | Kitchen light | Kitchen | off\nlight.bedroom_lamp | Bedroom lamp | Bedroom | off"
    answer = await make().complete(ask("it's too dark to cook", system=house, tools=(tool,)), ignore)
    (made,) = answer.tool_calls
    (service_call,) = made.arguments["calls"]
    assert (service_call["service"], service_call["entity_id"]) == ("turn_on", ["light.kitchen_light"])
