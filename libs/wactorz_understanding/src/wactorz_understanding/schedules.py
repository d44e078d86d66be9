"""Sentences that name a time at which a rule fires, again and again: "every day at 7", "at sunset"."""

from collections.abc import Iterator, Mapping
from typing import Any

from wactorz_common.contracts.rules import IntervalTrigger, SunTrigger, TimeTrigger
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.targets import Place

Clock = TimeTrigger | SunTrigger | IntervalTrigger
"""What fires by the clock."""

_HOUR, _NOON, _DAY = 60, 720, 1440
_SHIFTS = {"half_past": 30, "half_to": -30, "quarter_past": 15, "quarter_to": -15, "clock_hour": 0}
_MOST_BEFORE, _MOST_AFTER = 6, 14
_SHORTEST, _LONGEST, _FARTHEST = 10, 604_800, 43_200


def find_schedules(text: str, grammar: Grammar, place: Place) -> Iterator[tuple[Clock, str]]:
    """Every way to take a time out of a text, the longest first: what fires, and the rest of the text."""
    mark = place.language.schedule.search(text)
    if mark is None:
        return
    words = text.split(" ")
    first = text[: mark.start()].count(" ")
    spans = sorted(_spans(first, len(words)), key=lambda span: span[0] - span[1])
    for start, end in spans:
        said = " ".join(words[start:end]).strip(" ,")
        for match in grammar.read("triggers", said):
            clock = _clock(match)
            if clock is not None:
                yield clock, " ".join([*words[:start], *words[end:]]).strip(" ,")
                break


def _spans(first: int, count: int) -> Iterator[tuple[int, int]]:
    for start in range(max(0, first - _MOST_BEFORE), first + 1):
        for end in range(first + 1, min(count, first + _MOST_AFTER) + 1):
            if end - start < count:
                yield start, end


def _clock(match: Match) -> Clock | None:
    slots = match.slots
    days = days_of(slots)
    if match.intent == "every":
        seconds = float(slots.get("fixed_time") or slots.get("count", 0) * slots.get("time_unit", 0))
        return IntervalTrigger(seconds=seconds) if _SHORTEST <= seconds <= _LONGEST else None
    if match.intent == "at_sun":
        return _sun(slots) if not days else None
    minutes = minutes_of(slots)
    if minutes is None:
        return None
    return TimeTrigger.model_validate({"at": f"{minutes // _HOUR:02d}:{minutes % _HOUR:02d}", "weekdays": days})


def days_of(slots: Mapping[str, Any]) -> tuple[str, ...]:
    """Weekdays of the slots; empty means every day."""
    said = [day for key in ("days", "days_too", "days_three") for day in slots.get(key, ())]
    return tuple(day for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") if day in said)


def _sun(slots: Mapping[str, Any]) -> SunTrigger | None:
    offset = 0.0
    for side, sign in (("before", -1), ("after", 1)):
        count, unit = slots.get(f"{side}_count", 0), slots.get(f"{side}_unit", 0)
        offset += sign * float(slots.get(f"{side}_seconds") or count * unit)
    return SunTrigger(event=slots["sun"], offset_seconds=offset) if abs(offset) <= _FARTHEST else None


def minutes_of(slots: Mapping[str, Any]) -> int | None:
    """A time of day in minutes after midnight; None when the slots name none."""
    minutes = _plain_minutes(slots)
    if minutes is None or not 0 <= minutes <= _DAY:
        return None
    part = slots.get("daypart", "")
    early = minutes < _NOON and not {"clock_am", "clock_pm", "named_time"} & slots.keys()
    if early and (part == "pm" or (part == "night" and minutes >= _NOON // 2)):
        minutes += _NOON
    return minutes % _DAY


def _plain_minutes(slots: Mapping[str, Any]) -> int | None:
    for key, shift in _SHIFTS.items():
        if key in slots:
            return int(slots[key]) * _HOUR + shift
    if "clock_am" in slots:
        return int(slots["clock_am"]) % _NOON
    if "clock_pm" in slots:
        said = int(slots["clock_pm"])
        return said % _NOON + _NOON if said <= _NOON + _HOUR else said
    found = slots.get("clock", slots.get("named_time"))
    return None if found is None else int(found)
