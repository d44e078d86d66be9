import json

import aiohttp
import pytest

from wactorz_testing.model_replies import Answer, ToolUse
from wactorz_testing.ollama_server import OllamaServer

ASK = {"role": "user", "content": "Hello"}
TOOL = {"type": "function", "function": {"name": "act", "parameters": {"type": "object"}}}


async def post(reply=None, **fields):
    async with OllamaServer() as server, aiohttp.ClientSession() as http:
        if reply is not None:
            server.script([reply])
        body = {"model": "llama3", "messages": [ASK], **fields}
        async with http.post(f"{server.url}/api/chat", json=body) as response:
            return response.status, [json.loads(line) for line in (await response.text()).splitlines()], server


async def test_lines_of_text_and_calls():
    _, lines, _ = await post(Answer("Hello there, friend.", tools=(ToolUse("act", {"x": 1}),)), tools=[TOOL])
    assert "".join(line["message"]["content"] for line in lines) == "Hello there, friend."
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    calls = [call for line in lines for call in line["message"].get("tool_calls", ())]
    assert calls == [{"function": {"name": "act", "arguments": {"x": 1}}}]
    assert lines[-1]["done_reason"] == "stop"
    assert lines[-1]["eval_count"] > 0


async def test_whole_answer_without_streaming():
    _, (line,), _ = await post("Hi.", stream=False)
    assert line["message"] == {"role": "assistant", "content": "Hi."}
    assert line["done"]


async def test_a_form_is_filled_in_as_text():
    reply = Answer(tools=(ToolUse("act", {"x": 1}),))
    _, lines, server = await post(reply, format={"type": "object", "title": "act"})
    assert json.loads("".join(line["message"]["content"] for line in lines)) == {"x": 1}
    assert server.requests[0]["tool_choice"] == {"type": "tool", "name": "act"}


async def test_broken_arguments_are_an_error_of_the_server():
    _, lines, _ = await post(Answer(tools=(ToolUse("act", raw="{"),)), tools=[TOOL])
    assert "error parsing tool call" in lines[-1]["error"]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"model": ""}, 400, "model is required"),
        ({"model": "no-such"}, 404, "model 'no-such' not found"),
        ({"model": "no-tools", "tools": [TOOL]}, 400, "does not support tools"),
    ],
)
async def test_what_the_api_refuses(fields, status, words):
    found, (line,), _ = await post(**fields)
    assert found == status
    assert words in line["error"]


async def test_results_belong_to_calls_in_order():
    calls = [{"function": {"name": "act", "arguments": {}}}, {"function": {"name": "look", "arguments": {}}}]
    turns = [ASK, {"role": "assistant", "content": "", "tool_calls": calls}]
    turns += [
        {"role": "tool", "tool_name": "act", "content": "one"},
        {"role": "tool", "tool_name": "look", "content": "two"},
    ]
    _, _, server = await post(messages=turns)
    _, called, results = server.requests[0]["messages"]
    assert [block["tool_use_id"] for block in results["content"]] == [block["id"] for block in called["content"]]
