"""Automations of the demo home: kept as Home Assistant keeps them, and really firing."""

import asyncio

from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings

PATH = "/api/config/automation/config/one"
LIGHT, MOTION = "light.hallway_light", "binary_sensor.hallway_motion"
ACTION = {"service": "light.turn_on", "target": {"entity_id": LIGHT}}
CONFIG = {"alias": "Motion light", "trigger": {"platform": "state", "entity_id": MOTION, "to": "on"}, "action": ACTION}


async def save(http, path=PATH, **changes):
    async with http.post(path, json={**CONFIG, **changes}) as answer:
        return answer.status, await answer.json()


async def move(http, entity_id, state):
    async with http.post(f"/api/states/{entity_id}", json={"state": state}) as answer:
        assert answer.status in (200, 201)
    await asyncio.sleep(0.01)


async def test_kept_in_todays_spelling_and_firing(http, home, client):
    assert await save(http) == (200, {"result": "ok"})
    async with http.get(PATH) as answer:
        kept = await answer.json()
    assert kept["triggers"] == [CONFIG["trigger"]]
    assert kept["actions"] == [{"target": {"entity_id": LIGHT}, "action": "light.turn_on"}]
    await move(http, MOTION, "on")
    light, automation = home.world.states[LIGHT], home.world.states["automation.motion_light"]
    assert light.condition.state == "on"
    assert automation.condition.attributes["last_triggered"]
    assert light.context.id == automation.context.id
    assert light.context.parent_id == home.world.states[MOTION].context.id
    told = await client.command("automation/config", entity_id="automation.motion_light")
    assert told["result"]["config"] == kept


async def test_switched_off_and_conditions(http, home, client):
    condition = {"condition": "state", "entity_id": "lock.front_door", "state": "unlocked"}
    await save(http, conditions=[condition])
    await move(http, MOTION, "on")
    assert home.world.states[LIGHT].condition.state == "off"
    await move(http, MOTION, "off")
    await move(http, "lock.front_door", "unlocked")
    await client.call("automation.turn_off", entity_id="automation.motion_light")
    await move(http, MOTION, "on")
    assert home.world.states[LIGHT].condition.state == "off"
    await client.call("automation.trigger", entity_id="automation.motion_light")
    assert home.world.states[LIGHT].condition.state == "on"


async def test_numbers_clocks_and_waiting(http, home):
    number = {"trigger": "numeric_state", "entity_id": "sensor.kitchen_temperature", "above": 28}
    await save(http, trigger=[number])
    await move(http, "sensor.kitchen_temperature", "29")
    assert home.world.states[LIGHT].condition.state == "on"
    await save(
        http, trigger=[{"trigger": "time_pattern", "seconds": "/1"}], action=[{**ACTION, "service": "light.turn_off"}]
    )
    async with asyncio.timeout(20):
        while home.world.states[LIGHT].condition.state == "on":
            await asyncio.sleep(0.05)
    await save(http, trigger=[{"trigger": "state", "entity_id": MOTION, "to": "on", "for": {"milliseconds": 100}}])
    await move(http, MOTION, "on")
    await move(http, MOTION, "off")
    await asyncio.sleep(0.15)
    assert home.world.states[LIGHT].condition.state == "off"
    await move(http, MOTION, "on")
    await asyncio.sleep(0.15)
    assert home.world.states[LIGHT].condition.state == "on"


async def test_deleted(http, home):
    await save(http)
    async with http.delete(PATH) as answer:
        assert answer.status == 200
    assert "automation.motion_light" not in home.world.states
    async with http.get(PATH) as answer:
        assert answer.status == 404
    async with http.delete(PATH) as answer:
        assert (answer.status, await answer.json()) == (400, {"message": "Resource not found"})


async def test_refused(http, client):
    status, told = await save(http, trigger=[{"trigger": "nonsense"}])
    assert (status, told["message"]) == (400, "Message malformed: Invalid trigger 'nonsense' specified")
    assert (await save(http, alias=None))[0] == 400
    async with http.post(PATH, data="{") as answer:
        assert answer.status == 400
    answer = await client.command(
        "validate_config", triggers=[{"trigger": "time", "at": "27:00:00"}], actions=[{"action": "nix"}], conditions=[]
    )
    told = answer["result"]
    assert [told[key]["valid"] for key in ("triggers", "conditions", "actions")] == [False, True, False]


async def test_two_of_one_name_and_a_restart(tmp_path):
    settings = DemoHomeSettings(token="token", state_dir=tmp_path, port=0)
    one = DemoHome(settings)
    one.world.automations.save("a", CONFIG)
    one.world.automations.save("b", CONFIG)
    one.world.call("automation", "turn_off", {"entity_id": "automation.motion_light"}, one.world.states[LIGHT].context)
    one._store.close()
    again = DemoHome(settings)
    states = again.world.states
    assert states["automation.motion_light"].condition.state == "off"
    assert states["automation.motion_light_2"].condition.state == "on"
    again._store.close()
