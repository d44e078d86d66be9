"""Sentences that say what shall happen later: a trigger, conditions, actions and a quiet time."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from wactorz_common.contracts.rules import Condition, NumericTrigger, RuleDraft, StateTrigger, Trigger
from wactorz_understanding.clauses import LONGEST_SECONDS, Clause, read_clause, seconds_of
from wactorz_understanding.compounds import read_commands
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.schedules import find_schedules
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.wording import QUIET_SECONDS

_SEVERAL = re.compile(r"\.\s|;")


@dataclass(frozen=True)
class RuleReading:
    """A rule, or the target in it that is not clear."""

    draft: RuleDraft | None = None
    unclear: Target | None = None
    part: str = ""
    """The part of the sentence that it is in."""


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
        seconds = seconds_of(match.slots, "count", "time_unit", "fixed_time")
        if 0 < seconds <= LONGEST_SECONDS:
            return (text[: found.start()] + comma + rest).strip(" ,"), seconds
    return text, None


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
    reading = _rule(_trigger(trigger), trigger.unclear, [*first, *conditions], then, quiet, grammar, place)
    in_trigger = reading is not None and reading.unclear is not None and reading.unclear == trigger.unclear
    return dataclasses.replace(reading, part=when) if reading is not None and in_trigger else reading


def _rule(
    trigger: Trigger, unclear: Target | None, conditions: list[Clause], then: str, quiet: float, grammar: Grammar,
    place: Place,
) -> RuleReading | None:  # fmt: skip
    actions = read_commands(then, grammar, place)
    if actions is None:
        return None
    unclear = next((u for u in (unclear, *(c.unclear for c in conditions), actions.unclear) if u), None)
    if unclear:
        return RuleReading(unclear=unclear, part=then if unclear == actions.unclear else "")
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


def _read_all_conditions(ifs: list[tuple[str, bool]], grammar: Grammar, place: Place) -> list[Clause] | None:
    conditions: list[Clause] = []
    for text, negated in ifs:
        clauses = _read_conditions(text, grammar, place)
        if clauses is None or (negated and len(clauses) > 1):
            return None
        conditions += [dataclasses.replace(clause, negated=negated) for clause in clauses]
    return conditions


def _read_trigger(text: str, grammar: Grammar, place: Place) -> tuple[Clause | None, list[Clause]]:
    whole = read_clause(text, grammar, place)
    if whole is not None:
        return whole, []
    for found in place.language.join.finditer(text):
        first = read_clause(text[: found.start()], grammar, place)
        if first is None:
            continue
        rest = _read_conditions(text[found.end() :], grammar, place)
        last = read_clause(text[found.end() :], grammar, place)
        if last is not None and last.sudden and not first.sudden and not first.hold:
            return last, [first]
        if rest is not None:
            return first, rest
    return None, []


def _read_conditions(text: str, grammar: Grammar, place: Place) -> list[Clause] | None:
    whole = read_clause(text, grammar, place)
    if whole is not None:
        return None if whole.event or whole.hold else [whole]
    for found in place.language.join.finditer(text):
        first = _read_conditions(text[: found.start()], grammar, place)
        rest = _read_conditions(text[found.end() :], grammar, place) if first else None
        if first and rest:
            return [*first, *rest]
    return None


def _trigger(clause: Clause) -> Trigger:
    if not clause.side:
        return StateTrigger(entity_id=clause.entity_id, to=clause.state, for_seconds=clause.hold)
    above = clause.bound if clause.side == "above" else None
    below = clause.bound if clause.side == "below" else None
    return NumericTrigger(
        entity_id=clause.entity_id, attribute=clause.attribute, above=above, below=below, for_seconds=clause.hold
    )


def _condition(clause: Clause) -> Condition:
    if not clause.side:
        operator = "ne" if clause.negated else "eq"
        return Condition.model_validate({"entity_id": clause.entity_id, "operator": operator, "value": clause.state})
    above = clause.side == "above"
    operator = ("lte" if above else "gte") if clause.negated else "gt" if above else "lt"
    return Condition.model_validate({
        "entity_id": clause.entity_id, "attribute": clause.attribute, "operator": operator, "value": clause.bound,
    })  # fmt: skip
