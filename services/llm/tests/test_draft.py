import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, ToolCall
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.draft import AnswerDraft, estimated_input


def make(on_piece=lambda _text: None, quiet=False, **fields):
    request = Completion(messages=(ModelMessage(role="user", content="x" * 400),), model="m", **fields)
    return AnswerDraft(request, on_piece, quiet=quiet)


def test_nothing_is_used_before_the_answer_begins():
    draft = make()
    assert draft.usage == TokenUsage()
    assert draft.sent_usage.estimated
    assert draft.sent_usage.input_tokens >= 100


def test_tokens_are_estimated_until_they_are_told():
    draft = make()
    draft.begun = True
    draft.say("four")
    draft.call(0, name="act", text='{"a": 1}')
    assert draft.usage == TokenUsage(estimated_input(draft._request), 3, estimated=True)
    draft.tell(input_tokens=50, output_tokens=1, read=10, final=False)
    assert draft.usage == TokenUsage(50, 3, 10, estimated=True)
    draft.tell(output_tokens=9)
    assert draft.usage == TokenUsage(50, 9, 10)


def test_whole_answer_without_tokens_is_an_estimate():
    draft = make()
    draft.begun = draft.complete = True
    draft.say("Hello")
    assert draft.answer().usage.estimated


def test_quiet_text_is_not_shown():
    pieces = []
    draft = make(pieces.append, quiet=True)
    draft.say("Hello")
    assert pieces == []
    assert draft.answer().text == "Hello"


def test_calls_are_put_together_in_order():
    draft = make()
    draft.call("b", id="1", name="act", text='{"a"')
    draft.call("a", name="look")
    draft.call("b", text=": 1}")
    first, second = draft.answer().tool_calls
    assert first == ToolCall(id="1", name="act", arguments={"a": 1})
    assert (second.name, second.arguments) == ("look", {})
    assert second.id


@pytest.mark.parametrize("text", ["[1]", '{"x":', "null", "7"])
def test_arguments_that_are_no_object_raise(text):
    draft = make()
    draft.call(0, name="act", text=text)
    with pytest.raises(ValueError):
        draft.answer()


def test_a_call_without_a_name_raises():
    draft = make()
    draft.call(0, text="{}")
    with pytest.raises(ValueError):
        draft.answer()


@pytest.mark.parametrize("text", ['{"a": 1}', ' ```json\n{"a": 1}\n``` ', '```\n{"a": 1}```'])
def test_a_form_written_as_text_is_the_forced_call(text):
    draft = make(force_tool="act")
    draft.stop_reason = "end_turn"
    draft.say(text)
    answer = draft.answer()
    assert answer.text == ""
    assert answer.tool_calls[0].arguments == {"a": 1}
    assert answer.stop_reason == "tool_use"


def test_other_text_stays_text():
    draft = make(force_tool="act")
    draft.say("I would rather not.")
    assert draft.answer().text == "I would rather not."
    plain = make()
    plain.say('{"a": 1}')
    assert plain.answer().tool_calls == ()


def test_text_must_be_text():
    with pytest.raises(TypeError):
        make().say(["no"])
