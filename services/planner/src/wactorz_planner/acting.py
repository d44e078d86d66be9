"""What comes of a crossing: a record, or one durable task, unless a person or another rule speaks against it."""

import itertools
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from wactorz_common.contracts.home import Actuation, ServiceCall, StateChange
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.engine import RuleState, Verdict
from wactorz_planner.firings import Evidence, Firing
from wactorz_planner.hands import Hands
from wactorz_planner.readings import Reading, value_of
from wactorz_planner.rulebook import KeptRule, RuleBook

_DONE_ENOUGH = frozenset({TaskState.DONE, TaskState.UNKNOWN})
_LONGEST_NOTE = 300


@dataclass(frozen=True)
class Ended:
    """How the task of a firing ended, why, for a person, and the contexts of its effects in Home Assistant."""

    state: TaskState
    detail: str
    approval_id: str = ""
    contexts: tuple[str, ...] = ()


class World(Protocol):
    """The agent, as the watch sees it."""

    def spawn_background(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        """Run work beside the loop."""

    async def act(self, firing: Firing, actuation: Actuation) -> Ended:
        """Submit the one durable task of a firing."""

    async def announce(self, kept: KeptRule, firing: Firing) -> None:
        """Tell the world that a trigger was met."""

    async def tell(self, message: str) -> None:
        """Tell people what they should know."""


class Acting:
    """The acting side of the watch; `now` is epoch seconds and injected in tests."""

    def __init__(
        self, book: RuleBook, world: World, hands: Hands, firing_seconds: float, now: Callable[[], float] = time.time
    ) -> None:
        self._book, self._world, self._hands, self._now = book, world, hands, now
        self._firing_seconds = firing_seconds
        self._count = itertools.count()
        self._moved: frozenset[str] = frozenset()

    def reindex(self) -> None:
        """Look again what rules move."""
        calls = (call for kept in self._book.rules.values() for call in kept.rule.draft.actions)
        self._moved = frozenset(entity_id for call in calls for entity_id in call.entity_id)

    def keep(self, kept: KeptRule) -> None:
        """Have a rule's state on disk soon."""
        self._world.spawn_background(settle(self._book.save(kept)), "save rule")

    def record(
        self, kept: KeptRule, verdict: Verdict, detail: str, readings: Mapping[str, Reading], further: Mapping[str, Any]
    ) -> None:
        """Keep a crossing that does not act, together with the rule's state."""
        if verdict is Verdict.SUPPRESSED:
            kept.update(suppressed=kept.rule.suppressed + 1)
        elif verdict in (Verdict.UNMET, Verdict.HELD_BACK) and kept.rule.status == "active":
            kept.update(note=detail[:_LONGEST_NOTE])
        now = self._now()
        firing_id = f"{_stem(kept)}/{verdict.value}/{int(now * 1000):x}.{next(self._count)}"
        firing = Firing(
            firing_id, kept.rule.rule_id, firing_id, _value(kept, readings), now, now, kept.state.quiet_until, verdict,
            Evidence.of(kept.rule.task, kept.rule.draft, readings, (), **further),
        )  # fmt: skip
        saved = self._book.save_firing(kept, firing, TaskState.DONE, detail)
        self._world.spawn_background(settle(saved), "save crossing")

    def fire(
        self, kept: KeptRule, state: RuleState, crossed_at: float, readings: Mapping[str, Reading],
        further: Mapping[str, Any],
    ) -> bool:  # fmt: skip
        """Make one task of a crossing, as far as nothing speaks against it; whether rules were paused over it."""
        now, rule = self._now(), kept.rule
        unmoved = replace(state, quiet_until=kept.state.quiet_until)
        opponent = self._hands.opponent(rule.rule_id, rule.draft.actions, now)
        if opponent is not None or self._hands.is_looping(rule.rule_id, rule.draft.watched, now):
            kept.state = unmoved
            detail = self._part(kept, *opponent) if opponent is not None else self._break_loop(kept)
            self.record(kept, Verdict.HELD_BACK, detail, readings, further)
            return True
        objections = self._hands.objections(rule.rule_id, rule.draft.actions, crossed_at, now)
        calls = without(rule.draft.actions, objections)
        if not calls:
            kept.state = unmoved
            detail = f"held back: {'; '.join(dict.fromkeys(objections.values()))}"
            self.record(kept, Verdict.HELD_BACK, detail, readings, further)
            return False
        kept.state = state
        if objections:
            further = {**further, "left_out": objections}
        self._send(kept, calls, readings, further)
        return False

    def see(self, change: StateChange) -> None:
        """Take note of a change, if it is of something that rules move."""
        if change.entity_id not in self._moved:
            return
        hand = self._hands.see(change, self._now())
        if hand is not None:
            self._world.spawn_background(settle(self._book.save_hand(hand)), "save hand")

    def resume(self, firings: Iterable[Firing]) -> None:
        """Take up firings whose end is not known: the same task ids again, so that nothing happens twice.

        One whose deadline has passed gets its stored end, or expires without acting.
        """
        for firing in firings:
            kept = self._book.rules.get(firing.rule_id)
            if kept is None:
                self._close(firing, Ended(TaskState.UNKNOWN, "its rule was deleted before it could be confirmed"))
            else:
                self._hands.begin(firing.task_id, firing.rule_id, firing.evidence.calls, firing.fired_at,
                                  kept.rule.draft.min_on_seconds)  # fmt: skip
                self._world.spawn_background(self._finish(kept, firing), f"firing {firing.task_id}")

    # -- inside -------------------------------------------------------------------------------------------------

    def _send(
        self, kept: KeptRule, calls: tuple[ServiceCall, ...], readings: Mapping[str, Reading],
        further: Mapping[str, Any],
    ) -> None:  # fmt: skip
        kept.number += 1
        rule, now = kept.rule, self._now()
        task_id = f"{_stem(kept)}/{kept.number}"
        firing = Firing(
            task_id, rule.rule_id, task_id, _value(kept, readings), now, now + self._firing_seconds,
            kept.state.quiet_until, Verdict.FIRE, Evidence.of(rule.task, rule.draft, readings, calls, **further),
        )  # fmt: skip
        self._hands.begin(task_id, rule.rule_id, calls, now, rule.draft.min_on_seconds)
        saved = self._book.save_firing(kept, firing)
        self._world.spawn_background(self._save_then_finish(saved, kept, firing), f"firing {task_id}")

    async def _save_then_finish(self, saved: Any, kept: KeptRule, firing: Firing) -> None:
        await saved
        self._world.spawn_background(self._world.announce(kept, firing), f"announce {firing.task_id}")
        await self._finish(kept, firing)

    async def _finish(self, kept: KeptRule, firing: Firing) -> None:
        actuation = Actuation(
            calls=firing.evidence.calls or kept.rule.draft.actions, reason=kept.rule.task, rule_id=firing.rule_id,
            origin="rule", evidence=firing.evidence.to_wire(),
        )  # fmt: skip
        end = await self._world.act(firing, actuation)
        for hand in self._hands.end(firing.task_id, end.contexts, self._now(), acted=end.state in _DONE_ENOUGH):
            self._world.spawn_background(settle(self._book.save_hand(hand)), "save hand")
        self._close(firing, end)
        if end.state is not TaskState.DONE:  # whoever is to approve is asked by the actuator
            await self._world.tell(f"Rule {firing.rule_id} ({kept.rule.task}) did not do its work: {end.detail}")

    def _close(self, firing: Firing, end: Ended) -> None:
        """Record an end; a firing that failed or came too late gives its cool-down back."""
        kept = self._book.rules.get(firing.rule_id)
        detail = f"it waits for approval {end.approval_id}: {end.detail}" if end.approval_id else end.detail
        if kept is not None:
            if kept.rule.status == "active":
                kept.update(note=f"{end.state.value}: {detail}"[:_LONGEST_NOTE])
            self._count_in(kept, firing, end)
        self._world.spawn_background(settle(self._book.end_firing(firing, end.state, detail)), "save firing")

    def _count_in(self, kept: KeptRule, firing: Firing, end: Ended) -> None:
        if end.approval_id:
            kept.update(granted=False)
        elif end.state in _DONE_ENOUGH:
            kept.update(firings=kept.rule.firings + 1, last_fired_at=firing.fired_at)
        elif kept.state.quiet_until == firing.quiet_until:
            kept.state = replace(kept.state, quiet_until=0.0)

    def _part(self, kept: KeptRule, other_id: str, entity_id: str) -> str:
        """Pause two rules that fight over an entity, and say so."""
        other = self._book.rules.get(other_id)
        names = [_named(rule) for rule in (kept, other) if rule is not None]
        detail = f"{' and '.join(names)} fight over {entity_id}: each undid what the other did, again and again"
        for rule in (kept, other):
            if rule is not None and rule.rule.status == "active":
                rule.update(status="paused", paused_by="fight", note=detail[:_LONGEST_NOTE])
                self.keep(rule)
        self._alert(f"Both are paused: {detail}. Change or delete one, then let the other go on: "
                    f"/rules resume {kept.rule.rule_id}")  # fmt: skip
        return detail

    def _break_loop(self, kept: KeptRule) -> str:
        detail = "what it moves makes it fire again and again"
        kept.update(status="paused", paused_by="loop", note=detail)
        self._alert(f"{_named(kept).capitalize()} is paused: {detail}. "
                    f"Change it, or let it go on: /rules resume {kept.rule.rule_id}")  # fmt: skip
        return detail

    def _alert(self, message: str) -> None:
        self._world.spawn_background(self._world.tell(message), "alert")


def without(calls: Iterable[ServiceCall], entity_ids: Mapping[str, str]) -> tuple[ServiceCall, ...]:
    """The calls without some entities; a call that has none left is dropped."""
    kept = []
    for call in calls:
        left = tuple(entity_id for entity_id in call.entity_id if entity_id not in entity_ids)
        if left:
            kept.append(call if left == call.entity_id else call.model_copy(update={"entity_id": left}))
    return tuple(kept)


async def settle(saved: Any) -> None:
    """Wait for the disk, as background work."""
    await saved


def _stem(kept: KeptRule) -> str:
    return f"rule/{kept.rule.rule_id}/{int(kept.rule.created_at * 1000):x}"


def _named(kept: KeptRule) -> str:
    return f"rule {kept.rule.rule_id} ({kept.rule.task})"


def _value(kept: KeptRule, readings: Mapping[str, Reading]) -> str:
    reading = readings.get(kept.rule.draft.watched)
    value = value_of(reading, getattr(kept.rule.draft.trigger, "attribute", None)) if reading else ""
    return str(value)
