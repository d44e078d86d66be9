"""Who is at home, and daylight: asked back where it is not clear, never guessed."""

import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_understanding.understander import Understander

TREE = "do switch.turn_on switch.christmas_tree"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("when the last person leaves the house turn on the Christmas tree", f"trigger zone.home <1 {TREE}"),
        ("when the first person comes home turn on the Christmas tree", f"trigger zone.home >0 {TREE}"),
        ("when it gets dark turn on the Christmas tree", f"trigger sun.sun=below_horizon {TREE}"),
        ("when I leave the house turn on the Christmas tree", "ambiguous person.anna,person.tom"),
        ("when someone comes home turn on the Christmas tree", "nothing"),
        ("when Anna or Tom comes home turn on the Christmas tree", "nothing"),
    ],
)
def test_statement(said, expected, rule):
    assert rule(said) == expected


def test_in_a_house_of_one_person_it_is_that_person():
    understander = Understander()
    people = (Entity(entity_id="person.sam", name="Sam"), Entity(entity_id="light.lamp", name="Lamp"))
    understander.load(House(version=1, entities=people))
    home = understander.understand("when I come home turn on the lamp")
    left = understander.understand("when nobody is home turn off the lamp")
    assert (home.draft.trigger.entity_id, home.draft.trigger.to) == ("person.sam", "home")
    assert (left.draft.trigger.entity_id, left.draft.trigger.to) == ("person.sam", "not_home")


def test_a_house_that_does_not_tell_says_so():
    understander = Understander()
    understander.load(House(version=1, entities=(Entity(entity_id="light.lamp", name="Lamp"),)))
    found = understander.understand("when nobody is home turn off the lamp")
    assert found.reason == "unable"
    assert "who is at home" in found.text
