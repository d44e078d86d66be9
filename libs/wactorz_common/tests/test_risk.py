import pytest

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_common.risk import Risk, assess, assess_all, can_open

ENTITIES = {
    entity.entity_id: entity
    for entity in (
        Entity(entity_id="light.kitchen", name="Kitchen Light"),
        Entity(entity_id="lock.front", name="Front Door"),
        Entity(entity_id="cover.garage", name="Garage", device_class="garage"),
        Entity(entity_id="cover.blind", name="Blind", device_class="blind"),
        Entity(entity_id="cover.entrance_gate", name="Entrance Gate"),
        Entity(entity_id="cover.plain", name="Awning"),
        Entity(entity_id="alarm_control_panel.home", name="Alarm"),
        Entity(entity_id="valve.water", name="Water"),
        Entity(entity_id="switch.stove", name="Stove"),
        Entity(entity_id="switch.oven_light", name="Oven Light"),
        Entity(entity_id="switch.coffee", name="Coffee Machine"),
        Entity(entity_id="switch.garage_door", name="Garage Door Relay"),
        Entity(entity_id="button.gate", name="Gate Opener"),
        Entity(entity_id="button.restart_router", name="Restart Router"),
        Entity(entity_id="script.night", name="Good Night"),
        Entity(entity_id="automation.x", name="Automation X"),
        Entity(entity_id="scene.blank", name="Blank"),
        Entity(entity_id="scene.movie", name="Movie", attributes={"entity_id": ["light.kitchen", "cover.blind"]}),
        Entity(entity_id="scene.leave", name="Leave", attributes={"entity_id": ["light.kitchen", "lock.front"]}),
        Entity(entity_id="group.lamps", name="Lamps", attributes={"entity_id": ["light.kitchen"]}),
        Entity(entity_id="group.all", name="All", attributes={"entity_id": ["light.kitchen", "lock.front"]}),
        Entity(entity_id="group.loop", name="Loop", attributes={"entity_id": ["group.loop"]}),
        Entity(entity_id="group.empty", name="Empty"),
        Entity(entity_id="light.mixed", name="Mixed", attributes={"entity_id": ["light.kitchen", "lock.front"]}),
        Entity(entity_id="input_boolean.front_door_locked", name="Front door locked"),
        Entity(entity_id="input_boolean.front_door_open", name="Front door open"),
        Entity(entity_id="input_boolean.alarm_armed", name="Alarm armed"),
        Entity(entity_id="switch.shed_lock", name="Shed lock"),
        Entity(entity_id="switch.haustuer", name="Haustüröffner"),
        Entity(entity_id="switch.flurlicht", name="Licht an der Haustür"),
        Entity(entity_id="switch.schloss", name="Haustürschloss"),
        Entity(entity_id="switch.backofen", name="Backofen"),
        Entity(entity_id="switch.monitor", name="Ventilator Motor"),
        Entity(entity_id="cover.garagentor", name="Garagentor"),
        Entity(entity_id="cover.rollladen", name="Rollladen"),
        Entity(entity_id="notify.phone", name="Phone"),
        Entity(entity_id="lawn_mower.garden", name="Mower"),
        Entity(entity_id="script.get_in", name="Get in"),
        Entity(entity_id="weather.home", name="Home"),
        Entity(entity_id="lock.coded", name="Side Door"),
        Entity(entity_id="button.gate_camera_open_gate", name="Gate camera Open gate"),
        Entity(entity_id="button.door_bell_unlock", name="Bell unlock"),
        Entity(entity_id="button.klingel_oeffner", name="Klingel Türöffner"),
        Entity(entity_id="button.garage_opener_light", name="Garage opener light"),
        Entity(entity_id="switch.barrier", name="Barrier"),
        Entity(entity_id="cover.all", name="All Shades", attributes={"entity_id": ["cover.blind", "cover.garage"]}),
    )
}


def call(service, target, data=None):
    domain, name = service.split(".")
    return ServiceCall(domain=domain, service=name, entity_id=(target,), data=data or {})


