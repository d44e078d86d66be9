"""What a person is told, whatever became of the task behind it."""

import hashlib
from typing import Any

from wactorz_common.contracts.chat import ChatAnswer, ChatMessage, ChatReply
from wactorz_common.contracts.tasks import TaskState

MAX_CHARACTERS = 8_000


def request_id(message: ChatMessage, raw: bytes, nonce: str) -> str:
    """The id of a message from a foreign client: the same for a repetition, another for other words.

    Without an id of its own every arrival is a message of its own, told apart by `nonce`.
    """
    key = message.id or nonce
    return "chat/" + hashlib.sha256(f"{message.sender}\0{key}\0".encode() + raw).hexdigest()[:24]


def problem_with(message: ChatMessage, now: float, stale_seconds: float) -> str:
    """Why a message is not handed on at all; empty when it is."""
    if len(message.content) > MAX_CHARACTERS:
        return (
            f"That message has {len(message.content):,} characters; at most {MAX_CHARACTERS:,} are read. "
            "Please say it shorter."
        )
    if message.timestamp is not None and now - message.timestamp > stale_seconds:
        return f"That message came {now - message.timestamp:.0f} s late, so nothing was done. Please say it again."
    return ""


def answer_of(agent: str, state: TaskState, result: Any, error: str | None) -> ChatAnswer:
    """The answer to a person for each of the four ends of a task."""
    if isinstance(result, ChatAnswer):
        return result
    if state is TaskState.FAILED:
        return ChatAnswer(text=error or f"{agent} could not do that.", status=state.value)
    if state is TaskState.EXPIRED:
        return ChatAnswer(
            text=error or f"{agent} did not get to it in time, so nothing was done. Is it running? /agents shows it.",
            status=state.value,
        )
    return ChatAnswer(
        text=f"{agent} did not answer in time. Whether it did as asked is not known: {error or 'no answer came'}.",
        status=TaskState.UNKNOWN.value,
    )


def without_files(agent: str, answer: ChatAnswer) -> ChatAnswer:
    """The answer of an agent that is part of Wactorz and takes words only, to a message with files."""
    return answer.model_copy(
        update={"text": f"{answer.text}\n{agent} does not read attached files; ask main about them."}
    )


def reply_to(message: ChatMessage, agent: str, answer: ChatAnswer, *, now: float, trace_id: str) -> ChatReply:
    """The reply that every surface shows, with the request's own id."""
    return ChatReply(
        sender=agent, to=message.sender, content=answer.text, timestamp=now, id=message.id,
        conversation_id=message.conversation_id, source=answer.source, status=answer.status, trace_id=trace_id,
        cost_usd=answer.cost_usd, approval_id=answer.approval_id,
    )  # fmt: skip
