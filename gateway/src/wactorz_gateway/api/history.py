"""What agents used over time, for charts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_gateway.answers import answered
from wactorz_gateway.histories import Sample, known, node_key
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["agents"])

_DAY = 86_400
_MISSING: Responses = {404: {"model": Problem, "description": "There is no such agent"}}

Name = Annotated[str, Path(min_length=1, max_length=200, description="Agent name or id", examples=["main"])]
Seconds = Annotated[int, Query(ge=10, le=_DAY, description="How far back")]


class HistoryPoint(BaseModel):
    """What an agent had used at a moment."""

    t: float = Field(description="Epoch seconds")
    memory_mb: float | None = Field(description="Resident memory in MiB")
    cpu: float | None = Field(description="Share of one core since the point before, in percent")
    messages_processed: float | None = Field(description="Since its start")
    errors: float | None = Field(description="Since its start")
    cost_usd: float | None = Field(description="US dollars spent on models, by the ledger")


class AgentHistory(BaseModel):
    """Points of the last hour every 10 s, of the day before it every 5 minutes."""

    agent: str = Field(description="Agent name")
    points: list[HistoryPoint] = Field(description="Oldest first")


@router.get("/api/agents/{name}/history", response_model=AgentHistory, responses=_MISSING)
@router.get("/api/history/agents/{name}", include_in_schema=False)
async def get_history(request: Request, name: Name, parts: PartsDep, seconds: Seconds = 3600) -> Response:
    """Memory, processor, messages, errors and cost of an agent over time."""
    agent = parts.registry.find(name)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{name}': /api/agents lists them")
    now = parts.now()
    points = [_point(sample) for sample in parts.histories.of(agent.agent_id, now - seconds, now)]
    return answered(request, to_json({"agent": agent.name, "points": points}))


class NodePoint(BaseModel):
    """What was on a node at a moment."""

    t: float = Field(description="Epoch seconds")
    agents: float | None = Field(description="Agents that ran there")
    memory_mb: float | None = Field(description="Memory of those that told theirs, in MiB")


class NodeHistory(BaseModel):
    """Points of the last hour every 10 s, of the day before it every 5 minutes."""

    node: str = Field(description="Node name")
    points: list[NodePoint] = Field(description="Oldest first")


@router.get("/api/history/nodes/{name}", response_model=NodeHistory, responses=_MISSING)
async def get_node_history(request: Request, name: Name, parts: PartsDep, seconds: Seconds = 3600) -> Response:
    """How many agents a node ran over time, and their memory."""
    if name not in parts.registry.nodes:
        raise HTTPException(404, f"There is no node '{name}': /api/nodes lists them")
    now = parts.now()
    samples = parts.histories.of(node_key(name), now - seconds, now)
    rows = [{"t": one.t, "agents": known(one.messages_processed), "memory_mb": known(one.memory_mb)} for one in samples]
    return answered(request, to_json({"node": name, "points": rows}))


def _point(sample: Sample) -> dict[str, float | None]:
    return {name: known(round(value, 6)) for name, value in sample._asdict().items()}
