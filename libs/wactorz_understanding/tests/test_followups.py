"""What goes on from the last sentence, for a while, and never opens what was not just named."""

import pytest

from wactorz_understanding.meaning import Ambiguous, Calls

KITCHEN = "light.kitchen_ceiling,light.kitchen_counter"
BEDROOM = "light.bedroom_ceiling,light.bedside_left,light.bedside_right"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("turn on the kettle", "turn it off again"), "switch.turn_off switch.kettle"),
        (("turn on the lights in the kitchen", "and the bedroom too"), f"light.turn_on {BEDROOM}"),
        (("turn on the lights in the kitchen", "turn them off"), f"light.turn_off {KITCHEN}"),
        (("turn on the lights in the kitchen", "off again"), f"light.turn_off {KITCHEN}"),
        (("make the floor lamp red", "no, blue"), "light.turn_on light.floor_lamp color_name=blue"),
        (("make the floor lamp red", "same for the tv backlight"), "light.turn_on light.tv_backlight color_name=red"),
        (("turn on the fan in the bedroom", "and now to 30 %"), "fan.set_percentage fan.bedroom percentage=30"),
        (("turn on the fan in the bedroom", "same for the office"), "fan.turn_on fan.office"),
        (("set the floor lamp to 20 %", "a bit brighter"), "adjust brightness +10 light.floor_lamp"),
        (("a bit warmer in the bedroom", "and the living room too"), "adjust temperature +0.5 climate.living"),
        (("turn on the kettle", "again"), "switch.turn_on switch.kettle"),
        (("set the volume of the tv to 20", "30 %"), "media_player.volume_set media_player.tv volume_level=0.3"),
        (("how warm is it in the kitchen?", "and in the living room?"), "ask sensor.living_temperature"),
        (("is the back door locked?", "then lock it"), "lock.lock lock.back"),
        (("is the back door locked?", "unlock it"), "lock.unlock lock.back"),
        (("turn on the floor lamp and dim it to 30 percent",), "light.turn_on light.floor_lamp; light.turn_on light.floor_lamp brightness_pct=30"),
        (("turn on the lights in the kitchen", "in the bedroom too"), f"light.turn_on {BEDROOM}"),
        (("turn off the tv", "on the kettle"), "nothing"),
        (("turn it off",), "nothing"),
        (("and the bedroom too",), "nothing"),
        (("turn on the kettle", "thanks a lot"), "nothing"),
        (("turn on the kettle", "don't turn it off"), "nothing"),
        (("turn on the kettle", "and the bedroom?"), "nothing"),
        (("unlock the shed", "and the lights in the kitchen"), "nothing"),
        (("turn on the kettle", 301, "turn it off"), "nothing"),
    ],
)  # fmt: skip
def test_conversation(turns, expected, say):
    assert say(*turns) == expected


def test_an_opening_needs_its_own_verb_and_a_device_just_named(say, converse):
    assert say("lock the front door", "unlock it") == "lock.unlock lock.front"
    assert say("lock the front door", "turn on the kettle", "unlock it") == "nothing"
    asked = converse("lock the front door", "lock it", "unlock it")[-1]
    assert isinstance(asked, Ambiguous)
    assert asked.question == "Do you mean unlock Front door?"
    assert say("unlock the shed", "and the front door too") == "ambiguous lock.front"
    assert say("unlock the shed", "and the front door too", "yes") == "lock.unlock lock.front"
    assert say("unlock the shed", "and the front door too", "front door") == "ambiguous lock.front"
    assert say("unlock the shed", "again") == "ambiguous lock.shed"
    assert say("lock the shed", "and the front door too") == "lock.lock lock.front"
    assert say("close the garage door", "turn on the kettle", "open it a bit") == "nothing"


def test_the_pronoun_of_a_rule_is_not_that_of_the_conversation(converse):
    assert not isinstance(converse("turn on the kettle", "when the front door closes, turn it off")[-1], Calls)
    assert converse("turn on the kettle", "when the front door closes, turn it off")[-1].kind == "not_understood"


def test_the_last_command_is_taken_back(converse, clock):
    done, undone, again = converse("turn on the kettle", 5.0, "undo that", 5.0, "undo")
    assert undone.entity_ids == again.entity_ids == done.calls[0].entity_id
    assert again.at > undone.at


@pytest.mark.parametrize("before", [(), ("is the kettle on?",), ("turn on the kettle", 4000.0)])
def test_nothing_is_taken_back_when_nothing_was_done_of_late(before, converse):
    meaning = converse(*before, "undo that")[-1]
    assert (meaning.entity_ids, meaning.text.startswith("There is nothing")) == ((), True)


def test_another_device_instead_takes_the_first_back(converse):
    meaning = converse("turn on the kettle", "no, the iron")[-1]
    assert (meaning.kind, meaning.entity_ids) == ("undo", ("switch.kettle",))
    assert [(call.service, call.entity_id) for call in meaning.then] == [("turn_on", ("switch.iron",))]


def test_after_it_was_taken_back_another_device_is_only_done(say):
    assert say("turn on the kettle", "undo", "no, the iron") == "switch.turn_on switch.iron"


def test_a_bare_number_is_what_was_set_last(say):
    assert say("set the flor lamp to 30 %", "make it 40") == "light.turn_on light.floor_lamp brightness_pct=40"


def test_what_was_not_the_last_thing_is_taken_back_after_a_yes_only(converse):
    asked, meaning = converse("turn on the kettle", "thank you very much indeed", "undo that", "yes")[-2:]
    assert (asked.kind, asked.question.startswith("Do you mean: put back ")) == ("ambiguous", True)
    assert (meaning.kind, meaning.entity_ids) == ("undo", ("switch.kettle",))


@pytest.mark.parametrize("said", ["make it 21", "no, the iron"])
def test_what_may_mean_anything_goes_on_from_the_last_sentence_only(said, converse):
    assert converse("turn on the floor lamp", "set the sauna to 80 degrees", said)[-1].kind != "calls"
