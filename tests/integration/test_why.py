"""Why something is as it is, told from the actuator's log, the planner's firings and a real Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, Task, TaskEnd, handles
from wactorz_common.contracts.home import ACTUATE, Actuation, ActuationResult, ServiceCall
from wactorz_common.contracts.policy import LIST_AUDIT, WHY, AuditEntry, AuditLines, AuditQuery, WhyQuery, WhyReport
from wactorz_common.contracts.rules import CREATE_RULE, Condition, CreateRule, RuleDraft, StateTrigger
from wactorz_common.contracts.spawning import DECIDE_APPROVAL, Decision
from wactorz_common.contracts.tasks import TaskState
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
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe

pytestmark = pytest.mark.broker

LIGHT, LOCK = "light.hallway_light", "lock.front_door"
MOTION_HELPER = "input_boolean.hallway_motion_seen"


class Curious(Agent[AgentSettings]):
    """Asks why."""

    name = "curious"
    description = "Asks why"

    async def why(self, entity_id: str = "", language: str = "en") -> WhyReport:
        return await self.ask(WHY, WhyQuery(entity_id=entity_id, language=language))


class Log(Agent[AgentSettings]):
    """Stands in for the actuator's log."""

    name = "home-assistant-actuator"
    description = "Stands in for the actuator"
    lines: tuple[AuditEntry, ...] = ()

    @handles(LIST_AUDIT)
    async def on_list_audit(self, request: AuditQuery, _task: Task) -> AuditLines:
        """The lines about an entity."""
        found = (
            line for line in self.lines if not request.entity_id or request.entity_id in line.entity_ids
        )  # fmt: skip
        return AuditLines(lines=tuple(found))


@dataclass
class World:
    """A home, somebody who asks, and a look past them."""

    curious: Curious
    log: Log
    probe: HomeProbe
    demo: bool

    async def noted(self, before: str, after: str) -> None:
        """Let the log say that Wactorz has just switched the light."""
        state = await self.probe.state(LIGHT)
        call: dict[str, Any] = {
            "domain": "light", "service": f"turn_{after}", "entity_id": [LIGHT], "data": {}, "verdict": "sent",
            "state": "done", "text": f"Hallway light is {after}.", "before": {LIGHT: {"state": before}},
            "after": {LIGHT: {"state": after}},
        }  # fmt: skip
        detail = {"reason": f"turn {after} the hallway light", "calls": [call]}
        self.log.lines = (AuditEntry(
            number=1, at=_epoch(state["last_changed"]) + 0.1, kind="actuation", person="Ana", origin="person",
            trace_id="trace", entity_ids=(LIGHT,), detail=detail,
        ), *self.log.lines)  # fmt: skip


def _epoch(text: str) -> float:
    from datetime import datetime  # noqa: PLC0415  # only here

    return datetime.fromisoformat(text).timestamp()


async def _shows(probe: HomeProbe, entity_id: str) -> None:
    async with asyncio.timeout(5):
        while "state" not in await probe.state(entity_id):
            await asyncio.sleep(0.05)


