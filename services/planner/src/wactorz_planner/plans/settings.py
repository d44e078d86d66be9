"""Settings of plans."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class PlanSettings(AgentSettings):
    """What can be set for plans."""

    plan_parallel: int = Field(
        4, ge=1, le=20, validation_alias="WACTORZ_PLANNER_PLAN_PARALLEL", description="Steps of a plan that run at once"
    )
    plan_step_seconds: float = Field(
        60.0,
        gt=0,
        le=600,
        validation_alias="WACTORZ_PLANNER_PLAN_STEP_SECONDS",
        description="How long an agent may take for a step; then the model answers in its place",
    )
    plan_cache_hours: float = Field(
        24.0,
        ge=0,
        validation_alias="WACTORZ_PLANNER_PLAN_CACHE_HOURS",
        description="How long the steps of a plan that went well are used again for a like wish; 0: not at all",
    )
    plan_wait_hours: float = Field(
        24.0, gt=0, validation_alias="WACTORZ_PLANNER_PLAN_WAIT_HOURS", description="How long a proposed plan waits"
    )
    plan_keep_workers: bool = Field(
        False,
        validation_alias="WACTORZ_PLANNER_PLAN_KEEP_WORKERS",
        description="1 keeps the agents that were spawned for a plan",
    )
    plan_ask: bool = Field(
        False,
        validation_alias="WACTORZ_PLANNER_PLAN_ASK",
        description="1 asks before agents are spawned for a plan, also without grants; coordinate! does not ask",
    )
    plan_keep_days: float = Field(
        30.0, gt=0, validation_alias="WACTORZ_PLANNER_PLAN_KEEP_DAYS", description="How long plans are kept"
    )
    max_plans: int = Field(
        4, ge=1, le=50, validation_alias="WACTORZ_PLANNER_MAX_PLANS", description="Plans that run at once"
    )
