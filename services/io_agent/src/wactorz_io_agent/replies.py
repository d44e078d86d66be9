"""What a person is told, whatever became of the task behind it."""

import hashlib
from typing import Any

from wactorz_common.contracts.chat import ChatAnswer, ChatMessage, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.language import grouped
from wactorz_io_agent.german import phrase

MAX_CHARACTERS = 8_000
_NO_FILES = "{agent} does not read attached files; ask main about them."


def request_id(message: ChatMessage, raw: bytes, nonce: str) -> str:
    """The id of a message from a foreign client: the same for a repetition, another for other words.

    Without an id of its own every arrival is a message of its own, told apart by `nonce`.
    """
    key = message.id or nonce
    return "chat/" + hashlib.sha256(f"{message.sender}\0{key}\0".encode() + raw).hexdigest()[:24]


def problem_with(message: ChatMessage, now: float, stale_seconds: float) -> str:
    """Why a message is not handed on at all; empty when it is."""
    if len(message.content) > MAX_CHARACTERS:
        return phrase(
            "That message has {count} characters; at most {most} are read. Please say it shorter.",
            count=grouped(len(message.content)), most=grouped(MAX_CHARACTERS),
        )  # fmt: skip
    if message.timestamp is not None and now - message.timestamp > stale_seconds:
        late = f"{now - message.timestamp:.0f}"
        return phrase("That message came {seconds} s late, so nothing was done. Please say it again.", seconds=late)
    return ""


def answer_of(agent: str, state: TaskState, result: Any, error: str | None) -> ChatAnswer:
    """The answer to a person for each of the four ends of a task."""
    if isinstance(result, ChatAnswer):
        return result
    if state is TaskState.FAILED:
        return ChatAnswer(text=error or phrase("{agent} could not do that.", agent=agent), status=state.value)
    if state is TaskState.EXPIRED:
        return ChatAnswer(
            text=error or phrase(
                "{agent} did not get to it in time, so nothing was done. Is it running? /agents shows it.", agent=agent
            ),
            status=state.value,
        )  # fmt: skip
    unknown = phrase(
        "{agent} did not answer in time. Whether it did as asked is not known: {problem}.",
        agent=agent, problem=error or phrase("no answer came"),
    )  # fmt: skip
    return ChatAnswer(text=unknown, status=TaskState.UNKNOWN.value)


def without_files(agent: str, answer: ChatAnswer) -> ChatAnswer:
    """The answer of an agent that is part of Wactorz and takes words only, to a message with files."""
    return answer.model_copy(update={"text": f"{answer.text}\n{phrase(_NO_FILES, agent=agent)}"})


def reply_to(message: ChatMessage, agent: str, answer: ChatAnswer, *, now: float, trace_id: str) -> ChatReply:
    """The reply that every surface shows, with the request's own id."""
    return ChatReply(
        sender=agent, to=message.sender, content=answer.text, timestamp=now, id=message.id,
        conversation_id=message.conversation_id, source=answer.source, status=answer.status, trace_id=trace_id,
        cost_usd=answer.cost_usd, approval_id=answer.approval_id,
        not_ready=answer.not_ready,
    )  # fmt: skip
