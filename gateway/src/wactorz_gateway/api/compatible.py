"""Routes that existing dashboards and scripts know, beside those of our own."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from wactorz_common.housemap import devices_with_entities
from wactorz_gateway.actor import Agent
from wactorz_gateway.control import PROGRESS, Wish, control
from wactorz_gateway.guards import Refusal
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["agents"])

_MISSING: Responses = {404: {"model": Problem, "description": "There is no such agent"}}
_REFUSED: Responses = {
    400: {"model": Problem, "description": "There is no such command"},
    403: {"model": Problem, "description": "The agent is protected or essential"},
    409: {"model": Problem, "description": "The agent is in another state"},
    **_MISSING, **AWAY,
}  # fmt: skip
_EXAMPLE = {"target": "doorbell-counter", "command": "pause"}


class ActorMetrics(BaseModel):
    """Counters of one agent since its start."""

    messages_received: int = Field(description="Messages that it took in")
    messages_processed: int = Field(description="Messages that it handled")
    messages_failed: int = Field(description="Errors that it reported")
    heartbeats: int = Field(description="Heartbeats that were heard")
    last_message_at: float = Field(description="Epoch seconds of its last sign of life")
    restart_count: int = Field(description="Starts before this one")
    llm_input_tokens: int = Field(description="Tokens sent to models, by the ledger")
    llm_output_tokens: int = Field(description="Tokens received from models, by the ledger")
    llm_cost_usd: float = Field(description="US dollars spent on models, by the ledger")


class AgentOrder(BaseModel):
    """A control request for one agent."""

    model_config = ConfigDict(extra="ignore")

    target: str = Field(min_length=1, max_length=200, description="Agent name or id")
    command: str = Field(max_length=40, description="start, stop, pause, resume, restart or delete")


class Obeyed(BaseModel):
    """It was passed on."""

    ok: bool = Field(default=True, description="Always true")
    status: str = Field(description="starting, stopping, ...")


@router.get("/api/actors/{actor}/metrics", responses=_MISSING)
@router.get("/actors/{actor}/metrics", include_in_schema=False)
async def get_actor_metrics(actor: str, parts: PartsDep) -> ActorMetrics:
    """Counters of one agent."""
    agent = parts.registry.find(actor)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{actor}': /api/actors lists them")
    return actor_metrics(agent, parts.registry.paid().get(agent.name, {}))


def actor_metrics(agent: Agent, paid: dict[str, Any]) -> ActorMetrics:
    """What an agent and the ledger tell of it."""
    told = agent.metrics
    processed, failed = int(told.get("messages_processed") or 0), int(told.get("errors") or 0)
    restarts = int(told.get("restart_count") or 0)
    return ActorMetrics(
        messages_received=processed, messages_processed=max(0, processed - failed), messages_failed=failed,
        heartbeats=agent.heartbeats, last_message_at=agent.last_update, restart_count=restarts,
        llm_input_tokens=int(paid.get("input_tokens") or 0), llm_output_tokens=int(paid.get("output_tokens") or 0),
        llm_cost_usd=float(paid.get("cost_usd") or 0.0),
    )  # fmt: skip


@router.post("/api/agents/command", responses=_REFUSED)
@router.post("/agents/command", include_in_schema=False)
async def command_agent(body: Annotated[AgentOrder, Body(examples=[_EXAMPLE])], parts: PartsDep) -> Obeyed:
    """Start, stop, pause, resume, restart or delete an agent; what is protected stays."""
    wish: Wish | None = next((known for known in PROGRESS if known == body.command), None)
    if wish is None:
        raise HTTPException(400, f"There is no such command; there are: {', '.join(sorted(PROGRESS))}")
    outcome = await control(parts, body.target, wish, by="a person (REST)")
    parts.lists.outdated()
    if isinstance(outcome, Refusal):
        raise HTTPException(outcome.status, outcome.detail)
    return Obeyed(status=outcome.status)


class HouseMap(BaseModel):
    """The devices of the house with their entities and places."""

    type: str = Field(default="home_assistant_map_update", description="Kind of message")
    version: int = Field(description="Version of the registry")
    timestamp: float = Field(description="Epoch seconds")
    devices: list[dict[str, Any]] = Field(description="Each with its area and entities")


@router.get("/api/ha-map", responses={404: {"model": Problem, "description": "The house is not known yet"}})
@router.get("/ha-map", include_in_schema=False)
async def get_map(parts: PartsDep) -> HouseMap:
    """The map of devices, as it is on the bus."""
    house = parts.look.live.house
    if house is None:
        raise HTTPException(404, "The house is not known yet: is Home Assistant in reach?")
    return HouseMap(version=house.version, timestamp=parts.now(), devices=list(devices_with_entities(house)))