@pytest.mark.parametrize(
    ("service", "entity_id", "data", "risk"),
    [
        ("light.turn_on", "light.kitchen", {}, "B"),
        ("script.get_in", "script.get_in", {}, "C"),
        ("weather.get_forecasts", "weather.home", {}, "A"),
        ("lock.get_in", "lock.coded", {}, "C"),
        ("button.press", "button.gate_camera_open_gate", {}, "C"),
        ("button.press", "button.door_bell_unlock", {}, "C"),
        ("button.press", "button.klingel_oeffner", {}, "C"),
        ("button.press", "button.garage_opener_light", {}, "B"),
        ("switch.turn_on", "switch.barrier", {}, "C"),
        ("cover.set_cover_tilt_position", "cover.garage", {"": 0, "tilt_position": 100}, "C"),
        ("light.toggle", "light.kitchen", {}, "B"),
        ("homeassistant.turn_off", "light.kitchen", {}, "B"),
        ("lock.lock", "lock.front", {}, "B"),
        ("lock.unlock", "lock.front", {}, "C"),
        ("lock.open", "lock.front", {}, "C"),
        ("homeassistant.toggle", "lock.front", {}, "C"),
        ("homeassistant.turn_off", "lock.front", {}, "C"),
        ("homeassistant.turn_on", "lock.front", {}, "B"),
        ("lock.unlock", "lock.not_in_the_house", {}, "C"),
        ("cover.open_cover", "cover.garage", {}, "C"),
        ("cover.toggle", "cover.garage", {}, "C"),
        ("cover.close_cover", "cover.garage", {}, "B"),
        ("cover.stop_cover", "cover.garage", {}, "B"),
        ("cover.set_cover_position", "cover.garage", {"position": 0}, "B"),
        ("cover.set_cover_position", "cover.garage", {"position": 1}, "C"),
        ("cover.set_cover_position", "cover.garage", {}, "C"),
        ("cover.open_cover", "cover.blind", {}, "B"),
        ("cover.open_cover", "cover.entrance_gate", {}, "C"),
        ("cover.open_cover", "cover.plain", {}, "B"),
        ("cover.open_cover", "cover.all", {}, "C"),
        ("cover.close_cover", "cover.all", {}, "B"),
        ("alarm_control_panel.alarm_disarm", "alarm_control_panel.home", {}, "C"),
        ("alarm_control_panel.alarm_arm_away", "alarm_control_panel.home", {}, "B"),
        ("valve.open_valve", "valve.water", {}, "C"),
        ("valve.close_valve", "valve.water", {}, "B"),
        ("switch.turn_on", "switch.stove", {}, "C"),
        ("switch.toggle", "switch.stove", {}, "C"),
        ("switch.turn_off", "switch.stove", {}, "B"),
        ("switch.turn_on", "switch.oven_light", {}, "B"),
        ("switch.turn_on", "switch.coffee", {}, "B"),
        ("switch.turn_on", "switch.garage_door", {}, "C"),
        ("button.press", "button.gate", {}, "C"),
        ("button.press", "button.restart_router", {}, "B"),
        ("script.turn_on", "script.night", {}, "C"),
        ("script.turn_off", "script.night", {}, "B"),
        ("automation.turn_off", "automation.x", {}, "C"),
        ("scene.turn_on", "scene.blank", {}, "C"),
        ("scene.turn_on", "scene.movie", {}, "B"),
        ("scene.turn_on", "scene.leave", {}, "C"),
        ("homeassistant.turn_on", "group.lamps", {}, "B"),
        ("homeassistant.turn_off", "group.all", {}, "C"),
        ("homeassistant.turn_on", "group.loop", {}, "C"),
        ("homeassistant.turn_on", "group.empty", {}, "C"),
        ("group.turn_on", "group.lamps", {}, "B"),
        ("shell_command.run", "light.kitchen", {}, "C"),
        ("light.turn_on", "lock.front", {}, "C"),
        ("light.turn_on", "light.kitchen", {"entity_id": "lock.front"}, "C"),
        ("light.turn_on", "light.kitchen", {"area_id": "hall"}, "C"),
        ("light.turn_on", "all", {}, "C"),
        ("light.turn_on", "light.mixed", {}, "C"),
        ("light.turn_off", "light.mixed", {}, "C"),
        ("input_boolean.turn_off", "input_boolean.front_door_locked", {}, "C"),
        ("input_boolean.turn_on", "input_boolean.front_door_locked", {}, "B"),
        ("homeassistant.turn_off", "input_boolean.front_door_locked", {}, "C"),
        ("input_boolean.toggle", "input_boolean.front_door_locked", {}, "C"),
        ("input_boolean.turn_on", "input_boolean.front_door_open", {}, "C"),
        ("input_boolean.turn_off", "input_boolean.front_door_open", {}, "B"),
        ("input_boolean.turn_off", "input_boolean.alarm_armed", {}, "C"),
        ("switch.turn_on", "switch.shed_lock", {}, "C"),
        ("switch.turn_off", "switch.shed_lock", {}, "C"),
        ("switch.turn_on", "switch.haustuer", {}, "C"),
        ("switch.turn_off", "switch.haustuer", {}, "B"),
        ("switch.turn_on", "switch.flurlicht", {}, "B"),
        ("switch.turn_off", "switch.schloss", {}, "C"),
        ("switch.turn_on", "switch.backofen", {}, "C"),
        ("switch.turn_off", "switch.backofen", {}, "B"),
        ("switch.turn_on", "switch.monitor", {}, "B"),
        ("cover.open_cover", "cover.garagentor", {}, "C"),
        ("cover.open_cover", "cover.rollladen", {}, "B"),
        ("notify.send_message", "notify.phone", {"message": "hi"}, "B"),
        ("lawn_mower.start_mowing", "lawn_mower.garden", {}, "B"),
        ("scene.apply", "scene.movie", {"entities": {"lock.front": "unlocked"}}, "C"),
        ("group.set", "group.lamps", {"add_entities": ["lock.front"]}, "C"),
    ],
)
def test_class_of_a_call(service, entity_id, data, risk):
    assert assess(call(service, entity_id, data), ENTITIES).risk.value == risk


def test_highest_class_of_several_calls_wins_and_says_why():
    verdict = assess_all([call("light.turn_on", "light.kitchen"), call("lock.unlock", "lock.front")], ENTITIES)
    assert verdict.risk is Risk.OPENING
    assert verdict.reason == "Front Door would be unlocked"


def test_several_entities_of_one_call_take_the_highest_class():
    both = ServiceCall(domain="cover", service="open_cover", entity_id=("cover.blind", "cover.garage"))
    assert assess(both, ENTITIES).risk is Risk.OPENING


def test_no_calls_are_no_risk():
    assert assess_all([], ENTITIES).risk is Risk.REVERSIBLE


@pytest.mark.parametrize(
    ("entity_id", "expected"),
    [
        ("lock.front", True),
        ("light.kitchen", False),
        ("cover.all", True),
        ("cover.blind", False),
        ("scene.blank", True),
        ("group.loop", True),
    ],
)
def test_can_open(entity_id, expected):
    assert can_open(ENTITIES[entity_id], ENTITIES) is expected
