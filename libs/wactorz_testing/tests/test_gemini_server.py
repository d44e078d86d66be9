import json

import aiohttp
import pytest

from wactorz_testing.gemini_server import TEST_KEY, GeminiServer
from wactorz_testing.model_replies import Answer, ToolUse, rate_limited

ASK = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
STREAM = "gemini-2.5-flash:streamGenerateContent?alt=sse"


async def post(reply=None, call=STREAM, key=TEST_KEY, version="v1beta", **fields):
    async with GeminiServer() as server, aiohttp.ClientSession() as http:
        if reply is not None:
            server.script([reply])
        url = f"{server.url}/{version}/models/{call}"
        async with http.post(url, json=ASK | fields, headers={"x-goog-api-key": key}) as response:
            return response, await response.text()


def chunks(text):
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_stream_has_the_chunks_of_the_api(version):
    _, text = await post(Answer("Hello there, friend.", tools=(ToolUse("act", {"x": 1}),)), version=version)
    parts = [part for chunk in chunks(text) for part in chunk["candidates"][0]["content"]["parts"]]
    assert "".join(part.get("text", "") for part in parts) == "Hello there, friend."
    (call,) = [part["functionCall"] for part in parts if "functionCall" in part]
    assert call == {"name": "act", "args": {"x": 1}}
    *earlier, last = chunks(text)
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert last["usageMetadata"]["candidatesTokenCount"] > 0
    assert not any("candidatesTokenCount" in chunk["usageMetadata"] for chunk in earlier)


async def test_whole_answer_without_streaming():
    _, text = await post(Answer("Hi.", usage={"cache_read_input_tokens": 5}), "gemini-2.5-flash:generateContent")
    body = json.loads(text)
    assert body["candidates"][0]["content"]["parts"] == [{"text": "Hi."}]
    assert body["usageMetadata"]["cachedContentTokenCount"] == 5


async def test_broken_arguments_end_the_answer():
    _, text = await post(Answer(tools=(ToolUse("act", raw="{"),)))
    assert chunks(text)[-1]["candidates"][0]["finishReason"] == "MALFORMED_FUNCTION_CALL"


async def test_bad_key_is_an_invalid_argument():
    response, text = await post(key="wrong")
    assert response.status == 400
    assert "API key not valid" in json.loads(text)["error"]["message"]


async def test_time_to_wait_is_in_the_details():
    response, text = await post(rate_limited(2))
    error = json.loads(text)["error"]
    assert (response.status, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"][0]["retryDelay"] == "2s"
    assert "retry-after" not in response.headers


async def test_unknown_model_is_not_found():
    response, _ = await post(call="gpt-4o:streamGenerateContent")
    assert response.status == 404
