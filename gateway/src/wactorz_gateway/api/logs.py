"""The logs of the processes on this machine, or what agents said on the bus where there are no files."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from wactorz_gateway.logfiles import MAX_LINES, Line, chosen, follow, log_names, tail_all
from wactorz_gateway.parts import Parts, PartsDep
from wactorz_gateway.problems import Problem

router = APIRouter(tags=["logs"])

_KEEP_ALIVE = 10


class LogLine(BaseModel):
    """One line of one process."""

    agent: str = Field(description="Process that wrote it")
    line: str = Field(description="The line")


class LogLines(BaseModel):
    """The last lines, oldest first."""

    lines: list[LogLine] = Field(description="The lines")


@router.get("/api/logs", response_model=LogLines, responses={404: {"model": Problem}})
async def get_logs(
    request: Request,
    parts: PartsDep,
    agent: Annotated[str, Query(max_length=64, description="Process or agent; all when it is not given")] = "",
    lines: Annotated[int, Query(ge=0, le=MAX_LINES, description="How many lines")] = 100,
) -> Response:
    """The last lines of a log; clients that accept text/event-stream get new ones as they come.

    Where a process writes no file here, as in a container, they are what the agent said on the bus lately.
    """
    found, new = await _read(parts, agent, lines)
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventSourceResponse(_events(found, new), ping=_KEEP_ALIVE)
    return JSONResponse({"lines": [{"agent": line.agent, "line": line.line} for line in found]})


async def _read(parts: Parts, agent: str, lines: int) -> tuple[list[Line], AsyncIterator[Line]]:
    """The last lines, and those that will come."""
    folder = parts.log_dir
    try:
        names = chosen(folder, agent)
        found = await asyncio.to_thread(tail_all, folder, names, lines) if lines else []
    except FileNotFoundError:
        names, found = [], []
    if names:
        return found, follow(folder, names)
    if agent and parts.logs.of(agent) is None and parts.registry.find(agent) is None:
        known = ", ".join(sorted({*log_names(folder), *parts.logs.names()})) or "none yet"
        raise HTTPException(404, f"There is no log of '{agent}'; there are logs of: {known}")
    return parts.logs.lines(agent, lines), parts.logs.follow(agent)


async def _events(found: list[Line], new: AsyncIterator[Line]) -> AsyncIterator[ServerSentEvent]:
    for line in found:
        yield _event(line)
    async for line in new:
        yield _event(line)


def _event(line: Line) -> ServerSentEvent:
    return ServerSentEvent(event="line", data=json.dumps({"agent": line.agent, "line": line.line}))
