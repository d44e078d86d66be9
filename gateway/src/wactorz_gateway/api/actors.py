"""Agents: who there is, and the controls of each."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.control import Wish, control
from wactorz_gateway.guards import Refusal
from wactorz_gateway.parts import Parts, PartsDep
from wactorz_gateway.problems import Problem, Responses
from wactorz_gateway.views import ActorView, actor_view

router = APIRouter(tags=["agents"])

_MISSING: Responses = {404: {"model": Problem, "description": "There is no such agent"}}
_REFUSED: Responses = {403: {"model": Problem, "description": "The agent is protected or essential"}, **_MISSING}
_WRONG: Responses = {409: {"model": Problem, "description": "The agent is in another state"}, **_REFUSED}


class CommandAccepted(BaseModel):
    """A control request was sent to the agent."""

    status: str = Field(description="starting, stopping, pausing, resuming or deleting")
    id: str = Field(description="The agent, as it was named")


_AGES = frozenset({"uptime"})


@router.get("/api/actors", response_model=list[ActorView])
@router.get("/actors", include_in_schema=False)
async def list_actors(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """All agents that were heard of, by name."""
    now = parts.now()
    views = [actor_view(parts.registry, agent, now) for agent in parts.registry.listed()]
    return paged(request, views, lambda view: view.id, paging, ages=_AGES)


@router.get("/api/actors/{actor}", responses=_MISSING)
@router.get("/actors/{actor}", include_in_schema=False)
async def get_actor(actor: str, parts: PartsDep) -> ActorView:
    """One agent, by id or name."""
    agent = parts.registry.find(actor)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{actor}': /api/actors lists them")
    return actor_view(parts.registry, agent, parts.now())


@router.post("/api/actors/{actor}/pause", status_code=202, responses=_WRONG)
@router.post("/actors/{actor}/pause", status_code=202, include_in_schema=False)
async def pause_actor(actor: str, parts: PartsDep) -> CommandAccepted:
    """Let an agent rest: it keeps its state and takes no work."""
    return await _command(parts, actor, "pause")


@router.post("/api/actors/{actor}/resume", status_code=202, responses=_WRONG)
@router.post("/actors/{actor}/resume", status_code=202, include_in_schema=False)
async def resume_actor(actor: str, parts: PartsDep) -> CommandAccepted:
    """Let a paused agent work again."""
    return await _command(parts, actor, "resume")


@router.post("/api/actors/{actor}/start", status_code=202, responses=_WRONG)
@router.post("/actors/{actor}/start", status_code=202, include_in_schema=False)
async def start_actor(actor: str, parts: PartsDep) -> CommandAccepted:
    """Let a stopped agent work again."""
    return await _command(parts, actor, "start")


@router.post("/api/actors/{actor}/stop", status_code=202, responses=_WRONG)
@router.post("/actors/{actor}/stop", status_code=202, include_in_schema=False)
async def stop_actor(actor: str, parts: PartsDep) -> CommandAccepted:
    """Stop an agent; it keeps its state."""
    return await _command(parts, actor, "stop")


@router.delete("/api/actors/{actor}", responses=_REFUSED)
@router.delete("/actors/{actor}", include_in_schema=False)
async def delete_actor(actor: str, parts: PartsDep) -> CommandAccepted:
    """Stop an agent and forget it; what belongs to Wactorz itself is never deleted."""
    return await _command(parts, actor, "delete")


async def _command(parts: Parts, actor: str, wish: Wish) -> CommandAccepted:
    outcome = await control(parts, actor, wish, by="a person (REST)")
    if isinstance(outcome, Refusal):
        raise HTTPException(outcome.status, outcome.detail)
    return CommandAccepted(status=outcome.status, id=actor)
