"""What may be sent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Refused
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.policy import Cleared, clear, opening, reached
from wactorz_home_assistant_actuator.wish import Wish

SERVICES = {
    "light": frozenset({"turn_on", "turn_off", "toggle"}),
    "switch": frozenset({"turn_on", "turn_off", "toggle"}),
    "lock": frozenset({"lock", "unlock", "open"}),
    "cover": frozenset({"open_cover", "close_cover", "set_cover_position", "toggle"}),
    "alarm_control_panel": frozenset({"alarm_disarm", "alarm_arm_away"}),
    "input_boolean": frozenset({"turn_on", "turn_off"}),
    "input_number": frozenset({"set_value"}),
    "notify": frozenset({"send_message"}),
    "scene": frozenset({"turn_on", "apply", "reload"}),
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
        State("script.other", "off", {"friendly_name": "Other"}),
        State("input_boolean.door_locked", "on", {"friendly_name": "Door locked"}),
        State("input_number.level", "1", {"friendly_name": "Level"}),
        State("notify.phone", "unknown", {"friendly_name": "Phone"}),
        State("group.doors", "off", {"friendly_name": "Doors", "entity_id": ["lock.front_door"]}),
        State("group.lamps", "off", {"friendly_name": "Lamps", "entity_id": ["light.kitchen_light", "switch.fan"]}),
    )
}


def make_call(name: str, *entity_ids: str, **data: Any) -> ServiceCall:
    domain, _, service = name.partition(".")
    return ServiceCall(domain=domain, service=service, entity_id=entity_ids, data=data)


NOON, NIGHT = datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
MODEL, RULE = Wish("model", "ann"), Wish("rule", rule_id="r1")


def make_around(*policies: EntityPolicy, clock: datetime = NOON, states: Mapping[str, State] = STATES) -> Around:
    required = {"climate.set_temperature": (), "input_number.set_value": ("value",)}
    return Around(states, SERVICES, required, {policy.entity_id: policy for policy in policies}, clock)


def cleared(
    name: str, *entity_ids: str, tainted: bool = False, wish: Wish | None = None, around: Around | None = None,
    **data: Any,
) -> Cleared:  # fmt: skip
    return clear(make_call(name, *entity_ids, **data), around or make_around(), wish or Wish(tainted=tainted))


def refusal(name: str, *entity_ids: str, **further: Any) -> str:
    with pytest.raises(Refused) as caught:
        cleared(name, *entity_ids, **further)
    return str(caught.value)


def waiting(name: str, *entity_ids: str, **further: Any) -> str:
    found = cleared(name, *entity_ids, **further)
    assert found.call is None
    assert found.waits is not None
    return " ".join(found.reasons)


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
    found = cleared(name, entity_id, **data)
    assert (found.left_out, found.waits) == ((), None)


@pytest.mark.parametrize(
    ("name", "entity_id", "data", "text"),
    [
        ("lock.unlock", "lock.front_door", {}, "Unlocking needs your yes; the front door stays locked until then."),
        ("lock.open", "lock.front_door", {}, "Opening needs your yes; the front door stays locked until then."),
        ("cover.open_cover", "cover.garage_door", {}, "Opening needs your yes; the garage door stays closed until then."),
        ("cover.set_cover_position", "cover.garage_door", {"position": 1}, "Opening needs your yes; the garage door stays closed until then."),
        ("alarm_control_panel.alarm_disarm", "alarm_control_panel.home", {}, "Disarming needs your yes; the home alarm stays armed away until then."),
        ("scene.turn_on", "scene.leave", {}, "Leave would set lock.front_door; that needs your yes, so nothing was sent yet."),
        ("script.turn_on", "script.good_night", {}, "What Good night (script) does cannot be looked into; that needs your yes, so nothing was sent yet."),
        ("input_boolean.turn_off", "input_boolean.door_locked", {}, "Door locked would be switched off; that needs your yes, so nothing was sent yet."),
    ],
)  # fmt: skip
def test_what_opens_waits_for_a_yes(name: str, entity_id: str, data: dict[str, Any], text: str):
    assert waiting(name, entity_id, **data) == text
    for wish in (Wish(approved=True), Wish("rule", granted=True)):
        assert cleared(name, entity_id, wish=wish, **data).call is not None
    assert cleared(name, entity_id, wish=MODEL, **data).waits is not None
    assert "text from outside may never" in refusal(name, entity_id, tainted=True, **data)


def test_one_call_is_parted_into_what_goes_and_what_waits():
    found = cleared("homeassistant.turn_off", "light.kitchen_light", "input_boolean.door_locked", "light.nope")
    assert found.call is not None
    assert (found.call.domain, found.call.entity_id) == ("light", ("light.kitchen_light",))
    assert found.waits is not None
    assert (found.waits.domain, found.waits.entity_id) == ("input_boolean", ("input_boolean.door_locked",))
    assert found.left_out == ("There is no light.nope in Home Assistant.",)


def test_an_approved_call_on_what_is_gone_says_so():
    text = refusal("lock.unlock", "lock.back_door", wish=Wish(approved=True))
    assert text == (
        "There is no lock.back_door in Home Assistant any more: it was removed or renamed since the question was asked."
    )


@pytest.mark.parametrize("member", ["cover.garage_door", "lock.front_door"])
def test_groups_with_members_that_know_no_on_and_off_are_refused(member: str):
    states = {**STATES, "group.x": State("group.x", "on", {"entity_id": ["light.kitchen_light", member]})}
    text = refusal("homeassistant.turn_off", "group.x", around=make_around(states=states))
    assert text.startswith("X holds ")
    assert "cannot be turned on or off; say" in text


def test_scripts_are_called_by_their_own_names_only():
    assert "does nothing to Movie" in refusal("script.good_night", "scene.movie")
    assert refusal("script.good_night", "script.other") == (
        "script.good_night does nothing to Other; say script.turn_on."
    )
    assert waiting("script.good_night", "script.good_night")


@pytest.mark.parametrize("name", ["scene.apply", "scene.reload", "group.reload"])
def test_services_that_are_no_actions_on_devices(name: str):
    assert refusal(name, "scene.movie").endswith("is not an action on a device.")


def test_required_fields_are_asked_for():
    assert refusal("input_number.set_value", "input_number.level") == (
        "input_number.set_value needs a value for value, so nothing was sent."
    )


def test_notices_need_a_person_or_at_least_no_text_from_outside():
    assert cleared("notify.send_message", "notify.phone", wish=RULE, message="hi").call is not None
    assert "may never bring about" in refusal("notify.send_message", "notify.phone", tainted=True, message="hi")


# -- what people have laid down -------------------------------------------------------------------------------------


def test_an_entity_may_be_left_alone_altogether():
    around = make_around(EntityPolicy(entity_id="light.kitchen_light", risk="A"))
    for wish in (Wish(), Wish(approved=True), RULE):
        assert "is set to be left alone" in refusal("light.turn_on", "light.kitchen_light", wish=wish, around=around)
    assert "Kitchen light is set to be left alone" in refusal("scene.turn_on", "scene.movie", around=around)


def test_an_entity_may_ask_each_time_but_never_before_it_is_secured():
    around = make_around(
        EntityPolicy(entity_id="switch.fan", risk="C"), EntityPolicy(entity_id="lock.front_door", risk="C")
    )
    assert waiting("switch.turn_off", "switch.fan", around=around).startswith("Fan is set to ask each time")
    assert waiting("homeassistant.turn_on", "group.lamps", around=around).startswith("Fan is set to ask each time")
    assert "may never bring about" in refusal("switch.turn_on", "switch.fan", around=around, tainted=True)
    assert cleared("lock.lock", "lock.front_door", around=around).call is not None


def test_a_lower_class_helps_people_and_rules_but_not_text_from_outside():
    around = make_around(
        EntityPolicy(entity_id="script.good_night", risk="B"), EntityPolicy(entity_id="lock.front_door", risk="B")
    )
    for name, entity_id in (("script.turn_on", "script.good_night"), ("lock.unlock", "lock.front_door")):
        assert cleared(name, entity_id, around=around).call is not None
        assert cleared(name, entity_id, around=around, wish=RULE).call is not None
        assert "may never bring about" in refusal(name, entity_id, around=around, tainted=True)


def test_only_the_people_named_may_change_it():
    around = make_around(EntityPolicy(entity_id="light.kitchen_light", persons=("Ann", "Bob")))
    for wish in (Wish(person="eve"), Wish(), Wish("agent"), Wish("rule", rule_id="r")):
        text = refusal("light.turn_on", "light.kitchen_light", wish=wish, around=around)
        assert text.startswith("Only Ann, Bob may change Kitchen light, so nothing was sent to it")
    for wish in (Wish(person="ann"), Wish("rule", granted=True), MODEL):
        assert cleared("light.turn_on", "light.kitchen_light", wish=wish, around=around).call is not None


def test_quiet_hours_hold_for_all_but_people():
    policy = EntityPolicy(entity_id="switch.fan", quiet_hours="22:00-07:00")
    at_night = make_around(policy, clock=NIGHT)
    assert refusal("switch.turn_on", "switch.fan", wish=RULE, around=at_night) == (
        "It is quiet time for Fan (22:00-07:00), in which rules leave it alone."
    )
    for wish in (MODEL, Wish("agent"), Wish("rule", granted=True), Wish(tainted=True)):
        assert "quiet time" in refusal("switch.turn_on", "switch.fan", wish=wish, around=at_night)
    for wish in (Wish(person="ann"), Wish("rule", approved=True)):
        assert cleared("switch.turn_on", "switch.fan", wish=wish, around=at_night).call is not None
    assert cleared("switch.turn_on", "switch.fan", wish=RULE, around=make_around(policy)).call is not None


def test_what_a_rule_needs_a_standing_yes_for():
    around = make_around(EntityPolicy(entity_id="light.kitchen_light", persons=("ann",)))
    assert [one.reason for one in opening(make_call("lock.unlock", "lock.front_door"), around)] == [
        "Front door would be unlocked"
    ]
    assert [one.reason for one in opening(make_call("light.turn_on", "light.kitchen_light"), around)] == [
        "only some people may change Kitchen light"
    ]
    assert opening(make_call("lock.lock", "lock.front_door"), around) == []


def test_what_a_call_reaches():
    assert reached(("group.lamps", "light.nope"), STATES) == [
        "group.lamps", "light.nope", "light.kitchen_light", "switch.fan",
    ]  # fmt: skip
    loop = {"group.x": State("group.x", "on", {"entity_id": ["group.x"]})}
    assert reached(("group.x",), loop) == ["group.x"]


@pytest.mark.parametrize("entity_id", ["lock.front_door", "cover.garage_door"])
def test_generic_verbs_never_reach_what_opens(entity_id: str):
    """In Home Assistant's own intents, turning a lock on means locking it, and turning a cover on means opening it."""
    for service in ("turn_on", "turn_off"):
        assert "cannot be turned on or off; say" in refusal(f"homeassistant.{service}", entity_id)


