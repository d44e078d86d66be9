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
    assert wording.accepted(make_call("scene.turn_on"), [make_state("scene.a", "x", "Movie night")]) == (
        "Movie night is set."
    )
    assert "its effect cannot be read back" in wording.accepted(make_call("button.press"), [lamp])
