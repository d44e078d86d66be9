"""People's text, tasks, and answers in words."""

import pytest

from wactorz_dynamic_agent import speech


def test_text_or_an_object() -> None:
    assert speech.payload_of("turn it on") == {"text": "turn it on"}
    assert speech.payload_of('{"on": true}') == {"on": True}
    assert speech.payload_of("[1]") == {"text": "[1]"}


@pytest.mark.parametrize(
    ("result", "reply"),
    [
        (None, {"result": ""}), ("yes", {"result": "yes"}), (42, {"result": "42"}), ([1], {"result": "[1]"}),
        ({"a": 1, "_task_id": "x", "_state": "?"}, {"a": 1}), ({"error": {"code": 1}}, {"error": '{"code": 1}'}),
    ],
)  # fmt: skip
def test_replies(result: object, reply: dict[str, object]) -> None:
    assert speech.reply_of(result) == reply


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"message": "m", "result": "r"}, "r"), ({"reply": "", "text": "t"}, "t"), ({"content": [1]}, "[1]"),
        ({"a": 1}, '{"a": 1}'), (None, "Done."), ("plain", "plain"), ({"error": "no"}, "no"), (0, "0"),
    ],
)  # fmt: skip
def test_words(result: object, text: str) -> None:
    assert speech.text_of(result) == text


def test_questions() -> None:
    assert speech.question_of({"text": "why?"}) == "why?"
    assert speech.question_of({"city": "Oslo"}) == '{"city": "Oslo"}'
    assert speech.question_of("why?") == "why?"
