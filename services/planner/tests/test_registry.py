from wactorz_common.contracts.home import Entity, House
from wactorz_planner.registry import entities_of, moved_to


def test_the_index_is_made_once_for_each_house_and_is_of_that_house():
    lamp = Entity(entity_id="light.a", name="Lamp", registry_id="r1")
    house, other = House(version=1, entities=(lamp,)), House(version=1)
    assert entities_of(house)["light.a"] is lamp
    assert entities_of(house) is entities_of(house)
    assert entities_of(other) == {}
    assert moved_to(house) == {"r1": "light.a"}
