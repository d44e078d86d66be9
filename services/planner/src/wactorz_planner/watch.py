"""Runs the rules: takes readings in, keeps the agenda, and asks the engine about what happens."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from wactorz_common.contracts.rules import RuleDraft
from wactorz_planner import clock, engine, outcomes
from wactorz_planner.acting import Acting, Crossing
from wactorz_planner.clock import Place, Ticks
from wactorz_planner.deciding import Deciding
from wactorz_planner.engine import Decision, Moment, RuleState, Verdict
from wactorz_planner.hearing import Hearing
from wactorz_planner.messages import filter_of
from wactorz_planner.readings import Reading, trigger_holds
from wactorz_planner.rulebook import KeptRule, RuleBook

_IDLE_SECONDS = 60.0  # the wall clock may be set meanwhile
_SET_BACK_SECONDS = 600.0


class Watch:
    """The live side of the rule book; `now` is epoch seconds and injected in tests."""

    def __init__(
        self, book: RuleBook, acting: Acting, grace_seconds: float = 300.0, now: Callable[[], float] = time.time
    ) -> None:
        self.core = Deciding(book, acting, now)
        self.core.reindex_wanted = self.reindex
        self.hearing = Hearing(self.core)
        self._book, self._acting, self._now = book, acting, now
        self._grace_seconds = grace_seconds
        self._watched: dict[str, list[KeptRule]] = {}
        self._checked_at = now()

    @property
    def readings(self) -> dict[str, Reading]:
        """What is known, by entity id or topic."""
        return self.core.readings

    @property
    def halted(self) -> bool:
        """Whether everything is stopped."""
        return self.core.halted

    @halted.setter
    def halted(self, halted: bool) -> None:
        self.core.halted = halted

    @property
    def place(self) -> Place | None:
        """Where the house is; nothing is fired by the clock before that is known."""
        return self.core.place

    @place.setter
    def place(self, place: Place | None) -> None:
        self.core.place = place

    def reindex(self) -> None:
        """Look again what active rules wait for; call it whenever rules come, go or change, or the house moves."""
        self._watched = {}
        self.core.agenda.clear()
        active = [kept for kept in self._book.in_order() if kept.rule.status == "active"]
        for kept in active:
            watched = kept.rule.draft.watched
            if watched:
                self._watched.setdefault(watched, []).append(kept)
                self.core.put_pending(kept)
            elif not filter_of(kept.rule.draft):
                self.core.put(kept, "", self._next_tick(kept))
        self.hearing.reindex(active)
        self._acting.reindex()
        self.core.earlier.set()

    def begin(self, kept: KeptRule, *, made: bool = False) -> None:
        """Prepare a rule that becomes active: what holds already does not fire it, unless it was just made to."""
        draft = kept.rule.draft
        holds = trigger_holds(draft.trigger, self.readings.get(draft.watched))
        if made and draft.fires_if_already_true:
            holds = False
        kept.state = RuleState(held=holds, quiet_until=kept.state.quiet_until, anchor=self._now())
        self.hearing.begin(kept, made=made)

    def look_at_once(self, kept: KeptRule) -> None:
        """Let a rule that was just made look at what is known."""
        reading = self.readings.get(kept.rule.draft.watched)
        if reading is not None and kept.rule.status == "active":
            self.core.decide(kept, partial(_observe, kept.rule.draft, reading), resync=True)

    def rename(self, old: str, new: str) -> None:
        """An entity has another id from now on."""
        if old in self.readings:
            self.readings.setdefault(new, self.readings.pop(old))

    def take(self, entity_id: str, reading: Reading | None, *, resync: bool = False, at: float | None = None) -> None:
        """Take in what an entity is now (None: it is gone), and fire what that crosses; `at` is when it happened."""
        if reading is None:
            self.readings.pop(entity_id, None)
        else:
            self.readings[entity_id] = reading
        for kept in self._watched.get(entity_id, ()):
            self.core.decide(kept, partial(_observe, kept.rule.draft, reading), resync=resync, at=at)

    async def run_timers(self) -> None:
        """Fire crossings whose duration is over, and what the clock triggers; runs until cancelled."""
        while True:
            self.core.earlier.clear()
            try:
                async with asyncio.timeout(min(_IDLE_SECONDS, self.core.seconds_to_next())):
                    await self.core.earlier.wait()
            except TimeoutError:
                self.check_due()

    def check_due(self) -> None:
        """Decide on what is due: durations of what has been heard of since the start, windows, and the clock."""
        now = self._now()
        if now < self._checked_at - _SET_BACK_SECONDS:
            self.reindex()
        self._checked_at = now
        for rule_id, topic in self.core.agenda.take_due(now):
            kept = self._book.rules.get(rule_id)
            if kept is None or kept.rule.status != "active":
                continue
            if topic:
                self.hearing.look(kept, topic)
            elif not kept.rule.draft.watched:
                self._check_clock(kept)
                self.core.put(kept, "", self._next_tick(kept))
            elif kept.rule.draft.watched in self.readings:
                self.core.decide(kept, partial(engine.due, kept.rule.draft))

    # -- inside -------------------------------------------------------------------------------------------------

    def _check_clock(self, kept: KeptRule) -> None:
        state, now, draft = kept.state, self._now(), kept.rule.draft
        if self.place is None:
            return
        if clock.is_set_back(state.anchor, state.ticked_at, now):
            kept.state = replace(state, anchor=now, ticked_at=None)
        grace = float("inf") if draft.missed == "catch_up" else self._grace_seconds
        passed = clock.undecided(draft.trigger, self.place, kept.state.anchor, kept.state.ticked_at, now, grace)
        if passed.last_missed is not None:
            self._miss(kept, passed)
        scheduled_at = passed.run_at
        if scheduled_at is not None:
            self.core.decide(kept, lambda state, moment: engine.tick(draft, state, scheduled_at, moment),
                             at=scheduled_at, scheduled_at=scheduled_at)  # fmt: skip

    def _miss(self, kept: KeptRule, passed: Ticks) -> None:
        kept.state = replace(kept.state, ticked_at=passed.last_missed)
        detail = outcomes.MISSED_ONCE if passed.missed == 1 else outcomes.MISSED.format(count=passed.missed)
        further: dict[str, Any] = {
            "first_missed_at": passed.first_missed, "last_missed_at": passed.last_missed, "missed": passed.missed,
        }  # fmt: skip
        self._acting.record(kept, Verdict.MISSED, detail, Crossing(kept.state, self._now(), self.readings, further))

    def _next_tick(self, kept: KeptRule) -> float | None:
        state = kept.state
        if self.place is None:
            return None
        if clock.is_set_back(state.anchor, state.ticked_at, self._now()):
            return self._now()
        return clock.next_tick(kept.rule.draft.trigger, self.place, state.anchor, state.ticked_at)


def _observe(draft: RuleDraft, reading: Reading | None, state: RuleState, moment: Moment) -> Decision:
    return engine.observe(draft, state, reading, moment)
