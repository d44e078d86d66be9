"""Sentences that say what shall happen later: a trigger, conditions, actions and a quiet time."""

import dataclasses
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_common.contracts.rules import Condition, NumericTrigger, RuleDraft, StateTrigger, Trigger
from wactorz_understanding.compounds import read_commands
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.questions import find_outside, find_quantity, find_sensors
from wactorz_understanding.schedules import find_schedules
from wactorz_understanding.states import state_value
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.wording import QUIET_SECONDS

_LONGEST = 86_400
_SEVERAL = re.compile(r"\.\s|;")
_EVENTS_ONLY = frozenset({"state_event", "numeric_event"})


@dataclass(frozen=True)
class RuleReading:
    """A rule, or the target in it that is not clear."""

    draft: RuleDraft | None = None
    unclear: Target | None = None


@dataclass(frozen=True)
class _Clause:
    """A statement about one entity, usable as trigger or condition."""

    entity_id: str = ""
    state: str = ""
    attribute: str | None = None
    side: str = ""
    bound: float = 0.0
    hold: float = 0.0
    event: bool = False
    sudden: bool = False
    negated: bool = False
    unclear: Target | None = None
    how: int = 0


def read_rule(text: str, grammar: Grammar, place: Place) -> RuleReading | None:
    """Read a text as a rule; None unless all of it is read."""
    if _SEVERAL.search(text):
        return None
    text, quiet = _take_quiet_time(text, grammar, place)
    if quiet is None:
        return None
    for when, then in _borders(text, place):
        reading = _read_halves(when, then, quiet, grammar, place)
        if reading is not None:
            return reading
    return None


def _take_quiet_time(text: str, grammar: Grammar, place: Place) -> tuple[str, float | None]:
    found = place.language.cooldown.search(text)
    if found is None:
        return text, QUIET_SECONDS
    limit, comma, rest = text[found.start() :].lstrip(", ").partition(",")
    for match in grammar.read("limits", limit):
        seconds = _seconds(match.slots, "count", "time_unit", "fixed_time")
        if 0 < seconds <= _LONGEST:
            return (text[: found.start()] + comma + rest).strip(" ,"), seconds
    return text, None


def _seconds(slots: dict[str, Any], count: str, unit: str, fixed: str) -> float:
    return float(slots.get(fixed) or slots.get(count, 0) * slots.get(unit, 0))


def _borders(text: str, place: Place) -> Iterator[tuple[str, str]]:
    """Every way to cut a text into what triggers and what is to be done, the likeliest first."""
    language = place.language
    leading = language.rule.match(text)
    if leading:
        body = text[leading.end() :].strip(" ,")
        commas = [i for i, sign in enumerate(body) if sign == ","]
        spaces = [i for i, sign in enumerate(body) if sign == " " and language.verb.match(body, i + 1)]
        for cut in (*commas, *spaces):
            if not body[:cut].endswith(","):
                yield body[:cut], language.then.sub("", body[cut + 1 :].strip(" ,"), count=1)
        return
    for found in language.rule.finditer(text):
        yield text[found.end() :].strip(" ,"), text[: found.start()].strip(" ,")


def read_schedule(text: str, grammar: Grammar, place: Place) -> RuleReading | None:
    """Read a text as a rule that fires by the clock; None unless all of it is read."""
    if _SEVERAL.search(text):
        return None
    for clock, rest in find_schedules(text, grammar, place):
        then, ifs = _take_conditions(place.language.then.sub("", rest, count=1), place)
        if not then or place.language.rule.search(then):
            continue
        conditions = _read_all_conditions(ifs, grammar, place)
        if conditions is None:
            continue
        reading = _rule(clock, None, conditions, then, QUIET_SECONDS, grammar, place)
        if reading is not None:
            return reading
    return None


def _read_halves(when: str, then: str, quiet: float, grammar: Grammar, place: Place) -> RuleReading | None:
    when, when_ifs = _take_conditions(when, place)
    then, then_ifs = _take_conditions(then, place)
    if not then or not when:
        return None
    trigger, first = _read_trigger(when, grammar, place)
    if trigger is None:
        return None
    conditions = _read_all_conditions([*when_ifs, *then_ifs], grammar, place)
    if conditions is None:
        return None
    return _rule(_trigger(trigger), trigger.unclear, [*first, *conditions], then, quiet, grammar, place)


