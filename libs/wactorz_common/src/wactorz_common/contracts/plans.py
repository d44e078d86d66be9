"""Plans: a wish cut into steps for agents, run once, resumed after a crash."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Nothing, Operation, Payload
from wactorz_common.contracts.chat import Standing

StepStatus = Literal["waiting", "running", "done", "failed", "skipped", "unknown"]
PlanStatus = Literal["proposed", "running", "done", "failed", "cancelled", "rejected", "superseded", "expired"]


class PlanStep(Payload):
    """One step of a plan."""

    step: int = Field(ge=1, le=50, description="Its number")
    agent: str = Field(max_length=64, description="Agent that does it")
    task: str = Field(max_length=8_000, description="What it is asked, as text or a JSON object in text")
    depends_on: tuple[int, ...] = Field(default=(), max_length=50, description="Steps whose results it needs")
    parallel: bool = Field(default=True, description="May run beside others that are ready")
    spawn_config: dict[str, Any] | None = Field(
        default=None, description="Specification of the agent, if it is missing"
    )
    status: StepStatus = Field(default="waiting", description="How far it is")
    result: str = Field(default="", description="What it said, shortened")
    error: str = Field(default="", description="Why it failed, for a person")
    by_model: bool = Field(default=False, description="The worker failed, and the model answered in its place")
    seconds: float = Field(default=0.0, description="How long it took")


class Plan(Payload):
    """A plan as it is kept and run."""

    plan_id: str = Field(description="Eight hexadecimal digits")
    task: str = Field(description="The wish it came from")
    steps: tuple[PlanStep, ...] = Field(description="In order of their numbers")
    status: PlanStatus = Field(description="How far it is")
    created_at: float = Field(description="Epoch seconds")
    ended_at: float | None = Field(default=None, description="Epoch seconds")
    conversation_id: str = Field(default="", description="Session that asked")
    answer: str = Field(default="", description="What was said in the end")
    note: str = Field(default="", description="Why it waits, failed or was given up")
    cached: bool = Field(default=False, description="The steps are those of a like wish of late")
    cost_usd: float = Field(default=0.0, description="Cost of all model calls")


class RunPlan(Payload):
    """Have a wish planned and carried out."""

    task: str = Field(min_length=1, max_length=8_000, description="The wish")
    conversation_id: str = Field(default="", description="Session that asks")
    chat_id: str = Field(default="", description="Request id; progress is streamed to it")
    person: str = Field(default="", max_length=100, description="Who asks, as the door knows them")
    standing: Standing = Field(default="", description="What they may do, as the door knows; else empty")
    language: str = Field(default="", max_length=20, description="Language of the answer")
    at_once: bool = Field(default=False, description="Do not ask before agents are spawned without grants")


class PlanRef(Payload):
    """Names a plan."""

    plan_id: str = Field(description="Id as shown by /plans")
    chat_id: str = Field(default="", description="Request id; progress is streamed to it")
    standing: Standing = Field(default="", description="What whoever decides may do, as the door knows; else empty")


class PlanResult(Payload):
    """A plan, and what to say about it."""

    plan: Plan = Field(description="The plan as kept")
    text: str = Field(description="For a person")
    source: Literal["rules", "local", "cloud"] = Field(default="local", description="Where the models are that planned")
    approval_id: str = Field(default="", description="Approval that it waits for, if any")
    rule_id: str = Field(default="", description="Rule that was made or proposed of the wish instead, if one was")


class PlanList(Payload):
    """Plans of late."""

    plans: tuple[Plan, ...] = Field(description="Newest first")


class PlanProgress(Payload):
    """A step began or ended."""

    plan_id: str = Field(description="Plan")
    step: int = Field(description="Step; 0 for the whole plan")
    status: str = Field(description="As of PlanStep, or of Plan for step 0")
    text: str = Field(description="For a person")
    chat_id: str = Field(default="", description="Request id of the wish")
    timestamp: float = Field(description="Epoch seconds")


PLAN_PROGRESS = Channel("PLAN_PROGRESS", "agents/{agent_id}/plans", PlanProgress, 1, "Steps of plans as they go")

CHANNELS = (PLAN_PROGRESS,)

RUN_PLAN = Operation("run_plan", "planner", RunPlan, PlanResult, "Plan a wish and carry it out", durable=True,
                     timeout=180)  # fmt: skip
APPROVE_PLAN = Operation("approve_plan", "planner", PlanRef, PlanResult, "Carry out a proposed plan", durable=True,
                         timeout=180)  # fmt: skip
REJECT_PLAN = Operation("reject_plan", "planner", PlanRef, PlanResult, "Drop a proposed plan", durable=True)
CANCEL_PLAN = Operation("cancel_plan", "planner", PlanRef, PlanResult, "Stop a plan that runs", durable=True)
SHOW_PLAN = Operation("show_plan", "planner", PlanRef, PlanResult, "One plan with its steps", timeout=10)
LIST_PLANS = Operation("list_plans", "planner", Nothing, PlanList, "Plans of late", timeout=10)
CLEAR_PLANS = Operation("clear_plans", "planner", Nothing, PlanList, "Forget kept plans and the cache", durable=True)

OPERATIONS = (RUN_PLAN, APPROVE_PLAN, REJECT_PLAN, CANCEL_PLAN, SHOW_PLAN, LIST_PLANS, CLEAR_PLANS)
