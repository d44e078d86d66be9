"""Looking at the house: from memory, with states and policies that are refreshed behind."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from wactorz_common.contracts import Nothing, Operation
from wactorz_common.contracts.home import GET_STATES, Entity, StateQuery
from wactorz_common.contracts.policy import LIST_POLICIES
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.backend import Backend
from wactorz_gateway.bodies import Body
from wactorz_gateway.house import HouseReader
from wactorz_gateway.livehouse import LiveHouse
from wactorz_gateway.refreshed import Refreshed

LOOK_SECONDS = 20.0
"""States that were asked for longer ago are asked for again when somebody looks."""

_ASK_SECONDS = 4.0


class HouseLook:
    """The live house for routes; `now` gives epoch seconds."""

    def __init__(
        self, live: LiveHouse, reader: HouseReader, backend: Backend, now: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.live = live
        self._reader, self._backend, self._now = reader, backend, now
        self._asked = Refreshed(self._ask, LOOK_SECONDS, monotonic)

    async def encoded(self) -> Body:
        """The house by rooms as JSON; TransportError while it is not known."""
        await self._ready()
        return self.live.body(self._now(), connected=self._backend.connected())

    async def find(self, entity_id: str) -> Entity | None:
        """An entity with its live state; None when the house has none of this name."""
        await self._ready()
        return self.live.find(entity_id)

    async def again(self, entity_id: str) -> Entity | None:
        """The entity as it is right now, after something was done with it."""
        report = await self._quietly(GET_STATES, StateQuery(entity_id=(entity_id,)), 1.5)
        for entity in report.states if report else ():
            self.live.take_state(entity)
        return self.live.find(entity_id)

    def outdated(self) -> None:
        """States may have been missed: the next look asks for them."""
        self._asked.outdated()

    async def _ready(self) -> None:
        if self.live.house is None:
            self.live.take_house(await self._reader.house())
        await self._asked.get()

    async def _ask(self) -> None:
        """Ask who knows; who does not answer leaves what is known already."""
        states, policies = await asyncio.gather(
            self._quietly(GET_STATES, StateQuery(), _ASK_SECONDS), self._quietly(LIST_POLICIES, Nothing(), _ASK_SECONDS)
        )
        if states is not None:
            self.live.take_states(states.states, self._now())
        if policies is not None:
            self.live.take_policies(policies.policies)

    async def _quietly(self, operation: Operation[Any, Any], request: Any, seconds: float) -> Any:
        try:
            return await self._backend.ask(operation, request, timeout=seconds)
        except (TransportError, TaskFailed):
            return None
