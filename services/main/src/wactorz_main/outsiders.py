"""What a spawned agent gets for a text: an answer to a question about the home, and nothing else.

Its text may hold anything, so it is no person's word: no command, no yes, no rule, no device, no agent, no model.
"""

from typing import TYPE_CHECKING

from wactorz_common.agent import Task
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.home import GET_STATES, StateQuery
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import commands, wording
from wactorz_main.german import phrase
from wactorz_main.sentences import unknown_name
from wactorz_understanding.meaning import Ambiguous, Question, UnknownName

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent

_ASK_SECONDS = 8.0
_ONLY_QUESTIONS = (
    "Nothing was done: main answers only plain questions about the home to a spawned agent, for example: is the "
    "kitchen light on? What moves devices or makes agents has to come from a person."
)


async def answer_outsider(agent: "MainAgent", text: str, task: Task) -> ChatAnswer:
    """Answer a question that the grammar reads; anything else is refused, and nothing of it is remembered."""
    text = text.strip()
    if not text or len(text) > commands.MAX_CHARACTERS or commands.parse(text) or commands.prefixed(text):
        return _failed(phrase(_ONLY_QUESTIONS))
    if await agent.known_house(agent.settings.house_seconds) is None:
        return _failed(wording.unknown_home_text(agent.house_problem))
    meaning = await agent.read(text)
    if isinstance(meaning, Question):
        return await _states(agent, meaning, task)
    if isinstance(meaning, Ambiguous):
        return _failed(meaning.question)
    return _failed(
        unknown_name(agent.settings.language, meaning) if isinstance(meaning, UnknownName) else phrase(_ONLY_QUESTIONS)
    )


async def _states(agent: "MainAgent", meaning: Question, task: Task) -> ChatAnswer:
    from wactorz_understanding.questions import answer  # noqa: PLC0415  # brings the grammar with it

    query = StateQuery(entity_id=meaning.entity_ids)
    try:
        report = await agent.ask(GET_STATES, query, timeout=_ASK_SECONDS, trace_id=task.trace_id)
    except (TransportError, TaskFailed) as error:
        return _failed(wording.unknown_home_text(str(error)))
    return ChatAnswer(text=answer(meaning, report.states))


def _failed(text: str) -> ChatAnswer:
    return ChatAnswer(text=text, status=TaskState.FAILED.value)
