from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wactorz_common.contracts.rules import Hours
from wactorz_planner.hours import within

BERLIN = ZoneInfo("Europe/Berlin")


def at(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (Hours(start="08:00", end="17:00"), "2026-07-01T08:00", True),
        (Hours(start="08:00", end="17:00"), "2026-07-01T17:00", False),
        (Hours(start="22:00", end="06:00"), "2026-07-01T23:59", True),
        (Hours(start="22:00", end="06:00"), "2026-07-02T05:59", True),
        (Hours(start="22:00", end="06:00"), "2026-07-02T06:00", False),
        (Hours(start="22:00", end="06:00"), "2026-07-02T12:00", False),
        (Hours(start="22:00"), "2026-07-01T23:00", True),
        (Hours(start="22:00"), "2026-07-02T00:30", False),
        (Hours(end="06:00"), "2026-07-02T00:30", True),
        (Hours(weekdays=("wed",)), "2026-07-01T12:00", True),
        (Hours(weekdays=("wed",)), "2026-07-02T12:00", False),
        # the night of Wednesday belongs to Wednesday also after midnight
        (Hours(start="22:00", end="06:00", weekdays=("wed",)), "2026-07-02T03:00", True),
        (Hours(start="22:00", end="06:00", weekdays=("thu",)), "2026-07-02T03:00", False),
        # the clock goes forward at 02:00 and back at 03:00: the wall clock decides
        (Hours(start="01:00", end="04:00"), "2026-03-29T03:30", True),
        (Hours(start="03:30", end="04:00"), "2026-03-29T03:29", False),
    ],
)
def test_hours_go_by_the_wall_clock_of_the_house(hours, moment, expected):
    assert within(hours, at(moment), BERLIN) is expected


def test_both_passes_of_a_double_hour_are_within():
    hours = Hours(start="02:15", end="02:45")
    assert within(hours, at("2026-10-25T02:30", fold=0), BERLIN)
    assert within(hours, at("2026-10-25T02:30", fold=1), BERLIN)
    assert at("2026-10-25T02:30", fold=1) - at("2026-10-25T02:30", fold=0) == 3600
