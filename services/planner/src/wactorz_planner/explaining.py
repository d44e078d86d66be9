"""Why a rule did not fire, in one paragraph; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wactorz_common.comparisons import to_number
from wactorz_common.contracts.history import HistoryPoint
from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import (
    BacktestFiring,
    DetectionTrigger,
    FiringReport,
    MqttTrigger,
    NumericTrigger,
    Rule,
    StateTrigger,
)
from wactorz_common.language import decimal, language
from wactorz_planner import clock, engine, moments, outcomes, wording
from wactorz_planner.clock import Place
from wactorz_planner.german import phrase
from wactorz_planner.hearing import Heard

_MOST_STATES = 5
_MOST_MOMENTS = 3
_MOST_TICKS = 1_000
_NEAR_SECONDS = 120.0
_WANTED = {
    "ne": "not {value}", "gt": "above {value}", "lt": "below {value}", "gte": "at least {value}",
    "lte": "at most {value}",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """All that is known about a rule in a span of time, in epoch seconds."""

    rule: Rule
    house: House
    start: float
    end: float
    now: float
    firings: tuple[FiringReport, ...] = ()
    """Newest first."""

    history: tuple[HistoryPoint, ...] | None = None
    """What the trigger's entity did; None when nobody tells."""

    replayed: tuple[BacktestFiring, ...] = ()
    """When the trigger was met according to that."""

    heard: Heard | None = None
    listening_since: float = 0.0
    halts: tuple[tuple[float, float | None], ...] = ()
    """From when to when everything was stopped; None: still."""

    place: Place = field(default_factory=Place)


def explain(facts: Facts) -> str:
    """What the rule did in the time, and why it did not do more."""
    return " ".join([_head(facts), *_standing(facts), *_decided(facts), *_silence(facts)])


def _head(facts: Facts) -> str:
    rule = facts.rule
    fired = [one for one in facts.firings if one.verdict == "fire"]
    span = phrase("between {when} and {when2}", when=_when(facts, facts.start), when2=_when(facts, facts.end))
    if not fired:
        return phrase(
            "Rule {rule_id} ({summary}) did not fire {span}.",
            rule_id=rule.rule_id,
            summary=rule.summary.rstrip(".") or rule.task,
            span=span,
        )
    times = phrase("once") if len(fired) == 1 else phrase("{count} times", count=len(fired))
    return phrase(
        "Rule {rule_id} fired {times} {span}, last at {when}: {plain}.",
        rule_id=rule.rule_id,
        times=times,
        span=span,
        when=_when(facts, fired[0].fired_at),
        plain=_plain(fired[0]),
    )


def _standing(facts: Facts) -> Iterator[str]:
    """What held for the rule as a whole."""
    rule = facts.rule
    if rule.status == "proposed":
        yield phrase("It was never approved, so it does not run: /rules approve {rule_id}.", rule_id=rule.rule_id)
    elif rule.status == "paused":
        since = phrase(" since {when}", when=_when(facts, rule.paused_at)) if rule.paused_at else ""
        note = outcomes.told(rule.note or "a person paused it")
        yield phrase(
            "It is paused{since}: {note}. To let it go on: /rules resume {rule_id}.",
            since=since,
            note=note,
            rule_id=rule.rule_id,
        )
    if rule.created_at > facts.start:
        yield phrase("It was made only at {when}.", when=_when(facts, rule.created_at))
    for begin, end in facts.halts:
        if begin < facts.end and (end or facts.now) > facts.start:
            if end:
                yield phrase(
                    "Everything was stopped from {begin} to {end}.", begin=_when(facts, begin), end=_when(facts, end)
                )
            else:
                yield phrase(
                    "Everything was stopped from {begin} on, and still is: /go lets it act again.",
                    begin=_when(facts, begin),
                )


def _decided(facts: Facts) -> Iterator[str]:
    """What was decided, but not to act."""
    by_verdict: dict[str, list[FiringReport]] = {}
    for firing in facts.firings:
        by_verdict.setdefault(firing.verdict, []).append(firing)
    for verdict in ("missed", "held_back", "unmet", "suppressed"):
        found = by_verdict.get(verdict, [])
        for why, count in Counter(_reason(one) for one in found).most_common(_MOST_MOMENTS):
            last = next(one for one in found if _reason(one) == why)
            yield _said(facts, verdict, why, count, last)


