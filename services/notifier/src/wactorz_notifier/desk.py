"""Takes notices: decides what becomes of each, has it carried, and keeps what was told."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from wactorz_common.contracts.notices import Notice, NoticeResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused
from wactorz_notifier import places
from wactorz_notifier.courier import Carried, Courier
from wactorz_notifier.deciding import MINUTE, QUIET, STORM, Pace, Verdict, decide
from wactorz_notifier.german import GERMAN, in_words, phrase
from wactorz_notifier.journal import TRYING, Delivery, Held, Journal, Told
from wactorz_notifier.quiet import QuietHours, clock_time
from wactorz_notifier.vault import Place, Vault

UNKNOWN = "Unknown, sent perhaps: {why}. It is not sent again, so that nobody is told twice."
_KILLED = "the notifier was stopped while it was sending"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a notice, and how its task ends."""

    result: NoticeResult
    state: TaskState = TaskState.DONE
    is_new: bool = True
    """Whether it ended just now and not in an earlier run."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the desk needs of the agent."""

    zone: Callable[[], str]
    """The time zone of the house."""
    quiet_hours: str
    """Of the settings; a notice may bring its own."""
    report: Callable[[Place, str], Awaitable[None]]
    """Notes why a place did not get a notice; empty when it did."""
    show: Callable[[Notice], Awaitable[None]]
    """Shows a notice on the page."""


