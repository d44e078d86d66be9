"""The containers as a node on the bus."""

import asyncio

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.nodes import NODE_EVENTS, NODE_HEARTBEAT
from wactorz_common.errors import ConfigError
from wactorz_monitor.container_node import ContainerNode
from wactorz_monitor.settings import MonitorSettings


class RecordingBus(Bus):
    """A bus that keeps what would be sent."""

    def __init__(self):
        super().__init__(Identity("monitor", "id-monitor", 1, "client"), Broker("nowhere", 1), None)
        self.sent = []

    async def publish(self, channel, payload, *, expiry=None, headers=None, **params):
        self.sent.append((channel, payload, params))

    def on(self, channel):
        return [payload for sent, payload, params in self.sent if sent is channel and params == {"node": "docker"}]


async def until(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
async def bus():
    return RecordingBus()


async def tell(_text, _severity):
    return None


async def test_it_speaks_like_a_runner(engine, bus, store, tmp_path):
    heard = []

    async def hear(event):
        heard.append(event)

    for name in ("llm", "main", "monitor"):
        engine.add(name)
    settings = MonitorSettings(state_dir=tmp_path, docker_url=engine.url)
    node = ContainerNode(settings, bus, store, hear, tell)
    running = asyncio.create_task(node.run())
    try:
        bus.connected.set()
        await until(lambda: len(bus.on(NODE_EVENTS)) == 2)
        assert {event.name for event in heard} == {"llm", "main"}
        await until(lambda: bus.on(NODE_HEARTBEAT) and bus.on(NODE_HEARTBEAT)[-1].agent_count == 2)
        pulse = bus.on(NODE_HEARTBEAT)[-1]
        assert (pulse.node, pulse.runtime, sorted(pulse.agents)) == ("docker", "docker", ["llm", "main"])
        assert (node.is_mine("llm"), node.is_mine("monitor")) == (True, False)
        assert not await node.release("llm", "it runs")
        engine.stop("llm")
        await until(lambda: not node._containers.units["llm"].is_wanted)
        assert await node.release("llm", "a person asks")
        await until(lambda: engine.containers["llm"]["State"] == "running")
        assert node.hung(()) == []
        await until(lambda: set(store.recall("containers")["wishes"]) == {"llm", "main"})
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_wrong_group_is_told_at_the_start(bus, store, tmp_path):
    settings = MonitorSettings(state_dir=tmp_path, docker_url="http://docker", WACTORZ_SUPERVISION_GROUPS="home=x:a")
    with pytest.raises(ConfigError, match="'x' is not a strategy"):
        ContainerNode(settings, bus, store, tell, tell)
