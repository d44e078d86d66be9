"""From the registries to the house."""

from dataclasses import replace
from typing import Any

import pytest

from wactorz_common.contracts.home import Floor, Label
from wactorz_home_assistant import Registries, State
from wactorz_home_assistant_map_agent.survey import digest, is_another_thing, survey

REGISTRIES = Registries(
    floors=[
        {"floor_id": "up", "name": "Upstairs", "aliases": ["First floor"], "level": 1},
        {"floor_id": "attic", "name": "Attic", "aliases": [], "level": None},
        {"floor_id": "down", "name": "Downstairs", "aliases": [], "level": 0},
    ],
    labels=[{"label_id": "party", "name": "Party"}],
    areas=[
        {"area_id": "living_room", "name": "Living Room", "aliases": ["Lounge", None], "floor_id": "down", "labels": ["party"]},
        {"area_id": "kitchen", "name": "Kitchen", "aliases": []},
    ],
    devices=[
        {"id": "d1", "name": "Hub", "name_by_user": "My hub", "area_id": "living_room", "model": "M", "labels": ["party"]},
        {"id": "d2", "name": None, "disabled_by": "user"},
    ],
    entities=[
        {
            "entity_id": "light.lamp", "id": "r1", "device_id": "d1", "area_id": None, "name": None,
            "aliases": ["Reading lamp"], "labels": ["party"], "hidden_by": "user", "entity_category": None,
        },
        {
            "entity_id": "sensor.warmth", "id": "r2", "device_id": "d1", "area_id": "kitchen", "name": "Warmth",
            "entity_category": "diagnostic", "hidden_by": None,
        },
        {"entity_id": "light.disabled", "device_id": None, "area_id": None, "disabled_by": "user"},
    ],
    services={"light": {"turn_on": {"fields": {"transition": {"selector": {"number": {"max": 9}}}}}, "turn_off": {}}},
    config={
        "location_name": "Cottage", "language": "de", "unit_system": {"temperature": "°F"}, "config_source": "demo",
        "time_zone": "Europe/Berlin", "latitude": 52.5, "longitude": 13.4, "elevation": 30,
    },
)  # fmt: skip

STATES = {
    "light.lamp": State(
        "light.lamp", "on", {"friendly_name": "Lamp", "brightness": 102, "supported_color_modes": ["brightness"], "icon": "x"}
    ),
    "sensor.warmth": State(
        "sensor.warmth", "21", {"friendly_name": "Other", "device_class": "temperature", "unit_of_measurement": "°C"}
    ),
    "zone.home": State("zone.home", "0", {"friendly_name": "Home", "latitude": 52.5}),
}  # fmt: skip


def test_the_house():
    house = survey(REGISTRIES, STATES, 7)
    assert (house.version, house.name, house.language, house.demo) == (7, "Cottage", "de", True)
    assert (house.temperature_unit, house.time_zone) == ("°F", "Europe/Berlin")
    assert (house.latitude, house.longitude, house.elevation) == (52.5, 13.4, 30.0)
    assert [(area.name, area.aliases) for area in house.areas] == [("Kitchen", ()), ("Living Room", ("Lounge",))]
    assert house.services == {"light": ("turn_off", "turn_on")}
    assert [field.name for field in house.fields["light.turn_on"]] == ["transition"]
    assert [entity.entity_id for entity in house.entities] == ["light.lamp", "sensor.warmth", "zone.home"]


def test_floors_labels_and_devices():
    house = survey(REGISTRIES, STATES, 1)
    assert house.floors == (
        Floor(floor_id="down", name="Downstairs", level=0),
        Floor(floor_id="up", name="Upstairs", aliases=("First floor",), level=1),
        Floor(floor_id="attic", name="Attic"),
    )
    assert house.labels == (Label(label_id="party", name="Party"),)
    living_room = house.areas[1]
    assert (living_room.floor_id, living_room.labels) == ("down", ("party",))
    assert [(device.device_id, device.name, device.area_id, device.model, device.labels) for device in house.devices] == [
        ("d1", "My hub", "living_room", "M", ("party",))
    ]  # fmt: skip


def test_entities_take_names_and_areas_from_the_best_source():
    lamp, warmth, home = survey(REGISTRIES, STATES, 1).entities
    assert (lamp.name, lamp.aliases, lamp.area_id) == ("Lamp", ("Reading lamp",), "living_room")
    assert (warmth.name, warmth.area_id, warmth.device_class, warmth.unit) == ("Warmth", "kitchen", "temperature", "°C")
    assert (home.name, home.area_id) == ("Home", None)


def test_what_the_registry_alone_knows_of_an_entity():
    lamp, warmth, home = survey(REGISTRIES, STATES, 1).entities
    assert (lamp.registry_id, lamp.device_id, lamp.labels, lamp.hidden, lamp.category) == (
        "r1",
        "d1",
        ("party",),
        True,
        None,
    )
    assert (warmth.registry_id, warmth.hidden, warmth.category) == ("r2", False, "diagnostic")
    assert (home.registry_id, home.device_id, home.labels, home.hidden, home.category) == ("", None, (), False, None)


def test_a_disabled_entity_is_left_out_even_when_its_state_lingers():
    states = {**STATES, "light.disabled": State("light.disabled", "off", {})}
    assert "light.disabled" not in [entity.entity_id for entity in survey(REGISTRIES, states, 1).entities]


