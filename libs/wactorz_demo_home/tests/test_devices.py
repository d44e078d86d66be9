import pytest
from pydantic import ValidationError

from wactorz_demo_home.devices import Device, MemberCall
from wactorz_demo_home.errors import CallError


def test_a_device_begins_as_its_document_says():
    device = Device(entity_id="switch.pump", name="Pump", state="off", attributes={"icon": "x"})
    assert device.domain == "switch"
    assert device.first_condition.attributes == {"icon": "x", "friendly_name": "Pump"}


def test_a_scene_names_what_it_sets_and_a_script_does_not():
    members = (MemberCall(service="light.turn_on", entity_id="light.a"),)
    scene = Device(entity_id="scene.movie", name="Movie", members=members)
    assert scene.first_condition.attributes == {"entity_id": ["light.a"], "friendly_name": "Movie"}
    script = Device(entity_id="script.night", name="Night", members=members)
    assert script.first_condition.attributes == {"friendly_name": "Night"}


def test_a_service_without_the_ability_is_refused_by_name():
    device = Device(entity_id="cover.gate", name="Gate", attributes={"supported_features": 3})
    with pytest.raises(CallError, match=r"cover\.gate does not support action cover\.stop_cover"):
        device.apply("stop_cover", {}, device.first_condition, (8,))
    assert device.apply("open_cover", {}, device.first_condition, (1,)).state == "open"


def test_things_without_behavior_stay_as_they_are():
    device = Device(entity_id="sensor.x", name="X", state="1")
    assert device.apply("anything", {}, device.first_condition) == device.first_condition


@pytest.mark.parametrize(
    "document", [{"entity_id": "Bad Id", "name": "x"}, {"entity_id": "a.b", "name": "x", "extra": 1}]
)
def test_wrong_documents_are_refused(document):
    with pytest.raises(ValidationError):
        Device(**document)
