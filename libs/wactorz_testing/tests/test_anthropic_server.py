import asyncio
import json
import re
import sys
from contextlib import asynccontextmanager

import aiohttp
import pytest

from wactorz_testing.anthropic_replies import Answer, Dropped, Junk, ToolUse, call, overloaded, rate_limited
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer

HEADERS = {"x-api-key": TEST_KEY, "anthropic-version": "2023-06-01"}
QUESTION = {"model": "claude-sonnet-4-6", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}


@asynccontextmanager
async def posted(body, reply=None, headers=HEADERS):
    async with AnthropicServer() as server, aiohttp.ClientSession() as session:
        if reply is not None:
            server.script([reply])
        async with session.post(f"{server.url}/v1/messages", json=body, headers=headers) as response:
            yield response


async def read_events(response):
    text = await response.text()
    pairs = re.findall(r"^event: (\S+)\ndata: (.+)\n\n", text, re.MULTILINE)
    return [(name, json.loads(data)) for name, data in pairs]


async def test_whole_answer_has_the_shape_of_the_api():
    async with posted(QUESTION, call("act", {"calls": []}, "I will.")) as response:
        body = await response.json()
    assert body["type"] == "message"
    assert body["role"] == "assistant"
    assert body["stop_reason"] == "tool_use"
    assert [block["type"] for block in body["content"]] == ["text", "tool_use"]
    assert body["content"][1]["input"] == {"calls": []}
    assert body["usage"]["input_tokens"] > 0
    assert body["usage"]["output_tokens"] > 0


async def test_stream_has_the_events_of_the_api_in_order():
    async with posted({**QUESTION, "stream": True}, call("act", {"a": 1}, "Hello there, friend.")) as response:
        assert response.content_type == "text/event-stream"
        events = await read_events(response)
    names = [name for name, _ in events]
    assert names[0] == "message_start"
    assert names[-2:] == ["message_delta", "message_stop"]
    assert names.count("content_block_start") == names.count("content_block_stop") == 2
    assert "ping" in names
    assert all(name == data["type"] for name, data in events)
    deltas = [data["delta"] for name, data in events if name == "content_block_delta"]
    assert "".join(delta.get("text", "") for delta in deltas) == "Hello there, friend."
    assert json.loads("".join(delta.get("partial_json", "") for delta in deltas)) == {"a": 1}
    assert dict(events)["message_delta"]["usage"]["output_tokens"] > 1


async def test_script_may_be_a_function_of_the_request_and_then_the_brain_answers():
    async with AnthropicServer(brain=lambda body: Answer("from the brain")) as server, aiohttp.ClientSession() as http:
        server.script([lambda body: Answer(body["messages"][0]["content"].upper())])
        texts = []
        for _ in range(2):
            async with http.post(f"{server.url}/v1/messages", json=QUESTION, headers=HEADERS) as response:
                texts.append((await response.json())["content"][0]["text"])
    assert texts == ["HELLO", "from the brain"]
    assert server.requests == [QUESTION, QUESTION]
    assert server.attempts == 2


@pytest.mark.parametrize(
    ("reply", "status", "kind", "retry_after"),
    [(rate_limited(2), 429, "rate_limit_error", "2"), (overloaded(), 529, "overloaded_error", None)],
)
async def test_failures_have_status_kind_and_headers(reply, status, kind, retry_after):
    async with posted(QUESTION, reply) as response:
        body = await response.json()
    assert response.status == status
    assert body["type"] == "error"
    assert body["error"]["type"] == kind
    assert response.headers.get("retry-after") == retry_after


BEARER = {"authorization": f"Bearer {TEST_KEY}", "anthropic-version": "2026-10-21"}


async def test_key_is_taken_from_either_header():
    async with posted(QUESTION, "Hello", headers=BEARER) as response:
        assert response.status == 200
    async with posted(QUESTION, "Hello") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers", [{}, {**HEADERS, "x-api-key": "wrong"}, {**BEARER, "authorization": "Bearer wrong"}]
)
async def test_bad_key_is_an_authentication_error(headers):
    async with posted(QUESTION, headers=headers) as response:
        body = await response.json()
    assert response.status == 401
    assert body["error"]["type"] == "authentication_error"


TOOL_TURN = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "act", "input": {}}]}
RESULT_TURN = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "ok"}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_tokens": None}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [TOOL_TURN]}, "first message must use the user role"),
        ({"messages": [{"role": "user", "content": " "}]}, "non-empty"),
        ({"messages": [RESULT_TURN]}, "unexpected"),
        ({"messages": [*QUESTION["messages"], TOOL_TURN, *QUESTION["messages"]]}, "without `tool_result`"),
        ({"tools": [{"name": "act", "input_schema": {}}]}, "input_schema"),
        ({"tool_choice": {"type": "tool", "name": "act"}}, "not found in provided tools"),
    ],
)
async def test_requests_that_the_api_refuses(change, words):
    async with posted({**QUESTION, **change}) as response:
        body = await response.json()
    assert response.status == 400
    assert words in body["error"]["message"]


async def test_unknown_model_is_not_found():
    async with posted({**QUESTION, "model": "gpt-4o"}) as response:
        assert response.status == 404


async def test_cut_stream_breaks_the_connection_and_truncated_stream_ends_early():
    with pytest.raises(aiohttp.ClientError):
        async with posted({**QUESTION, "stream": True}, Answer("A long enough answer.", cut_after=3)) as response:
            await response.text()
    async with posted({**QUESTION, "stream": True}, Answer("A long enough answer.", end_after=3)) as response:
        events = await read_events(response)
    assert len(events) == 3
    assert events[-1][0] != "message_stop"


async def test_error_event_in_the_stream():
    async with posted({**QUESTION, "stream": True}, Answer("A long answer.", error_after=2)) as response:
        events = await read_events(response)
    assert events[-1][0] == "error"
    assert events[-1][1]["error"]["type"] == "overloaded_error"


async def test_dropped_and_junk():
    with pytest.raises(aiohttp.ServerDisconnectedError):
        async with posted(QUESTION, Dropped()):
            pass
    async with posted(QUESTION, Junk()) as response:
        assert response.status == 200
        assert response.content_type == "text/html"


async def test_broken_tool_arguments_travel_as_given():
    answer = Answer(tools=(ToolUse("act", raw='{"calls": ['),))
    async with posted({**QUESTION, "stream": True}, answer) as response:
        events = await read_events(response)
    pieces = [data["delta"].get("partial_json", "") for name, data in events if name == "content_block_delta"]
    assert "".join(pieces) == '{"calls": ['


async def test_runs_alone_and_prints_its_address():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wactorz_testing.anthropic_server", stdout=asyncio.subprocess.PIPE
    )
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}/v1/messages", json=QUESTION, headers={**HEADERS, "x-api-key": "any"}) as response,
        ):
            assert "stand-in" in (await response.json())["content"][0]["text"]
    finally:
        process.terminate()
        await process.wait()
