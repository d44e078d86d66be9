"""What people say at the gateway: on to the io-agent, except for their answers to approvals, which are given here."""

from collections.abc import Callable

from wactorz_common.contracts.chat import SAY, ChatMessage, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.approvals import Decided, Decisions, Given, Sessions, task_of
from wactorz_gateway.backend import Backend
from wactorz_gateway.conversation import closing_reply
from wactorz_gateway.guards import Refusal
from wactorz_gateway.problems import sentence_of

_ASKS = "main"
"""The only agent whose word says which approval an answer asks for: others could slip a person a foreign one."""


class Door:
    """Answers one message of a person who was let in; `now` gives epoch seconds."""

    def __init__(self, backend: Backend, decisions: Decisions, now: Callable[[], float]) -> None:
        self._backend, self._decisions, self._now = backend, decisions, now
        self._sessions = Sessions()

    async def say(self, message: ChatMessage) -> ChatReply:
        """Have a message answered, durably; its id is the id of the task."""
        given = self._sessions.read(message)
        if given is not None:
            return await self._decide(given, message)
        end = await self._backend.submit(SAY, message, task_id=message.id)
        reply = end.result or closing_reply(message, end.state, end.error, self._now())
        if reply.sender == _ASKS:
            self._sessions.note(message.conversation_id, reply.approval_id)
        return reply

    async def _decide(self, given: Given, message: ChatMessage) -> ChatReply:
        outcome: Refusal | Decided
        try:
            outcome = await self._decisions.decide(given, by=message.person, task_id=task_of(message.id))
        except (TransportError, TaskFailed) as error:
            outcome = Refusal(503, f"{sentence_of(error)}. Nothing was decided.")
        refused = isinstance(outcome, Refusal)
        if refused:
            self._sessions.note(message.conversation_id, given.approval_id)  # a PIN, or the right one, may follow
        return ChatReply(
            sender="gateway", to=message.sender,
            content=outcome.detail if isinstance(outcome, Refusal) else outcome.text,
            timestamp=self._now(), id=message.id, conversation_id=message.conversation_id,
            status=TaskState.FAILED.value if isinstance(outcome, Refusal) else outcome.status, trace_id=message.id,
        )  # fmt: skip
