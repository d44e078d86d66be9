"""An answer completes the sentence that was asked back, and nothing else."""

import pytest

from wactorz_understanding.meaning import Ambiguous, NotUnderstood

FAN = "turn on the fan"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("the bedroom one", "fan.turn_on fan.bedroom"),
        ("the one in the office", "fan.turn_on fan.office"),
        ("office", "fan.turn_on fan.office"),
        ("the second", "fan.turn_on fan.office"),
        ("the last one please", "fan.turn_on fan.office"),
        ("both", "fan.turn_on fan.bedroom,fan.office"),
        ("the fan in the bedroom", "fan.turn_on fan.bedroom"),
        ("yes", "ambiguous fan.bedroom,fan.office"),
        ("the third", "ambiguous fan.bedroom,fan.office"),
        ("the one in the garage", "ambiguous fan.bedroom,fan.office"),
        ("no", "nothing"),
        ("turn off the kettle", "switch.turn_off switch.kettle"),
        ("office?", "nothing"),
    ],
)
def test_answer(answer, expected, say):
    assert say(FAN, answer) == expected


def test_a_part_of_a_name_chooses(say):
    assert say("turn on the bedside lamp", "left") == "light.turn_on light.bedside_left"


def test_a_room_chooses_all_of_it_when_a_room_was_missing(say):
    expected = "light.turn_off light.kitchen_ceiling,light.kitchen_counter"
    assert say("turn off the lights", "in the kitchen") == expected


def test_a_choice_may_lead_to_the_next_question(say, converse):
    both = "turn on the fan and the ceiling light"
    asked = converse(both, "the second")
    assert all(isinstance(meaning, Ambiguous) for meaning in asked)
    assert asked[0].choices != asked[1].choices
    assert say(both, "the second", "bedroom") == "fan.turn_on fan.office; light.turn_on light.bedroom_ceiling"


def test_yes_to_a_single_proposal_does_it_and_only_then(say):
    assert say("close the door") == "ambiguous cover.garage"
    assert say("close the door", "yes") == "cover.close_cover cover.garage"
    assert say("yes") == "nothing"


def test_no_drops_the_question_and_says_so(converse):
    dropped = converse(FAN, "no")[-1]
    assert isinstance(dropped, NotUnderstood)
    assert dropped.reason == "dropped"
    assert dropped.text


def test_a_question_waits_for_a_while_only(say):
    assert say(FAN, 299, "the second") == "fan.turn_on fan.office"
    assert say(FAN, 301, "the second") == "nothing"
    assert say(FAN, "turn off the kettle", "the second") == "nothing"


def test_a_rule_is_completed_too(say):
    done = say("when the front door opens, turn on the fan", "office")
    assert done == "trigger binary_sensor.front_door=on do fan.turn_on fan.office"
    assert say("as an automation, when the front door opens, turn on the fan", "office") == f"automation {done}"
