"""What agents ask people to choose, as far as it is open."""

from typing import Any

from pydantic import BaseModel, Field

from wactorz_common.contracts.chat import Choice, OpenQuestions
from wactorz_common.errors import Refused

MOST_AGENTS = 300
_LONGEST, _MOST_OPTIONS = 500, 20


class QuestionView(BaseModel):
    """A question of an agent."""

    agent_id: str = Field(description="Id of the agent that asks")
    agent: str = Field(description="Its name")
    id: str = Field(description="Id of the question")
    content: str = Field(description="The question")
    options: list[str] = Field(description="What can be chosen")


class Questions:
    """The open questions of all agents."""

    def __init__(self) -> None:
        self._open: dict[str, list[QuestionView]] = {}

    def take(self, agent_id: str, name: str, told: OpenQuestions) -> None:
        """Take in all that an agent asks now."""
        self._open.pop(agent_id, None)
        views = [view for one in told.questions if (view := _view(agent_id, name or told.agent, one)) is not None]
        if views and len(self._open) < MOST_AGENTS:
            self._open[agent_id] = views

    def forget(self, agent_id: str) -> None:
        """The agent is gone."""
        self._open.pop(agent_id, None)

    def listed(self) -> list[QuestionView]:
        """All open questions, by agent."""
        return [one for views in self._open.values() for one in views]

    def find(self, agent: str, question_id: str) -> QuestionView | None:
        """A question by the id or name of its agent, and its own id."""
        return next(
            (one for one in self.listed() if one.id == question_id and agent in (one.agent_id, one.agent)), None
        )


def choice_of(
    question: QuestionView, option: str | None, index: int | None, note: str, user: str, now: float
) -> Choice:
    """What a person chose, by the option or its place; Refused when it was not offered."""
    place = index if index is not None else question.options.index(option) if option in question.options else -1
    if not 0 <= place < len(question.options) or option not in (None, question.options[place]):
        raise Refused(f"That was not offered; there are: {', '.join(question.options)}")
    return Choice(id=question.id, option=question.options[place], index=place, user=user, timestamp=now, note=note)


def _view(agent_id: str, agent: str, told: dict[str, Any]) -> QuestionView | None:
    options = told.get("options")
    if not told.get("id") or not isinstance(options, list):
        return None
    text = str(told.get("content") or told.get("question") or told.get("text") or "")[:_LONGEST]
    offered = [str(option)[:_LONGEST] for option in options[:_MOST_OPTIONS]]
    return QuestionView(agent_id=agent_id, agent=agent, id=str(told["id"])[:_LONGEST], content=text, options=offered)
