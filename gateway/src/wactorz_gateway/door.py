"""What people say at the gateway: on to the io-agent, except for their answers to approvals, which are given here."""

from collections.abc import Callable

from wactorz_common.contracts.chat import SAY, ChatMessage, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.decisions import holds_pin
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.secrecy import SecretKeeper
from wactorz_gateway.approvals import Decided, Decisions, Given, Sessions, place_of, task_of
from wactorz_gateway.backend import Backend
from wactorz_gateway.conversation import closing_reply
from wactorz_gateway.guards import Refusal
from wactorz_gateway.problems import sentence_of
from wactorz_gateway.transcripts import Transcripts

_ASK = frozenset({"main", "home-assistant-agent"})
"""The only agents whose word says which approval an answer asks for: others could slip a person a foreign one."""

_PIN_ALONE = (
    "Nothing was passed on, because a PIN counts only with the yes: answer `yes PIN`, or type `/approve {id} PIN`."
)
_PIN_FOR_NOTHING = (
    "Nothing was passed on, because that looks like a PIN and nothing waits for one here: `/approvals` shows what "
    "waits, and `/approve ID PIN`, without the name of an agent, answers it."
)


class Door:
    """Answers one message of a person who was let in; `now` gives epoch seconds."""

    def __init__(
        self, backend: Backend, decisions: Decisions, now: Callable[[], float], keeper: SecretKeeper | None = None,
        transcripts: Transcripts | None = None,
    ) -> None:  # fmt: skip
        self._backend, self._decisions, self._now = backend, decisions, now
        self._transcripts = transcripts or Transcripts()
        self._keeper = keeper or SecretKeeper()
        self._sessions = Sessions()

    async def say(self, message: ChatMessage) -> ChatReply:
        """Have a message answered, durably; its id is the id of the task."""
        given = self._sessions.read(message)
        if given is not None:
            self._transcripts.said(message.model_copy(update={"content": f"/{given.answer}"}), self._now())
            return self._kept(message, await self._decide(given, message))
        waiting = self._sessions.waiting(message)
        if holds_pin(message.content, asked=bool(waiting)):
            self._sessions.note(place_of(message), waiting)
            return self._reply(message, _PIN_ALONE.format(id=waiting) if waiting else _PIN_FOR_NOTHING)
        try:
            message = self._keeper.clean(message)
        except Refused as error:
            return self._reply(message, str(error))
        self._transcripts.said(message, self._now())
        end = await self._backend.submit(SAY, message, task_id=message.id)
        reply = end.result or closing_reply(message, end.state, end.error, self._now())
        if reply.sender in _ASK:
            self._sessions.note(place_of(message), reply.approval_id)
        return self._kept(message, reply)

    def _kept(self, message: ChatMessage, reply: ChatReply) -> ChatReply:
        self._transcripts.told(message, reply)
        return reply

    async def _decide(self, given: Given, message: ChatMessage) -> ChatReply:
        outcome: Refusal | Decided
        try:
            outcome = await self._decisions.decide(
                given, by=message.person, role=message.standing, task_id=task_of(message.id)
            )
        except (TransportError, TaskFailed) as error:
            outcome = Refusal(503, f"{sentence_of(error)}. Nothing was decided.")
        if isinstance(outcome, Refusal):
            self._sessions.note(place_of(message), given.approval_id)  # a PIN, or the right one, may follow
            return self._reply(message, outcome.detail)
        return self._reply(message, outcome.text, outcome.status)

    def _reply(self, message: ChatMessage, text: str, status: str = TaskState.FAILED.value) -> ChatReply:
        return ChatReply(
            sender="gateway", to=message.sender, content=text, timestamp=self._now(), id=message.id,
            conversation_id=message.conversation_id, status=status, trace_id=message.id,
        )  # fmt: skip
