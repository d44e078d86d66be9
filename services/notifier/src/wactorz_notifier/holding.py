"""What waits for the end of quiet hours or of a storm is told as one message; survives restarts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import groupby
from typing import Any

from wactorz_common.contracts.notices import Notice, NoticeResult
from wactorz_notifier import places
from wactorz_notifier.courier import Courier
from wactorz_notifier.deciding import QUIET, Pace
from wactorz_notifier.desk import Desk, Outside, unknown
from wactorz_notifier.german import in_words, phrase
from wactorz_notifier.journal import TRYING, Delivery, Held, Journal
from wactorz_notifier.texts import digest, together
from wactorz_notifier.vault import Place, Vault

_LOOK_SECONDS = 30.0
"""Clocks are set, and machines sleep."""

_ROUND_SECONDS = 20.0
_ROOM = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 900.0
_GIVEN_UP_SECONDS = 6 * 3600.0
_SEVERITIES = ("info", "warning", "critical")

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
"""Runs work beside the loop, and reports what it raises."""

Told = Callable[[Notice, NoticeResult], Awaitable[None]]


class Holding:
    """Makes digests of what is due, and has them carried, again for some hours if need be."""

    def __init__(
        self, vault: Vault, journal: Journal, courier: Courier, desk: Desk, pace: Pace, outside: Outside, told: Told,
        spawn: Spawn, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._vault, self._journal, self._courier, self._desk, self._pace = vault, journal, courier, desk, pace
        self._outside, self._told, self._now = outside, told, now
        self._spawn = spawn

    async def run(self) -> None:
        """Go on with what an earlier run left, then tell what becomes due, until cancelled."""
        for delivery in await self._journal.unfinished_digests():
            self._spawn(self._carry(delivery), delivery.id)
        while True:
            self._desk.changed.clear()
            due_at = await self.release()
            patience = min(_LOOK_SECONDS, max(0.05, due_at - self._now()))
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._desk.changed.wait()

    async def release(self) -> float:
        """Make digests of what is due; returns when the next one is, in epoch seconds."""
        now = self._now()
        waiting = await self._journal.held()
        due = [one for one in waiting if one.due_at <= now]
        for (target, why), group in groupby(sorted(due, key=lambda one: (one.target, one.why)), _lot):
            told = [one for one in waiting if one.why == why and one.target == target] if why != QUIET else list(group)
            delivery = await self._make(target, why, told, now)
            self._spawn(self._carry(delivery), delivery.id)
        return min((one.due_at for one in waiting if one.due_at > now), default=float("inf"))

    async def _make(self, target: str, why: str, told: list[Held], now: float) -> Delivery:
        place = self._vault.place(target)
        limit = await self._courier.limit_of(place)
        heading = (
            phrase("While it was quiet:")
            if why == QUIET
            else phrase("{count} notices at once:", count=sum(one.count for one in told))
        )
        if len(told) == 1 and told[0].count == 1:
            notice = told[0].notice
        else:
            severity = max((one.notice.severity for one in told), key=_SEVERITIES.index)
            lines = [(together(one.notice.title, one.notice.text), one.count) for one in told]
            notice = Notice(text=digest(heading, lines, min(limit, 4_000) - _ROOM), target=target, severity=severity)
        digest_id = f"digest/{target}/{why}/{max(one.number for one in told)}"
        await self._journal.make_digest(digest_id, target, notice, told, now)
        made = await self._journal.find(digest_id)
        if made is None:
            raise LookupError(f"the digest {digest_id} is not in the journal")
        return made

    async def _carry(self, delivery: Delivery) -> None:
        pause, place = _FIRST_PAUSE, self._vault.place(delivery.target)
        if delivery.state == TRYING and place is not None:
            why = unknown("the notifier was stopped while it was sending")
            await self._finish(delivery, place, "failed", why)
            return
        while True:
            place = self._vault.place(delivery.target)
            async with self._desk.turn(delivery.target):
                self._pace.note(delivery.target, self._now())
                until = self._now() + _ROUND_SECONDS
                carried = await self._courier.carry(delivery.id, place, delivery.notice, until, done=delivery.pieces)
            outcome = carried.outcome
            if place is not None:
                await self._outside.report(place, "" if outcome.arrived else outcome.problem)
            if outcome.arrived:
                await self._finish(delivery, place, "sent", phrase("Told together"))
                return
            if outcome.unclear or not outcome.may_retry or self._now() - delivery.at > _GIVEN_UP_SECONDS:
                text = (
                    unknown(outcome.problem)
                    if outcome.unclear
                    else phrase("Not told: {problem}", problem=in_words(outcome.problem))
                )
                await self._finish(delivery, place, "failed", text)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            delivery = await self._journal.find(delivery.id) or delivery

    async def _finish(self, delivery: Delivery, place: Place | None, status: str, text: str) -> None:
        target = place.name if place is not None else places.PAGE
        result = NoticeResult.accept({"status": status, "text": text, "target": target})
        await self._journal.end(delivery.id, delivery.notice, result, self._now())
        if status == "failed":
            await self._outside.show(delivery.notice)
        await self._told(delivery.notice, result)


def _lot(held: Held) -> tuple[str, str]:
    return held.target, held.why
