"""Whose question is open in a conversation, so that a plain yes or no reaches the agent that asked."""

from collections import OrderedDict

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.decisions import read_decision
from wactorz_io_agent.mention import MAIN, Addressed

ASKING = frozenset({"home-assistant-agent"})
"""Agents besides main that ask; a spawned one could ask anything and take a yes that was meant for another."""

_SESSIONS = 500


class Questions:
    """The agents whose last answer, if it was the last of all, asks something; main keeps its own questions."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, str] = OrderedDict()

    def address(self, session: str, to: Addressed, *, named: bool) -> Addressed:
        """Who a message is for; `named` when it names an agent. Whatever it says, the question lapses with it."""
        asked = self._asked.pop(session, "")
        plain = not named and to.agent == MAIN and read_decision(to.text) is not None
        return Addressed(asked, to.text) if asked and plain else to

    def note(self, session: str, agent: str, answer: ChatAnswer) -> None:
        """An agent has answered; its approvals are answered at the gateway, not here."""
        if session and agent in ASKING and answer.status == "waiting" and not answer.approval_id:
            self._asked[session] = agent
            while len(self._asked) > _SESSIONS:
                self._asked.popitem(last=False)
