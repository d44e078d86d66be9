"""The times at which a rule may act, by the wall clock of the house; pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wactorz_common.contracts.rules import Hours
from wactorz_planner.clock import WEEKDAYS

_MIDNIGHT = time(0, 0)


def within(hours: Hours, at: float, zone: ZoneInfo) -> bool:
    """Whether an epoch second lies in the hours; a night belongs to the day on which it begins."""
    moment = datetime.fromtimestamp(at, zone)
    day, clock = moment.date(), moment.time()
    start = time.fromisoformat(hours.start) if hours.start else _MIDNIGHT
    end = time.fromisoformat(hours.end) if hours.end else _MIDNIGHT
    if end <= start and clock < end:
        day -= timedelta(days=1)
        inside = True
    else:
        inside = clock >= start and (end <= start or clock < end)
    return inside and (not hours.weekdays or WEEKDAYS[day.weekday()] in hours.weekdays)
