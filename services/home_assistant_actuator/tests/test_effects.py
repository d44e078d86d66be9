"""What proves a call."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.effects import Effect, effect_of


def effect(service: str, before: State, **data: Any) -> Effect | None:
    call = ServiceCall(domain=before.domain, service=service, entity_id=(before.entity_id,), data=data)
    return effect_of(call, before)


def proves(service: str, before: State, after: State, **data: Any) -> bool:
    found = effect(service, before, **data)
    assert found is not None
    return found.met(after)


LIGHT = State("light.a", "off", {"supported_color_modes": ["color_temp"]})
COVER = State("cover.a", "open", {"current_position": 50})
AIR = State("climate.a", "off", {"target_temp_step": 0.5, "temperature": 20})


@pytest.mark.parametrize("domain", ["light", "switch", "fan", "input_boolean", "siren", "humidifier", "group"])
def test_on_and_off(domain: str):
    off, on = State(f"{domain}.a", "off"), State(f"{domain}.a", "on")
    assert proves("turn_on", off, on)
    assert not proves("turn_on", off, off)
    assert proves("turn_off", on, off)
    assert not proves("turn_off", on, on)


@pytest.mark.parametrize("percent", range(1, 101))
def test_every_percent_is_proved_by_itself_and_by_no_neighbor(percent: int):
    def shown(level: int) -> State:
        return State("light.a", "on", {"brightness": round(level * 255 / 100)})

    assert proves("turn_on", LIGHT, shown(percent), brightness_pct=percent)
    for other in (percent - 1, percent + 1):
        assert not proves("turn_on", LIGHT, shown(other), brightness_pct=percent)


def test_a_lamp_that_counts_in_percent_is_near_enough():
    for wanted in range(1, 256):
        shown = State("light.a", "on", {"brightness": round(round(wanted / 2.55) * 2.55)})
        assert proves("turn_on", LIGHT, shown, brightness=wanted)


def test_the_first_sign_of_a_dimmed_lamp_is_no_proof():
    """Home Assistant may say on at the old level before it says the new one."""
    assert not proves("turn_on", LIGHT, State("light.a", "on", {"brightness": 255}), brightness_pct=40)
    assert not proves("turn_on", LIGHT, State("light.a", "on", {"brightness": None}), brightness_pct=40)


def test_brightness_zero_means_off():
    assert proves("turn_on", LIGHT, State("light.a", "off"), brightness_pct=0)


def test_color_temperature_is_near_enough():
    assert proves("turn_on", LIGHT, State("light.a", "on", {"color_temp_kelvin": 2732}), color_temp_kelvin=2700)
    assert not proves("turn_on", LIGHT, State("light.a", "on", {"color_temp_kelvin": 4000}), color_temp_kelvin=2700)


def test_a_slow_transition_gets_its_time():
    quick, slow = effect("turn_on", LIGHT), effect("turn_on", LIGHT, transition=10)
    assert quick is not None
    assert slow is not None
    assert slow.patience == quick.patience + 10


@pytest.mark.parametrize(
    ("service", "data", "after", "proved"),
    [
        ("open_cover", {}, State("cover.a", "opening", {"current_position": 50}), True),
        ("open_cover", {}, State("cover.a", "open", {"current_position": 100}), True),
        ("open_cover", {}, State("cover.a", "open", {"current_position": 50}), False),
        ("open_cover", {}, State("cover.a", "closing", {"current_position": 50}), False),
        ("close_cover", {}, State("cover.a", "closing", {"current_position": 50}), True),
        ("close_cover", {}, State("cover.a", "closed", {"current_position": 0}), True),
        ("set_cover_position", {"position": 30}, State("cover.a", "closing", {"current_position": 45}), True),
        ("set_cover_position", {"position": 30}, State("cover.a", "open", {"current_position": 31}), True),
        ("set_cover_position", {"position": 30}, State("cover.a", "open", {"current_position": 50}), False),
        ("stop_cover", {}, State("cover.a", "opening", {"current_position": 50}), False),
        ("stop_cover", {}, State("cover.a", "open", {"current_position": 50}), True),
    ],
)
def test_covers(service: str, data: dict[str, Any], after: State, proved: bool):
    assert proves(service, COVER, after, **data) is proved


def test_a_cover_that_is_there_but_leaves_is_no_proof():
    assert not proves("open_cover", State("cover.a", "open", {"current_position": 100}), State("cover.a", "closing", {"current_position": 100}))  # fmt: skip


def test_a_cover_without_position():
    assert proves("close_cover", State("cover.a", "open"), State("cover.a", "closed"))
    assert not proves("close_cover", State("cover.a", "open"), State("cover.a", "open"))


def test_locks():
    unlocked = State("lock.a", "unlocked")
    assert proves("lock", unlocked, State("lock.a", "locked"))
    assert not proves("lock", unlocked, State("lock.a", "locking"))
    assert not proves("lock", unlocked, State("lock.a", "jammed"))


def test_climates():
    cooling = State("climate.a", "cool", {"temperature": 22.0})
    assert proves("turn_on", AIR, cooling)
    assert not proves("turn_on", AIR, State("climate.a", "off"))
    assert proves("turn_off", cooling, State("climate.a", "off"))
    assert proves("set_hvac_mode", AIR, cooling, hvac_mode="cool")
    assert proves("set_temperature", AIR, cooling, temperature=22)
    assert not proves("set_temperature", AIR, cooling, temperature=23)
    assert not proves("set_temperature", AIR, cooling, temperature=22, hvac_mode="heat")
    assert proves("set_fan_mode", AIR, State("climate.a", "cool", {"fan_mode": "low"}), fan_mode="low")


def test_fans_media_numbers_and_choices():
    fan = State("fan.a", "off", {"percentage_step": 33.3})
    assert proves("set_percentage", fan, State("fan.a", "on", {"percentage": 33}), percentage=30)
    assert not proves("set_percentage", fan, State("fan.a", "on", {"percentage": 66}), percentage=30)
    assert proves("set_percentage", fan, State("fan.a", "off"), percentage=0)
    player = State("media_player.a", "idle")
    assert proves("volume_set", player, State("media_player.a", "on", {"volume_level": 0.3}), volume_level=0.3)
    assert proves("volume_mute", player, State("media_player.a", "on", {"is_volume_muted": True}), is_volume_muted=True)
    assert proves("turn_on", State("media_player.a", "off"), player)
    assert not proves("turn_on", player, State("media_player.a", "standby"))
    assert proves("set_value", State("input_number.a", "1", {"step": 1}), State("input_number.a", "5.0"), value=5)
    assert proves("set_value", State("input_text.a", ""), State("input_text.a", "7"), value="7")
    assert proves("select_option", State("select.a", "x"), State("select.a", "y"), option="y")


@pytest.mark.parametrize(
    ("service", "entity_id"), [("turn_on", "scene.a"), ("press", "button.a"), ("turn_on", "script.a")]
)
def test_what_leaves_no_trace(service: str, entity_id: str):
    assert effect(service, State(entity_id, "unknown")) is None


def test_strictly_tells_one_level_from_the_next():
    found = effect("turn_on", LIGHT, brightness=100)
    assert found is not None
    assert found.met(State("light.a", "on", {"brightness": 102}))
    assert not found.strictly().met(State("light.a", "on", {"brightness": 102}))
    assert found.strictly().met(State("light.a", "on", {"brightness": 100}))
