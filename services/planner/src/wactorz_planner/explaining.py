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
from wactorz_planner import clock, wording
from wactorz_planner.clock import Place
from wactorz_planner.hearing import Heard
from wactorz_planner.phrases import duration

_MOST_STATES = 5
_MOST_MOMENTS = 3
_MOST_TICKS = 1_000
_NEAR_SECONDS = 120.0


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
    span = f"between {_when(facts, facts.start)} and {_when(facts, facts.end)}"
    if not fired:
        return f"Rule {rule.rule_id} ({rule.summary.rstrip('.') or rule.task}) did not fire {span}."
    times = "once" if len(fired) == 1 else f"{len(fired)} times"
    return f"Rule {rule.rule_id} fired {times} {span}, last at {_when(facts, fired[0].fired_at)}: {_plain(fired[0])}."


def _standing(facts: Facts) -> Iterator[str]:
    """What held for the rule as a whole."""
    rule = facts.rule
    if rule.status == "proposed":
        yield f"It was never approved, so it does not run: /rules approve {rule.rule_id}."
    elif rule.status == "paused":
        since = f" since {_when(facts, rule.paused_at)}" if rule.paused_at else ""
        note = rule.note or "a person paused it"
        yield f"It is paused{since}: {note}. To let it go on: /rules resume {rule.rule_id}."
    if rule.created_at > facts.start:
        yield f"It was made only at {_when(facts, rule.created_at)}."
    for begin, end in facts.halts:
        if begin < facts.end and (end or facts.now) > facts.start:
            until = f"to {_when(facts, end)}" if end else "on, and still is: /go lets it act again"
            yield f"Everything was stopped from {_when(facts, begin)} {until}."


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
    times = f"at {at}" if count == 1 else f"{count} times, last at {at},"
    if verdict == "missed":
        return f"It was due but {why} (noted {times.rstrip(',')})."
    if verdict == "held_back":
        return f"Its trigger was met {times} but it was {why}."
    if verdict == "suppressed":
        pause = f", which is {duration(facts.rule.draft.cooldown_seconds)}" if "quiet" in why else ""
        return f"Its trigger was met {times} but {why}{pause}."
    if why == "outside its hours":
        return f"Its trigger was met {times} but {why}."
    conditions = " and ".join(_condition(fact) for fact in last.conditions if not fact.get("held"))
    return f"Its trigger was met {times} but not its conditions: {conditions or why}."


def _condition(fact: Mapping[str, Any]) -> str:
    what = fact.get("topic") or fact.get("entity_id") or "?"
    part = fact.get("field") or fact.get("attribute")
    actual = fact.get("actual")
    wanted = {"eq": "", "ne": "not ", "gt": "above ", "lt": "below ", "gte": "at least ", "lte": "at most "}
    is_now = "was not known" if actual is None else f"was {actual}"
    name = f"{part} of {what}" if part else str(what)
    return f"{name} {is_now} instead of {wanted.get(str(fact.get('operator')), '')}{fact.get('value')}"


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
    name = wording.phrases_of(facts.house, "en").name(facts.rule.draft.watched)
    if facts.history is None:
        yield "Its trigger was not met as far as I heard; the recorder cannot be asked now."
        return
    if not facts.history:
        yield f"The recorder knows nothing of {name} in that time, so its trigger was never met."
        return
    if facts.replayed:
        unheard = [one for one in facts.replayed if one.at >= facts.rule.created_at]
        moments = ", ".join(_when(facts, one.at) for one in (unheard or facts.replayed)[-_MOST_MOMENTS:])
        why = "of which I heard nothing: I may not have run then" if unheard else "before the rule was made"
        yield f"By the recorder its trigger was met at {moments}, {why}."
        return
    if isinstance(trigger, NumericTrigger):
        yield _range(facts, trigger, name)
    elif isinstance(trigger, StateTrigger):
        yield _states(facts, trigger, name)


