"""The frames of the dashboard's WebSocket: what is sent, and what clients may send."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.blobs import MOST_ATTACHMENTS
from wactorz_common.contracts.chat import ChatPiece, ChatReply
from wactorz_common.contracts.spawning import Approval
from wactorz_common.errors import ContractError

MAX_MESSAGE = 16_000
"""Characters in one message of a person."""


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ChatFrame(_Frame):
    """A person's message."""

    type: Literal["chat"]
    content: str = Field(min_length=1, max_length=MAX_MESSAGE)
    agent_name: str = Field(default="", max_length=64)
    session: str = Field(default="", max_length=200)
    id: str = Field(default="", max_length=200)
    attachments: list[str] = Field(default=[], max_length=MOST_ATTACHMENTS)


class CommandFrame(_Frame):
    """A control request for one agent."""

    type: Literal["command"]
    command: Literal["pause", "resume", "start", "stop", "delete", "restart"]
    agent_id: str = Field(min_length=1, max_length=200)


class PingFrame(_Frame):
    """Asks for a pong."""

    type: Literal["ping"]


class StopFrame(_Frame):
    """The answer to a message, or to all messages of a session, is not wanted any more; neither: to all from here."""

    type: Literal["stop"]
    id: str = Field(default="", max_length=200)
    session: str = Field(default="", max_length=200)


class SubscribeFrame(_Frame):
    """Asks for events on topics, instead of `server_event`; another one takes the place of the one before."""

    type: Literal["subscribe"]
    topics: list[Annotated[str, Field(max_length=1_000)]] = Field(max_length=200)
    last_id: str = Field(default="", max_length=100)


ClientFrame = ChatFrame | CommandFrame | PingFrame | StopFrame | SubscribeFrame
_CLIENT: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def parse(text: str | bytes) -> ClientFrame:
    """Read a client's frame; ContractError says what is wrong with it."""
    try:
        return _CLIENT.validate_json(text)
    except ValidationError as error:
        raise ContractError(f"This frame cannot be read: {first_problem(error)}") from error


def encode(kind: str, **fields: Any) -> str:
    """One frame as text."""
    return json.dumps({"type": kind, **fields}, separators=(",", ":"), ensure_ascii=False)


def server_event(topic: str, payload: bytes) -> str:
    """A relayed broker message; `payload` is JSON already."""
    return f'{{"type":"server_event","topic":{json.dumps(topic)},"payload":{payload.decode()}}}'


def chat(reply: ChatReply) -> str:
    """A whole answer or notice."""
    return encode("chat", **reply.to_wire())


def approval(asked: Approval) -> str:
    """What waits for a person's yes, or how it ended; `state` says which. No frame carries a PIN."""
    return encode("approval", approval=asked.to_wire())


def stream_chunk(piece: ChatPiece, timestamp: float) -> str:
    """A piece of an answer."""
    return encode("stream_chunk", **piece.to_wire(), timestamp=timestamp)


def stream_end(reply: ChatReply) -> str:
    """The end of a streamed answer; its content is the whole of it and replaces the pieces."""
    return encode("stream_end", **reply.to_wire())


def error(detail: str, **fields: Any) -> str:
    """A sentence about a frame that was not served."""
    return encode("error", detail=detail, **fields)
