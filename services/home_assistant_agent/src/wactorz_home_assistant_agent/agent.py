"""The Home Assistant agent: what is so in the home right now."""

from wactorz_common.agent import Task, handles
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
from wactorz_common.errors import Refused, TransportError
from wactorz_home_assistant import CallRefused
from wactorz_home_assistant_agent import history
from wactorz_home_assistant_agent.automation_agent import AutomationAgent
from wactorz_home_assistant_agent.inquiry import Inquiry
from wactorz_home_assistant_agent.questions import ABILITIES, answer

_HISTORY_SECONDS = 12.0
_REAL_HOME = (
    "Only the demo home's sensors can be moved; with a real Home Assistant, move its helper or the device itself."
)


class HomeAssistantAgent(AutomationAgent):
    """Answers questions about states, and moves the sensors of the demo home."""

    name = "home-assistant-agent"
    description = "Answers questions about the home: areas, devices, entities and their states."

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
            raise Refused(_REAL_HOME)
        before = self._live.get(request.entity_id)
        if before is None:
            raise Refused(f"There is no {request.entity_id} in the demo home.")
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

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a question about the home, without a model."""
        await self._reach(task)
        text = answer(request.text, await self._house(task))
        return ChatAnswer(text=text or f"I did not understand that. {ABILITIES}", status="done" if text else "failed")