def _range(facts: Facts, trigger: NumericTrigger, name: str) -> str:
    numbers = [number for number in map(to_number, _values(facts, trigger.attribute)) if number is not None]
    if not numbers:
        return f"{_first(name)} showed no number in that time."
    low, high = min(numbers), max(numbers)
    wanted = " and ".join(
        f"{word} {bound:g}" for word, bound in (("above", trigger.above), ("below", trigger.below)) if bound is not None
    )
    met = all((trigger.above is None or n > trigger.above) and (trigger.below is None or n < trigger.below)
              for n in numbers)  # fmt: skip
    if met:
        return f"{_first(name)} was {wanted} all the time ({low:g} to {high:g}), and only a new crossing counts."
    held = f" for {duration(trigger.for_seconds)}" if trigger.for_seconds else ""
    return f"{_first(name)} lay between {low:g} and {high:g}, so it did not come {wanted}{held}."


def _states(facts: Facts, trigger: StateTrigger, name: str) -> str:
    states = list(dict.fromkeys(point.state for point in facts.history or ()))
    if states == [trigger.to]:
        return f"{_first(name)} was {trigger.to} all the time, and only a change to it counts."
    shown = ", ".join(states[:_MOST_STATES])
    held = f" for {duration(trigger.for_seconds)}" if trigger.for_seconds else ""
    return f"{_first(name)} was {shown}, so it did not become {trigger.to}{held}."


def _first(name: str) -> str:
    """A name as the first of a sentence; an entity id stays as it is."""
    return name.replace("the ", "The ", 1) if name.startswith("the ") else name


def _values(facts: Facts, attribute: str | None) -> Iterable[Any]:
    for point in facts.history or ():
        yield point.attributes.get(attribute) if attribute else point.state


def _of_messages(facts: Facts) -> Iterator[str]:
    heard, what = facts.heard, _topic(facts)
    since = f"since I began to listen at {_when(facts, facts.listening_since)}"
    if heard is None or not (heard.messages or heard.unreadable):
        yield f"No message came on {what} {since}."
        return
    count = heard.messages + heard.unreadable
    yield f"{count} message{'s' if count != 1 else ''} came on {what} {since}, and none met the trigger anew."
    if heard.last_value:
        yield f"The last value was {heard.last_value}, at {_when(facts, heard.last_at)} on {heard.last_topic}."
    if heard.without_field:
        yield f"{heard.without_field} of them did not have the field that it looks at."
    if heard.unreadable:
        yield f"{heard.unreadable} of them could not be read."


def _topic(facts: Facts) -> str:
    trigger = facts.rule.draft.trigger
    if isinstance(trigger, MqttTrigger):
        return f"{trigger.topic} ({trigger.field})" if trigger.field else trigger.topic
    return f"the watch for {trigger.target}" if isinstance(trigger, DetectionTrigger) else ""


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
        yield f"It was due at {_when(facts, missing[-1])}, of which nothing is noted: I may not have run then."
    elif not due:
        yield "It was not due in that time."
    upcoming = clock.next_tick(trigger, place, facts.now, None)
    if upcoming is not None and facts.rule.status == "active":
        yield f"It is due next at {_when(facts, upcoming)}."


def _reason(firing: FiringReport) -> str:
    return firing.outcome.removeprefix("done: ").rstrip(".")


def _plain(firing: FiringReport) -> str:
    return firing.outcome.rstrip(".") or "its end is not known yet"


def moment_of(at: float, zone: ZoneInfo) -> str:
    """A moment as people say it, in the time of the house."""
    moment = datetime.fromtimestamp(at, zone)
    return f"{moment:%a} {moment.day} {moment:%b %H:%M}"


def _when(facts: Facts, at: float | None) -> str:
    if at is None:
        return "an unknown time"
    zone = facts.place.zone
    moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(facts.now, zone)
    return f"{moment:%H:%M}" if moment.date() == today.date() else moment_of(at, zone)
