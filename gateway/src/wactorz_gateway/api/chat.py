"""What people say, and the answers: at once, or piece by piece as Server-Sent Events."""

import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.blobs import BLOB_ID, MOST_ATTACHMENTS, Attachment
from wactorz_common.contracts.chat import ChatMessage, ChatPiece, ChatReply, Standing
from wactorz_common.decisions import holds_pin
from wactorz_common.errors import ContractError, WactorzError
from wactorz_common.secrecy import cover
from wactorz_gateway.blobs.handing import attached
from wactorz_gateway.conversation import BROKER_PATIENCE, Accepted, Answer, Conversations
from wactorz_gateway.frames import MAX_MESSAGE
from wactorz_gateway.handing import keyed
from wactorz_gateway.parts import Parts, PartsDep, PersonDep, StandingDep
from wactorz_gateway.problems import Problem, Responses, problem, sentence_of, status_of
from wactorz_gateway.stopping import stop_all

router = APIRouter(tags=["chat"])

_KEEP_ALIVE = 10
_ASKS = "Approval that the answer asks for: POST /api/approvals/{id} decides it, or a yes or no in the session"
_DIGITS = re.compile(r"(?<![\w-])\d{4,64}\b")
_NAME = r"^@?([A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$"


class ChatBody(BaseModel):
    """What a person says."""

    model_config = ConfigDict(extra="ignore")

    message: str | None = Field(
        default=None, max_length=MAX_MESSAGE, description="The message", examples=["turn on the kitchen light"]
    )
    content: str | None = Field(default=None, max_length=MAX_MESSAGE, description="The same as message")
    to: str = Field(default="", pattern=_NAME, description="Agent to hand it to; empty lets the text decide")
    agent_name: str = Field(default="", pattern=_NAME, description="The same as to")
    session: str = Field(default="", max_length=200, description="Follow-ups and memory are kept per session")
    attachments: list[Annotated[str, Field(pattern=BLOB_ID, examples=["0" * 32])]] = Field(
        default=[],
        max_length=MOST_ATTACHMENTS,
        description="Ids of files that belong to it: POST /api/blobs keeps them",
    )

    @property
    def text(self) -> str:
        """The message, whichever field carries it."""
        return (self.message or self.content or "").strip()

    def to_message(
        self, chat_id: str, person: str, standing: Standing, attachments: tuple[Attachment, ...] = ()
    ) -> ChatMessage:
        """The message as it goes to the agents."""
        to = (self.to or self.agent_name).removeprefix("@")
        return ChatMessage(
            content=self.text, id=chat_id, conversation_id=self.session, to=to, person=person, standing=standing,
            attachments=attachments,
        )  # fmt: skip


class ChatView(BaseModel):
    """The answer to a person."""

    id: str = Field(description="Id of the message, the same for a repeated Idempotency-Key")
    agent: str = Field(description="Agent that answers")
    reply: str = Field(description="The answer")
    source: str = Field(description="What understood the sentence: rules, local or cloud")
    status: str = Field(description="done, failed, expired, unknown, stopped, or waiting for a yes")
    trace_id: str = Field(description="Follows the wish through all agents")
    cost_usd: float | None = Field(default=None, description="Cost of the model calls behind this answer")
    approval_id: str | None = Field(
        default=None,
        description=_ASKS,
    )


def view(reply: ChatReply, chat_id: str) -> ChatView:
    """An answer for REST."""
    return ChatView(
        id=chat_id, agent=reply.sender, reply=reply.content, source=reply.source, status=reply.status,
        trace_id=reply.trace_id or chat_id, cost_usd=reply.cost_usd,
        approval_id=reply.approval_id or None,
    )  # fmt: skip


def shown(text: str) -> str:
    """A message as it may be kept and shown: without secrets and PINs."""
    return _DIGITS.sub("••••", text) if holds_pin(text, asked=True) else cover(text)


_ANSWERS: Responses = {
    200: {"model": ChatView, "description": "The answer; Server-Sent Events when text/event-stream is accepted"},
    400: {"model": Problem, "description": "The message is empty"},
    422: {"model": Problem, "description": "A wrong field, or an Idempotency-Key used for another message"},
    429: {"model": Problem, "description": "Too many messages wait for their answer"},
    503: {"model": Problem, "description": "The broker is away; nothing was accepted"},
}


