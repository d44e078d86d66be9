"""The connection of this agent to Home Assistant and to the registry of the house."""

import functools
from collections.abc import Awaitable, Callable
from typing import TypeVar

from wactorz_common.agent import Agent, Task
from wactorz_common.bus import Bus
from wactorz_common.contracts import Payload
from wactorz_common.contracts.home import GET_HOUSE, House
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.house import fetch_house
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, HomeAssistant, LiveStates
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings

A = TypeVar("A")
Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

_REGISTRY_SECONDS = 3.0
_MODEL_SECONDS = 60.0


def in_words(method: Callable[[A, Q, Task], Awaitable[R]]) -> Callable[[A, Q, Task], Awaitable[R]]:
    """Let a handler decline in Home Assistant's words what it could not read; nothing was written then."""

    @functools.wraps(method)
    async def handler(agent: A, request: Q, task: Task) -> R:
        try:
            return await method(agent, request, task)
        except (TransportError, CallRefused) as error:
            raise Refused(str(error)) from error

    return handler


class HomeAgent(Agent[HomeAssistantAgentSettings]):
    """Knows the states and, while the map agent answers, the registry."""

    def __init__(self, settings: HomeAssistantAgentSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._live = LiveStates(self._home)

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant."""
        self._home.start()

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._home.stop()

    async def _complete(self, question: Completion, task: Task) -> CompletionResult:
        """Ask the model, within the time of the task."""
        limit = max(1.0, min(_MODEL_SECONDS, task.remaining - 1))
        return await self.ask(COMPLETE, question, timeout=limit, trace_id=task.trace_id)

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
