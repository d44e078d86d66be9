"""The house by rooms, and what people do with it: through the actuator, with its policy."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.home import ACTUATE, Actuation, ActuationResult, Entity
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import ContractError, Refused
from wactorz_common.tasks import TaskEnd
from wactorz_gateway import tracing
from wactorz_gateway.answers import answered
from wactorz_gateway.deeds import call_for
from wactorz_gateway.handing import AWAY, Key, key_used, task_id_of
from wactorz_gateway.parts import PartsDep, PersonDep
from wactorz_gateway.problems import Problem, Responses
from wactorz_gateway.rooms import HouseView

router = APIRouter(tags=["home"])

_LONGEST_REASON = 200
_EXAMPLES = {
    "on": Example(summary="A light or a switch", value={"action": "turn_on"}),
    "dim": Example(summary="A light at a share", value={"action": "set_brightness", "data": {"brightness_pct": 40}}),
    "warm": Example(
        summary="A thermostat", value={"action": "set_temperature", "data": {"temperature": 21.5}}
    ),
    "unlock": Example(summary="A lock, which waits for a yes", value={"action": "unlock"}),
}  # fmt: skip

EntityId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=255, description="Entity id", examples=["light.kitchen_light"]
    ),
]


class DeedBody(BaseModel):
    """What to do with an entity."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(
        min_length=1, max_length=64, pattern=r"^[a-z_]+$",
        description="One of the entity's `actions`, or the name of a service of its domain",
    )  # fmt: skip
    data: dict[str, Any] = Field(default_factory=dict, description="Values, such as brightness_pct or temperature")


class DeedDone(BaseModel):
    """What became of it."""

    status: Literal["done", "failed", "unknown", "waiting"] = Field(
        description="done: read back; unknown: sent, but its effect was not seen; waiting: for a person's yes"
    )
    text: str = Field(description="The same in a sentence", examples=["Kitchen light is on."])
    approval_id: str = Field(default="", description="Approval that it waits for: POST /api/approvals/{id} decides it")
    state: str | None = Field(default=None, description="State of the entity afterwards")
    trace_id: str = Field(description="Follows the wish through all agents")


_ACTED: Responses = {
    202: {"model": DeedDone, "description": "Nothing was sent yet: it waits for a person's yes"},
    404: {"model": Problem, "description": "There is no such entity"},
    422: {"model": Problem, "description": "The entity has no such action, or its data does not fit"},
    **AWAY,
}  # fmt: skip


@router.get("/api/house", response_model=HouseView, responses=AWAY)
async def get_house(request: Request, parts: PartsDep) -> Response:
    """Every room with its devices, their live states, and what can be done with each."""
    body = await parts.look.encoded()
    return answered(request, body.data, etag=body.etag)


@router.post("/api/house/{entity_id}/actions", response_model=DeedDone, responses=_ACTED)
async def act(
    entity_id: EntityId, body: Annotated[DeedBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep,
    person: PersonDep, idempotency_key: Key = None,
) -> Response:  # fmt: skip
    """Do something with an entity, once; what opens waits for a yes."""
    entity = await parts.look.find(entity_id)
    if entity is None:
        raise HTTPException(404, f"There is no entity '{entity_id}': /api/house lists them")
    task_id = task_id_of(ACTUATE, idempotency_key)
    end = await _actuate(parts, _wish(entity, body, person), task_id, idempotency_key)
    done = _outcome(end, task_id)
    now = await parts.look.again(entity_id)
    done = done.model_copy(update={"state": now.state if now else None})
    return Response(done.model_dump_json(), 202 if done.status == "waiting" else 200, media_type="application/json")


def _wish(entity: Entity, body: DeedBody, person: str) -> Actuation:
    try:
        call = call_for(entity, body.action, body.data)
    except Refused as error:
        raise HTTPException(422, str(error)) from error
    reason = f"{body.action.replace('_', ' ')} {entity.name}"[:_LONGEST_REASON]
    return Actuation(calls=(call,), reason=reason, person=person, origin="person")


async def _actuate(parts: Any, wish: Actuation, task_id: str, key: str | None) -> TaskEnd[ActuationResult]:
    try:
        end: TaskEnd[ActuationResult] = await parts.backend.submit(ACTUATE, wish, task_id=task_id)
    except ContractError as error:
        raise key_used(error, key) from error
    return end


def _outcome(end: TaskEnd[ActuationResult], task_id: str) -> DeedDone:
    trace_id = tracing.current().used or task_id
    if end.state is TaskState.EXPIRED:
        late = "The actuator did not get to it in time, so nothing was done: `wactorz status` shows whether it runs."
        return DeedDone(status="failed", text=end.error or late, trace_id=trace_id)
    told = (end.result.text if end.result else "") or end.error or ""
    if end.result is not None and end.result.approval_id:
        return DeedDone(status="waiting", text=told, approval_id=end.result.approval_id, trace_id=trace_id)
    if end.state is TaskState.DONE:
        return DeedDone(status="done", text=told or "Done.", trace_id=trace_id)
    if end.state is TaskState.UNKNOWN:
        return DeedDone(status="unknown", text=told or "It is not certain whether that was done.", trace_id=trace_id)
    return DeedDone(status="failed", text=told or "That could not be done.", trace_id=trace_id)
