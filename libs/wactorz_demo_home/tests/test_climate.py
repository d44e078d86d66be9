import pytest

from wactorz_demo_home import climate
from wactorz_demo_home.condition import Condition
from wactorz_demo_home.errors import CallError


def make_cooler(state="off", reading=25.0):
    return Condition(
        state,
        {"hvac_modes": ["cool", "off"], "min_temp": 16.0, "max_temp": 30.0, "temperature": 24.0,
         "current_temperature": reading, "hvac_action": "off"},
    )  # fmt: skip


def test_turning_on_takes_the_mode_that_it_has():
    after = climate.apply(make_cooler(), "turn_on", {})
    assert (after.state, after.attributes["hvac_action"]) == ("cool", "cooling")
    assert climate.apply(after, "toggle", {}).attributes["hvac_action"] == "off"


def test_it_idles_when_the_room_is_cool_enough():
    assert climate.apply(make_cooler(reading=20.0), "turn_on", {}).attributes["hvac_action"] == "idle"


def test_a_target_with_a_mode():
    after = climate.apply(make_cooler(), "set_temperature", {"temperature": 22.0, "hvac_mode": "cool"})
    assert (after.state, after.attributes["temperature"]) == ("cool", 22.0)


def test_a_target_out_of_range_is_refused_with_the_range():
    with pytest.raises(CallError, match=r"99\.0 is not valid\. Accepted range is 16\.0 to 30\.0") as caught:
        climate.apply(make_cooler(), "set_temperature", {"temperature": 99.0})
    assert caught.value.code == "service_validation_error"


def test_it_follows_its_sensor_and_ignores_words():
    warm = climate.follow(make_cooler("cool", 20.0), "29")
    assert (warm.attributes["current_temperature"], warm.attributes["hvac_action"]) == (29.0, "cooling")
    assert climate.follow(warm, "unavailable") is warm


def test_heating():
    heater = make_cooler("heat", 18.0)
    assert climate.apply(heater, "set_hvac_mode", {"hvac_mode": "heat"}).attributes["hvac_action"] == "heating"
