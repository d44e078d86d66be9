"""The planner's plans: what it answers and hears about them."""

import time
from abc import abstractmethod
from collections.abc import Awaitable
from typing import Any, ClassVar, TypeVar

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Channel
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.chat import CHAT_OUT, CHAT_PIECES, CHAT_STOP, ChatStop
from wactorz_common.contracts.lifecycle import (
    HEARTBEAT,
    MANIFEST,
    STATUS,
    AgentManifest,
    AgentStatus,
    Heartbeat,
)
from wactorz_common.contracts.memory import ERASE_PERSON, Erased, ErasePerson
from wactorz_common.contracts.plans import (
    APPROVE_PLAN,
    CANCEL_PLAN,
    CLEAR_PLANS,
    LIST_PLANS,
    PLAN_PROGRESS,
    REJECT_PLAN,
    RUN_PLAN,
    SHOW_PLAN,
    Plan,
    PlanList,
    PlanRef,
    PlanResult,
    RunPlan,
)
from wactorz_common.contracts.rules import READ_RULE, CreateRule, RuleDraft, RuleResult, RuleSentence
from wactorz_common.contracts.spawning import (
    APPROVAL_EVENTS,
    LIST_APPROVALS,
    LIST_SPAWNED,
    ApprovalEvent,
    ApprovalQuery,
)
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.house import HouseFollower
from wactorz_common.senders import CAREFUL, Senders
from wactorz_planner.german import phrase
from wactorz_planner.plans import meaning, wording
from wactorz_planner.plans.book import PlanBook
from wactorz_planner.plans.desk import PlanDesk
from wactorz_planner.plans.roster import Roster
from wactorz_planner.plans.run import Around
from wactorz_planner.plans.settings import PlanSettings

PLAN_CHANNELS: tuple[Channel[Any], ...] = (PLAN_PROGRESS, CHAT_PIECES, CHAT_OUT, CHAT_STOP)
"""What plans publish on."""

_LOOK_SECONDS = 3.0
_READ_SECONDS = 8.0
_EXPIRY_SECONDS = 30.0
_DAY = 86_400.0
_LONGEST_RULE = 2_000
_HALTED = "Everything is stopped, so no plan is carried out. /go lets it act again."
_NOT_A_PERSON = (
    "Only a person has plans made and rules changed: a spawned agent can have none carried out, approved or ended."
)


S = TypeVar("S", bound=PlanSettings)


