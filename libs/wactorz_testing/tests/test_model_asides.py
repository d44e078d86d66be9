import pytest

from wactorz_testing.model_asides import aside, intent


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("it's too dark to cook", "ACTUATE"), ("whenever it gets stuffy, switch on the fan", "PIPELINE"),
        ("which devices are in the hall?", "HA"), ("what is the capital of France?", "OTHER"),
        ("when asked, make an agent called tide that counts what comes on custom/tide", "OTHER"),
    ],
)  # fmt: skip
def test_sentences_are_classified(sentence, word):
    assert intent(sentence) == word


def request(system, **more):
    return {"system": system, "messages": [{"role": "user", "content": "it is too dark"}], **more}


def test_questions_beside_an_answer_are_known():
    assert aside(request("Classify a message to the assistant of a home.")).text == "ACTUATE"
    assert "talked" in aside(request("Sum up a part of a conversation between")).text
    assert aside(request("x", tool_choice={"type": "tool", "name": "keep_facts"})) is not None
    assert aside(request("You are Wactorz.")) is None
