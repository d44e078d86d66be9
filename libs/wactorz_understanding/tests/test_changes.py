"""Relative changes: of what, how far, and never of what cannot be changed so."""

import pytest


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("dim the floor lamp a little", "adjust brightness -10 light.floor_lamp"),
        ("make the floor lamp a lot brighter", "adjust brightness +40 light.floor_lamp"),
        ("brighten the bedroom lights by 15 %", "adjust brightness +15 light.bedroom_ceiling,light.bedside_left,light.bedside_right"),
        ("two degrees colder in the bedroom", "adjust temperature -2 climate.bedroom"),
        ("make it a bit warmer in the living room", "adjust temperature +0.5 climate.living"),
        ("turn the volume of the tv up by 10", "adjust volume +10 media_player.tv"),
        ("turn down the tv", "adjust volume -10 media_player.tv"),
        ("open the living room blinds a bit", "adjust position +10 cover.living_blinds"),
        ("make the fan in the office faster", "adjust speed +20 fan.office"),
        ("make it 90 degrees warmer in the bedroom", "nothing"),
        ("make the landing light brighter", "nothing"),
        ("make the kettle brighter", "nothing"),
        ("don't make it warmer in the bedroom", "nothing"),
        ("when the front door opens, make the floor lamp brighter", "nothing"),
        ("make it warmer in the bedroom in 10 minutes", "nothing"),
    ],
)  # fmt: skip
def test_change(said, expected, say):
    assert say(said) == expected


def test_a_change_without_a_place_is_for_the_room_of_the_speaker(say):
    assert say("a bit warmer", area_id="bedroom") == "adjust temperature +0.5 climate.bedroom"
    assert say("a bit warmer").startswith("ambiguous climate.bathroom,climate.bedroom")