def test_tainted_words_lose_what_opens_and_people_are_told_what_to_say():
    text = refusal("lock.unlock", "lock.front_door", tainted=True)
    assert text == (
        "Front door would be unlocked, which text from outside may never bring about; nothing was done. "
        "If you want it, say: unlock the front door."
    )
    assert "text from outside" in refusal(
        "lock.unlock", "lock.front_door", wish=Wish(tainted=True, approved=True, granted=True)
    )
    call = cleared("lock.lock", "lock.front_door", tainted=True).call
    assert call is not None
    assert call.service == "lock"


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
    assert found.call is not None
    assert found.call.entity_id == ("light.kitchen_light",)
    assert len(found.left_out) == 2


def test_generic_calls_are_resolved():
    one = cleared("homeassistant.turn_on", "light.kitchen_light").call
    both = cleared("homeassistant.turn_on", "light.kitchen_light", "switch.fan").call
    assert one is not None
    assert both is not None
    assert (one.domain, both.domain) == ("light", "homeassistant")


@pytest.mark.parametrize(
    "data", [{"media_content_id": "http://far.example/?code=2468"}, {"extra": [{"u": "rtsp://x"}]}]
)
def test_text_from_outside_sends_nothing_to_addresses(data: dict[str, Any]):
    assert "may never bring about" in refusal("light.turn_on", "light.kitchen_light", tainted=True, **data)
    assert cleared("light.turn_on", "light.kitchen_light", **data).call is not None
