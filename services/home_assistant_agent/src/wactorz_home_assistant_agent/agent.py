"""The Home Assistant agent: what is so in the home right now."""

from wactorz_common.agent import Task, handles
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.automations import (
    GET_ENTITIES_STATE,
    LIST_AREAS,
    LIST_DEVICES,
    LIST_ENTITIES,
    RECOMMEND_HARDWARE,
    AreaList,
    AutomationQuery,
    AutomationRef,
    AutomationResult,
    ConfirmAutomation,
    CreateAutomation,
    DeleteAutomation,
    DeviceList,
    EditAutomation,
    EntityList,
    EntityQuery,
    HardwareQuery,
    HardwareReport,
    SwitchAutomation,
    UndoAutomation,
)
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.history import GET_HISTORY, HistoryQuery, HistoryReport
from wactorz_common.contracts.home import (
    GET_STATES,
    SET_DEMO_STATE,
    Entity,
    SetDemoState,
    StateQuery,
    StateReport,
)  # fmt: skip
from wactorz_common.contracts.policy import WHY, WhyQuery, WhyReport
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.standing import Right, known
from wactorz_home_assistant import CallRefused
from wactorz_home_assistant_agent import chat, hardware, history
from wactorz_home_assistant_agent.automation_agent import AutomationAgent
from wactorz_home_assistant_agent.chat import Wanted
from wactorz_home_assistant_agent.german import phrase
from wactorz_home_assistant_agent.inquiry import Inquiry
from wactorz_home_assistant_agent.questions import ABILITIES, answer, chosen, entities_named, without_state

_DOOR, _MAIN = "io-agent", "main"
_WRITING = Right("user", "change automations", "Automatisierungen ändern")
_MOST_CHOICES = 5
_HISTORY_SECONDS = 12.0
_UNKNOWN_WISH = (
    "I do not know what that needs, and no model could tell. I know for example what is needed to be warned of a "
    "leak, to be told when the door opens, to switch the light on motion, or to heat only when somebody is home."
)
_REAL_HOME = (
    "Only the demo home's sensors can be moved; with a real Home Assistant, move its helper or the device itself."
)


