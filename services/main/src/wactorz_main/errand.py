"""One message under way: who said it, in which conversation and language, and the ways to have it done."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wactorz_common.agent import Task, TaskEnd
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.chat import ChatAnswer, ChatRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import STOP_TOLD_SECONDS, STOPPED, TaskFailed
from wactorz_common.language import chosen_language, speak
from wactorz_common.standing import known
from wactorz_main import texts
from wactorz_main.allowed import RIGHTS
from wactorz_main.attachments import Attachments
from wactorz_main.interruption import Stopping

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

ASK_SECONDS = 8.0
"""How long a question to another agent waits for its answer."""

WAITING = "waiting"
"""Status of an answer that asks for a person's yes."""

_SETTLE_SECONDS = 16.0
_DOORS = ("", "io-agent", "gateway")
"""Who passes on what people say."""


def place_of(person: str, conversation_id: str) -> str:
    """What tells conversations apart: two persons never share one, whatever they call it."""
    plain = conversation_id.replace("\n", " ")
    return f"{person}\n{plain}" if person and plain else plain


class Errand:
    """What every part of a turn needs; sub-tasks have the same ids when the message is answered again."""

    def __init__(self, agent: "MainAgent", request: ChatRequest, task: Task) -> None:
        self.agent, self.request, self.task = agent, request, task
        self.text = request.text.strip()
        self.conversation = request.conversation_id or request.user
        self.in_session = bool(request.conversation_id)
        self.place = place_of(request.person, self.conversation)
        self.session = self.place if self.in_session else ""
        """Where the context of sentences is kept; empty for nowhere."""
        self.person, self.standing = request.person, known(request.person, request.standing)
        self.on_behalf_of = () if task.sender in _DOORS else (task.sender,)
        self.attachments = Attachments(self)
        self.stopping = Stopping()
        self.verified: Callable[[], str] = str
        """What is known to be done so far, in words."""
        self.fixed_language = agent.sessions.language(self.place) or request.language.strip()
        spoken = agent.sessions.context(self.session, task.id).get("language", "")
        self.page_language = chosen_language()
        """The language that came with the message: that of the page, in most cases."""
        self.language = self.fixed_language or spoken or self.page_language or agent.settings.language

    @property
    def language(self) -> str:
        """The language of the answer; whoever is asked for it answers in the same."""
        return self._language

    @language.setter
    def language(self, code: str) -> None:
        self._language = code
        speak(code)

    def refusal(self, right: str) -> str:
        """Why the person may not do something that needs this right; empty when they may."""
        return RIGHTS[right].refusal(self.standing, self.language)

    def say(self, key: str, **values: object) -> str:
        """One of main's own sentences, in the language of the conversation."""
        return texts.say(self.language, key, **values)

    async def ask(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, seconds: float = ASK_SECONDS
    ) -> R:
        """Ask another agent; TransportError or TaskFailed when there is no answer."""
        try:
            return await self.agent.ask(operation, request, to=to, timeout=seconds, trace_id=self.task.trace_id)
        except TaskFailed as error:
            if str(error) == STOPPED:  # the other one heard of it first; being told ends the work here
                await asyncio.sleep(STOP_TOLD_SECONDS)
            raise

    async def submit(
        self, operation: Operation[Q, R], request: Q, step: str, *, to: str | None = None, seconds: float | None = None,
        lasting: bool = False,
    ) -> TaskEnd[R]:  # fmt: skip
        """Hand over a durable task and wait for its end; `step` makes its id, the same in every run.

        `lasting`: who does it hears of a stop by itself, so its end is not waited for then.
        """
        limit = self.limit(operation.timeout if seconds is None else seconds)
        self.stopping.check()
        with contextlib.nullcontext() if lasting else self.stopping.effect():
            return await self.agent.submit(
                operation, request, to=to, task_id=self.task.child(step), deadline=limit, trace_id=self.task.trace_id
            )

    def limit(self, seconds: float) -> float:
        """A deadline that leaves time to report an answer that never came."""
        left = self.task.remaining
        return min(seconds, max(left - _SETTLE_SECONDS, left / 2))

    def answer(self, state: TaskState, text: str | None) -> ChatAnswer:
        """The answer for a task's end; without words of its own the usual ones."""
        return ChatAnswer(text=text or texts.ended(self.language, state), status=state.value)

    def failed(self, text: str) -> ChatAnswer:
        """An answer that says why nothing was done."""
        return ChatAnswer(text=text, status=TaskState.FAILED.value)
