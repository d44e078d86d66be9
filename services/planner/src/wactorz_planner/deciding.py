"""What every trigger shares: what is known, the agenda, and asking the engine and acting on its answer."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

from wactorz_common.language import speaking
from wactorz_planner import engine
from wactorz_planner.acting import Acting, Crossing
from wactorz_planner.agenda import Agenda
from wactorz_planner.clock import Place
from wactorz_planner.engine import Decision, Moment, RuleState, Verdict
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule, RuleBook

Ask = Callable[[RuleState, Moment], Decision]
"""Asks the engine about a state at a moment."""

Due = tuple[str, str]
"""A rule, and one of its topics; the topic is empty for what concerns the rule as a whole."""


class Deciding:
    """What is known of entities and topics, and how it becomes firings; `now` is epoch seconds."""

    def __init__(self, book: RuleBook, acting: Acting, now: Callable[[], float] = time.time) -> None:
        self.readings: dict[str, Reading] = {}
        """By entity id, and by topic, which always has a slash."""
        self.halted = False
        self.place: Place | None = None
        self.book, self.acting, self.now = book, acting, now
        self.agenda: Agenda[Due] = Agenda()
        self.earlier = asyncio.Event()
        """Set when something is due earlier than all before."""
        self.reindex_wanted: Callable[[], Any] = lambda: None
        """Called when rules were paused in the course of a decision."""

    def decide(
        self, kept: KeptRule, ask: Ask, *, topic: str = "", resync: bool = False, at: float | None = None,
        scheduled_at: float | None = None,
    ) -> None:  # fmt: skip
        """Ask the engine, keep the rule's state, and act or record; `at` is when it happened."""
        now = self.now()
        before = kept.state_at(topic)
        decision = ask(before, Moment(now, self.readings, self.halted, resync, self.place))
        if decision.verdict is Verdict.NOTHING:
            if decision.state is not before and decision.state != before:
                kept.take_state(topic, decision.state)
                self.acting.keep(kept)
                self.put_pending(kept, topic)
            return
        crossed_at = before.pending_since or min(now if at is None else at, now)
        further = {"crossed_at": crossed_at} | ({} if scheduled_at is None else {"scheduled_at": scheduled_at})
        crossing = Crossing(decision.state, crossed_at, self.readings, further, topic)
        if decision.verdict is Verdict.FIRE:
            with speaking(kept.rule.language):
                paused = self.acting.fire(kept, crossing)
            if paused:
                self.reindex_wanted()
        else:
            kept.take_state(topic, decision.state)
            self.acting.record(kept, decision.verdict, decision.why, crossing)
        self.put_pending(kept, topic)

    def put_pending(self, kept: KeptRule, topic: str = "") -> None:
        """Put the end of a duration on the agenda, or take it off; the clock and windows have moments of their own."""
        due_at = engine.pending_until(kept.rule.draft, kept.state_at(topic))
        if due_at is not None or kept.rule.draft.watched:
            self.put(kept, topic, due_at)

    def put(self, kept: KeptRule, topic: str, at: float | None) -> None:
        """Put something on the agenda."""
        if self.agenda.put((kept.rule.rule_id, topic), at):
            self.earlier.set()

    def seconds_to_next(self) -> float:
        """How long until something is due; infinite when nothing is."""
        due_at = self.agenda.next()
        return due_at if due_at == math.inf else max(0.0, due_at - self.now())
