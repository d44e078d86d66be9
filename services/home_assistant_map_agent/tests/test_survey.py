"""From the registries to the house."""

from typing import Any

from wactorz_home_assistant import State
from wactorz_home_assistant_map_agent.survey import Registries, devices_with_entities, digest, survey

REGISTRIES = Registries(
    areas=[
        {"area_id": "living_room", "name": "Living Room", "aliases": ["Lounge", None]},
        {"area_id": "kitchen", "name": "Kitchen", "aliases": []},
    ],
    devices=[{"id": "d1", "name": "Hub", "name_by_user": "My hub", "area_id": "living_room", "model": "M"}, {"id": "d2"}],
    entities=[
        {"entity_id": "light.lamp", "device_id": "d1", "area_id": None, "name": None, "aliases": ["Reading lamp"]},
        {"entity_id": "sensor.warmth", "device_id": "d1", "area_id": "kitchen", "name": "Warmth"},
        {"entity_id": "light.disabled", "device_id": None, "area_id": None, "disabled_by": "user"},
    ],
    services={"light": {"turn_on": {}, "turn_off": {}}},
    config={
        "location_name": "Cottage", "language": "de", "unit_system": {"temperature": "°F"}, "config_source": "demo",
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
    assert (house.version, house.name, house.language, house.temperature_unit, house.demo) == (
        7,
        "Cottage",
        "de",
        "°F",
        True,
    )
    assert [(area.name, area.aliases) for area in house.areas] == [("Kitchen", ()), ("Living Room", ("Lounge",))]
    assert house.services == {"light": ("turn_off", "turn_on")}
    assert [entity.entity_id for entity in house.entities] == ["light.lamp", "sensor.warmth", "zone.home"]


def test_entities_take_names_and_areas_from_the_best_source():
    lamp, warmth, home = survey(REGISTRIES, STATES, 1).entities
    assert (lamp.name, lamp.aliases, lamp.area_id) == ("Lamp", ("Reading lamp",), "living_room")
    assert (warmth.name, warmth.area_id, warmth.device_class, warmth.unit) == ("Warmth", "kitchen", "temperature", "°C")
    assert (home.name, home.area_id) == ("Home", None)


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


def test_the_map_has_every_entity_once():
    devices = devices_with_entities(REGISTRIES, survey(REGISTRIES, STATES, 1))
    hub, alone = devices
    assert (hub["device_id"], hub["name"], hub["area"]) == ("d1", "My hub", "Living Room")
    assert [(entity["entity_id"], entity["area"]) for entity in hub["entities"]] == [
        ("light.lamp", "Living Room"), ("sensor.warmth", "Kitchen"),
    ]  # fmt: skip
    assert (alone["device_id"], alone["name"], alone["entities"][0]["entity_id"]) == (None, "Home", "zone.home")


def test_an_empty_home():
    house = survey(Registries(), {}, 0)
    assert (house.entities, house.areas, house.name, house.temperature_unit) == ((), (), "Home", "°C")
