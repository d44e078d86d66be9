"""Home Assistant's own automations: listed, explained, made, switched, deleted and undone."""

from wactorz_common.contracts.automations import (
    CONFIRM_AUTOMATION,
    CREATE_AUTOMATION,
    DELETE_AUTOMATION,
    EDIT_AUTOMATION,
    LIST_AUTOMATIONS,
    RECOMMEND_HARDWARE,
    SHOW_AUTOMATION,
    SWITCH_AUTOMATION,
    UNDO_AUTOMATION,
    AutomationQuery,
    AutomationRef,
    AutomationResult,
    ConfirmAutomation,
    CreateAutomation,
    DeleteAutomation,
    EditAutomation,
    HardwareQuery,
    SwitchAutomation,
    UndoAutomation,
)
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.rules import RuleDraft
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.tasks import TaskEnd
from wactorz_main import texts
from wactorz_main.allowed import RULES
from wactorz_main.deeds import AUTOMATION
from wactorz_main.errand import WAITING, Errand
from wactorz_main.german import phrase

USAGE = (
    "Type /automations [WORD], or /automations show, enable, disable or delete NAME, or /automations change NAME: WHAT."
)
_ASK_SECONDS = 20.0


class Automations:
    """What one message wants of Home Assistant's automations."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/automations` with its verbs."""
        match arguments:
            case ("show" | "explain", _, *_):
                return await self._show(" ".join(arguments[1:]))
            case (("enable" | "disable") as verb, _, *_):
                return await self._switch(" ".join(arguments[1:]), enabled=verb == "enable")
            case ("delete" | "remove", _, *_):
                return await self._delete(" ".join(arguments[1:]))
            case (("change" | "edit"), _, *_):
                return await self._change(" ".join(arguments[1:]))
            case ("show" | "explain" | "enable" | "disable" | "delete" | "remove" | "change" | "edit",):
                return self._errand.failed(phrase(USAGE))
            case _:
                query = AutomationQuery(search=" ".join(arguments)[:200])
                return ChatAnswer(text=(await self._errand.ask(LIST_AUTOMATIONS, query, seconds=_ASK_SECONDS)).text)

    async def create(self, text: str, draft: RuleDraft | None) -> ChatAnswer:
        """Have an automation made; without a draft home-assistant-agent has a model fill it in."""
        refusal = self._errand.refusal(RULES)
        if refusal:
            return self._errand.failed(refusal)
        wish = CreateAutomation(task=text[:2000], draft=draft, **self._about())
        return await self._told(await self._errand.submit(CREATE_AUTOMATION, wish, "automation"))

    async def confirm(self, token: str, *, yes: bool) -> ChatAnswer:
        """A yes or no to the change that was proposed in this conversation."""
        wish = ConfirmAutomation(
            token=token, yes=yes, conversation_id=self._errand.place[:200], person=self._errand.person
        )
        return await self._told(await self._errand.submit(CONFIRM_AUTOMATION, wish, "confirm"))

    async def undo(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        """`/undo`: take back the last change of an automation."""
        end = await self._errand.submit(UNDO_AUTOMATION, UndoAutomation(**self._about()), "undo")
        return await self._told(end, undoing=True)

    async def hardware(self, text: str) -> ChatAnswer:
        """What a wish needs, what is there and what is missing."""
        seconds = self._errand.limit(RECOMMEND_HARDWARE.timeout)
        wish = HardwareQuery(task=text[:2000], language=self._errand.language)
        report = await self._errand.ask(RECOMMEND_HARDWARE, wish, seconds=seconds)
        return ChatAnswer(text=report.text, source=report.source, cost_usd=report.cost_usd)

    async def _show(self, name: str) -> ChatAnswer:
        report = await self._errand.ask(SHOW_AUTOMATION, AutomationRef(automation=name[:300]), seconds=_ASK_SECONDS)
        return ChatAnswer(text=report.text)

    async def _switch(self, name: str, *, enabled: bool) -> ChatAnswer:
        wish = SwitchAutomation(automation=name[:300], enabled=enabled, **self._about())
        return await self._told(await self._errand.submit(SWITCH_AUTOMATION, wish, "switch"))

    async def _delete(self, name: str) -> ChatAnswer:
        wish = DeleteAutomation(automation=name[:300], **self._about())
        return await self._told(await self._errand.submit(DELETE_AUTOMATION, wish, "delete"))

    async def _change(self, text: str) -> ChatAnswer:
        name, colon, what = text.partition(":")
        if not colon or not name.strip() or not what.strip():
            return self._errand.failed(phrase(USAGE))
        wish = EditAutomation(automation=name.strip()[:300], task=what.strip()[:2000], **self._about())
        return await self._told(await self._errand.submit(EDIT_AUTOMATION, wish, "change"))

    def _about(self) -> dict[str, str]:
        """Who says it, where and in which language."""
        errand = self._errand
        return {
            "person": errand.person, "conversation_id": errand.place[:200], "language": errand.language[:20],
        }  # fmt: skip

    async def _told(self, end: TaskEnd[AutomationResult], *, undoing: bool = False) -> ChatAnswer:
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        result, errand = end.result, self._errand
        asks = result.status in ("needs_confirmation", "needs_approval")
        text = texts.lines((result.text, result.diff if result.diff and result.diff not in result.text else ""))
        if result.status == "needs_confirmation":
            await errand.agent.memory.ask_confirmation(errand.place, result.confirm)
        elif result.approval_id:
            await errand.agent.memory.ask_approval(errand.place, result.approval_id)
            if result.approval_id not in text:
                how = texts.how_to_answer(errand.language, result.approval_id, here=errand.in_session)
                text = texts.lines((text, how))
        if result.status == "done" and end.state is TaskState.DONE and not undoing:
            await errand.agent.deeds.note(errand.place, f"{AUTOMATION}{errand.task.id}")
        status = WAITING if asks else (TaskState.DONE if end.state is TaskState.DONE else end.state).value
        return ChatAnswer(
            text=text, status=status, source=result.source, cost_usd=result.cost_usd, approval_id=result.approval_id
        )