@router.post("/api/chat", response_model=ChatView, responses=_ANSWERS)
async def say(
    body: ChatBody,
    request: Request,
    parts: PartsDep,
    person: PersonDep,
    standing: StandingDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Response:
    """Say something and get the answer; what was accepted ends in exactly one status."""
    chat_id = keyed("say", idempotency_key)
    message = await message_of(body, parts, person, standing, chat_id)
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventSourceResponse(_events(parts.conversations, message), ping=_KEEP_ALIVE)
    answer = view(await answer_to(message, parts), message.id)
    return Response(answer.model_dump_json(exclude_none=True), media_type="application/json")


async def message_of(body: ChatBody, parts: Parts, person: str, standing: Standing, chat_id: str) -> ChatMessage:
    """What a person says as a message; HTTPException when it cannot be taken now."""
    if not body.text:
        raise HTTPException(400, "The message is empty: say something in 'message'")
    if parts.conversations.full:
        raise HTTPException(
            429, "Too many messages wait for their answer: try again in a second", headers={"retry-after": "1"}
        )
    await parts.backend.wait_connected(BROKER_PATIENCE)
    return body.to_message(chat_id, person, standing, await attached(parts.blobs, body.attachments, person))


async def answer_to(message: ChatMessage, parts: Parts) -> ChatReply:
    """The whole answer to a message."""
    try:
        return await parts.conversations.ask(message)
    except ContractError as error:
        raise HTTPException(422, "This Idempotency-Key was used for another message already: take a new one") from error


class StopBody(BaseModel):
    """Which answers are not wanted any more; nothing named: all that this person waits for."""

    model_config = ConfigDict(extra="ignore")

    chat_id: str = Field(default="", max_length=200, description="Id of a message, as told when it was accepted")
    session: str = Field(default="", max_length=200, description="Session, for all its messages")


class Stopped(BaseModel):
    """What was stopped."""

    status: Literal["stopped"] = Field(default="stopped", description="Everybody who works on them is told")
    cancelled: int = Field(description="How many messages waited for their answer here")
    text: str = Field(default="", description="The same in a sentence")


@router.post("/api/chat/stop", responses={503: {"model": Problem, "description": "The broker is away"}})
@router.post("/chat/stop", include_in_schema=False)
async def stop(parts: PartsDep, person: PersonDep, body: StopBody | None = None) -> Stopped:
    """Stop answers that are being made; what was done already stays done, and the answer says so."""
    asked = body or StopBody()
    named = [asked.chat_id] if asked.chat_id else []
    if not named and not asked.session:
        named = parts.conversations.under_way(person=person)
        if not named:
            return Stopped(cancelled=0, text="You wait for no answer here, so there was nothing to stop.")
    await parts.backend.wait_connected(BROKER_PATIENCE)
    count = await stop_all(parts, named, asked.session, person)
    return Stopped(cancelled=count, text=f"Everybody who works on it was told; {count} waited for their answer here.")


async def _events(conversations: Conversations, message: ChatMessage) -> AsyncIterator[ServerSentEvent]:
    try:
        async with contextlib.aclosing(conversations.stream(message)) as events:
            async for event in events:
                yield _event(event, message)
    except WactorzError as error:
        yield ServerSentEvent(event="error", data=problem(status_of(error), sentence_of(error)).model_dump_json())


def _event(event: Accepted | ChatPiece | Answer, message: ChatMessage) -> ServerSentEvent:
    if isinstance(event, Accepted):
        return ServerSentEvent(event="accepted", data=json.dumps({"id": event.id, "said": shown(message.content)}))
    if isinstance(event, ChatPiece):
        piece = {"agent": event.sender, "content": event.content, "index": event.index}
        return ServerSentEvent(event="piece", data=json.dumps(piece))
    return ServerSentEvent(event="reply", data=view(event.reply, message.id).model_dump_json(exclude_none=True))
