"""A Home Assistant that misbehaves: one clear sentence each, the right behavior, and nothing lost that can be known."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_STATES,
    STATE_CHANGE,
    Actuation,
    ActuationResult,
    ServiceCall,
    StateChange,
    StateQuery,
)  # fmt: skip
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.contracts.rules import CREATE_RULE, CreateRule, RuleDraft, StateTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.context import Context
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant.history import micros, moment_of
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_home_assistant_state_bridge.agent import HomeAssistantStateBridgeAgent
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe
from wactorz_testing.mortal_home import MortalHomeAssistant

pytestmark = pytest.mark.broker

SENSOR, HELPER = "sensor.kitchen_temperature", "input_number.kitchen_temperature_value"
TOKEN = "a-token"  # of a demo home that lives as long as a test


class Probe(Agent[AgentSettings]):
    """Writes down what it hears, and asks."""

    name = "main"
    description = "Listens to the house"

    async def on_start(self) -> None:
        self.changes: list[StateChange] = []
        self.alerts: list[tuple[str, str]] = []

    @listens(STATE_CHANGE)
    async def on_change(self, message: Message[StateChange]) -> None:
        self.changes.append(message.payload)

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append((message.payload.name, message.payload.message))

    def of_bridge(self) -> list[str]:
        return [text for name, text in self.alerts if name == HomeAssistantStateBridgeAgent.name]

    def told(self, entity_id: str = SENSOR) -> list[str]:
        found = [change for change in self.changes if change.entity_id == entity_id and not change.resync]
        return [change.new_state["state"] if change.new_state else "" for change in found]

    def resynced(self, entity_id: str = SENSOR) -> list[str]:
        found = [change for change in self.changes if change.entity_id == entity_id and change.resync]
        return [change.new_state["state"] if change.new_state else "" for change in found]

    async def problem(self) -> str:
        """What somebody hears who asks for states; empty when they come."""
        try:
            report = await self.ask(GET_STATES, StateQuery(entity_id=(SENSOR,)))
        except TaskFailed as error:
            return str(error)
        return "" if report.states else "nothing"


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def demo_home(folder: Path) -> AsyncIterator[DemoHome]:
    home = DemoHome(DemoHomeSettings.model_validate({"state_dir": folder, "token": TOKEN}))
    await home.start()
    try:
        yield home
    finally:
        await home.stop()


@asynccontextmanager
async def watching(broker: TestBroker, folder: Path, url: str, token: str = TOKEN) -> AsyncIterator[Probe]:
    """A probe, the bridge and the agent that answers for states."""
    home = {"ha_url": url, "ha_token": token}
    async with AsyncExitStack() as stack:
        probe = await stack.enter_async_context(running(Probe, broker, folder / "state"))
        for agent, settings, more in (
            (HomeAssistantStateBridgeAgent, HomeAssistantStateBridgeSettings, {}),
            (HomeAssistantAgent, HomeAssistantAgentSettings, {"connect_wait_seconds": 0.5}),
        ):
            await stack.enter_async_context(running(agent, broker, folder / "state", settings, **home, **more))  # type: ignore[type-var]
        yield probe


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[DemoHome]:
    async with demo_home(tmp_path) as one:
        yield one


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits of the client, so that a test needs not sit them out."""
    monkeypatch.setattr("wactorz_home_assistant.outage._GRACE_SECONDS", 0.3)
    monkeypatch.setattr("wactorz_home_assistant.outage._TOKEN_DELAY", 0.3)


def move(home: DemoHome, state: str, **attributes: Any) -> None:
    home.world.set_state(SENSOR, state, attributes or None, Context())


# -- tokens -----------------------------------------------------------------------------------------------------------


async def test_a_bad_token(broker: TestBroker, tmp_path: Path, home: DemoHome):
    async with watching(broker, tmp_path, home.url, "wrong") as probe:
        await eventually(probe.of_bridge)
        assert probe.of_bridge()[0].startswith("Home Assistant refuses the token in HA_TOKEN: make a new long-lived")
        assert "refuses the token" in await probe.problem()
        await asyncio.sleep(1)
        assert len(probe.of_bridge()) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_token_that_is_revoked_and_given_back(broker: TestBroker, tmp_path: Path, home: DemoHome):
    async with watching(broker, tmp_path, home.url) as probe:
        await eventually(probe.resynced)
        home.world.faults.switch({"lose_token": True})
        await eventually(probe.of_bridge)
        assert "refuses the token" in probe.of_bridge()[0]
        assert "refuses the token" in await probe.problem()
        move(home, "1")
        move(home, "2")
        home.world.faults.switch({"lose_token": False})
        await eventually(lambda: probe.told() == ["1", "2"])
        await eventually(lambda: len(probe.of_bridge()) == 2)
        assert probe.of_bridge()[1] == "Home Assistant is back"


