"""Plans: a wish that several agents work on, handed to the planner."""

import re
from typing import TYPE_CHECKING

from wactorz_common.agent import TaskEnd
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.plans import APPROVE_PLAN, REJECT_PLAN, RUN_PLAN, PlanRef, PlanResult, RunPlan
from wactorz_common.contracts.tasks import TaskState
from wactorz_main import texts
from wactorz_main.allowed import PLANS
from wactorz_main.errand import WAITING

if TYPE_CHECKING:
    from wactorz_main.errand import Errand

_ENDED_BADLY = ("failed", "expired")
_AT_ONCE = re.compile(r"(?:coordinate|plan)!", re.IGNORECASE)
"""How a wish begins whose agents need no question, but for those with grants."""


class Planning:
    """What one message wants of plans."""

    def __init__(self, errand: "Errand") -> None:
        self._errand = errand

    async def run(self, text: str) -> ChatAnswer:
        """Have a wish planned and carried out; what takes longer is answered later, by the planner itself."""
        errand, request = self._errand, self._errand.request
        refusal = errand.refusal(PLANS)
        if refusal:
            return errand.failed(refusal)
        wish = RunPlan(
            task=text[:8_000], conversation_id=request.conversation_id, chat_id=request.chat_id, person=errand.person,
            standing=errand.standing, language=errand.language[:20], at_once=_AT_ONCE.match(errand.text) is not None,
        )  # fmt: skip
        return await self._told(await errand.submit(RUN_PLAN, wish, "plan", lasting=True))

    async def decide(self, plan_id: str, *, yes: bool) -> ChatAnswer:
        """A yes or no to the plan that was proposed in this conversation."""
        ref = PlanRef(plan_id=plan_id, chat_id=self._errand.request.chat_id, standing=self._errand.standing)
        operation = APPROVE_PLAN if yes else REJECT_PLAN
        return await self._told(await self._errand.submit(operation, ref, "plan-answer", lasting=True))

    async def _told(self, end: TaskEnd[PlanResult]) -> ChatAnswer:
        if end.result is None:
            return ChatAnswer(text=end.error or texts.ended(self._errand.language, end.state), status=end.state.value)
        return await self._answered(end.state, end.result)

    async def _answered(self, state: TaskState, result: PlanResult) -> ChatAnswer:
        errand, plan = self._errand, result.plan
        waits = True
        if result.approval_id:
            await errand.agent.memory.ask_approval(errand.place, result.approval_id)
        elif plan.status == "proposed" and result.rule_id:
            await errand.agent.memory.propose(errand.place, result.rule_id)
        elif plan.status == "proposed":
            await errand.agent.memory.ask_plan(errand.place, plan.plan_id)
        else:
            waits = False
        failed = plan.status in _ENDED_BADLY or state is not TaskState.DONE
        status = WAITING if waits else TaskState.FAILED.value if failed else TaskState.DONE.value
        return ChatAnswer(
            text=result.text,
            status=status,
            source=result.source,
            cost_usd=plan.cost_usd,
            approval_id=result.approval_id,
        )
