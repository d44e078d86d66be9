from datetime import UTC, datetime, timedelta

from wactorz_demo_home.condition import Condition
from wactorz_demo_home.context import Context
from wactorz_demo_home.states import Bus, Event, changed, difference, first_state, next_state

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def make_state(state="off", context=None, **attributes):
    return first_state("light.a", Condition(state, attributes), context or Context(), NOW)


def test_the_same_again_is_only_reported():
    old = make_state()
    new = next_state(old, Condition("off"), Context(), LATER)
    assert (new.last_changed, new.last_updated, new.last_reported) == (NOW, NOW, LATER)
    assert new.context == old.context


def test_an_attribute_updates_and_a_state_changes():
    old = make_state(level=1)
    updated = next_state(old, Condition("off", {"level": 2}), Context(), LATER)
    assert (updated.last_changed, updated.last_updated) == (NOW, LATER)
    moved = next_state(old, Condition("on", {"level": 1}), Context(), LATER)
    assert (moved.last_changed, moved.last_updated) == (LATER, LATER)


def test_force_counts_as_a_change():
    assert next_state(make_state(), Condition("off"), Context(), LATER, force=True).last_changed == LATER


def test_short_forms():
    old = make_state(level=1, gone=True)
    assert old.compressed() == {"s": "off", "a": {"level": 1, "gone": True}, "c": old.context.id, "lc": NOW.timestamp()}
    new = next_state(old, Condition("on", {"level": 2}), Context(user_id="me"), LATER)
    short = difference(old, new)
    assert short["+"]["s"] == "on"
    assert short["+"]["a"] == {"level": 2}
    assert short["+"]["c"] == {"id": new.context.id, "user_id": "me"}
    assert short["-"] == {"a": ["gone"]}


def test_the_bus_tells_those_who_listen_until_they_stop():
    bus, heard = Bus(), []
    stop = bus.listen("state_changed", lambda event: heard.append(("one", event.event_type)))
    bus.listen("*", lambda event: heard.append(("all", event.event_type)))
    bus.fire(changed("light.a", None, make_state(), Context()))
    stop()
    bus.fire(Event("state_changed", {}, Context()))
    assert heard == [("one", "state_changed"), ("all", "state_changed"), ("all", "state_changed")]


def test_events_in_wire_form():
    context = Context()
    wire = changed("light.a", None, make_state(context=context), context).as_dict()
    assert (wire["origin"], wire["data"]["old_state"], wire["context"]["id"]) == ("LOCAL", None, context.id)
    assert wire["data"]["new_state"]["last_changed"] == "2026-01-01T00:00:00+00:00"