# -- starting, slow, silent -------------------------------------------------------------------------------------------


async def test_one_that_answers_503(broker: TestBroker, tmp_path: Path, home: DemoHome):
    home.world.faults.status = 503
    async with watching(broker, tmp_path, home.url) as probe:
        await asyncio.sleep(0.3)
        assert "it is still starting, or its proxy does not reach it (HTTP status 503)" in await probe.problem()
        home.world.faults.status = 0
        await eventually(probe.resynced)
        assert await probe.problem() == ""


async def test_one_that_is_not_running_yet(broker: TestBroker, tmp_path: Path, home: DemoHome):
    home.world.faults.starting = True
    async with watching(broker, tmp_path, home.url) as probe:
        await asyncio.sleep(0.3)
        assert "it is still starting" in await probe.problem()
        assert probe.changes == []
        home.world.faults.starting = False
        await eventually(probe.resynced)
        assert await probe.problem() == ""


async def test_answers_that_take_ten_seconds(broker: TestBroker, tmp_path: Path, home: DemoHome):
    async with watching(broker, tmp_path, home.url) as probe:
        await eventually(probe.resynced)
        home.world.faults.slow = 10
        home.world.faults.drop_connections()
        move(home, "1")
        await asyncio.sleep(0.3)
        assert "cannot be reached" in await probe.problem()
        await eventually(lambda: probe.told() == ["1"], 80)
        move(home, "2")
        await eventually(lambda: probe.told() == ["1", "2"], 80)
        assert await probe.problem() == ""
        assert len(probe.of_bridge()) <= 2


