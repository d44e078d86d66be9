import pytest

from wactorz_testing.openai_requests import common_shape, refusal

ASK = {"role": "user", "content": "Hello"}
CALL = {"id": "a", "type": "function", "function": {"name": "act", "arguments": '{"x": 1}'}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "ok"}
TOOL = {"type": "function", "function": {"name": "act", "parameters": {"type": "object", "properties": {}}}}
GOOD = {"model": "gpt-4o", "messages": [ASK, CALLED, RESULT], "tools": [TOOL]}


def test_shape_is_that_of_anthropic():
    raw = GOOD | {"stream": True, "max_tokens": 7, "tool_choice": {"type": "function", "function": {"name": "act"}}}
    raw["messages"] = [{"role": "system", "content": "Brief"}, *raw["messages"]]
    body = common_shape(raw)
    assert (body["system"], body["max_tokens"], body["stream"]) == ("Brief", 7, True)
    assert body["messages"][1]["content"] == [{"type": "tool_use", "id": "a", "name": "act", "input": {"x": 1}}]
    assert body["messages"][2]["content"] == [{"type": "tool_result", "tool_use_id": "a", "content": "ok"}]
    assert body["tools"][0]["name"] == "act"
    assert body["tool_choice"] == {"type": "tool", "name": "act"}


@pytest.mark.parametrize(
    ("change", "style", "status"),
    [
        ({}, "openai", None),
        ({"messages": []}, "openai", 400),
        ({"messages": [ASK, CALLED]}, "openai", None),
        ({"messages": [ASK, RESULT]}, "openai", 400),
        ({"messages": [ASK, CALLED, ASK]}, "openai", 400),
        ({"messages": [{"role": "user", "content": ""}]}, "openai", 400),
        ({"model": "claude-x"}, "openai", 404),
        ({"model": "gpt-4o"}, "nim", 404),
        ({"model": "meta/llama"}, "nim", None),
        ({"model": "anything"}, "compatible", None),
        ({"model": "no-such"}, "compatible", 404),
        ({"model": "gpt-5.4", "max_tokens": 7}, "openai", 400),
        ({"tools": [{"type": "function", "function": {"name": "act", "parameters": {}}}]}, "openai", 400),
        ({"tool_choice": {"type": "function", "function": {"name": "look"}}}, "openai", 400),
    ],
)
def test_what_the_api_refuses(change, style, status):
    refused = refusal({**GOOD, **change}, style)
    assert (refused.status if refused else None) == status
