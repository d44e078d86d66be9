"""Sentences that say what shall happen later: a trigger, conditions, what to do, and when not."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from wactorz_common.contracts.rules import Hours, RuleDraft, Trigger
from wactorz_understanding.clauses import read_clause, seconds_of
from wactorz_understanding.contradictions import contradicts
from wactorz_understanding.deeds import read_deeds
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.hours import find_hours
from wactorz_understanding.presence import read_presence
from wactorz_understanding.reports import read_report
from wactorz_understanding.schedules import find_schedules
from wactorz_understanding.sightings import read_sighting
from wactorz_understanding.statements import LONGEST_SECONDS, Statement
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.wording import QUIET_SECONDS

_SEVERAL = re.compile(r"\.\s|;")
_MOST_LIMIT_WORDS = 9


@dataclass(frozen=True)
class RuleReading:
    """A rule, or the target in it that is not clear, or that it contradicts itself."""

    draft: RuleDraft | None = None
    unclear: Target | None = None
    part: str = ""
    """The part of the sentence that is not clear."""
    contradicts: bool = False


@dataclass(frozen=True)
class _Frame:
    """What holds for the whole rule, and what it is read with."""

    grammar: Grammar
    place: Place
    quiet: float = QUIET_SECONDS
    hours: Hours | None = None


def read_rule(text: str, grammar: Grammar, place: Place) -> RuleReading | None:
    """Read a text as a rule; None unless all of it is read."""
    for frame, rest in _frames(text, grammar, place):
        for border in borders(rest, place):
            reading = _read_halves(border, frame)
            if reading is not None:
                return reading
    return None


def read_schedule(text: str, grammar: Grammar, place: Place) -> RuleReading | None:
    """Read a text as a rule that fires by the clock; None unless all of it is read."""
    for frame, said in _frames(text, grammar, place):
        for clock, rest in find_schedules(said, grammar, place):
            for then, ifs in _timed_halves(rest, place):
                conditions = _read_all_conditions(ifs, frame)
                reading = _rule(clock, None, conditions, then, frame) if conditions is not None else None
                if reading is not None:
                    return reading
    return None


def _timed_halves(rest: str, place: Place) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """What is to be done at a time, and the conditions, which may stand after or before it."""
    language = place.language
    then, ifs = _take_conditions(language.then.sub("", rest, count=1), place)
    if then and not language.rule.search(then):
        yield then, ifs
    body = language.leading_join.sub("", rest, count=1)
    mark = language.rule.match(body)
    if mark is None and body == rest:
        return
    for border in _after(body[mark.end() if mark else 0 :].strip(" ,"), place):
        then, ifs = _take_conditions(border.then, place)
        if then and not language.rule.search(then):
            yield then, [(border.when, False), *ifs]


def _frames(text: str, grammar: Grammar, place: Place) -> Iterator[tuple[_Frame, str]]:
    """The text without its quiet time, as it is and then without the hours that it may name."""
    if _SEVERAL.search(text):
        return
    text, quiet = _take_quiet_time(text, grammar, place)
    if quiet is None:
        return
    yield _Frame(grammar, place, quiet), text
    for hours, rest in find_hours(text, grammar, place):
        yield _Frame(grammar, place, quiet, hours), rest
        for more, left in find_hours(rest, grammar, place):
            if both := _both(hours, more):
                yield _Frame(grammar, place, quiet, both), left


def _both(first: Hours, second: Hours) -> Hours | None:
    """Times of day of one and weekdays of the other; None when both name the same."""
    if (first.start and second.start) or (first.weekdays and second.weekdays):
        return None
    times = first if first.start else second
    return Hours(start=times.start, end=times.end, weekdays=first.weekdays or second.weekdays)


def _take_quiet_time(text: str, grammar: Grammar, place: Place) -> tuple[str, float | None]:
    found = place.language.cooldown.search(text)
    if found is None:
        return text, QUIET_SECONDS
    words = text[found.start() :].lstrip(" ,").split(" ")
    for count in range(min(len(words), _MOST_LIMIT_WORDS), 1, -1):
        limit = " ".join(words[:count])
        for match in grammar.read("limits", limit.strip(" ,")):
            seconds = seconds_of(match.slots, "count", "time_unit", "fixed_time")
            if 0 < seconds <= LONGEST_SECONDS:
                comma = "," if limit.endswith(",") or found[0].startswith(",") else ""
                return f"{text[: found.start()]}{comma} {' '.join(words[count:])}".strip(" ,"), seconds
    return text, None


class Border(NamedTuple):
    """What triggers, and what is to be done; `asking` when it may as well be a question of this moment."""

    when: str
    then: str
    asking: bool = False


def borders(text: str, place: Place) -> Iterator[Border]:
    """Every way to cut a text into what triggers and what is to be done, the likeliest first."""
    language = place.language
    leading = language.rule.match(text)
    if leading:
        yield from _after(text[leading.end() :].strip(" ,"), place)
        return
    inverted = language.inverted.match(text)
    if inverted:
        yield from _inverted(text[inverted.end() :], inverted[0].strip(), place)
    for found in language.rule.finditer(text):
        asking = any(a.start() <= found.start() < a.end() for a in language.asking.finditer(text))
        yield Border(text[found.end() :].strip(" ,"), text[: found.start()].strip(" ,"), asking)


def _after(body: str, place: Place) -> Iterator[Border]:
    """The cuts of a text that begins with what triggers."""
    language = place.language
    commas = [i for i, sign in enumerate(body) if sign == ","]
    begins = (language.verb, language.tell)
    spaces = [i for i, sign in enumerate(body) if sign == " " and any(p.match(body, i + 1) for p in begins)]
    at = body.find(" @")
    for cut in (*commas, *spaces, *([at] if at > 0 else [])):
        if not body[:cut].endswith(","):
            yield Border(body[:cut], language.then.sub("", body[cut + 1 :].strip(" ,"), count=1))


def _inverted(body: str, verb: str, place: Place) -> Iterator[Border]:
    """The cuts of a condition that begins with its verb ("Ist das Fenster offen, ..."): the verb goes to its end."""
    for border in _after(body, place):
        yield border._replace(when=f"{border.when} {verb}")
        yield border


def read_statement(text: str, grammar: Grammar, place: Place) -> Statement | None:
    """Read a text as one statement of the house, its cameras, its people or a topic."""
    return (
        read_report(text, grammar, place)
        or read_sighting(text, grammar, place)
        or read_presence(text, grammar, place)
        or read_clause(text, grammar, place)
    )


def _read_halves(border: Border, frame: _Frame) -> RuleReading | None:
    when, when_ifs = _take_conditions(border.when, frame.place)
    then, then_ifs = _take_conditions(border.then, frame.place)
    if not then or not when:
        return None
    trigger, first = _read_trigger(when, frame)
    made = trigger.as_trigger() if trigger is not None else None
    if trigger is None or made is None or (border.asking and not (trigger.sudden or trigger.hold)):
        return None
    if trigger.hold and made.kind == "detection":
        return None
    conditions = _read_all_conditions([*when_ifs, *then_ifs], frame)
    if conditions is None:
        return None
    reading = _rule(made, trigger.unclear, [*first, *conditions], then, frame)
    in_trigger = reading is not None and reading.unclear is not None and reading.unclear == trigger.unclear
    return dataclasses.replace(reading, part=when) if reading is not None and in_trigger else reading


def _rule(
    trigger: Trigger, unclear: Target | None, statements: list[Statement], then: str, frame: _Frame
) -> RuleReading | None:  # fmt: skip
    conditions = [c for statement in statements if (c := statement.as_condition()) is not None]
    about = trigger.entity_id if trigger.kind in ("state", "numeric") else ""
    deeds = read_deeds(then, about, frame.grammar, frame.place) if len(conditions) == len(statements) else None
    if deeds is None:
        return None
    unclear = next((u for u in (unclear, *(s.unclear for s in statements), deeds.unclear) if u), None)
    if unclear:
        return RuleReading(unclear=unclear, part=then if unclear == deeds.unclear else "")
    draft = RuleDraft(
        trigger=trigger, conditions=tuple(conditions), actions=deeds.calls, notices=deeds.notices, tasks=deeds.tasks,
        hours=frame.hours, cooldown_seconds=frame.quiet,
    )  # fmt: skip
    return RuleReading(contradicts=True) if contradicts(draft) else RuleReading(draft)


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


def _read_all_conditions(ifs: list[tuple[str, bool]], frame: _Frame) -> list[Statement] | None:
    conditions: list[Statement] = []
    for text, negated in ifs:
        statements = _read_conditions(text.strip(" ,"), frame)
        if statements is None or (negated and len(statements) > 1):
            return None
        conditions += [dataclasses.replace(statement, negated=negated) for statement in statements]
    return conditions


def _read_trigger(text: str, frame: _Frame) -> tuple[Statement | None, list[Statement]]:
    whole = read_statement(text, frame.grammar, frame.place)
    if whole is not None:
        return whole, []
    for found in frame.place.language.join.finditer(text):
        first = read_statement(text[: found.start()], frame.grammar, frame.place)
        if first is None:
            continue
        rest = _read_conditions(text[found.end() :], frame)
        last = read_statement(text[found.end() :], frame.grammar, frame.place)
        if last is not None and last.sudden and not first.sudden and not first.hold:
            return last, [first]
        if rest is not None:
            return first, rest
    return None, []


def _read_conditions(text: str, frame: _Frame) -> list[Statement] | None:
    whole = read_statement(text, frame.grammar, frame.place)
    if whole is not None:
        return None if whole.event or whole.hold or whole.as_condition() is None else [whole]
    for found in frame.place.language.join.finditer(text):
        first = _read_conditions(text[: found.start()], frame)
        rest = _read_conditions(text[found.end() :], frame) if first else None
        if first and rest:
            return [*first, *rest]
    return None
