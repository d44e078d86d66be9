import pytest

from wactorz_demo_home import appliances
from wactorz_demo_home.condition import Condition


@pytest.mark.parametrize(("service", "state"), [("turn_on", "on"), ("turn_off", "off"), ("toggle", "on")])
def test_switch(service, state):
    assert appliances.switch(Condition("off"), service, {}).state == state


@pytest.mark.parametrize(("service", "state"), [("lock", "locked"), ("unlock", "unlocked"), ("open", "open")])
def test_lock(service, state):
    assert appliances.lock(Condition("locked"), service, {}).state == state


@pytest.mark.parametrize(
    ("service", "data", "state", "position"),
    [
        ("open_cover", {}, "open", 100),
        ("close_cover", {}, "closed", 0),
        ("set_cover_position", {"position": 40}, "open", 40),
        ("set_cover_position", {"position": 0}, "closed", 0),
        ("stop_cover", {}, "open", 70),
        ("toggle", {}, "closed", 0),
    ],
)
def test_cover(service, data, state, position):
    after = appliances.cover(Condition("open", {"current_position": 70}), service, data)
    assert (after.state, after.attributes["current_position"]) == (state, position)


def test_a_cover_without_position_shows_none():
    after = appliances.cover(Condition("closed"), "open_cover", {})
    assert (after.state, after.attributes) == ("open", {})


def test_a_fan_comes_back_at_its_last_speed():
    fan = appliances.fan(Condition("off", {"percentage": 0}), "turn_on", {})
    assert (fan.state, fan.attributes["percentage"]) == ("on", 100)
    fan = appliances.fan(fan, "set_percentage", {"percentage": 30})
    fan = appliances.fan(fan, "turn_off", {})
    assert (fan.state, fan.attributes["percentage"]) == ("off", 0)
    assert appliances.fan(fan, "toggle", {}).attributes["percentage"] == 30
    assert appliances.fan(fan, "turn_on", {"percentage": 0}).state == "off"


@pytest.mark.parametrize(
    ("service", "state"),
    [("turn_off", "off"), ("media_play", "playing"), ("media_pause", "paused"), ("media_stop", "idle"),
     ("media_play_pause", "paused"), ("media_next_track", "playing")],
)  # fmt: skip
def test_player_transport(service, state):
    assert appliances.media_player(Condition("playing"), service, {}).state == state


def test_player_volume():
    player = Condition("playing", {"volume_level": 0.95, "is_volume_muted": False})
    assert appliances.media_player(player, "volume_up", {}).attributes["volume_level"] == 1.0
    assert appliances.media_player(player, "volume_down", {}).attributes["volume_level"] == 0.85
    assert appliances.media_player(player, "volume_set", {"volume_level": 0.2}).attributes["volume_level"] == 0.2
    assert appliances.media_player(player, "volume_mute", {"is_volume_muted": True}).attributes["is_volume_muted"]


def test_alarm():
    armed = appliances.alarm(Condition("disarmed"), "alarm_arm_away", {})
    assert armed.state == "armed_away"
    assert appliances.alarm(armed, "alarm_disarm", {}).state == "disarmed"