def _rule(
    trigger: Trigger, unclear: Target | None, conditions: list[_Clause], then: str, quiet: float, grammar: Grammar,
    place: Place,
) -> RuleReading | None:  # fmt: skip
    actions = read_commands(then, grammar, place)
    if actions is None:
        return None
    unclear = next((u for u in (unclear, *(c.unclear for c in conditions), actions.unclear) if u), None)
    if unclear:
        return RuleReading(unclear=unclear)
    return RuleReading(
        RuleDraft(
            trigger=trigger, conditions=tuple(_condition(c) for c in conditions), actions=actions.calls,
            cooldown_seconds=quiet,
        )
    )  # fmt: skip


def _take_conditions(text: str, place: Place) -> tuple[str, list[tuple[str, bool]]]:
    """A text without its conditions, and these: what must hold, and whether it must not."""
    marks = [(m.start(), m.end(), False) for m in place.language.condition.finditer(text)]
    marks += [(m.start(), m.end(), True) for m in place.language.unless.finditer(text)]
    found: list[tuple[int, int, bool]] = []
    for mark in sorted(marks, key=lambda m: (m[0], -m[1])):
        if not found or mark[0] >= found[-1][1] - 1:
            found.append(mark)
    if not found:
        return text, []
    ends = [start for start, _, _ in found[1:]] + [len(text)]
    conditions = [(text[mark[1] : end], mark[2]) for mark, end in zip(found, ends, strict=True)]
    return text[: found[0][0]], conditions


def _read_all_conditions(ifs: list[tuple[str, bool]], grammar: Grammar, place: Place) -> list[_Clause] | None:
    conditions: list[_Clause] = []
    for text, negated in ifs:
        clauses = _read_conditions(text, grammar, place)
        if clauses is None or (negated and len(clauses) > 1):
            return None
        conditions += [dataclasses.replace(clause, negated=negated) for clause in clauses]
    return conditions


def _read_trigger(text: str, grammar: Grammar, place: Place) -> tuple[_Clause | None, list[_Clause]]:
    whole = _read_clause(text, grammar, place)
    if whole is not None:
        return whole, []
    for found in place.language.join.finditer(text):
        first = _read_clause(text[: found.start()], grammar, place)
        if first is None:
            continue
        rest = _read_conditions(text[found.end() :], grammar, place)
        last = _read_clause(text[found.end() :], grammar, place)
        if last is not None and last.sudden and not first.sudden and not first.hold:
            return last, [first]
        if rest is not None:
            return first, rest
    return None, []


def _read_conditions(text: str, grammar: Grammar, place: Place) -> list[_Clause] | None:
    whole = _read_clause(text, grammar, place)
    if whole is not None:
        return None if whole.event or whole.hold else [whole]
    for found in place.language.join.finditer(text):
        first = _read_conditions(text[: found.start()], grammar, place)
        rest = _read_conditions(text[found.end() :], grammar, place) if first else None
        if first and rest:
            return [*first, *rest]
    return None


def _read_clause(text: str, grammar: Grammar, place: Place) -> _Clause | None:
    clauses = [c for match in grammar.read("clauses", text) if (c := _interpret(match, place))]
    clauses.sort(key=lambda clause: (clause.how, clause.event))
    return clauses[0] if clauses else None


def _interpret(match: Match, place: Place) -> _Clause | None:
    hold = _seconds(match.slots, "hold_count", "hold_unit", "hold_seconds")
    if hold > _LONGEST:
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
    return _Clause(target.entity_ids[0], value, hold=hold, event=event, sudden=sudden, unclear=unclear, how=target.how)


def _unclear(target: Target) -> Target | None:
    several = len(target.entity_ids) > 1 or bool(target.unclear)
    return Target(target.entity_ids, target.how, "one") if several else None


def _one(entity_ids: list[str]) -> Target | None:
    return Target(tuple(entity_ids), 0, "one" if len(entity_ids) > 1 else "") if entity_ids else None


def _numeric(match: Match, hold: float, place: Place) -> _Clause | None:
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
    return _Clause(
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


def _trigger(clause: _Clause) -> Trigger:
    if not clause.side:
        return StateTrigger(entity_id=clause.entity_id, to=clause.state, for_seconds=clause.hold)
    above = clause.bound if clause.side == "above" else None
    below = clause.bound if clause.side == "below" else None
    return NumericTrigger(
        entity_id=clause.entity_id, attribute=clause.attribute, above=above, below=below, for_seconds=clause.hold
    )


def _condition(clause: _Clause) -> Condition:
    if not clause.side:
        operator = "ne" if clause.negated else "eq"
        return Condition.model_validate({"entity_id": clause.entity_id, "operator": operator, "value": clause.state})
    above = clause.side == "above"
    operator = ("lte" if above else "gte") if clause.negated else "gt" if above else "lt"
    return Condition.model_validate({
        "entity_id": clause.entity_id, "attribute": clause.attribute, "operator": operator, "value": clause.bound,
    })  # fmt: skip
