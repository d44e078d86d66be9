"""What this agent answers about automations."""

import hashlib
from typing import Literal

from wactorz_common.agent import Task, every, handles
from wactorz_common.approvals import ApprovalBook, announcing
from wactorz_common.bus import Bus
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.automations import (
    CONFIRM_AUTOMATION,
    CREATE_AUTOMATION,
    DELETE_AUTOMATION,
    EDIT_AUTOMATION,
    LIST_AUTOMATIONS,
    SHOW_AUTOMATION,
    SWITCH_AUTOMATION,
    UNDO_AUTOMATION,
    AutomationList,
    AutomationQuery,
    AutomationRef,
    AutomationReport,
    AutomationResult,
    ConfirmAutomation,
    CreateAutomation,
    DeleteAutomation,
    EditAutomation,
    SwitchAutomation,
    UndoAutomation,
)
from wactorz_common.contracts.home import House
from wactorz_common.contracts.policy import LIST_POLICIES, NOTE_AUDIT, AuditNote, EntityPolicy
from wactorz_common.contracts.spawning import (
    APPROVAL_EVENTS,
    DECIDE_APPROVAL,
    LIST_APPROVALS,
    ApprovalQuery,
    Approvals,
    Decision,
    Done,
)
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.senders import may_release
from wactorz_common.store import Store
from wactorz_home_assistant_agent import wording
from wactorz_home_assistant_agent.authoring import write_config
from wactorz_home_assistant_agent.automations import Asked, AutomationWriter
from wactorz_home_assistant_agent.backups import Backups, Change
from wactorz_home_assistant_agent.client import HomeAssistantAutomations, Present
from wactorz_home_assistant_agent.configs import Config, dump, entities_in, normal
from wactorz_home_assistant_agent.drafts import noted, to_config
from wactorz_home_assistant_agent.explain import Words
from wactorz_home_assistant_agent.german import phrase
from wactorz_home_assistant_agent.home_agent import HomeAgent, in_words
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings

_GATEWAY = "gateway"
_HALTED = "halted"
_NOTE_SECONDS = 86_400.0
_POLICY_SECONDS = 3.0
_EXPIRY_SECONDS = 5.0
_TRIM_SECONDS = 3600.0
_OWN_FILE = "{name} is kept in a file of its own, not by Home Assistant: change it there."


