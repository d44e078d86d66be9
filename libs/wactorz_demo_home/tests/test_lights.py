import pytest

from wactorz_demo_home import lights
from wactorz_demo_home.condition import Condition
from wactorz_demo_home.house import built_in_house


def make_light(object_id):
    return next(one for one in built_in_house().devices if one.entity_id == f"light.{object_id}").first_condition


@pytest.mark.parametrize(
    ("data", "brightness"),
    [
        ({"brightness": 100}, 100),
        ({"brightness_pct": 20.0}, 51),
        ({"brightness_step": 300}, 255),
        ({"brightness_step_pct": 10.0}, 26),
        ({}, 255),
    ],
)
def test_brightness_in_every_form(data, brightness):
    after = lights.apply(make_light("kitchen_light"), "turn_on", data)
    assert (after.state, after.attributes["brightness"]) == ("on", brightness)
    assert after.attributes["color_mode"] == "brightness"


def test_a_lamp_comes_back_as_it_was():
    lamp = lights.apply(make_light("living_room_lamp"), "turn_on", {"brightness": 40, "rgb_color": (255, 0, 0)})
    dark = lights.apply(lamp, "turn_off", {})
    assert (dark.state, dark.attributes["brightness"], dark.attributes["rgb_color"]) == ("off", None, None)
    again = lights.apply(dark, "toggle", {})
    assert (again.attributes["brightness"], again.attributes["rgb_color"]) == (40, [255, 0, 0])


def test_brightness_zero_turns_off():
    lamp = lights.apply(make_light("kitchen_light"), "turn_on", {})
    assert lights.apply(lamp, "turn_on", {"brightness": 0}).state == "off"


def test_a_lamp_without_color_ignores_colors():
    after = lights.apply(make_light("kitchen_light"), "turn_on", {"rgb_color": (255, 0, 0)})
    assert after.state == "on"
    assert "rgb_color" not in after.attributes


def test_color_temperature_is_kept_to_the_range_of_the_lamp():
    after = lights.apply(make_light("bedroom_light"), "turn_on", {"color_temp_kelvin": 9000})
    assert (after.attributes["color_mode"], after.attributes["color_temp_kelvin"]) == ("color_temp", 6535)


def test_a_white_lamp_shows_the_nearest_temperature_of_a_color():
    after = lights.apply(make_light("bedroom_light"), "turn_on", {"rgb_color": (255, 180, 107)})
    assert after.attributes["color_mode"] == "color_temp"
    assert 2000 <= after.attributes["color_temp_kelvin"] <= 3300


@pytest.mark.parametrize(
    "data",
    [{"color_name": "blue"}, {"hs_color": (240.0, 100.0)}, {"rgb_color": (0, 0, 255)}, {"xy_color": (0.15, 0.06)}],
)
def test_colors_in_every_form(data):
    after = lights.apply(make_light("office_light"), "turn_on", data)
    assert after.attributes["color_mode"] == "hs"
    assert after.attributes["rgb_color"] == pytest.approx([0, 0, 255], abs=3)
    assert after.attributes["color_temp_kelvin"] is None


def test_a_plain_lamp_is_only_on_or_off():
    plain = Condition("off", {"supported_color_modes": ["onoff"], "color_mode": None})
    after = lights.apply(plain, "turn_on", {"brightness": 7})
    assert (after.state, after.attributes["color_mode"]) == ("on", "onoff")
    assert "brightness" not in after.attributes
    assert lights.apply(after, "turn_off", {}).state == "off"