async def test_a_connection_that_falls_silent(
    broker: TestBroker, tmp_path: Path, home: DemoHome, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wactorz_home_assistant.client._QUIET_SECONDS", 0.3)
    monkeypatch.setattr("wactorz_home_assistant.client._PATIENCE_SECONDS", 0.3)
    async with watching(broker, tmp_path, home.url) as probe:
        await eventually(probe.resynced)
        home.world.faults.silent = True
        move(home, "1")
        await asyncio.sleep(1.2)
        home.world.faults.silent = False
        await eventually(lambda: probe.told() == ["1"], 60)


# -- schemas ----------------------------------------------------------------------------------------------------------


Odd = Callable[[int], list[Any]]
MOMENT = "2026-11-21T02:33:25.5+00:00"


@asynccontextmanager
async def odd_home(states: list[Any], messages: Odd, *, config: Any = None) -> AsyncIterator[str]:
    """A home that sends these messages to whoever subscribes; they are made from the id of the subscription."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required"} | {"ha_version": "2031.12.0"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok", "ha_version": "2031.12.0", "novel": True})
        subscription = 0
        async for message in socket:
            command = message.json()
            kind, answer = command["type"], {"id": command["id"], "type": "result", "success": True, "result": None}
            if kind == "get_config":
                answer["result"] = {} if config is None else config
            elif kind == "get_states":
                answer["result"] = states
            elif kind == "subscribe_events" and command["event_type"] == "state_changed":
                subscription = command["id"]
            elif kind.startswith("history/"):
                answer = {
                    **answer,
                    "success": False,
                    "error": {"code": "unknown_command", "message": "Unknown command."},
                }
            await socket.send_json(answer)
            if kind == "get_states":
                for odd in messages(subscription):
                    await socket.send_json(odd)
        return socket

    app = web.Application()
    app.router.add_get("/api/websocket", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def make_event(state: Any, **more: Any) -> dict[str, Any]:
    data = {"entity_id": SENSOR, "new_state": state, "old_state": None}
    return {"event_type": "state_changed", "data": data, **more}


async def test_states_and_events_of_other_schemas(broker: TestBroker, tmp_path: Path):
    states: list[Any] = [
        {"entity_id": SENSOR, "state": "20"}, {"entity_id": "light.a", "state": None}, {"entity_id": 5}, None, "text",
        {"entity_id": "light.b", "state": "on", "attributes": None, "context": None, "last_updated": "soon", "new": {}},
    ]  # fmt: skip

    def messages(number: int) -> list[Any]:
        def event(content: Any) -> dict[str, Any]:
            return {"id": number, "type": "event", "event": content}

        return [
            event(make_event({"entity_id": SENSOR, "state": "21"})),
            event(make_event("compressed")), event({"c": {SENSOR: {"+": {"s": "22"}}}}), event(None), event([]),
            {"type": "brand_new", "id": number}, {"no": "type"}, 17,
            [event(make_event({"entity_id": SENSOR, "state": "23", "last_updated": MOMENT}, time_fired=MOMENT)),
             event(make_event({"entity_id": SENSOR, "state": "24", "schema": 9}, context="01X", extra=[1]))],
            event(make_event(None)),
        ]  # fmt: skip

    async with odd_home(states, messages) as url, watching(broker, tmp_path, url) as probe:
        await eventually(lambda: len(probe.told()) >= 4)
        assert probe.told()[:4] == ["21", "23", "24", ""]
        await eventually(lambda: probe.resynced("light.b"))
        assert probe.resynced("light.b")[0] == "on"
        assert probe.resynced("light.a") == []
        assert not [name for name, text in probe.alerts if "Traceback" in text]


async def test_no_list_of_states_at_all(broker: TestBroker, tmp_path: Path):
    async with odd_home({"message": "moved"}, lambda _: []) as url, watching(broker, tmp_path, url) as probe:  # type: ignore[arg-type]
        await asyncio.sleep(0.5)
        assert await probe.problem() == "nothing"


async def test_very_large_states(broker: TestBroker, tmp_path: Path, home: DemoHome):
    for number in range(40):
        home.world.set_state(f"sensor.huge_{number}", "1", {"table": "a" * 600_000}, Context())
    async with watching(broker, tmp_path, home.url) as probe:
        await eventually(lambda: probe.resynced("sensor.huge_39"), 30)
        move(home, "1")
        await eventually(lambda: probe.told() == ["1"])
        assert await probe.problem() == ""


# -- entities that are out of reach -----------------------------------------------------------------------------------


async def test_devices_out_of_reach_are_told_and_come_back(broker: TestBroker, tmp_path: Path, home: DemoHome):
    async with watching(broker, tmp_path, home.url) as probe, aiohttp.ClientSession() as http:
        await eventually(probe.resynced)
        before = home.world.states[SENSOR].condition.state
        for entities in ([SENSOR], []):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            await http.post(f"{home.url}/api/demo/faults", json={"unavailable": entities}, headers=headers)
        await eventually(lambda: len(probe.told()) == 2)
        assert probe.told() == ["unavailable", before]


# -- rules and what was missed ----------------------------------------------------------------------------------------


class StubActuator(Agent[AgentSettings]):
    """Does as if it acted."""

    name = "home-assistant-actuator"
    description = "Writes down what it is asked to do"

    async def on_start(self) -> None:
        self.asked: list[Actuation] = []

    @handles(ACTUATE)
    async def on_actuate(self, request: Actuation, _task: Task) -> ActuationResult:
        self.asked.append(request)
        return ActuationResult(outcomes=(), text="done")


async def test_what_is_told_too_late_moves_nothing(broker: TestBroker, tmp_path: Path, home: DemoHome):
    """Somebody passed while Home Assistant was away; the light does not go on for somebody who left."""
    motion = "binary_sensor.hallway_motion"
    url = {"ha_url": home.url, "ha_token": TOKEN}
    async with watching(broker, tmp_path, home.url) as probe, AsyncExitStack() as stack:
        state = tmp_path / "state"
        actuator = await stack.enter_async_context(running(StubActuator, broker, state))
        await stack.enter_async_context(
            running(HomeAssistantMapAgent, broker, state, HomeAssistantMapAgentSettings, **url)
        )
        await stack.enter_async_context(running(PlannerAgent, broker, state, PlannerSettings, firing_seconds=0.5))
        draft = RuleDraft(
            trigger=StateTrigger(entity_id=motion, to="on"), cooldown_seconds=0,
            actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.hallway_light",)),),
        )  # fmt: skip
        await eventually(lambda: probe.resynced(motion))
        made = await probe.submit(CREATE_RULE, CreateRule(task="light the hallway", draft=draft))
        assert made.state is TaskState.DONE, made.error
        home.world.faults.status = 503
        home.world.faults.drop_connections()
        await asyncio.sleep(0.1)
        home.world.set_state(motion, "on", None, Context())
        home.world.set_state(motion, "off", None, Context())
        await asyncio.sleep(0.7)
        home.world.faults.status = 0
        await eventually(lambda: probe.told(motion) == ["on", "off"])
        await asyncio.sleep(0.5)
        assert actuator.asked == []
        home.world.set_state(motion, "on", None, Context())
        await eventually(lambda: len(actuator.asked) == 1)


# -- a real one, killed -----------------------------------------------------------------------------------------------


async def keep_moving(url: str, token: str, stop: asyncio.Event) -> None:
    """Move the helper, whether the house answers or not."""
    headers = {"Authorization": f"Bearer {token}"}
    number = 0
    async with aiohttp.ClientSession(url, headers=headers, timeout=aiohttp.ClientTimeout(total=2)) as http:
        while not stop.is_set():
            number += 1
            body = {"entity_id": HELPER, "value": number % 700 / 10 - 10}
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await (await http.post("/api/services/input_number/set_value", json=body)).release()
            await asyncio.sleep(0.02)


def recorded(database: Path, entity_id: str, since: int) -> list[int]:
    """When the recorder saw an entity change, in microseconds."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT last_updated_ts FROM states JOIN states_meta USING (metadata_id) WHERE states_meta.entity_id = ?",
            (entity_id,),
        ).fetchall()
    return sorted(mark for (at,) in rows if at is not None and (mark := micros(at)) > since)


