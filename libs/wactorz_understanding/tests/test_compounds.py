"""Several commands in one sentence: all of them or none."""

import pytest


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("turn off the kettle and close the shutters", "cover.close_cover cover.shutters; switch.turn_off switch.kettle"),
        ("turn off the tv, the floor lamp and the kettle", "light.turn_off light.floor_lamp; media_player.turn_off media_player.tv; switch.turn_off switch.kettle"),
        ("turn both the kettle and the iron off", "switch.turn_off switch.iron; switch.turn_off switch.kettle"),
        ("turn off the lights and close the blinds in the kitchen", "cover.close_cover cover.kitchen_blind; light.turn_off light.kitchen_ceiling,light.kitchen_counter"),
        ("turn off the kitchen and bedroom lights", "light.turn_off light.bedroom_ceiling,light.bedside_left,light.bedside_right,light.kitchen_ceiling,light.kitchen_counter"),
        ("turn on the ceiling lights in the kitchen and office", "light.turn_on light.kitchen_ceiling,light.office_ceiling"),
        ("turn off the kettle and order a pizza", "nothing"),
        ("turn off the kettle and don't close the shutters", "nothing"),
        ("turn off the kettle and then in 5 minutes close the shutters", "nothing"),
        ("turn off the kettle and make it warmer", "nothing"),
    ],
)  # fmt: skip
def test_parts(said, expected, say):
    assert say(said) == expected


@pytest.mark.parametrize(
    ("said", "spared", "kept"),
    [
        ("turn off all lights except the kitchen", "light.kitchen_ceiling", "light.office_ceiling"),
        ("turn off all lights except the kitchen and the office", "light.office_ceiling", "light.bathroom"),
        ("turn off all lights but the porch light", "light.porch", "light.bathroom"),
        ("turn off all lights upstairs except the night light", "light.night_light", "light.bathroom"),
    ],
)
def test_exceptions_are_spared(said, spared, kept, converse):
    (call,) = converse(said)[0].calls
    assert spared not in call.entity_id
    assert kept in call.entity_id


def test_hidden_and_auxiliary_devices_are_found_by_name_only(say, converse):
    assert say("turn off the status led") == "switch.turn_off switch.led"
    assert say("turn off the secret light") == "light.turn_off light.secret"
    for said in ("turn off everything", "turn off all lights", "turn off everything in the office", "all switches off"):
        moved = {entity_id for call in converse(said)[0].calls for entity_id in call.entity_id}
        assert not moved & {"switch.led", "light.secret"}
        assert moved
