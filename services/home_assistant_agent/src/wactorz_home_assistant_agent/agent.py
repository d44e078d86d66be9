"""The Home Assistant agent: what is so in the home right now."""

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.bus import Bus
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import (
    GET_HOUSE,
    GET_STATES,
    SET_DEMO_STATE,
    Entity,
    House,
    SetDemoState,
    StateQuery,
    StateReport,
)  # fmt: skip
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.house import fetch_house
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, HomeAssistant, LiveStates
from wactorz_home_assistant_agent.questions import ABILITIES, answer
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings

_REAL_HOME = (
    "Only the demo home's sensors can be moved; with a real Home Assistant, move its helper or the device itself."
)
_REGISTRY_SECONDS = 3.0


class HomeAssistantAgent(Agent[HomeAssistantAgentSettings]):
    """Answers questions about states, and moves the sensors of the demo home."""

    name = "home-assistant-agent"
    description = "Answers questions about the home: areas, devices, entities and their states."

    def __init__(self, settings: HomeAssistantAgentSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._live = LiveStates(self._home)

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant."""
        self._home.on_away.append(self._say_away)
        self._home.start()

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._home.stop()

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

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a question about the home, without a model."""
        await self._reach(task)
        text = answer(request.text, await self._house(task))
        return ChatAnswer(text=text or f"I did not understand that. {ABILITIES}", status="done" if text else "failed")

    async def _reach(self, task: Task) -> None:
        try:
            await self._home.wait_ready(max(0.0, min(self.settings.connect_wait_seconds, task.remaining)))
        except TransportError as error:
            raise Refused(str(error)) from error

    async def _house(self, task: Task) -> House:
        """The registry with live states; without the map agent, what the states alone tell."""
        live = self._live
        try:
            house = await fetch_house(
                lambda query: self.ask(GET_HOUSE, query, timeout=_REGISTRY_SECONDS, trace_id=task.trace_id)
            )
        except (TransportError, TaskFailed) as error:
            self.log.warning("answering without the registry", reason=str(error))
            return House(version=0, entities=tuple(live[name].to_entity() for name in sorted(live)))
        known = [entity for entity in house.entities if entity.entity_id in live]
        fresh = (
            entity.model_copy(
                update={"state": live[entity.entity_id].state, "attributes": dict(live[entity.entity_id].attributes)}
            )
            for entity in known
        )
        return house.model_copy(update={"entities": tuple(fresh)})

    async def _say_away(self) -> None:
        await self.alert(self._home.problem)
