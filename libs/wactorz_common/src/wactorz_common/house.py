"""The registry of the house in the memory of an agent: asked for at start, and again whenever it changes."""

import asyncio
from typing import TypeVar

from wactorz_common.agent import Agent, listens
from wactorz_common.bus import Message
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.home import GET_HOUSE, HOME_MAP, HomeMap, House
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.settings import AgentSettings

S = TypeVar("S", bound=AgentSettings)

_FIRST_ASK_SECONDS = 1.0  # the map agent may not listen yet, and then nobody answers
_ASK_SECONDS = 5.0
_RETRY_SECONDS = 0.5
_SLOWEST_RETRY_SECONDS = 3.0


class HouseFollower(Agent[S]):
    """An agent that knows the house; a subclass that overrides `on_start` calls this one."""

    house: House | None = None
    house_problem: str = ""
    """Why the house is not known, in a sentence; empty when it is or when nobody has told why."""

    async def on_start(self) -> None:
        """Begin to ask for the registry in the background."""
        self._house_known = asyncio.Event()
        self._house_wanted = asyncio.Event()
        self._house_wanted.set()
        self.spawn_background(self._follow_house(), "follow the house")

    async def on_house(self, house: House) -> None:
        """Called with each new version of the registry."""

    async def known_house(self, seconds: float) -> House | None:
        """The registry, once `on_house` has taken in the first one; None when that takes longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._house_known.wait()
        except TimeoutError:
            return None
        return self.house

    @listens(HOME_MAP)
    async def on_home_map(self, message: Message[HomeMap]) -> None:
        """Ask again when the map shows another version than ours."""
        if self.house is None or message.payload.version not in (0, self.house.version):
            self._house_wanted.set()

    async def _follow_house(self) -> None:
        patience, pause = _FIRST_ASK_SECONDS, _RETRY_SECONDS
        while True:
            await self._house_wanted.wait()
            self._house_wanted.clear()
            try:
                house = await self.ask(GET_HOUSE, Nothing(), timeout=patience)
            except (TransportError, TaskFailed) as error:
                self.log.debug("the registry of the house is not available yet", problem=str(error))
                self.house_problem = str(error) if isinstance(error, TaskFailed) else ""
                await asyncio.sleep(pause)
                patience, pause = min(patience * 2, _ASK_SECONDS), min(pause * 2, _SLOWEST_RETRY_SECONDS)
                self._house_wanted.set()
                continue
            self.house_problem = ""
            patience, pause = _ASK_SECONDS, _RETRY_SECONDS
            await self._take_house(house)

    async def _take_house(self, house: House) -> None:
        if self.house is not None and self.house.version == house.version:
            return
        self.house = house
        try:
            await self.on_house(house)
        except Exception as error:  # a consumer's fault must not end the following
            await self.report_error(error)
        self._house_known.set()
