"""The four home services on a real broker, with the demo home and with a real Home Assistant."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, TaskEnd, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT, ChatRequest
from wactorz_common.contracts.home import (
    ACTUATE,
    ACTUATIONS,
    GET_HOUSE,
    GET_STATES,
    HOME_MAP,
    SET_DEMO_STATE,
    STATE_CHANGE,
    Actuation,
    ActuationEvent,
    ActuationResult,
    HomeMap,
    House,
    ServiceCall,
    SetDemoState,
    StateChange,
    StateQuery,
)  # fmt: skip
from wactorz_common.contracts.spawning import DECIDE_APPROVAL, Decision
from wactorz_common.contracts.system import SET_HALT, HaltRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.house import fetch_house
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant_actuator.agent import HomeAssistantActuatorAgent
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_home_assistant_state_bridge.agent import HomeAssistantStateBridgeAgent
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe

pytestmark = pytest.mark.broker

LIGHT, LOCK, BLINDS, AIR = "light.kitchen_light", "lock.front_door", "cover.blinds", "climate.kitchen_air_conditioner"


class Probe(Agent[AgentSettings]):
    """Asks as people do through the gateway, and writes down what it hears."""

    name = "gateway"
    description = "Asks the home services"

    async def on_start(self) -> None:
        self.changes: list[StateChange] = []
        self.evidence: list[ActuationEvent] = []
        self.maps: list[HomeMap] = []

    @listens(STATE_CHANGE)
    async def on_change(self, message: Message[StateChange]) -> None:
        self.changes.append(message.payload)

    @listens(ACTUATIONS)
    async def on_evidence(self, message: Message[ActuationEvent]) -> None:
        self.evidence.append(message.payload)

    @listens(HOME_MAP)
    async def on_map(self, message: Message[HomeMap]) -> None:
        self.maps.append(message.payload)

    async def act(self, *calls: ServiceCall, task_id: str | None = None, **fields: Any) -> TaskEnd[ActuationResult]:
        return await self.submit(ACTUATE, Actuation(calls=calls, **fields), task_id=task_id)

    async def house(self) -> House:
        return await fetch_house(lambda query: self.ask(GET_HOUSE, query))

    async def state_of(self, entity_id: str) -> str | None:
        return (await self.ask(GET_STATES, StateQuery(entity_id=(entity_id,)))).states[0].state


@dataclass(frozen=True)
class Home:
    """A home to test with."""

    url: str
    token: str
    demo: bool

    @property
    def settings(self) -> dict[str, str]:
        return {"ha_url": self.url, "ha_token": self.token}


def make_call(name: str, *entity_ids: str, **data: Any) -> ServiceCall:
    domain, _, service = name.partition(".")
    return ServiceCall(domain=domain, service=service, entity_id=entity_ids, data=data)


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def demo_home(folder: Path) -> AsyncIterator[Home]:
    settings = DemoHomeSettings(state_dir=folder, call_log=folder / "calls.jsonl")
    demo = DemoHome(settings)
    await demo.start()
    yield Home(demo.url, settings.secret_token(), demo=True)
    await demo.stop()


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    """The demo home, and a real one whose devices are set back afterwards."""
    if request.param == "demo":
        async with demo_home(tmp_path) as demo:
            yield demo
        return
    real = request.getfixturevalue("real_home_assistant")
    yield Home(real.url, real.token, demo=False)
    async with HomeProbe(real.url, real.token) as probe:
        await probe.call("light", "turn_off", entity_id=[LIGHT, "light.office_light"])
        await probe.call("climate", "set_temperature", entity_id=AIR, temperature=24)
        await probe.call("climate", "turn_off", entity_id=AIR)
        await probe.call("cover", "open_cover", entity_id=BLINDS)
        await probe.call("lock", "lock", entity_id=LOCK)


@dataclass(frozen=True)
class Services:
    """The probe and the services around it."""

    probe: Probe
    actuator: HomeAssistantActuatorAgent
    map_agent: HomeAssistantMapAgent


@asynccontextmanager
async def all_services(broker: TestBroker, folder: Path, home: Home) -> AsyncIterator[Services]:
    state = folder / "state"
    async with AsyncExitStack() as stack:
        probe = await stack.enter_async_context(running(Probe, broker, state))
        actuator = await stack.enter_async_context(
            running(HomeAssistantActuatorAgent, broker, state, HomeAssistantActuatorSettings, **home.settings)
        )
        await stack.enter_async_context(
            running(HomeAssistantStateBridgeAgent, broker, state, HomeAssistantStateBridgeSettings, **home.settings)
        )
        map_agent = await stack.enter_async_context(
            running(HomeAssistantMapAgent, broker, state, HomeAssistantMapAgentSettings, **home.settings)
        )
        await stack.enter_async_context(
            running(HomeAssistantAgent, broker, state, HomeAssistantAgentSettings, **home.settings)
        )
        yield Services(probe, actuator, map_agent)


@pytest.fixture
async def services(broker: TestBroker, tmp_path: Path, home: Home) -> AsyncIterator[Services]:
    async with all_services(broker, tmp_path, home) as found:
        yield found


@pytest.fixture
def probe(services: Services) -> Probe:
    return services.probe


@pytest.mark.parametrize(
    ("call", "entity_id", "state", "text"),
    [
        (make_call("light.turn_on", LIGHT, brightness_pct=40), LIGHT, "on", "Kitchen light is at 40 %."),
        (make_call("light.turn_on", LIGHT), LIGHT, "on", "Kitchen light is on."),
        (make_call("homeassistant.turn_off", LIGHT), LIGHT, "off", "Kitchen light is off."),
        (make_call("lock.lock", LOCK), LOCK, "locked", "Front door is locked."),
        (make_call("climate.turn_on", AIR), AIR, "cool", "Kitchen air conditioner is on."),
        (make_call("climate.set_temperature", AIR, temperature=23), AIR, None, "Kitchen air conditioner is set to 23 °C."),
        (make_call("climate.turn_off", AIR), AIR, "off", "Kitchen air conditioner is off."),
        (make_call("cover.close_cover", BLINDS), BLINDS, None, None),
        (make_call("cover.open_cover", BLINDS), BLINDS, None, None),
    ],
    ids=lambda value: f"{value.domain}.{value.service}" if isinstance(value, ServiceCall) else None,
)  # fmt: skip
async def test_a_call_moves_the_device_and_is_read_back(
    probe: Probe, call: ServiceCall, entity_id: str, state: str | None, text: str | None
):
    end = await probe.act(call, reason="a test")
    assert end.state is TaskState.DONE, end.error
    assert end.result is not None
    assert text in {None, end.result.text}
    if state:
        assert await probe.state_of(entity_id) == state
    await eventually(lambda: probe.evidence)
    assert probe.evidence[0].task_id == end.task_id
    assert probe.evidence[0].actions[0]["state"] == "done"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (make_call("homeassistant.turn_off", LOCK), "Front door cannot be turned on or off; say lock."),
        (make_call("light.toggle", LIGHT), "Toggling is not possible here, because it may end either way; say on or off, open or close."),
        (make_call("light.turn_on", "light.nope"), "There is no light.nope in Home Assistant."),
        (make_call("light.turn_on", LIGHT, brightness_pct=140), "Kitchen light takes a brightness of 0 to 100, not 140."),
        (make_call("light.turn_on", LIGHT, rgb_color=[255, 0, 0]), "Kitchen light has no colors; it can be dimmed."),
        (make_call("climate.set_temperature", AIR, temperature=99), "Kitchen air conditioner takes a temperature of 16 to 30, not 99."),
    ],
    ids=lambda value: f"{value.domain}.{value.service}" if isinstance(value, ServiceCall) else None,
)  # fmt: skip
async def test_what_is_refused_is_said_and_not_done(probe: Probe, call: ServiceCall, text: str):
    end = await probe.act(call)
    assert (end.state, end.error) == (TaskState.FAILED, text)
    assert probe.evidence == []
    assert await probe.state_of(LOCK) == "locked"


async def test_a_locked_door_stays_locked_until_a_person_says_yes(probe: Probe):
    end = await probe.act(make_call("lock.unlock", LOCK), person="owner")
    assert (end.state, end.error) == (TaskState.DONE, None)
    assert end.result is not None
    assert end.result.text == "Unlocking needs your yes; the front door stays locked until then."
    assert await probe.state_of(LOCK) == "locked"
    decision = Decision(id=end.result.approval_id, decision="approve", by="owner")
    decided = await probe.submit(DECIDE_APPROVAL, decision, to="home-assistant-actuator")
    assert (decided.state, decided.result and decided.result.text) == (TaskState.DONE, "Front door is unlocked.")
    assert await probe.state_of(LOCK) == "unlocked"
    again = await probe.submit(DECIDE_APPROVAL, decision, to="home-assistant-actuator")
    assert again.error == "This approval is approved and cannot be used again: ask for it once more"


async def test_the_same_task_again_is_not_done_again(probe: Probe):
    call = make_call("light.turn_on", LIGHT)
    first = await probe.act(call, task_id="20261121T000000.0000Z-same")
    again = await probe.act(call, task_id="20261121T000000.0000Z-same")
    assert first.state is again.state is TaskState.DONE
    await eventually(lambda: probe.evidence)
    assert len(probe.evidence) == 1


async def test_stopped_until_released(probe: Probe):
    await probe.submit(SET_HALT, HaltRequest(halted=True), to="home-assistant-actuator")
    end = await probe.act(make_call("light.turn_on", LIGHT))
    assert end.state is TaskState.FAILED
    assert "Everything is stopped" in (end.error or "")
    await probe.submit(SET_HALT, HaltRequest(halted=False), to="home-assistant-actuator")
    assert (await probe.act(make_call("light.turn_on", LIGHT))).state is TaskState.DONE


async def test_changes_are_published_by_entity(probe: Probe):
    await eventually(lambda: any(change.entity_id == LIGHT and change.resync for change in probe.changes))
    await probe.act(make_call("light.turn_on", LIGHT, brightness_pct=30))

    def shown() -> list[StateChange]:
        return [
            c
            for c in probe.changes
            if c.entity_id == LIGHT and not c.resync and c.new_state and c.new_state["state"] == "on"
        ]

    await eventually(shown)
    change = shown()[0]
    assert (change.type, change.domain) == ("home_assistant_state_change", "light")
    assert change.old_state is not None
    assert change.context is not None


async def test_the_house(probe: Probe, home: Home):
    house = await probe.house()
    entities = {entity.entity_id: entity for entity in house.entities}
    areas = {area.area_id: area.name for area in house.areas}
    assert house.demo is home.demo
    assert house.version >= 1
    assert house.temperature_unit == "°C"
    assert areas[entities[LIGHT].area_id or ""] == "Kitchen"
    assert entities[LIGHT].name == "Kitchen light"
    assert entities["sensor.kitchen_temperature"].device_class == "temperature"
    assert entities[AIR].attributes["hvac_modes"] == ["cool", "off"]
    assert {"turn_on", "turn_off"} <= set(house.services["light"])


async def test_a_renamed_entity_makes_a_new_version(probe: Probe, home: Home):
    before = await probe.house()
    async with HomeProbe(home.url, home.token) as outside:
        answer = await outside.command("config/entity_registry/update", entity_id=LIGHT, name="Worktop")
        if not answer["success"]:
            pytest.skip("the demo home's registry cannot be edited")
        try:
            await eventually(lambda: any(found.version > before.version for found in probe.maps))
            after = await probe.house()
            assert next(entity.name for entity in after.entities if entity.entity_id == LIGHT) == "Worktop"
            devices = next(found.devices for found in probe.maps if found.version > before.version)
            assert "Worktop" in json.dumps(devices)
        finally:
            await outside.command("config/entity_registry/update", entity_id=LIGHT, name=None)


async def test_only_the_demo_home_can_be_moved(probe: Probe, home: Home):
    request = SetDemoState(entity_id="sensor.kitchen_temperature", state="29")
    if not home.demo:
        with pytest.raises(TaskFailed, match="Only the demo home's sensors can be moved"):
            await probe.ask(SET_DEMO_STATE, request)
        return
    moved = await probe.ask(SET_DEMO_STATE, request)
    assert (moved.state, moved.unit) == ("29", "°C")
    await eventually(lambda: any(c.new_state and c.new_state["state"] == "29" for c in probe.changes))


async def test_questions_in_chat(probe: Probe):
    async def ask(text: str) -> tuple[str, str]:
        end = await probe.submit(CHAT, ChatRequest(text=text), to="home-assistant-agent")
        assert end.result is not None
        return end.result.text, end.result.status

    await probe.act(make_call("light.turn_off", LIGHT))
    assert await ask("state of the kitchen light") == ("Kitchen light is off.", "done")
    assert "- Kitchen light is off [light.kitchen_light]" in (await ask("list lights in the kitchen"))[0]
    text, status = await ask("sing a song")
    assert text.startswith("I did not understand that. I can answer:")
    assert status == "failed"


# -- outages and crashes, with the demo home ------------------------------------------------------------------------


async def test_the_house_keeps_its_version_over_a_restart(broker: TestBroker, tmp_path: Path):
    versions = []
    async with demo_home(tmp_path) as home:
        for _ in range(2):
            async with all_services(broker, tmp_path, home) as services:
                versions.append((await services.probe.house()).version)
    assert versions == [1, 1]


async def test_home_assistant_goes_and_comes_back(broker: TestBroker, tmp_path: Path):
    async with AsyncExitStack() as stack:
        async with demo_home(tmp_path) as home:
            services = await stack.enter_async_context(all_services(broker, tmp_path, home))
            probe = services.probe
            assert (await probe.act(make_call("light.turn_on", LIGHT))).state is TaskState.DONE
        away = await probe.submit(ACTUATE, Actuation(calls=(make_call("light.turn_off", LIGHT),)), deadline=0.5)
        assert away.state in {TaskState.FAILED, TaskState.EXPIRED}
        probe.changes.clear()
        async with demo_home(tmp_path):
            end = await probe.act(make_call("light.turn_off", LIGHT))
            assert end.state is TaskState.DONE, end.error
            await eventually(lambda: any(change.resync for change in probe.changes))


async def test_the_broker_goes_and_all_states_are_said_again(broker: TestBroker, tmp_path: Path):
    async with demo_home(tmp_path) as home, all_services(broker, tmp_path, home) as services:
        probe = services.probe
        await eventually(lambda: any(change.resync for change in probe.changes))
        broker.kill()
        await asyncio.sleep(0.1)
        probe.changes.clear()
        probe.maps.clear()
        broker.start()
        await eventually(lambda: any(change.entity_id == LIGHT and change.resync for change in probe.changes), 15)
        await eventually(lambda: probe.maps, 15)
        assert (await probe.act(make_call("light.turn_on", LIGHT))).state is TaskState.DONE


async def test_the_flat_topic_and_allowed_domains(broker: TestBroker, tmp_path: Path):
    async with demo_home(tmp_path) as home:
        wishes = {"per_entity": False, "domains": "light", "output_topic": "custom/states"}
        heard = asyncio.Queue[tuple[str, StateChange]]()
        async with running(Probe, broker, tmp_path / "state") as probe:
            from wactorz_home_assistant_state_bridge.agent import configured_channel  # noqa: PLC0415

            channel = configured_channel(HomeAssistantStateBridgeSettings.model_validate(wishes))

            async def hear(message: Message[StateChange]) -> None:
                await heard.put((message.topic, message.payload))

            probe.bus.subscribe(channel, hear)
            await asyncio.sleep(0.1)
            bridge = running(
                HomeAssistantStateBridgeAgent, broker, tmp_path / "state", HomeAssistantStateBridgeSettings,
                **home.settings, **wishes,
            )  # fmt: skip
            async with bridge, asyncio.timeout(5):
                found = [await heard.get() for _ in range(5)]
        assert {topic for topic, _ in found} == {"custom/states"}
        assert {change.domain for _, change in found} == {"light"}


@pytest.mark.parametrize(
    "place", ["handler.before_effect", "handler.after_effect", "inbox.before_done_commit", "inbox.after_done_commit"]
)
async def test_a_crash_never_makes_a_call_twice(broker: TestBroker, tmp_path: Path, place: str):
    """Killed at that place, started again: the task ends as done, and the home saw one call."""
    async with demo_home(tmp_path) as home, running(Probe, broker, tmp_path / "state") as probe:
        doomed = await start_actuator(broker, tmp_path, home, f"{place}:1")
        ending = asyncio.create_task(probe.act(make_call("light.turn_on", LIGHT, brightness_pct=55)))
        assert await asyncio.wait_for(doomed.wait(), 10) == -signal.SIGKILL
        reborn = await start_actuator(broker, tmp_path, home, "")
        end = await asyncio.wait_for(ending, 20)
        reborn.terminate()
        await reborn.wait()
    assert end.state is TaskState.DONE, end.error
    calls = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
    assert len(calls) == 1


async def start_actuator(broker: TestBroker, folder: Path, home: Home, failpoints: str) -> asyncio.subprocess.Process:
    environment = {
        "WACTORZ_STATE_DIR": str(folder / "state"), "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port),
        "HA_URL": home.url, "HA_TOKEN": home.token, "WACTORZ_FAILPOINTS": failpoints,
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wactorz_home_assistant_actuator", env=environment
    )
