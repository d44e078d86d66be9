"""Who moved what: people win over rules, rules keep out of each other's way, and none runs in circles; no I/O."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from wactorz_common.comparisons import UNKNOWN_STATES
from wactorz_common.contracts.home import ServiceCall, StateChange
from wactorz_planner.german import phrase

MOST_FLIPS = 4
"""Flips of one entity between two rules within a minute; one more is a fight."""

MOST_LOOPS = 6
"""Firings of one rule within a minute that what rules moved has caused; one more is a loop."""

_MINUTE = 60.0
_CAUSED_SECONDS = 10.0
_BLIND_SECONDS = 1.0  # the effect of a call without a context may be heard after its end
_SETTLE_SECONDS = 5.0
_SLOW_SETTLE_SECONDS = 90.0
_SLOW_DOMAINS = frozenset({
    "alarm_control_panel", "climate", "cover", "lawn_mower", "lock", "media_player", "vacuum", "valve", "water_heater",
})  # fmt: skip
_MOST_CONTEXTS = 500
_MOST_MOVES = 50
_SET_ATTRIBUTES = (
    "brightness", "color_temp_kelvin", "rgb_color", "hs_color", "effect", "temperature", "target_temp_high",
    "target_temp_low", "hvac_mode", "fan_mode", "preset_mode", "swing_mode", "humidity", "percentage", "oscillating",
    "direction", "volume_level", "is_volume_muted", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hand:
    """A change of an entity that was no rule's doing; `by` says whose, as words."""

    entity_id: str
    at: float
    by: str
    context_id: str = ""
    from_outside: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """A rule moved an entity; until `kept_until` other rules do not move it elsewhere."""

    at: float
    task_id: str
    rule_id: str
    does: str
    kept_until: float = 0.0


PastMove = tuple[str, str, tuple[ServiceCall, ...], float, float]
"""Task, rule, calls, when, and for how many seconds other rules leave it so."""


@dataclass(slots=True)
class _Flight:
    entity_ids: frozenset[str]
    seen: list[Hand] = field(default_factory=list)


