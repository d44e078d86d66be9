"""Lists that are read often."""

import json

from wactorz_common.contracts.lifecycle import AgentMetrics, Heartbeat
from wactorz_common.contracts.spawning import SpawnedAgents
from wactorz_gateway.lists import Lists, encoded
from wactorz_gateway.registry import Registry

from .test_app import KEPT, FakeBus


class Clock:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def beat(lists, name, clock, **fields):
    payload = Heartbeat(actor_id=name, name=name, timestamp=clock.at, state="running", **fields)
    lists._registry.apply(payload, name, clock.at)


def make(bus=None):
    clock = Clock()
    return Lists(Registry(), bus or FakeBus(), clock, clock), clock


async def test_reading_asks_nobody_while_what_is_known_is_fresh():
    bus = FakeBus()
    bus.answers["list_spawned"] = SpawnedAgents(agents=(KEPT,))
    lists, clock = make(bus)
    beat(lists, "main", clock)
    first = await lists.agents()
    for _ in range(5):
        assert await lists.agents() is first
    assert [row["name"] for row in json.loads(first.data)] == ["main", "tide"]
    assert len(bus.asked) == 1


async def test_a_change_is_shown_at_once_and_age_alone_is_no_change():
    lists, clock = make()
    beat(lists, "main", clock)
    first = await lists.agents()
    clock.at += 1.5
    second = await lists.agents()
    assert second.etag == first.etag
    beat(lists, "other", clock)
    third = await lists.agents()
    assert [row["name"] for row in json.loads(third.data)] == ["main", "other"]
    assert third.etag != first.etag
    lists._registry.apply(AgentMetrics(actor_id="main", messages_processed=9), "main", clock.at)
    clock.at += 0.3
    assert json.loads((await lists.agents()).data)[0]["messagesProcessed"] == 9


async def test_who_is_not_known_is_asked_for_once_more():
    bus = FakeBus()
    bus.answers["list_spawned"] = SpawnedAgents(agents=())
    lists, _ = make(bus)
    assert await lists.find("tide") is None
    bus.answers["list_spawned"] = SpawnedAgents(agents=(KEPT,))
    assert (await lists.find("tide")).name == "tide"


def test_what_changes_with_every_second_is_in_no_validator():
    one, other = encoded([{"a": 1, "uptime": 1}]), encoded([{"a": 1, "uptime": 2}])
    assert one.etag == other.etag
    assert one.data != other.data
