import json

import pytest

from wactorz_demo_home.calllog import CallLog
from wactorz_demo_home.context import Context
from wactorz_demo_home.devices import Device, MemberCall
from wactorz_demo_home.house import House, built_in_house
from wactorz_demo_home.store import Store
from wactorz_demo_home.world import World

LAMP, COOLER, SENSOR = "light.kitchen_light", "climate.kitchen_air_conditioner", "sensor.kitchen_temperature"


@pytest.fixture
def world():
    return World(built_in_house())


def make_ear(world, kind="*"):
    heard = []
    world.bus.listen(kind, heard.append)
    return heard


def call(world, domain, service, data, **options):
    return world.call(domain, service, data, Context(user_id=world.owner_id), **options)


def state(world, entity_id):
    return world.states[entity_id].condition.state


def test_a_call_its_event_and_its_change_have_one_cause(world):
    heard = make_ear(world)
    outcome = call(world, "light", "turn_on", {"entity_id": LAMP, "brightness": 100})
    assert [event.event_type for event in heard] == ["call_service"]
    outcome.report()
    assert [event.event_type for event in heard] == ["call_service", "state_changed"]
    assert {event.context for event in heard} == {outcome.context}
    assert world.states[LAMP].context == outcome.context
    assert outcome.changes == [world.states[LAMP]]


def test_devices_on_a_wire_report_before_the_answer(world):
    heard = make_ear(world, "state_changed")
    outcome = call(world, "fan", "turn_on", {"entity_id": "fan.bedroom_fan"})
    assert len(heard) == 1
    outcome.report()
    assert len(heard) == 1


def test_the_same_again_changes_nothing(world):
    call(world, "light", "turn_off", {"entity_id": LAMP}).report()
    before = world.states[LAMP]
    assert call(world, "light", "turn_off", {"entity_id": LAMP}).changes == []
    assert world.states[LAMP].last_updated == before.last_updated


@pytest.mark.parametrize("entity_id", ["light.nope", "switch.fan"])
def test_entities_that_are_not_there_are_passed_over(world, entity_id):
    outcome = call(world, "light", "turn_on", {"entity_id": entity_id})
    assert (outcome.error, outcome.changes) == (None, [])


def test_a_whole_area_and_all_of_a_domain(world):
    call(world, "light", "turn_on", {"area_id": "kitchen"})
    assert (state(world, LAMP), state(world, "light.office_light")) == ("on", "off")
    call(world, "light", "turn_on", {"entity_id": "all"})
    assert all(state(world, one) == "on" for one in world.devices if one.startswith("light."))


def test_those_without_the_ability_are_only_refused_by_name(world):
    assert call(world, "cover", "stop_cover", {"entity_id": "all"}).error is None
    named = call(world, "cover", "stop_cover", {"entity_id": "cover.garage_door"})
    assert named.error.code == "service_validation_error"


def test_one_refusal_does_not_hold_up_the_others():
    climate = {"hvac_modes": ["heat", "off"], "min_temp": 5, "max_temp": 30, "temperature": 20, "supported_features": 1}
    devices = tuple(
        Device(entity_id=f"climate.{name}", name=name, state="off", attributes={**climate, "max_temp": top})
        for name, top in (("low", 22), ("high", 30))
    )
    world = World(House(devices=devices))
    outcome = call(world, "climate", "set_temperature", {"entity_id": "climate.low, climate.high", "temperature": 25})
    assert outcome.error.translation["translation_key"] == "temp_out_of_range"
    assert world.states["climate.high"].condition.attributes["temperature"] == 25
    assert world.states["climate.low"].condition.attributes["temperature"] == 20


def test_generic_calls_go_on_by_domain_and_leave_locks_alone(world):
    call(world, "light", "turn_on", {"entity_id": LAMP}).report()
    heard = make_ear(world)
    outcome = call(world, "homeassistant", "turn_off", {"entity_id": [LAMP, "lock.front_door", "sensor.x"]})
    assert (outcome.error, state(world, LAMP), state(world, "lock.front_door")) == (None, "off", "locked")
    assert [event.data.get("domain") for event in heard] == ["homeassistant", "light", None]


def test_a_scene_and_a_script_act_through_their_members(world):
    outcome = call(world, "scene", "turn_on", {"entity_id": "scene.movie_night"})
    assert world.states["light.living_room_lamp"].condition.attributes["brightness"] == 51
    assert state(world, "cover.blinds") == "closed"
    assert world.states["cover.blinds"].context == outcome.context
    call(world, "script", "good_night", {})
    assert state(world, "light.living_room_lamp") == "off"
    assert world.states["script.good_night"].condition.attributes["last_triggered"]


