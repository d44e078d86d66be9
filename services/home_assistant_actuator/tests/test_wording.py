"""Outcomes as sentences."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator import wording


def make_call(name: str, **data: Any) -> ServiceCall:
    domain, _, service = name.partition(".")
    return ServiceCall(domain=domain, service=service, entity_id=("x.y",), data=data)


def make_state(entity_id: str, state: str, name: str, **attributes: Any) -> State:
    return State(entity_id, state, {"friendly_name": name, **attributes})


@pytest.mark.parametrize(
    ("call", "state", "sentence"),
    [
        (make_call("light.turn_on"), make_state("light.a", "on", "Kitchen light"), "Kitchen light is on."),
        (make_call("light.turn_on", brightness_pct=40), make_state("light.a", "on", "Kitchen light", brightness=102), "Kitchen light is at 40 %."),
        (make_call("light.turn_on", brightness=102), make_state("light.a", "on", "Kitchen light", brightness=102), "Kitchen light is at 40 %."),
        (make_call("light.turn_on", brightness_pct=0), make_state("light.a", "off", "Kitchen light"), "Kitchen light is off."),
        (make_call("lock.lock"), make_state("lock.a", "locked", "Front door"), "Front door is locked."),
        (make_call("cover.close_cover"), make_state("cover.a", "closing", "Blinds"), "Blinds are closing."),
        (make_call("cover.set_cover_position", position=30), make_state("cover.a", "open", "Blinds"), "Blinds are at 30 %."),
        (make_call("climate.turn_on"), make_state("climate.a", "cool", "Air conditioner"), "Air conditioner is on."),
        (make_call("climate.set_temperature", temperature=21.5), make_state("climate.a", "cool", "Air"), "Air is set to 21.5 °C."),
        (make_call("climate.set_temperature", temperature=21, hvac_mode="heat_cool"), make_state("climate.a", "heat_cool", "Air"), "Air is set to heat cool, 21 °C."),
        (make_call("fan.set_percentage", percentage=33), make_state("fan.a", "on", "Fan"), "Fan is set to 33 %."),
        (make_call("media_player.volume_set", volume_level=0.3), make_state("media_player.a", "on", "Radio"), "Radio is at volume 30 %."),
        (make_call("media_player.volume_mute", is_volume_muted=True), make_state("media_player.a", "idle", "Radio"), "Radio is muted."),
    ],
)  # fmt: skip
def test_done(call: ServiceCall, state: State, sentence: str):
    assert wording.done(call, [state], "°C") == sentence


def test_those_that_are_alike_share_a_sentence():
    states = [make_state(f"light.{i}", "on", f"Lamp {i}") for i in range(2)]
    assert wording.done(make_call("light.turn_on"), states, "°C") == "Lamp 0 and lamp 1 are on."
    many = [make_state(f"light.{i}", "on", f"Lamp {i}") for i in range(6)]
    assert wording.done(make_call("light.turn_on"), many, "°C").startswith("6 devices (Lamp 0, lamp 1,")


def test_unconfirmed_and_accepted():
    lamp = make_state("light.a", "off", "Lamp")
    assert wording.unconfirmed([lamp], 3.0) == "Lamp: the command was sent, but not confirmed within 3 s."
    assert "its effect cannot be read back" in wording.accepted(make_call("media_player.media_next_track"), [lamp])
    assert wording.accepted(make_call("notify.send_message"), [make_state("notify.a", "x", "Phone")]) == (
        "The notice was sent to Phone; whether it arrived is not known."
    )


@pytest.mark.parametrize(
    ("name", "entity_id", "data", "said"),
    [
        ("lock.unlock", "lock.a", {}, "unlock the front door"),
        ("lock.open", "lock.a", {}, "open the front door"),
        ("cover.open_cover", "cover.a", {}, "open the front door"),
        ("cover.set_cover_position", "cover.a", {"position": 40}, "open the front door to 40 %"),
        ("alarm_control_panel.alarm_disarm", "alarm_control_panel.a", {}, "disarm the front door"),
        ("script.turn_on", "script.a", {}, "run Front door"),
        ("scene.turn_on", "scene.a", {}, "set Front door"),
        ("input_boolean.turn_off", "input_boolean.a", {}, "turn off the front door"),
        ("valve.open_valve", "valve.a", {}, "open the front door"),
        ("siren.turn_on", "siren.a", {}, "turn on the front door"),
    ],
)
def test_a_call_as_a_person_would_say_it(name: str, entity_id: str, data: dict[str, Any], said: str):
    assert wording.command(make_call(name, **data), ["Front door"]) == said


@pytest.mark.parametrize(
    ("name", "entity_id", "sentence"),
    [
        ("scene.turn_on", "scene.a", "Thing is set."),
        ("script.turn_on", "script.a", "Thing is run."),
        ("script.turn_off", "script.a", "Thing is stopped."),
        ("button.press", "button.a", "Thing is pressed."),
    ],
)
def test_what_is_done_to_what_has_no_state_of_its_own(name: str, entity_id: str, sentence: str):
    assert wording.done(make_call(name), [make_state(entity_id, "2026", "Thing")], "°C") == sentence


def test_a_long_list_of_names_is_cut_short():
    lamps = [make_state(f"light.lamp_{number}", "off", f"Lamp {number}") for number in range(145)]
    said = wording.done(make_call("light.turn_off"), lamps, "°C")
    assert said == "145 devices (Lamp 0, lamp 1, lamp 2, lamp 3, lamp 4, lamp 5 and 139 more) are off."
