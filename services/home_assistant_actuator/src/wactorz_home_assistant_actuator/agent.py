"""The actuator: the only agent that commands devices."""

import time
from collections.abc import Coroutine
from typing import Any

from wactorz_common.agent import Agent, Task, every, handles
from wactorz_common.approvals import ApprovalBook, announcing
from wactorz_common.bus import Bus
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.home import ACTUATE, ACTUATIONS, Actuation, ActuationEvent, ActuationResult
from wactorz_common.contracts.policy import (
    GRANT,
    LIST_AUDIT,
    LIST_GRANTS,
    LIST_POLICIES,
    NOTE_AUDIT,
    REVOKE_GRANT,
    SET_POLICY,
    VERIFY_AUDIT,
    AuditLines,
    AuditNote,
    AuditQuery,
    AuditVerdict,
    Grant,
    GrantResult,
    Policies,
    RevokeGrant,
    SetPolicy,
    StandingGrants,
)
from wactorz_common.contracts.spawning import (
    APPROVAL_EVENTS,
    DECIDE_APPROVAL,
    LIST_APPROVALS,
    Approval,
    ApprovalQuery,
    Approvals,
    Decision,
    Done,
)
from wactorz_common.contracts.system import GET_HALT, HALT, SET_HALT, HaltRequest, HaltResult, HaltState
from wactorz_common.language import language
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.acting import Acting
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.client import HomeAssistantDevices
from wactorz_home_assistant_actuator.desk import Answered, Desk
from wactorz_home_assistant_actuator.ends import HALTED
from wactorz_home_assistant_actuator.gate import Gate
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.grants import GrantBook
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.policies import PolicyBook
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings
from wactorz_home_assistant_actuator.standing import Standing
from wactorz_home_assistant_actuator.wish import HOME_ASSISTANT_AGENT, PLANNER, Wish, may_release, wish_of
from wactorz_home_assistant_actuator.writer import DeviceWriter

_HALTED = "halted"
_HALT_ORDER = "halt_order"
_TRIM_SECONDS = 3600.0
_EXPIRY_SECONDS = 2.0
_DAY = 86_400.0


