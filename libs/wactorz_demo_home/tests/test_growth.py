import pytest

from wactorz_demo_home.growth import grow
from wactorz_demo_home.house import House, built_in_house


@pytest.mark.parametrize("entities", [100, 1000, 6000])
def test_a_house_grows_to_the_size_that_is_wanted(entities):
    house = grow(built_in_house(), entities)
    assert len(house.devices) == entities
    names = [device.name for device in house.devices if device.area != "hallway"]
    assert len(set(names)) == len(names)
    assert len({area.name for area in house.areas}) == len(house.areas)
    House.model_validate(house.model_dump())


def test_the_built_in_house_is_in_it_unchanged_and_growth_is_the_same_each_time():
    small, large = built_in_house(), grow(built_in_house(), 300)
    assert large.devices[: len(small.devices)] == small.devices
    assert large == grow(built_in_house(), 300)
    assert grow(built_in_house(), 400).devices[:300] == large.devices


def test_a_house_that_is_large_enough_stays_as_it_is():
    house = built_in_house()
    assert grow(house, 0) is house
    assert grow(house, len(house.devices)) is house


def test_rooms_are_on_floors_and_have_technical_entities():
    house = grow(built_in_house(), 500)
    floors = {floor.floor_id for floor in house.floors}
    assert {area.floor for area in house.areas} == floors
    kinds = {device.category for device in house.devices}
    assert kinds == {None, "config", "diagnostic"}
    assert {device.domain for device in house.devices} >= {"light", "cover", "climate", "fan", "media_player", "sensor"}
