"""Plans: wishes cut into steps, what became of them, and their controls."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.plans import (
    APPROVE_PLAN,
    CANCEL_PLAN,
    CLEAR_PLANS,
    LIST_PLANS,
    REJECT_PLAN,
    SHOW_PLAN,
    Plan,
    PlanRef,
    PlanResult,
)
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over
from wactorz_gateway.parts import PartsDep, StandingDep

router = APIRouter(tags=["plans"])

_CHANGES = {"approve": APPROVE_PLAN, "reject": REJECT_PLAN, "cancel": CANCEL_PLAN}
PlanId = Annotated[str, Path(pattern=r"^[0-9a-fA-F]{1,32}$", description="Plan id")]


@router.get("/api/plans", response_model=list[Plan], responses=AWAY)
async def list_plans(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """Plans of late, newest first."""
    plans = (await parts.backend.ask(LIST_PLANS, Nothing())).plans
    return paged(request, plans, lambda plan: plan.plan_id, paging)


@router.delete("/api/plans", responses=TASK)
async def clear_plans(parts: PartsDep, idempotency_key: Key = None) -> list[Plan]:
    """Forget kept plans and the cache; returns those that are left because they run."""
    return list((await hand_over(parts, CLEAR_PLANS, Nothing(), idempotency_key)).plans)


@router.get("/api/plans/{plan_id}", responses=AWAY)
async def show_plan(plan_id: PlanId, parts: PartsDep) -> PlanResult:
    """One plan with its steps."""
    return await parts.backend.ask(SHOW_PLAN, PlanRef(plan_id=plan_id.lower()))


@router.post("/api/plans/{plan_id}/{decision}", responses=TASK)
async def decide_plan(
    plan_id: PlanId, decision: Literal["approve", "reject", "cancel"], parts: PartsDep, standing: StandingDep,
    idempotency_key: Key = None,
) -> PlanResult:  # fmt: skip
    """Carry out a proposed plan, drop it, or stop one that runs."""
    ref = PlanRef(plan_id=plan_id.lower(), standing=standing)
    return await hand_over(parts, _CHANGES[decision], ref, idempotency_key)
