"""What proves a call."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.effects import effect_of
from wactorz_home_assistant_actuator.proofs import Effect


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
    ("service", "entity_id"),
    [("media_next_track", "media_player.a"), ("send_message", "notify.a"), ("locate", "vacuum.a"), ("x", "remote.a")],
)
def test_what_leaves_no_trace(service: str, entity_id: str):
    assert effect(service, State(entity_id, "unknown")) is None


@pytest.mark.parametrize(
    ("service", "entity_id", "key"),
    [
        ("turn_on", "scene.a", "state"), ("press", "button.a", "state"), ("press", "input_button.a", "state"),
        ("turn_on", "script.a", "last_triggered"), ("good_night", "script.good_night", "last_triggered"),
        ("trigger", "automation.a", "last_triggered"),
    ],
)  # fmt: skip
def test_what_shows_only_as_a_change(service: str, entity_id: str, key: str):
    before = State(entity_id, "off" if key != "state" else "unknown", {} if key == "state" else {key: None})
    found = effect(service, before)
    assert found is not None
    assert found.is_relative
    assert not found.met(before)
    after = State(entity_id, "2026-11-21", {}) if key == "state" else State(entity_id, "off", {key: "2026-11-21"})
    assert found.met(after)
    assert not found.met(State(entity_id, "unavailable", {}))


@pytest.mark.parametrize(
    ("service", "before", "after", "data"),
    [
        ("start_mowing", State("lawn_mower.a", "docked"), State("lawn_mower.a", "mowing"), {}),
        ("dock", State("lawn_mower.a", "mowing"), State("lawn_mower.a", "returning"), {}),
        ("pause", State("lawn_mower.a", "mowing"), State("lawn_mower.a", "paused"), {}),
        ("clean_spot", State("vacuum.a", "docked"), State("vacuum.a", "cleaning"), {}),
        ("set_fan_speed", State("vacuum.a", "cleaning"), State("vacuum.a", "cleaning", {"fan_speed": "max"}), {"fan_speed": "max"}),
        ("set_mode", State("humidifier.a", "on"), State("humidifier.a", "on", {"mode": "eco"}), {"mode": "eco"}),
        ("set_operation_mode", State("water_heater.a", "eco"), State("water_heater.a", "performance"), {"operation_mode": "performance"}),
        ("set_away_mode", State("water_heater.a", "eco"), State("water_heater.a", "eco", {"away_mode": "on"}), {"away_mode": True}),
        ("oscillate", State("fan.a", "on"), State("fan.a", "on", {"oscillating": True}), {"oscillating": True}),
        ("set_direction", State("fan.a", "on"), State("fan.a", "on", {"direction": "reverse"}), {"direction": "reverse"}),
        ("set_preset_mode", State("fan.a", "off"), State("fan.a", "on", {"preset_mode": "auto"}), {"preset_mode": "auto"}),
        ("turn_on", State("siren.a", "off"), State("siren.a", "on"), {}),
        ("shuffle_set", State("media_player.a", "playing"), State("media_player.a", "playing", {"shuffle": True}), {"shuffle": True}),
        ("repeat_set", State("media_player.a", "playing"), State("media_player.a", "playing", {"repeat": "all"}), {"repeat": "all"}),
        ("select_sound_mode", State("media_player.a", "on"), State("media_player.a", "on", {"sound_mode": "TV"}), {"sound_mode": "TV"}),
        ("set_cover_tilt_position", State("cover.a", "open", {"current_tilt_position": 0}), State("cover.a", "open", {"current_tilt_position": 50}), {"tilt_position": 50}),
        ("open_cover_tilt", State("cover.a", "open", {"current_tilt_position": 0}), State("cover.a", "open", {"current_tilt_position": 100}), {}),
        ("alarm_arm_night", State("alarm_control_panel.a", "disarmed"), State("alarm_control_panel.a", "arming"), {}),
        ("set_value", State("time.a", "07:00:00"), State("time.a", "08:00:00"), {"time": "08:00"}),
        ("set_value", State("date.a", "2026-11-21"), State("date.a", "2026-11-22"), {"date": "2026-11-22"}),
        ("turn_on", LIGHT, State("light.a", "on", {"rgb_color": (250, 3, 0)}), {"rgb_color": [255, 0, 0]}),
        ("turn_on", LIGHT, State("light.a", "on", {"hs_color": (359.0, 98.0)}), {"hs_color": [0, 100]}),
        ("turn_on", LIGHT, State("light.a", "on", {"effect": "rainbow"}), {"effect": "rainbow"}),
    ],
)  # fmt: skip
def test_more_kinds_of_devices(service: str, before: State, after: State, data: dict[str, Any]):
    assert proves(service, before, after, **data)
    assert not proves(service, before, before, **data)


def test_a_color_that_is_another_one_is_no_proof():
    red = {"rgb_color": [255, 0, 0]}
    assert not proves("turn_on", LIGHT, State("light.a", "on", {"rgb_color": (0, 0, 255)}), **red)
    assert not proves("turn_on", LIGHT, State("light.a", "on", {"rgb_color": None}), **red)
    assert proves("turn_on", LIGHT, State("light.a", "on", {"rgb_color": (0, 0, 255)}), color_name="blue")


def test_strictly_tells_one_level_from_the_next():
    found = effect("turn_on", LIGHT, brightness=100)
    assert found is not None
    assert found.met(State("light.a", "on", {"brightness": 102}))
    assert not found.strictly().met(State("light.a", "on", {"brightness": 102}))
    assert found.strictly().met(State("light.a", "on", {"brightness": 100}))
