import pytest

from wactorz_demo_home.errors import CallError
from wactorz_demo_home.house import built_in_house
from wactorz_demo_home.registry import Registry, stable_id

LAMP = "light.kitchen_light"


def test_an_entity_is_where_its_device_is():
    registry = Registry(built_in_house())
    assert registry.entity(LAMP)["area_id"] is None
    assert registry.area_of(LAMP) == "kitchen"
    assert registry.area_of("sensor.kitchen_temperature") == "kitchen"
    assert registry.area_of("light.nope") is None


def test_the_list_is_shorter_than_one_entry():
    registry = Registry(built_in_house())
    assert "aliases" not in registry.listed_entities()[0]
    assert registry.entity(LAMP)["capabilities"] == {"supported_color_modes": ["brightness"]}
    assert {"ei": LAMP, "pl": "demo", "lb": [], "en": "Kitchen light", "di": registry.entity(LAMP)["device_id"]} in (
        registry.displayed_entities()["entities"]
    )


def test_changes_survive_a_restart():
    registry = Registry(built_in_house())
    assert registry.update_entity(LAMP, {"name": "Ceiling", "new_entity_id": "light.ceiling"}) == {
        "name": None,
        "entity_id": LAMP,
    }
    registry.create_area("Attic", [])
    again = Registry(built_in_house(), registry.as_saved())
    assert again.entity("light.ceiling")["name"] == "Ceiling"
    assert again.entity("light.ceiling")["id"] == stable_id(LAMP)
    assert "attic" in again.areas
    with pytest.raises(CallError, match="Entity not found"):
        again.entity(LAMP)


def test_the_same_again_is_no_change():
    assert Registry(built_in_house()).update_entity(LAMP, {"area_id": None}) == {}


@pytest.mark.parametrize("new", ["light.office_light", "switch.kitchen_light", "light.No Id"])
def test_ids_that_cannot_be_had(new):
    with pytest.raises(CallError):
        Registry(built_in_house()).update_entity(LAMP, {"new_entity_id": new})


def test_areas_come_and_go():
    registry = Registry(built_in_house())
    with pytest.raises(CallError, match="already in use"):
        registry.create_area("Living room", [])
    assert registry.update_area("kitchen", {"name": "Cookery"})["name"] == "Cookery"
    registry.delete_area("kitchen")
    assert registry.area_of(LAMP) is None
    with pytest.raises(CallError, match="doesn't exist"):
        registry.delete_area("kitchen")
