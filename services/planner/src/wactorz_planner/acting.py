"""What comes of a crossing: a record, or one firing with its durable tasks, unless something speaks against it."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from wactorz_common.contracts.home import Actuation, ServiceCall, StateChange
from wactorz_common.contracts.notices import Notice
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.language import speaking
from wactorz_planner.engine import RuleState, Verdict
from wactorz_planner.firings import Evidence, Firing
from wactorz_planner.german import phrase
from wactorz_planner.hands import Hands
from wactorz_planner.readings import Reading, value_of
from wactorz_planner.rulebook import KeptRule, RuleBook
from wactorz_planner.telling import Cause, Handover, handovers_of, notices_of

_DONE_ENOUGH = frozenset({TaskState.DONE, TaskState.UNKNOWN})
_LONGEST_NOTE = 300
_MOST_RECORDS = 60
_RECORDS_SECONDS = 60.0


@dataclass(frozen=True)
class Ended:
    """How a task of a firing ended, why, for a person, and the contexts of its effects in Home Assistant."""

    state: TaskState
    detail: str
    approval_id: str = ""
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crossing:
    """A trigger was met: the state that comes of it, when it began, what is known, and the topic that it was on."""

    state: RuleState
    at: float
    readings: Mapping[str, Reading]
    further: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""


class World(Protocol):
    """The agent, as the watch sees it."""

    def spawn_background(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        """Run work beside the loop."""

    async def act(self, firing: Firing, actuation: Actuation) -> Ended:
        """Submit the durable task of a firing that moves devices."""

    async def notify(self, firing: Firing, number: int, notice: Notice) -> Ended:
        """Submit the durable task of a firing that tells people something; they count from 1."""

    async def hand_over(self, firing: Firing, number: int, handover: Handover) -> Ended:
        """Submit the durable task of a firing for an agent; they count from 1."""

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
        self._recorded: dict[tuple[str, Verdict], tuple[float, int]] = {}
        self.cause_of: Callable[[KeptRule, str, Reading | None], Cause] = _plain_cause
        """Says in words what triggered a rule; the agent knows the names of the house."""

    def reindex(self) -> None:
        """Look again what rules move."""
        calls = (call for kept in self._book.rules.values() for call in kept.rule.draft.actions)
        self._moved = frozenset(entity_id for call in calls for entity_id in call.entity_id)

    def keep(self, kept: KeptRule) -> None:
        """Have a rule's state on disk soon."""
        self._world.spawn_background(settle(self._book.save(kept)), "save rule")

    def record(self, kept: KeptRule, verdict: Verdict, detail: str, crossing: Crossing) -> None:
        """Keep a crossing that does not act, together with the rule's state.

        Of one kind and rule at most so many a minute are kept in full; all are counted.
        """
        if verdict is Verdict.SUPPRESSED:
            kept.update(suppressed=kept.rule.suppressed + 1)
        elif verdict in (Verdict.UNMET, Verdict.HELD_BACK) and kept.rule.status == "active":
            kept.update(note=detail[:_LONGEST_NOTE])
        now, rule = self._now(), kept.rule
        if self._is_too_often(rule.rule_id, verdict, now):
            return
        firing_id = f"{_stem(kept)}/{verdict.value}/{int(now * 1000):x}.{next(self._count)}"
        firing = Firing(
            firing_id, rule.rule_id, firing_id, _value(kept, crossing), now, now, kept.state.quiet_until, verdict,
            Evidence.of(rule.task, rule.draft, crossing.readings, (), crossing.topic, **crossing.further),
        )  # fmt: skip
        saved = self._book.save_firing(kept, firing, TaskState.DONE, detail)
        self._world.spawn_background(settle(saved), "save crossing")

    def _is_too_often(self, rule_id: str, verdict: Verdict, now: float) -> bool:
        since, count = self._recorded.get((rule_id, verdict), (now, 0))
        if not 0 <= now - since < _RECORDS_SECONDS:
            since, count = now, 0
        self._recorded[rule_id, verdict] = since, count + 1
        return count >= _MOST_RECORDS

    def fire(self, kept: KeptRule, crossing: Crossing) -> bool:
        """Make a firing of a crossing, as far as nothing speaks against it; whether rules were paused over it."""
        now, rule = self._now(), kept.rule
        unmoved = replace(crossing.state, quiet_until=kept.state.quiet_until)
        opponent = self._hands.opponent(rule.rule_id, rule.draft.actions, now)
        if opponent is not None or self._hands.is_looping(rule.rule_id, rule.draft.watched, now):
            kept.take_state(crossing.topic, unmoved)
            detail = self._part(kept, *opponent) if opponent is not None else self._break_loop(kept)
            self.record(kept, Verdict.HELD_BACK, detail, crossing)
            return True
        objections = self._hands.objections(rule.rule_id, rule.draft.actions, crossing.at, now)
        calls = without(rule.draft.actions, objections)
        if not calls and not rule.draft.notices and not rule.draft.tasks:
            kept.take_state(crossing.topic, unmoved)
            detail = phrase("held back: {values}", values="; ".join(dict.fromkeys(objections.values())))
            self.record(kept, Verdict.HELD_BACK, detail, crossing)
            return False
        kept.take_state(crossing.topic, crossing.state)
        further = {**crossing.further, "left_out": objections} if objections else crossing.further
        self._send(kept, calls, replace(crossing, further=further))
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
                self._close(
                    firing, [Ended(TaskState.UNKNOWN, phrase("its rule was deleted before it could be confirmed"))]
                )
            else:
                self._hands.begin(firing.task_id, firing.rule_id, firing.evidence.calls, firing.fired_at,
                                  kept.rule.draft.min_on_seconds)  # fmt: skip
                with speaking(kept.rule.language):
                    self._world.spawn_background(self._finish(kept, firing), f"firing {firing.task_id}")

    # -- inside -------------------------------------------------------------------------------------------------

    def _send(self, kept: KeptRule, calls: tuple[ServiceCall, ...], crossing: Crossing) -> None:
        kept.number += 1
        rule, now = kept.rule, self._now()
        task_id = f"{_stem(kept)}/{kept.number}"
        cause = self.cause_of(kept, crossing.topic, crossing.readings.get(crossing.topic or rule.draft.watched))
        evidence = replace(
            Evidence.of(rule.task, rule.draft, crossing.readings, calls, crossing.topic, **crossing.further),
            notices=notices_of(rule, cause), handovers=handovers_of(rule, cause),
        )  # fmt: skip
        firing = Firing(
            task_id, rule.rule_id, task_id, _value(kept, crossing), now, now + self._firing_seconds,
            kept.state.quiet_until, Verdict.FIRE, evidence,
        )  # fmt: skip
        self._hands.begin(task_id, rule.rule_id, calls, now, rule.draft.min_on_seconds)
        saved = self._book.save_firing(kept, firing)
        self._world.spawn_background(self._save_then_finish(saved, kept, firing), f"firing {task_id}")

    async def _save_then_finish(self, saved: Any, kept: KeptRule, firing: Firing) -> None:
        await saved
        self._world.spawn_background(self._world.announce(kept, firing), f"announce {firing.task_id}")
        await self._finish(kept, firing)

    async def _finish(self, kept: KeptRule, firing: Firing) -> None:
        """Do all that a firing does, side by side: what fails stops nothing else."""
        evidence = firing.evidence
        calls = evidence.calls if evidence.whole else kept.rule.draft.actions
        parts: list[Coroutine[Any, Any, Ended]] = [self._actuate(kept, firing, calls)] if calls else []
        parts += [
            self._tell_of(
                kept,
                phrase("could not tell {target}", target=notice.target or phrase("anybody")),
                self._world.notify(firing, number, notice),
            )
            for number, notice in enumerate(evidence.notices, 1)
        ]
        parts += [
            self._tell_of(
                kept, phrase("got nothing done by {agent}", agent=one.agent), self._world.hand_over(firing, number, one)
            )
            for number, one in enumerate(evidence.handovers, 1)
        ]
        if not parts:
            parts = [_nothing()]
        self._close(firing, await asyncio.gather(*parts))

    async def _actuate(self, kept: KeptRule, firing: Firing, calls: tuple[ServiceCall, ...]) -> Ended:
        actuation = Actuation(
            calls=calls, reason=kept.rule.task, rule_id=firing.rule_id, origin="rule",
            evidence=firing.evidence.to_wire(),
        )  # fmt: skip
        end = await self._world.act(firing, actuation)
        for hand in self._hands.end(firing.task_id, end.contexts, self._now(), acted=end.state in _DONE_ENOUGH):
            self._world.spawn_background(settle(self._book.save_hand(hand)), "save hand")
        if end.state is not TaskState.DONE:  # whoever is to approve is asked by the actuator
            self._alert(
                phrase(
                    "Rule {rule_id} ({task}) did not do its work: {detail}",
                    rule_id=firing.rule_id,
                    task=kept.rule.task,
                    detail=end.detail,
                )
            )
        return end

    async def _tell_of(self, kept: KeptRule, failure: str, work: Coroutine[Any, Any, Ended]) -> Ended:
        """Wait for a notice or a task, and tell people when it came to nothing."""
        end = await work
        if end.state is not TaskState.DONE:
            self._alert(
                phrase(
                    "Rule {rule_id} ({task}) {failure}: {detail}",
                    rule_id=kept.rule.rule_id,
                    task=kept.rule.task,
                    failure=failure,
                    detail=end.detail,
                )
            )
        return end

    def _close(self, firing: Firing, ends: list[Ended]) -> None:
        """Record an end; a firing of which nothing was done, or too late, gives its cool-down back."""
        kept = self._book.rules.get(firing.rule_id)
        state = ends[0].state if firing.evidence.calls else _worst(ends)  # what moves devices comes first
        detail = "; ".join(dict.fromkeys(_said(end) for end in ends))
        if kept is not None:
            if kept.rule.status == "active":
                kept.update(note=f"{state.value}: {detail}"[:_LONGEST_NOTE])
            self._count_in(kept, firing, ends)
        self._world.spawn_background(settle(self._book.end_firing(firing, state, detail)), "save firing")

    def _count_in(self, kept: KeptRule, firing: Firing, ends: list[Ended]) -> None:
        if any(end.approval_id for end in ends):
            kept.update(granted=False)
        elif any(end.state in _DONE_ENOUGH for end in ends):
            kept.update(firings=kept.rule.firings + 1, last_fired_at=firing.fired_at)
        elif kept.state.quiet_until == firing.quiet_until:
            kept.state = replace(kept.state, quiet_until=0.0)

    def _part(self, kept: KeptRule, other_id: str, entity_id: str) -> str:
        """Pause two rules that fight over an entity, and say so."""
        other = self._book.rules.get(other_id)
        names = [_named(rule) for rule in (kept, other) if rule is not None]
        detail = phrase(
            "{names} fight over {entity_id}: each undid what the other did, again and again",
            names=phrase(" and ").join(names),
            entity_id=entity_id,
        )
        for rule in (kept, other):
            if rule is not None and rule.rule.status == "active":
                rule.update(status="paused", paused_by="fight", paused_at=self._now(), note=detail[:_LONGEST_NOTE])
                self.keep(rule)
        self._alert(phrase(
            "Both are paused: {detail}. Change or delete one, then let the other go on: /rules resume {rule_id}",
            detail=detail, rule_id=kept.rule.rule_id,
        ))  # fmt: skip
        return detail

    def _break_loop(self, kept: KeptRule) -> str:
        detail = phrase("what it moves makes it fire again and again")
        kept.update(status="paused", paused_by="loop", paused_at=self._now(), note=detail)
        self._alert(phrase(
            "{named} is paused: {detail}. Change it, or let it go on: /rules resume {rule_id}",
            named=_first(_named(kept)), detail=detail, rule_id=kept.rule.rule_id,
        ))  # fmt: skip
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


