"""Times at which a rule may act: "only between 22 and 6", "at night", "on weekdays"."""

from collections.abc import Iterator, Mapping
from typing import Any

from wactorz_common.contracts.rules import Hours
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.schedules import days_of, minutes_of
from wactorz_understanding.targets import Place

_HOUR, _NOON = 60, 720
_NIGHT = ("22:00", "06:00")
_MOST_WORDS = 16
_HALVES = frozenset({"clock_am", "clock_pm", "daypart"})


def find_hours(text: str, grammar: Grammar, place: Place) -> Iterator[tuple[Hours, str]]:
    """Every way to take such times out of a text, the longest first at each place: the times, and the rest."""
    for mark in place.language.hours.finditer(text):
        words = text[mark.start() :].split(" ")
        before = text[: mark.start()].strip(" ,")
        for count in range(min(len(words), _MOST_WORDS), 0, -1):
            said = " ".join(words[:count])
            hours = _read(said.strip(" ,"), grammar)
            rest = " ".join(words[count:])
            if hours is not None and (before or rest):
                comma = "," if said.endswith(",") and before else ""
                yield hours, f"{before}{comma} {rest}".strip(" ,")
                break


def _read(said: str, grammar: Grammar) -> Hours | None:
    for match in grammar.read("hours", said):
        span, days = _span(match), days_of(match.slots)
        if span is not None and (span[0] != span[1] or (days and match.intent == "days")):
            return Hours.model_validate({"start": span[0], "end": span[1], "weekdays": days})
    return None


def _span(match: Match) -> tuple[str, str] | None:
    """Start and end; None when it is not clear which half of the day is meant."""
    if match.intent == "night":
        return _NIGHT
    if match.intent == "days":
        return "", ""
    end = {key.removeprefix("end_"): value for key, value in match.slots.items() if key.startswith("end_")}
    start = {key: value for key, value in match.slots.items() if not key.startswith(("end_", "days"))}
    halves = _is_half_said(start) + _is_half_said(end)
    if halves == 1 and _is_early(start if _is_half_said(end) else end):
        return None
    first, last = minutes_of(start), minutes_of(end)
    if first is None or last is None or (not halves and last < first and _is_early(start) and _is_early(end)):
        return None
    return _clock(first), _clock(last)


def _is_half_said(slots: Mapping[str, Any]) -> bool:
    """Whether a time is said to be before or after noon."""
    return bool(_HALVES & slots.keys())


def _is_early(slots: Mapping[str, Any]) -> bool:
    minutes = minutes_of(slots)
    return minutes is None or (0 < minutes <= _NOON and "named_time" not in slots)


def _clock(minutes: int) -> str:
    return f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}"