@pytest.mark.parametrize(
    ("row", "attributes", "name"),
    [
        ({"name": "Mine", "original_name": "Lamp"}, {"friendly_name": "Hub Lamp"}, "Mine"),
        ({"name": None, "original_name": "Lamp", "has_entity_name": True}, {"friendly_name": "Hub Lamp"}, "Hub Lamp"),
        ({"name": None, "original_name": "Lamp", "has_entity_name": True}, {}, "My hub Lamp"),
        ({"name": None, "original_name": None, "has_entity_name": True}, {}, "My hub"),
        ({"name": None, "original_name": "Lamp", "has_entity_name": False}, {}, "Lamp"),
        (
            {"original_name": "Lamp", "has_entity_name": True},
            {"friendly_name": "Lamp", "restored": True},
            "My hub Lamp",
        ),
        ({"original_name": "Lamp"}, {"friendly_name": "Shown", "restored": True}, "Shown"),
        ({}, {}, "Table lamp"),
    ],
)
def test_the_name_is_the_one_that_is_shown(row: dict[str, Any], attributes: dict[str, Any], name: str):
    rows = [{"entity_id": "light.table_lamp", "device_id": "d1" if row else None, **row}]
    states = {"light.table_lamp": State("light.table_lamp", "on", attributes)}
    assert survey(replace(REGISTRIES, entities=rows), states, 1).entities[0].name == name


def test_only_useful_attributes_are_kept():
    lamp, _, home = survey(REGISTRIES, STATES, 1).entities
    assert lamp.attributes == {"brightness": 102, "supported_color_modes": ["brightness"]}
    assert home.attributes == {}


def changed(entity_id: str, **attributes: Any) -> dict[str, State]:
    before = STATES[entity_id]
    return {**STATES, entity_id: State(entity_id, "other", {**before.attributes, **attributes})}


def test_states_do_not_change_the_house():
    before = digest(survey(REGISTRIES, STATES, 1))
    assert digest(survey(REGISTRIES, changed("light.lamp", brightness=3), 2)) == before


def test_abilities_names_and_entities_do():
    before = digest(survey(REGISTRIES, STATES, 1))
    assert digest(survey(REGISTRIES, changed("light.lamp", supported_color_modes=["hs"]), 1)) != before
    assert digest(survey(REGISTRIES, changed("light.lamp", friendly_name="Light"), 1)) != before
    assert digest(survey(REGISTRIES, {"light.lamp": STATES["light.lamp"]}, 1)) != before


@pytest.mark.parametrize(
    "more",
    [
        {"floors": []}, {"labels": []}, {"devices": []}, {"areas": []}, {"services": {"light": {"turn_on": {}}}},
        {"config": {**REGISTRIES.config, "time_zone": "Europe/Paris"}}, {"entities": REGISTRIES.entities[:1]},
    ],
    ids=lambda more: next(iter(more)),
)  # fmt: skip
def test_each_registry_makes_another_house(more: dict[str, Any]):
    assert digest(survey(replace(REGISTRIES, **more), STATES, 1)) != digest(survey(REGISTRIES, STATES, 1))


def test_attributes_that_make_an_entity_another_thing():
    lamp = {"friendly_name": "Lamp", "brightness": 3, "supported_color_modes": ["hs"]}
    assert not is_another_thing("light.a", lamp, {**lamp, "brightness": 200, "icon": "x"})
    assert is_another_thing("light.a", lamp, {**lamp, "friendly_name": "Other"})
    assert is_another_thing("light.a", lamp, {**lamp, "supported_color_modes": ["onoff"]})


def test_a_player_can_do_other_things_with_each_song_and_stays_the_same():
    idle, playing = {"supported_features": 4}, {"supported_features": 255}
    assert not is_another_thing("media_player.tv", idle, playing)
    assert is_another_thing("light.a", idle, playing)
    houses = [
        survey(REGISTRIES, {"media_player.tv": State("media_player.tv", "on", attributes)}, 1)
        for attributes in (idle, playing)
    ]
    assert digest(houses[0]) == digest(houses[1])


def test_an_empty_home():
    house = survey(Registries(), {}, 0)
    assert (house.entities, house.areas, house.name, house.temperature_unit) == ((), (), "Home", "°C")
    assert (house.time_zone, house.latitude, house.floors, house.fields) == ("UTC", None, (), {})


def test_ids_of_places_that_are_gone_lead_nowhere():
    areas = [{"area_id": "kitchen", "floor_id": "gone"}]
    house = survey(replace(REGISTRIES, areas=areas), STATES, 1)
    assert house.areas[0].floor_id is None
    assert [device.area_id for device in house.devices] == [None]
    assert [entity.area_id for entity in house.entities] == [None, "kitchen", None]


def test_rows_of_another_schema_are_read_as_far_as_they_go():
    odd = Registries(
        floors=[{"name": "no id"}, {"floor_id": 7, "name": None, "aliases": "x", "level": "low"}],
        labels=[{}],
        areas=[{"area_id": "a"}, {"name": "no id"}],
        devices=[{"id": "d"}, {}],
        entities=[{"entity_id": "light.lamp", "aliases": None, "labels": {"party": 1}, "new_key": {}}, {"id": "r"}],
        services={"light": {"turn_on": {"fields": ["transition"]}, "turn_off": None}},  # type: ignore[dict-item]
        config={"unit_system": "metric", "latitude": "north", "elevation": None, "time_zone": None},
    )
    house = survey(odd, STATES, 1)
    assert house.floors == (Floor(floor_id="7", name="7"),)
    assert [(area.area_id, area.name) for area in house.areas] == [("a", "a")]
    assert [(device.device_id, device.name) for device in house.devices] == [("d", "")]
    assert (house.entities[0].name, house.entities[0].aliases, house.entities[0].labels) == ("Lamp", (), ())
    assert (house.temperature_unit, house.latitude, house.elevation, house.time_zone) == ("°C", None, 0.0, "UTC")
