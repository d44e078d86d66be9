"""Verbs are explicit, absolute, and only for devices that can do them."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.services import choose_service


def entity(entity_id, **attributes):
    return Entity(entity_id=entity_id, name="x", attributes=attributes)


@pytest.mark.parametrize(
    ("verb", "entity_id", "slots", "expected"),
    [
        ("lock", "lock.x", {}, ("lock", {})),
        ("unlock", "lock.x", {}, ("unlock", {})),
        ("open", "lock.x", {}, ("unlock", {})),
        ("close", "lock.x", {}, None),
        ("turn_on", "lock.x", {}, None),
        ("turn_off", "lock.x", {}, None),
        ("turn_on", "cover.x", {}, None),
        ("open", "cover.x", {}, ("open_cover", {})),
        ("open", "light.x", {}, None),
        ("turn_off", "scene.x", {}, None),
        ("set_percent", "light.x", {"value": 30.0}, ("turn_on", {"brightness_pct": 30})),
        ("set_percent", "light.x", {"value": 0.0}, ("turn_off", {})),
        ("set_percent", "light.x", {"value": 101.0}, None),
        ("set_percent", "lock.x", {"value": 10.0}, None),
        ("set_position", "light.x", {"value": 10.0}, None),
        ("set_volume", "media_player.x", {"value": 130.0}, None),
        ("set_color", "light.x", {"color": "red", "value": 0.0}, None),
        ("arm", "alarm_control_panel.x", {"arm_mode": "night"}, ("alarm_arm_night", {})),
        ("no_such_verb", "light.x", {}, None),
    ],
)
def test_service_for_a_verb(verb, entity_id, slots, expected):
    assert choose_service(verb, entity(entity_id), slots) == expected


def test_an_air_conditioner_is_switched_by_what_it_supports():
    rig = entity("climate.x", supported_features=385, hvac_modes=["cool", "off"])
    assert choose_service("turn_on", rig, {}) == ("turn_on", {})
    assert choose_service("turn_off", rig, {}) == ("turn_off", {})
    plain = entity("climate.x", supported_features=1, hvac_modes=["off", "cool"])
    assert choose_service("turn_on", plain, {}) == ("set_hvac_mode", {"hvac_mode": "cool"})
    assert choose_service("turn_off", plain, {}) == ("set_hvac_mode", {"hvac_mode": "off"})
    many = entity("climate.x", supported_features=1, hvac_modes=["off", "cool", "heat"])
    assert choose_service("turn_on", many, {}) is None


def test_temperatures_and_modes_stay_within_the_device():
    rig = entity("climate.x", min_temp=16, max_temp=30, hvac_modes=["off", "cool"])
    assert choose_service("set_temperature", rig, {"value": 21.5}) == ("set_temperature", {"temperature": 21.5})
    assert choose_service("set_temperature", rig, {"value": 31.0}) is None
    assert choose_service("set_mode", rig, {"hvac_mode": "heat"}) is None
