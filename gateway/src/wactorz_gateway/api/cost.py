"""What the models have cost, and what they may cost."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from wactorz_common.contracts.llm import (
    GET_COSTS,
    RESET_BUDGETS,
    SET_BUDGET,
    BudgetLimit,
    BudgetReset,
    CostQuery,
    CostReport,
)
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["cost"])

Scope = Literal["all", "agent", "tree"]

_UNKNOWN: Responses = {404: {"model": Problem, "description": "There is no such agent"}}
_CHANGED: Responses = {409: {"model": Problem, "description": "Refused, with the agent's own sentence"}, **AWAY}


class LimitBody(BaseModel):
    """A budget: how much may be spent in a period."""

    model_config = ConfigDict(extra="forbid")

    limit_usd: float = Field(ge=0, allow_inf_nan=False, description="US dollars; 0 takes the limit away")
    period: Literal["daily", "weekly", "monthly"] = Field(default="monthly", description="By the local calendar")
    agent: str = Field(default="", max_length=100, description="Agent whose budget it is; empty: all")
    scope: Scope | None = Field(
        default=None, description="tree: the agent with all that works on its behalf; empty: the agent, or all"
    )


class ResetBody(BaseModel):
    """Which budgets are counted anew; without a word every one."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope | None = Field(default=None, description="Only budgets of this kind")
    agent: str = Field(default="", max_length=100, description="Only budgets of this agent")


@router.get("/api/cost", responses=AWAY)
async def get_cost(query: Annotated[CostQuery, Query()], parts: PartsDep) -> CostReport:
    """Tokens and US dollars by agent, model, rule, session, day or purpose, and every budget."""
    return await parts.backend.ask(GET_COSTS, query)


@router.post("/api/cost/limit", responses={**_UNKNOWN, **_CHANGED})
async def set_limit(body: LimitBody, parts: PartsDep) -> CostReport:
    """Set a budget or take it away; budgets of other periods and agents stay as they are."""
    scope = body.scope or ("agent" if body.agent else "all")
    if scope != "all" and body.limit_usd and await parts.lists.find(body.agent) is None:
        raise HTTPException(404, f"There is no agent '{body.agent}': /api/agents lists them")
    limit = BudgetLimit(scope=scope, agent=body.agent, period=body.period, limit_usd=body.limit_usd)
    return await parts.backend.ask(SET_BUDGET, limit)


@router.post("/api/cost/reset", responses=_CHANGED)
async def reset(parts: PartsDep, body: ResetBody | None = None) -> CostReport:
    """Count budgets anew from now on; what was spent stays in the ledger and in every report."""
    body = body or ResetBody()
    return await parts.backend.ask(RESET_BUDGETS, BudgetReset(scope=body.scope or "", agent=body.agent))
