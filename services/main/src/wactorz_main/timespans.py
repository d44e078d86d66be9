"""Times in the past as people name them, in English and German; pure."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = {
    "second": 1.0, "sekunde": 1.0, "minute": 60.0, "hour": 3_600.0, "stunde": 3_600.0, "day": 86_400.0,
    "tag": 86_400.0, "week": 604_800.0, "woche": 604_800.0,
}  # fmt: skip
_UNIT = r"(?P<unit>seconds?|minutes?|hours?|days?|weeks?|sekunden?|minuten?|stunden?|tage?n?|wochen?)"
_AGO = re.compile(
    rf"\b(?:in|over|during|within|for)? ?(?:the )?(?:last|past) (?:(?P<number>\d{{1,4}}) )?{_UNIT}\b|"
    r"\b(?:in|während|seit)? ?(?:der|den|dem)? ?(?:letzten?|vergangenen?) (?:(?P<zahl>\d{1,4}) )?"
    rf"{_UNIT.replace('unit', 'einheit')}\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?:at|um|gegen|around|about) (?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))?\s*(?P<half>am|pm|uhr)?\b",
    re.IGNORECASE,
)
_WEEKDAYS = (
    ("monday", "montag"), ("tuesday", "dienstag"), ("wednesday", "mittwoch"), ("thursday", "donnerstag"),
    ("friday", "freitag"), ("saturday", "samstag", "sonnabend"), ("sunday", "sonntag"),
)  # fmt: skip
_NOON, _AROUND = 12, timedelta(minutes=30)
_DAWN = 5  # until this hour "today" is also the day before: whoever is still up has not ended it
_LONGEST = timedelta(days=31)

_Span = tuple[datetime, datetime]


def _night(_now: datetime, day: datetime) -> _Span:
    return day - timedelta(hours=2), day + timedelta(hours=6)


def _today(now: datetime, day: datetime) -> _Span:
    return (day if now.hour >= _DAWN else day - timedelta(days=1)), now


_NAMED: tuple[tuple[str, Callable[[datetime, datetime], _Span]], ...] = (
    (r"last night|tonight|letzte nacht|gestern nacht|heute nacht|in der nacht|during the night|overnight", _night),
    (r"yesterday morning|gestern (?:morgen|früh|vormittag)",
     lambda _now, day: (day - timedelta(hours=19), day - timedelta(hours=12))),
    (r"yesterday afternoon|gestern nachmittag",
     lambda _now, day: (day - timedelta(hours=12), day - timedelta(hours=6))),
    (r"yesterday evening|last evening|gestern abend",
     lambda _now, day: (day - timedelta(hours=7), day)),
    (r"yesterday|gestern", lambda _now, day: (day - timedelta(days=1), day)),
    (r"this morning|heute (?:morgen|früh|vormittag)",
     lambda _now, day: (day + timedelta(hours=5), day + timedelta(hours=12))),
    (r"this afternoon|heute nachmittag",
     lambda _now, day: (day + timedelta(hours=12), day + timedelta(hours=18))),
    (r"this evening|heute abend", lambda _now, day: (day + timedelta(hours=17), day + timedelta(days=1))),
    (r"today|heute", _today),
    (r"this week|diese woche", lambda now, day: (day - timedelta(days=day.weekday()), now)),
)  # fmt: skip
_NAMES = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), span) for words, span in _NAMED)
_DAYS = tuple(
    re.compile(rf"\b(?:last |on |am |letzten )?(?:{'|'.join(names)})\b", re.IGNORECASE) for names in _WEEKDAYS
)


def window(text: str, now: float, time_zone: str = "") -> tuple[float, float] | None:
    """From when to when a text speaks of, in epoch seconds; None when it names no time."""
    here = _local(now, time_zone)
    found = _said(text, here)
    if found is None:
        return None
    start, end = (moment.timestamp() for moment in found[0])
    return (start, min(end, now)) if start < now else (start - 86_400, min(end - 86_400, now))


def without_times(text: str) -> str:
    """The text without the times that it names."""
    for pattern in (_AGO, _CLOCK, *(pattern for pattern, _ in _NAMES), *_DAYS):
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def _said(text: str, now: datetime) -> tuple[_Span] | None:
    ago = _AGO.search(text)
    if ago is not None:
        unit = (ago["unit"] or ago["einheit"]).casefold()
        seconds = next(length for name, length in _UNITS.items() if unit.startswith(name))
        back = min(timedelta(seconds=seconds * int(ago["number"] or ago["zahl"] or 1)), _LONGEST)
        return ((now - back, now),)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    span = next((make(now, day) for pattern, make in _NAMES if pattern.search(text)), None)
    span = span or next((_weekday(day, number) for number, pattern in enumerate(_DAYS) if pattern.search(text)), None)
    clock = _CLOCK.search(text)
    if clock is not None:
        return (_around(clock, now, span),)
    return (span,) if span is not None else None


def _weekday(day: datetime, number: int) -> _Span:
    """The last day of that name that is over, or a week ago."""
    back = (day.weekday() - number) % 7 or 7
    start = day - timedelta(days=back)
    return start, start + timedelta(days=1)


def _around(clock: "re.Match[str]", now: datetime, span: _Span | None) -> _Span:
    """Half an hour before and after a time of day: within the span that is named, else the last time it was."""
    half = (clock["half"] or "").casefold()
    hour = int(clock["hour"]) % _NOON + (_NOON if half == "pm" else 0) if half in ("am", "pm") else int(clock["hour"])
    last = span[1] if span is not None else now
    moment = last.replace(hour=hour, minute=int(clock["minute"] or 0), second=0, microsecond=0)
    if moment > last:
        moment -= timedelta(days=1)
    return moment - _AROUND, moment + _AROUND


def _local(now: float, time_zone: str) -> datetime:
    try:
        return datetime.fromtimestamp(now, ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.fromtimestamp(now).astimezone()
