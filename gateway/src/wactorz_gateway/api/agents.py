"""Agents that are spawned: the wish for one, its specification, what it says, and its controls."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Query, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.spawning import (
    GET_SPEC,
    MIGRATE_AGENT,
    SPAWN,
    AgentName,
    Migration,
    SpawnResult,
    SpawnSpec,
    SpecReport,
)
from wactorz_common.errors import ContractError, TaskFailed
from wactorz_gateway.agentlogs import LogEntry, file_entries
from wactorz_gateway.answers import PagingDep, answered, paged
from wactorz_gateway.control import Wish, control
from wactorz_gateway.guards import Refusal
from wactorz_gateway.handing import keyed
from wactorz_gateway.parts import Parts, PartsDep
from wactorz_gateway.problems import Problem, Responses, unfinished
from wactorz_gateway.spawned import wish
from wactorz_gateway.views import AgentView

router = APIRouter(tags=["agents"])

_AWAY: Responses = {503: {"model": Problem, "description": "The broker or the monitor does not answer"}}
_MISSING: Responses = {404: {"model": Problem, "description": "There is no such agent"}, **_AWAY}
_LATE: Responses = {504: {"model": Problem, "description": "Accepted, but not confirmed in time"}}
_CONTROL: Responses = {
    403: {"model": Problem, "description": "The agent is protected or essential"},
    409: {"model": Problem, "description": "Refused in this state, with the monitor's own sentence"},
    **_MISSING, **_LATE,
}  # fmt: skip
_SPAWN: Responses = {
    202: {"model": SpawnResult, "description": "Kept; it waits for its node or for an approval"},
    400: {"model": Problem, "description": "The body is not JSON"},
    422: {"model": Problem, "description": "A wrong field, or the monitor's reason against it"},
    **_AWAY, **_LATE,
}  # fmt: skip

_COUNTER = """async def setup(agent):
    agent.state["count"] = agent.recall("count", 0)
    agent.subscribe("custom/doorbell", lambda message: ring(agent))


async def ring(agent):
    agent.state["count"] += 1
    agent.persist("count", agent.state["count"])
    await agent.publish("custom/doorbell-count", {"count": agent.state["count"]})


async def handle_task(agent, payload):
    return {"count": agent.state["count"]}
