"""What everybody who looks may see of a message: not what came out of a task, nor what is told to one person."""

from collections.abc import Iterable

from wactorz_common.contracts import Payload
from wactorz_common.contracts.chat import ChatReply
from wactorz_common.contracts.lifecycle import COMPLETED, TaskCompleted
from wactorz_common.errors import ContractError
from wactorz_gateway.accounts.people import key_of
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.transcripts import Transcripts


def discreet(payload: Payload) -> Payload:
    """A message for everybody; the result of a task, such as an answer in chat, is for whoever gave it."""
    if isinstance(payload, TaskCompleted):
        return payload.model_copy(update={"result_preview": ""})
    return payload


def discreet_bytes(topic: str, data: bytes) -> bytes:
    """The same as it goes to those who follow topics; nothing where it cannot be read."""
    if not data or COMPLETED.match(topic) is None:
        return data
    try:
        return discreet(TaskCompleted.decode(data)).encode()
    except ContractError:
        return b""


def addressee(
    reply: ChatReply, conversations: Conversations, transcripts: Transcripts, names: Iterable[str]
) -> str | None:
    """The person whom an answer or notice is for; None when it is for everybody. `names`: who has a way in."""
    for asked in (conversations.person_of(reply.id), transcripts.whose(reply.id)):
        if asked is not None:
            return asked
    return next((name for name in names if key_of(name) == key_of(reply.to)), None)
