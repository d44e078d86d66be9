"""The house: devices with their live states, and the sensors of the demo home."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from wactorz_common.contracts.home import SET_DEMO_STATE, SetDemoState
from wactorz_gateway.house import Device, HomeReport, device
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["home"])

_AWAY: Responses = {503: {"model": Problem, "description": "The agent that knows this does not answer"}}
_NOT_DEMO: Responses = {
    404: {"model": Problem, "description": "There is no such entity"},
    409: {"model": Problem, "description": "The entity cannot be moved: only the demo home's can"},
    **_AWAY,
}


class NewState(BaseModel):
    """What an entity of the demo home shall show."""

    state: str = Field(min_length=1, max_length=255, description="New state")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Attributes to set with it")


@router.get("/api/home", responses=_AWAY)
async def get_home(parts: PartsDep) -> HomeReport:
    """Every device of the house with its live state."""
    return await parts.house.report()


@router.post("/api/home/{entity_id}", responses=_NOT_DEMO)
async def move(
    entity_id: Annotated[str, Path(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=255)],
    body: NewState,
    parts: PartsDep,
) -> Device:
    """Move a sensor of the demo home."""
    if not await parts.house.knows(entity_id):
        raise HTTPException(404, f"There is no entity '{entity_id}': `wactorz home` lists them")
    request = SetDemoState(entity_id=entity_id, state=body.state, attributes=body.attributes)
    entity = await parts.backend.ask(SET_DEMO_STATE, request)
    areas = {area.area_id: area.name for area in (await parts.house.house()).areas}
    return device(entity, entity, areas)
