"""Fan-out: bounded queues."""

import asyncio

from wactorz_gateway.hub import FULL_SECONDS, MAX_CLIENTS, QUEUE_FRAMES, Client, Hub


def make_client(limit=3):
    return Client(limit=limit)


async def drained(client):
    try:
        return await asyncio.wait_for(client.batch(), 0.01)
    except TimeoutError:
        return []


async def test_oldest_telemetry_gives_way():
    client = make_client()
    client.offer("t1", 0, telemetry=True)
    client.offer("chat", 0)
    client.offer("t2", 0, telemetry=True)
    client.offer("t3", 0, telemetry=True)
    assert client.dropped == 1
    assert await drained(client) == ["chat", "t2", "t3"]
    assert not client.lost.is_set()


async def test_a_client_full_of_answers_is_lost_rather_than_lied_to():
    client = make_client(limit=2)
    client.offer("a", 0)
    client.offer("b", 0)
    client.offer("t", 0, telemetry=True)
    assert not client.lost.is_set()
    client.offer("c", 0)
    assert client.lost.is_set()


async def test_stalled_client_is_dropped_and_the_others_get_everything():
    now = 0.0
    hub = Hub(lambda: now)
    stalled, quick = hub.join(), hub.join()
    for number in range(QUEUE_FRAMES + 10):
        hub.broadcast(str(number), telemetry=True)
        assert await quick.batch() == [str(number)]
    hub.drop_stalled()
    assert not stalled.lost.is_set()
    now = FULL_SECONDS + 1
    hub.drop_stalled()
    assert stalled.lost.is_set()
    assert not quick.lost.is_set()
    hub.leave(stalled)
    assert hub.dropped == 10


async def test_a_client_that_catches_up_is_kept():
    now = 0.0
    hub = Hub(lambda: now)
    client = hub.join()
    for number in range(QUEUE_FRAMES):
        hub.broadcast(str(number), telemetry=True)
    assert client.full_since == 0
    assert len(await client.batch()) == QUEUE_FRAMES
    hub.broadcast("x", telemetry=True)
    now = FULL_SECONDS + 1
    hub.drop_stalled()
    assert not client.lost.is_set()


async def test_too_many_clients_are_turned_away():
    hub = Hub(lambda: 0.0)
    joined = [hub.join() for _ in range(MAX_CLIENTS)]
    assert all(joined)
    assert hub.join() is None
    hub.leave(joined[0])
    assert hub.join() is not None


async def test_what_is_for_one_person_goes_to_their_browsers_only():
    hub = Hub(lambda: 0.0)
    ann, ben = hub.join("ann"), hub.join("ben")
    hub.broadcast("b", to="ann")
    hub.relay("r", to="ann")
    hub.relay("all")
    assert (await drained(ann), await drained(ben)) == (["b", "r", "all"], ["all"])


async def test_who_opens_all_places_keeps_nobody_else_out():
    hub = Hub(lambda: 0.0)
    many = [hub.join("ben") for _ in range(MAX_CLIENTS)]
    assert hub.join("ben") is None
    assert hub.join("ann") is not None
    assert len(hub) == MAX_CLIENTS
    assert sum(one.lost.is_set() for one in many) == 1
