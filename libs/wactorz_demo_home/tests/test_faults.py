import asyncio
import time

import pytest
from aiohttp import WSMsgType

from wactorz_demo_home.faults import Faults

LIGHT = "light.kitchen_light"


async def switch(http, **faults):
    async with http.post("/api/demo/faults", json=faults) as answer:
        return answer.status, await answer.json()


def test_what_is_no_fault_is_said():
    with pytest.raises(ValueError, match="no fault lightning"):
        Faults().switch({"lightning": True})
    with pytest.raises(ValueError, match="slow must be of type float"):
        Faults().switch({"slow": "very"})
    assert Faults().switch({"slow": 1})["slow"] == 1.0


async def test_only_who_has_the_token_may_switch(home, http):
    assert (await switch(http, slow=0.1))[0] == 200
    assert (await switch(http, thunder=1))[0] == 400
    async with http.post("/api/demo/faults", json={}, headers={"Authorization": "Bearer other"}) as answer:
        assert answer.status == 401


async def test_slow_answers_and_prompt_events(home, http, client):
    await client.command("subscribe_events", event_type="state_changed")
    await switch(http, slow=0.3)
    began = time.monotonic()
    await client.call("light.turn_on", entity_id=LIGHT)
    assert time.monotonic() - began >= 0.3
    assert [event["data"]["entity_id"] for event in client.events] == [LIGHT]


async def test_starting_and_statuses(home, http, client):
    await switch(http, starting=True)
    assert (await client.command("get_config"))["result"]["state"] == "NOT_RUNNING"
    await switch(http, starting=False, status=503)
    async with http.get("/api/states") as answer:
        assert answer.status == 503
    assert (await switch(http, status=0))[0] == 200
    async with http.get("/api/states") as answer:
        assert answer.status == 200


async def test_a_lost_token_ends_connections_and_lets_nobody_in(home, http, client):
    await switch(http, lose_token=True)
    assert (await client.socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
    async with http.get("/api/states") as answer:
        assert answer.status == 401
    async with http.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": "token"})
        assert (await socket.receive_json())["type"] == "auth_invalid"
    assert (await switch(http, lose_token=False))[0] == 200


async def test_flapping_and_dropping(home, http, client):
    async with http.post("/api/demo/drop") as answer:
        assert answer.status == 200
    assert (await client.socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
    await switch(http, flap=0.05)
    async with http.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": "token"})
        await socket.receive_json()
        ended = await asyncio.wait_for(socket.receive(), 5)
        assert ended.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}


async def test_devices_that_are_out_of_reach_and_come_back(home, http, client):
    await client.call("light.turn_on", entity_id=LIGHT, brightness=100)
    await client.call("light.turn_on", entity_id="light.office_light")
    await switch(http, unavailable=[LIGHT, "light.no_such"])
    away = home.world.states[LIGHT].condition
    assert (away.state, away.attributes.get("brightness")) == ("unavailable", None)
    assert (await client.call("light.turn_off", entity_id=LIGHT))["success"]
    assert home.world.states[LIGHT].condition.state == "unavailable"
    await switch(http, unavailable=[])
    back = home.world.states[LIGHT].condition
    assert (back.state, back.attributes["brightness"]) == ("on", 100)


async def test_silence(home, http, client):
    await switch(http, silent=True)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(client.command("ping"), 0.3)
