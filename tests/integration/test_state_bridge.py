"""The state bridge on a real broker: nothing lost, nothing twice, over every kind of absence."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import gmqtt
import pytest

from wactorz_common.agent import Agent, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.home import STATE_CHANGE, StateChange
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.context import Context
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant_state_bridge.agent import HomeAssistantStateBridgeAgent
from wactorz_home_assistant_state_bridge.changes import mark_of
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

SENSOR, LIGHT = "sensor.kitchen_temperature", "light.kitchen_light"
TOKEN = "a-token"  # of a demo home that lives as long as a test


class Probe(Agent[AgentSettings]):
    """Writes down what it hears."""

    name = "probe"
    description = "Listens to the bridge"

    async def on_start(self) -> None:
        self.changes: list[StateChange] = []
        self.alerts: list[str] = []

    @listens(STATE_CHANGE)
    async def on_change(self, message: Message[StateChange]) -> None:
        self.changes.append(message.payload)

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append(message.payload.message)

    def events(self, entity_id: str = SENSOR) -> list[StateChange]:
        return [change for change in self.changes if change.entity_id == entity_id and not change.resync]

    def told(self, entity_id: str = SENSOR) -> list[str]:
        return [change.new_state["state"] if change.new_state else "" for change in self.events(entity_id)]

    def resynced(self, entity_id: str = SENSOR) -> list[str]:
        found = [change for change in self.changes if change.entity_id == entity_id and change.resync]
        return [change.new_state["state"] if change.new_state else "" for change in found]

    def repeated(self) -> list[tuple[str, int]]:
        """Events that came more than once."""
        seen = Counter((c.entity_id, mark_of(c), c.new_state is None) for c in self.changes if not c.resync)
        return [(entity_id, mark) for (entity_id, mark, _), count in seen.items() if count > 1]


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def make_home(folder: Path, **values: Any) -> DemoHome:
    return DemoHome(DemoHomeSettings(state_dir=folder, token=TOKEN, **values))


@asynccontextmanager
async def living(home: DemoHome) -> AsyncIterator[DemoHome]:
    await home.start()
    try:
        yield home
    finally:
        await home.stop()


@asynccontextmanager
async def bridging(
    broker: TestBroker, folder: Path, home: DemoHome, **values: Any
) -> AsyncIterator[HomeAssistantStateBridgeAgent]:
    async with running(
        HomeAssistantStateBridgeAgent, broker, folder / "state", HomeAssistantStateBridgeSettings,
        ha_url=home.url, ha_token=TOKEN, **values,
    ) as bridge:  # fmt: skip
        yield bridge


@pytest.fixture
async def probe(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Probe]:
    async with running(Probe, broker, tmp_path / "state") as one:
        yield one


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[DemoHome]:
    async with living(make_home(tmp_path)) as one:
        yield one


def move(home: DemoHome, *states: object, entity_id: str = SENSOR) -> list[str]:
    """Set states one after the other; returns them in words."""
    for state in states:
        home.world.set_state(entity_id, str(state), None, Context())
    return [str(state) for state in states]


async def synced(probe: Probe, entity_id: str = SENSOR) -> None:
    """Wait for a resynchronization and forget everything."""
    await eventually(lambda: probe.resynced(entity_id))
    await asyncio.sleep(1.3)  # the second one, for those who came later
    probe.changes.clear()


async def test_every_change_on_the_topic_of_its_entity(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        wanted = move(home, *range(50))
        await eventually(lambda: len(probe.events()) >= 50)
        assert probe.told() == wanted
        first = probe.events()[0]
        assert first.old_state is not None
        assert (first.filled, first.resync, first.context is not None) == (False, False, True)


async def test_what_happened_while_home_assistant_was_away(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        before = move(home, 1, 2)
        await eventually(lambda: len(probe.events()) == 2)
        home.world.faults.status = 503
        home.world.faults.drop_connections()
        await asyncio.sleep(0.1)
        missed = move(home, *range(10, 20))
        home.world.set_state(LIGHT, "on", {"brightness": 3}, Context())
        home.world.faults.status = 0
        await eventually(probe.resynced)
        assert probe.told() == before + missed
        filled = probe.events()[2:]
        assert all(change.filled for change in filled)
        assert [change.timestamp for change in filled] == sorted(change.timestamp for change in filled)
        assert [change.old_state and change.old_state["state"] for change in filled] == ["2", *missed[:-1]]
        assert filled[-1].context is not None
        lit = probe.events(LIGHT)[0].new_state
        assert lit is not None
        assert (lit["state"], lit["attributes"]["brightness"]) == ("on", 3)
        places = [c.resync for c in probe.changes if c.entity_id in {SENSOR, LIGHT}]
        assert places == sorted(places), "the resynchronization comes last"
        after = move(home, 30)
        await eventually(lambda: probe.told() == before + missed + after)
        assert probe.repeated() == []


async def test_twenty_restarts_lose_nothing_and_say_nothing_twice(broker: TestBroker, tmp_path: Path, probe: Probe):
    wanted: list[str] = []
    home = make_home(tmp_path)
    await home.start()

    def all_told() -> bool:
        return set(wanted) <= set(probe.told())

    async with bridging(broker, tmp_path, home):
        await synced(probe)
        for number in range(20):
            wanted += move(home, f"{number}.1", f"{number}.2")
            if number % 3 == 0:
                await asyncio.sleep(0.05)
            await home.stop()
            home = make_home(tmp_path)
            wanted += move(home, f"{number}.3")
            await home.start()
            wanted += move(home, f"{number}.4")
            await asyncio.sleep(0.02 * (number % 5))
            wanted += move(home, f"{number}.5")
            if number % 4 == 0:
                await eventually(all_told, 20)
        await eventually(all_told, 20)
        assert probe.repeated() == []
        assert probe.told() == wanted
    await home.stop()


async def test_connections_that_are_cut_again_and_again(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        home.world.faults.flap = 0.15
        home.world.faults.drop_connections()
        wanted = []
        for number in range(300):
            wanted += move(home, number)
            await asyncio.sleep(0.01)
        home.world.faults.flap = 0
        await eventually(lambda: len(probe.events()) >= 300, 20)
        assert probe.told() == wanted
        assert probe.repeated() == []


async def test_the_bridge_fills_its_own_absence(broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe):
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        move(home, 1, 2)
        await eventually(lambda: len(probe.events()) == 2)
    missed = move(home, 3, 4, 5)
    home.world.remove_state(LIGHT, Context())
    async with bridging(broker, tmp_path, home):
        await eventually(probe.resynced)
        assert probe.told() == ["1", "2", *missed]
        assert probe.repeated() == []
        assert probe.told(LIGHT) == [""]


async def test_an_absence_that_was_too_long_is_only_resynchronized(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home, fill_seconds=0):
        await synced(probe)
        home.world.faults.status = 503
        home.world.faults.drop_connections()
        await asyncio.sleep(0.1)
        move(home, 3, 4, 5)
        home.world.faults.status = 0
        await eventually(probe.resynced)
        assert (probe.told(), probe.resynced()) == ([], ["5"])


async def test_a_home_without_a_recorder_tells_its_last_changes(broker: TestBroker, tmp_path: Path, probe: Probe):
    async with living(make_home(tmp_path, recorder=False)) as home, bridging(broker, tmp_path, home):
        await synced(probe)
        home.world.faults.status = 503
        home.world.faults.drop_connections()
        await asyncio.sleep(0.1)
        move(home, 3, 4, 5)
        home.world.faults.status = 0
        await eventually(probe.resynced)
        assert probe.told() == ["5"]


async def test_the_broker_is_away_for_longer_than_can_wait(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home, most_waiting=100) as bridge:
        await synced(probe)
        say = bridge._say

        async def say_when_somebody_listens(change: StateChange) -> None:
            await bridge.bus.connected.wait()
            await probe.bus.wait_connected(10)
            await say(change)

        bridge._say = say_when_somebody_listens  # a broker that was killed keeps nothing for who comes back later
        broker.kill()
        await eventually(lambda: not bridge.bus.connected.is_set() and not probe.bus.connected.is_set())
        wanted = []
        for number in range(500):
            wanted += move(home, number)
            await asyncio.sleep(0.001)
        assert len(bridge._outflow) <= 101
        broker.start()
        await probe.bus.wait_connected(10)
        await eventually(lambda: set(wanted) <= set(probe.told()), 20)
        assert probe.told() == wanted
        assert probe.repeated() == []


async def test_only_what_is_wanted(broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe):
    async with bridging(
        broker, tmp_path, home, domains="sensor,light", never="sensor.*_humidity", only="sensor,light.k*"
    ):
        await eventually(probe.resynced)
        move(home, 5, entity_id="light.office_light")
        move(home, 5, entity_id="sensor.bedroom_humidity")
        move(home, 6)
        await eventually(lambda: probe.told() == ["6"])
        assert {change.domain for change in probe.changes} == {"sensor", "light"}
        assert {c.entity_id for c in probe.changes if c.domain == "light"} == {LIGHT}
        assert not any("humidity" in change.entity_id for change in probe.changes)


async def retained(broker: TestBroker) -> dict[str, dict[str, Any]]:
    """What the broker has kept of states."""
    found: dict[str, dict[str, Any]] = {}

    async def take(_client: Any, topic: str, payload: bytes, _qos: int, properties: dict[str, Any]) -> int:
        if properties.get("retain"):
            found[topic] = json.loads(payload)
        return 0

    client = gmqtt.Client("latecomer", clean_session=True)
    client.on_message = take
    await client.connect(broker.host, broker.port)
    client.subscribe("homeassistant/state_changes/#", qos=1)
    await asyncio.sleep(0.3)
    await client.disconnect()
    return found


async def test_last_values_that_the_broker_keeps(broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe):
    topic, other = (
        STATE_CHANGE.topic(domain="sensor", entity_id=SENSOR),
        STATE_CHANGE.topic(domain="light", entity_id=LIGHT),
    )
    async with bridging(broker, tmp_path, home, retain=f"light,{SENSOR}"):
        await synced(probe)
        move(home, 25)
        await eventually(lambda: probe.told() == ["25"])
        kept = await retained(broker)
        assert kept[topic]["new_state"]["state"] == "25"
        assert {name.split("/")[2] for name in kept} == {"light", "sensor"}
        assert [name for name in kept if "/sensor/" in name] == [topic]
        home.world.remove_state(LIGHT, Context())
        await eventually(lambda: probe.told(LIGHT) == [""])
        assert other not in await retained(broker)
    home.world.remove_state(SENSOR, Context())
    async with bridging(broker, tmp_path, home, retain=f"{SENSOR}"):
        await eventually(lambda: "" in probe.told())
        await eventually(lambda: probe.resynced("light.office_light"))
        await asyncio.sleep(0.3)
        assert await retained(broker) == {}, "neither what is gone nor what is no longer to be kept"


async def test_a_state_that_is_too_large_for_the_broker(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe
):
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        home.world.set_state(SENSOR, "7", {"picture": "a" * 2_000_000}, Context())
        home.world.set_state(SENSOR, "8", {"unit_of_measurement": "°C"}, Context())
        move(home, 9)
        await eventually(lambda: len(probe.events()) == 3)
        assert probe.told() == ["7", "8", "9"]
        assert [change.trimmed for change in probe.events()] == [True, True, False]
        assert "attributes" not in (probe.events()[0].new_state or {})


async def test_one_word_when_it_is_away_and_one_when_it_is_back(
    broker: TestBroker, tmp_path: Path, home: DemoHome, probe: Probe, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wactorz_home_assistant.outage._GRACE_SECONDS", 0.3)
    async with bridging(broker, tmp_path, home):
        await synced(probe)
        for _ in range(2):
            probe.alerts.clear()
            home.world.faults.status = 503
            home.world.faults.drop_connections()
            await eventually(lambda: probe.alerts)
            await asyncio.sleep(1)
            assert len(probe.alerts) == 1
            assert "it is still starting" in probe.alerts[0]
            home.world.faults.status = 0
            await eventually(lambda: len(probe.alerts) == 2)
            assert probe.alerts[1] == "Home Assistant is back"