def test_a_scene_that_calls_what_is_not_there_says_so():
    scene = Device(entity_id="scene.x", name="X", members=(MemberCall(service="no.way", entity_id="a.b"),))
    assert call(World(House(devices=(scene,))), "scene", "turn_on", {"entity_id": "scene.x"}).error.code == "not_found"


def test_responses_are_given_only_where_asked_for(world):
    asked = {"entity_id": "weather.home", "type": "daily"}
    forecast = call(world, "weather", "get_forecasts", asked, return_response=True)
    assert forecast.response["weather.home"]["forecast"][0]["condition"] == "sunny"
    assert call(world, "weather", "get_forecasts", asked).error.code == "service_validation_error"
    assert call(world, "light", "turn_on", {"entity_id": LAMP}, return_response=True).error is not None
    nobody = call(world, "weather", "get_forecasts", asked | {"entity_id": "weather.x"}, return_response=True)
    assert nobody.error.code == "home_assistant_error"


def test_a_sensor_moved_by_hand_moves_the_thermostat(world):
    call(world, "climate", "turn_on", {"entity_id": COOLER})
    heard = make_ear(world, "state_changed")
    cause = Context()
    world.set_state(SENSOR, "29", None, cause)
    assert [event.data["entity_id"] for event in heard] == [SENSOR, COOLER]
    assert world.states[SENSOR].condition.attributes["unit_of_measurement"] == "°C"
    assert world.states[COOLER].condition.attributes["hvac_action"] == "cooling"
    assert world.states[SENSOR].context == cause
    assert heard[1].context != cause


def test_late_devices_moved_by_hand_are_told_of_too(world):
    heard = make_ear(world, "state_changed")
    world.set_state(LAMP, "on", {"brightness": 3}, Context())
    assert [event.data["new_state"]["attributes"] for event in heard] == [{"brightness": 3}]


def test_a_removed_state_is_gone(world):
    heard = make_ear(world, "state_changed")
    assert world.remove_state(SENSOR, Context()) is True
    assert world.remove_state(SENSOR, Context()) is False
    assert heard[0].data["new_state"] is None


def test_everything_survives_a_restart(tmp_path):
    store = Store(tmp_path / "house.sqlite")
    world = World(built_in_house(), store)
    call(world, "light", "turn_on", {"entity_id": LAMP, "brightness": 33})
    world.update_entity(LAMP, {"name": "Ceiling", "new_entity_id": "light.ceiling"})
    world.set_state("sensor.visitor", "1", None, Context())
    again = World(built_in_house(), Store(tmp_path / "house.sqlite"))
    assert again.states["light.ceiling"] == world.states["light.ceiling"]
    assert again.states["light.ceiling"].condition.attributes["brightness"] == 33
    assert LAMP not in again.states
    assert "sensor.visitor" not in again.states
    assert call(again, "light", "turn_off", {"entity_id": "light.ceiling"}).changes


def test_renaming_tells_of_everything_that_changes(world):
    heard = make_ear(world)
    row = world.update_entity(LAMP, {"name": "Ceiling", "new_entity_id": "light.ceiling"})
    assert (row["entity_id"], row["name"]) == ("light.ceiling", "Ceiling")
    assert [event.event_type for event in heard] == ["entity_registry_updated", "state_changed", "state_changed"]
    assert heard[0].data["old_entity_id"] == LAMP
    assert heard[1].data["new_state"] is None
    assert heard[2].data["new_state"]["attributes"]["friendly_name"] == "Ceiling"


def test_every_call_for_a_device_is_logged_and_none_else(tmp_path):
    path = tmp_path / "calls.jsonl"
    world = World(built_in_house(), None, CallLog(path))
    first = call(world, "light", "turn_on", {"entity_id": LAMP, "brightness_pct": 50})
    call(world, "light", "turn_on", {"entity_id": LAMP, "brightness_pct": 50})
    call(world, "light", "turn_on", {"entity_id": "light.nope"})
    call(world, "light", "turn_on", {"entity_id": LAMP, "brightness": "x"})
    call(world, "homeassistant", "turn_off", {"entity_id": LAMP})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["domain"], line["service"], line["changed"]) for line in lines] == [
        ("light", "turn_on", [LAMP]),
        ("light", "turn_on", []),
        ("light", "turn_off", [LAMP]),
    ]
    assert lines[0]["context_id"] == first.context.id
    assert lines[0]["data"] == {"brightness_pct": 50.0}
