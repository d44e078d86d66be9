import json

import aiohttp
import pytest

from wactorz_testing.model_replies import Answer, ToolUse, rate_limited
from wactorz_testing.openai_server import TEST_KEY, OpenAIServer

ASK = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
BEARER = {"authorization": f"Bearer {TEST_KEY}"}


async def post(reply=None, headers=BEARER, style="openai", **fields):
    async with OpenAIServer(style=style) as server, aiohttp.ClientSession() as http:
        if reply is not None:
            server.script([reply])
        async with http.post(f"{server.url}/chat/completions", json=ASK | fields, headers=headers) as response:
            return response, await response.text()


def chunks(text):
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_stream_has_the_chunks_of_the_api():
    reply = Answer("Hello there, friend.", tools=(ToolUse("act", {"x": 1}, id="call_1"),))
    _, text = await post(reply, stream=True, stream_options={"include_usage": True})
    *parts, last = chunks(text)
    deltas = [part["choices"][0]["delta"] for part in parts]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content") or "" for delta in deltas) == "Hello there, friend."
    pieces = [piece for delta in deltas for piece in delta.get("tool_calls", ())]
    assert pieces[0]["id"] == "call_1"
    assert json.loads("".join(piece["function"]["arguments"] for piece in pieces)) == {"x": 1}
    assert parts[-1]["choices"][0]["finish_reason"] == "tool_calls"
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] > 0


async def test_tokens_come_only_when_asked_for():
    _, text = await post("Hi.", stream=True)
    assert not any("usage" in part for part in chunks(text))


async def test_whole_answer_without_streaming():
    _, text = await post(Answer("Hi.", usage={"input_tokens": 10, "cache_read_input_tokens": 5}))
    body = json.loads(text)
    assert body["choices"][0]["message"] == {"role": "assistant", "content": "Hi."}
    assert body["usage"]["prompt_tokens"] == 15
    assert body["usage"]["prompt_tokens_details"] == {"cached_tokens": 5}


@pytest.mark.parametrize(
    ("headers", "style", "status"), [({}, "openai", 401), ({}, "nim", 401), ({}, "compatible", 200)]
)
async def test_keys(headers, style, status):
    model = "meta/llama" if style == "nim" else "gpt-4o"
    response, _ = await post("Hi.", headers=headers, style=style, model=model)
    assert response.status == status


async def test_failures_have_code_and_headers():
    response, text = await post(rate_limited(2))
    assert response.status == 429
    assert response.headers["retry-after"] == "2"
    assert json.loads(text)["error"]["code"] == "rate_limit_exceeded"
