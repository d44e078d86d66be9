"""What topics answers."""

from wactorz_common.contracts.chat import CHAT
from wactorz_common.handlers import HandlerTable
from wactorz_topics.agent import TopicsAgent


def test_it_answers_people() -> None:
    assert CHAT.action in HandlerTable.of(TopicsAgent).served
