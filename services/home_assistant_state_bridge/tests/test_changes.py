"""States and events in the words of the wire."""

import json

from wactorz_home_assistant import Event
from wactorz_home_assistant.history import Past
from wactorz_home_assistant_state_bridge import changes

OLD = {"entity_id": "light.a", "state": "off", "attributes": {}}
NEW = {"entity_id": "light.a", "state": "on", "attributes": {"brightness": 102}, "context": {"id": "01X"}}


def make_event(**data: object) -> Event:
    return Event.parse(
        {
            "event_type": "state_changed",
            "data": data,
            "context": {"id": "01X"},
            "time_fired": "2026-11-21T02:33:25.593329+00:00",
        }
    )


def test_a_change():
    change = changes.from_event(make_event(entity_id="light.a", old_state=OLD, new_state=NEW), 5.0)
    assert change is not None
    assert json.loads(change.encode()) == {
        "type": "home_assistant_state_change", "entity_id": "light.a", "domain": "light", "new_state": NEW,
        "old_state": OLD, "context": {"id": "01X"}, "timestamp": 1795228405.593329, "resync": False, "filled": False, "trimmed": False,
    }  # fmt: skip


def test_a_removed_entity():
    change = changes.from_event(make_event(entity_id="light.a", old_state=OLD, new_state=None), 5.0)
    assert change is not None
    assert change.new_state is None


def test_an_event_without_an_entity_is_none_of_ours():
    assert changes.from_event(make_event(), 5.0) is None
    assert changes.from_event(make_event(entity_id="nonsense"), 5.0) is None


def test_an_event_without_its_time_gets_ours():
    change = changes.from_event(Event("state_changed", {"entity_id": "light.a"}), 5.0)
    assert change is not None
    assert change.timestamp == 5.0


def test_a_resynchronisation_is_marked():
    change = changes.from_state(NEW, 5.0)
    assert (change.resync, change.new_state, change.old_state, change.domain) == (True, NEW, None, "light")
    assert changes.gone("light.a", 5.0).new_state is None


def test_an_event_of_an_odd_schema():
    assert changes.from_event(make_event(entity_id="light.a", new_state="on"), 5.0) is None
    change = changes.from_event(Event.parse({"data": {"entity_id": "light.a", "new_state": NEW, "old_state": 7}}), 5.0)
    assert change is not None
    assert (change.old_state, change.context, change.timestamp) == (None, None, 5.0)


def test_a_missed_event_has_its_own_time_and_context():
    change = changes.from_state({**NEW, "last_updated": "2026-11-21T02:33:25+00:00"}, 5.0, missed=True)
    assert (change.filled, change.resync, change.timestamp) == (True, False, 1795228405.0)
    assert change.context == {"id": "01X"}


def test_what_the_recorder_tells():
    before, past = Past("light.a", 10.0, 10.0, "off"), Past("light.a", 12.5, 12.5, "on", {"brightness": 3})
    change = changes.from_past(past, before)
    assert (change.filled, change.timestamp, change.new_state and change.new_state["attributes"]) == (
        True, 12.5, {"brightness": 3},
    )  # fmt: skip
    assert change.old_state is not None
    assert change.old_state["state"] == "off"
    assert changes.mark_of(change) == 12_500_000
    assert changes.from_past(Past("light.a", 13.0, 13.0, ""), past).new_state is None


def test_too_much_is_left_out_and_said():
    change = changes.trimmed(changes.from_state({**NEW, "attributes": {"a": "b"}}, 5.0))
    assert change.trimmed
    assert change.new_state == {key: value for key, value in NEW.items() if key != "attributes"}
