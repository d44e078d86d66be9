import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.errors import AskTimeout, TaskFailed
from wactorz_main.intent import Classifier, question_about, read

QUESTION = question_about("make it cosy", "c", ("planner",))


def test_the_question_is_small_and_cheap():
    assert (QUESTION.tier, QUESTION.max_tokens, QUESTION.reuse, QUESTION.purpose) == ("fast", 10, True, "intent")
    assert (QUESTION.conversation_id, QUESTION.on_behalf_of, QUESTION.tools, QUESTION.stream_to) == (
        "c", ("planner",), (), "",
    )  # fmt: skip
    assert len(QUESTION.system) < 800


@pytest.mark.parametrize(
    ("answer", "intent"),
    [
        ("ACTUATE", "ACTUATE"), (" ha.", "HA"), ("**PIPELINE**", "PIPELINE"), ("other", "OTHER"), ("", "OTHER"),
        ("I think HA", "HA"), ("HARDWARE", "OTHER"), ("turn it on", "OTHER"),
    ],
)  # fmt: skip
def test_answers_are_read(answer, intent):
    assert read(answer) == intent


class Model:
    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def ask(self, _question):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return CompletionResult(provider="p", model="m", text=answer)


async def test_a_failure_is_other_and_three_in_a_row_are_a_rest():
    now = 0.0
    classifier = Classifier(lambda: now)
    troubles = (AskTimeout("silent"), TaskFailed("overloaded"), AskTimeout("silent"))
    model = Model(troubles[0], "HA", *troubles, "HA")
    found = [(await classifier.classify(QUESTION, model.ask)).intent for _ in range(7)]
    assert found == ["OTHER", "HA", "OTHER", "OTHER", "OTHER", "OTHER", "OTHER"]
    assert model.asked == 5, "it rests"
    now = 61.0
    assert (await classifier.classify(QUESTION, model.ask)).intent == "HA"