class AutomationAgent(HomeAgent):
    """Lists, explains, makes, changes and takes back automations."""

    publishes = (APPROVAL_EVENTS,)

    def __init__(self, settings: HomeAssistantAgentSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._automations = HomeAssistantAutomations(self._home, self._live, settings.ha_token.get_secret_value())
        self._backups = Backups(store)
        self._approvals = ApprovalBook(store, self.name, settings.approval_seconds)
        self._approvals.on_change = announcing(self)
        self._writer = AutomationWriter(
            self._automations, self._backups, self._approvals, self._is_halted, self._note, self._laid_down
        )

    async def on_start(self) -> None:
        """Take up what is kept, and begin connecting."""
        self._backups.open()
        await self._approvals.load()
        await super().on_start()

    async def on_stop(self) -> None:
        """Close the connections."""
        await self._automations.close()
        await super().on_stop()

    @handles(SET_HALT)
    async def on_set_halt(self, request: HaltRequest, task: Task) -> HaltResult:
        """Leave all automations as they are, or let them be changed again; kept over restarts."""
        if not request.halted and not may_release(task.sender):
            raise Refused(phrase("Only a person may let automations be changed again: say /go."))
        await self.persist(_HALTED, request.halted)
        return HaltResult(halted=self._is_halted())

    def _is_halted(self) -> bool:
        return bool(self.recall(_HALTED, False))

    def _note(self, change: Change, verdict: str, task: Task, approval_id: str = "") -> None:
        """Have the actuator note it in the audit log, however long that takes; once for each task."""
        note = AuditNote(
            verdict=verdict, name=change.name[:500], automation_id=change.automation_id[:300],
            person=change.person[:200], approval_id=approval_id,
            entity_ids=entities_in(change.after or change.before or {})[:500],
        )  # fmt: skip
        sent = self.submit(
            NOTE_AUDIT, note, task_id=task.child(f"audit/{verdict}"), deadline=_NOTE_SECONDS, trace_id=task.trace_id
        )
        self.spawn_background(sent, "audit line")

    async def _laid_down(self, task: Task) -> tuple[EntityPolicy, ...] | None:
        try:
            laid = await self.ask(LIST_POLICIES, Nothing(), timeout=_POLICY_SECONDS, trace_id=task.trace_id)
        except (TransportError, TaskFailed):
            return None
        return laid.policies

    # -- reading ------------------------------------------------------------------------------------------------

    @handles(LIST_AUTOMATIONS)
    @in_words
    async def on_list_automations(self, request: AutomationQuery, task: Task) -> AutomationList:
        """Home Assistant's automations in words."""
        await self._reach(task)
        house, search = await self._house(task), request.search.casefold().strip()
        found = []
        for present in self._automations.shown():
            config = await self._automations.config_of(present)
            told = self._writer.told(present, config, house)
            named = f"{present.name} {present.entity_id} {present.automation_id} {' '.join(entities_in(config or {}))}"
            if told is not None and search in f"{named} {told.summary}".casefold():
                found.append(told)
        return AutomationList(automations=tuple(found), text=wording.listing(found, request.search, house))

    @handles(SHOW_AUTOMATION)
    @in_words
    async def on_show_automation(self, request: AutomationRef, task: Task) -> AutomationReport:
        """One automation in plain sentences."""
        await self._reach(task)
        house, present = await self._house(task), self._automations.find(request.automation)
        config = await self._automations.config_of(present)
        told = self._writer.told(present, config, house)
        if config is None or told is None:
            raise Refused(phrase("Home Assistant does not show what {name} does.", name=present.name))
        text = f"{wording.row(told.model_copy(update={'summary': ''}), house)}\n{Words(house).explain(config)}"
        return AutomationReport(automation=told, config=config, yaml=dump(config), text=text)

    # -- writing ------------------------------------------------------------------------------------------------

    @handles(CREATE_AUTOMATION)
    @in_words
    async def on_create_automation(self, request: CreateAutomation, task: Task) -> AutomationResult:
        """Make an automation, or say what it waits for."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        asked = Asked(request.conversation_id, request.person, request.dry_run, needs_yes=request.config is not None)
        config, source, cost = await self._written(request, None, house, task)
        change = Change(
            verb="create", automation_id=id_of(task.id), name=str(config.get("alias") or "Automation"), after=config,
            source=source, cost_usd=cost,
        )  # fmt: skip
        return noted(await self._writer.perform(change, asked, house, task), request.draft)

    @handles(EDIT_AUTOMATION)
    @in_words
    async def on_edit_automation(self, request: EditAutomation, task: Task) -> AutomationResult:
        """Change an automation, or say what it waits for."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        present, now = await self._editable(request.automation)
        config, source, cost = await self._written(request, now, house, task)
        config = {"alias": now.get("alias", present.name), **config}
        change = Change(
            verb="change", automation_id=present.automation_id, entity_id=present.entity_id, name=present.name,
            before=now, after=normal(config), source=source, cost_usd=cost,
        )  # fmt: skip
        asked = Asked(request.conversation_id, request.person, request.dry_run, needs_yes=request.config is not None)
        return noted(await self._writer.perform(change, asked, house, task), request.draft)

    @handles(DELETE_AUTOMATION)
    @in_words
    async def on_delete_automation(self, request: DeleteAutomation, task: Task) -> AutomationResult:
        """Propose to delete an automation."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        present, now = await self._editable(request.automation)
        change = Change(
            verb="delete", automation_id=present.automation_id, entity_id=present.entity_id, name=present.name,
            before=now, enabled=present.enabled,
        )  # fmt: skip
        asked = Asked(request.conversation_id, request.person, request.dry_run)
        return await self._writer.perform(change, asked, house, task)

    @handles(SWITCH_AUTOMATION)
    @in_words
    async def on_switch_automation(self, request: SwitchAutomation, task: Task) -> AutomationResult:
        """Enable or disable an automation."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        present = self._automations.find(request.automation)
        if present.enabled is request.enabled:
            told, state = self._writer.told(present, None, house), "enabled" if request.enabled else "disabled"
            return AutomationResult(
                status="unchanged",
                text=phrase("{name} is {state} already.", name=present.name, state=phrase(state)),
                automation=told,
            )
        config = await self._automations.config_of(present)
        if config is None and request.enabled:
            raise Refused(
                phrase("Home Assistant does not show what {name} does, so I did not enable it.", name=present.name)
            )
        change = Change(
            verb="enable" if request.enabled else "disable", automation_id=present.automation_id,
            entity_id=present.entity_id, name=present.name, after=config, enabled=present.enabled,
        )  # fmt: skip
        asked = Asked(request.conversation_id, request.person, request.dry_run)
        return await self._writer.perform(change, asked, house, task)

    @handles(CONFIRM_AUTOMATION)
    @in_words
    async def on_confirm_automation(self, request: ConfirmAutomation, task: Task) -> AutomationResult:
        """Do what was proposed, or drop it."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        if request.yes:
            self._writer.refuse_while_halted()
        change = await self._backups.take(request.token, request.conversation_id, task.id)
        if change is None:
            raise Refused(
                phrase("There is no change of an automation that waits for a yes here. Ask for it once more.")
            )
        if not request.yes:
            return AutomationResult(
                status="dropped", text=phrase("I left it: nothing was changed about {name}.", name=change.name)
            )
        return await self._writer.perform(change, Asked(person=request.person, confirmed=True), house, task)

    @handles(UNDO_AUTOMATION)
    @in_words
    async def on_undo_automation(self, request: UndoAutomation, task: Task) -> AutomationResult:
        """Take the last change of an automation back."""
        await self._reach(task)
        house = await self._house(task)
        if (before := await self._writer.resumed(task, house)) is not None:
            return before
        asked = Asked(request.conversation_id, request.person, request.dry_run)
        return await self._writer.undo(asked, house, task)

    async def _written(
        self, request: CreateAutomation | EditAutomation, now: Config | None, house: House, task: Task
    ) -> tuple[Config, Literal["rules", "local", "cloud"], float]:
        """The configuration that is asked for, what read the sentence, and what that cost."""
        if request.config is not None:
            return normal(request.config), "rules", 0.0
        if request.draft is not None:
            config = to_config(request.draft, "", request.task)
            name = str(now.get("alias")) if now is not None else Words(house).summary(config).rstrip(".")[:80]
            return {**config, "alias": name}, "rules", 0.0
        if not request.task.strip():
            raise Refused(phrase("Say what the automation shall do."))
        try:
            written = await write_config(
                lambda question: self._complete(question, task), lambda config: self._writer.check(config, house),
                request.task, house, now,
            )  # fmt: skip
        except (TransportError, TaskFailed) as error:
            raise Refused(phrase("The model could not be asked for that automation: {error}", error=error)) from error
        return written.config, written.source, written.cost_usd

    async def _editable(self, named: str) -> tuple[Present, Config]:
        present = self._automations.find(named)
        now = await self._automations.stored(present.automation_id) if present.automation_id else None
        if now is None:
            raise Refused(phrase(_OWN_FILE, name=present.name))
        return present, now

    # -- approvals ----------------------------------------------------------------------------------------------

    @handles(LIST_APPROVALS)
    async def on_list_approvals(self, request: ApprovalQuery, _task: Task) -> Approvals:
        """What waits for a person's yes."""
        return Approvals(approvals=self._approvals.listed(decided_too=request.all))

    @handles(DECIDE_APPROVAL)
    @in_words
    async def on_decide_approval(self, request: Decision, task: Task) -> Done:
        """Write what a person approved, once."""
        if task.sender != _GATEWAY:
            raise Refused(phrase("Only the gateway may pass on what a person decides: it knows who they are."))
        approve = request.decision == "approve"
        if approve:
            await self._reach(task)
        house = await self._house(task) if approve else House(version=0)
        if (before := await self._writer.resumed(task, house)) is not None:
            return Done(text=before.text)
        if approve:
            self._writer.refuse_while_halted()
        kept = await self._approvals.decide(request.id, approve=approve, by=request.by, task=task.id)
        change = Change.accept(kept.wish)
        verdict = "approved" if approve else "denied"
        self._note(change.model_copy(update={"person": request.by}), verdict, task, kept.approval.id)
        if not approve:
            return Done(text=phrase("It stays as it is: nothing was changed about {name}.", name=change.name))
        result = await self._writer.perform(change, Asked(person=request.by, approved=True), house, task)
        return Done(text=result.text)

    @every(_EXPIRY_SECONDS)
    async def expire_approvals(self) -> None:
        """Silence is a no."""
        for kept in await self._approvals.expire():
            await self.log_event(f"nobody answered in time: {kept.approval.summary}", level="warning")

    @every(_TRIM_SECONDS)
    async def trim(self) -> None:
        """Forget what nobody can ask for any more."""
        await self._backups.trim()


def id_of(task_id: str) -> str:
    """The id of an automation that a task makes: the same in every run."""
    return f"wactorz_{hashlib.sha256(task_id.encode()).hexdigest()[:12]}"
