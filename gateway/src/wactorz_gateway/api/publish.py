"""Publishing on the bus, for people who try things out: on the free topics only."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticSerializationError, to_json
from starlette.exceptions import HTTPException

from wactorz_common.contracts._channel import MAX_TOPIC_BYTES, MOST_SLASHES, UNSENDABLE
from wactorz_common.contracts.guests import FREE
from wactorz_common.rights import allows
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem

router = APIRouter(tags=["topics"])

MAX_PAYLOAD = 256 * 1024
"""Bytes of one message."""

_EXAMPLES = {
    "object": Example(
        summary="An object", value={"topic": "custom/doorbell", "payload": {"pressed": True}, "qos": 1}
    ),
    "clear": Example(
        summary="Take back what the broker keeps", value={"topic": "home/mode", "payload": None, "retain": True}
    ),
}  # fmt: skip


class PublishBody(BaseModel):
    """A message for everybody who listens."""

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(min_length=1, max_length=MAX_TOPIC_BYTES, description="Below home/, custom/, sensors/, synapse/")
    payload: Any = Field(default=None, description="Any JSON value; null sends an empty message")
    qos: Literal[0, 1] = Field(default=0, description="1: the broker confirms it")
    retain: bool = Field(default=False, description="The broker keeps it for those who come later")


class Published(BaseModel):
    """The message was sent."""

    topic: str = Field(description="Where", examples=["custom/doorbell"])
    bytes: int = Field(description="Size of the message")


@router.post(
    "/api/publish",
    responses={403: {"model": Problem, "description": "The topic belongs to agents, or to nobody"}, **AWAY},
)
async def publish(body: Annotated[PublishBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep) -> Published:
    """Publish a message on a free topic."""
    problem = problem_of(body.topic)
    if problem:
        raise HTTPException(422, problem)
    if not allows(FREE, body.topic):
        free = ", ".join(one.removesuffix("#") for one in FREE)
        raise HTTPException(403, f"Only topics below {free} are free: everything else is said by agents")
    data = _encoded(body.payload)
    await parts.backend.publish(body.topic, data, body.qos, retain=body.retain)
    return Published(topic=body.topic, bytes=len(data))


def problem_of(topic: str) -> str:
    """What is wrong with a topic; empty when it can be sent on."""
    if "+" in topic or "#" in topic:
        return "A message is for one topic: + and # are for those who listen"
    if UNSENDABLE.search(topic) or not topic.strip():
        return "The topic holds characters that no broker takes"
    if len(topic.encode(errors="replace")) > MAX_TOPIC_BYTES or topic.count("/") > MOST_SLASHES:
        return "The topic is too long"
    return ""


def _encoded(payload: Any) -> bytes:
    if payload is None:
        return b""
    try:
        data = to_json(payload)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise HTTPException(422, "The payload holds characters that are none, or is nested too deeply") from error
    if len(data) > MAX_PAYLOAD:
        raise HTTPException(413, f"The payload is too large: at most {MAX_PAYLOAD // 1024} KiB")
    return data
