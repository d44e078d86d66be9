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
