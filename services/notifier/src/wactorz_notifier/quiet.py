"""Quiet hours: when they end, by the clock of the house; pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wactorz_notifier.german import phrase

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_AROUND = (-1, 0, 1)
"""Days beside the present one on which hours that matter now may begin."""


@dataclass(frozen=True)
class QuietHours:
    """A span of every day, by the clock on the wall; it may pass midnight."""

    start: time
    end: time

    @classmethod
    def of(cls, text: str) -> "QuietHours":
        """Hours from HH:MM-HH:MM; ValueError with a sentence when they are written otherwise."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(phrase("'{text}' are no hours: write them as 22:00-06:00", text=text))
        one, two, three, four = map(int, found.groups())
        return cls(time(one, two), time(three, four))

    def until(self, now: float, zone: str) -> float | None:
        """When they end, in epoch seconds, if they hold now; hours of no length never hold.

        A time that the clock leaves out comes an hour later, one that it shows twice counts the first time.
        """
        tz = zone_of(zone)
        today = datetime.fromtimestamp(now, tz).date()
        for days in _AROUND:
            begins, ends = self._on(today + timedelta(days=days), tz)
            if begins <= now < ends:
                return ends
        return None

    def _on(self, day: date, tz: ZoneInfo) -> tuple[float, float]:
        last = day + timedelta(days=1) if self.end < self.start else day
        return _moment(day, self.start, tz), _moment(last, self.end, tz)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def clock_time(moment: float, zone: str) -> str:
    """The time on the wall, as HH:MM."""
    return f"{datetime.fromtimestamp(moment, zone_of(zone)):%H:%M}"


def _moment(day: date, wall: time, tz: ZoneInfo) -> float:
    """Epoch seconds of a time on the wall."""
    return datetime.combine(day, wall, tz).timestamp()
