"""A plain yes reaches the agent that asked last."""

import pytest

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_io_agent.mention import Addressed
from wactorz_io_agent.questions import Questions

HOME = "home-assistant-agent"
ASKS = ChatAnswer(text="Shall I?", status="waiting")


def after(agent=HOME, answer=ASKS, session="s"):
    questions = Questions()
    questions.note(session, agent, answer)
    return questions


@pytest.mark.parametrize("said", ["yes", "Nein, danke!"])
def test_a_plain_answer_goes_to_who_asked_and_only_once(said):
    questions = after()
    assert questions.address("s", Addressed("main", said), named=False) == Addressed(HOME, said)
    assert questions.address("s", Addressed("main", said), named=False) == Addressed("main", said)


def test_another_session_another_word_or_another_name_is_not_meant():
    to_main = Addressed("main", "yes")
    assert after().address("t", to_main, named=False) == to_main
    assert after().address("s", to_main, named=True) == to_main
    assert after().address("s", Addressed("chef", "yes"), named=False).agent == "chef"
    questions = after()
    assert questions.address("s", Addressed("main", "turn on the light"), named=False).agent == "main"
    assert questions.address("s", to_main, named=False) == to_main, "something else was said in between"


@pytest.mark.parametrize(
    ("agent", "answer"),
    [
        ("chef", ASKS),
        (HOME, ChatAnswer(text="Done.")),
        (HOME, ChatAnswer(text="It waits.", status="waiting", approval_id="ab12")),
    ],
)
def test_who_asks_nothing_gets_nothing(agent, answer):
    assert after(agent, answer).address("s", Addressed("main", "yes"), named=False).agent == "main"
    assert after(session="").address("", Addressed("main", "yes"), named=False).agent == "main"