async def _home(request: pytest.FixtureRequest, folder: Path, stack: AsyncExitStack) -> tuple[str, str]:
    if request.param == "real":
        real = request.getfixturevalue("real_home_assistant")
        return real.url, real.token
    settings = DemoHomeSettings(state_dir=folder / "demo")
    home = DemoHome(settings)
    await home.start()
    stack.push_async_callback(home.stop)
    return home.url, settings.secret_token()


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def world(request: pytest.FixtureRequest, broker: TestBroker, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        url, token = await _home(request, tmp_path, stack)
        start = stack.enter_async_context
        values = {"ha_url": url, "ha_token": token}
        await start(running(HomeAssistantMapAgent, broker, tmp_path, HomeAssistantMapAgentSettings, **values))
        agent = await start(running(HomeAssistantAgent, broker, tmp_path, HomeAssistantAgentSettings, **values))
        log = await start(running(Log, broker, tmp_path))
        curious = await start(running(Curious, broker, tmp_path))
        probe = await start(HomeProbe(url, token))
        await agent._home.wait_ready(10)
        await probe.call("light", "turn_off", entity_id=LIGHT)
        yield World(curious, log, probe, request.param == "demo")
        await probe.call("light", "turn_off", entity_id=LIGHT)


async def test_ours_then_a_hand(world: World):
    await world.probe.call("light", "turn_on", entity_id=LIGHT)
    await asyncio.sleep(0.2)
    await world.noted("off", "on")
    report = await world.curious.why(LIGHT)
    assert report.trace_id == "trace"
    assert report.text.startswith("Ana said “turn on the hallway light” at ")
    assert "Read back: Hallway light is on." in report.text
    newest = await world.curious.why()
    assert newest.text == report.text
    assert (await world.curious.why(LIGHT, "de")).text.startswith("Ana sagte um ")
    await asyncio.sleep(2.2)
    await world.probe.call("light", "turn_off", entity_id=LIGHT)
    await asyncio.sleep(0.2)
    hand = await world.curious.why(LIGHT)
    assert hand.trace_id == ""
    assert hand.text.startswith("Hallway light is off.")
    assert "not Wactorz" in hand.text or "Wactorz did not do it" in hand.text
    assert "Before that, at" in hand.text


async def test_an_automation_of_home_assistant(world: World):
    config = {"alias": "Motion light", "triggers": [{"trigger": "state", "entity_id": "binary_sensor.hallway_motion", "to": "on"}],
              "actions": [{"action": "light.turn_on", "target": {"entity_id": LIGHT}}]}  # fmt: skip
    status, _, _ = await world.probe.rest("POST", "/api/config/automation/config/why_test", config)
    assert status == 200
    try:
        await _shows(world.probe, "automation.motion_light")
        if world.demo:
            await world.probe.rest("POST", "/api/states/binary_sensor.hallway_motion", {"state": "on"})
        else:
            await world.probe.call("input_boolean", "turn_on", entity_id="input_boolean.hallway_motion_seen")
        await asyncio.sleep(0.5)
        text = (await world.curious.why(LIGHT)).text
        assert "Home Assistant's automation “Motion light” did it at " in text
    finally:
        await world.probe.rest("DELETE", "/api/config/automation/config/why_test")
        if not world.demo:
            await world.probe.call("input_boolean", "turn_off", entity_id="input_boolean.hallway_motion_seen")


async def test_without_the_actuator_it_says_so(broker: TestBroker, tmp_path: Path):
    settings = DemoHomeSettings(state_dir=tmp_path / "demo")
    home = DemoHome(settings)
    await home.start()
    try:
        values = {"ha_url": home.url, "ha_token": settings.secret_token()}
        async with (
            running(HomeAssistantAgent, broker, tmp_path, HomeAssistantAgentSettings, **values) as agent,
            running(Curious, broker, tmp_path) as curious,
        ):
            await agent._home.wait_ready(10)
            text = (await curious.why(LIGHT)).text
    finally:
        await home.stop()
    assert text.startswith("Hallway light is off.")
    assert text.endswith("home-assistant-actuator does not answer; this is only what Home Assistant shows.")


class Main(Curious):
    """Speaks for people, and asks why."""

    name = "main"


class Gate(Agent[AgentSettings]):
    """Passes on what authenticated people decide."""

    name = "gateway"
    description = "Passes decisions on"


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def house(
    request: pytest.FixtureRequest, broker: TestBroker, tmp_path: Path
) -> AsyncIterator[tuple[Main, Gate, HomeProbe, bool]]:
    """A home with all its agents, somebody who speaks for people, the gateway's voice, and a look past them."""
    async with AsyncExitStack() as stack:
        url, token = await _home(request, tmp_path, stack)
        start = stack.enter_async_context
        values = {"ha_url": url, "ha_token": token}
        await start(running(HomeAssistantMapAgent, broker, tmp_path, HomeAssistantMapAgentSettings, **values))
        agent = await start(running(HomeAssistantAgent, broker, tmp_path, HomeAssistantAgentSettings, **values))
        await start(running(HomeAssistantActuatorAgent, broker, tmp_path, HomeAssistantActuatorSettings, **values))
        await start(
            running(HomeAssistantStateBridgeAgent, broker, tmp_path, HomeAssistantStateBridgeSettings, **values)
        )
        await start(running(PlannerAgent, broker, tmp_path, PlannerSettings))
        main = await start(running(Main, broker, tmp_path))
        gate = await start(running(Gate, broker, tmp_path))
        probe = await start(HomeProbe(url, token))
        await agent._home.wait_ready(10)
        await probe.call("light", "turn_off", entity_id=LIGHT)
        await probe.call("lock", "lock", entity_id=LOCK)
        await _motion(probe, "off")
        yield main, gate, probe, request.param == "demo"
        await probe.call("light", "turn_off", entity_id=LIGHT)
        await probe.call("lock", "lock", entity_id=LOCK)
        await _motion(probe, "off")


async def _motion(probe: HomeProbe, state: str) -> None:
    if "state" in await probe.state(MOTION_HELPER):
        await probe.call("input_boolean", f"turn_{state}", entity_id=MOTION_HELPER)
    else:
        await probe.rest("POST", "/api/states/binary_sensor.hallway_motion", {"state": state})


async def _acted(main: Main, call: ServiceCall, reason: str) -> TaskEnd[ActuationResult]:
    return await main.submit(ACTUATE, Actuation(calls=(call,), reason=reason, person="Ana"))


async def test_a_sentence_and_an_approval_for_real(house: tuple[Main, Gate, HomeProbe, bool]):
    main, gate, probe, _ = house
    on = ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,))
    assert (await _acted(main, on, "turn on the hallway light")).state is TaskState.DONE
    text = (await main.why(LIGHT)).text
    assert text.startswith("Ana said “turn on the hallway light” at ")
    assert "It opens nothing, so nobody had to be asked." in text
    assert "Read back: Hallway light is on" in text
    unlock = ServiceCall(domain="lock", service="unlock", entity_id=(LOCK,))
    end = await _acted(main, unlock, "unlock the front door")
    assert end.result is not None
    assert end.result.approval_id
    assert (await probe.state(LOCK))["state"] == "locked"
    decision = Decision(id=end.result.approval_id, decision="approve", by="Ben")
    decided = await gate.submit(DECIDE_APPROVAL, decision, to="home-assistant-actuator")
    assert decided.state is TaskState.DONE, decided.error
    text = (await main.why(LOCK)).text
    assert "Ana said “unlock the front door” at " in text
    assert "It opens something, so it waited for a yes.\nBen approved it at " in text
    assert "Read back: " in text


async def test_a_rule_for_real(house: tuple[Main, Gate, HomeProbe, bool]):
    main, _, probe, _ = house
    draft = RuleDraft(
        trigger=StateTrigger(entity_id="binary_sensor.hallway_motion", to="on"),
        conditions=(Condition(entity_id=LOCK, value="locked"),),
        actions=(ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,)),),
    )
    made = await main.submit(CREATE_RULE, CreateRule(task="when there is motion, light", draft=draft))
    assert made.result is not None, made.error
    await _motion(probe, "on")
    async with asyncio.timeout(10):
        while (await probe.state(LIGHT))["state"] != "on":
            await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        while "Read back" not in (text := (await main.why(LIGHT)).text):
            await asyncio.sleep(0.2)
    assert "Hallway motion became on at " in text
    assert "Front door was locked, as the rule asks." in text
    assert "So the rule “when there is motion, light” (" in text
    assert "Read back: Hallway light is on" in text