def marks_of(probe: Probe, entity_id: str) -> Counter[int]:
    events = [change for change in probe.changes if change.entity_id == entity_id and not change.resync]
    return Counter(
        micros(moment_of((change.new_state or {}).get("last_updated")) or change.timestamp) for change in events
    )


@pytest.mark.home_assistant
async def test_a_real_one_that_is_killed_while_states_move(
    broker: TestBroker, tmp_path: Path, mortal_home_assistant: MortalHomeAssistant
):
    real = mortal_home_assistant
    async with watching(broker, tmp_path, real.url, real.token) as probe:
        await eventually(probe.resynced, 60)
        since = max(micros(change.timestamp) for change in probe.changes)
        stop = asyncio.Event()
        moving = asyncio.create_task(keep_moving(real.url, real.token, stop))
        for pause in (3.0, 1.0, 0.2):
            await asyncio.sleep(pause)
            real.kill()
            await asyncio.sleep(pause / 2)
            probe.changes.append(StateChange(entity_id="a.mark", domain="a", timestamp=0))
            real.start()
            await eventually(lambda: _resynced_since_mark(probe), 120)
            await asyncio.sleep(1)
        stop.set()
        await moving
        await asyncio.sleep(6)  # the recorder writes every five seconds
        for entity_id in (HELPER, SENSOR):
            said, wanted = marks_of(probe, entity_id), recorded(real.database, entity_id, since)
            assert len(wanted) > 20
            assert [mark for mark in wanted if mark not in said] == [], "lost"
            assert [mark for mark, count in said.items() if count > 1] == [], "said twice"
        assert any(change.filled for change in probe.changes)


def _resynced_since_mark(probe: Probe) -> bool:
    last = max(place for place, change in enumerate(probe.changes) if change.entity_id == "a.mark")
    return any(change.resync and change.entity_id == SENSOR for change in probe.changes[last:])


@pytest.mark.home_assistant
async def test_a_short_break_of_the_connection_to_a_real_one(
    broker: TestBroker, tmp_path: Path, mortal_home_assistant: MortalHomeAssistant
):
    """What the recorder has not written yet is known all the same."""
    real = mortal_home_assistant
    async with tunnel(real.url) as (url, cut), watching(broker, tmp_path, url, real.token) as probe:
        await eventually(probe.resynced, 60)
        async with HomeProbe(real.url, real.token) as hand:
            for number in range(20):
                if number == 10:
                    cut()
                await hand.call("input_number", "set_value", entity_id=HELPER, value=number)
            await eventually(lambda: len(probe.told(HELPER)) >= 20)
        assert [float(state) for state in probe.told(HELPER)] == [float(number) for number in range(20)]


@asynccontextmanager
async def tunnel(url: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """Another address for a home, whose connections can be cut."""
    host, port = url.removeprefix("http://").split(":")
    writers: set[asyncio.StreamWriter] = set()
    pumps: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        writers.update((writer, back))
        pumps.update((asyncio.create_task(pump(reader, back)), asyncio.create_task(pump(there, writer))))

    def cut() -> None:
        for writer in writers:
            writer.transport.abort()
        writers.clear()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", cut
    server.close()
    cut()
    await asyncio.gather(*pumps, return_exceptions=True)
