"""States as people say them."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.states import is_state, said_state, state_value


def entity(entity_id, state=None, device_class=None, **attributes):
    return Entity(entity_id=entity_id, name="x", state=state, device_class=device_class, attributes=attributes)


@pytest.mark.parametrize(
    ("thing", "said", "expected"),
    [
        (entity("binary_sensor.x", device_class="door"), "open", "on"),
        (entity("binary_sensor.x", device_class="door"), "locked", None),
        (entity("binary_sensor.x", device_class="motion"), "detected", "on"),
        (entity("binary_sensor.x", device_class="motion"), "open", None),
        (entity("lock.x"), "unlocked", "unlocked"),
        (entity("lock.x"), "open", None),
        (entity("cover.x"), "closed", "closed"),
        (entity("light.x"), "on", "on"),
        (entity("light.x"), "open", None),
        (entity("person.x"), "away", "not_home"),
        (entity("climate.x", hvac_modes=["off", "cool"]), "on", "cool"),
        (entity("climate.x", hvac_modes=["off", "cool", "heat"]), "on", None),
        (entity("sensor.x"), "on", None),
    ],
)
def test_spelling(thing, said, expected):
    assert state_value(thing, said) == expected


def test_a_state_that_is_not_reported_is_neither_true_nor_false():
    assert is_state(entity("light.x", "unavailable"), "on") is None
    assert is_state(entity("light.x", "on"), "on") is True
    assert is_state(entity("media_player.x", "playing"), "on") is True


def test_states_are_said_in_the_words_of_their_kind():
    assert said_state(entity("binary_sensor.x", "on", "window")) == "open"
    assert said_state(entity("binary_sensor.x", "off", "smoke")) == "clear"
    assert said_state(entity("person.x", "not_home")) == "away"
