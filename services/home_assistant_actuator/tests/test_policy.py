"""What may be sent."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.errors import Refused
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.policy import Cleared, clear

SERVICES = {
    "light": frozenset({"turn_on", "turn_off", "toggle"}),
    "switch": frozenset({"turn_on", "turn_off", "toggle"}),
    "lock": frozenset({"lock", "unlock", "open"}),
    "cover": frozenset({"open_cover", "close_cover", "set_cover_position", "toggle"}),
    "alarm_control_panel": frozenset({"alarm_disarm", "alarm_arm_away"}),
    "scene": frozenset({"turn_on"}),
    "script": frozenset({"turn_on", "turn_off", "good_night"}),
    "group": frozenset({"reload"}),
    "homeassistant": frozenset({"turn_on", "turn_off", "toggle", "restart"}),
    "recorder": frozenset({"purge"}),
}

STATES = {
    state.entity_id: state
    for state in (
        State(
            "light.kitchen_light", "off", {"friendly_name": "Kitchen light", "supported_color_modes": ["brightness"]}
        ),
        State("light.office_light", "unavailable", {"friendly_name": "Office light"}),
        State("switch.fan", "off", {"friendly_name": "Fan"}),
        State("lock.front_door", "locked", {"friendly_name": "Front door"}),
        State("cover.blinds", "open", {"friendly_name": "Blinds", "device_class": "blind"}),
        State("cover.garage_door", "closed", {"friendly_name": "Garage door", "device_class": "garage"}),
        State("alarm_control_panel.home", "armed_away", {"friendly_name": "Home alarm"}),
        State("scene.movie", "unknown", {"friendly_name": "Movie", "entity_id": ["light.kitchen_light"]}),
        State("scene.leave", "unknown", {"friendly_name": "Leave", "entity_id": ["lock.front_door"]}),
        State("script.good_night", "off", {"friendly_name": "Good night"}),
        State("group.doors", "off", {"friendly_name": "Doors", "entity_id": ["lock.front_door"]}),
        State("group.lamps", "off", {"friendly_name": "Lamps", "entity_id": ["light.kitchen_light", "switch.fan"]}),
    )
}


def make_call(name: str, *entity_ids: str, **data: Any) -> ServiceCall:
    domain, _, service = name.partition(".")
    return ServiceCall(domain=domain, service=service, entity_id=entity_ids, data=data)


def cleared(name: str, *entity_ids: str, tainted: bool = False, **data: Any) -> Cleared:
    return clear(make_call(name, *entity_ids, **data), STATES, SERVICES, tainted=tainted)


def refusal(name: str, *entity_ids: str, tainted: bool = False, **data: Any) -> str:
    with pytest.raises(Refused) as caught:
        cleared(name, *entity_ids, tainted=tainted, **data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "entity_id", "data"),
    [
        ("light.turn_on", "light.kitchen_light", {"brightness_pct": 40}),
        ("switch.turn_off", "switch.fan", {}),
        ("lock.lock", "lock.front_door", {}),
        ("cover.open_cover", "cover.blinds", {}),
        ("cover.close_cover", "cover.garage_door", {}),
        ("cover.set_cover_position", "cover.garage_door", {"position": 0}),
        ("alarm_control_panel.alarm_arm_away", "alarm_control_panel.home", {}),
        ("scene.turn_on", "scene.movie", {}),
        ("homeassistant.turn_on", "group.lamps", {}),
        ("script.turn_off", "script.good_night", {}),
    ],
)
def test_reversible_and_securing_calls_pass_at_once(name: str, entity_id: str, data: dict[str, Any]):
    assert cleared(name, entity_id, **data).left_out == ()


@pytest.mark.parametrize(
    ("name", "entity_id", "data", "begins"),
    [
        ("lock.unlock", "lock.front_door", {}, "Unlocking needs a confirmation, which is not built in yet; the front door stays locked."),
        ("lock.open", "lock.front_door", {}, "Opening needs"),
        ("cover.open_cover", "cover.garage_door", {}, "Opening needs a confirmation, which is not built in yet; the garage door stays closed."),
        ("cover.set_cover_position", "cover.garage_door", {"position": 1}, "Opening needs"),
        ("alarm_control_panel.alarm_disarm", "alarm_control_panel.home", {}, "Disarming needs"),
        ("scene.turn_on", "scene.leave", {}, "Leave would set lock.front_door"),
        ("script.turn_on", "script.good_night", {}, "What Good night (script) does cannot be looked into"),
        ("homeassistant.turn_off", "group.doors", {}, "Front door would be unlocked"),
    ],
)  # fmt: skip
def test_opening_calls_are_refused(name: str, entity_id: str, data: dict[str, Any], begins: str):
    assert refusal(name, entity_id, **data).startswith(begins)


@pytest.mark.parametrize("entity_id", ["lock.front_door", "cover.garage_door"])
def test_generic_verbs_never_reach_what_opens(entity_id: str):
    """In Home Assistant's own intents, turning a lock on means locking it, and turning a cover on means opening it."""
    for service in ("turn_on", "turn_off"):
        assert "cannot be turned on or off; say" in refusal(f"homeassistant.{service}", entity_id)


def test_tainted_words_lose_what_opens():
    text = refusal("lock.unlock", "lock.front_door", tainted=True)
    assert text == "Front door would be unlocked, which text from outside may never bring about; nothing was done."
    assert cleared("lock.lock", "lock.front_door", tainted=True).call.service == "lock"


@pytest.mark.parametrize("name", ["light.toggle", "homeassistant.toggle", "cover.toggle", "light.no_toggle"])
def test_toggling_is_refused(name: str):
    assert refusal(name, "light.kitchen_light").startswith("Toggling is not possible here")


@pytest.mark.parametrize("key", ["area_id", "device_id", "entity_id", "target", "label_id", "floor_id"])
def test_data_names_no_further_targets(key: str):
    assert key in refusal("light.turn_on", "light.kitchen_light", **{key: "all"})


def test_unknown_things_are_named():
    assert refusal("light.turn_on", "light.nope") == "There is no light.nope in Home Assistant."
    assert refusal("light.blink", "light.kitchen_light") == (
        "Home Assistant has no light.blink; light knows: turn_off, turn_on."
    )
    assert refusal("lamp.turn_on", "light.kitchen_light") == "Home Assistant has no services called lamp."


def test_what_home_assistant_would_ignore_is_refused():
    assert refusal("light.turn_on", "switch.fan") == "light.turn_on does nothing to Fan, which is a switch."
    assert "recorder.purge does nothing to" in refusal("recorder.purge", "light.kitchen_light")


def test_generic_services_that_are_no_actions():
    assert refusal("homeassistant.restart", "light.kitchen_light") == (
        "homeassistant.restart is not an action on a device."
    )


def test_unavailable_devices_are_not_sent_to():
    assert refusal("light.turn_on", "light.office_light").startswith("Office light is unavailable")


def test_abilities_are_minded():
    assert refusal("light.turn_on", "light.kitchen_light", rgb_color=[255, 0, 0]).startswith(
        "Kitchen light has no colors"
    )


def test_the_good_ones_go_without_the_bad_ones():
    found = cleared("light.turn_on", "light.kitchen_light", "light.office_light", "light.nope", "light.kitchen_light")
    assert found.call.entity_id == ("light.kitchen_light",)
    assert len(found.left_out) == 2


def test_generic_calls_are_resolved():
    assert cleared("homeassistant.turn_on", "light.kitchen_light").call.domain == "light"
    assert cleared("homeassistant.turn_on", "light.kitchen_light", "switch.fan").call.domain == "homeassistant"