def _said(facts: Facts, verdict: str, why: str, count: int, last: FiringReport) -> str:
    at = _when(facts, last.fired_at)
    times = phrase("at {at}", at=at) if count == 1 else phrase("{count} times, last at {at},", count=count, at=at)
    told = outcomes.told(why)
    if verdict == "missed":
        return phrase("It was due but {why} (noted {times}).", why=told, times=times.rstrip(","))
    if verdict == "held_back":
        return phrase("Its trigger was met {times} but it was {why}.", times=times, why=told)
    if verdict == "suppressed":
        pause = moments.span(facts.rule.draft.cooldown_seconds)
        told += phrase(", which is {pause}", pause=pause) if why == engine.QUIET else ""
        return phrase("Its trigger was met {times} but {why}.", times=times, why=told)
    if why == engine.OUTSIDE_HOURS:
        return phrase("Its trigger was met {times} but {why}.", times=times, why=told)
    conditions = phrase(" and ").join(_condition(fact) for fact in last.conditions if not fact.get("held"))
    return phrase(
        "Its trigger was met {times} but not its conditions: {conditions}.", times=times, conditions=conditions or told
    )


def _condition(fact: Mapping[str, Any]) -> str:
    what = fact.get("topic") or fact.get("entity_id") or "?"
    part = fact.get("field") or fact.get("attribute")
    actual = fact.get("actual")
    wanted = _WANTED.get(str(fact.get("operator")), "{value}")
    is_now = phrase("was not known") if actual is None else phrase("was {value}", value=_shown(actual))
    name = phrase("{part} of {what}", part=part, what=what) if part else str(what)
    return phrase(
        "{name} {is_now} instead of {wanted}",
        name=name, is_now=is_now, wanted=phrase(wanted, value=_shown(fact.get("value"))),
    )  # fmt: skip


def _silence(facts: Facts) -> Iterator[str]:
    """Why nothing was decided at all, as far as that can be told."""
    if facts.firings or facts.rule.status == "proposed":
        return
    trigger = facts.rule.draft.trigger
    if isinstance(trigger, StateTrigger | NumericTrigger):
        yield from _of_history(facts)
    elif isinstance(trigger, MqttTrigger | DetectionTrigger):
        yield from _of_messages(facts)
    else:
        yield from _of_clock(facts)


def _of_history(facts: Facts) -> Iterator[str]:
    trigger = facts.rule.draft.trigger
    name = wording.phrases_of(facts.house, language()).name(facts.rule.draft.watched)
    if facts.history is None:
        yield phrase("Its trigger was not met as far as I heard; the recorder cannot be asked now.")
        return
    if not facts.history:
        yield phrase("The recorder knows nothing of {name} in that time, so its trigger was never met.", name=name)
        return
    if facts.replayed:
        unheard = [one for one in facts.replayed if one.at >= facts.rule.created_at]
        at = ", ".join(_when(facts, one.at) for one in (unheard or facts.replayed)[-_MOST_MOMENTS:])
        why = phrase("of which I heard nothing: I may not have run then" if unheard else "before the rule was made")
        yield phrase("By the recorder its trigger was met at {moments}, {why}.", moments=at, why=why)
        return
    if isinstance(trigger, NumericTrigger):
        yield _range(facts, trigger, name)
    elif isinstance(trigger, StateTrigger):
        yield _states(facts, trigger, name)


def _range(facts: Facts, trigger: NumericTrigger, name: str) -> str:
    numbers = [number for number in map(to_number, _values(facts, trigger.attribute)) if number is not None]
    if not numbers:
        return phrase("{first} showed no number in that time.", first=_first(name))
    low, high = min(numbers), max(numbers)
    bounds = (("above {value}", trigger.above), ("below {value}", trigger.below))
    wanted = phrase(" and ").join(phrase(word, value=decimal(bound)) for word, bound in bounds if bound is not None)
    met = all((trigger.above is None or n > trigger.above) and (trigger.below is None or n < trigger.below)
              for n in numbers)  # fmt: skip
    if met:
        return phrase(
            "{first} was {wanted} all the time ({low} to {high}), and only a new crossing counts.",
            first=_first(name),
            wanted=wanted,
            low=decimal(low),
            high=decimal(high),
        )
    held = phrase(" for {duration}", duration=moments.span(trigger.for_seconds)) if trigger.for_seconds else ""
    return phrase(
        "{first} lay between {low} and {high}, so it did not come {wanted}{held}.",
        first=_first(name),
        low=decimal(low),
        high=decimal(high),
        wanted=wanted,
        held=held,
    )


