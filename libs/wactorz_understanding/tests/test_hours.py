"""Times at which a rule may act: only those that are said without doubt."""

import pytest

OPENS = "trigger binary_sensor.front_door=on"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("between 10 pm and 6 am", f"{OPENS} hours 22:00-06:00 do notice"),
        ("from 22:30 to 6:15", f"{OPENS} hours 22:30-06:15 do notice"),
        ("at night", f"{OPENS} hours 22:00-06:00 do notice"),
        ("between noon and midnight", f"{OPENS} hours 12:00-00:00 do notice"),
        ("on weekdays between 8 and 17", f"{OPENS} hours 08:00-17:00 mon,tue,wed,thu,fri do notice"),
        ("from Monday to Friday", f"{OPENS} hours mon,tue,wed,thu,fri do notice"),
        ("between 10 and 6", "nothing"),
        ("between 8 and 10 pm", "nothing"),
        ("between 8 and 8", "nothing"),
        ("after 10 pm", "nothing"),
    ],
)
def test_hours(said, expected, rule):
    assert rule(f"when the front door opens {said}, tell me") == expected
    assert rule(f"tell me when the front door opens, but only {said}") == expected