"""
_EXAMPLES = {
    "code": Example(
        summary="Python code in a sandbox",
        value={"name": "doorbell-counter", "description": "Counts who rings", "code": _COUNTER},
    ),
    "persona": Example(
        summary="A persona without code",
        value={"name": "chef", "system_prompt": "You are a cook. Answer in two sentences.", "grants": {"model": True}},
    ),
    "grants": Example(
        summary="Code that may reach more",
        value={
            "name": "tide", "code": "async def handle_task(agent, payload):\n    return {'ok': True}\n",
            "grants": {"http": ["example.org"], "subscribe": ["system/health"]},
        },
    ),
}  # fmt: skip

Name = Annotated[str, Path(min_length=1, max_length=64, description="Agent name")]
Key = Annotated[str | None, Header(min_length=1, max_length=255, description="The same key is done only once")]


class Controlled(BaseModel):
    """What was asked of an agent is under way or done."""

    status: str = Field(description="starting, stopping, restarting, pausing, resuming, deleting or migrating")
    id: str = Field(description="The agent, as it was named")
    text: str = Field(default="", description="What was done, in words")


class Destination(BaseModel):
    """Where an agent shall run."""

    target_node: str = Field(default="", max_length=64, description="Node name; empty or local for the main machine")


class Logs(BaseModel):
    """What an agent said lately."""

    agent: str = Field(description="Agent name")
    entries: list[LogEntry] = Field(description="Oldest first")


@router.post("/api/agents", status_code=201, response_model=SpawnResult, responses=_SPAWN)
@router.post("/agents", status_code=201, include_in_schema=False)
async def spawn(
    body: Annotated[SpawnSpec, Body(openapi_examples=_EXAMPLES)], parts: PartsDep, idempotency_key: Key = None
) -> Response:
    """Have an agent run: the body is the spawn message of the wire contract; unknown keys are kept with it."""
    try:
        end = await parts.backend.submit(SPAWN, wish(body), task_id=keyed("spawn", idempotency_key))
    except ContractError as error:
        raise HTTPException(422, _conflict(error, idempotency_key)) from error
    parts.lists.outdated()
    if end.result is None:
        raise unfinished(end, "monitor", failed=422)
    status = 201 if end.result.status == "running" else 200 if end.result.status == "already_running" else 202
    return Response(end.result.encode(), status, media_type="application/json")


@router.get("/api/agents", response_model=list[AgentView])
@router.get("/agents", include_in_schema=False)
async def list_agents(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """All agents by name, spawned ones with what is wanted of them; without that part while the monitor is away."""
    if paging.limit is None and not paging.cursor:
        body = await parts.lists.agents()
        return answered(request, body.data, etag=body.etag)
    return paged(request, await parts.lists.agent_views(), lambda view: view.id, paging)


@router.get("/api/agents/{name}", responses=_MISSING)
async def get_agent(name: Name, parts: PartsDep) -> AgentView:
    """One agent, by id or name."""
    found = await parts.lists.find(name)
    if found is None:
        raise HTTPException(404, _missing(name))
    return found


@router.get("/api/agents/{name}/spec", responses=_MISSING)
async def get_spec(name: Name, parts: PartsDep) -> SpecReport:
    """The specification of a spawned agent, and the ones before it."""
    try:
        return await parts.backend.ask(GET_SPEC, AgentName(name=_name(parts, name)))
    except TaskFailed as error:
        raise HTTPException(404, str(error)) from error


@router.get("/api/agents/{name}/logs", responses=_MISSING)
async def get_agent_logs(
    name: Name, parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many entries at most")] = 100,
    since: Annotated[float | None, Query(ge=0, description="Only entries after this epoch second")] = None,
) -> Logs:  # fmt: skip
    """What an agent logged, reported and warned of lately, with its log file where it has one on this machine."""
    agent = _name(parts, name)
    told = parts.logs.of(agent)
    lines = await asyncio.to_thread(file_entries, parts.log_dir, agent, limit)
    known = told is not None or lines or parts.registry.find(agent)
    if not known and await parts.lists.find(agent) is None:
        raise HTTPException(404, _missing(name))
    entries = sorted([*(told or ()), *lines], key=lambda entry: entry.timestamp)
    return Logs(agent=agent, entries=[entry for entry in entries if since is None or entry.timestamp > since][-limit:])


@router.delete("/api/agents/{name}", responses=_CONTROL)
async def delete_agent(name: Name, parts: PartsDep, idempotency_key: Key = None) -> Controlled:
    """Stop a spawned agent and forget it with its state; what belongs to Wactorz itself is never deleted."""
    return await _control(parts, name, "delete", idempotency_key)


@router.post("/api/agents/{name}/start", status_code=202, responses=_CONTROL)
async def start_agent(name: Name, parts: PartsDep, idempotency_key: Key = None) -> Controlled:
    """Start an agent that was stopped, or one that is in quarantine."""
    return await _control(parts, name, "start", idempotency_key)


@router.post("/api/agents/{name}/stop", status_code=202, responses=_CONTROL)
async def stop_agent(name: Name, parts: PartsDep, idempotency_key: Key = None) -> Controlled:
    """Stop an agent; it keeps its state and its specification."""
    return await _control(parts, name, "stop", idempotency_key)


@router.post("/api/agents/{name}/restart", status_code=202, responses=_CONTROL)
async def restart_agent(name: Name, parts: PartsDep, idempotency_key: Key = None) -> Controlled:
    """Restart an agent; it keeps its state."""
    return await _control(parts, name, "restart", idempotency_key)


@router.post("/api/agents/{name}/pause", status_code=202, responses=_CONTROL)
async def pause_agent(name: Name, parts: PartsDep) -> Controlled:
    """Let an agent rest: it keeps its state and takes no work."""
    return await _control(parts, name, "pause", None)


@router.post("/api/agents/{name}/resume", status_code=202, responses=_CONTROL)
async def resume_agent(name: Name, parts: PartsDep) -> Controlled:
    """Let a paused agent work again."""
    return await _control(parts, name, "resume", None)


@router.post("/api/agents/{name}/migrate", responses=_CONTROL)
async def migrate_agent(name: Name, body: Destination, parts: PartsDep, idempotency_key: Key = None) -> Controlled:
    """Move a spawned agent to another node, with what it has kept."""
    request = Migration(name=_name(parts, name), target_node=body.target_node)
    try:
        end = await parts.backend.submit(MIGRATE_AGENT, request, task_id=keyed("migrate", idempotency_key))
    except ContractError as error:
        raise HTTPException(422, _conflict(error, idempotency_key)) from error
    parts.lists.outdated()
    if end.result is None:
        raise unfinished(end, "monitor", failed=409)
    return Controlled(status="migrating", id=name, text=end.result.text)


async def _control(parts: Parts, name: str, what: Wish, key: str | None) -> Controlled:
    try:
        outcome = await control(parts, name, what, by="a person (REST)", task_id=keyed(what, key))
    except ContractError as error:
        raise HTTPException(422, _conflict(error, key)) from error
    parts.lists.outdated()
    if isinstance(outcome, Refusal):
        raise HTTPException(outcome.status, outcome.detail)
    return Controlled(status=outcome.status, id=name, text=outcome.text)


def _name(parts: Parts, key: str) -> str:
    """The name of the agent that is called by its id or name."""
    agent = parts.registry.find(key)
    return (agent.name if agent else key)[:64]


def _missing(name: str) -> str:
    return f"There is no agent '{name}': /api/agents lists them"


def _conflict(error: ContractError, key: str | None) -> str:
    if key and "already" in str(error):
        return "This Idempotency-Key was used for another request already: take a new one"
    return str(error)
