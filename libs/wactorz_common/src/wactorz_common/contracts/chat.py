"""What people say and what they are told."""

import json
from typing import Any, Literal

from pydantic import Field, model_validator

from wactorz_common.contracts._channel import Channel, OpenPayload, Operation, Payload
from wactorz_common.contracts.blobs import MOST_ATTACHMENTS, Attachment
from wactorz_common.contracts.notices import SealedSecret

_TEXT_KEYS = ("result", "reply", "message", "content")

Source = Literal["rules", "local", "cloud"]
"""What understood the sentence: grammar or command, a model on this machine or none, a model elsewhere."""

Standing = Literal["", "talk", "user", "admin", "owner"]
"""What the door lets somebody do: a token that only talks, or the role of a person; empty: nobody has told."""


class ChatMessage(Payload):
    """A person's message, from any surface."""

    sender: str = Field(default="user", alias="from", description="Who speaks")
    content: str = Field(description="What they say; may begin with @name or /command")
    id: str = Field(default="", description="Request id, carried by every reply")
    conversation_id: str = Field(default="", description="Session; follow-ups and memory are kept per session")
    to: str = Field(default="", description="Agent to hand it to; empty lets the text decide")
    timestamp: float | None = Field(default=None, description="Epoch seconds")
    person: str = Field(default="", max_length=100, description="Who was let in, named by the gateway only")
    standing: Standing = Field(default="", description="What they may do, told by the gateway only")
    secrets: tuple[SealedSecret, ...] = Field(
        default=(), max_length=10, description="What the door took out of the text and sealed for the vault"
    )
    attachments: tuple[Attachment, ...] = Field(
        default=(),
        max_length=MOST_ATTACHMENTS,
        description="Files that belong to it; read_blob of the gateway has them",
    )

    @model_validator(mode="before")
    @classmethod
    def _read_milliseconds(cls, data: Any) -> Any:
        """Some clients send `timestampMs`."""
        milliseconds = data.get("timestampMs") if isinstance(data, dict) else None
        if not isinstance(milliseconds, int | float) or data.get("timestamp") is not None:
            return data
        rest = {key: value for key, value in data.items() if key != "timestampMs"}
        return {**rest, "timestamp": milliseconds / 1000}


class ChatReply(Payload):
    """The answer to a person."""

    sender: str = Field(alias="from", description="Agent that answers")
    to: str = Field(default="user", description="Who is answered")
    content: str = Field(description="The answer")
    timestamp: float = Field(description="Epoch seconds")
    id: str = Field(default="", description="Request id of the message that is answered")
    conversation_id: str = Field(default="", description="Session of the message that is answered")
    source: Source = Field(default="rules", description="What understood the sentence")
    status: str = Field(default="done", description="done, failed, expired, unknown, stopped, or waiting for a yes")
    trace_id: str = Field(default="", description="Follows one wish through all agents")
    cost_usd: float | None = Field(default=None, description="Cost of the model calls behind this answer")
    approval_id: str = Field(default="", description="Approval that the answer asks for, if it is just one")
    not_ready: bool = Field(default=False, description="Nothing was done, only because the house is not known yet")


class ChatPiece(Payload):
    """A piece of an answer while it is being written."""

    id: str = Field(description="Request id of the message that is answered")
    sender: str = Field(alias="from", description="Agent that answers")
    content: str = Field(description="Next piece of text")
    index: int = Field(description="Counts from 0")


class ChatStop(Payload):
    """Nobody waits for an answer any more: whoever works on it stops, and does nothing further."""

    chat_id: str = Field(default="", description="Request id of the message")
    conversation_id: str = Field(default="", description="Session, where all its messages are meant")
    person: str | None = Field(
        default=None, max_length=100, description="Whose of the session; empty: of nobody known; null: everybody's"
    )
    timestamp: float = Field(description="Epoch seconds")

    def means(self, chat_id: str, conversation_id: str, person: str) -> bool:
        """Whether a message of a person in a session is meant: two persons may call their sessions alike."""
        if self.chat_id:
            return self.chat_id == chat_id
        alike = bool(self.conversation_id) and self.conversation_id == conversation_id
        return alike and self.person in (None, person)


