"""Somebody was deleted: what they said is forgotten, here and by whoever remembers it, now or once they are back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from wactorz_common import logs
from wactorz_common.contracts.memory import ERASE_PERSON, ErasePerson
from wactorz_common.errors import WactorzError
from wactorz_gateway.conversation import new_id

if TYPE_CHECKING:
    from wactorz_gateway.parts import Parts

_HERE = "gateway"
_PATIENCE = 8.0
"""Seconds in which a message that was stopped should have its answer."""

_log = logs.get(__name__)


class Erasing:
    """Has deleted people forgotten; what is still to be done is on disk with the accounts."""

    def __init__(self, parts: "Parts", keep: Callable[[], Awaitable[None]] | None = None) -> None:
        """With `keep`, that transcripts are forgotten is on disk when it returns."""
        self._parts, self.keep = parts, keep
        self._under_way: set[tuple[str, str]] = set()

    async def round(self, told: list[str] | None = None) -> None:
        """Try everything that is still to be done; `told` takes what was forgotten, in words, as it happens."""
        left = [one for one in self._parts.accounts.erasures if one not in self._under_way]
        await asyncio.gather(*(self._erase(name, place, told) for name, place in left))

    async def _erase(self, name: str, place: str, told: list[str] | None) -> None:
        self._under_way.add((name, place))
        try:
            said = ""
            if await self._is_quiet(name):
                said = await (self._here(name) if place == _HERE else self._there(name, place))
            if said:
                await self._parts.accounts.erased(name, place)
                _log.info("a deleted person is forgotten", place=place)
            if said and told is not None:
                told.append(said)
        except WactorzError as error:
            _log.info("a deleted person is not forgotten yet", place=place, reason=str(error))
        finally:
            self._under_way.discard((name, place))

    async def _is_quiet(self, name: str) -> bool:
        """Whether nothing is being answered any more: an answer that comes later would be remembered after all."""
        for chat_id in self._parts.conversations.under_way(person=name):
            await self._parts.backend.stop(chat_id=chat_id)
        return await self._parts.conversations.ended(name, _PATIENCE)

    async def _here(self, name: str) -> str:
        """Texts and files go."""
        turns = self._parts.transcripts.forget(name)
        if self.keep is not None:
            await self.keep()
        files = await self._parts.blobs.listed(name)
        for blob in files:
            await self._parts.blobs.delete(blob)
        return f"{turns} texts and {len(files)} files of {name} are forgotten."

    async def _there(self, name: str, place: str) -> str:
        end = await self._parts.backend.submit(ERASE_PERSON, ErasePerson(person=name), to=place, task_id=new_id())
        return end.result.text if end.result is not None else ""
