"""Names that are not known lead to proposals, never to an action."""

import pytest

from wactorz_understanding.meaning import NotUnderstood, UnknownName
from wactorz_understanding.understander import Understander


def test_the_nearest_devices_that_can_do_it_are_proposed(understander):
    meaning = understander.understand("lock the frnt door")
    assert isinstance(meaning, UnknownName)
    assert meaning.name == "frnt door"
    assert meaning.suggestions[0].entity_id == "lock.front_door"
    assert len(meaning.suggestions) <= 3
    assert all(choice.entity_id.startswith("lock.") for choice in meaning.suggestions)


def test_nothing_near_proposes_nothing(understander):
    meaning = understander.understand("turn on the sauna")
    assert isinstance(meaning, UnknownName)
    assert meaning.suggestions == ()


@pytest.mark.parametrize(
    "said",
    ["turn on the kitchen light without waking anyone", "open the windows", "set brightness to 50 %", "turn it on"],
)
def test_a_known_name_or_no_name_is_not_an_unknown_one(said, understander):
    assert isinstance(understander.understand(said), NotUnderstood)


def test_a_plural_of_a_part_of_several_names_means_all_of_them(corpus):
    understander = Understander()
    understander.load(corpus.load_house("house_2"))
    both = "light.bedside_left,light.bedside_right"
    assert corpus.spell(understander.understand("turn off the bedside lamps")) == f"light.turn_off {both}"
    assert corpus.spell(understander.understand("turn off the bedside lamp")) == f"ambiguous {both}"
    assert corpus.spell(understander.understand("is the bedside lamps thing on")) == "nothing"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("turn on the kettel", "switch.turn_on switch.kettle"),
        ("turn off the coffe machine", "switch.turn_off switch.coffee"),
        ("set the flor lamp to 30 %", "light.turn_on light.floor_lamp brightness_pct=30"),
        ("make the dining table lmap red", "unknown"),
        ("close the shuters", "cover.close_cover cover.shutters"),
        ("open the shuters", "unknown cover.shutters"),
        ("lock the frnt door", "unknown lock.front"),
        ("close the garge door", "unknown cover.garage"),
        ("turn on the kichen blind", "unknown"),
        ("turn on the irno", "unknown switch.iron"),
        ("don't turn on the kettel", "nothing"),
        ("turn on the kettel at 7", "nothing"),
        ("turn on the kettel and the iron", "ambiguous"),
        ("the kettle is on", "nothing"),
    ],
)  # fmt: skip
def test_one_harmless_device_is_meant_in_spite_of_a_typing_error(said, expected, say):
    assert say(said).startswith(expected)


def test_a_proposal_is_taken_when_the_person_says_so(say):
    assert say("turn on the irno", "the first") == "switch.turn_on switch.iron"
    assert say("close the garge door", "the garage door") == "cover.close_cover cover.garage"
    assert say("open the garge door", "no") == "nothing"
    assert say("turn on the sauna", "yes") == "nothing"
    assert say("turn on the dining lamp", "the kettle") == "switch.turn_on switch.kettle"
