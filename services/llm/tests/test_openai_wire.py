import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool, ToolCall
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.openai_wire import OpenAIReader, parameters

USER = ModelMessage(role="user", content="Too dark")
REQUEST = Completion(messages=(USER,), model="gpt-4o", system="Be brief")


def chunk(delta=None, finish=None, **fields):
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"model": "gpt-x", "choices": choices, **fields}


def feed(*chunks):
    draft = AnswerDraft(REQUEST, lambda _text: None)
    reader = OpenAIReader(draft)
    for one in chunks:
        reader.feed(one)
    return draft


def pieces_of(*pieces):
    return chunk({"tool_calls": list(pieces)})


def test_plain_request():
    assert parameters(REQUEST, own=True) == {
        "model": "gpt-4o",
        "max_completion_tokens": 1024,
        "messages": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Too dark"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_other_endpoints_know_the_older_name_of_the_longest_answer():
    body = parameters(REQUEST, own=False, ask_tokens=False)
    assert body["max_tokens"] == 1024
    assert "max_completion_tokens" not in body
    assert "stream_options" not in body


def test_tools_calls_and_results():
    tool = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}})
    messages = (
        USER,
        ModelMessage(role="assistant", tool_calls=(ToolCall(id="a", name="act", arguments={"x": "ü"}),)),
        ModelMessage(role="tool", content="ok", tool_call_id="a"),
        ModelMessage(role="user", content="  "),
    )
    body = parameters(Completion(messages=messages, model="m", tools=(tool,), force_tool="act"), own=True)
    assert body["messages"][1]["tool_calls"][0]["function"] == {"name": "act", "arguments": '{"x": "ü"}'}
    assert body["messages"][2] == {"role": "tool", "tool_call_id": "a", "content": "ok"}
    assert len(body["messages"]) == 3
    assert body["tools"][0]["function"]["parameters"] == {"type": "object", "properties": {"x": {"type": "integer"}}}
    assert body["tool_choice"] == {"type": "function", "function": {"name": "act"}}


def test_tokens_come_after_the_end():
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 8}}
    draft = feed(chunk({"content": "Hel"}), chunk({"content": "lo"}, "stop"), chunk(usage=usage))
    assert draft.complete
    assert draft.answer().text == "Hello"
    assert draft.usage == TokenUsage(10, 2, 8)
    assert (draft.stop_reason, draft.model) == ("end_turn", "gpt-x")


def test_an_endpoint_that_tells_no_tokens_gets_an_estimate():
    assert feed(chunk({"content": "Hello"}, "stop")).usage.estimated


def test_tokens_told_along_the_way_are_not_final():
    usage = {"prompt_tokens": 10, "completion_tokens": 1}
    assert feed(chunk({"content": "Hello"}, usage=usage)).usage.estimated


@pytest.mark.parametrize("index", [0, None])
def test_calls_that_share_an_index_are_told_apart_by_their_ids(index):
    def piece(call_id, name, text):
        return {"index": index, "id": call_id, "function": {"name": name, "arguments": text}}

    draft = feed(pieces_of(piece("a", "act", '{"x"'), piece(None, None, ": 1}")), pieces_of(piece("b", "look", "{}")))
    assert draft.answer().tool_calls == (
        ToolCall(id="a", name="act", arguments={"x": 1}),
        ToolCall(id="b", name="look"),
    )


@pytest.mark.parametrize(
    ("reason", "meant"),
    [("length", "max_tokens"), ("content_filter", "refusal"), ("tool_calls", "tool_use"), ("new_one", "new_one")],
)
def test_stop_reasons(reason, meant):
    assert feed(chunk({"content": "x"}, reason)).stop_reason == meant


@pytest.mark.parametrize(
    "junk", [{}, {"choices": None}, chunk({"content": 5}), chunk({"tool_calls": [7]}), {"choices": ["x"]}, chunk(usage={"x": 1})]
)  # fmt: skip
def test_chunks_of_the_wrong_shape_raise(junk):
    with pytest.raises((ArithmeticError, AttributeError, LookupError, TypeError, ValueError)):
        feed(junk)
