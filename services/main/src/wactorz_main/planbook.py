"""Plans: listed, shown, approved, rejected, cancelled and cleared."""

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.plans import (
    APPROVE_PLAN,
    CANCEL_PLAN,
    CLEAR_PLANS,
    LIST_PLANS,
    REJECT_PLAN,
    SHOW_PLAN,
    Plan,
    PlanRef,
    PlanStep,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_main.errand import WAITING, Errand
from wactorz_main.german import phrase

_CHANGES = {"approve": APPROVE_PLAN, "reject": REJECT_PLAN, "cancel": CANCEL_PLAN}
_CLEAR_SECONDS = 20.0
_LONGEST = 160
_MOST = 20


class Planbook:
    """What one message wants of kept plans."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/plans`, `/plans show|approve|reject|cancel ID`, `/plans clear`."""
        match arguments:
            case ():
                return ChatAnswer(text=plans_text((await self._errand.ask(LIST_PLANS, Nothing())).plans))
            case ("clear",):
                return await self.clear(())
            case ("show", plan_id):
                found = await self._errand.ask(SHOW_PLAN, PlanRef(plan_id=plan_id.lower()))
                return ChatAnswer(text=plan_text(found.plan))
            case (verb, plan_id) if verb in _CHANGES:
                return await self._change(verb, plan_id.lower())
            case _:
                return self._errand.failed(self._errand.say("plans_usage"))

    async def clear(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        """`/clear-plans`: forget kept plans and the cache."""
        end = await self._errand.submit(CLEAR_PLANS, Nothing(), "clear-plans", seconds=_CLEAR_SECONDS)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        left = end.result.plans
        return ChatAnswer(
            text=self._errand.say("plans_left", number=len(left)) if left else self._errand.say("plans_cleared")
        )

    async def _change(self, verb: str, plan_id: str) -> ChatAnswer:
        ref = PlanRef(plan_id=plan_id, chat_id=self._errand.request.chat_id, standing=self._errand.standing)
        end = await self._errand.submit(_CHANGES[verb], ref, f"plan-{verb}", lasting=True)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        if end.result.approval_id:
            await self._errand.agent.memory.ask_approval(self._errand.place, end.result.approval_id)
        failed = verb != "cancel" and end.result.plan.status == "failed"
        status = WAITING if end.result.approval_id else (TaskState.FAILED if failed else TaskState.DONE).value
        return ChatAnswer(
            text=end.result.text, status=status, source=end.result.source, cost_usd=end.result.plan.cost_usd or None,
            approval_id=end.result.approval_id,
        )  # fmt: skip


def plans_text(plans: tuple[Plan, ...]) -> str:
    """One line per plan."""
    if not plans:
        return phrase("There are no plans. Say one: coordinate: get the weather and search AI news, then combine them.")
    lines = [
        phrase("- {id} ({status}, {done} of {all} steps): {told}", id=one.plan_id, status=phrase(one.status),
               done=_done(one), all=len(one.steps), told=_told(one))
        for one in plans[:_MOST]
    ]  # fmt: skip
    return "\n".join(
        [*lines, phrase("To see or decide one: /plans show ID, approve ID, reject ID or cancel ID; /plans clear.")]
    )


def _told(plan: Plan) -> str:
    """The wish, and what is to be said about it as a sentence of its own."""
    return f"{_cut(plan.task).rstrip('. ')}.{_note(plan)}" if plan.note else _cut(plan.task)


def plan_text(plan: Plan) -> str:
    """One plan with its steps."""
    cost = f", ${plan.cost_usd:.4f}" if plan.cost_usd else ""
    cached = phrase(", steps of a like wish") if plan.cached else ""
    head = f"{plan.plan_id} ({phrase(plan.status)}{cached}{cost}): {plan.task}"
    answer = phrase("Answer: {text}", text=plan.answer) if plan.answer else ""
    return "\n".join(filter(None, [head, *(_step(one) for one in plan.steps), _note(plan).strip(), answer]))


def _step(step: PlanStep) -> str:
    after = phrase(", after {steps}", steps=", ".join(map(str, step.depends_on))) if step.depends_on else ""
    told = step.error or step.result
    by = phrase(", the model answered in its place") if step.by_model else ""
    came = f" -> {_cut(told)}" if told else ""
    return f"  {step.step}. {step.agent} ({phrase(step.status)}{by}{after}): {_cut(step.task)}{came}"


def _done(plan: Plan) -> int:
    return sum(step.status == "done" for step in plan.steps)


def _note(plan: Plan) -> str:
    return f" {plan.note.rstrip('. ')}." if plan.note else ""


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."
