"""Live events as Server-Sent Events: what happens on the bus, as far as browsers may see it."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.errors import ContractError
from wactorz_gateway.live.following import Follower, Followers, Waiting
from wactorz_gateway.live.visible import checked
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["events"])

KEEP_ALIVE = 10
_SEND_SECONDS = 10
_EXAMPLE = 'id: 5f1c09aa-12\\ndata: {"id": "5f1c09aa-12", "topic": "system/health", ...}'

_ANSWERS: Responses = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        "description": "Events as they come: {id, topic, payload, timestamp}; `gap` when some are missing before",
    },
    422: {"model": Problem, "description": "A topic that is none, or not for browsers"},
    503: {"model": Problem, "description": "Too many browsers are connected"},
}


@router.get("/api/events", responses=_ANSWERS, response_class=Response)
async def events(
    parts: PartsDep,
    topics: Annotated[str, Query(max_length=8_000, description="Topic filters with commas between")],
    last_event_id: Annotated[str, Header(max_length=100, description="Resume after this event")] = "",
    last_id: Annotated[str, Query(max_length=100, description="The same, for programs that set no headers")] = "",
) -> Response:
    """Follow topics; who comes back with the last id that it got misses nothing, or is told so by `gap`."""
    try:
        filters = checked(topics.split(","))
    except ContractError as error:
        raise HTTPException(422, f"topics: {error}") from error
    if not filters:
        raise HTTPException(422, "topics: name at least one, such as system/health")
    if parts.live.followers.full:
        raise HTTPException(503, "Too many browsers are connected: close one and try again", {"retry-after": "5"})
    stream = _stream(parts.live.followers, filters, last_event_id or last_id)
    return EventSourceResponse(stream, ping=KEEP_ALIVE, send_timeout=_SEND_SECONDS)


async def _stream(followers: Followers, filters: tuple[str, ...], last_id: str) -> AsyncIterator[bytes]:
    waiting = Waiting()
    follower, gap = followers.join(filters, last_id, waiting.wake)
    follower.missed = gap
    try:
        yield b"retry: 1000\r\n\r\n"
        while True:
            found = follower.take()
            if follower.missed:
                follower.missed = False
                yield _gap(follower)
            if found:
                yield b"".join(event.encoded("sse") for event in found)
            else:
                await waiting.wait(KEEP_ALIVE)
    finally:
        followers.leave(follower)


def _gap(follower: Follower) -> bytes:
    told = {"last_id": follower.last_id, "detail": "Some events are missing here: fetch what you show anew"}
    return f"event: gap\r\ndata: {json.dumps(told)}\r\n\r\n".encode()
