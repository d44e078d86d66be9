"""Rules on a real broker, with the home services and the demo home: from the sensor to the device and back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, TaskEnd, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.home import ACTUATIONS, GET_STATES, ActuationEvent, ServiceCall, StateQuery
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.contracts.policy import LIST_AUDIT, AuditQuery
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    BACKTEST,
    CREATE_RULE,
    GRANT_RULE,
    LIST_FIRINGS,
    LIST_RULES,
    Backtest,
    CreateRule,
    FiringQuery,
    FiringReport,
    IntervalTrigger,
    NumericTrigger,
    Rule,
    RuleDraft,
    RuleRef,
    RuleResult,
    StateTrigger,
    SunTrigger,
)
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

LIGHT, OTHER, LOCK, SENSOR = (
    "light.kitchen_light",
    "light.office_light",
    "lock.front_door",
    "sensor.kitchen_temperature",
)
RENAMED = "light.cooking_light"
HOT = NumericTrigger(entity_id=SENSOR, above=28)


class Person(Agent[AgentSettings]):
    """Asks as people do through the gateway, and writes down what it hears."""

    name = "gateway"
    description = "Asks about rules"

    async def on_start(self) -> None:
        self.evidence: list[ActuationEvent] = []
        self.alerts: list[str] = []

    @listens(ACTUATIONS)
    async def on_evidence(self, message: Message[ActuationEvent]) -> None:
        self.evidence.append(message.payload)

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append(message.payload.message)

    async def make(self, sentence: str, draft: RuleDraft) -> RuleResult:
        end: TaskEnd[RuleResult] = await self.submit(CREATE_RULE, CreateRule(task=sentence, draft=draft))
        assert end.result is not None, end.error
        return end.result

    async def firings(self, rule_id: str) -> tuple[FiringReport, ...]:
        return (await self.ask(LIST_FIRINGS, FiringQuery(rule_id=rule_id))).firings

    async def state_of(self, entity_id: str) -> str | None:
        return (await self.ask(GET_STATES, StateQuery(entity_id=(entity_id,)))).states[0].state

    async def until_over(self, rule_id: str, verdict: str = "fire", count: int = 1) -> FiringReport:
        """The newest firing, once there are so many of a kind and it is over."""
        async with asyncio.timeout(10):
            while True:
                found = [firing for firing in await self.firings(rule_id) if firing.verdict == verdict]
                if len(found) >= count and found[0].outcome != "under way":
                    return found[0]
                await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Access:
    """A home, and what lets one in."""

    url: str
    token: str


@dataclass(frozen=True)
class Surroundings:
    """A person, the planner, and the home as seen from outside."""

    person: Person
    planner: PlannerAgent
    home: HomeProbe

    async def move(self, state: str, entity_id: str = SENSOR) -> None:
        """A sensor shows something else, and the planner has heard of it."""
        _, before, _ = await self.home.rest("GET", f"/api/states/{entity_id}")
        await self.home.rest("POST", f"/api/states/{entity_id}", {**before, "state": state})
        await eventually(lambda: self.planner.watch.readings[entity_id].state == state)

    async def rule(self, rule_id: str) -> Rule:
        rules = (await self.person.ask(LIST_RULES, Nothing())).rules
        return next(rule for rule in rules if rule.rule_id == rule_id)


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def make_call(name: str, *entity_ids: str, **data: Any) -> ServiceCall:
    domain, _, service = name.partition(".")
    return ServiceCall(domain=domain, service=service, entity_id=entity_ids, data=data)


def draft(trigger: Any, *calls: ServiceCall, **more: Any) -> RuleDraft:
    return RuleDraft(trigger=trigger, actions=calls or (make_call("light.turn_on", LIGHT),), **more)


@asynccontextmanager
async def demo_home(folder: Path) -> AsyncIterator[Access]:
    settings = DemoHomeSettings(state_dir=folder, call_log=folder / "calls.jsonl")
    demo = DemoHome(settings)
    await demo.start()
    yield Access(demo.url, settings.secret_token())
    await demo.stop()


@asynccontextmanager
async def all_of_it(broker: TestBroker, folder: Path, access: Access) -> AsyncIterator[Surroundings]:
    state, let_in = folder / "state", {"ha_url": access.url, "ha_token": access.token}
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(running(Person, broker, state))
        for agent, of in (
            (HomeAssistantActuatorAgent, HomeAssistantActuatorSettings),
            (HomeAssistantStateBridgeAgent, HomeAssistantStateBridgeSettings),
            (HomeAssistantMapAgent, HomeAssistantMapAgentSettings),
            (HomeAssistantAgent, HomeAssistantAgentSettings),
        ):
            await stack.enter_async_context(running(agent, broker, state, of, **let_in))  # type: ignore[type-var]
        planner = await stack.enter_async_context(running(PlannerAgent, broker, state, PlannerSettings))
        home = await stack.enter_async_context(HomeProbe(access.url, access.token))
        assert await planner.known_house(10) is not None
        await eventually(lambda: SENSOR in planner.watch.readings)
        yield Surroundings(person, planner, home)


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def access(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Access]:
    """The demo home, and a real one whose devices are set back before and afterwards."""
    if request.param == "demo":
        async with demo_home(tmp_path) as demo:
            yield demo
        return
    real = request.getfixturevalue("real_home_assistant")
    async with HomeProbe(real.url, real.token) as probe:
        await set_back(probe)
        yield Access(real.url, real.token)
        await set_back(probe)


async def set_back(probe: HomeProbe) -> None:
    """Bring a home to where each test begins."""
    await probe.command("config/entity_registry/update", entity_id=RENAMED, new_entity_id=LIGHT)
    await probe.call("light", "turn_off", entity_id=[LIGHT, OTHER])
    await probe.call("lock", "lock", entity_id=LOCK)


@pytest.fixture
async def around(broker: TestBroker, tmp_path: Path, access: Access) -> AsyncIterator[Surroundings]:
    async with all_of_it(broker, tmp_path, access) as found:
        yield found


@pytest.fixture
async def demo_around(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with demo_home(tmp_path) as demo, all_of_it(broker, tmp_path, demo) as found:
        yield found


async def test_from_the_sensor_to_the_device_under_one_trace_with_all_that_it_was_decided_on(around: Surroundings):
    rule = (await around.person.make("when it is hot, light the kitchen", draft(HOT))).rule
    assert rule.summary == "When the kitchen temperature rises above 28 °C, turn on the kitchen light."
    await around.move("20")
    await around.move("29.5")
    fired = await around.person.until_over(rule.rule_id)
    assert await around.person.state_of(LIGHT) == "on"
    assert (fired.trigger["value"], fired.trigger["threshold"], fired.outcome) == (
        "29.5",
        28.0,
        "done: Kitchen light is on.",
    )
    lines = (await around.person.ask(LIST_AUDIT, AuditQuery(trace_id=fired.trace_id))).lines
    assert [(line.kind, line.origin, line.rule_id) for line in lines] == [("actuation", "rule", rule.rule_id)]
    await eventually(lambda: around.person.evidence)
    assert around.person.evidence[0].trace_id == fired.trace_id
    assert (await around.rule(rule.rule_id)).firings == 1
    await asyncio.sleep(0.2)
    assert around.planner.hands.marks == {}


async def test_crossings_that_do_not_act_are_kept_too(around: Surroundings):
    rule = (await around.person.make("when it is hot, light the kitchen", draft(HOT))).rule
    for state in ("20", "29", "20", "30"):
        await around.move(state)
    suppressed = await around.person.until_over(rule.rule_id, "suppressed")
    assert suppressed.outcome == "within its quiet time"
    assert (await around.rule(rule.rule_id)).suppressed == 1


async def test_a_person_at_the_switch_wins_over_a_crossing_from_before(around: Surroundings):
    lasting = NumericTrigger(entity_id=SENSOR, above=28, for_seconds=1.0)
    rule = (await around.person.make("when it is hot for a second, light the kitchen", draft(lasting))).rule
    await around.move("20")
    await around.move("29")
    await around.home.call("light", "turn_on", entity_id=LIGHT)
    await around.home.call("light", "turn_off", entity_id=LIGHT)
    await eventually(lambda: LIGHT in around.planner.hands.marks)
    held_back = await around.person.until_over(rule.rule_id, "held_back")
    assert held_back.outcome == f"held back: a person changed {LIGHT} after the trigger was met"
    assert await around.person.state_of(LIGHT) == "off"
    await around.move("20")
    await around.move("29")
    await around.person.until_over(rule.rule_id)
    assert await around.person.state_of(LIGHT) == "on"


async def test_a_rule_that_unlocks_asks_each_time_until_it_is_granted(around: Surroundings):
    person = around.person
    made = await person.make(
        "when it is hot, unlock the front door", draft(HOT, make_call("lock.unlock", LOCK), cooldown_seconds=0)
    )
    assert made.rule.status == "proposed"
    assert "It will ask you each time" in made.text
    await person.submit(APPROVE_RULE, RuleRef(rule_id=made.rule.rule_id))
    await around.move("20")
    await around.move("29")
    waiting = await person.until_over(made.rule.rule_id)
    assert await person.state_of(LOCK) == "locked"
    await eventually(lambda: any("/approve" in alert for alert in person.alerts))
    (asked,) = (alert for alert in person.alerts if "/approve" in alert)
    approval_id = waiting.outcome.partition("approval ")[2].partition(":")[0]
    assert f"/approve {approval_id}" in asked
    decided = await person.submit(
        DECIDE_APPROVAL, Decision(id=approval_id, decision="approve", by="ada"), to="home-assistant-actuator"
    )
    assert decided.state is TaskState.DONE, decided.error
    assert await person.state_of(LOCK) == "unlocked"
    await around.home.call("lock", "lock", entity_id=LOCK)

    granting = await person.submit(GRANT_RULE, RuleRef(rule_id=made.rule.rule_id))
    assert granting.result is not None
    assert granting.result.approval_id
    yes = Decision(id=granting.result.approval_id, decision="approve", by="ada")
    assert (await person.submit(DECIDE_APPROVAL, yes, to="home-assistant-actuator")).state is TaskState.DONE
    await around.move("20")
    await around.move("29")
    await person.until_over(made.rule.rule_id, count=2)
    assert await person.state_of(LOCK) == "unlocked"
    await eventually(lambda: around.planner.book.rules[made.rule.rule_id].rule.granted)


async def test_a_renamed_entity_is_followed(around: Surroundings):
    rule = (await around.person.make("when it is hot, light the kitchen", draft(HOT))).rule
    assert rule.registry_ids[LIGHT]
    renamed = await around.home.command("config/entity_registry/update", entity_id=LIGHT, new_entity_id=RENAMED)
    assert renamed["success"], renamed
    await eventually(lambda: any("follows" in alert for alert in around.person.alerts))
    assert (await around.rule(rule.rule_id)).draft.actions[0].entity_id == (RENAMED,)
    await around.move("20")
    await around.move("29")
    await around.person.until_over(rule.rule_id)
    assert await around.person.state_of(RENAMED) == "on"


async def test_the_clock_triggers(around: Surroundings):
    rule = (await around.person.make("every ten minutes, light the kitchen", draft(IntervalTrigger(seconds=600)))).rule
    kept = around.planner.book.rules[rule.rule_id]
    kept.state = replace(kept.state, anchor=time.time() - 599.5)
    around.planner.watch.reindex()
    fired = await around.person.until_over(rule.rule_id)
    assert fired.trigger["scheduled_at"] == pytest.approx(kept.state.anchor + 600)
    assert 0 <= fired.fired_at - fired.trigger["scheduled_at"] < 1
    assert await around.person.state_of(LIGHT) == "on"


async def test_the_sun_of_the_home_is_known(around: Surroundings):
    made = await around.person.make("at sunset, light the kitchen", draft(SunTrigger(event="sunset")))
    assert made.rule.summary == "At sunset, turn on the kitchen light."
    kept = around.planner.book.rules[made.rule.rule_id]
    assert 0 < around.planner.watch._next_tick(kept) - time.time() < 90_000


async def test_rules_that_fight_are_paused_with_a_word(around: Surroundings):
    person = around.person
    on = (await person.make("when hot, light", draft(HOT, cooldown_seconds=0))).rule
    off_draft = draft(
        NumericTrigger(entity_id=SENSOR, below=22), make_call("light.turn_off", LIGHT), cooldown_seconds=0
    )
    off = (await person.make("when cold, dark", off_draft)).rule
    for _ in range(4):
        await around.move("29")
        await around.move("20")
    await eventually(lambda: any("fight over" in alert for alert in person.alerts))
    said = next(alert for alert in person.alerts if "fight over" in alert)
    assert on.rule_id in said
    assert off.rule_id in said
    assert {(await around.rule(one.rule_id)).paused_by for one in (on, off)} == {"fight"}


async def test_what_fires_once_on_a_state_still_does_after_a_restart_of_the_planner(
    broker: TestBroker, tmp_path: Path, access: Access
):
    async with all_of_it(broker, tmp_path, access) as around:
        trigger = StateTrigger(entity_id=OTHER, to="on", for_seconds=1.5)
        rule = (await around.person.make("when the office is lit for a while, light the kitchen", draft(trigger))).rule
        await around.home.call("light", "turn_on", entity_id=OTHER)
        await eventually(lambda: around.planner.book.rules[rule.rule_id].state.pending_since)
        await asyncio.sleep(0.2)
    async with all_of_it(broker, tmp_path, access) as around:
        fired = await around.person.until_over(rule.rule_id)
        assert await around.person.state_of(LIGHT) == "on"
        assert fired.fired_at - fired.trigger["crossed_at"] >= 1.5
        await asyncio.sleep(0.3)
        assert [firing.verdict for firing in await around.person.firings(rule.rule_id)] == ["fire"]


async def test_a_rule_is_tried_on_what_the_recorder_knows_and_nothing_is_moved(demo_around: Surroundings):
    now = time.time()
    rows = [[now - 3 * 86_400 + hour * 3600, "29" if hour % 6 == 0 else "20"] for hour in range(71)]
    await demo_around.home.rest("POST", "/api/demo/history", {SENSOR: rows})
    report = await demo_around.person.ask(BACKTEST, Backtest(draft=draft(HOT), days=31))
    assert report.fired >= 11, report
    assert "The recorder only knows 7" in report.text  # the demo home makes up a week
    rule = (await demo_around.person.make("when it is hot, light the kitchen", draft(HOT))).rule
    assert (await demo_around.person.ask(BACKTEST, Backtest(rule_id=rule.rule_id, days=2))).fired >= 7
    assert await demo_around.person.firings(rule.rule_id) == ()
    assert await demo_around.person.state_of(LIGHT) == "off"


async def test_what_has_just_happened_is_found_in_the_past(around: Surroundings):
    crossing = draft(HOT).model_copy(update={"cooldown_seconds": 0})  # tests before this one crossed it as well
    rule = (await around.person.make("when it is hot, light the kitchen", crossing)).rule
    began = time.time()
    await around.move("20")
    await around.move("29")
    await around.person.until_over(rule.rule_id)
    async with asyncio.timeout(15):  # a recorder writes every few seconds
        while True:
            report = await around.person.ask(BACKTEST, Backtest(rule_id=rule.rule_id, days=0.2))
            if any(firing.at >= began - 1 and firing.verdict == "fire" for firing in report.firings):
                break
            await asyncio.sleep(0.5)
    assert report.text.startswith("It would have fired")
