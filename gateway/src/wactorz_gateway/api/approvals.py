"""Approvals: what waits for a person's yes, and the answer."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.spawning import Approval
from wactorz_common.errors import ContractError
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.approvals import Given
from wactorz_gateway.guards import Refusal
from wactorz_gateway.handing import keyed
from wactorz_gateway.parts import PartsDep, PersonDep, RoleDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["approvals"])

_AWAY: Responses = {503: {"model": Problem, "description": "No agent that asks for approvals answers"}}
_DECIDE: Responses = {
    403: {"model": Problem, "description": "A yes to this needs the role admin"},
    404: {"model": Problem, "description": "There is no such approval"},
    409: {"model": Problem, "description": "It was decided already, has expired, or the PIN is wrong"},
    422: {"model": Problem, "description": "A wrong field"},
    504: {"model": Problem, "description": "Passed on, but not confirmed in time"},
    **_AWAY,
}


class DecisionBody(BaseModel):
    """A person's answer."""

    decision: Literal["approve", "deny"] = Field(description="The answer")
    pin: str = Field(default="", max_length=64, description="PIN, where the approval asks for one", repr=False)

    model_config = {
        "json_schema_extra": {
            "examples": [{"decision": "approve"}, {"decision": "approve", "pin": "2468"}, {"decision": "deny"}]
        }
    }


class Decided(BaseModel):
    """The answer was taken, and this came of it."""

    id: str = Field(description="Approval id")
    decision: Literal["approve", "deny"] = Field(description="The answer")
    status: Literal["done", "unknown"] = Field(
        default="done", description="done, or unknown when it was sent but its effect was not seen"
    )
    text: str = Field(description="What was done")


@router.get("/api/approvals", response_model=list[Approval], responses=_AWAY)
async def list_approvals(
    request: Request, parts: PartsDep, paging: PagingDep,
    every: Annotated[bool, Query(alias="all", description="The decided ones of the last day too")] = False,
) -> Response:  # fmt: skip
    """What waits for a person's yes, oldest first."""
    found = [approval for _, approval in await parts.decisions.listed(every=every)]
    return paged(request, found, lambda approval: approval.id, paging)


@router.post("/api/approvals/{approval_id}", responses=_DECIDE)
async def decide(
    approval_id: Annotated[str, Path(min_length=1, max_length=100, description="Approval id")],
    body: DecisionBody, parts: PartsDep, person: PersonDep, role: RoleDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Decided:  # fmt: skip
    """Answer an approval; what was asked for is done before this returns."""
    task_id = keyed("decide", idempotency_key)
    given = Given(body.decision, approval_id, body.pin)
    try:
        outcome = await parts.decisions.decide(given, by=person, task_id=task_id, role=role)
    except ContractError as error:
        raise HTTPException(422, "This Idempotency-Key was used for another request already: take a new one") from error
    if isinstance(outcome, Refusal):
        raise HTTPException(outcome.status, outcome.detail)
    return Decided(id=approval_id, decision=body.decision, status=outcome.status, text=outcome.text)
