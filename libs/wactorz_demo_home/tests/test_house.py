import json

import pytest

from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.house import built_in_house, load_house


def test_the_built_in_house_has_the_promised_devices():
    house = built_in_house()
    ids = {device.entity_id for device in house.devices}
    assert {area.name for area in house.areas} == {"Kitchen", "Living Room", "Bedroom", "Hallway", "Office"}
    assert {"light.kitchen_light", "lock.front_door", "cover.garage_door", "sensor.kitchen_temperature"} <= ids
    assert 20 <= len(ids) <= 30


def test_a_large_house_from_a_document(tmp_path):
    path = tmp_path / "house.json"
    devices = [
        {"entity_id": f"light.lamp_{n}", "name": f"Lamp {n}", "state": "off", "area": "hall"} for n in range(1000)
    ]
    path.write_text(json.dumps({"areas": [{"area_id": "hall", "name": "Hall"}], "devices": devices}))
    house = load_house(path)
    assert (house.name, len(house.devices)) == ("Demo home", 1000)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("{", "Invalid JSON"),
        ('{"devices": [{"entity_id": "a.b", "name": "x", "area": "moon"}]}', "moon"),
        ('{"devices": [{"entity_id": "a.b", "name": "x"}, {"entity_id": "a.b", "name": "y"}]}', "twice"),
        ('{"devices": [{"entity_id": "ab", "name": "x"}]}', "no entity id"),
    ],
)
def test_wrong_documents_are_refused_with_a_sentence(tmp_path, document, problem):
    path = tmp_path / "house.json"
    path.write_text(document)
    with pytest.raises(DemoHomeError, match=problem):
        load_house(path)


def test_a_missing_document_is_said(tmp_path):
    with pytest.raises(DemoHomeError, match="cannot be read"):
        load_house(tmp_path / "none.json")
