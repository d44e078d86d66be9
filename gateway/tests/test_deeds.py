"""What can be done with entities of every kind, and the call that does it."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_common.errors import Refused
from wactorz_gateway.deeds import DEEDS, actions_of, call_for


def entity(entity_id, state="off", **attributes):
    return Entity(entity_id=entity_id, name="It", state=state, attributes=attributes)


@pytest.mark.parametrize(
    ("entity_id", "action", "data", "service", "sent"),
    [
        ("light.a", "turn_on", {}, "turn_on", {}),
        ("light.a", "turn_on", {"brightness_pct": 40}, "turn_on", {"brightness_pct": 40}),
        ("light.a", "turn_off", {}, "turn_off", {}),
        ("light.a", "set_brightness", {"brightness_pct": 0}, "turn_off", {}),
        ("light.a", "set_color", {"rgb_color": [1, 2, 3]}, "turn_on", {"rgb_color": [1, 2, 3]}),
        ("light.a", "set_color_temperature", {"color_temp_kelvin": 2700}, "turn_on", {"color_temp_kelvin": 2700}),
        ("switch.a", "turn_on", {}, "turn_on", {}),
        ("input_boolean.a", "turn_off", {}, "turn_off", {}),
        ("fan.a", "set_percentage", {"percentage": 30}, "set_percentage", {"percentage": 30}),
        ("fan.a", "oscillate", {"oscillating": True}, "oscillate", {"oscillating": True}),
        ("cover.a", "open", {}, "open_cover", {}),
        ("cover.a", "close", {}, "close_cover", {}),
        ("cover.a", "stop", {}, "stop_cover", {}),
        ("cover.a", "set_position", {"position": 50}, "set_cover_position", {"position": 50}),
        ("cover.a", "set_tilt", {"tilt_position": 5}, "set_cover_tilt_position", {"tilt_position": 5}),
        ("lock.a", "lock", {}, "lock", {}),
        ("lock.a", "unlock", {"code": "1234"}, "unlock", {"code": "1234"}),
        ("climate.a", "set_temperature", {"temperature": 21.5}, "set_temperature", {"temperature": 21.5}),
        ("climate.a", "set_mode", {"hvac_mode": "heat"}, "set_hvac_mode", {"hvac_mode": "heat"}),
        ("media_player.a", "play", {}, "media_play", {}),
        ("media_player.a", "set_volume", {"volume_level": 0.4}, "volume_set", {"volume_level": 0.4}),
        ("media_player.a", "mute", {}, "volume_mute", {"is_volume_muted": True}),
        ("media_player.a", "unmute", {}, "volume_mute", {"is_volume_muted": False}),
        ("media_player.a", "select_source", {"source": "Radio"}, "select_source", {"source": "Radio"}),
        ("vacuum.a", "start", {}, "start", {}),
        ("vacuum.a", "dock", {}, "return_to_base", {}),
        ("lawn_mower.a", "start", {}, "start_mowing", {}),
        ("alarm_control_panel.a", "arm_away", {}, "alarm_arm_away", {}),
        ("alarm_control_panel.a", "disarm", {"code": "1"}, "alarm_disarm", {"code": "1"}),
        ("scene.a", "turn_on", {}, "turn_on", {}),
        ("script.a", "turn_on", {}, "turn_on", {}),
        ("script.a", "turn_off", {}, "turn_off", {}),
        ("button.a", "press", {}, "press", {}),
        ("input_button.a", "press", {}, "press", {}),
        ("input_number.a", "set_value", {"value": 3}, "set_value", {"value": 3}),
        ("number.a", "set_value", {"value": 3}, "set_value", {"value": 3}),
        ("input_select.a", "select_option", {"option": "x"}, "select_option", {"option": "x"}),
        ("input_text.a", "set_value", {"value": "x"}, "set_value", {"value": "x"}),
        ("input_datetime.a", "set_datetime", {"time": "07:00:00"}, "set_datetime", {"time": "07:00:00"}),
        ("timer.a", "cancel", {}, "cancel", {}),
        ("valve.a", "open", {}, "open_valve", {}),
        ("valve.a", "set_position", {"position": 10}, "set_valve_position", {"position": 10}),
        ("humidifier.a", "set_humidity", {"humidity": 45}, "set_humidity", {"humidity": 45}),
        ("humidifier.a", "set_mode", {"mode": "eco"}, "set_mode", {"mode": "eco"}),
        ("water_heater.a", "set_temperature", {"temperature": 50}, "set_temperature", {"temperature": 50}),
        ("water_heater.a", "set_mode", {"operation_mode": "eco"}, "set_operation_mode", {"operation_mode": "eco"}),
        ("siren.a", "turn_on", {"tone": "fire"}, "turn_on", {"tone": "fire"}),
        ("siren.a", "turn_off", {}, "turn_off", {}),
        ("remote.a", "turn_on", {}, "turn_on", {}),
    ],
)
def test_each_kind_of_entity_has_its_calls(entity_id, action, data, service, sent):
    call = call_for(entity(entity_id), action, data)
    assert (call.domain, call.service, call.entity_id) == (entity_id.partition(".")[0], service, (entity_id,))
    assert call.data == sent


def test_the_name_of_a_service_is_understood_too():
    assert call_for(entity("cover.a"), "open_cover", {}).service == "open_cover"


@pytest.mark.parametrize(
    ("entity_id", "state", "service"),
    [
        ("light.a", "on", "turn_off"), ("light.a", "off", "turn_on"), ("cover.a", "open", "close_cover"),
        ("cover.a", "closed", "open_cover"), ("media_player.a", "playing", "turn_off"), ("fan.a", "on", "turn_off"),
    ],
)  # fmt: skip
def test_toggling_becomes_an_order_that_ends_one_way(entity_id, state, service):
    assert call_for(entity(entity_id, state), "toggle", {}).service == service


@pytest.mark.parametrize("state", ["unknown", "unavailable", None])
def test_what_is_not_known_cannot_be_toggled(state):
    with pytest.raises(Refused, match="not known whether It is on or off"):
        call_for(entity("light.a", state), "toggle", {})


@pytest.mark.parametrize(
    ("entity_id", "action", "data", "sentence"),
    [
        ("lock.a", "toggle", {}, "no action of It"),
        ("light.a", "unlock", {}, "'unlock' is no action of It; there are: turn_on"),
        ("sensor.a", "turn_on", {}, "only shows something"),
        ("light.a", "turn_on", {"entity_id": "lock.b"}, "takes no 'entity_id'"),
        ("switch.a", "turn_on", {"brightness_pct": 3}, "it takes: nothing"),
        ("climate.a", "set_temperature", {}, "needs a value: temperature or"),
        ("input_number.a", "set_value", {"value": None}, "value of It has no value"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(entity_id, action, data, sentence):
    with pytest.raises(Refused, match=sentence):
        call_for(entity(entity_id), action, data)


def test_a_thermostat_without_a_switch_goes_by_its_modes():
    heater = entity("climate.a", hvac_modes=["off", "heat"], supported_features=1)
    assert call_for(heater, "turn_off", {}).data == {"hvac_mode": "off"}
    assert call_for(heater, "turn_on", {}).data == {"hvac_mode": "heat"}
    both = entity("climate.a", hvac_modes=["off", "heat", "cool"], supported_features=1)
    with pytest.raises(Refused, match="use set_mode with one of off, heat, cool"):
        call_for(both, "turn_on", {})
    assert "turn_on" not in actions_of(both, {})


def test_a_group_is_switched_by_the_call_for_everything():
    call = call_for(entity("group.all"), "turn_off", {})
    assert (call.domain, call.service) == ("homeassistant", "turn_off")


def test_only_what_a_device_can_do_is_offered():
    assert actions_of(entity("light.a", supported_color_modes=["onoff"]), {}) == ("turn_on", "turn_off", "toggle")
    assert "set_brightness" in actions_of(entity("light.a", supported_color_modes=["brightness"]), {})
    assert "set_color" in actions_of(entity("light.a", supported_color_modes=["rgb"]), {})
    assert actions_of(entity("cover.a", supported_features=3), {}) == ("open", "close", "toggle")
    assert "set_preset_mode" not in actions_of(entity("fan.a", supported_features=9), {})
    assert "set_preset_mode" in actions_of(entity("fan.a", supported_features=9, preset_modes=["sleep"]), {})
    assert actions_of(entity("sensor.a"), {}) == ()
    assert "toggle" not in actions_of(entity("lock.a"), {})


def test_what_the_house_has_no_service_for_is_not_offered():
    services = {"light": ("turn_on", "turn_off"), "lock": ("lock",)}
    assert actions_of(entity("lock.a"), services) == ("lock",)
    assert actions_of(entity("valve.a"), services) == ()


def test_every_offered_action_has_a_call_or_says_what_it_needs():
    for domain, deeds in DEEDS.items():
        for action, deed in deeds.items():
            data = {deed.needs[0]: 1} if deed.needs else {}
            assert call_for(entity(f"{domain}.a", hvac_modes=["off", "heat"]), action, data).entity_id == (
                f"{domain}.a",
            )
