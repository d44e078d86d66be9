"""When the clock and the sun trigger a rule; pure, in epoch seconds and the house's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from astral import Observer
from astral.sun import sunrise, sunset

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import IntervalTrigger, SunTrigger, TimeTrigger, Trigger

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = 86_400.0
_SET_BACK = 2 * _DAY
_SUN_GAP = 6 * 3600.0
_LONGEST_POLAR_DAYS = 370
_MOST_MISSED = 1000
_NIGHT_FROM, _NIGHT_TO = 22, 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where the house is: its time zone and position, degrees north and east, meters above the sea."""

    time_zone: str = "UTC"
    latitude: float | None = None
    longitude: float | None = None
    elevation: float = 0.0

    @classmethod
    def of(cls, house: House) -> "Place":
        """The place of a house; UTC where its time zone is not known here."""
        zone = house.time_zone if zone_exists(house.time_zone) else "UTC"
        return cls(zone, house.latitude, house.longitude, house.elevation)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Moments that have passed undecided: one to run, late or not, and those that are over."""

    run_at: float | None = None
    missed: int = 0
    first_missed: float | None = None
    last_missed: float | None = None


def zone_exists(name: str) -> bool:
    """Whether a name is one of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def next_tick(trigger: Trigger, place: Place, anchor: float, ticked_at: float | None) -> float | None:
    """The first moment after the last one that was decided on; None when there is none, as for a polar summer."""
    return next(ticks(trigger, place, anchor, ticked_at), None)


def ticks(trigger: Trigger, place: Place, anchor: float, ticked_at: float | None) -> Iterator[float]:
    """The moments at which the clock triggers, without end; none for triggers that watch an entity."""
    after = anchor if ticked_at is None else max(anchor, ticked_at)
    match trigger:
        case IntervalTrigger():
            number = 1
            while True:
                yield after + number * trigger.seconds
                number += 1
        case TimeTrigger():
            yield from (moment for moment in _times(trigger, place.zone, after) if moment > after)
        case SunTrigger():
            since = after if ticked_at is None or anchor > ticked_at else after + _SUN_GAP
            yield from (moment for moment in _suns(trigger, place, since) if moment > since)


def undecided(
    trigger: Trigger, place: Place, anchor: float, ticked_at: float | None, now: float, grace: float
) -> Ticks:
    """What has passed since the last decision: the newest within `grace` seconds runs once, the rest is missed."""
    if isinstance(trigger, IntervalTrigger):
        passed = _passed_intervals(trigger, anchor if ticked_at is None else max(anchor, ticked_at), now)
    else:
        passed = []
        for moment in ticks(trigger, place, anchor, ticked_at):
            if moment > now or len(passed) >= _MOST_MISSED:
                break
            passed.append(moment)
    if not passed:
        return Ticks()
    late = passed[-1] if now - passed[-1] <= grace else None
    missed = passed if late is None else passed[:-1]
    if isinstance(trigger, IntervalTrigger) and len(passed) > 1:
        count = round((passed[-1] - passed[0]) / trigger.seconds) + 1
        return _ticks(late, missed, count if late is None else count - 1)
    return _ticks(late, missed, len(missed))


def _ticks(late: float | None, missed: list[float], count: int) -> Ticks:
    if not missed:
        return Ticks(late)
    return Ticks(late, count, missed[0], missed[-1])


def _passed_intervals(trigger: IntervalTrigger, after: float, now: float) -> list[float]:
    """The first, the last but one and the last: what lies between is only counted."""
    count = int((now - after) // trigger.seconds)
    numbers = sorted({number for number in (1, count - 1, count) if 1 <= number <= count})
    return [after + number * trigger.seconds for number in numbers]


def is_set_back(anchor: float, ticked_at: float | None, now: float) -> bool:
    """Whether the last decision lies so far ahead that the clock must have been wrong then."""
    return max(anchor, ticked_at or 0.0) > now + _SET_BACK


def is_night(at: float, place: Place) -> bool:
    """Between 22:00 and 06:00 in the house's time."""
    hour = datetime.fromtimestamp(at, place.zone).hour
    return hour >= _NIGHT_FROM or hour < _NIGHT_TO


def instant_of(day: date, clock: time, zone: ZoneInfo) -> float:
    """When a time of day comes on a day: the first of two, and right after the gap when it does not exist."""
    naive = datetime.combine(day, clock)
    first, second = (naive.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if datetime.fromtimestamp(first, zone).replace(tzinfo=None) == naive:
        return first
    low, high = int(min(first, second)), int(max(first, second))
    after = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if datetime.fromtimestamp(middle, zone).utcoffset() == after else (middle, high)
    return float(high)


def sun_at(event: str, place: Place, day: date) -> float | None:
    """When the sun rises or sets on a day at the house, None when it does not or the position is not known."""
    if place.latitude is None or place.longitude is None:
        return None
    return _sun_at(event, place.latitude, place.longitude, place.elevation, place.time_zone, day)


@lru_cache(maxsize=4096)
def _sun_at(event: str, latitude: float, longitude: float, elevation: float, zone: str, day: date) -> float | None:
    observer = Observer(latitude, longitude, max(0.0, elevation))
    try:
        moment = (sunrise if event == "sunrise" else sunset)(observer, day, ZoneInfo(zone))
    except ValueError:  # the sun stays above or below the horizon all day
        return None
    return moment.timestamp()


def _times(trigger: TimeTrigger, zone: ZoneInfo, after: float) -> Iterator[float]:
    clock = time.fromisoformat(trigger.at)
    for day in _days(after, zone):
        if not trigger.weekdays or WEEKDAYS[day.weekday()] in trigger.weekdays:
            yield instant_of(day, clock, zone)


def _suns(trigger: SunTrigger, place: Place, after: float) -> Iterator[float]:
    absent = 0
    for day in _days(after - trigger.offset_seconds, place.zone):
        moment = sun_at(trigger.event, place, day)
        absent = absent + 1 if moment is None else 0
        if absent > _LONGEST_POLAR_DAYS:
            return
        if moment is not None:
            yield moment + trigger.offset_seconds


def _days(after: float, zone: ZoneInfo) -> Iterator[date]:
    day = datetime.fromtimestamp(after, zone).date() - timedelta(days=1)
    while True:
        yield day
        day += timedelta(days=1)
