"""The registry of the house from Home Assistant to those who follow it: complete, current, and known while it is away."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from wactorz_common.agent import Agent, Task, handles_rest, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import GET_HOUSE, HOME_MAP, HomeMap, House
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.contracts.tasks import TaskBody
from wactorz_common.errors import TaskFailed
from wactorz_common.house import HouseFollower, fetch_house
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.context import Context
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_demo_home.states import Event
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port
from wactorz_testing.home_assistant import HomeProbe

pytestmark = pytest.mark.broker

TOKEN, LAMP = "token", "light.kitchen_light"


class Follower(HouseFollower[AgentSettings]):
    name = "follower"
    description = "Wants to know the house"

    async def on_start(self) -> None:
        self.maps: list[HomeMap] = []
        self.alerts: list[str] = []
        await super().on_start()

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append(message.payload.message)

    @listens(HOME_MAP)
    async def on_map(self, message: Message[HomeMap]) -> None:
        self.maps.append(message.payload)

    async def says(self, text: str) -> ChatAnswer:
        end = await self.submit(CHAT, ChatRequest(text=text), to="home-assistant-map-agent")
        assert end.result is not None, end.error
        return end.result


class Target(Agent[AgentSettings]):
    name = "cartographer"
    description = "Gets the map as tasks"

    async def on_start(self) -> None:
        self.got: list[dict[str, Any]] = []

    @handles_rest
    async def take(self, request: TaskBody, _task: Task) -> dict[str, Any]:
        self.got.append(request.body)
        return {}


@asynccontextmanager
async def demo_home(folder: Path, port: int, entities: int = 0) -> AsyncIterator[DemoHome]:
    home = DemoHome(DemoHomeSettings(token=TOKEN, state_dir=folder / "home", port=port, entities=entities))
    await home.start()
    try:
        yield home
    finally:
        await home.stop()


def map_agent(broker: TestBroker, folder: Path, port: int, **more: Any) -> Any:
    return running(
        HomeAssistantMapAgent, broker, folder / "state", HomeAssistantMapAgentSettings,
        ha_url=f"http://127.0.0.1:{port}", ha_token=TOKEN, **more,
    )  # fmt: skip


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)


def entity(house: House | None, entity_id: str) -> Any:
    assert house is not None
    return next((found for found in house.entities if found.entity_id == entity_id), None)


@asynccontextmanager
async def followed(
    broker: TestBroker, folder: Path, **home: Any
) -> AsyncIterator[tuple[Follower, HomeProbe, Any, DemoHome]]:
    """A follower that knows the demo home, a probe that changes it, the map agent, and that home."""
    port = free_port()
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(demo_home(folder, port, **home))
        agent = await stack.enter_async_context(map_agent(broker, folder, port))
        follower = await stack.enter_async_context(running(Follower, broker, folder / "state"))
        assert await follower.known_house(15) is not None
        probe = await stack.enter_async_context(HomeProbe(f"http://127.0.0.1:{port}", TOKEN))
        yield follower, probe, agent, demo


async def test_the_house_is_complete(broker: TestBroker, tmp_path: Path):
    async with followed(broker, tmp_path) as (follower, _, _, _):
        house = follower.house
        assert house is not None
    assert [(floor.name, floor.level) for floor in house.floors] == [("Ground floor", 0), ("First floor", 1)]
    assert {label.name for label in house.labels} == {"Evening", "Safety"}
    assert {area.area_id: area.floor_id for area in house.areas}["office"] == "first_floor"
    cooler = entity(house, "climate.kitchen_air_conditioner")
    assert (cooler.aliases, cooler.area_id) == (("AC", "Air conditioner"), "kitchen")
    lamp, devices = entity(house, "light.living_room_lamp"), {device.device_id: device.name for device in house.devices}
    assert (lamp.labels, devices[lamp.device_id], len(lamp.registry_id)) == (("evening",), "Living room lamp", 32)
    assert entity(house, "sensor.living_room_lamp_signal").category == "diagnostic"
    assert entity(house, "light.office_light_indicator").hidden is True
    position = next(field for field in house.fields["cover.set_cover_position"] if field.name == "position")
    assert (position.required, position.minimum, position.maximum) == (True, 0, 100)
    assert (house.time_zone, house.latitude, house.longitude) == ("UTC", 52.5, 13.4)


async def test_followers_are_at_most_a_second_behind(broker: TestBroker, tmp_path: Path):
    delays = []
    async with followed(broker, tmp_path) as (follower, probe, _, _):
        for name in ("Worktop", "Sink", "Oven"):  # the machine may be busy for a moment, but not three times

            def seen(wanted: str = name) -> bool:
                return bool(entity(follower.house, LAMP).name == wanted)

            since = time.monotonic()
            await probe.command("config/entity_registry/update", entity_id=LAMP, name=name)
            await eventually(seen)
            delays.append(time.monotonic() - since)
    assert min(delays) <= 1.0


@pytest.mark.parametrize(
    ("command", "fields", "seen"),
    [
        ("floor_registry/create", {"name": "Attic"}, lambda house: "Attic" in [floor.name for floor in house.floors]),
        ("label_registry/create", {"name": "Party"}, lambda house: "Party" in [label.name for label in house.labels]),
        ("area_registry/update", {"area_id": "office", "floor_id": "ground_floor"},
         lambda house: {area.area_id: area.floor_id for area in house.areas}["office"] == "ground_floor"),
        ("entity_registry/update", {"entity_id": LAMP, "aliases": ["Worktop"]},
         lambda house: entity(house, LAMP).aliases == ("Worktop",)),
        ("entity_registry/update", {"entity_id": LAMP, "hidden_by": "user"}, lambda house: entity(house, LAMP).hidden),
        ("entity_registry/update", {"entity_id": LAMP, "new_entity_id": "light.worktop"},
         lambda house: entity(house, "light.worktop") is not None and entity(house, LAMP) is None),
        ("floor_registry/delete", {"floor_id": "first_floor"},
         lambda house: len(house.floors) == 1 and None in [area.floor_id for area in house.areas]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
async def test_every_change_arrives(
    broker: TestBroker, tmp_path: Path, command: str, fields: dict[str, Any], seen: Callable[[House], bool]
):
    async with followed(broker, tmp_path) as (follower, probe, _, _):
        answer = await probe.command(f"config/{command}", **fields)
        assert answer["success"], answer
        await eventually(lambda: follower.house is not None and seen(follower.house))


async def test_a_rename_keeps_the_registry_id(broker: TestBroker, tmp_path: Path):
    async with followed(broker, tmp_path) as (follower, probe, _, _):
        before = entity(follower.house, LAMP).registry_id
        await probe.command("config/entity_registry/update", entity_id=LAMP, new_entity_id="light.worktop")
        await eventually(lambda: entity(follower.house, "light.worktop"))
        assert entity(follower.house, "light.worktop").registry_id == before


async def test_only_what_changed_is_read_again(broker: TestBroker, tmp_path: Path):
    async with followed(broker, tmp_path, entities=1000) as (follower, probe, agent, demo):
        asked: Counter[str] = Counter()
        read = agent._home.read

        async def counted(command: str, **fields: Any) -> Any:
            asked[command] += 1
            return await read(command, **fields)

        agent._home.read = counted
        for number in range(30):
            data = {"domain": "x", "service": f"s{number}"}
            demo.world.bus.fire(Event("service_registered", data, Context()))
        await eventually(lambda: asked["get_services"])
        await probe.command("config/entity_registry/update", entity_id=LAMP, name="Worktop")
        await eventually(lambda: entity(follower.house, LAMP).name == "Worktop" and len(asked) > 1)
        assert set(asked) == {"get_services", "config/entity_registry/get_entries"}
        assert len(follower.house.entities) == 1000  # type: ignore[union-attr]  # it is known


async def test_the_house_is_known_while_home_assistant_is_away_and_over_a_restart(broker: TestBroker, tmp_path: Path):
    port = free_port()
    async with AsyncExitStack() as stack:
        async with demo_home(tmp_path, port), map_agent(broker, tmp_path, port):
            follower = await stack.enter_async_context(running(Follower, broker, tmp_path / "state"))
            known = await follower.known_house(10)
        async with map_agent(broker, tmp_path, port):
            again = await fetch_house(lambda query: follower.ask(GET_HOUSE, query))
            assert again == known == follower.house
            status = await follower.says("status")
            assert status.text.startswith(f"Home Assistant at http://127.0.0.1:{port} cannot be reached: ")
            assert "Demo home: 5 areas, " in status.text
            with pytest.raises(AssertionError, match="cannot be reached"):
                await follower.says("refresh")


async def test_another_home_is_not_taken_for_the_one_that_was_kept(broker: TestBroker, tmp_path: Path):
    port = free_port()
    async with demo_home(tmp_path, port), map_agent(broker, tmp_path, port) as agent:
        await agent._home.wait_ready(10)
    async with map_agent(broker, tmp_path, free_port()), running(Follower, broker, tmp_path / "state") as follower:
        with pytest.raises(TaskFailed, match="cannot be reached"):
            await fetch_house(lambda query: follower.ask(GET_HOUSE, query))


async def test_a_change_during_an_outage_is_seen_after_it(broker: TestBroker, tmp_path: Path):
    port = free_port()
    async with AsyncExitStack() as stack:
        async with demo_home(tmp_path, port):
            await stack.enter_async_context(map_agent(broker, tmp_path, port))
            follower = await stack.enter_async_context(running(Follower, broker, tmp_path / "state"))
            before = await follower.known_house(10)
            assert before is not None
        async with demo_home(tmp_path, port, entities=100):
            await eventually(lambda: len(follower.house.entities) == 100, 20)  # type: ignore[union-attr]
            assert follower.house is not None
            assert follower.house.version == before.version + 1


STATES = [{"entity_id": "light.lamp", "state": "on", "attributes": {"friendly_name": "Lamp"}}, {"state": "no id"}, None]
OLD = {
    "get_states": STATES, "get_config": {"version": "2022.1"}, "get_services": {"light": {"turn_on": {}}},
    "config/area_registry/list": [{"area_id": "hall", "name": "Hall"}], "config/device_registry/list": [],
    "config/entity_registry/list": [{"entity_id": "light.lamp", "area_id": "hall"}],
}  # fmt: skip
NEW = {
    "get_states": [{"entity_id": "light.lamp", "state": "on", "attributes": None, "unheard": 1}], "get_config": {},
    "get_services": [{"domain": "light", "services": ["turn_on"]}], "config/area_registry/list": {},
    "config/floor_registry/list": [{"floor_id": "f", "level": 1.5}], "config/label_registry/list": [None],
    "config/device_registry/list": {"d": {"id": "d", "name": {"text": "x"}}},
    "config/entity_registry/list": [{"entity_id": "light.lamp", "name": None, "labels": None, "area_id": "nowhere"}],
}  # fmt: skip
MUTE = {"get_states": STATES, "get_config": {}}


@asynccontextmanager
async def odd_home(answers: dict[str, Any], port: int) -> AsyncIterator[None]:
    """A Home Assistant of another version: it answers these commands and knows no others."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required", "ha_version": "?"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok", "ha_version": "?"})
        async for message in socket:
            batch = message.json()
            for asked in batch if isinstance(batch, list) else [batch]:
                found = asked["type"] in answers or asked["type"] in ("subscribe_events", "supported_features")
                error = {"code": "unknown_command", "message": "Unknown command."}
                outcome = {"result": answers.get(asked["type"])} if found else {"error": error}
                await socket.send_json({"id": asked["id"], "type": "result", "success": found, **outcome})
        return socket

    app = web.Application()
    app.router.add_get("/api/websocket", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield
    await runner.cleanup()


@pytest.mark.parametrize(
    ("answers", "area_id", "alerts"),
    [(OLD, "hall", 0), (NEW, None, 0), (MUTE, None, 1)],
    ids=["old", "new", "mute"],
)
async def test_home_assistants_of_other_versions(
    broker: TestBroker, tmp_path: Path, answers: dict[str, Any], area_id: str | None, alerts: int
):
    port = free_port()
    async with running(Follower, broker, tmp_path / "state") as follower, odd_home(answers, port):
        async with map_agent(broker, tmp_path, port) as agent:
            house = await follower.known_house(10)
            assert agent._home.ready
            await follower.says("status")
    assert [(found.entity_id, found.state, found.area_id) for found in house.entities] == [
        ("light.lamp", "on", area_id)
    ]  # type: ignore[union-attr]
    assert len(follower.alerts) == alerts
    assert all("tells neither areas nor devices" in alert for alert in follower.alerts)


async def test_commands_in_chat(broker: TestBroker, tmp_path: Path):
    async with followed(broker, tmp_path) as (follower, _, _, _):
        status = await follower.says("status")
        assert status.text.startswith("Home Assistant is connected. Demo home: 5 areas, ")
        follower.maps.clear()
        assert (await follower.says("Refresh")).text.startswith("Read again: 5 areas, ")
        await eventually(lambda: follower.maps)
        simple = (await follower.says("refresh simple")).text.splitlines()
        assert simple[0].startswith("Bedroom: Bedroom")
        assert not any("indicator" in line or "signal" in line for line in simple)
        unknown = await follower.says("dance")
        assert (unknown.status, unknown.text) == ("failed", "I know three commands: status, refresh, refresh simple.")


async def test_the_map_as_tasks_for_an_agent(broker: TestBroker, tmp_path: Path):
    port = free_port()
    async with running(Target, broker, tmp_path / "state") as target, demo_home(tmp_path, port):
        settings = {"target_actor": "cartographer"}
        async with map_agent(broker, tmp_path, port, **settings), running(Follower, broker, tmp_path / "s") as follower:
            await eventually(lambda: target.got)
            assert await follower.known_house(10) is not None
            assert follower.maps == []
    assert target.got[0]["type"] == "home_assistant_map_update"
    assert "Kitchen light" in json.dumps(target.got[0]["devices"])
