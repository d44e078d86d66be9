"""Which messages move devices, and what they say to do."""

import pytest

from wactorz_common.contracts.automating import DeviceAction
from wactorz_dynamic_agent.detection import fill, fits, is_past


def action(**fields):
    return DeviceAction.accept({"domain": "light", "service": "turn_on", "entity_id": "light.hall", **fields})


@pytest.mark.parametrize(
    ("wanted", "payload", "passes"),
    [
        (None, "anything", True), ({}, 3, True), ({"detected": True}, {"detected": True}, True),
        ({"detected": True}, {"detected": 1}, False), ({"detected": True}, {"detected": "true"}, False),
        ({"detected": True}, {}, False), ({"detected": True}, "detected", False), ({"n": 1}, {"n": True}, False),
        ({"n": {"gt": 3}}, {"n": 4}, True), ({"n": {"gt": 3, "lt": 5}}, {"n": 5}, False),
        ({"n": {"gt": 3}}, {"n": "many"}, False), ({"n": {"ne": 3}}, {"n": None}, False),
        ({"who": "anna", "n": {"gte": 1}}, {"who": "anna", "n": 1.0}, True), ({"who": "anna"}, {"who": "Anna"}, False),
        ({"box": {"x": 1}}, {"box": {"x": 1}}, True), ({"n": {"lte": 2}}, {"n": 2}, True),
        ({"n": {"eq": 2}}, {"n": "2"}, True),
    ],
)  # fmt: skip
def test_every_key_of_the_filter_must_fit(wanted, payload, passes):
    assert fits(wanted, payload) is passes


def test_what_the_message_says_stands_in_the_call():
    payload = {"room": {"lamp": "light.desk"}, "levels": [10, 20]}
    one = action(entity_id=["light.hall", "$payload.room.lamp"], service_data={"brightness_pct": "$payload.levels.1"})
    [call] = fill((one,), payload).calls
    assert call.entity_id == ("light.hall", "light.desk")
    assert call.data == {"brightness_pct": 20}


def test_an_action_with_something_that_the_message_does_not_say_is_skipped_and_the_others_are_made():
    filled = fill((action(service_data={"x": "$payload.missing"}), action()), {"a": 1})
    assert len(filled.calls) == 1
    assert "the message does not say $payload.missing" in filled.skipped[0]


def test_the_whole_message_and_texts_that_only_look_like_it():
    [call] = fill((action(service_data={"message": "$payload", "title": "$payloads"}),), "hello").calls
    assert call.data == {"message": "hello", "title": "$payloads"}


def test_a_message_cannot_make_a_call_of_another_shape():
    filled = fill((action(entity_id="$payload.e"),), {"e": {"x": 1}})
    assert filled.calls == ()
    assert "light.turn_on is skipped" in filled.skipped[0]


@pytest.mark.parametrize(
    ("payload", "past"),
    [
        ({"type": "home_assistant_state_change", "timestamp": 990.0, "resync": False}, False),
        ({"type": "home_assistant_state_change", "timestamp": 999.0, "resync": True}, True),
        ({"type": "home_assistant_state_change", "timestamp": 960.0, "filled": True}, True),
        ({"type": "home_assistant_state_change", "timestamp": "odd"}, False), ({"timestamp": 1.0}, False), ("on", False),
    ],
)  # fmt: skip
def test_how_things_are_after_a_reconnection_and_old_changes_are_of_the_past(payload, past):
    assert is_past(payload, now=1_000.0) is past
