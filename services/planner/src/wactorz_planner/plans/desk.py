"""The desk of plans: begins, stops and resumes them, and sees that their answers arrive."""

import asyncio
import time
from typing import Any

from wactorz_common.agent import Task
from wactorz_common.contracts.chat import CHAT_PIECES, ChatStop
from wactorz_common.contracts.plans import RUN_PLAN, Plan, PlanRef, PlanResult, PlanStatus, RunPlan
from wactorz_common.contracts.spawning import Approval, ApprovalEvent
from wactorz_common.errors import ContractError, NotThere, Refused, Unknown
from wactorz_planner.german import phrase
from wactorz_planner.plans import meaning, wording
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.run import Around, Run
from wactorz_planner.plans.voice import Voice, only

_HOUR = 3_600.0
_GRACE_SECONDS = 2.0
"""How long the answer of a resumed plan waits for the task that asked for it, which is taken up again as well."""

_LEAST_SECONDS = 1.0
_GIVEN_UP = "It was given up; what was begun may have had effects."
_REPLY_SECONDS = 4.0


class PlanDesk:
    """All plans of this planner."""

    def __init__(self, around: Around) -> None:
        self._around, self.book = around, around.book
        self._voice = Voice(around.world)
        self._runs: dict[str, tuple[Run, asyncio.Task[Any]]] = {}
        self._waiters: dict[str, int] = {}

    async def load(self) -> None:
        """Go on with what was under way."""
        await self.book.load()
        for kept in list(self.book.kept.values()):
            if kept.is_running:
                self._begin(kept, resumed=True)
            elif kept.plan.status != "proposed" and not kept.tidy:
                self._around.world.spawn_background(self._settle(self._run_of(kept), resumed=True), f"tidy {kept.id}")

    async def run(self, request: RunPlan, task: Task) -> PlanResult:
        """Plan a wish and carry it out; the plan of this very task goes on when there is one."""
        kept = self.book.of_task(task.id)
        if kept is None:
            kept = await self._new(request, task)
        if kept.is_running:
            self._begin(kept)
        return await self._result(kept, task)

    async def approve(self, ref: PlanRef, task: Task) -> PlanResult:
        """Carry out a proposed plan, with the standing of whoever says yes; grants need their own approvals."""
        kept = self.named(ref.plan_id)
        if kept.plan.status != "proposed" and not kept.is_running:
            return PlanResult(
                plan=kept.plan,
                text=phrase("Plan {id} is {status} already.", id=kept.id, status=phrase(kept.plan.status)),
            )
        if kept.approvals:
            ids = phrase(" and ").join(f"/approve {one}" for one in kept.approvals.values())
            text = phrase("Plan {id} waits for more than this: type {ids}.", id=kept.id, ids=ids)
            return PlanResult(plan=kept.plan, text=text,
                              approval_id=only(kept.approvals.values()))  # fmt: skip
        if not kept.is_running:
            standing = ref.standing or kept.request.standing
            kept.request = kept.request.model_copy(update={"standing": standing})
            await self._release(kept, ref.chat_id)
        return await self._result(kept, task)

    async def reject(self, plan_id: str) -> PlanResult:
        """Drop a proposed plan."""
        kept = self.named(plan_id)
        if kept.plan.status != "proposed":
            return PlanResult(
                plan=kept.plan,
                text=phrase(
                    "Plan {id} is {status}, so there is nothing to drop.", id=kept.id, status=phrase(kept.plan.status)
                ),
            )
        await self._drop(kept, "rejected", phrase("It was rejected. Nothing was done."))
        return PlanResult(plan=kept.plan, text=phrase("Plan {id} is dropped. Nothing was done.", id=kept.id))

    async def cancel(self, plan_id: str) -> PlanResult:
        """Stop a plan: nothing new begins, what runs is given up and told so."""
        kept = self.named(plan_id)
        if kept.plan.status == "proposed":
            return await self.reject(plan_id)
        if kept.is_running:
            await self._stop(kept)
        return PlanResult(
            plan=kept.plan,
            text=kept.plan.answer
            or phrase("Plan {id} is {status} already.", id=kept.id, status=phrase(kept.plan.status)),
        )

    async def stop_for(self, stop: ChatStop) -> None:
        """Stop what somebody does not want any more, by message or by session."""
        for kept in [kept for kept in self.book.kept.values() if kept.is_running and _is_meant(kept, stop)]:
            await self._stop(kept)

    async def stop_all(self) -> None:
        """Stop every plan that runs."""
        for kept in [kept for kept in self.book.kept.values() if kept.is_running]:
            await self._stop(kept)

    async def clear(self) -> tuple[Plan, ...]:
        """Forget what has ended, and the steps that are kept for like wishes."""
        for kept in list(self.book.kept.values()):
            kept.forgotten = not kept.is_running and kept.plan.status != "proposed"
        await self.book.remove([kept.id for kept in list(self.book.kept.values()) if kept.forgotten and kept.tidy])
        await self.book.forget_steps()
        return self.book.newest()

    async def erase(self, person: str) -> int:
        """End and forget the plans of somebody who is not here any more; how many there were."""
        theirs = [kept for kept in self.book.kept.values() if kept.request.person == person]
        for kept in theirs:
            kept.forgotten = True
            if kept.is_running or kept.plan.status == "proposed":
                await self.cancel(kept.id)
        await self.book.remove([kept.id for kept in theirs if kept.tidy and kept.id in self.book.kept])
        await self.book.forget_steps()
        return len(theirs)

    def named(self, plan_id: str) -> KeptPlan:
        """A plan by its id; Refused when there is none."""
        kept = self.book.kept.get(plan_id.strip().casefold())
        if kept is None:
            raise NotThere(phrase("There is no plan {plan_id}. /plans lists them.", plan_id=plan_id[:40]))
        return kept

    # -- approvals ----------------------------------------------------------------------------------------------

    async def hear(self, event: ApprovalEvent | Approval) -> None:
        """An approval has ended: go on, or give up, what waits for it."""
        if event.state == "open":
            return
        for kept in list(self.book.kept.values()):
            names = [name for name, waits in kept.approvals.items() if waits == event.id]
            if kept.plan.status != "proposed" or not names:
                continue
            if event.state != "approved":
                why = phrase("denied") if event.state == "denied" else phrase("not allowed in time")
                ended: PlanStatus = "rejected" if event.state == "denied" else "expired"
                await self._drop(
                    kept,
                    ended,
                    phrase("{names} was {why}: plan {id} was not carried out.", names=names[0], why=why, id=kept.id),
                    tell=True,
                )
                continue
            kept.approvals = {name: waits for name, waits in kept.approvals.items() if name not in names}
            kept.allowed, kept.made = [*kept.allowed, *names], [*kept.made, *names]
            if kept.approvals:
                await self.book.save(kept, "workers")
            else:
                await self._release(kept, "")

    @property
    def awaited(self) -> frozenset[str]:
        """Approvals that plans wait for."""
        waiting = [kept for kept in self.book.kept.values() if kept.plan.status == "proposed"]
        return frozenset(one for kept in waiting for one in kept.approvals.values())

    async def expire(self, now: float) -> None:
        """Drop proposals that nobody has answered."""
        limit = self._around.settings.plan_wait_hours * _HOUR
        for kept in list(self.book.kept.values()):
            if kept.plan.status == "proposed" and now - kept.plan.created_at > limit:
                await self._drop(
                    kept, "expired", phrase("Nobody said yes to plan {id} in time, so nothing was done.", id=kept.id)
                )

    # -- inside -------------------------------------------------------------------------------------------------

    async def _new(self, request: RunPlan, task: Task) -> KeptPlan:
        most = self._around.settings.max_plans
        if len(self._runs) >= most:
            raise Refused(
                phrase(
                    "{runs} plans run already: wait for one, or stop one with /plans cancel ID.", runs=len(self._runs)
                )
            )
        _check_address(request.chat_id)
        await self._supersede(request.conversation_id, request.person)
        plan_id = meaning.plan_id_of(task.id)
        while plan_id in self.book.kept:
            plan_id = meaning.plan_id_of(f"{task.id}/{plan_id}")
        plan = Plan(plan_id=plan_id, task=request.task, steps=(), status="running", created_at=time.time(),
                    conversation_id=request.conversation_id)  # fmt: skip
        kept = KeptPlan(plan, request, task.id, task.trace_id)
        await self.book.save(kept, "begin")
        return kept

    async def _supersede(self, conversation: str, person: str) -> None:
        place = (conversation, person)
        for kept in list(self.book.kept.values()):
            proposed = kept.plan.status == "proposed"
            if conversation and proposed and (kept.plan.conversation_id, kept.request.person) == place:
                await self._drop(kept, "superseded", phrase("Another wish took its place. Nothing was done."))

    def _begin(self, kept: KeptPlan, *, resumed: bool = False) -> None:
        if kept.id in self._runs:
            return
        run = self._run_of(kept)
        if resumed:
            run.stream.leave()
        task = self._around.world.spawn_background(self._carry_out(run, resumed), f"plan {kept.id}")
        self._runs[kept.id] = (run, task)

    async def _carry_out(self, run: Run, resumed: bool) -> None:
        kept = run.kept
        try:
            if resumed:
                await self._around.look()
            await run.go()
        except Exception as error:
            await self._around.world.report_error(error)
            if kept.is_running:
                kept.close(
                    "failed",
                    phrase("Plan {id} could not go on: {error}", id=kept.id, error=error),
                    type(error).__name__,
                )
                await self.book.save(kept, "end")
        finally:
            self._runs.pop(kept.id, None)
        self._around.world.spawn_background(self._settle(run, resumed=resumed), f"settle {kept.id}")

    async def _settle(self, run: Run, *, resumed: bool) -> None:
        """Decide, once and on disk, whether whoever asked still waits for the answer; then finish."""
        kept = run.kept
        if kept.owed is None and resumed and not self._waiters.get(kept.id):
            await asyncio.sleep(_GRACE_SECONDS)
        if kept.owed is None:
            kept.owed = not self._waiters.get(kept.id)
        await self.book.save(kept, "tidy")
        await self._finish(run)

    async def _finish(self, run: Run) -> None:
        """Tell whom nobody has told, and remove what was made for the plan."""
        kept = run.kept
        if kept.owed:
            await self._voice.tell_late(kept)
            kept.owed = False
        if kept.plan.status == "proposed" or kept.is_running:
            return
        await run.dismiss()
        kept.tidy = True
        if kept.forgotten:
            await self.book.remove([kept.id])
        else:
            await self.book.save(kept, "tidy")

    async def _result(self, kept: KeptPlan, task: Task) -> PlanResult:
        """What became of a plan; while it still runs when time is up, that it goes on."""
        found = self._runs.get(kept.id)
        if found is not None:
            self._waiters[kept.id] = self._waiters.get(kept.id, 0) + 1
            try:
                patience = max(_LEAST_SECONDS, min(task.remaining, RUN_PLAN.timeout) - _REPLY_SECONDS)
                await asyncio.wait([found[1]], timeout=patience)
            finally:
                self._waiters[kept.id] -= 1
        if kept.is_running and (found is None or found[1].done()):
            raise Unknown(f"The planner stops; plan {kept.id} goes on after its next start.")
        if kept.is_running and found is not None:
            kept.owed = True
            found[0].stream.leave()
            await self.book.save(kept, "step")
            return PlanResult(plan=kept.plan, text=wording.goes_on(kept.plan), source=kept.source)
        kept.owed = bool(kept.owed)
        text = kept.plan.note if kept.plan.status == "proposed" else kept.plan.answer
        return PlanResult(plan=kept.plan, text=text, source=kept.source, approval_id=only(kept.approvals.values()))

    async def _release(self, kept: KeptPlan, chat_id: str) -> None:
        kept.update(status="running", note="")
        kept.confirmed, kept.owed = True, None
        kept.request = kept.request.model_copy(update={"chat_id": chat_id})
        kept.pieces = 0
        await self.book.save(kept, "workers")
        self._begin(kept)

    async def _drop(self, kept: KeptPlan, status: PlanStatus, why: str, *, tell: bool = False) -> None:
        kept.close(status, why)
        kept.approvals, kept.owed = {}, tell
        await self.book.save(kept, "end")
        await self._finish(self._run_of(kept))

    async def _stop(self, kept: KeptPlan) -> None:
        """The end goes to disk first: a plan that was stopped never goes on."""
        run, task = self._runs.get(kept.id, (self._run_of(kept), None))
        under_way = run.steps_under_way
        for step in kept.plan.steps:
            if step.status == "running":
                kept.set_step(step.step, status="unknown", error=phrase(_GIVEN_UP))
            elif step.status == "waiting":
                kept.set_step(step.step, status="skipped", error=phrase("The plan was stopped before."))
        kept.close("cancelled", wording.stopped(kept.plan.steps))
        kept.owed = False
        await self.book.save(kept, "end")
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            self._runs.pop(kept.id, None)
        await run.stream.tell(0, "cancelled", kept.plan.answer)
        await self._voice.stop_workers(under_way, run.stream.chat_id)
        await self._finish(run)

    def _run_of(self, kept: KeptPlan) -> Run:
        return Run(self._around, kept, self._voice.stream(kept))


def _check_address(chat_id: str) -> None:
    try:
        if chat_id:
            CHAT_PIECES.topic(chat_id=chat_id)
    except ContractError as error:
        raise Refused(
            phrase("Nothing was planned, because its progress could not be told: {error}", error=error)
        ) from error


def _is_meant(kept: KeptPlan, stop: ChatStop) -> bool:
    return stop.means(kept.request.chat_id, kept.plan.conversation_id, kept.request.person)