class ChatRequest(Payload):
    """A message handed to the agent that shall answer it."""

    text: str = Field(description="What the person says, without @name")
    conversation_id: str = Field(default="", description="Session")
    chat_id: str = Field(default="", description="Request id; names the stream of pieces")
    user: str = Field(default="user", description="Who speaks")
    person: str = Field(
        default="", max_length=100, description="Who speaks, as the door that let them in knows; else empty"
    )
    standing: Standing = Field(default="", description="What they may do, as that door knows; else empty")
    language: str = Field(default="", description="Language of the session; empty detects it")
    payload: Any = Field(default=None, description="For agents of others: the object that was typed, or the text")
    secrets: tuple[SealedSecret, ...] = Field(
        default=(), max_length=10, description="What the text refers to as secret:..., sealed for the vault"
    )
    attachments: tuple[Attachment, ...] = Field(
        default=(),
        max_length=MOST_ATTACHMENTS,
        description="Files that belong to it; read_blob of the gateway has them",
    )


class ChatAnswer(Payload):
    """What an agent answers to a ChatRequest; any other object is read as text."""

    text: str = Field(description="The answer")
    source: Source = Field(default="rules", description="What understood the sentence")
    status: str = Field(default="done", description="As of ChatReply, of the physical action if any")
    cost_usd: float | None = Field(default=None, description="Cost of the model calls behind this answer")
    approval_id: str = Field(default="", description="Approval that the answer asks for, if it is just one")
    not_ready: bool = Field(default=False, description="Nothing was done, only because the house is not known yet")

    @model_validator(mode="before")
    @classmethod
    def _read_other_objects(cls, data: Any) -> Any:
        """Agents of others answer with objects of their own: the first usual key that holds text, else the whole."""
        if not isinstance(data, dict) or data.get("text"):
            return data
        own = {*cls.model_fields, "agent"}
        told = {key: value for key, value in data.items() if not key.startswith("_") and key not in own}
        if not told:
            return data
        said = next((told[key] for key in _TEXT_KEYS if isinstance(told.get(key), str) and told[key]), "")
        return {**data, "text": said or (json.dumps(told, ensure_ascii=False) if any(told.values()) else "Done.")}


class OpenQuestions(OpenPayload):
    """What an agent asks a person to choose, all that is open; an empty list when nothing is."""

    agent: str = Field(description="Agent that asks")
    questions: tuple[dict[str, Any], ...] = Field(
        default=(), max_length=50, description="Each with id, content, options, and channel or user where it is for one"
    )


class Choice(Payload):
    """What a person chose."""

    id: str = Field(description="Id of the question")
    option: str = Field(description="The option as it was offered")
    index: int = Field(ge=0, description="Its place in the list")
    channel: str = Field(default="dashboard", description="Where it was answered")
    user: str = Field(default="", description="Who answered")
    sender: str = Field(default="user", alias="from", description="Always user")
    timestamp: float = Field(description="Epoch seconds")
    note: str = Field(default="", max_length=500, description="What they added")


CHAT_IN = Channel("CHAT_IN", "io/chat", ChatMessage, 1, "What people say, from every surface")
CHAT_OUT = Channel("CHAT_OUT", "agents/{agent_id}/chat", ChatReply, 1, "An agent's answers and notices to people")
CHAT_RESPONSE = Channel("CHAT_RESPONSE", "io/chat/response", ChatReply, 1, "The same answers, on one fixed topic")
CHAT_PIECES = Channel("CHAT_PIECES", "io/chat/stream/{chat_id}", ChatPiece, 0, "Pieces of an answer as it is written")
CHAT_STOP = Channel("CHAT_STOP", "io/chat/stop", ChatStop, 1, "A person does not want an answer any more")

QUESTIONS = Channel(
    "QUESTIONS", "agents/{agent_id}/questions", OpenQuestions, 1, "What an agent asks people to choose", retain=True
)
CHOICES = Channel("CHOICES", "agents/{agent_id}/answer", Choice, 1, "What a person chose")

CHANNELS = (CHAT_IN, CHAT_OUT, CHAT_RESPONSE, CHAT_PIECES, CHAT_STOP, QUESTIONS, CHOICES)

SAY = Operation("say", "io-agent", ChatMessage, ChatReply, "Answer one message of a person", durable=True, timeout=120)
CHAT = Operation("chat", None, ChatRequest, ChatAnswer, "Answer a person's text", durable=True, timeout=100)

OPERATIONS = (SAY, CHAT)
