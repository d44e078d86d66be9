"""Times at which rules fire; a single later time is no rule and no command."""

import pytest

from wactorz_understanding.schedules import minutes_of

KETTLE = "do switch.turn_on switch.kettle"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("every day at 7 turn on the kettle", f"trigger time 07:00 {KETTLE}"),
        ("turn on the kettle every weekday at 18:30", f"trigger time 18:30 mon,tue,wed,thu,fri {KETTLE}"),
        ("every morning at 7 am turn on the kettle", f"trigger time 07:00 {KETTLE}"),
        ("turn on the kettle every evening at half past eight", f"trigger time 20:30 {KETTLE}"),
        ("on mondays and fridays at noon, turn on the kettle", f"trigger time 12:00 mon,fri {KETTLE}"),
        ("every day at 12 am turn on the kettle", f"trigger time 00:00 {KETTLE}"),
        ("every 15 minutes turn on the kettle", f"trigger every 900 {KETTLE}"),
        ("at sunset turn on the kettle", f"trigger sun sunset {KETTLE}"),
        ("when the sun goes down, turn on the kettle", f"trigger sun sunset {KETTLE}"),
        ("half an hour before sunrise turn on the kettle", f"trigger sun sunrise -1800 {KETTLE}"),
        ("turn on the kettle 2 hours after sunset only if the front door is closed", f"trigger sun sunset +7200 if binary_sensor.front_door=off {KETTLE}"),
        ("at sunset turn on the kettle unless the front door is open", f"trigger sun sunset if binary_sensor.front_door!=on {KETTLE}"),
        ("turn on the kettle at sunset as an automation", f"automation trigger sun sunset {KETTLE}"),
        ("create an automation that turns on the kettle every day at 7", f"automation trigger time 07:00 {KETTLE}"),
        ("every weekday at sunset turn on the kettle", "nothing"),
        ("every second turn on the kettle", "nothing"),
        ("every day at 25 turn on the kettle", "nothing"),
        ("every day at 7 turn on the kettle unless the moon is full", "nothing"),
        ("every day between 7 and 8 turn on the kettle", "nothing"),
        ("remind me every day at 7 to turn on the kettle", 'trigger time 07:00 do notice "turn on the kettle"'),
        ("turn on the kettle at 7", "nothing"),
        ("turn on the kettle in 10 minutes", "nothing"),
        ("tomorrow at 7 turn on the kettle", "nothing"),
        ("turn on the kettle until sunset", "nothing"),
        ("turn on the kettle as an automation", "nothing"),
    ],
)  # fmt: skip
def test_sentence(said, expected, say):
    assert say(said) == expected


def test_what_is_wanted_later_is_told_apart(converse):
    assert converse("turn on the kettle in 10 minutes")[0].reason == "later"
    assert converse("turn on the kettle at 7 pm")[0].reason == "later"
    assert converse("turn on the kettle in 10 minutes", "yes")[-1].kind == "not_understood"


def test_an_if_of_this_moment_is_no_rule(say):
    assert say("if the front door is open, turn on the kettle now") == "nothing"


@pytest.mark.parametrize(
    ("slots", "minutes"),
    [
        ({"clock": 450}, 450), ({"clock_pm": 420}, 1140), ({"clock_pm": 720}, 720), ({"clock_am": 720}, 0),
        ({"half_past": 6}, 390), ({"half_to": 8}, 450), ({"quarter_to": 7, "daypart": "am"}, 405), ({"clock_hour": 24}, 0),
        ({"clock_hour": 11, "daypart": "night"}, 1380), ({"clock_hour": 2, "daypart": "night"}, 120),
        ({"named_time": 720, "daypart": "pm"}, 720), ({}, None),
    ],
)  # fmt: skip
def test_time_of_day(slots, minutes):
    assert minutes_of(slots) == minutes
