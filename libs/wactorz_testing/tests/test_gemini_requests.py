import pytest

from wactorz_testing.gemini_requests import common_shape, refusal

ASK = {"role": "user", "parts": [{"text": "Hello"}]}
CALLED = {"role": "model", "parts": [{"functionCall": {"name": "act", "args": {"x": 1}}}]}
SIGNED = {"role": "model", "parts": [{"functionCall": {"name": "act"}, "thoughtSignature": "c2ln"}]}
RESULT = {"role": "user", "parts": [{"functionResponse": {"name": "act", "response": {"result": "ok"}}}]}
TOOLS = [{"functionDeclarations": [{"name": "act", "parametersJsonSchema": {"type": "object"}}]}]
FORCED = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["act"]}}
GOOD = {"contents": [ASK, CALLED, RESULT], "tools": TOOLS}


def test_shape_is_that_of_anthropic():
    raw = GOOD | {"systemInstruction": {"parts": [{"text": "Brief"}]}, "generationConfig": {"maxOutputTokens": 7},
                  "toolConfig": FORCED}  # fmt: skip
    body = common_shape(raw, "gemini-x", stream=True)
    assert (body["system"], body["max_tokens"], body["stream"], body["model"]) == ("Brief", 7, True, "gemini-x")
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    call, result = body["messages"][1]["content"][0], body["messages"][2]["content"][0]
    assert (call["name"], call["input"]) == ("act", {"x": 1})
    assert (result["tool_use_id"], result["content"]) == (call["id"], "ok")
    assert body["tools"][0]["input_schema"] == {"type": "object"}
    assert body["tool_choice"] == {"type": "tool", "name": "act"}


@pytest.mark.parametrize(
    ("change", "model", "status"),
    [
        ({}, "gemini-2.5-flash", None),
        ({}, "gpt-4o", 404),
        ({"contents": []}, "gemini-2.5-flash", 400),
        ({"contents": [{"role": "user", "parts": []}]}, "gemini-2.5-flash", 400),
        ({"contents": [ASK, CALLED]}, "gemini-2.5-flash", 400),
        ({"contents": [ASK, RESULT]}, "gemini-2.5-flash", 400),
        ({}, "gemini-3.8-flash", 400),
        ({"contents": [ASK, SIGNED, RESULT]}, "gemini-3.8-flash", None),
        ({"tools": [], "toolConfig": FORCED}, "gemini-2.5-flash", 400),
    ],
)
def test_what_the_api_refuses(change, model, status):
    refused = refusal({**GOOD, **change}, model, "streamGenerateContent")
    assert (refused.status if refused else None) == status
