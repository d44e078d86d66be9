"""Values are set by the service of the device's own kind, within its limits, or not at all."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.values import choose_value, is_able


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("set the washing program to quick wash", "select.select_option select.wash option=Quick wash"),
        ("select cotton 60 on the washing program", "select.select_option select.wash option=Cotton 60"),
        ("set the washing program to boiling", "nothing"),
        ("set the target price to 20", "input_number.set_value input_number.goal value=20"),
        ("set the target price to 51", "nothing"),
        ("set the wake up time to half past six", "input_datetime.set_datetime input_datetime.wake time=06:30:00"),
        ("start the pizza timer for 90 seconds", "timer.start timer.pizza duration=00:01:30"),
        ("cancel the pizza timer", "timer.cancel timer.pizza"),
        ("mow the lawn", "lawn_mower.start_mowing lawn_mower.mower"),
        ("set the boiler to eco", "water_heater.set_operation_mode water_heater.boiler operation_mode=eco"),
        ("set the boiler to 55 degrees", "water_heater.set_temperature water_heater.boiler temperature=55"),
        ("switch the den radio to hdmi 1", "media_player.select_source media_player.den source=HDMI 1"),
        ("change the source of the den radio to netflix", "media_player.select_source media_player.den source=Netflix"),
        ("put the den fan on auto", "fan.set_preset_mode fan.den preset_mode=auto"),
        ("set the humidity in the nursery to 50%", "humidifier.set_humidity humidifier.kids humidity=50"),
        ("set the humidity in the nursery to 95%", "nothing"),
        ("tilt the living room blinds to 45 percent", "cover.set_cover_tilt_position cover.living_blinds tilt_position=45"),
        ("press the doorbell chime", "button.press button.chime"),
        ("arm the alarm for the night", "alarm_control_panel.alarm_arm_night alarm_control_panel.house"),
        ("make the floor lamp light blue", "light.turn_on light.floor_lamp color_name=lightblue"),
        ("make the floor lamp dark grey at 40 %", "light.turn_on light.floor_lamp color_name=darkgray brightness_pct=40"),
        ("next song in the kitchen", "media_player.media_next_track media_player.kitchen"),
        ("pause the music in the kitchen", "media_player.media_pause media_player.kitchen"),
    ],
)  # fmt: skip
def test_sentence(said, expected, say):
    assert say(said) == expected


def test_in_a_group_only_those_that_can_are_set(say):
    assert say("make the lights in the living room green").startswith(
        "light.turn_on light.floor_lamp,light.tv_backlight "
    )


def test_a_lamp_without_colors_is_not_able_to_show_one():
    plain = Entity(entity_id="light.a", name="A", attributes={"supported_color_modes": ["brightness"]})
    assert not is_able(plain, {"color_name": "red"})
    assert is_able(plain, {"brightness_pct": 5})
    assert is_able(Entity(entity_id="light.b", name="B"), {"color_name": "red"})


def test_an_unknown_verb_sets_nothing():
    assert choose_value("explode", Entity(entity_id="light.a", name="A"), {"value": 1}) is None
