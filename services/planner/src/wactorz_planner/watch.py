"""Runs the rules: takes readings in, asks the engine, and makes one durable task of each firing."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from wactorz_common.contracts.home import Actuation
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner import engine
from wactorz_planner.engine import Decision, Moment, Reading, RuleState, Verdict
from wactorz_planner.rulebook import Firing, KeptRule, RuleBook

_DONE_ENOUGH = frozenset({TaskState.DONE, TaskState.UNKNOWN})
_IDLE_SECONDS = 3600.0


class World(Protocol):
    """What the watch needs from the agent around it."""

    def spawn_background(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        """Run work beside the loop."""

    async def act(self, firing: Firing, actuation: Actuation) -> tuple[TaskState, str]:
        """Submit the one durable task of a firing; return how it ended, and why, for a person."""

    async def announce(self, kept: KeptRule, firing: Firing) -> None:
        """Tell the world that a trigger was met."""

    async def tell(self, message: str) -> None:
        """Tell people what they should know."""


class Watch:
    """The live side of the rule book; `now` is epoch seconds and injected in tests."""

    def __init__(
        self, book: RuleBook, world: World, firing_seconds: float, now: Callable[[], float] = time.time
    ) -> None:
        self.readings: dict[str, Reading] = {}
        self.halted = False
        self._book, self._world, self._now = book, world, now
        self._firing_seconds = firing_seconds
        self._watched: dict[str, list[KeptRule]] = {}
        self._timers = asyncio.Event()

    def reindex(self) -> None:
        """Look again which entities active rules watch; call it whenever rules come, go or change status."""
        self._watched = {}
        for kept in self._book.in_order():
            if kept.rule.status == "active":
                self._watched.setdefault(kept.rule.draft.watched, []).append(kept)
        self._timers.set()

    def begin(self, kept: KeptRule) -> None:
        """Prepare a rule that becomes active: what holds already does not fire it."""
        reading = self.readings.get(kept.rule.draft.watched)
        kept.state = RuleState(
            held=engine.trigger_holds(kept.rule.draft.trigger, reading), quiet_until=kept.state.quiet_until
        )

    def take(self, entity_id: str, reading: Reading | None, *, resync: bool = False) -> None:
        """Take in what an entity is now (None: it is gone), and fire what that crosses."""
        if reading is None:
            self.readings.pop(entity_id, None)
        else:
            self.readings[entity_id] = reading
        for kept in self._watched.get(entity_id, ()):
            moment = self._moment(resync=resync)
            self._apply(kept, engine.observe(kept.rule.draft, kept.state, reading, moment))

    async def run_timers(self) -> None:
        """Fire crossings whose duration is over; runs until cancelled."""
        while True:
            self._timers.clear()
            wait = min(_IDLE_SECONDS, max(0.0, self._next_due() - self._now()))
            try:
                async with asyncio.timeout(wait):
                    await self._timers.wait()
            except TimeoutError:
                self.check_due()

    def check_due(self) -> None:
        """Decide on all pending crossings whose entity has been heard of since the start."""
        for kept in self._pending():
            self._apply(kept, engine.due(kept.rule.draft, kept.state, self._moment()))

    def resume(self, firings: list[Firing]) -> None:
        """Take up firings whose end is not known: the same task ids again, so that nothing happens twice.

        One whose deadline has passed gets its stored end, or expires without acting.
        """
        for firing in firings:
            kept = self._book.rules.get(firing.rule_id)
            if kept is None:
                self._close(firing, TaskState.UNKNOWN, "its rule was deleted before it could be confirmed")
            else:
                self._world.spawn_background(self._finish(kept, firing), f"firing {firing.task_id}")

    def _moment(self, *, resync: bool = False) -> Moment:
        return Moment(self._now(), self.readings, halted=self.halted, resync=resync)

    def _pending(self) -> list[KeptRule]:
        return [
            kept
            for entity_id, rules in self._watched.items()
            if entity_id in self.readings
            for kept in rules
            if kept.state.pending_since is not None
        ]

    def _next_due(self) -> float:
        times = (engine.pending_until(kept.rule.draft, kept.state) for kept in self._pending())
        return min((due_at for due_at in times if due_at is not None), default=float("inf"))

    def _apply(self, kept: KeptRule, decision: Decision) -> None:
        if decision.verdict is Verdict.NOTHING and decision.state == kept.state:
            return
        kept.state = decision.state
        if decision.verdict is Verdict.FIRE:
            self._fire(kept)
            return
        if decision.verdict is Verdict.SUPPRESSED:
            kept.update(suppressed=kept.rule.suppressed + 1)
        elif decision.verdict is Verdict.UNMET:
            kept.update(note="its trigger was met, but not its conditions")
        self._world.spawn_background(_settle(self._book.save(kept)), "save rule")
        self._timers.set()

    def _fire(self, kept: KeptRule) -> None:
        kept.number += 1
        rule, now = kept.rule, self._now()
        reading = self.readings.get(rule.draft.watched)
        value = engine.value_of(reading, getattr(rule.draft.trigger, "attribute", None)) if reading else ""
        task_id = f"rule/{rule.rule_id}/{int(rule.created_at * 1000):x}/{kept.number}"
        firing = Firing(
            task_id, rule.rule_id, task_id, str(value), now, now + self._firing_seconds, kept.state.quiet_until
        )
        saved = self._book.save_firing(kept, firing)
        self._world.spawn_background(self._save_then_finish(saved, kept, firing), f"firing {task_id}")

    async def _save_then_finish(self, saved: asyncio.Future[None], kept: KeptRule, firing: Firing) -> None:
        await saved
        self._world.spawn_background(self._world.announce(kept, firing), f"announce {firing.task_id}")
        await self._finish(kept, firing)

    async def _finish(self, kept: KeptRule, firing: Firing) -> None:
        actuation = Actuation(calls=kept.rule.draft.actions, reason=kept.rule.task, rule_id=firing.rule_id)
        state, detail = await self._world.act(firing, actuation)
        self._close(firing, state, detail)
        if state is not TaskState.DONE:
            await self._world.tell(f"Rule {firing.rule_id} ({kept.rule.task}) did not do its work: {detail}")

    def _close(self, firing: Firing, state: TaskState, detail: str) -> None:
        """Record an end; a firing that failed or came too late gives its cool-down back."""
        kept = self._book.rules.get(firing.rule_id)
        if kept is not None:
            kept.update(note=f"{state.value}: {detail}"[:300])
            if state in _DONE_ENOUGH:
                kept.update(firings=kept.rule.firings + 1, last_fired_at=firing.fired_at)
            elif kept.state.quiet_until == firing.quiet_until:
                kept.state = RuleState(kept.state.held, kept.state.pending_since, 0.0)
        self._world.spawn_background(_settle(self._book.end_firing(firing, state, detail)), "save firing")


async def _settle(saved: asyncio.Future[None]) -> None:
    await saved
