"""What a sentence is tried as, and why it is nothing."""

import pytest

from wactorz_understanding.meaning import NotUnderstood, RuleMeaning


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("don't turn on the kettle", "negated"),
        ("never open the gate", "negated"),
        ("turn on the kettle in 10 minutes", "later"),
        ("turn on the kettle tomorrow", "later"),
        ("I never liked this song", ""),
        ("tell me a story in 10 minutes", ""),
        ("when nobody is home turn off all lights", "unable"),
        ("turn on the kettle?", ""),
        ("order a pizza", ""),
    ],
)
def test_why_nothing_is_done(said, reason, converse):
    found = converse(said)[0]
    assert isinstance(found, NotUnderstood)
    assert found.reason == reason


def test_what_home_assistant_shall_run_is_marked(converse):
    inside = converse("create an automation that turns on the porch light at sunset")[0]
    outside = converse("turn on the porch light at sunset")[0]
    assert isinstance(inside, RuleMeaning)
    assert inside.in_home_assistant
    assert not outside.in_home_assistant
    assert inside.draft == outside.draft


def test_to_open_partly_is_asked_back_unless_it_is_said(say):
    assert say("set the garage door to 50 %") == "ambiguous cover.garage"
    assert say("set the garage door to 50 %", "yes") == "cover.set_cover_position cover.garage position=50"
    assert say("open the garage door halfway") == "cover.set_cover_position cover.garage position=50"
    assert say("set the garage door to 0 %") == "cover.set_cover_position cover.garage position=0"
    assert say("lower the gate to 50 %") == "ambiguous cover.gate"
    assert say("set the living room blinds to 50 %") == "cover.set_cover_position cover.living_blinds position=50"