class HomeAssistantActuatorAgent(Agent[HomeAssistantActuatorSettings]):
    """Acts on devices once, in time, and reads back what became of it; asks a person before anything opens."""

    name = "home-assistant-actuator"
    description = "The only writer to devices: policy, approvals, once and in time, read back, audited."
    publishes = (ACTUATIONS, APPROVAL_EVENTS, HALT)
    refuses_while_paused = True

    def __init__(self, settings: HomeAssistantActuatorSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._devices = HomeAssistantDevices(
            settings.ha_url, settings.ha_token.get_secret_value(), settings.call_timeout_seconds
        )
        self._journal, self._audit = Journal(store), AuditLog(store)
        self._approvals = ApprovalBook(store, self.name, settings.approval_seconds)
        self._approvals.on_change = announcing(self)
        self._policies, self._grants = PolicyBook(store), GrantBook(store)
        self._gate = Gate(self._devices, self._policies, settings.most_per_minute)
        self._desk = Desk(self._approvals, self._policies, self._audit)
        self._standing = Standing(self._policies, self._grants, self._desk, self._audit, self._gate.around)
        self._writer = DeviceWriter(
            self._devices, self._journal, self._gate, self._is_halted, settings.connect_wait_seconds
        )
        self._acting = Acting(self._writer, self._gate, self._desk, self._audit, self)

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant; without waiting, so that recovered tasks come before new ones."""
        self._journal.open()
        self._audit.open()
        missing = await self._audit.look_back()
        if missing:
            self.log.error("audit log lost lines", reason=missing)
            self.spawn_background(self.alert(missing), "audit alert")
        await self._approvals.load()
        await self._policies.load()
        await self._grants.load()
        self._devices.home.start()

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._devices.home.stop()

    # -- acting -------------------------------------------------------------------------------------------------

    @handles(ACTUATE)
    async def on_actuate(self, request: Actuation, task: Task) -> ActuationResult:
        """Make the calls, once, and say what became of them; what opens waits for a person's yes."""
        granted = bool(request.rule_id) and self._grants.covers(request.rule_id, request.calls)
        if task.sender == PLANNER and not granted and self._grants.find(request.rule_id):
            await self._standing.forget_changed(request.rule_id, task)
        wish = wish_of(request, task, granted=granted)
        task.outcome, result = await self._acting.act(request, task, wish)
        return result

    @handles(SET_HALT)
    async def on_set_halt(self, request: HaltRequest, task: Task) -> HaltResult:
        """Stop all actuation, or let it go on; kept over restarts."""
        if not request.halted and not may_release(task):
            self._desk.refuse(task, "halt", phrase("Only a person may let devices act again: say /go."))
        await self.persist(_HALTED, request.halted)
        await self.persist(_HALT_ORDER, {"by": request.by or task.sender, "since": time.time()})
        self._audit.note(
            "halt", person=request.by, task_id=task.id, trace_id=task.trace_id,
            detail={"halted": request.halted, "sender": task.sender},
        )  # fmt: skip
        self.log.warning("halted" if request.halted else "released", by=request.by or task.sender)
        self.spawn_background(self.publish(HALT, self._halt_state()), "tell of the halt")
        return HaltResult(halted=self._is_halted())

    @handles(GET_HALT)
    async def on_get_halt(self, _request: Nothing, _task: Task) -> HaltState:
        """Whether everything is stopped, and by whom."""
        return self._halt_state()

    # -- approvals ----------------------------------------------------------------------------------------------

    @handles(LIST_APPROVALS)
    async def on_list_approvals(self, request: ApprovalQuery, _task: Task) -> Approvals:
        """What waits for a person's yes."""
        return Approvals(approvals=self._desk.listed(decided_too=request.all))

    @handles(DECIDE_APPROVAL)
    async def on_decide(self, request: Decision, task: Task) -> Done:
        """Do what was approved, once and only if it still can be, or drop it."""
        self._desk.refuse_others(task, phrase("answers to approvals"))
        if request.decision == "approve" and self._is_halted() and not task.recovered:
            self._desk.refuse(task, "approval", phrase(HALTED), request.id, request.by)
        kept = self._approvals.find(request.id)
        if request.decision == "approve" and kept is not None and kept.approval.kind == "actuation":
            await self._writer.reach(self.settings.connect_wait_seconds)  # before the one yes is used up
        answered = await self._desk.answer(request, task, self._devices.states)
        if not answered.yes:
            return Done(
                text=phrase(
                    "That is a no, so nothing was done: {summary}.",
                    summary=answered.kept.approval.summary_in(language()),
                )
            )
        if answered.kept.approval.kind != "actuation":
            return Done(text=await self._standing.apply(answered, task))
        return Done(text=await self._act_on(answered, task))

    async def _act_on(self, answered: Answered, task: Task) -> str:
        request = answered.to_actuation()
        wish = Wish(request.origin, request.person or answered.kept.decided_by, rule_id=request.rule_id, approved=True)
        trace_id = str(answered.asked.get("trace_id", "")) or task.trace_id
        already = "" if task.recovered else self._writer.shown_already(request.calls, wish)
        if already:
            self._acting.note_nothing_to_do(request, task, wish, trace_id, answered.kept.approval.id, already)
            return phrase("{already} It was so already, so nothing was sent.", already=already)
        task.outcome, result = await self._acting.act(
            request, task, wish, trace_id=trace_id, approval_id=answered.kept.approval.id
        )
        return result.text

    @every(_EXPIRY_SECONDS)
    async def expire(self) -> None:
        """Silence is a no."""
        for approval in await self._desk.expire():
            await self.log_event(
                phrase(
                    "Nobody answered in time, so nothing was done: {summary}", summary=approval.summary_in(language())
                )
            )

    # -- what holds until it is changed ---------------------------------------------------------------------------

    @handles(SET_POLICY)
    async def on_set_policy(self, request: SetPolicy, task: Task) -> Policies:
        """Lay down an entity's policy."""
        return await self._standing.set_policy(request, task)

    @handles(LIST_POLICIES)
    async def on_list_policies(self, _request: Nothing, _task: Task) -> Policies:
        """Policies of entities."""
        return self._standing.listed()

    @handles(GRANT)
    async def on_grant(self, request: Grant, task: Task) -> GrantResult:
        """Ask for a rule's standing yes."""
        await self._writer.reach(self.settings.connect_wait_seconds)
        return await self._standing.ask_grant(request, task)

    @handles(LIST_GRANTS)
    async def on_list_grants(self, _request: Nothing, _task: Task) -> StandingGrants:
        """Every standing yes."""
        return StandingGrants(grants=self._grants.listed())

    @handles(REVOKE_GRANT)
    async def on_revoke_grant(self, request: RevokeGrant, task: Task) -> StandingGrants:
        """Take a rule's standing yes away."""
        return await self._standing.revoke(request, task)

    # -- audit --------------------------------------------------------------------------------------------------

    @handles(LIST_AUDIT)
    async def on_list_audit(self, request: AuditQuery, _task: Task) -> AuditLines:
        """Lines of the audit log."""
        return await self._audit.listed(request)

    @handles(NOTE_AUDIT)
    async def on_note_audit(self, request: AuditNote, task: Task) -> Nothing:
        """Note what became of an automation of Home Assistant."""
        if task.sender != HOME_ASSISTANT_AGENT:
            self._desk.refuse(task, "automation", phrase("Only home-assistant-agent notes what became of automations."))
        await self._audit.note(
            "automation", entity_ids=request.entity_ids, task_id=task.id, trace_id=task.trace_id,
            person=request.person, detail=request.model_dump(exclude={"entity_ids", "person"}),
        )  # fmt: skip
        return Nothing()

    @handles(VERIFY_AUDIT)
    async def on_verify_audit(self, _request: Nothing, _task: Task) -> AuditVerdict:
        """Whether the audit log is as it was written."""
        return await self._audit.verify()

    @every(_TRIM_SECONDS)
    async def trim(self) -> None:
        """Forget outcomes that nobody can ask for any more, and audit lines that are old enough."""
        await self._journal.trim(time.time())
        await self._audit.trim(self.settings.audit_days * _DAY)
        self.log.info("audit log ends", **(await self._audit.end())._asdict())

    # -- telling ------------------------------------------------------------------------------------------------

    async def tell(self, event: ActuationEvent) -> None:
        """Publish evidence of an actuation."""
        await self.publish(ACTUATIONS, event)

    async def ask_people(self, approval: Approval) -> None:
        """Reach people about a question that none of them asked for."""
        seconds = self.settings.approval_seconds
        await self.alert(
            phrase(
                "{summary}? Say `/approve {id}` within {seconds:.0f} s; silence is a no.",
                summary=approval.summary_in(language()), id=approval.id, seconds=seconds,
            )
        )  # fmt: skip

    def watch(self, work: Coroutine[Any, Any, None]) -> None:
        """Look at something beside the loop until the agent stops."""
        self.spawn_background(work, "late effect")

    def _is_halted(self) -> bool:
        return bool(self.recall(_HALTED, False))

    def _halt_state(self) -> HaltState:
        order: dict[str, Any] = self.recall(_HALT_ORDER, {})
        return HaltState(halted=self._is_halted(), by=order.get("by", ""), since=order.get("since"))