async def _nothing() -> Ended:
    return Ended(TaskState.DONE, phrase("there was nothing to do"))


def _worst(ends: list[Ended]) -> TaskState:
    """How a firing ended as a whole: as the worst of its parts."""
    order = (TaskState.FAILED, TaskState.EXPIRED, TaskState.UNKNOWN)
    return next((state for state in order if any(end.state is state for end in ends)), TaskState.DONE)


def _said(end: Ended) -> str:
    return (
        phrase("it waits for approval {approval_id}: {detail}", approval_id=end.approval_id, detail=end.detail)
        if end.approval_id
        else end.detail
    )


def _plain_cause(kept: KeptRule, topic: str, reading: Reading | None) -> Cause:
    subject = topic or kept.rule.draft.watched
    state = reading.state if reading else ""
    return Cause(
        subject,
        state,
        (reading.attributes or state) if reading else None,
        phrase("{subject} is {state}", subject=subject, state=state) if reading else "",
    )


def _stem(kept: KeptRule) -> str:
    return f"rule/{kept.rule.rule_id}/{int(kept.rule.created_at * 1000):x}"


def _named(kept: KeptRule) -> str:
    return phrase("rule {rule_id} ({task})", rule_id=kept.rule.rule_id, task=kept.rule.task)


def _value(kept: KeptRule, crossing: Crossing) -> str:
    trigger = kept.rule.draft.trigger
    reading = crossing.readings.get(crossing.topic or kept.rule.draft.watched)
    part = getattr(trigger, "attribute", None) or getattr(trigger, "field", None) or None
    return str(value_of(reading, part)) if reading else ""


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
