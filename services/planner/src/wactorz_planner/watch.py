"""Runs the rules: takes readings in, asks the engine, and hands what fires to the acting side."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from wactorz_planner import clock, engine
from wactorz_planner.acting import Acting
from wactorz_planner.clock import Place, Ticks
from wactorz_planner.engine import Decision, Moment, RuleState, Verdict
from wactorz_planner.readings import Reading, trigger_holds
from wactorz_planner.rulebook import KeptRule, RuleBook

_IDLE_SECONDS = 60.0  # the wall clock may be set meanwhile


class Watch:
    """The live side of the rule book; `now` is epoch seconds and injected in tests."""

    def __init__(
        self, book: RuleBook, acting: Acting, grace_seconds: float = 300.0, now: Callable[[], float] = time.time
    ) -> None:
        self.readings: dict[str, Reading] = {}
        self.halted = False
        self.place: Place | None = None
        self._book, self._acting, self._now = book, acting, now
        self._grace_seconds = grace_seconds
        self._watched: dict[str, list[KeptRule]] = {}
        self._clocked: list[KeptRule] = []
        self._next_ticks: dict[str, float] = {}
        self._timers = asyncio.Event()

    def reindex(self) -> None:
        """Look again what active rules wait for; call it whenever rules come, go or change, or the house moves."""
        self._watched, self._clocked, self._next_ticks = {}, [], {}
        for kept in self._book.in_order():
            if kept.rule.status != "active":
                continue
            if kept.rule.draft.watched:
                self._watched.setdefault(kept.rule.draft.watched, []).append(kept)
            else:
                self._clocked.append(kept)
        self._acting.reindex()
        self._timers.set()

    def begin(self, kept: KeptRule, *, made: bool = False) -> None:
        """Prepare a rule that becomes active: what holds already does not fire it, unless it was just made to."""
        draft = kept.rule.draft
        holds = trigger_holds(draft.trigger, self.readings.get(draft.watched))
        if made and draft.fires_if_already_true:
            holds = False
        kept.state = RuleState(held=holds, quiet_until=kept.state.quiet_until, anchor=self._now())

    def look_at_once(self, kept: KeptRule) -> None:
        """Let a rule that was just made look at what is known."""
        reading = self.readings.get(kept.rule.draft.watched)
        if reading is not None and kept.rule.status == "active":
            self._decide(kept, lambda moment: engine.observe(kept.rule.draft, kept.state, reading, moment), resync=True)

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
            draft = kept.rule.draft
            self._decide(kept, lambda moment, d=draft, k=kept: engine.observe(d, k.state, reading, moment),  # type: ignore[misc]
                         resync=resync, at=at)  # fmt: skip

    async def run_timers(self) -> None:
        """Fire crossings whose duration is over, and what the clock triggers; runs until cancelled."""
        while True:
            self._timers.clear()
            wait = min(_IDLE_SECONDS, max(0.0, self._next_due() - self._now()))
            try:
                async with asyncio.timeout(wait):
                    await self._timers.wait()
            except TimeoutError:
                self.check_due()

    def check_due(self) -> None:
        """Decide on pending crossings whose entity has been heard of since the start, and on the clock."""
        for kept in self._pending():
            self._decide(kept, lambda moment, k=kept: engine.due(k.rule.draft, k.state, moment))  # type: ignore[misc]
        for kept in list(self._clocked):
            self._check_clock(kept)

    # -- inside -------------------------------------------------------------------------------------------------

    def _check_clock(self, kept: KeptRule) -> None:
        state, now = kept.state, self._now()
        if self.place is None or self._next_tick(kept) > now:
            return
        if clock.is_set_back(state.anchor, state.ticked_at, now):
            kept.state = replace(state, anchor=now, ticked_at=None)
        passed = clock.undecided(
            kept.rule.draft.trigger, self.place, kept.state.anchor, kept.state.ticked_at, now, self._grace_seconds
        )
        if passed.last_missed is not None:
            self._miss(kept, passed)
        scheduled_at = passed.run_at
        if scheduled_at is not None:
            self._decide(kept, lambda moment: engine.tick(kept.rule.draft, kept.state, scheduled_at, moment),
                         at=scheduled_at, scheduled_at=scheduled_at)  # fmt: skip
        self._next_ticks.pop(kept.rule.rule_id, None)

    def _miss(self, kept: KeptRule, passed: Ticks) -> None:
        kept.state = replace(kept.state, ticked_at=passed.last_missed)
        times = "once" if passed.missed == 1 else f"{passed.missed} times"
        detail = f"missed {times}, because Wactorz did not run or the rule was not ready at that time"
        self._acting.record(kept, Verdict.MISSED, detail, self.readings,
                            {"first_missed_at": passed.first_missed, "last_missed_at": passed.last_missed,
                             "missed": passed.missed})  # fmt: skip

    def _pending(self) -> list[KeptRule]:
        return [
            kept
            for entity_id, rules in self._watched.items()
            if entity_id in self.readings
            for kept in rules
            if kept.state.pending_since is not None
        ]

    def _next_due(self) -> float:
        times = [engine.pending_until(kept.rule.draft, kept.state) or 0.0 for kept in self._pending()]
        if self.place is not None:
            times += [self._next_tick(kept) for kept in self._clocked]
        return min(times, default=float("inf"))

    def _next_tick(self, kept: KeptRule) -> float:
        rule_id = kept.rule.rule_id
        if rule_id not in self._next_ticks and self.place is not None:
            state = kept.state
            if clock.is_set_back(state.anchor, state.ticked_at, self._now()):
                return self._now()
            moment = clock.next_tick(kept.rule.draft.trigger, self.place, state.anchor, state.ticked_at)
            self._next_ticks[rule_id] = float("inf") if moment is None else moment
        return self._next_ticks.get(rule_id, float("inf"))

    def _decide(
        self, kept: KeptRule, ask: Callable[[Moment], Decision], *, resync: bool = False, at: float | None = None,
        scheduled_at: float | None = None,
    ) -> None:  # fmt: skip
        """Ask the engine, keep the rule's state, and act or record."""
        now = self._now()
        before = kept.state
        decision = ask(Moment(now, self.readings, halted=self.halted, resync=resync))
        if decision.verdict is Verdict.NOTHING:
            if decision.state is not before and decision.state != before:
                kept.state = decision.state
                self._acting.keep(kept)
                self._timers.set()
            return
        crossed_at = before.pending_since or min(now if at is None else at, now)
        further = {"crossed_at": crossed_at} | ({} if scheduled_at is None else {"scheduled_at": scheduled_at})
        if decision.verdict is Verdict.FIRE:
            if self._acting.fire(kept, decision.state, crossed_at, self.readings, further):
                self.reindex()
        else:
            kept.state = decision.state
            self._acting.record(kept, decision.verdict, self._why(decision.verdict), self.readings, further)
        self._timers.set()

    def _why(self, verdict: Verdict) -> str:
        if verdict is Verdict.UNMET:
            return "its trigger was met, but not its conditions"
        return "everything is stopped" if self.halted else "within its quiet time"
