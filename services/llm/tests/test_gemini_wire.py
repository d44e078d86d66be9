import pytest
from google.genai import types

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool, ToolCall
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.gemini_wire import GeminiReader, Signatures, as_dict, parameters

USER = ModelMessage(role="user", content="Too dark")
TOOL = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}})
CALLS = (ToolCall(id="a", name="act", arguments={"x": 1}), ToolCall(id="b", name="act"))
TURNS = (
    USER,
    ModelMessage(role="assistant", content="Yes.", tool_calls=CALLS),
    ModelMessage(role="tool", content="one", tool_call_id="a"),
    ModelMessage(role="tool", content="two", tool_call_id="b"),
)


def make_request(*messages, **fields):
    return Completion(messages=messages or (USER,), **{"model": "gemini-2.5-flash", **fields})


def chunk(*parts, finish=None, **fields):
    return {"candidates": [{"content": {"parts": list(parts)}, "finish_reason": finish}], **fields}


def feed(*chunks, signatures=None):
    draft = AnswerDraft(make_request(), lambda _text: None)
    reader = GeminiReader(draft, signatures or Signatures())
    for one in chunks:
        reader.feed(one)
    return draft


def test_plain_request():
    assert parameters(make_request(system="Be brief"), Signatures()) == {
        "model": "gemini-2.5-flash",
        "contents": [{"role": "user", "parts": [{"text": "Too dark"}]}],
        "config": {
            "max_output_tokens": 1024,
            "automatic_function_calling": {"disable": True},
            "automatic_continuation": False,
            "system_instruction": "Be brief",
            "thinking_config": {"thinking_budget": 0},
        },
    }


@pytest.mark.parametrize("model", ["gemini-2.5-pro", "gemini-3-flash-preview", "gemini-2.0-flash"])
def test_other_models_think_as_they_like(model):
    assert "thinking_config" not in parameters(make_request(model=model), Signatures())["config"]


def test_tools_and_forced_tool():
    config = parameters(make_request(tools=(TOOL,), force_tool="act"), Signatures())["config"]
    (declared,) = config["tools"][0]["function_declarations"]
    assert declared["parameters_json_schema"] == {"type": "object", "properties": {"x": {"type": "integer"}}}
    assert config["tool_config"]["function_calling_config"] == {"mode": "ANY", "allowed_function_names": ["act"]}


def test_results_name_their_tool_and_share_a_turn():
    contents = parameters(make_request(*TURNS), Signatures())["contents"]
    assert [turn["role"] for turn in contents] == ["user", "model", "user"]
    assert [part["function_response"]["response"] for part in contents[2]["parts"]] == [
        {"result": "one"},
        {"result": "two"},
    ]
    assert all(part["function_response"]["name"] == "act" for part in contents[2]["parts"])
    assert "thought_signature" not in contents[1]["parts"][1]


def test_newer_models_get_their_signatures_back():
    signatures = Signatures()
    signatures.keep("a", b"signed")
    parts = parameters(make_request(*TURNS, model="gemini-3.8-flash"), signatures)["contents"][1]["parts"]
    assert [part.get("thought_signature") for part in parts] == [None, b"signed", None]
    parts = parameters(make_request(*TURNS, model="gemini-3.8-flash"), Signatures())["contents"][1]["parts"]
    assert parts[1]["thought_signature"]


def test_oldest_signatures_are_forgotten():
    signatures = Signatures()
    for number in range(600):
        signatures.keep(str(number), b"s")
    assert signatures.of("0") is None
    assert signatures.of("599") == b"s"


def test_answer_is_put_together():
    signatures = Signatures()
    call = {"function_call": {"name": "act", "args": {"x": 1}}, "thought_signature": b"signed"}
    draft = feed(
        chunk({"text": "hidden", "thought": True}, {"text": "Hel"}, model_version="gemini-x"),
        chunk({"text": "lo"}, call, usage_metadata={"prompt_token_count": 5}),
        chunk(finish="STOP", usage_metadata={
            "prompt_token_count": 5, "candidates_token_count": 7, "thoughts_token_count": 3,
            "cached_content_token_count": 4,
        }),
        signatures=signatures,
    )  # fmt: skip
    answer = draft.answer()
    assert (answer.text, answer.model, answer.stop_reason) == ("Hello", "gemini-x", "tool_use")
    assert answer.usage == TokenUsage(5, 10, 4)
    assert signatures.of(answer.tool_calls[0].id) == b"signed"


@pytest.mark.parametrize(
    ("reason", "meant"), [("MAX_TOKENS", "max_tokens"), ("SAFETY", "refusal"), ("NEW_ONE", "new_one")]
)
def test_stop_reasons(reason, meant):
    draft = feed(chunk({"text": "x"}, finish=reason))
    assert (draft.stop_reason, draft.complete) == (meant, True)


def test_blocked_question_is_a_refusal():
    draft = feed({"prompt_feedback": {"block_reason": "SAFETY"}, "usage_metadata": {"prompt_token_count": 5}})
    assert (draft.stop_reason, draft.complete) == ("refusal", True)


@pytest.mark.parametrize(
    "junk", [{}, chunk(finish="MALFORMED_FUNCTION_CALL"), chunk({"text": 5}), chunk({"function_call": {"args": {}}}), {"candidates": [7]}]
)  # fmt: skip
def test_chunks_of_the_wrong_shape_raise(junk):
    with pytest.raises((ArithmeticError, AttributeError, LookupError, TypeError, ValueError)):
        feed(junk)


def test_chunks_of_the_sdk_are_read_without_a_dump():
    response = types.GenerateContentResponse.model_validate(
        {
            "modelVersion": "gemini-x",
            "candidates": [
                {"content": {"parts": [{"text": "Hi"}, {"functionCall": {"name": "act", "args": {"x": 1}}}]},
                 "finishReason": "STOP"},
            ],
            "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 7},
        }
    )  # fmt: skip
    draft = feed(as_dict(response))
    assert draft.answer().text == "Hi"
    assert draft.answer().tool_calls[0].arguments == {"x": 1}
    assert draft.usage == TokenUsage(5, 7)
    empty = types.GenerateContentResponse.model_validate({"candidates": [{}]})
    assert as_dict(empty)["candidates"][0]["content"]["parts"] == []
