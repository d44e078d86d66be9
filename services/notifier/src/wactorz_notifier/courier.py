"""Carries one message to one place: in pieces, again while there is time, and never twice."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from wactorz_common.contracts.notices import Notice
from wactorz_common.errors import Refused
from wactorz_notifier import others
from wactorz_notifier.client import Client, Outcome
from wactorz_notifier.dialects import DIALECTS, Dialect, Saying
from wactorz_notifier.journal import PENDING, TRYING, Journal
from wactorz_notifier.texts import cut, pieces
from wactorz_notifier.vault import Place, Vault

Show = Callable[[Notice], Awaitable[None]]
"""Shows a notice on the page."""

_TRY_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE, _SHORTEST_PAUSE = 0.5, 10.0, 0.2
_LAST_MOMENT = 0.5
_ROOM = 8
"""Characters for what goes around a title."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a message came."""

    outcome: Outcome
    edited: bool = False
    message_id: str = ""


class Courier:
    """Sends; what it is about to do is on disk before."""

    def __init__(
        self, vault: Vault, journal: Journal, client: Client, show: Show,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._vault, self._journal, self._client, self._show = vault, journal, client, show
        self._sleep, self._now = sleep, now

    async def limit_of(self, place: Place | None) -> int:
        """Characters of one message to a place; None is the page."""
        if place is None:
            return 4_000
        return DIALECTS[place.service].limit if place.is_own else await others.longest(self._vault.url_of(place))

    async def carry(
        self, delivery_id: str, place: Place | None, notice: Notice, until: float, *, done: int = 0, edit: str = ""
    ) -> Carried:  # fmt: skip
        """Take a notice to a place, or to the page, before `until`; `done` pieces have arrived before."""
        if place is None:
            await self._show(notice)
            return Carried(Outcome(arrived=True))
        try:
            url = self._vault.url_of(place)
        except Refused as refusal:
            return Carried(Outcome(problem=str(refusal)))
        if edit and place.is_own:
            carried = await self._edit(delivery_id, DIALECTS[place.service], url, notice, until, edit)
            if not carried.outcome.gone:
                return carried
        return await self._send_all(delivery_id, place, url, notice, until, done)

    async def _edit(
        self, delivery_id: str, dialect: Dialect, url: str, notice: Notice, until: float, message_id: str
    ) -> Carried:  # fmt: skip
        text = cut(notice.text, dialect.limit - len(notice.title) - _ROOM)
        request = dialect.edit(url, message_id, _saying(notice, text, delivery_id))
        if request is None:
            return Carried(Outcome(gone=True))
        outcome = await self._insist(
            delivery_id, partial(self._client.deliver, dialect, request), until, repeatable=True
        )
        return Carried(outcome, edited=True, message_id=message_id)

    async def _send_all(
        self, delivery_id: str, place: Place, url: str, notice: Notice, until: float, done: int
    ) -> Carried:  # fmt: skip
        limit = (await self.limit_of(place)) - len(notice.title) - _ROOM
        first = ""
        parts = pieces(notice.text, limit)
        for number in range(done, len(parts)):
            saying = _saying(notice, parts[number], f"{delivery_id}/{number}" if number else delivery_id, number)
            outcome = await self._insist(delivery_id, self._sender(place, url, saying), until)
            if not outcome.arrived:
                return Carried(outcome)
            first = first or outcome.message_id
            await self._journal.arrived(delivery_id, number + 1, outcome.message_id)
        return Carried(Outcome(arrived=True), message_id=first if done == 0 else "")

    def _sender(self, place: Place, url: str, saying: Saying) -> Callable[[float], Awaitable[Outcome]]:
        if not place.is_own:
            return partial(others.deliver, url, saying)
        dialect = DIALECTS[place.service]
        return partial(self._client.deliver, dialect, dialect.send(url, saying))

    async def _insist(
        self, delivery_id: str, send: Callable[[float], Awaitable[Outcome]], until: float, *, repeatable: bool = False
    ) -> Outcome:  # fmt: skip
        """Try until it arrives, is certain not to, or might have."""
        pause = _FIRST_PAUSE
        while True:
            if not repeatable:
                await self._journal.mark(delivery_id, TRYING)
            outcome = await send(min(_TRY_SECONDS, until - self._now()))
            if outcome.arrived or outcome.unclear:
                return outcome
            if not repeatable:
                await self._journal.mark(delivery_id, PENDING)
            wait = pause * random.uniform(0.8, 1.2) if outcome.again_in is None else outcome.again_in  # noqa: S311  # spread
            wait = max(_SHORTEST_PAUSE, wait)
            if not outcome.may_retry or self._now() + wait > until - _LAST_MOMENT:
                return outcome
            await self._sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _saying(notice: Notice, text: str, message_id: str, number: int = 0) -> Saying:
    return Saying(text, "" if number else notice.title, notice.severity, notice.key, message_id)
