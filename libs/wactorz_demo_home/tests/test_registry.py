import pytest

from wactorz_demo_home.errors import CallError
from wactorz_demo_home.growth import grow
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
    registry.create_area({"name": "Attic"})
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
        registry.create_area({"name": "Living room"})
    assert registry.update_area("kitchen", {"name": "Cookery"})["name"] == "Cookery"
    registry.delete_area("kitchen")
    assert registry.area_of(LAMP) is None
    with pytest.raises(CallError, match="doesn't exist"):
        registry.delete_area("kitchen")


def test_rows_in_full_by_entity_id():
    found = Registry(built_in_house()).entries([LAMP, "light.nope"])
    assert found["light.nope"] is None
    assert found[LAMP]["id"] == stable_id(LAMP)


def test_some_entities_are_technical_or_hidden():
    registry = Registry(built_in_house())
    assert registry.entity("sensor.living_room_lamp_signal")["entity_category"] == "diagnostic"
    assert registry.entity("switch.living_room_lamp_night_mode")["entity_category"] == "config"
    assert registry.entity("light.office_light_indicator")["hidden_by"] == "user"
    shown = {row["ei"]: row for row in registry.displayed_entities()["entities"]}
    assert shown["sensor.living_room_lamp_signal"]["ec"] == 1
    assert shown["light.office_light_indicator"]["hb"] is True


def test_areas_are_on_floors_and_things_have_labels():
    registry = Registry(built_in_house())
    assert registry.areas["bedroom"]["floor_id"] == "first_floor"
    assert registry.floors.rows["first_floor"]["aliases"] == ["Upstairs"]
    assert registry.entity("light.living_room_lamp")["labels"] == ["evening"]
    registry.delete_label("evening")
    assert registry.entity("light.living_room_lamp")["labels"] == []
    assert registry.delete_floor("first_floor") == ["bedroom", "office"]
    assert registry.areas["bedroom"]["floor_id"] is None
    again = Registry(built_in_house(), registry.as_saved())
    assert set(again.floors.rows) == {"ground_floor"}
    assert set(again.labels.rows) == {"safety"}


def test_a_device_can_be_named_and_moved():
    registry = Registry(built_in_house())
    device_id = registry.entity(LAMP)["device_id"]
    assert registry.update_device(device_id, {"name_by_user": "Worktop", "area_id": "office"}) == {
        "name_by_user": None,
        "area_id": "kitchen",
    }
    assert registry.update_device(device_id, {"area_id": "office"}) == {}
    again = Registry(built_in_house(), registry.as_saved())
    assert (again.devices[device_id]["name_by_user"], again.area_of(LAMP)) == ("Worktop", "office")
    with pytest.raises(CallError, match="Unknown"):
        registry.update_device("nope", {})


def test_rooms_of_a_grown_house_come_to_a_saved_registry_and_deleted_ones_stay_away():
    registry = Registry(built_in_house())
    registry.delete_area("office")
    again = Registry(grow(built_in_house(), 60), registry.as_saved())
    assert "bathroom" in again.areas
    assert "office" not in again.areas


def test_a_registry_that_an_older_version_saved():
    saved = Registry(built_in_house()).as_saved()
    older = {"areas": saved["areas"], "entities": {key: {"name": "X"} for key in list(saved["entities"])[:1]}}
    assert Registry(built_in_house(), older).floors.rows.keys() == {"ground_floor", "first_floor"}
