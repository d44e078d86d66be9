"""One plan under way: steps from the model, workers, the steps, one answer; taken up again after a crash."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from wactorz_common.briefing import repair_question
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.plans import PlanStep
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.house import HouseFollower
from wactorz_planner.german import phrase
from wactorz_planner.plans import asking, graph, meaning, wording, workers
from wactorz_planner.plans.book import KeptPlan, PlanBook
from wactorz_planner.plans.hands import PlanHands
from wactorz_planner.plans.reading import read_steps
from wactorz_planner.plans.roster import Roster
from wactorz_planner.plans.settings import PlanSettings
from wactorz_planner.plans.staffing import Staffing
from wactorz_planner.plans.stream import PlanStream

ROUNDS = 2
"""How often the model may make the steps: the first answer and one repair."""

_HOUR = 3_600.0
_PLAN_SECONDS = 60.0
_HOUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Around:
    """What every run works with."""

    world: HouseFollower[Any]
    book: PlanBook
    roster: Roster
    settings: PlanSettings
    look: Callable[[], Awaitable[None]]
    """Learns who is here."""


class Run:
    """Carries one plan out; `go` returns when the plan has ended or waits for a person."""

    def __init__(self, around: Around, kept: KeptPlan, stream: PlanStream) -> None:
        self.kept, self.stream = kept, stream
        self._around, self._book = around, around.book
        self._hands = PlanHands(around.world, kept, around.settings.plan_step_seconds)
        self._staff = Staffing(around.world, around.roster, around.book, kept)

    async def go(self) -> None:
        """Carry it out from where it stands."""
        try:
            if not self.kept.plan.steps:
                await self._make()
            if not await self._have_workers():
                return
            await self._work()
            await self._conclude()
        except (Refused, TaskFailed, TransportError) as error:
            await self._fail(str(error))

    @property
    def steps_under_way(self) -> list[str]:
        """Request ids of what is being worked on."""
        running = [step for step in self.kept.plan.steps if step.status == "running"]
        return [self._hands.chat_id(step.step) for step in running] or [self._hands.chat_id(0)]

    async def dismiss(self) -> None:
        """Remove what was made for the plan."""
        if not self._around.settings.plan_keep_workers:
            for trouble in await self._staff.dismiss():
                self._around.world.log.warning("a worker stays", plan=self.kept.id, problem=trouble)

    # -- the steps ----------------------------------------------------------------------------------------------

    async def _make(self) -> None:
        """Steps of a like wish, or new ones of the model."""
        kept = self.kept
        present = self._around.roster.present()
        kept.key = meaning.key_of(kept.request.task, present)
        hours = self._around.settings.plan_cache_hours
        steps = await self._book.steps_for(kept.key, hours * _HOUR) if hours else ()
        cached = bool(steps) and workers.is_usable(steps, present)
        if not cached:
            steps = await self._ask_for_steps()
        kept.update(steps=steps, cached=cached)
        kept.lost = [name for name, config in workers.missing(steps, present).items() if not config]
        for number, problem in graph.flaws(steps).items():
            kept.set_step(number, status="failed", error=problem)
        await self._book.save(kept, "steps")
        await self.stream.tell(0, "running", wording.begun(kept.plan))

    async def _ask_for_steps(self) -> tuple[PlanStep, ...]:
        present = self._around.roster.present()
        house = await self._around.world.known_house(_HOUSE_SECONDS)
        question = asking.plan_question(self.kept.request, present, house)
        question = question.model_copy(update={"stream_to": self._hands.chat_id(0)})
        steps, problem = tuple[PlanStep, ...](), ""
        for _ in range(ROUNDS):
            answer: CompletionResult = await self._hands.complete(question, _PLAN_SECONDS)
            call, steps, problem = read_steps(answer)
            problem = problem or " ".join(workers.problems(steps, present))
            if not problem:
                return steps
            if call is None:
                break
            question = repair_question(question, answer, call, problem)
        if not steps:
            raise Refused(phrase("I could not make a plan of that: {problem}.", problem=problem))
        return steps

    async def _have_workers(self) -> bool:
        """Have missing agents run; False when a person has to allow that first."""
        kept = self.kept
        specs = self._staff.wanted()
        asked = phrase("it would start new agents: ") + ", ".join(specs)
        must_ask = self._around.settings.plan_ask and not (kept.request.at_once or kept.confirmed)
        if specs and must_ask:
            await self._propose(asked)
            return False
        if await self._staff.hire(specs) == "waits":
            await self._propose(
                phrase("an admin has to allow these agents: {approvals}", approvals=", ".join(kept.approvals))
            )
            return False
        self._hands.absent = self._staff.absent
        return True

    async def _propose(self, asked: str) -> None:
        kept = self.kept
        text = wording.proposed(kept.plan, kept.approvals.values(), asked)
        kept.update(status="proposed", note=text)
        await self._book.save(kept, "workers")
        await self.stream.tell(0, "proposed", phrase("Plan {id} waits for your yes.", id=kept.id))

    # -- carrying out -------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Run every step that can be run, beside each other where that is allowed."""
        for step in self.kept.plan.steps:
            if step.status == "running":  # when this program ended; the same task id again finds what became of it
                self.kept.set_step(step.step, status="waiting")
        running: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                await self._leave_out()
                limit = self._around.settings.plan_parallel
                for number in graph.next_steps(self.kept.plan.steps, running, limit):
                    running[number] = asyncio.create_task(self._step(number), name=f"step {number}")
                if not running:
                    return
                await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
                for number in [number for number, task in running.items() if task.done()]:
                    running.pop(number).result()
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)

    async def _leave_out(self) -> None:
        for number, why in graph.blocked(self.kept.plan.steps).items():
            step = self.kept.set_step(number, status="skipped", error=why)
            await self._book.save(self.kept, "result")
            await self.stream.tell(number, step.status, wording.step_ended(step))

    async def _step(self, number: int) -> None:
        began = time.monotonic()
        step = self.kept.set_step(number, status="running")
        await self._book.save(self.kept, "step")
        already = self._staff.is_work_done(step)
        if already:
            step = self.kept.set_step(number, status="done", result=already)
        else:
            await self.stream.tell(number, "running", wording.step_begun(step))
            outcome = await self._hands.perform(step)
            step = self.kept.set_step(
                number, status=outcome.status, result=outcome.result, error=outcome.error, by_model=outcome.by_model,
                seconds=round(time.monotonic() - began, 3),
            )  # fmt: skip
        await self._book.save(self.kept, "result")
        await self.stream.tell(number, step.status, wording.step_ended(step))

    # -- the end ------------------------------------------------------------------------------------------------

    async def _conclude(self) -> None:
        kept, steps = self.kept, self.kept.plan.steps
        answer, note = await self._answer()
        if any(step.status == "done" for step in steps):
            if all(step.status == "done" and not step.by_model for step in steps) and not kept.plan.cached:
                await self._book.keep_steps(kept.key, steps)
            kept.close("done", answer, note)
        else:
            kept.close("failed", answer, note or phrase("No step brought a result."))
        await self._book.save(kept, "end")
        await self.stream.tell(
            0, kept.plan.status, phrase("Plan {id} {status}.", id=kept.id, status=phrase(kept.plan.status))
        )

    async def _answer(self) -> tuple[str, str]:
        """One answer by the model, and empty; or the results as they are, and why."""
        steps = self.kept.plan.steps
        question = asking.answer_question(self.kept.request, steps, self.stream.chat_id, self.kept.pieces)
        try:
            answer = await self._hands.complete(question)
        except (TransportError, TaskFailed) as error:
            return wording.listed(steps), phrase("The model could not put the results together: {error}", error=error)
        text = f"{answer.text.strip()}\n\n({answer.notice})" if answer.notice else answer.text.strip()
        return (text, "") if answer.text.strip() else (wording.listed(steps), phrase("The model gave no answer."))

    async def _fail(self, problem: str) -> None:
        if self.kept.is_running:
            self.kept.close("failed", problem, problem)
            await self._book.save(self.kept, "end")
            await self.stream.tell(0, "failed", problem)