class HomeAssistantAgent(AutomationAgent):
    """Answers questions about the home, keeps Home Assistant's automations, and tells why things are as they are."""

    name = "home-assistant-agent"
    description = "Answers questions about the home and why it is so; makes and explains Home Assistant automations."

    @handles(GET_STATES)
    async def on_get_states(self, request: StateQuery, task: Task) -> StateReport:
        """Live states, of all entities or of those that are named; unknown ones are left out."""
        await self._reach(task)
        wanted = request.entity_id or tuple(sorted(self._live))
        return StateReport(states=tuple(self._live[name].to_entity() for name in wanted if name in self._live))

    @handles(SET_DEMO_STATE)
    async def on_set_demo_state(self, request: SetDemoState, task: Task) -> Entity:
        """Move a sensor of the demo home."""
        await self._reach(task)
        if not await self._home.is_demo():
            raise Refused(phrase(_REAL_HOME))
        before = self._live.get(request.entity_id)
        if before is None:
            raise Refused(phrase("There is no {entity_id} in the demo home.", entity_id=request.entity_id))
        attributes = {**before.attributes, **request.attributes}  # what is not sent would be lost
        try:
            state = await self._home.set_state(request.entity_id, request.state, attributes)
        except (CallRefused, TransportError) as error:
            raise Refused(str(error)) from error
        return state.to_entity()

    @handles(GET_HISTORY)
    async def on_get_history(self, request: HistoryQuery, task: Task) -> HistoryReport:
        """States of the past, a page at a time."""
        await self._reach(task)
        return await history.report(self._home, request, min(_HISTORY_SECONDS, task.remaining / 2))

    @handles(WHY)
    async def on_why(self, request: WhyQuery, task: Task) -> WhyReport:
        """Why an entity is as it is, as far as anybody can tell."""
        return await Inquiry(self.ask, self._home).why(request, await self._house(task), task.trace_id)

    @handles(LIST_AREAS)
    async def on_list_areas(self, _request: Nothing, task: Task) -> AreaList:
        """The areas of the house."""
        return AreaList(areas=(await self._house(task)).areas)

    @handles(LIST_DEVICES)
    async def on_list_devices(self, _request: Nothing, task: Task) -> DeviceList:
        """The devices of the house."""
        return DeviceList(devices=(await self._house(task)).devices)

    @handles(LIST_ENTITIES)
    async def on_list_entities(self, request: EntityQuery, task: Task) -> EntityList:
        """The entities of the house, without their attributes."""
        listed = await self.on_get_entities_state(request, task)
        bare = tuple(entity.model_copy(update={"attributes": {}}) for entity in listed.entities)
        return EntityList(entities=bare, total=listed.total)

    @handles(GET_ENTITIES_STATE)
    async def on_get_entities_state(self, request: EntityQuery, task: Task) -> EntityList:
        """Entities with their live state and attributes."""
        await self._reach(task)
        return chosen(await self._house(task), request)

    @handles(RECOMMEND_HARDWARE)
    async def on_recommend_hardware(self, request: HardwareQuery, task: Task) -> HardwareReport:
        """What a wish needs, what is there and what is missing."""
        house = await self._house(task)
        report = hardware.by_rules(request.task, house)
        if report is not None:
            return report
        try:
            report = await hardware.by_model(lambda question: self._complete(question, task), request.task, house)
        except (TransportError, TaskFailed) as error:
            self.log.info("no model for hardware", reason=str(error))
        if report is None:
            raise Refused(phrase(_UNKNOWN_WISH))
        return report

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer about the home, its automations and the reasons of things."""
        await self._reach(task)
        wanted = chat.parse(request.text)
        if wanted is not None:
            return await self._obey_chat(wanted, request, task)
        text = answer(request.text, await self._house(task))
        if text is None and task.sender == _DOOR:
            return await self._ask_main(request, task)
        unread = " ".join(map(phrase, ("I did not understand that.", ABILITIES, chat.ABILITIES)))
        return ChatAnswer(text=text or unread, status="done" if text else "failed")

    async def _ask_main(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Have a command that a person gave to this agent read by the one that reads commands."""
        end = await self.submit(
            CHAT, request.model_copy(update={"payload": None}), to=_MAIN, task_id=task.child("main"),
            deadline=max(1.0, task.remaining - 1), trace_id=task.trace_id,
        )  # fmt: skip
        if end.result is None:
            return ChatAnswer(
                text=end.error or phrase("Nobody could read that in time; nothing was done."), status="failed"
            )
        return end.result

    async def _obey_chat(self, wanted: Wanted, request: ChatRequest, task: Task) -> ChatAnswer:
        if wanted.verb == "list":
            return ChatAnswer(text=(await self.on_list_automations(AutomationQuery(search=wanted.name), task)).text)
        if wanted.verb == "show":
            return ChatAnswer(text=(await self.on_show_automation(AutomationRef(automation=wanted.name), task)).text)
        if wanted.verb == "why":
            query = WhyQuery(entity_id=await self._entity_meant(wanted.name, task), language=request.language or "en")
            return ChatAnswer(text=(await self.on_why(query, task)).text)
        if wanted.verb == "hardware":
            report = await self.on_recommend_hardware(HardwareQuery(task=wanted.task), task)
            return ChatAnswer(text=report.text, source=report.source, cost_usd=report.cost_usd)
        standing = known(request.person, request.standing) if task.sender == _DOOR else ""
        refusal = _WRITING.refusal(standing, request.language)
        if refusal:
            return ChatAnswer(text=refusal, status="failed")
        result = await self._write_for_chat(wanted, request, task)
        waits = result.status in ("needs_confirmation", "needs_approval")
        alone = result.status == "needs_confirmation" and not request.conversation_id
        hint = " (@home-assistant-agent yes)" if alone else ""
        return ChatAnswer(
            text=result.text + hint, source=result.source, status="waiting" if waits else "done",
            cost_usd=result.cost_usd, approval_id=result.approval_id,
        )  # fmt: skip

    async def _write_for_chat(self, wanted: Wanted, request: ChatRequest, task: Task) -> AutomationResult:
        place = _place_of(request)
        about = {"person": request.user, "conversation_id": place, "language": request.language}
        match wanted.verb:
            case "create":
                return await self.on_create_automation(CreateAutomation(task=wanted.task, **about), task)
            case "change":
                edit = EditAutomation(automation=wanted.name, task=wanted.task, **about)
                return await self.on_edit_automation(edit, task)
            case "enable" | "disable":
                switch = SwitchAutomation(automation=wanted.name, enabled=wanted.verb == "enable", **about)
                return await self.on_switch_automation(switch, task)
            case "delete":
                return await self.on_delete_automation(DeleteAutomation(automation=wanted.name, **about), task)
            case "undo":
                return await self.on_undo_automation(UndoAutomation(**about), task)
        confirm = ConfirmAutomation(yes=wanted.verb == "yes", conversation_id=place, person=request.user)
        return await self.on_confirm_automation(confirm, task)

    async def _entity_meant(self, said: str, task: Task) -> str:
        """The entity that a question is about; empty when it names none, Refused when it is not just one."""
        if not said:
            return ""
        house, plain = await self._house(task), said.casefold()
        found = entities_named(without_state(plain), house) or entities_named(plain, house)
        if not found:
            raise Refused(phrase("I know no device called '{said}'. `list entities` shows them all.", said=said))
        if len(found) > 1:
            names = phrase(" or ").join(f"{entity.name} ({entity.entity_id})" for entity in found[:_MOST_CHOICES])
            raise Refused(phrase("Which one: {names}?", names=names))
        return found[0].entity_id


def _place_of(request: ChatRequest) -> str:
    """Whose conversation it is: two persons may call theirs alike."""
    plain = request.conversation_id.replace("\n", " ")
    return (f"{request.person}\n{plain}" if request.person and plain else plain)[:200]
