"""One step of a plan, done once: by an agent, by the house, or by the model."""

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from wactorz_common.briefing import data_block, relevant
from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import ACTUATE, GET_STATES, Actuation, ServiceCall, StateQuery
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.plans import PlanStep, StepStatus
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import STOP_TOLD_SECONDS, STOPPED, TaskFailed, TransportError, WactorzError
from wactorz_common.house import HouseFollower
from wactorz_common.language import decimal
from wactorz_planner.german import phrase
from wactorz_planner.plans import asking
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.workers import HOUSE, MODEL
from wactorz_planner.written import json_object

LONGEST_RESULT = 8_000
"""Characters of a result that are kept."""

_MODEL_SECONDS = 80.0
_ACT_SECONDS = 30.0
_STATES_SECONDS = 5.0
_MOST_ENTITIES = 40
_LONGEST_REASON = 500
_STATUSES: dict[TaskState, StepStatus] = {TaskState.DONE: "done", TaskState.UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Outcome:
    """How a step ended."""

    status: StepStatus
    result: str = ""
    error: str = ""
    by_model: bool = False
    cost_usd: float = 0.0


class PlanHands:
    """Does the steps of one plan; each has a task id that is the same after a crash."""

    def __init__(self, world: HouseFollower[Any], kept: KeptPlan, step_seconds: float) -> None:
        self._world, self._kept, self._seconds = world, kept, step_seconds
        self.absent: dict[str, str] = {}
        """Agents that could not be had, and why."""

    async def perform(self, step: PlanStep) -> Outcome:
        """Do it; a failure is an outcome too."""
        if step.agent in MODEL:
            return await self._by_model(step)
        if step.agent == HOUSE:
            return await self._by_house(step)
        if step.agent in self.absent:
            return await self._by_model(step, self.absent[step.agent])
        return await self._by_agent(step)

    async def complete(self, question: Completion, seconds: float = _MODEL_SECONDS) -> CompletionResult:
        """Ask the model, and count what it costs; TaskFailed or TransportError when it does not answer."""
        try:
            answer = await self._world.ask(COMPLETE, question, timeout=seconds, trace_id=self._kept.trace_id)
        except TaskFailed as error:
            if str(error) == STOPPED:  # the model heard of it first; being told ends the plan
                await asyncio.sleep(STOP_TOLD_SECONDS)
            raise
        self._kept.spend(answer.cost_usd)
        self._kept.cloud |= answer.available and not answer.local
        if not answer.available:
            raise TaskFailed(answer.text or phrase("No language model is configured"))
        return answer

    def chat_id(self, number: int) -> str:
        """Request id of a step, so that whoever works on it can be told to stop."""
        return f"plan-{self._kept.id}-{number}"

    # -- by an agent --------------------------------------------------------------------------------------------

    async def _by_agent(self, step: PlanStep) -> Outcome:
        try:
            async with asyncio.timeout(self._seconds):
                end = await self._world.submit(
                    CHAT, self._request(step), to=step.agent, task_id=f"{self._kept.task_id}/plan/{step.step}",
                    deadline=self._seconds, trace_id=self._kept.trace_id,
                )  # fmt: skip
        except TimeoutError:
            return await self._by_model(
                step,
                phrase("{agent} did not answer within {seconds} s.", agent=step.agent, seconds=decimal(self._seconds)),
            )
        except WactorzError as error:
            return await self._by_model(
                step, phrase("{agent} could not be asked: {error}", agent=step.agent, error=error)
            )
        answer = end.result
        if end.state is not TaskState.DONE or answer is None or not _is_done(answer):
            said = end.error or (answer.text if answer is not None else "") or end.state.value
            return await self._by_model(step, phrase("{agent} could not do it: {said}", agent=step.agent, said=said))
        self._kept.spend(answer.cost_usd)
        return Outcome("done", asking.cut(answer.text, LONGEST_RESULT))

    def _request(self, step: PlanStep) -> ChatRequest:
        """What the agent is asked; nobody's rights go with it, because a model wrote it."""
        text = asking.with_results(step, self._kept.plan.steps)
        return ChatRequest(
            text=text, conversation_id=f"plan-{self._kept.id}", chat_id=self.chat_id(step.step), user="planner",
            language=self._kept.request.language, payload=json_object(text) or text,
        )  # fmt: skip

    # -- by the model -------------------------------------------------------------------------------------------

    async def _by_model(self, step: PlanStep, problem: str = "") -> Outcome:
        """The model's answer, in place of an agent when there is a `problem` with it."""
        question = asking.step_question(self._kept.request, step, self._kept.plan.steps)
        try:
            answer = await self.complete(question.model_copy(update={"stream_to": self.chat_id(step.step)}))
        except (TransportError, TaskFailed) as error:
            instead = (
                phrase("{problem} The model could not answer in its place: {error}", problem=problem, error=error)
                if problem
                else str(error)
            )
            return Outcome("failed", error=instead)
        if not answer.text.strip():
            return Outcome("failed", error=phrase("{problem} The model gave no answer.", problem=problem).strip())
        text = asking.cut(answer.text.strip(), LONGEST_RESULT)
        return Outcome("done", text, error=problem, by_model=bool(problem))

    # -- by the house -------------------------------------------------------------------------------------------

    async def _by_house(self, step: PlanStep) -> Outcome:
        """Look devices up, or have them moved as a model may: nothing opens, and a refusal is no reason to guess."""
        wanted = json_object(step.task)
        try:
            return await (self._look_up(step.task) if wanted is None else self._move(step, wanted))
        except WactorzError as error:
            return Outcome("failed", error=str(error))

    async def _look_up(self, text: str) -> Outcome:
        house = self._world.house
        if house is None:
            return Outcome("failed", error=self._world.house_problem or phrase("The home is not known yet."))
        found = relevant(house, text, _MOST_ENTITIES)
        report = await self._world.ask(
            GET_STATES, StateQuery(entity_id=tuple(one.entity_id for one in found)), timeout=_STATES_SECONDS
        )
        return Outcome("done", asking.cut(data_block(house, report.states), LONGEST_RESULT))

    async def _move(self, step: PlanStep, wanted: dict[str, object]) -> Outcome:
        calls, problem = _calls(wanted.get("calls"))
        if problem:
            return Outcome("failed", error=phrase("Nothing was moved, because {problem}.", problem=problem))
        wish = Actuation(calls=calls, reason=self._kept.request.task[:_LONGEST_REASON], tainted=True, origin="model",
                         person=self._kept.request.person)  # fmt: skip
        end = await self._world.submit(
            ACTUATE, wish, task_id=f"{self._kept.task_id}/plan/{step.step}", deadline=_ACT_SECONDS,
            trace_id=self._kept.trace_id,
        )  # fmt: skip
        said = end.result.text if end.result is not None else end.error or end.state.value
        status = _STATUSES.get(end.state, "failed")
        return Outcome(status, result=said, error="" if status == "done" else said)


def _is_done(answer: ChatAnswer) -> bool:
    return answer.status not in (TaskState.FAILED.value, TaskState.EXPIRED.value, TaskState.UNKNOWN.value)


def _calls(wanted: object) -> tuple[tuple[ServiceCall, ...], str]:
    if not isinstance(wanted, list) or not wanted:
        return (), phrase("'calls' must be a list of service calls")
    calls = []
    for number, item in enumerate(wanted, 1):
        entity_id = item.get("entity_id") if isinstance(item, dict) else None
        tidy = {**item, "entity_id": (entity_id,)} if isinstance(entity_id, str) else item
        try:
            calls.append(ServiceCall.model_validate(tidy, extra="ignore"))
        except ValidationError as error:
            return (), phrase("call {number}: {first_problem}", number=number, first_problem=first_problem(error))
    toggled = next((call for call in calls if "toggle" in call.service), None)
    if toggled is not None:
        return (), phrase("{domain}.{service} may end either way", domain=toggled.domain, service=toggled.service)
    return tuple(calls), ""
