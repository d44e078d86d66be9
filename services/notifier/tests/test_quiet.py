from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wactorz_notifier.quiet import QuietHours, clock_time, zone_of

BERLIN = "Europe/Berlin"


def at(text, zone=BERLIN, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        ("22:00-06:00", "2026-11-20T23:30", "2026-11-21T06:00"),
        ("22:00-06:00", "2026-11-21T05:59", "2026-11-21T06:00"),
        ("22:00-06:00", "2026-11-21T06:00", None),
        ("22:00-06:00", "2026-11-21T21:59", None),
        ("13:00-15:00", "2026-11-21T14:00", "2026-11-21T15:00"),
        ("13:00-13:00", "2026-11-21T13:00", None),
        ("00:00-06:00", "2026-11-21T00:00", "2026-11-21T06:00"),
    ],
)
def test_hours_by_the_clock_on_the_wall(hours, now, ends):
    assert QuietHours.of(hours).until(at(now), BERLIN) == (at(ends) if ends else None)


def test_a_night_with_a_change_of_the_clock_is_shorter_or_longer():
    hours = QuietHours.of("22:00-06:00")
    assert hours.until(at("2026-03-28T22:00"), BERLIN) - at("2026-03-28T22:00") == 7 * 3600
    assert hours.until(at("2026-10-24T22:00"), BERLIN) - at("2026-10-24T22:00") == 9 * 3600


def test_hours_end_once_also_when_their_end_is_shown_twice_or_left_out():
    hours = QuietHours.of("22:00-02:30")
    first, second = at("2026-10-25T02:30"), at("2026-10-25T02:30", fold=1)
    assert second - first == 3600
    assert hours.until(first - 60, BERLIN) == first
    assert hours.until(first + 60, BERLIN) is None
    assert hours.until(second - 60, BERLIN) is None
    assert hours.until(at("2026-03-29T01:59"), BERLIN) == at("2026-03-29T03:30")


def test_what_is_no_hours_and_no_zone():
    with pytest.raises(ValueError, match="22:00-06:00"):
        QuietHours.of("25:00-06:00")
    assert str(QuietHours.of("22:05-06:00")) == "22:05-06:00"
    assert zone_of("Middle/Earth").key == "UTC"
    assert clock_time(0, BERLIN) == "01:00"
