from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wactorz_main.timespans import window, without_times

ZONE = "Europe/Berlin"
NOW = datetime(2026, 5, 20, 9, 30, tzinfo=ZoneInfo(ZONE))  # a Wednesday


def at(text):
    return datetime.strptime(text, "%d %H:%M").replace(year=2026, month=5, tzinfo=ZoneInfo(ZONE)).timestamp()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last night", "19 22:00", "20 06:00"), ("letzte Nacht", "19 22:00", "20 06:00"),
        ("gestern Nacht", "19 22:00", "20 06:00"), ("yesterday", "19 00:00", "20 00:00"),
        ("gestern Abend", "19 17:00", "20 00:00"), ("yesterday morning", "19 05:00", "19 12:00"),
        ("today", "20 00:00", "20 09:30"), ("heute früh", "20 05:00", "20 09:30"),
        ("this morning", "20 05:00", "20 09:30"), ("in the last hour", "20 08:30", "20 09:30"),
        ("in the last 3 hours", "20 06:30", "20 09:30"), ("in den letzten 2 Tagen", "18 09:30", "20 09:30"),
        ("in der letzten Stunde", "20 08:30", "20 09:30"), ("at 22:00", "19 21:30", "19 22:30"),
        ("at 7 am", "20 06:30", "20 07:30"), ("yesterday at 7 pm", "19 18:30", "19 19:30"),
        ("um 7 Uhr", "20 06:30", "20 07:30"), ("on monday", "18 00:00", "19 00:00"),
        ("am Mittwoch", "13 00:00", "14 00:00"), ("last sunday", "17 00:00", "18 00:00"),
        ("this week", "18 00:00", "20 09:30"), ("at 9:20", "20 08:50", "20 09:30"),
    ],
)  # fmt: skip
def test_times_of_the_past(text, start, end):
    assert window(f"why did the rule not fire {text}?", NOW.timestamp(), ZONE) == (at(start), at(end))
    assert without_times(f"the fan rule {text}") == "the fan rule"


def test_this_evening_of_the_morning_is_the_evening_before():
    assert window("this evening", NOW.timestamp(), ZONE) == (at("19 17:00"), at("20 00:00"))


def test_at_night_the_night_is_the_one_that_runs():
    now = NOW.replace(hour=2, minute=0).timestamp()
    assert window("last night", now, ZONE) == (at("19 22:00"), at("20 02:00"))


@pytest.mark.parametrize(("clock", "start"), [("00:05", "19 22:00"), ("05:59", "19 22:00"), ("23:55", "19 22:00")])
def test_last_night_at_any_hour_began_at_ten(clock, start):
    now = at(f"20 {clock}")
    assert window("last night", now, ZONE) == (at(start), min(now, at("20 06:00")))


@pytest.mark.parametrize(
    ("clock", "start"), [("00:00", "19 00:00"), ("00:05", "19 00:00"), ("04:59", "19 00:00"), ("05:00", "20 00:00")]
)
def test_right_after_midnight_today_is_also_the_day_that_people_have_not_ended_yet(clock, start):
    for said in ("today", "heute"):
        assert window(f"why did it not fire {said}?", at(f"20 {clock}"), ZONE) == (at(start), at(f"20 {clock}"))


def test_without_a_time_there_is_no_window():
    assert window("why did the rule not fire?", NOW.timestamp(), "no zone") is None
