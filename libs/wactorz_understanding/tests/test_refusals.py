"""A command that a device cannot do says what it can do instead, and nothing is done."""

import pytest

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_understanding.meaning import NotUnderstood
from wactorz_understanding.understander import Understander

HOUSE = House(
    version=1,
    areas=(Area(area_id="hall", name="Hallway"),),
    entities=(
        Entity(entity_id="lock.front_door", name="Front door", area_id="hall"),
        Entity(entity_id="binary_sensor.front_door", name="Front door", area_id="hall", device_class="door"),
        Entity(entity_id="cover.garage_door", name="Garage door", device_class="garage"),
        Entity(entity_id="climate.ac", name="Air conditioner", attributes={"min_temp": 16, "max_temp": 30}),
        Entity(entity_id="light.lamp", name="Lamp"),
    ),
)  # fmt: skip


def refuse(text, language="en"):
    understander = Understander(language)
    understander.load(HOUSE)
    meaning = understander.understand(text)
    assert isinstance(meaning, NotUnderstood)
    return meaning.reason, meaning.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("turn off the front door", "Front door cannot do that; it can be locked or unlocked."),
        ("unlock the garage", "Garage door cannot do that; it can be opened, closed or stopped."),
        ("set the thermostat to 99 degrees", "Air conditioner can be set to 16 to 30 °, so nothing was done."),
        ("set the lamp to 300 %", "Lamp can be set to 0 to 100 %, so nothing was done."),
        ("close the curtains", "There are no curtains that I know of in the home"),
    ],
)
def test_what_a_device_can_do_is_said(said, told):
    reason, text = refuse(said)
    assert text.startswith(told)
    assert reason == "unable"


def test_it_is_said_in_german():
    assert refuse("stelle Air conditioner auf 99 Grad", "de")[1].endswith("16 bis 30 ° stellen; es wurde nichts getan.")
    assert "abschließen oder aufschließen" in refuse("schalte Front door aus", "de")[1]


def test_what_is_no_command_at_all_is_left_to_others():
    assert refuse("sing a song") == ("", "")


def test_what_is_wanted_later_or_not_at_all_is_said_plainly():
    reason, text = refuse("turn off the lamp in 10 minutes")
    assert (reason, "later time yet" in text) == ("later", True)
    reason, text = refuse("do not turn on the lamp")
    assert (reason, text) == ("negated", "All right, nothing is changed.")