class PlanningAgent(HouseFollower[S]):
    """The part of the planner that carries out plans."""

    publishes: ClassVar[tuple[Channel[Any], ...]] = PLAN_CHANNELS

    async def on_start(self) -> None:
        """Go on with plans that were under way."""
        self.roster = Roster()
        self._plan_senders = Senders(self)
        self.plans = PlanDesk(Around(self, PlanBook(self.store), self.roster, self.settings, self._look_around))
        await super().on_start()
        await self.plans.load()

    @abstractmethod
    def create_rule(self, request: CreateRule, task: Task) -> Awaitable[RuleResult]:
        """Make a rule: what a wish becomes that asks for something to happen again and again."""

    # -- what people want ---------------------------------------------------------------------------------------

    @handles(RUN_PLAN)
    async def run_plan(self, request: RunPlan, task: Task) -> PlanResult:
        """Plan a wish and carry it out; a reactive one becomes a rule."""
        await self.refuse_spawned(task)
        if meaning.is_reactive(request.task):
            return await self._make_rule(request, task)
        self._refuse_when_halted()
        await self._look_around()
        return await self.plans.run(request, task)

    @handles(APPROVE_PLAN)
    async def approve_plan(self, request: PlanRef, task: Task) -> PlanResult:
        """Carry out a proposed plan."""
        await self.refuse_spawned(task)
        self._refuse_when_halted()
        await self._look_around()
        return await self.plans.approve(request, task)

    @handles(REJECT_PLAN)
    async def reject_plan(self, request: PlanRef, task: Task) -> PlanResult:
        """Drop a proposed plan."""
        await self.refuse_spawned(task)
        return await self.plans.reject(request.plan_id)

    @handles(CANCEL_PLAN)
    async def cancel_plan(self, request: PlanRef, task: Task) -> PlanResult:
        """Stop a plan that runs."""
        await self.refuse_spawned(task)
        return await self.plans.cancel(request.plan_id)

    @handles(SHOW_PLAN)
    async def show_plan(self, request: PlanRef, _task: Task) -> PlanResult:
        """One plan with its steps."""
        plan = self.plans.named(request.plan_id).plan
        return PlanResult(plan=plan, text=wording.shown(plan))

    @handles(LIST_PLANS)
    async def list_plans(self, _request: Nothing, _task: Task) -> PlanList:
        """Plans of late, newest first."""
        return PlanList(plans=self.plans.book.newest())

    @handles(ERASE_PERSON)
    async def erase_person(self, request: ErasePerson, task: Task) -> Erased:
        """Forget the plans of somebody who is not here any more; rules stay, for they are the house's."""
        if task.sender != "gateway":
            raise Refused("Only the gateway knows who is not here any more.")
        return Erased(text=f"{await self.plans.erase(request.person)} plans of {request.person} are forgotten.")

    @handles(CLEAR_PLANS)
    async def clear_plans(self, _request: Nothing, task: Task) -> PlanList:
        """Forget what has ended, and the cache."""
        await self.refuse_spawned(task)
        return PlanList(plans=await self.plans.clear())

    async def _make_rule(self, request: RunPlan, task: Task) -> PlanResult:
        """Hand a reactive wish to the rules, as the grammar reads it or else for a model to read."""
        draft = await self._read_rule(request, task)
        wish = CreateRule(task=request.task[:_LONGEST_RULE], draft=draft, conversation_id=request.conversation_id,
                          language=request.language)  # fmt: skip
        made = await self.create_rule(wish, task)
        plan = Plan(
            plan_id=meaning.plan_id_of(task.id), task=request.task, steps=(), created_at=time.time(),
            status="proposed" if made.rule.status == "proposed" else "done", ended_at=time.time(),
            conversation_id=request.conversation_id, answer=made.text,
            note=phrase("It became rule {rule_id}.", rule_id=made.rule.rule_id),
            cost_usd=made.cost_usd or 0.0,
        )  # fmt: skip
        return PlanResult(plan=plan, text=made.text, source=made.source, approval_id=made.approval_id,
                          rule_id=made.rule.rule_id)  # fmt: skip

    async def _read_rule(self, request: RunPlan, task: Task) -> RuleDraft | None:
        sentence = RuleSentence(task=request.task[:_LONGEST_RULE], language=request.language)
        try:
            return (await self.ask(READ_RULE, sentence, timeout=_READ_SECONDS, trace_id=task.trace_id)).draft
        except (TransportError, TaskFailed) as error:
            self.log.debug("the grammar could not be asked", problem=str(error))
            return None

    async def refuse_spawned(self, task: Task) -> None:
        """Plans and rules act for a long time: what a spawned agent says of them is no person's word."""
        if task.sender not in CAREFUL and await self._plan_senders.is_spawned(task.sender):
            raise Refused(phrase(_NOT_A_PERSON))

    def _refuse_when_halted(self) -> None:
        if self.recall("halted", False):
            raise Refused(phrase(_HALTED))

    async def _look_around(self) -> None:
        """Ask the monitor who is here: right after a start nobody else was heard yet."""
        try:
            await self.bus.wait_connected(_LOOK_SECONDS)
            self.roster.note_list(await self.ask(LIST_SPAWNED, Nothing(), timeout=_LOOK_SECONDS))
        except (TransportError, TaskFailed) as error:
            self.log.debug("the monitor's list is not available", problem=str(error))

    # -- what is heard ------------------------------------------------------------------------------------------

    @listens(CHAT_STOP)
    async def on_chat_stop(self, message: Message[ChatStop]) -> None:
        """Somebody does not want an answer any more."""
        self.spawn_background(self.plans.stop_for(message.payload), "stop plans")

    @listens(APPROVAL_EVENTS)
    async def on_approval(self, message: Message[ApprovalEvent]) -> None:
        """An approval ended: a plan may wait for it."""
        if message.payload.id in self.plans.awaited:
            self.spawn_background(self.plans.hear(message.payload), "approval of a plan")

    @listens(MANIFEST)
    async def on_plan_manifest(self, message: Message[AgentManifest]) -> None:
        """Learn what an agent can do."""
        self.roster.note_manifest(message.payload)

    @listens(HEARTBEAT)
    async def on_plan_heartbeat(self, message: Message[Heartbeat]) -> None:
        """An agent lives."""
        self.roster.note_beat(message.payload)
        self._plan_senders.note(message.payload)

    @listens(STATUS)
    async def on_plan_status(self, message: Message[AgentStatus]) -> None:
        """An agent changed its state, or died."""
        self.roster.note_state(message.payload.name, message.payload.state)

    @every(_EXPIRY_SECONDS)
    async def look_after_plans(self) -> None:
        """Drop proposals that are too old, and learn of approvals that were decided while nothing was heard."""
        await self.plans.expire(time.time())
        if self.plans.awaited:
            await self._ask_for_approvals()

    @every(3600)
    async def trim_plans(self) -> None:
        """Forget plans that are older than they are kept."""
        await self.plans.book.trim(time.time() - self.settings.plan_keep_days * _DAY)

    async def _ask_for_approvals(self) -> None:
        query = ApprovalQuery(all=True)
        try:
            listed = await self.ask(LIST_APPROVALS, query, to="monitor", timeout=LIST_APPROVALS.timeout)
        except (TransportError, TaskFailed) as error:
            self.log.debug("approvals are not available", problem=str(error))
            return
        for approval in listed.approvals:
            await self.plans.hear(approval)