class Hands:
    """What people and rules did to the entities that rules move; `hold_seconds` holds off new crossings as well."""

    def __init__(self, hold_seconds: float = 0.0) -> None:
        self.marks: dict[str, Hand] = {}
        self._hold_seconds = hold_seconds
        self._moves: dict[str, deque[Move]] = defaultdict(lambda: deque(maxlen=_MOST_MOVES))
        self._flights: dict[str, _Flight] = {}
        self._contexts: dict[str, None] = {}
        self._blind_until: dict[str, float] = {}
        self._loops: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_LOOPS + 1))

    def restore(self, marks: Iterable[Hand], moves: Iterable[PastMove]) -> None:
        """Take in what was kept over a restart: changes by hand, and calls of rules as `remember` takes them."""
        self.marks = {hand.entity_id: hand for hand in marks}
        for move in moves:
            self.remember(*move)

    # -- what rules do ------------------------------------------------------------------------------------------

    def begin(self, task_id: str, rule_id: str, calls: Iterable[ServiceCall], at: float, keep_seconds: float) -> None:
        """A rule sends calls."""
        self.remember(task_id, rule_id, calls, at, keep_seconds)
        self._flights[task_id] = _Flight(frozenset(entity_id for call in calls for entity_id in call.entity_id))

    def remember(
        self, task_id: str, rule_id: str, calls: Iterable[ServiceCall], at: float, keep_seconds: float
    ) -> None:
        """A rule sent calls some time ago."""
        for entity_id, does in _deeds(calls):
            self._moves[entity_id].append(Move(at, task_id, rule_id, does, at + keep_seconds if keep_seconds else 0.0))

    def end(self, task_id: str, contexts: Iterable[str], now: float, *, acted: bool) -> list[Hand]:
        """Calls have ended; returns what others did meanwhile. Without contexts all of it may have been ours."""
        flight = self._flights.pop(task_id, None)
        ours = [context for context in contexts if context]
        self._contexts.update(dict.fromkeys(ours))
        for context in list(self._contexts)[: len(self._contexts) - _MOST_CONTEXTS]:
            del self._contexts[context]
        if flight is None:
            return []
        if not acted:
            self._forget(task_id, flight)
        if not ours and acted:
            self._blind_until.update(dict.fromkeys(flight.entity_ids, now + _BLIND_SECONDS))
            return []
        return [self._mark(hand) for hand in flight.seen if hand.from_outside and hand.context_id not in self._contexts]

    def _forget(self, task_id: str, flight: _Flight) -> None:
        for entity_id in flight.entity_ids:
            kept = [move for move in self._moves[entity_id] if move.task_id != task_id]
            self._moves[entity_id] = deque(kept, maxlen=_MOST_MOVES)

    # -- what others do -----------------------------------------------------------------------------------------

    def see(self, change: StateChange, now: float) -> Hand | None:
        """Take in a change of an entity; the mark of a hand, if it is one for sure."""
        hand = hand_of(change, now)
        if hand is None or hand.context_id in self._contexts or hand.at <= self._blind_until.get(hand.entity_id, 0.0):
            return None
        if _text(change.context, "parent_id") in self._contexts:
            return None
        flights = [flight for flight in self._flights.values() if hand.entity_id in flight.entity_ids]
        if flights:
            flights[-1].seen.append(hand)
            return None
        return None if not hand.from_outside and self._settles(hand) else self._mark(hand)

    def rename(self, old: str, new: str) -> None:
        """An entity has another id from now on."""
        if old in self.marks:
            self.marks.setdefault(new, replace(self.marks.pop(old), entity_id=new))
        if old in self._moves:
            self._moves[new] = self._moves.pop(old)

    def _settles(self, hand: Hand) -> bool:
        """Whether a device may still be on its way to where a rule sent it."""
        moves = self._moves.get(hand.entity_id)
        slow = hand.entity_id.partition(".")[0] in _SLOW_DOMAINS
        if not moves:
            return False
        return hand.at - moves[-1].at <= (_SLOW_SETTLE_SECONDS if slow else _SETTLE_SECONDS)

    def _mark(self, hand: Hand) -> Hand:
        known = self.marks.get(hand.entity_id)
        if known is None or known.at <= hand.at:
            self.marks[hand.entity_id] = hand
        return hand

    # -- what follows -------------------------------------------------------------------------------------------

    def objections(self, rule_id: str, calls: Iterable[ServiceCall], crossed_at: float, now: float) -> dict[str, str]:
        """Entities that the rule must leave alone now, each with the reason as a clause."""
        found: dict[str, str] = {}
        for entity_id, does in _deeds(calls):
            reason = self._by_hand(entity_id, crossed_at, now) or self._kept(rule_id, entity_id, does, now)
            if reason:
                found[entity_id] = reason
        return found

    def _by_hand(self, entity_id: str, crossed_at: float, now: float) -> str:
        hand = self.marks.get(entity_id)
        if hand is None:
            return ""
        if hand.at > crossed_at:
            return phrase("{by} changed {entity_id} after the trigger was met", by=phrase(hand.by), entity_id=entity_id)
        if self._hold_seconds and now - hand.at < self._hold_seconds:
            return phrase(
                "{by} changed {entity_id} {now:.0f} s ago", by=phrase(hand.by), entity_id=entity_id, now=now - hand.at
            )
        return ""

    def _kept(self, rule_id: str, entity_id: str, does: str, now: float) -> str:
        hand = self.marks.get(entity_id)
        for move in reversed(self._moves.get(entity_id, ())):
            if move.rule_id == rule_id or (hand is not None and hand.at > move.at):
                return ""
            if move.kept_until > now and move.does != does:
                return phrase(
                    "rule {rule_id} keeps {entity_id} as it is for {kept_until:.0f} s more",
                    rule_id=move.rule_id,
                    entity_id=entity_id,
                    kept_until=move.kept_until - now,
                )
        return ""

    def opponent(self, rule_id: str, calls: Iterable[ServiceCall], now: float) -> tuple[str, str] | None:
        """The rule that this one fights with, and over which entity: one more flip would be too many."""
        for entity_id, does in _deeds(calls):
            recent = [move for move in self._moves.get(entity_id, ()) if now - move.at < _MINUTE]
            for other in dict.fromkeys(move.rule_id for move in reversed(recent) if move.rule_id != rule_id):
                pair = [(m.rule_id, m.does) for m in recent if m.rule_id in (rule_id, other)] + [(rule_id, does)]
                if _flips(pair) > MOST_FLIPS:
                    return other, entity_id
        return None

    def is_looping(self, rule_id: str, trigger_entity: str, now: float) -> bool:
        """Whether what rules moved makes this rule fire again and again; counts this firing."""
        moves = self._moves.get(trigger_entity)
        if not moves or now - moves[-1].at > _CAUSED_SECONDS:
            return False
        loops = self._loops[rule_id]
        loops.append(now)
        return len(loops) > MOST_LOOPS and now - loops[0] < _MINUTE

    def forgive(self, rule_id: str) -> None:
        """A person lets a paused rule go on: what it did before is not held against it."""
        self._loops.pop(rule_id, None)
        for entity_id, moves in self._moves.items():
            self._moves[entity_id] = deque((m for m in moves if m.rule_id != rule_id), maxlen=_MOST_MOVES)


def hand_of(change: StateChange, now: float) -> Hand | None:
    """Who moved an entity, if anybody did: its state, or what can be set on it."""
    new, old = change.new_state, change.old_state
    if change.resync or not new or not old:
        return None
    if {str(new.get("state")), str(old.get("state"))} & UNKNOWN_STATES or not _is_moved(old, new):
        return None
    person, parent = _text(change.context, "user_id"), _text(change.context, "parent_id")
    by = "an automation" if parent else "a person" if person else "the device itself, or a hand on it,"
    at = min(change.timestamp, now)
    return Hand(change.entity_id, at, by, _text(change.context, "id"), bool(person or parent))


def _is_moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if old.get("state") != new.get("state"):
        return True
    before, after = old.get("attributes") or {}, new.get("attributes") or {}
    return any(before.get(name) != after.get(name) for name in _SET_ATTRIBUTES)


def _deeds(calls: Iterable[ServiceCall]) -> Iterable[tuple[str, str]]:
    for call in calls:
        does = f"{call.service} {json.dumps(call.data, sort_keys=True)}"
        for entity_id in call.entity_id:
            yield entity_id, does


def _flips(moves: list[tuple[str, str]]) -> int:
    """How often one of two rules undid what the other one did."""
    return sum(before[0] != after[0] and before[1] != after[1] for before, after in pairwise(moves))


def _text(context: Mapping[str, Any] | None, key: str) -> str:
    return str((context or {}).get(key) or "")
