"""Statements about one device in a rule: "the door opens", "it is above 28 degrees for 5 minutes"."""

import math
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_common.contracts.rules import Condition, NumericTrigger, StateTrigger
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.questions import find_outside, find_quantity, find_sensors
from wactorz_understanding.statements import LONGEST_SECONDS, Statement
from wactorz_understanding.states import state_value
from wactorz_understanding.targets import Place, Target

_EVENTS_ONLY = frozenset({"state_event", "numeric_event"})


@dataclass(frozen=True)
class Clause(Statement):
    """A statement about one entity."""

    entity_id: str = ""
    state: str = ""
    attribute: str | None = None
    side: str = ""
    bound: float = 0.0

    def as_trigger(self) -> StateTrigger | NumericTrigger | None:
        """The entity reaches the state, or its value crosses the bound."""
        if self.negated:
            return None
        if not self.side:
            return StateTrigger(entity_id=self.entity_id, to=self.state, for_seconds=self.hold)
        above = self.bound if self.side == "above" else None
        below = self.bound if self.side == "below" else None
        return NumericTrigger(
            entity_id=self.entity_id, attribute=self.attribute, above=above, below=below, for_seconds=self.hold
        )

    def as_condition(self) -> Condition:
        """The entity is in the state, or its value beyond the bound; or not, when negated."""
        if not self.side:
            operator = "ne" if self.negated else "eq"
            return Condition.model_validate({"entity_id": self.entity_id, "operator": operator, "value": self.state})
        above = self.side == "above"
        operator = ("lte" if above else "gte") if self.negated else "gt" if above else "lt"
        return Condition.model_validate({
            "entity_id": self.entity_id, "attribute": self.attribute, "operator": operator, "value": self.bound,
        })  # fmt: skip


def read_clause(text: str, grammar: Grammar, place: Place) -> Clause | None:
    """Read a text as one statement; the closest device wins, a state before an event."""
    clauses = [c for match in grammar.read("clauses", text, place.said) if (c := _interpret(match, place))]
    clauses.sort(key=lambda clause: (clause.how, clause.event))
    return clauses[0] if clauses else None


def _interpret(match: Match, place: Place) -> Clause | None:
    hold = seconds_of(match.slots, "hold_count", "hold_unit", "hold_seconds")
    if hold > LONGEST_SECONDS:
        return None
    if "bound" in match.slots:
        return _numeric(match, hold, place)
    if "phenomenon" in match.slots:
        state = "clear" if match.intent == "phenomenon_over" else "detected"
        if "name" in match.slots:
            target = place.find(match, lambda e: e.device_class in match.slots["phenomenon"])
        else:
            target = _one(find_sensors(match.slots["phenomenon"], match.slots.get("area"), place))
    else:
        state = match.slots.get("event") or match.slots["state"]
        target = place.find(match, lambda entity: state_value(entity, state) is not None)
    if target is None:
        return None
    value = state_value(place.names.entities[target.entity_ids[0]], state) or ""
    event = match.intent in _EVENTS_ONLY
    sudden = event or match.intent == "phenomenon_event"
    unclear = _unclear(target)
    entity_id = target.entity_ids[0]
    return Clause(
        entity_id=entity_id, state=value, hold=hold, event=event, sudden=sudden, unclear=unclear, how=target.how
    )


def _unclear(target: Target) -> Target | None:
    several = len(target.entity_ids) > 1 or bool(target.unclear)
    return Target(target.entity_ids, target.how, "one") if several else None


def _one(entity_ids: list[str]) -> Target | None:
    return Target(tuple(entity_ids), 0, "one" if len(entity_ids) > 1 else "") if entity_ids else None


def _numeric(match: Match, hold: float, place: Place) -> Clause | None:
    slots = match.slots
    quantity = slots.get("quantity", "temperature" if match.intent == "warmth" else "")
    unit = slots.get("unit", "")
    if "name" in slots:
        target = place.find(match, lambda entity: _attribute(entity, unit) is not None)
    elif "outdoors" in slots:
        target = _one(find_outside(quantity, place))
    else:
        target = _one(find_quantity(quantity, _areas(slots, place), place))
    if target is None:
        return None
    entity = place.names.entities[target.entity_ids[0]]
    attribute = _attribute(entity, unit)
    bound = _converted(float(slots["value"]), unit, entity.unit or place.names.house.temperature_unit)
    if attribute is None or bound is None:
        return None
    side, bound = _side(slots["bound"], bound)
    event = match.intent in _EVENTS_ONLY and match.slots["bound"] not in {"above", "below"}
    return Clause(
        entity_id=entity.entity_id, attribute=attribute or None, side=side, bound=bound, hold=hold, event=event,
        sudden=event, unclear=_unclear(target), how=target.how,
    )  # fmt: skip


def _areas(slots: dict[str, Any], place: Place) -> set[str] | None:
    area_id = slots.get("area", place.area_id)
    return {area_id} if area_id else None


def _attribute(entity: Entity, unit: str) -> str | None:
    """Attribute that carries the number ("" for the state itself); None when the entity has none in this unit."""
    if entity.domain == "climate":
        return "current_temperature" if unit in {"", "°", "°C", "°F"} else None
    if entity.domain in {"sensor", "input_number", "number", "counter"}:
        return ""
    return None


def _converted(value: float, said: str, own: str) -> float | None:
    """The value in the entity's own unit; None when the units do not go together."""
    if said in {"", own} or (said == "°" and own in {"°C", "°F", "°"}):
        return value
    if (said, own) == ("°F", "°C"):
        return round((value - 32) * 5 / 9, 2)
    if (said, own) == ("°C", "°F"):
        return round(value * 9 / 5 + 32, 2)
    factor = {("kW", "W"): 1000.0, ("W", "kW"): 0.001}.get((said, own))
    return value * factor if factor else None


def _side(bound: str, value: float) -> tuple[str, float]:
    """Side and threshold; "reaches 28" means that 28 itself counts."""
    if bound == "reach_up":
        return "above", math.nextafter(value, -math.inf)
    if bound == "reach_down":
        return "below", math.nextafter(value, math.inf)
    return bound, value


def seconds_of(slots: dict[str, Any], count: str, unit: str, fixed: str) -> float:
    """A length of time from slots: a number of units, or a fixed one."""
    return float(slots.get(fixed) or slots.get(count, 0) * slots.get(unit, 0))
