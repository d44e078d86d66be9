"""What notifier answers."""

from wactorz_common.contracts.chat import CHAT
from wactorz_common.handlers import HandlerTable
from wactorz_notifier.agent import NotifierAgent


def test_it_answers_people() -> None:
    assert CHAT.action in HandlerTable.of(NotifierAgent).served
