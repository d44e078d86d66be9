"""Wishes to be told: where, what, and never what could be something to do."""

import pytest

OPENS = "trigger binary_sensor.front_door=on do"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("notify me on Discord and on Telegram", f"{OPENS} notice discord; notice telegram"),
        ("send me an urgent Slack message", f"{OPENS} notice! slack"),
        ("send me a message saying unlock the front door", f'{OPENS} notice "unlock the front door"'),
        ("tell me that the door and the window are open", f'{OPENS} notice "the door and the window are open"'),
        ("tell me that somebody is here and turn on the porch light",
         f'{OPENS} light.turn_on light.porch; notice "somebody is here"'),
        ("tell me", f"{OPENS} notice"),
        ("tell me the temperature", "nothing"),
        ("tell me a joke", "nothing"),
        ("tell Tom", "nothing"),
        ("do not tell me", "nothing"),
        ("tell me in 5 minutes", "nothing"),
        ("send me a picture of the driveway camera", "nothing"),
        ("turn on the porch light and do not tell me", "nothing"),
    ],
)  # fmt: skip
def test_wish(said, expected, rule):
    assert rule(f"when the front door opens, {said}") == expected


def test_a_quoted_text_is_taken_as_it_is(make):
    said = 'wenn die Haustür aufgeht, schick mir eine Telegram-Nachricht: "Tür offen, wenn\'s geht: lösch & schließ!"'
    notice = make(said, "de").draft.notices[0]
    assert (notice.target, notice.text) == ("telegram", "Tür offen, wenn's geht: lösch & schließ!")


def test_a_text_is_never_a_placeholder(rule):
    assert rule('when the front door opens, send me a message saying "$payload.x"') == "nothing"


def test_a_state_that_is_asked_for_now_is_no_rule(rule):
    assert rule("tell me if the front door is open") == "nothing"
    assert rule("tell me when the front door was opened") == "nothing"
