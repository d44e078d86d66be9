import pytest

from wactorz_demo_home.commands import COMMANDS

LAMP, FAN = "light.kitchen_light", "switch.fan"


async def test_the_answer_comes_first_and_then_the_change(client):
    await client.command("subscribe_events", event_type="state_changed")
    answer = await client.call("light.turn_on", entity_id=LAMP, brightness=9)
    assert client.events == []
    await client.command("ping")
    event = client.events[0]
    assert event["data"]["new_state"]["attributes"]["brightness"] == 9
    assert event["context"] == answer["result"]["context"]


async def test_a_target_is_part_of_the_data(client):
    await client.command("subscribe_events", event_type="call_service")
    await client.command("call_service", domain="light", service="turn_on", target={"entity_id": LAMP})
    assert client.events[0]["data"]["service_data"] == {"entity_id": [LAMP]}


async def test_responses(client):
    fields = {"domain": "weather", "service": "get_forecasts", "service_data": {"type": "daily"}}
    answer = await client.command("call_service", **fields, target={"entity_id": "weather.home"}, return_response=True)
    assert "weather.home" in answer["result"]["response"]


async def test_a_subscription_ends(client):
    await client.command("subscribe_events", event_type="state_changed")
    assert (await client.command("unsubscribe_events", subscription=1))["success"]
    await client.call("switch.turn_on", entity_id=FAN)
    await client.command("ping")
    assert client.events == []
    assert (await client.command("unsubscribe_events", subscription=1))["error"]["code"] == "not_found"


async def test_short_forms_of_the_entities_that_were_asked_for(client, home):
    await client.command("subscribe_entities", entity_ids=[FAN])
    await client.call("switch.turn_on", entity_id=FAN)
    await client.call("light.turn_on", entity_id=LAMP)
    home.world.remove_state(FAN, home.world.states[FAN].context)
    await client.command("ping")
    first, change, removal = client.events
    assert first["a"][FAN]["s"] == "off"
    assert change["c"][FAN]["+"]["s"] == "on"
    assert removal == {"r": [FAN]}


async def test_a_new_entity_is_added(client, http):
    await client.command("subscribe_entities")
    await http.post("/api/states/sensor.guest", json={"state": "1"})
    await client.command("ping")
    assert len(client.events[0]["a"]) >= 20
    assert client.events[1]["a"]["sensor.guest"]["s"] == "1"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.startswith("get_") or name.endswith("/list")])
async def test_reads_take_nothing_and_answer(client, name):
    assert (await client.command(name))["result"] is not None
    assert (await client.command(name, extra=1))["error"]["code"] == "invalid_format"


async def test_the_registry_changes_and_tells(client):
    await client.command("subscribe_events", event_type="entity_registry_updated")
    await client.command("subscribe_events", event_type="area_registry_updated")
    await client.command("config/area_registry/create", name="Attic")
    await client.command("config/area_registry/update", area_id="attic", name="Loft")
    await client.command("config/entity_registry/update", entity_id=LAMP, area_id="attic", aliases=["Top"])
    assert (await client.command("config/entity_registry/get", entity_id=LAMP))["result"]["aliases"] == ["Top"]
    await client.command("config/area_registry/delete", area_id="attic")
    actions = [(event["event_type"].split("_")[0], event["data"]["action"]) for event in client.events]
    assert actions == [("area", "create"), ("area", "update"), ("entity", "update"), ("area", "remove")]


@pytest.mark.parametrize("wrong", [{"area_id": []}, {"name": 5}, {"new_entity_id": "light.No Id"}, {"aliases": 5}])
async def test_rows_that_cannot_be(client, wrong):
    answer = await client.command("config/entity_registry/update", entity_id=LAMP, **wrong)
    assert answer["error"]["code"] in ("invalid_format", "invalid_info")
    assert (await client.call("light.turn_on", area_id="kitchen"))["success"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"domain": "light"}, "required key not provided @ data['service']"),
        ({"domain": 5, "service": "x"}, "expected str"),
        ({"domain": "light", "service": "turn_on", "target": {"x": 1}}, "data['target']['x']"),
        ({"domain": "light", "service": "turn_on", "target": {"entity_id": 5}}, "not a valid value"),
        ({"domain": "light", "service": "turn_on", "extra": 1}, "extra keys not allowed @ data['extra']"),
    ],
)
async def test_calls_that_are_malformed(client, fields, problem):
    error = (await client.command("call_service", **fields))["error"]
    assert error["code"] == "invalid_format"
    assert problem in error["message"]
