"""What an entity of the house was like over the last hours, for charts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from wactorz_common.contracts.history import GET_HISTORY, HistoryPoint, HistoryQuery
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["home"])

MAX_POINTS = 2_000
"""Changes that one answer has; of more the newest are told."""

_MOST_PARTS = 20
_WEEK = 7 * 86_400
_MISSING: Responses = {404: {"model": Problem, "description": "There is no such entity"}, **AWAY}

EntityId = Annotated[
    str, Path(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=255, examples=["sensor.kitchen_temperature"])
]
Seconds = Annotated[int, Query(ge=60, le=_WEEK, description="How far back")]


class StatePoint(BaseModel):
    """A state that the entity took."""

    t: float = Field(description="Epoch seconds")
    state: str = Field(description="State from then on")


class EntityHistory(BaseModel):
    """What was recorded of an entity."""

    entity_id: str = Field(description="Entity")
    points: list[StatePoint] = Field(description="Oldest first; the first one is the state at the beginning")
    recorded_since: float | None = Field(description="Nothing is known of before; epoch seconds")


@router.get("/api/house/{entity_id}/history", responses=_MISSING)
async def get_entity_history(entity_id: EntityId, parts: PartsDep, seconds: Seconds = 86_400) -> EntityHistory:
    """States that an entity took, as far as the house has recorded them."""
    if await parts.look.find(entity_id) is None:
        raise HTTPException(404, f"There is no entity '{entity_id}': /api/house lists them")
    end = parts.now()
    found: list[HistoryPoint] = []
    start: float | None = end - seconds
    since: float | None = None
    for _ in range(_MOST_PARTS):
        if start is None:
            break
        query = HistoryQuery(entity_ids=(entity_id,), start=start, end=end)
        report = await parts.backend.ask(GET_HISTORY, query)
        found += report.points
        start, since = report.next_start, report.recorded_since
    points = [StatePoint(t=one.at, state=one.state) for one in found][-MAX_POINTS:]
    return EntityHistory(entity_id=entity_id, points=points, recorded_since=since)
