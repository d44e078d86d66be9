"""Records of states and events."""

from wactorz_home_assistant import Event, State
from wactorz_home_assistant.model import is_state


def test_a_state_is_read_from_the_wire():
    raw = {
        "entity_id": "climate.kitchen", "state": "cool", "context": {"id": "01X"},
        "attributes": {"friendly_name": "Kitchen AC", "supported_features": 385.0, "unit_of_measurement": None},
        "last_changed": "1970-01-01T00:01:00+00:00",
    }  # fmt: skip
    state = State.parse(raw)
    assert (state.domain, state.name, state.context_id, state.features) == ("climate", "Kitchen AC", "01X", 385)
    assert state.available
    assert (state.to_entity().name, state.to_entity().changed_at) == ("Kitchen AC", 60.0)
    assert State.parse({**raw, "last_changed": "lately"}).to_entity().changed_at is None


def test_a_name_is_made_when_there_is_none():
    assert State("light.living_room_lamp", "off").name == "Living room lamp"


def test_no_features_is_not_zero_features():
    assert State("light.a", "off").features is None
    assert State("light.a", "off", {"supported_features": 0}).features == 0


def test_unavailable():
    assert not State("light.a", "unavailable").available
    assert State("light.a", "unknown").available


def test_an_event_without_its_parts_is_still_an_event():
    assert Event.parse({"event_type": "x"}).data == {}


def test_objects_of_an_older_or_newer_schema():
    assert State.parse({"entity_id": "light.a", "state": 5, "attributes": None, "context": None}) == State(
        "light.a", "5"
    )
    assert State.parse({"entity_id": "light.a", "state": "on", "context": "01X"}).context_id == "01X"
    assert State.parse({"entity_id": "light.a", "state": "on", "attributes": [], "novel": {}}).attributes == {}
    assert Event.parse({"event_type": "x", "data": [], "context": "01X"}).data == {}


def test_what_is_no_state():
    assert is_state({"entity_id": "light.a", "state": "on"})
    for odd in (None, 5, {}, {"entity_id": "light.a"}, {"entity_id": "light", "state": "on"}, {"state": "on"}):
        assert not is_state(odd)
