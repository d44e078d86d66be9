"""Every way to say a device."""

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_understanding.language import load_language
from wactorz_understanding.naming import EXACT, NUMBER, STRIPPED, SUFFIXED, collect_names, fold, kind_words

ENGLISH = load_language("en")


def test_names_are_folded():
    assert fold("  John's  LAMP! 💡") == "john's lamp"


def test_variants_of_a_name_say_how_they_were_made(place):
    names = place.names
    assert names.meant("kitchen air conditioner")["climate.kitchen_air_conditioner"] == EXACT
    assert names.meant("air conditioner")["climate.kitchen_air_conditioner"] == STRIPPED
    assert names.meant("hallway motion sensor")["binary_sensor.hallway_motion"] == SUFFIXED
    assert names.meant("blind")["cover.blinds"] == NUMBER
    assert names.meant("reading lamp") == {"light.bedside_lamp": EXACT}


def test_a_word_for_a_kind_is_no_name(place):
    assert {"light", "lights", "door", "fan"} <= kind_words(ENGLISH)
    assert "light.kitchen_light" not in place.names.meant("light")


def test_twins_are_labelled_with_their_area(place):
    assert place.names.label("light.bedroom_ceiling") == "Ceiling light (Bedroom)"
    assert place.names.label("light.desk_lamp") == "Desk lamp"


def test_the_same_house_gives_the_same_names(house):
    assert collect_names(house, ENGLISH).variants == collect_names(house, ENGLISH).variants


def test_empty_and_odd_names_are_left_out_or_kept_as_data():
    house = House(
        version=1,
        areas=(Area(area_id="a", name="!!"),),
        entities=(
            Entity(entity_id="light.x", name="..."),
            Entity(entity_id="light.y", name="(red|blue) [lamp] {name}"),
        ),
    )
    names = collect_names(house, ENGLISH)
    assert names.areas == {}
    assert "light.x" not in {entity_id for meant in names.variants.values() for entity_id in meant}
    assert names.meant("(red|blue) [lamp] {name}") == {"light.y": EXACT}
