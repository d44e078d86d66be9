"""What a rule would have done with a past: the same engine, fed with recorded points; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile

from wactorz_common.contracts.history import HistoryPoint
from wactorz_common.contracts.rules import BacktestFiring, BacktestReport, DetectionTrigger, MqttTrigger, RuleDraft
from wactorz_common.language import decimal
from wactorz_planner import clock, engine, moments
from wactorz_planner.clock import Place
from wactorz_planner.engine import Decision, Moment, RuleState, Verdict
from wactorz_planner.german import phrase
from wactorz_planner.readings import Reading, value_of

MOST_SHOWN = 1000
"""Firings in one report; the newest when there are more."""

_WHOLE = 0.98
_DAY = 86_400.0
_HOUR = 3600.0
_MOST_TICKS = 300_000


@dataclass(frozen=True, slots=True)
class Span:
    """The time that was asked for, and from when on the recorder knows anything, in epoch seconds."""

    start: float
    end: float
    known_from: float


@dataclass(slots=True)
class Replay:
    """One run of a rule over the past; feed the points in the order of time, then finish."""

    draft: RuleDraft
    place: Place
    span: Span
    firings: list[BacktestFiring] = field(default_factory=list)
    _state: RuleState = field(default_factory=RuleState)
    _readings: dict[str, Reading] = field(default_factory=dict)
    _ticks: Iterator[float] = field(init=False)
    _next_tick: float = field(init=False)

    def __post_init__(self) -> None:
        start = self.span.known_from if self.draft.watched else self.span.start
        ticks = clock.ticks(self.draft.trigger, self.place, start, None)
        self._ticks = islice(takewhile(lambda at: at <= self.span.end, ticks), _MOST_TICKS)
        self._next_tick = next(self._ticks, float("inf"))

    def feed(self, points: Iterable[HistoryPoint]) -> None:
        """Take in the next points."""
        watched, readings = self.draft.watched, self._readings
        for point in points:
            at = max(point.at, self.span.start)
            self._catch_up(at)
            reading = Reading(point.state, point.attributes, at)
            readings[point.entity_id] = reading
            if point.entity_id == watched:
                self._take(engine.observe(self.draft, self._state, reading, Moment(at, readings, place=self.place)), at)

    def finish(self) -> None:
        """Let the time run out."""
        self._catch_up(self.span.end)

    def _catch_up(self, until: float) -> None:
        """What comes due before a point."""
        due_at = engine.pending_until(self.draft, self._state)
        if due_at is not None and due_at <= until:
            self._take(engine.due(self.draft, self._state, Moment(due_at, self._readings, place=self.place)), due_at)
        while self._next_tick <= until:
            at = self._next_tick
            self._take(engine.tick(self.draft, self._state, at, Moment(at, self._readings, place=self.place)), at)
            self._next_tick = next(self._ticks, float("inf"))

    def _take(self, decision: Decision, at: float) -> None:
        self._state = decision.state
        if decision.verdict is Verdict.NOTHING:
            return
        reading = self._readings.get(self.draft.watched)
        value = value_of(reading, getattr(self.draft.trigger, "attribute", None)) if reading else None
        self.firings.append(
            BacktestFiring.model_construct(  # to validate each would cost more than the rule does
                at=at, value=None if value is None else str(value), night=clock.is_night(at, self.place),
                verdict=decision.verdict.value,  # type: ignore[arg-type]  # the engine decides nothing else here
            )
        )  # fmt: skip


def entities_of(draft: RuleDraft) -> tuple[str, ...]:
    """The entities whose past a rule depends on."""
    named = [draft.watched] if draft.watched else []
    named += [condition.entity_id for condition in draft.conditions if condition.entity_id]
    return tuple(dict.fromkeys(named))


def without_past(draft: RuleDraft) -> str:
    """Why a rule cannot be tried on the past, as a sentence; empty when it can."""
    if isinstance(draft.trigger, DetectionTrigger):
        return phrase("What cameras saw is not recorded, so a rule that waits for it cannot be tried on the past.")
    if isinstance(draft.trigger, MqttTrigger) or any(condition.topic for condition in draft.conditions):
        return phrase("MQTT messages are not recorded, so a rule that depends on them cannot be tried on the past.")
    return ""


def needs_attributes(draft: RuleDraft) -> bool:
    """Whether the past must come with attributes."""
    attributes = [getattr(draft.trigger, "attribute", None), *(condition.attribute for condition in draft.conditions)]
    return any(attributes)


def report(replay: Replay, unknown: Iterable[str], *, cut: bool = False) -> BacktestReport:
    """The result in words and figures; `unknown` are entities of which the recorder knows nothing."""
    counts = dict.fromkeys(("fire", "suppressed", "unmet"), 0)
    night = 0
    for firing in replay.firings:
        counts[firing.verdict] += 1
        night += firing.night and firing.verdict == "fire"
    text = " ".join([_would(replay, counts, night), *_further(replay, counts), *_gaps(replay, unknown, cut=cut)])
    return BacktestReport(
        text=text, firings=_shown(replay.firings), fired=counts["fire"], suppressed=counts["suppressed"],
        unmet=counts["unmet"], at_night=night, start=replay.span.known_from, end=replay.span.end,
    )  # fmt: skip


def _shown(firings: list[BacktestFiring]) -> tuple[BacktestFiring, ...]:
    """The newest, and those that would have acted before all others."""
    if len(firings) <= MOST_SHOWN:
        return tuple(firings)
    acting = [firing for firing in firings if firing.verdict == "fire"][-MOST_SHOWN:]
    others = [firing for firing in firings if firing.verdict != "fire"][-(MOST_SHOWN - len(acting)) or len(firings) :]
    return tuple(sorted([*acting, *others], key=lambda firing: firing.at))


def _would(replay: Replay, counts: Mapping[str, int], night: int) -> str:
    fired, span = counts["fire"], replay.span
    within = phrase("in {span}", span=_span_words(span.end - span.known_from))
    if not fired:
        return phrase("It would not have fired {within}.", within=within)
    times = phrase("once") if fired == 1 else phrase("{count} times", count=fired)
    by_night = phrase(", {count} at night", count=night) if fired > 1 else phrase(", and that at night")
    by_night = by_night if night else ""
    fired_at = [firing.at for firing in replay.firings if firing.verdict == "fire"]
    first, last = _when(fired_at[0], replay.place), _when(fired_at[-1], replay.place)
    when = phrase(" That was on {first}.", first=first)
    if fired > 1:
        when = phrase(" The first time on {first}, the last time on {last}.", first=first, last=last)
    return phrase(
        "It would have fired {times} {within}{by_night}.{when}",
        times=times,
        within=within,
        by_night=by_night,
        when=when,
    )


def _further(replay: Replay, counts: Mapping[str, int]) -> Iterator[str]:
    if counts["suppressed"]:
        pause = moments.span(replay.draft.cooldown_seconds)
        yield phrase(
            "{times} more its trigger was met within the quiet time of {pause}.",
            times=_times(counts["suppressed"]), pause=pause,
        )  # fmt: skip
    if counts["unmet"]:
        yield phrase("{times} its trigger was met, but not its conditions.", times=_times(counts["unmet"]))


def _gaps(replay: Replay, unknown: Iterable[str], *, cut: bool) -> Iterator[str]:
    span, asked = replay.span, replay.span.end - replay.span.start
    if span.end - span.known_from < asked * _WHOLE:
        yield phrase(
            "The recorder only knows {span_words}; {span_words2} were asked for.",
            span_words=_span_words(span.end - span.known_from),
            span_words2=_span_words(asked),
        )
    missing = list(unknown)
    if missing:
        yield phrase("The recorder knows nothing of {missing}.", missing=phrase(" and ").join(missing))
    if cut:
        yield phrase("There was too much history to look at all of it, so the newest part is left out.")


def _span_words(seconds: float) -> str:
    if seconds >= _DAY * 0.95:
        days = round(seconds / _DAY, 1 if seconds < 10 * _DAY else 0)
        return phrase("1 day") if days == 1 else phrase("{count} days", count=decimal(days))
    hours = seconds / _HOUR
    return f"{hours:.0f} h" if hours >= 2 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  # short spans in minutes


def _times(count: int) -> str:
    return phrase("Once") if count == 1 else phrase("{count} times", count=count)


def _when(at: float, place: Place) -> str:
    return moments.long(datetime.fromtimestamp(at, place.zone))
