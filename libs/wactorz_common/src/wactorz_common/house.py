"""The registry of the house in the memory of an agent: asked for at start, and again whenever it changes."""

import asyncio
import base64
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from wactorz_common.agent import Agent, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.home import GET_HOUSE, HOUSE_VERSION, House, HousePart, HouseQuery, HouseVersion
from wactorz_common.errors import ContractError, HouseUnknown, Refused, TaskFailed, TransportError
from wactorz_common.settings import AgentSettings

S = TypeVar("S", bound=AgentSettings)

Ask = Callable[[HouseQuery], Awaitable[HousePart]]
"""Asks the map agent for one part."""

PIECE_BYTES = 512 * 1024  # a third more as base64, and the broker takes 1 MiB
_FASTEST = 1  # levels above save a tenth and cost four times the time
_MOST_RESTARTS = 5
_FIRST_ASK_SECONDS = 1.0  # the map agent may not listen yet, and then nobody answers
_ASK_SECONDS = 5.0
_RETRY_SECONDS = 0.5
_SLOWEST_RETRY_SECONDS = 3.0
_NOT_YET = "I am still getting to know the home. Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class PackedHouse:
    """A registry ready to be sent, in pieces that each fit into a message."""

    version: int
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, house: House, piece_bytes: int = PIECE_BYTES) -> "PackedHouse":
        """Pack a registry; takes about 4 ms for 1,000 entities."""
        body = zlib.compress(house.encode(), _FASTEST)
        return cls(house.version, tuple(body[at : at + piece_bytes] for at in range(0, len(body), piece_bytes)))

    def part(self, query: HouseQuery) -> HousePart:
        """The part that is asked for; the first one when earlier parts were of another version."""
        number = query.part if query.version in (None, self.version) else 0
        if number >= len(self.pieces):
            raise Refused(f"The registry of the house has {len(self.pieces)} parts; there is no part {number}.")
        data = base64.b64encode(self.pieces[number]).decode()
        return HousePart(version=self.version, part=number, parts=len(self.pieces), data=data)


def unpack(pieces: list[str]) -> House:
    """The registry from the data of its parts, in order; ContractError when they make none."""
    try:
        body = zlib.decompress(b"".join(base64.b64decode(piece, validate=True) for piece in pieces))
    except (ValueError, zlib.error) as error:
        raise ContractError(f"the parts of the registry do not make a whole: {error}") from error
    return House.decode(body)


async def fetch_house(ask: Ask) -> House:
    """The whole registry, part by part; begins again when it changes meanwhile. Errors are those of `ask`."""
    pieces: list[str] = []
    version: int | None = None
    restarts = 0
    while True:
        part = await ask(HouseQuery(part=len(pieces), version=version))
        if part.version != version or part.part != len(pieces):
            restarts += 1
            if part.part or restarts > _MOST_RESTARTS:
                raise TransportError("The registry of the house changes faster than it can be read")
            pieces, version = [], part.version
        pieces.append(part.data)
        if len(pieces) == part.parts:
            return await asyncio.to_thread(unpack, pieces)


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
        self._version_told = 0
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

    async def needed_house(self, seconds: float, sentence: str = _NOT_YET) -> House:
        """The registry; HouseUnknown while it is not known, or Refused with the reason that somebody has told."""
        house = await self.known_house(seconds)
        if house is None and self.house_problem:
            raise Refused(self.house_problem)
        if house is None:
            raise HouseUnknown(sentence)
        return house

    @listens(HOUSE_VERSION)
    async def on_house_version(self, message: Message[HouseVersion]) -> None:
        """Ask again when there is another version than ours."""
        self._version_told = message.payload.version
        if self.house is None or self._version_told != self.house.version:
            self._house_wanted.set()

    async def _follow_house(self) -> None:
        patience, pause = _FIRST_ASK_SECONDS, _RETRY_SECONDS
        while True:
            await self._house_wanted.wait()
            self._house_wanted.clear()
            try:
                house = await self._ask_for_house(patience)
            except (TransportError, TaskFailed, ContractError) as error:
                self.log.debug("the registry of the house is not available yet", problem=str(error))
                self.house_problem = str(error) if isinstance(error, TaskFailed) else ""
                await asyncio.sleep(pause)
                patience, pause = min(patience * 2, _ASK_SECONDS), min(pause * 2, _SLOWEST_RETRY_SECONDS)
                self._house_wanted.set()
                continue
            self.house_problem = ""
            patience, pause = _ASK_SECONDS, _RETRY_SECONDS
            await self._take_house(house)
            if self._version_told == house.version:
                self._house_wanted.clear()

    async def _ask_for_house(self, patience: float) -> House:
        return await fetch_house(lambda query: self.ask(GET_HOUSE, query, timeout=patience))

    async def _take_house(self, house: House) -> None:
        if self.house is not None and self.house.version == house.version:
            return
        self.house = house
        try:
            await self.on_house(house)
        except Exception as error:  # a consumer's fault must not end the following
            await self.report_error(error)
        self._house_known.set()
