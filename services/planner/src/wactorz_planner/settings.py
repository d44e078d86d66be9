"""Settings of the planner."""

from pydantic import Field

from wactorz_planner.plans.settings import PlanSettings


class PlannerSettings(PlanSettings):
    """What can be set for the planner."""

    firing_seconds: float = Field(
        30.0,
        gt=0,
        le=600,
        validation_alias="WACTORZ_PLANNER_FIRING_SECONDS",
        description="Deadline of a firing, and age beyond which a state change is not acted on",
    )
    keep_days: float = Field(
        30.0, gt=0, validation_alias="WACTORZ_PLANNER_KEEP_DAYS", description="How long firings are kept"
    )
    notice_seconds: float = Field(
        300.0,
        gt=0,
        le=86_400,
        validation_alias="WACTORZ_PLANNER_NOTICE_SECONDS",
        description="Deadline of the notices and of the tasks for agents of a firing",
    )
    max_rules: int = Field(5_000, gt=0, validation_alias="WACTORZ_PLANNER_MAX_RULES", description="Most rules")
    grace_seconds: float = Field(
        300.0,
        ge=0,
        le=86_400,
        validation_alias="WACTORZ_PLANNER_GRACE_SECONDS",
        description="How late a rule that the clock triggers may still run after a restart",
    )
    hand_seconds: float = Field(
        0.0,
        ge=0,
        le=86_400,
        validation_alias="WACTORZ_PLANNER_HAND_SECONDS",
        description="How long a change by hand also holds off rules whose trigger is met anew; 0: not at all",
    )
