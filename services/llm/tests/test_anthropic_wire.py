import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool, ToolCall
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.anthropic_wire import AnthropicReader, parameters
from wactorz_llm.providers.draft import AnswerDraft

USER = ModelMessage(role="user", content="Too dark")
TOOL = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}})


def make_request(*messages, **fields):
    return Completion(messages=messages or (USER,), model="claude-sonnet-4-6", **fields)


def test_plain_request():
    assert parameters(make_request(system="Be brief")) == {
        "model": "claude-sonnet-4-6",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Too dark"}]}],
        "stream": True,
        "system": "Be brief",
    }


def test_tools_and_forced_tool():
    body = parameters(make_request(tools=(TOOL,), force_tool="act"))
    assert body["tools"] == [
        {
            "name": "act",
            "description": "Act",
            "input_schema": {"type": "object", "properties": {"x": {"type": "integer"}}},
        }
    ]
    assert body["tool_choice"] == {"type": "tool", "name": "act"}


def test_long_fixed_parts_are_marked_to_be_kept():
    body = parameters(make_request(system="Words. " * 1000, tools=(TOOL, TOOL)))
    assert body["system"] == [{"type": "text", "text": "Words. " * 1000, "cache_control": {"type": "ephemeral"}}]
    assert ["cache_control" in tool for tool in body["tools"]] == [False, True]
    long_question = parameters(make_request(ModelMessage(role="user", content="Words. " * 1000), system="Brief"))
    assert long_question["system"] == "Brief"


def test_tool_results_are_joined_into_one_turn_of_the_user():
    calls = (ToolCall(id="a", name="act", arguments={"x": 1}), ToolCall(id="b", name="act"))
    body = parameters(
        make_request(
            USER,
            ModelMessage(role="assistant", content="", tool_calls=calls),
            ModelMessage(role="tool", content="one", tool_call_id="a"),
            ModelMessage(role="tool", content="", tool_call_id="b"),
            ModelMessage(role="user", content="and?"),
        )
    )
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"][0] == {"type": "tool_use", "id": "a", "name": "act", "input": {"x": 1}}
    assert [block["type"] for block in body["messages"][2]["content"]] == ["tool_result", "tool_result", "text"]


def test_empty_texts_are_left_out():
    assert parameters(make_request(ModelMessage(role="user", content="  ")))["messages"] == []


def feed(*events):
    pieces = []
    draft = AnswerDraft(make_request(), pieces.append)
    reader = AnthropicReader(draft)
    for event in events:
        reader.feed(event)
    return draft, pieces


START = {"type": "message_start", "message": {"model": "claude-x", "usage": {"input_tokens": 10, "output_tokens": 1}}}
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
CALL = {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "act"}}
STOP = {"type": "message_stop"}


def text_delta(text):
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}


def json_delta(text):
    return {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": text}}


def ending(reason, **usage):
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


def test_answer_is_put_together():
    draft, pieces = feed(
        START, TEXT, text_delta("Hel"), text_delta("lo"), CALL, json_delta('{"x"'), json_delta(": 1}"),
        {"type": "a_new_kind"}, ending("tool_use", output_tokens=7), STOP,
    )  # fmt: skip
    answer = draft.answer()
    assert draft.complete
    assert pieces == ["Hel", "lo"]
    assert answer.text == "Hello"
    assert answer.tool_calls == (ToolCall(id="t", name="act", arguments={"x": 1}),)
    assert answer.usage == TokenUsage(input_tokens=10, output_tokens=7)
    assert (answer.model, answer.stop_reason) == ("claude-x", "tool_use")


def test_cached_tokens_count_as_input():
    usage = {"input_tokens": 5, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20, "output_tokens": 1}
    draft, _ = feed({"type": "message_start", "message": {"model": "m", "usage": usage}})
    assert draft.usage == TokenUsage(125, 1, 100, 20, estimated=True)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "message_start"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}},
        {"type": "content_block_start", "index": "no", "content_block": {}},
        {"type": "message_delta", "delta": None, "usage": {}},
    ],
)
def test_events_of_the_wrong_shape_raise(event):
    with pytest.raises((ArithmeticError, AttributeError, LookupError, TypeError, ValueError)):
        feed(START, TEXT, event)


@pytest.mark.parametrize("arguments", ["[1]", '{"x":', "null"])
def test_arguments_that_are_no_object_raise(arguments):
    draft, _ = feed(START, CALL, json_delta(arguments), ending("tool_use", output_tokens=1), STOP)
    with pytest.raises(ValueError):
        draft.answer()


def test_arguments_may_be_empty():
    draft, _ = feed(START, CALL, ending("max_tokens", output_tokens=1), STOP)
    assert draft.answer().tool_calls[0].arguments == {}
    assert draft.cut_by_length
