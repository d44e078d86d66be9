from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import IntervalTrigger, StateTrigger, SunTrigger, TimeTrigger
from wactorz_planner.clock import Place, Ticks, is_night, is_set_back, next_tick, ticks, undecided

BERLIN = Place("Europe/Berlin", 52.52, 13.4, 34)
TROMSO = Place("Europe/Oslo", 69.65, 18.96)


def stamp(text, zone="Europe/Berlin"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def said(moments, zone="Europe/Berlin"):
    return [datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%m-%d %H:%M:%S") for moment in moments]


def coming(trigger, after, place=BERLIN, count=3, ticked_at=None):
    return said(islice(ticks(trigger, place, stamp(after, place.time_zone), ticked_at), count), place.time_zone)


def test_a_time_of_day_comes_once_a_day_in_the_time_of_the_house():
    assert coming(TimeTrigger(at="07:00"), "2026-06-01 07:00") == ["06-02 07:00:00", "06-03 07:00:00", "06-04 07:00:00"]
    assert coming(TimeTrigger(at="07:00"), "2026-06-01 06:59")[0] == "06-01 07:00:00"
    assert next_tick(TimeTrigger(at="07:00:30"), Place(), 0.0, None) == 7 * 3600 + 30


def test_only_the_chosen_days_count():
    weekend = TimeTrigger(at="09:30", weekdays=("sat", "sun"))
    assert coming(weekend, "2026-06-01 00:00") == ["06-06 09:30:00", "06-07 09:30:00", "06-13 09:30:00"]


def test_a_time_that_does_not_exist_comes_right_after_the_gap():
    trigger = TimeTrigger(at="02:30")
    assert coming(trigger, "2026-03-28 12:00", count=2) == ["03-29 03:00:00", "03-30 02:30:00"]


def test_a_time_that_exists_twice_comes_once():
    trigger = TimeTrigger(at="02:30")
    first, second = islice(ticks(trigger, BERLIN, stamp("2026-10-24 12:00"), None), 2)
    assert said([first, second]) == ["10-25 02:30:00", "10-26 02:30:00"]
    assert second - first == 25 * 3600
    assert next_tick(trigger, BERLIN, stamp("2026-10-24 12:00"), first) == second


def test_the_gap_of_another_place_and_size():
    lord_howe = Place("Australia/Lord_Howe", -31.55, 159.08)
    assert coming(TimeTrigger(at="02:15"), "2026-10-03 12:00", lord_howe, 1) == ["10-04 02:30:00"]


@pytest.mark.parametrize(
    ("event", "offset", "expected"),
    [
        ("sunrise", 0, "06-21 04:4"),
        ("sunset", 0, "06-21 21:3"),
        ("sunset", -3600, "06-21 20:3"),
        ("sunrise", 7200, "06-21 06:4"),
    ],
)
def test_the_sun_of_the_house(event, offset, expected):
    assert coming(SunTrigger(event=event, offset_seconds=offset), "2026-06-21 00:30")[0].startswith(expected)


def test_the_sun_far_from_greenwich_belongs_to_the_local_day():
    sydney = Place("Australia/Sydney", -33.87, 151.21)
    assert coming(SunTrigger(event="sunrise"), "2026-05-11 00:30", sydney, 1)[0].startswith("05-11 06:3")
    west = Place("America/Los_Angeles", 34.05, -118.24)
    assert coming(SunTrigger(event="sunset"), "2026-05-11 00:30", west, 1)[0].startswith("05-11 19:4")


def test_a_polar_summer_has_no_sunset_until_it_is_over():
    assert coming(SunTrigger(event="sunset"), "2026-06-10 12:00", TROMSO, 1)[0].startswith("07-2")


def test_without_a_position_the_sun_never_triggers():
    assert next_tick(SunTrigger(event="sunrise"), Place("UTC"), 0.0, None) is None


def test_a_sunset_that_was_decided_on_does_not_come_again_when_the_house_moves_a_little():
    trigger = SunTrigger(event="sunset")
    first = next_tick(trigger, BERLIN, stamp("2026-06-21 00:30"), None)
    moved = Place("Europe/Berlin", 52.6, 13.2, 34)
    assert 80_000 < next_tick(trigger, moved, stamp("2026-06-21 00:30"), first) - first < 90_000


def test_intervals_count_from_their_beginning():
    trigger = IntervalTrigger(seconds=600)
    assert list(islice(ticks(trigger, BERLIN, 1000.0, None), 3)) == [1600.0, 2200.0, 2800.0]
    assert next_tick(trigger, BERLIN, 1000.0, 2200.0) == 2800.0


def test_what_watches_an_entity_has_no_moments():
    assert next_tick(StateTrigger(entity_id="light.a", to="on"), BERLIN, 0.0, None) is None


def test_late_within_the_grace_runs_once_and_older_moments_are_missed():
    daily = TimeTrigger(at="07:00")
    anchor = stamp("2026-06-01 12:00")
    assert undecided(daily, BERLIN, anchor, None, stamp("2026-06-02 06:59"), 300) == Ticks()
    late = undecided(daily, BERLIN, anchor, None, stamp("2026-06-02 07:05"), 300)
    assert late == Ticks(run_at=stamp("2026-06-02 07:00"))
    over = undecided(daily, BERLIN, anchor, None, stamp("2026-06-02 07:06"), 300)
    assert over == Ticks(None, 1, stamp("2026-06-02 07:00"), stamp("2026-06-02 07:00"))
    days = undecided(daily, BERLIN, anchor, None, stamp("2026-06-04 07:01"), 300)
    assert days == Ticks(stamp("2026-06-04 07:00"), 2, stamp("2026-06-02 07:00"), stamp("2026-06-03 07:00"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (1599, Ticks()),
        (1600, Ticks(1600.0)),
        (2250, Ticks(2200.0, 1, 1600.0, 1600.0)),
        (61_599, Ticks(None, 100, 1600.0, 61_000.0)),
    ],
)
def test_intervals_that_passed_are_counted(now, expected):
    assert undecided(IntervalTrigger(seconds=600), BERLIN, 1000.0, None, now, 300) == expected


def test_a_decision_far_ahead_comes_from_a_wrong_clock():
    assert is_set_back(1_000_000.0, None, 500_000.0)
    assert is_set_back(0.0, 1_000_000.0, 500_000.0)
    assert not is_set_back(0.0, 1_000_000.0, 990_000.0)


def test_night_is_between_ten_and_six_at_the_house():
    hours = [hour for hour in range(24) if is_night(stamp(f"2026-06-01 {hour:02}:00"), BERLIN)]
    assert hours == [0, 1, 2, 3, 4, 5, 22, 23]


def test_the_place_of_a_house_with_an_unknown_time_zone_is_in_utc():
    house = House(version=1, time_zone="Moon/Base", latitude=1.0, longitude=2.0, elevation=3.0)
    assert Place.of(house) == Place("UTC", 1.0, 2.0, 3.0)
    assert Place.of(house.model_copy(update={"time_zone": "Asia/Tokyo"})).time_zone == "Asia/Tokyo"
