import asyncio

import pytest
from aiohttp import WSMsgType

from wactorz_demo_home.house import built_in_house
from wactorz_demo_home.websocket import MAX_PENDING, Connection, same_secret
from wactorz_demo_home.world import World


@pytest.mark.parametrize(
    ("first", "problem"),
    [
        ({"type": "auth", "access_token": "wrong"}, "Invalid access token or password"),
        ({"type": "auth", "access_token": "tøken"}, "Invalid access token or password"),
        ({"type": "ping", "id": 1}, "Auth message incorrectly formatted"),
        ({"type": "auth"}, "Auth message incorrectly formatted"),
        ([], "Auth message incorrectly formatted"),
    ],
)
async def test_strangers_are_turned_away(http, first, problem):
    async with http.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json(first)
        answer = await socket.receive_json()
        assert answer["type"] == "auth_invalid"
        assert problem in answer["message"]
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_noise_before_the_token_closes_the_door(http):
    async with http.ws_connect("/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_str("{nonsense")
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_malformed_commands_do_not_end_the_conversation(client):
    for message in ({"type": "ping"}, {"id": "1", "type": "ping"}, {"id": True, "type": "ping"}, "text", 5):
        await client.socket.send_json(message)
        assert (await client.socket.receive_json())["error"]["code"] == "invalid_format"
    assert (await client.command("ping"))["type"] == "pong"
    await client.socket.send_json({"id": 1, "type": "ping"})
    assert (await client.socket.receive_json())["error"]["code"] == "id_reuse"
    assert (await client.command("no/such"))["error"]["code"] == "unknown_command"


async def test_noise_after_the_token_closes_the_door(client):
    await client.socket.send_str("{nonsense")
    assert (await client.socket.receive()).type is WSMsgType.CLOSE


async def test_a_client_that_left_is_forgotten(home, client):
    await client.command("subscribe_events")
    await client.socket.close()
    for _ in range(2000):
        if not home.world.bus._listeners["*"]:
            break
        await asyncio.sleep(0.01)
    assert home.world.bus._listeners["*"] == []


async def test_a_client_that_does_not_read_is_cut_off():
    cuts = []
    connection = Connection(World(built_in_house()), lambda: cuts.append(1))
    for number in range(MAX_PENDING + 1):
        connection.send({"number": number})
    assert cuts == [1]
    assert connection.pending.qsize() == MAX_PENDING


def test_secrets():
    assert same_secret("a", "a")
    assert not same_secret("a", "b")
