import logging

import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool, ToolCall
from wactorz_llm.provider import ProviderFailure
from wactorz_testing.anthropic_replies import (
    Answer,
    Dropped,
    Failure,
    Junk,
    ToolUse,
    call,
    overloaded,
    rate_limited,
    server_error,
)

TOOL = Tool(name="act", description="Act", parameters={"type": "object"})


def make_request(text="Hello", **fields):
    return Completion(messages=(ModelMessage(role="user", content=text),), model="claude-sonnet-4-6", **fields)


async def fail(provider, request=None, on_piece=lambda _text: None):
    with pytest.raises(ProviderFailure) as caught:
        await provider.complete(request or make_request(), on_piece)
    return caught.value


async def test_streams_text_with_token_counts(server, make_provider):
    server.script([Answer("Good morning to you.", usage={"input_tokens": 12, "output_tokens": 34})])
    pieces = []
    answer = await make_provider().complete(make_request(system="Brief"), pieces.append)
    assert answer.text == "".join(pieces) == "Good morning to you."
    assert len(pieces) > 1
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (12, 34)
    assert (answer.stop_reason, answer.model) == ("end_turn", "claude-sonnet-4-6")
    assert server.requests[0]["system"] == "Brief"


async def test_tool_round_trip(server, make_provider):
    server.script([call("act", {"calls": [{"x": 1}]}, "I will."), "Done."])
    provider = make_provider()
    first = await provider.complete(make_request(tools=(TOOL,), force_tool="act"), lambda _text: None)
    assert first.stop_reason == "tool_use"
    assert first.tool_calls[0].arguments == {"calls": [{"x": 1}]}
    messages = (
        ModelMessage(role="user", content="Hello"),
        ModelMessage(role="assistant", content=first.text, tool_calls=first.tool_calls),
        ModelMessage(role="tool", content="ok", tool_call_id=first.tool_calls[0].id),
    )
    again = Completion(messages=messages, model="claude-sonnet-4-6", tools=(TOOL,))
    assert (await provider.complete(again, lambda _text: None)).text == "Done."
    assert server.requests[0]["tool_choice"] == {"type": "tool", "name": "act"}
    assert server.requests[1]["messages"][2]["content"][0]["tool_use_id"] == first.tool_calls[0].id


@pytest.mark.parametrize(
    ("reply", "again", "words"),
    [
        (rate_limited(), True, "rate limit"),
        (overloaded(), True, "overloaded"),
        (server_error(), True, "internal error (500)"),
        (Dropped(), True, "connection to Anthropic"),
        (Junk(), True, "broke off"),
        (Junk('event: message_start\ndata: {"type": "message_start"}\n\n', "text/event-stream"), True, "not an answer"),
        (Junk("event: message_start\ndata: {{{{\n\n", "text/event-stream"), True, "not an answer"),
        (Junk("event: message_start\ndata: [1, 2]\n\n", "text/event-stream"), True, "not an answer"),
        (Junk("event: message_start\ndata: null\n\n", "text/event-stream"), True, "not an answer"),
        (Answer("A long enough answer.", cut_after=4), True, "connection to Anthropic"),
        (Answer("A long enough answer.", end_after=4), True, "broke off"),
        (Answer("A long enough answer.", error_after=4), True, "overloaded"),
        (Answer(tools=(ToolUse("act", raw='{"a": ['),)), True, "not an answer"),
        (Answer(tools=(ToolUse("act", raw='{"a": ['),), stop_reason="max_tokens"), False, "too long"),
        (Failure(400, "invalid_request_error", "Your credit balance is too low"), False, "credit balance is too low"),
        (Failure(403, "permission_error", "no"), False, "refused access (403)"),
        (Failure(413, "request_too_large", "too large"), False, "too large"),
    ],
)
async def test_failures_become_sentences(server, make_provider, reply, again, words):
    server.script([reply])
    failure = await fail(make_provider())
    assert failure.again is again
    assert words in str(failure)
    assert server.attempts == 1, "the SDK must not retry on its own"


async def test_retry_after_is_passed_on(server, make_provider):
    date = Failure(429, "rate_limit_error", "wait", {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"})
    server.script([rate_limited(7), date])
    provider = make_provider()
    assert (await fail(provider)).retry_after == 7
    assert (await fail(provider)).retry_after is None


async def test_cut_stream_reports_what_it_used(server, make_provider):
    server.script([Answer("A long enough answer.", end_after=5, usage={"input_tokens": 99})])
    pieces = []
    failure = await fail(make_provider(), on_piece=pieces.append)
    assert failure.usage.input_tokens == 99
    assert pieces


async def test_unknown_model_names_the_setting(make_provider):
    request = make_request().model_copy(update={"model": "gpt-4o"})
    failure = await fail(make_provider(), request)
    assert not failure.again
    assert "'gpt-4o'" in str(failure)
    assert "LLM_MODEL" in str(failure)


@pytest.mark.parametrize("key", ["sk-ant-CANARY-wrong", "sk-ant-CANARY\nsecond line", "sk-ant-CANARY-schlüssel"])
async def test_bad_key_is_one_sentence_that_never_shows_it(make_provider, caplog, key):
    with caplog.at_level(logging.DEBUG):
        failure = await fail(make_provider(key))
    assert not failure.again
    assert "ANTHROPIC_API_KEY" in str(failure)
    shown = f"{failure!r} {failure.context} {failure.__cause__!r} {failure.__context__!r} {caplog.text}"
    assert "CANARY" not in shown


async def test_key_echoed_by_the_provider_is_hidden(server, make_provider):
    server.script([Failure(400, "invalid_request_error", f"strange header {server.key}")])
    failure = await fail(make_provider())
    assert server.key not in str(failure)
    assert "[key]" in str(failure)


async def test_nobody_listens(make_provider, unused_tcp_port):
    failure = await fail(make_provider(url=f"http://127.0.0.1:{unused_tcp_port}"))
    assert failure.again
    assert f"127.0.0.1:{unused_tcp_port}" in str(failure)


async def test_empty_question_is_not_sent(server, make_provider):
    assert "empty" in str(await fail(make_provider(), make_request(" ")))
    assert server.attempts == 0


async def test_unexpected_failure_names_its_kind(make_provider, monkeypatch):
    provider = make_provider()

    async def explode(*_parts):
        raise RuntimeError("sk-ant-test-key exploded")

    monkeypatch.setattr(provider, "_read", explode)
    failure = await fail(provider)
    assert not failure.again
    assert "RuntimeError" in str(failure)
    assert "sk-ant" not in str(failure)


async def test_calls_that_answer_with_arguments_keep_their_ids(server, make_provider):
    server.script([Answer(tools=(ToolUse("act", {"a": "ü"}, id="toolu_1"), ToolUse("act", {}, id="toolu_2")))])
    answer = await make_provider().complete(make_request(tools=(TOOL,)), lambda _text: None)
    assert answer.tool_calls == (
        ToolCall(id="toolu_1", name="act", arguments={"a": "ü"}),
        ToolCall(id="toolu_2", name="act"),
    )