def _states(facts: Facts, trigger: StateTrigger, name: str) -> str:
    states = list(dict.fromkeys(point.state for point in facts.history or ()))
    if states == [trigger.to]:
        return phrase(
            "{first} was {to} all the time, and only a change to it counts.", first=_first(name), to=_to(facts, trigger)
        )
    said = wording.phrases_of(facts.house, language())
    shown = ", ".join(said.value(trigger.entity_id, state) for state in states[:_MOST_STATES])
    held = phrase(" for {duration}", duration=moments.span(trigger.for_seconds)) if trigger.for_seconds else ""
    return phrase(
        "{first} was {shown}, so it did not become {to}{held}.",
        first=_first(name),
        shown=shown,
        to=_to(facts, trigger),
        held=held,
    )


def _first(name: str) -> str:
    """A name as the first of a sentence; an entity id stays as it is."""
    return name.replace("the ", "The ", 1) if name.startswith("the ") else name


def _values(facts: Facts, attribute: str | None) -> Iterable[Any]:
    for point in facts.history or ():
        yield point.attributes.get(attribute) if attribute else point.state


def _of_messages(facts: Facts) -> Iterator[str]:
    heard, what = facts.heard, _topic(facts)
    since = phrase("since I began to listen at {when}", when=_when(facts, facts.listening_since))
    if heard is None or not (heard.messages or heard.unreadable):
        yield phrase("No message came on {what} {since}.", what=what, since=since)
        return
    count = heard.messages + heard.unreadable
    if count == 1:
        yield phrase("1 message came on {what} {since}, and none met the trigger anew.", what=what, since=since)
    else:
        yield phrase(
            "{count} messages came on {what} {since}, and none met the trigger anew.",
            count=count, what=what, since=since,
        )  # fmt: skip
    if heard.last_value:
        yield phrase(
            "The last value was {last_value}, at {when} on {last_topic}.",
            last_value=heard.last_value,
            when=_when(facts, heard.last_at),
            last_topic=heard.last_topic,
        )
    if heard.without_field:
        yield phrase(
            "{without_field} of them did not have the field that it looks at.", without_field=heard.without_field
        )
    if heard.unreadable:
        yield phrase("{unreadable} of them could not be read.", unreadable=heard.unreadable)


def _topic(facts: Facts) -> str:
    trigger = facts.rule.draft.trigger
    if isinstance(trigger, MqttTrigger):
        return f"{trigger.topic} ({trigger.field})" if trigger.field else trigger.topic
    return phrase("the watch for {target}", target=trigger.target) if isinstance(trigger, DetectionTrigger) else ""


def _of_clock(facts: Facts) -> Iterator[str]:
    trigger, place = facts.rule.draft.trigger, facts.place
    since = max(facts.start, facts.rule.created_at)
    due: Sequence[float] = []
    for number, at in enumerate(clock.ticks(trigger, place, since, None)):
        if at > facts.end or number >= _MOST_TICKS:
            break
        due = [*due[-_MOST_MOMENTS:], at]
    missing = [at for at in due if all(abs(one.fired_at - at) > _NEAR_SECONDS for one in facts.firings)]
    if missing and facts.rule.status == "active":
        yield phrase(
            "It was due at {when}, of which nothing is noted: I may not have run then.", when=_when(facts, missing[-1])
        )
    elif not due:
        yield phrase("It was not due in that time.")
    upcoming = clock.next_tick(trigger, place, facts.now, None)
    if upcoming is not None and facts.rule.status == "active":
        yield phrase("It is due next at {when}.", when=_when(facts, upcoming))


def _reason(firing: FiringReport) -> str:
    return firing.outcome.removeprefix("done: ").rstrip(".")


def _to(facts: Facts, trigger: StateTrigger) -> str:
    return wording.phrases_of(facts.house, language()).value(trigger.entity_id, trigger.to)


def _shown(value: Any) -> str:
    return decimal(value) if isinstance(value, float) else str(value)


def _plain(firing: FiringReport) -> str:
    return outcomes.told(firing.outcome).rstrip(".") or phrase("its end is not known yet")


def moment_of(at: float, zone: ZoneInfo) -> str:
    """A moment as people say it, in the time of the house."""
    return moments.short(datetime.fromtimestamp(at, zone))


def _when(facts: Facts, at: float | None) -> str:
    if at is None:
        return phrase("an unknown time")
    zone = facts.place.zone
    moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(facts.now, zone)
    return phrase("{clock}", clock=f"{moment:%H:%M}") if moment.date() == today.date() else moment_of(at, zone)
