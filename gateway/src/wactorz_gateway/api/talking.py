"""Talking by other ways: messages to one agent, the shape of existing clients, and what was said lately."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.chat import ChatMessage
from wactorz_gateway.answers import listed
from wactorz_gateway.api.chat import ChatBody, answer_to, message_of
from wactorz_gateway.conversation import BROKER_PATIENCE, new_id
from wactorz_gateway.frames import MAX_MESSAGE
from wactorz_gateway.handing import AWAY, Key, keyed
from wactorz_gateway.parts import PartsDep, PersonDep, StandingDep
from wactorz_gateway.problems import Problem, Responses
from wactorz_gateway.transcripts import ChatTurn

router = APIRouter(tags=["chat"])

_SENT: Responses = {
    400: {"model": Problem, "description": "The message is empty"},
    404: {"model": Problem, "description": "There is no such agent"},
    429: {"model": Problem, "description": "Too many messages wait for their answer"},
    **AWAY,
}
_EXAMPLE = {"content": "what can you do?"}

Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest")]
Agent = Annotated[str, Query(max_length=64, description="Only what this agent said or was told")]
Session = Annotated[str | None, Query(max_length=200, description="Only of this session")]


class Said(BaseModel):
    """A message to one agent."""

    model_config = ConfigDict(extra="ignore")

    content: str = Field(max_length=MAX_MESSAGE, description="The message")


class Sent(BaseModel):
    """The message is kept and on its way; nobody waits for its answer."""

    status: Literal["sent"] = "sent"
    id: str = Field(description="Id of the message; its answer carries it")
    agent: str = Field(description="Agent that gets it")


class Answered(Sent):
    """The answer in the shape of existing clients."""

    response: str = Field(description="The answer")
    trace_id: str = Field(description="Follows the wish through all agents")


@router.post("/chat", include_in_schema=False)
async def say(
    body: ChatBody, parts: PartsDep, person: PersonDep, standing: StandingDep, idempotency_key: Key = None
) -> Answered:
    """Say something and get the answer, as the wire contract has it."""
    chat_id = keyed("say", idempotency_key)
    reply = await answer_to(await message_of(body, parts, person, standing, chat_id), parts)
    return Answered(id=chat_id, agent=reply.sender, response=reply.content, trace_id=reply.trace_id or chat_id)


@router.post("/api/actors/{actor}/message", status_code=202, responses=_SENT)
@router.post("/actors/{actor}/message", status_code=202, include_in_schema=False)
async def send(
    actor: str, body: Annotated[Said, Body(examples=[_EXAMPLE])], parts: PartsDep, person: PersonDep,
    standing: StandingDep,
) -> Sent:  # fmt: skip
    """Say something to one agent without waiting; it is kept before this returns, and answered on the bus."""
    agent = parts.registry.find(actor)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{actor}': /api/actors lists them")
    if not body.content.strip():
        raise HTTPException(400, "The message is empty: say something in 'content'")
    if parts.conversations.full:
        raise HTTPException(429, "Too many messages wait for their answer: try again in a second")
    await parts.backend.wait_connected(BROKER_PATIENCE)
    message = ChatMessage(content=body.content, id=new_id(), to=agent.name, person=person, standing=standing)
    await parts.conversations.send(message)
    return Sent(id=message.id, agent=agent.name)


@router.get("/api/chats", response_model=list[ChatTurn])
@router.get("/chats", include_in_schema=False)
async def list_chats(
    request: Request, parts: PartsDep, person: PersonDep, limit: Limit = 200, agent: Agent = "",
    role: Annotated[Literal["", "user", "assistant"], Query(description="Only what people or agents said")] = "",
    session: Session = None,
    since: Annotated[float, Query(ge=0, description="Only after this epoch second")] = 0.0,
) -> Response:  # fmt: skip
    """What you said through the gateway lately and what you were told, oldest first."""
    found = parts.transcripts.of(person, limit, agent=agent, role=role, session=session, since=since)
    return listed(request, found)


@router.get("/api/actors/{actor}/history", response_model=list[ChatTurn], responses={404: {"model": Problem}})
@router.get("/actors/{actor}/history", include_in_schema=False)
async def get_turns(request: Request, actor: str, parts: PartsDep, person: PersonDep, limit: Limit = 200) -> Response:
    """What you said to one agent lately and what it told you, oldest first."""
    agent = parts.registry.find(actor)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{actor}': /api/actors lists them")
    turns = parts.transcripts.of(person, 1000)
    mine = {turn.id for turn in turns if turn.agent == agent.name}
    return listed(request, [turn for turn in turns if turn.id in mine][-limit:])