class Desk:
    """One notice after the other for each place."""

    def __init__(
        self, vault: Vault, journal: Journal, courier: Courier, pace: Pace, outside: Outside,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._vault, self._journal, self._courier, self._pace = vault, journal, courier, pace
        self._outside, self._now = outside, now
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[str] = Counter()
        self.changed = asyncio.Event()
        """Set when something was held."""

    @asynccontextmanager
    async def turn(self, target: str, until: float = float("inf")) -> AsyncIterator[None]:
        """Have a place to oneself; Expired when that takes too long."""
        lock = self._locks[target]
        try:
            async with asyncio.timeout(None if until == float("inf") else max(0.0, until - self._now())):
                await lock.acquire()
        except TimeoutError:
            raise Expired(
                phrase("{target} was busy with other notices for too long, so this one was not sent", target=target)
            ) from None
        try:
            yield
        finally:
            lock.release()

    async def tell(self, task_id: str, notice: Notice, until: float) -> Ending:
        """Tell a notice, before `until` in epoch seconds; the same task again gives the same ending."""
        known = await self._journal.find(task_id)
        if known is not None and known.result is not None:
            return Ending(known.result, _state_of(known.result), is_new=False)
        place = await self._place(notice)
        target = place.name if place is not None else places.PAGE
        if known is None and self._waiting[target] >= self._pace.most and notice.severity != "critical":
            ending = await self._put_aside(task_id, place, notice)
            if ending is not None:
                return ending
        self._waiting[target] += 1
        try:
            async with self.turn(target, until):
                return await self._tell(task_id, place, notice, until, known)
        finally:
            self._waiting[target] -= 1

    async def _put_aside(self, task_id: str, place: Place | None, notice: Notice) -> Ending | None:
        """Too many wait for a place that is slow or away: this one is told with others later, unless it is an edit."""
        target = place.name if place is not None else places.PAGE
        told = await self._journal.told(target, notice.key)
        verdict = self._decide(target, notice, told, can_edit=place is not None, is_crowded=True)
        if verdict.kind == "suppress":
            return await self._end(task_id, notice, self._suppressed(target, verdict))
        return await self._hold(task_id, target, notice, verdict) if verdict.kind == "hold" else None

    async def _place(self, notice: Notice) -> Place | None:
        """Where it goes; None is the page."""
        wanted = notice.target.strip().lower()
        if wanted == places.PAGE:
            return None
        place = self._vault.place(wanted)
        if place is None and wanted:
            await self._outside.show(notice)
            raise Refused(
                phrase(
                    "I do not know where on {wanted} to say that, so I showed it on the page: {how_to}",
                    wanted=wanted,
                    how_to=places.how_to(wanted),
                )
            )
        return place

    async def _tell(
        self, task_id: str, place: Place | None, notice: Notice, until: float, known: Delivery | None
    ) -> Ending:  # fmt: skip
        target = place.name if place is not None else places.PAGE
        if known is not None and known.state == TRYING and place is not None:
            return await self._end(task_id, notice, _unknown(target, _KILLED))
        done = known.pieces if known is not None else 0
        told = await self._journal.told(target, notice.key)
        verdict = Verdict("send") if done else self._decide(target, notice, told, can_edit=place is not None)
        if verdict.kind == "suppress":
            return await self._end(task_id, notice, self._suppressed(target, verdict))
        if verdict.kind == "hold":
            return await self._hold(task_id, target, notice, verdict)
        await self._journal.begin(task_id, target, notice, self._now())
        if verdict.kind == "send":
            self._pace.note(target, self._now())
        carried = await self._courier.carry(task_id, place, notice, until, done=done, edit=verdict.message_id)
        return await self._carried(task_id, place, notice, carried, told)

    def _decide(
        self, target: str, notice: Notice, told: Told | None, *, can_edit: bool, is_crowded: bool = False
    ) -> Verdict:  # fmt: skip
        now, hours = self._now(), notice.quiet_hours or self._outside.quiet_hours
        quiet_until = QuietHours.of(hours).until(now, self._outside.zone()) if hours else None
        busy_until = self._pace.busy_until(target, now, is_critical=notice.severity == "critical")
        if is_crowded and busy_until is None:
            busy_until = now + MINUTE
        return decide(notice, now, told, quiet_until=quiet_until, busy_until=busy_until, can_edit=can_edit)

    def _suppressed(self, target: str, verdict: Verdict) -> NoticeResult:
        left = verdict.until - self._now()
        return NoticeResult(
            status="suppressed",
            target=target,
            text=phrase("Not told: the same was told before, and {left:.0f} s are to pass", left=left),
        )

    async def _hold(self, task_id: str, target: str, notice: Notice, verdict: Verdict) -> Ending:
        when = clock_time(verdict.until, self._outside.zone())
        reason = {
            QUIET: phrase("Held until {when}, when the quiet hours end", when=when),
            STORM: phrase("There are many notices at once: told with the others at {when}", when=when),
        }[verdict.why]
        result = NoticeResult(status="held", target=target, text=reason)
        held = Held(0, target, notice.key, verdict.until, notice, 1, verdict.why)
        await self._journal.hold(task_id, held, result, self._now())
        self.changed.set()
        return Ending(result)

    async def _carried(
        self, task_id: str, place: Place | None, notice: Notice, carried: Carried, before: Told | None
    ) -> Ending:  # fmt: skip
        outcome = carried.outcome
        target = place.name if place is not None else places.PAGE
        if place is not None:
            await self._outside.report(place, outcome.problem if not outcome.arrived else "")
        if outcome.arrived:
            arrived = self._arrived(notice, target, edited=carried.edited)
            return await self._end(task_id, notice, arrived, self._told(carried, before))
        result = _unknown(target, outcome.problem) if outcome.unclear else _failed(target, outcome.problem)
        await self._outside.show(notice.model_copy(update={"text": f"{notice.text[:3_500]}\n({result.text})"}))
        told = self._told(carried, before) if outcome.unclear else None
        return await self._end(task_id, notice, result, told)

    def _told(self, carried: Carried, before: Told | None) -> Told:
        now = self._now()
        if carried.edited and before is not None:
            return replace(before, at=now)
        return Told(now, carried.message_id, now)

    def _arrived(self, notice: Notice, target: str, *, edited: bool) -> NoticeResult:
        if target == places.PAGE:
            hint = "" if notice.target else phrase(". For another place {how_to}", how_to=places.how_to(""))
            return NoticeResult(status="sent", target=target, text=phrase("Shown on the page{hint}", hint=hint))
        if edited:
            return NoticeResult(
                status="edited", target=target, text=phrase("Changed the message on {target}", target=target)
            )
        return NoticeResult(status="sent", target=target, text=phrase("Told on {target}", target=target))

    async def _end(
        self, task_id: str, notice: Notice, result: NoticeResult, told: Told | None = None
    ) -> Ending:  # fmt: skip
        await self._journal.end(task_id, notice, result, self._now(), told)
        return Ending(result, _state_of(result))


def _failed(target: str, problem: str) -> NoticeResult:
    return NoticeResult(
        status="failed",
        target=target,
        text=phrase("{target} did not get it: {problem}", target=target, problem=in_words(problem)),
    )


def _unknown(target: str, why: str) -> NoticeResult:
    return NoticeResult(status="failed", target=target, text=unknown(why))


def _state_of(result: NoticeResult) -> TaskState:
    if result.status != "failed":
        return TaskState.DONE
    begins = tuple(text.partition(":")[0] for text in (UNKNOWN, GERMAN[UNKNOWN]))
    return TaskState.UNKNOWN if result.text.startswith(begins) else TaskState.FAILED


def unknown(why: str) -> str:
    """What is told of a notice that was sent perhaps."""
    return phrase(UNKNOWN, why=in_words(why))
