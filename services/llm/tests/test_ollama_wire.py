import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool, ToolCall
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.ollama_wire import OllamaReader, parameters

USER = ModelMessage(role="user", content="Too dark")
TOOL = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}, "title": "Other"})


def make_request(*messages, **fields):
    return Completion(messages=messages or (USER,), model="llama3", **fields)


def feed(*lines):
    draft = AnswerDraft(make_request(), lambda _text: None)
    reader = OllamaReader(draft)
    for line in lines:
        reader.feed(line)
    return draft


def test_plain_request():
    assert parameters(make_request(system="Be brief"), 8192) == {
        "model": "llama3",
        "messages": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Too dark"}],
        "stream": True,
        "think": False,
        "options": {"num_predict": 1024, "num_ctx": 8192},
    }


@pytest.mark.parametrize(
    ("length", "context"), [(100, 8192), (40_000, 16_384), (200_000, 65_536), (9_000_000, 131_072)]
)
def test_context_grows_with_the_question_so_that_nothing_is_cut(length, context):
    request = make_request(ModelMessage(role="user", content="x" * length))
    assert parameters(request, 8192)["options"]["num_ctx"] == context


def test_forced_tool_is_a_form():
    body = parameters(make_request(tools=(TOOL,), force_tool="act", system="Be brief"), 8192)
    assert body["format"] == {"type": "object", "properties": {"x": {"type": "integer"}}, "title": "act"}
    assert "tools" not in body
    assert [message["role"] for message in body["messages"]] == ["system", "system", "user"]
    assert "'act' as JSON. Act" in body["messages"][1]["content"]


def test_results_name_their_tool():
    calls = (ToolCall(id="a", name="act", arguments={"x": 1}),)
    messages = (
        USER,
        ModelMessage(role="assistant", tool_calls=calls),
        ModelMessage(role="tool", content="ok", tool_call_id="a"),
        ModelMessage(role="assistant", content=" "),
    )
    body = parameters(make_request(*messages, tools=(TOOL,)), 8192)
    assert body["messages"][1]["tool_calls"] == [{"function": {"name": "act", "arguments": {"x": 1}}}]
    assert body["messages"][2:] == [{"role": "tool", "tool_name": "act", "content": "ok"}]


def test_answer_is_put_together():
    call = {"function": {"name": "act", "arguments": {"x": 1}}}
    draft = feed(
        {"model": "llama3:8b", "message": {"role": "assistant", "content": "Hel"}},
        {"model": "llama3:8b", "message": {"role": "assistant", "content": "lo", "tool_calls": [call]}},
        {"message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 5, "eval_count": 7},
    )
    answer = draft.answer()
    assert (answer.text, answer.model, answer.stop_reason) == ("Hello", "llama3:8b", "tool_use")
    assert answer.tool_calls[0].arguments == {"x": 1}
    assert answer.usage == TokenUsage(5, 7)


def test_prompt_that_was_in_the_cache_is_an_estimate():
    assert feed({"message": {"content": "x"}, "done": True, "eval_count": 7}).usage.estimated


@pytest.mark.parametrize(
    "line", [{}, {"message": None}, {"message": {"content": 5}}, {"message": {"tool_calls": [{}]}}]
)
def test_lines_of_the_wrong_shape_raise(line):
    with pytest.raises((ArithmeticError, AttributeError, LookupError, TypeError, ValueError)):
        feed(line)
