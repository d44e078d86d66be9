"""The map as others read it on the broker."""

from wactorz_common.contracts.home import Area, Device, Entity, House
from wactorz_home_assistant_map_agent.home_map import devices_with_entities, in_words

HOUSE = House(
    version=1,
    areas=(Area(area_id="kitchen", name="Kitchen"), Area(area_id="hall", name="Hall")),
    devices=(
        Device(device_id="d1", name="My hub", area_id="hall", model="M"),
        Device(device_id="d2", name="Brings nothing"),
    ),
    entities=(
        Entity(entity_id="light.lamp", name="Lamp", area_id="hall", device_id="d1"),
        Entity(entity_id="sensor.warmth", name="Warmth", area_id="kitchen", device_id="d1"),
        Entity(entity_id="sensor.signal", name="Signal", area_id="hall", device_id="d1", category="diagnostic"),
        Entity(entity_id="light.spare", name="Spare", area_id="hall", hidden=True),
        Entity(entity_id="zone.home", name="Home", device_id="gone"),
    ),
)


def test_the_map_has_every_entity_once():
    hub, spare, alone = devices_with_entities(HOUSE)
    assert (hub["device_id"], hub["name"], hub["area"], hub["model"]) == ("d1", "My hub", "Hall", "M")
    assert [(entity["entity_id"], entity["area"]) for entity in hub["entities"]] == [
        ("light.lamp", "Hall"), ("sensor.warmth", "Kitchen"), ("sensor.signal", "Hall"),
    ]  # fmt: skip
    assert (spare["device_id"], spare["area"]) == (None, "Hall")
    assert (alone["device_id"], alone["name"], alone["entities"][0]["entity_id"]) == (None, "Home", "zone.home")


def test_in_words_there_is_what_people_use():
    assert in_words(HOUSE).splitlines() == ["Kitchen: Warmth", "Hall: Lamp", "No area: Home"]
