"""Rules that wait for messages and for what cameras see, and that tell people and agents, on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import gmqtt
import pytest

from wactorz_common.agent import Agent, Task, TaskEnd, handles, handles_rest, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    GET_STATES,
    Actuation,
    ActuationResult,
    CallOutcome,
    Entity,
    House,
    HousePart,
    HouseQuery,
    ServiceCall,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.contracts.notices import LIST_TARGETS, NOTIFY, Notice, NoticeResult, Target, TargetList
from wactorz_common.contracts.rules import (
    CREATE_RULE,
    DELETE_RULE,
    EXPORT_RULES,
    IMPORT_RULES,
    LIST_FIRINGS,
    PAUSE_RULE,
    RESUME_RULE,
    TRIGGERS,
    WHY_NOT,
    Condition,
    CreateRule,
    DetectionTrigger,
    FiringQuery,
    FiringReport,
    MqttTrigger,
    NoticeAction,
    RuleDraft,
    RuleRef,
    RuleResult,
    RuleText,
    TaskAction,
    TriggerEvent,
    WhyNot,
)
from wactorz_common.contracts.system import SET_HALT, HaltRequest
from wactorz_common.contracts.tasks import TaskBody, TaskState
from wactorz_common.contracts.vision import VisionWatch
from wactorz_common.errors import Refused
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

LIGHT = "light.lamp"
ON = ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,))
AIR = "sensors/kitchen/air"


class Map(Agent[AgentSettings]):
    """The registry of a small home."""

    name = "home-assistant-map-agent"
    description = "A small home"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        entities = (
            Entity(entity_id=LIGHT, name="Lamp", state="off"),
            Entity(entity_id="camera.drive", name="Driveway"),
        )
        return PackedHouse.of(House(version=1, entities=entities, services={"light": ("turn_on",)})).part(query)


class States(Agent[AgentSettings]):
    """Nothing moves."""

    name = "home-assistant-agent"
    description = "Live states"

    @handles(GET_STATES)
    async def get_states(self, _query: StateQuery, _task: Task) -> StateReport:
        return StateReport(states=(Entity(entity_id=LIGHT, name="Lamp", state="off"),))


class Device(Agent[AgentSettings]):
    """Acts at once."""

    name = "home-assistant-actuator"
    description = "Acts"

    async def on_start(self) -> None:
        self.acts: list[str] = []

    @handles(ACTUATE)
    async def act(self, request: Actuation, task: Task) -> ActuationResult:
        self.acts.append(task.id)
        outcomes = tuple(CallOutcome(call=call, state=TaskState.DONE, context_id="ours") for call in request.calls)
        return ActuationResult(outcomes=outcomes, text="Lamp is on.")


class Notifier(Agent[AgentSettings]):
    """Tells people, unless it cannot."""

    name = "notifier"
    description = "Tells people"

    async def on_start(self) -> None:
        self.notices: list[tuple[str, Notice]] = []
        self.problem = ""

    @handles(NOTIFY)
    async def notify(self, notice: Notice, task: Task) -> NoticeResult:
        if self.problem:
            raise Refused(self.problem)
        self.notices.append((task.id, notice))
        return NoticeResult(status="sent", text="Sent to Discord.", target=notice.target)

    @handles(LIST_TARGETS)
    async def list_targets(self, _request: Nothing, _task: Task) -> TargetList:
        return TargetList(targets=(Target(name="discord", service="discord"),))


class Owl(Agent[AgentSettings]):
    """An agent of somebody, which takes every task."""

    name = "owl"
    description = "Writes down"
    protected = False

    async def on_start(self) -> None:
        self.bodies: list[Any] = []

    @handles_rest
    async def take(self, request: TaskBody, _task: Task) -> dict[str, Any]:
        self.bodies.append(request.body)
        return {"result": "noted"}


class Person(Agent[AgentSettings]):
    """Asks as people do, and hears what is published."""

    name = "gateway"
    description = "Asks about rules"

    async def on_start(self) -> None:
        self.alerts: list[str] = []
        self.triggers: list[tuple[str, TriggerEvent]] = []

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append(message.payload.message)

    @listens(TRIGGERS)
    async def on_trigger(self, message: Message[TriggerEvent]) -> None:
        self.triggers.append((message.topic, message.payload))

    async def make(self, sentence: str, draft: RuleDraft) -> RuleResult:
        end: TaskEnd[RuleResult] = await self.submit(CREATE_RULE, CreateRule(task=sentence, draft=draft))
        assert end.result is not None, end.error
        return end.result

    async def over(self, rule_id: str, count: int = 1, verdict: str = "fire") -> FiringReport:
        """The newest firing, once there are so many and it is over."""
        async with asyncio.timeout(10):
            while True:
                report = await self.ask(LIST_FIRINGS, FiringQuery(rule_id=rule_id))
                found = [one for one in report.firings if one.verdict == verdict]
                if len(found) >= count and found[0].outcome != "under way":
                    return found[0]
                await asyncio.sleep(0.02)


class Sensor:
    """A client of somebody else, which speaks plain MQTT and remembers what cameras are asked for."""

    def __init__(self) -> None:
        self.client = gmqtt.Client("sensor", clean_session=True)
        self.client.on_message = self._take
        self.watches: dict[str, VisionWatch | None] = {}

    def _take(self, _client: Any, topic: str, payload: bytes, *_more: Any) -> int:
        watch = VisionWatch.decode(payload) if payload else None
        self.watches[topic.rpartition("/")[2]] = watch
        return 0

    def say(self, topic: str, value: Any, *, retain: bool = False) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.client.publish(topic, data, qos=1, retain=retain)


class Around:
    """Everybody around the planner."""

    person: Person
    device: Device
    notifier: Notifier
    owl: Owl
    sensor: Sensor


async def eventually(holds: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.fixture
async def around(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Around]:
    async with AsyncExitStack() as stack:
        found = Around()
        for agent in (Map, States):
            await stack.enter_async_context(running(agent, broker, tmp_path))
        for name, agent_class in {"person": Person, "device": Device, "notifier": Notifier, "owl": Owl}.items():
            setattr(found, name, await stack.enter_async_context(running(agent_class, broker, tmp_path)))  # type: ignore[type-var]
        found.sensor = Sensor()
        await found.sensor.client.connect(broker.host, broker.port)
        found.sensor.client.subscribe("custom/watches/+", qos=1)
        yield found
        await found.sensor.client.disconnect()


@asynccontextmanager
async def planning(broker: TestBroker, folder: Path, **values: Any) -> AsyncIterator[PlannerAgent]:
    async with running(PlannerAgent, broker, folder, PlannerSettings, **values) as planner:
        assert await planner.known_house(10) is not None
        yield planner


@pytest.fixture
async def planner(around: Around, broker: TestBroker, tmp_path: Path) -> AsyncIterator[PlannerAgent]:
    async with planning(broker, tmp_path) as found:
        yield found


def bad_air(**more: Any) -> RuleDraft:
    trigger = MqttTrigger(topic="sensors/+/air", field="co2.ppm", operator="gt", value=1000.0)
    return RuleDraft(trigger=trigger, **{"actions": (ON,), "cooldown_seconds": 0, **more})


async def listened(planner: PlannerAgent, filter_: str) -> None:
    """The planner listens, and the broker has said so."""
    await eventually(lambda: filter_ in planner.ears.filters)
    await asyncio.sleep(0.1)


async def test_from_a_message_to_the_device_to_discord_and_to_an_agent_under_one_trace(
    around: Around, planner: PlannerAgent
):
    draft = bad_air(
        notices=(NoticeAction(target="discord", text="$name: $payload.co2.ppm ppm"),),
        tasks=(TaskAction(agent="owl", task='{"note": "$payload.co2"}'),),
        conditions=(Condition(topic="home/mode", field="", value="day"),),
    )
    made = await around.person.make("when the air is bad, do something", draft)
    assert made.rule.status == "active"
    await listened(planner, "sensors/+/air")
    around.sensor.say("home/mode", "day", retain=True)
    around.sensor.say(AIR, b"\xff no JSON")
    for ppm in (700, 1200, 1300):
        around.sensor.say(AIR, {"co2": {"ppm": ppm}})
    fired = await around.person.over(made.rule.rule_id)
    assert fired.outcome == "done: Lamp is on.; Sent to Discord.; owl: noted"
    assert (fired.trigger["topic"], fired.trigger["value"]) == (AIR, 1200)
    assert around.device.acts == [fired.trace_id]
    ((task_id, notice),) = around.notifier.notices
    assert (task_id, notice.text, notice.key) == (
        f"{fired.trace_id}/notice/1",
        f"{AIR}: 1200 ppm",
        made.rule.rule_id,
    )
    (body,) = around.owl.bodies
    assert body["payload"] == {"note": {"ppm": 1200}}
    await eventually(lambda: around.person.triggers)
    topic, event = around.person.triggers[0]
    assert topic.startswith("custom/triggers/when-the-air-is-bad")
    assert (event.rule_id, event.state) == (made.rule.rule_id, "1200")


async def test_a_notice_that_fails_is_an_alert_and_the_lamp_is_on(around: Around, planner: PlannerAgent):
    made = await around.person.make("air", bad_air(notices=(NoticeAction(target="slack"),)))
    assert made.text.endswith("/webhook slack URL.")
    around.notifier.problem = "There is no address for slack: /webhook slack URL stores one."
    await listened(planner, "sensors/+/air")
    for ppm in (700, 1200):
        around.sensor.say(AIR, {"co2": {"ppm": ppm}})
    fired = await around.person.over(made.rule.rule_id)
    assert fired.outcome.startswith("done: Lamp is on.; There is no address for slack")
    await eventually(lambda: any("could not tell slack" in alert for alert in around.person.alerts))


async def test_a_camera_is_asked_to_look_for_as_long_as_a_rule_waits_for_it(around: Around, planner: PlannerAgent):
    seen = DetectionTrigger(target="person", camera="webcam")
    draft = RuleDraft(trigger=seen, actions=(ON,), cooldown_seconds=0)
    first = (await around.person.make("person on the webcam", draft)).rule
    second = (
        await around.person.make(
            "nobody",
            draft.model_copy(update={"trigger": DetectionTrigger(target="person", camera="webcam", gone=True)}),
        )
    ).rule
    await eventually(lambda: around.sensor.watches.get("person-webcam"))
    watch = around.sensor.watches["person-webcam"]
    assert watch is not None
    assert (watch.target, watch.camera, watch.rule_id) == ("person", "webcam", first.rule_id)
    await listened(planner, "custom/detections/person-webcam")
    for detected in (False, True, True):
        around.sensor.say("custom/detections/person-webcam", {"detected": detected, "target": "person"})
    await around.person.over(first.rule_id)
    around.sensor.say("custom/detections/person-webcam", {"detected": False})
    await around.person.over(second.rule_id)
    assert len(around.device.acts) == 2
    await around.person.submit(PAUSE_RULE, RuleRef(rule_id=first.rule_id))
    await eventually(lambda: (watch := around.sensor.watches["person-webcam"]) and watch.rule_id == second.rule_id)
    await around.person.submit(DELETE_RULE, RuleRef(rule_id=second.rule_id))
    await eventually(lambda: around.sensor.watches["person-webcam"] is None)
    await around.person.submit(RESUME_RULE, RuleRef(rule_id=first.rule_id))
    await eventually(lambda: around.sensor.watches["person-webcam"])


async def test_a_message_that_comes_while_the_planner_is_away_for_a_moment_is_not_lost(
    around: Around, broker: TestBroker, tmp_path: Path
):
    async with planning(broker, tmp_path) as planner:
        made = await around.person.make("air", bad_air())
        await listened(planner, "sensors/+/air")
        around.sensor.say(AIR, {"co2": {"ppm": 700}})
        await eventually(lambda: planner.watch.hearing.heard)
    around.sensor.say(AIR, {"co2": {"ppm": 1200}})
    await asyncio.sleep(0.2)
    async with planning(broker, tmp_path):
        await around.person.over(made.rule.rule_id)
        assert len(around.device.acts) == 1


async def test_what_the_broker_kept_over_a_long_absence_fires_nothing(
    around: Around, broker: TestBroker, tmp_path: Path
):
    async with planning(broker, tmp_path) as planner:
        made = await around.person.make("bell", RuleDraft(trigger=MqttTrigger(topic="custom/bell"), actions=(ON,)))
        await listened(planner, "custom/bell")
        await planner.persist("awake_at", 1.0)
    around.sensor.say("custom/bell", "ding")
    await asyncio.sleep(0.2)
    async with planning(broker, tmp_path) as planner:
        await eventually(lambda: planner.watch.readings.get("custom/bell"))
        assert around.device.acts == []
        await planner.stay_awake()
        around.sensor.say("custom/bell", "ding")
        await around.person.over(made.rule.rule_id)


async def test_stop_all_holds_notices_back_and_why_not_says_so(around: Around, planner: PlannerAgent):
    made = await around.person.make("air", bad_air(actions=(), notices=(NoticeAction(target="discord"),)))
    await listened(planner, "sensors/+/air")
    await around.person.submit(SET_HALT, HaltRequest(halted=True), to="planner")
    for ppm in (700, 1200):
        around.sensor.say(AIR, {"co2": {"ppm": ppm}})
    await around.person.over(made.rule.rule_id, verdict="suppressed")
    assert around.notifier.notices == []
    told = await around.person.ask(WHY_NOT, WhyNot(rule_id=made.rule.rule_id))
    assert "did not fire" in told.text
    assert "everything is stopped" in told.text
    assert "and still is: /go lets it act again" in told.text


async def test_rules_travel_as_a_file(around: Around, planner: PlannerAgent):
    await around.person.make("air", bad_air(notices=(NoticeAction(text="$state"),)))
    file = await around.person.ask(EXPORT_RULES, Nothing())
    (rule_id,) = file.rule_ids
    await around.person.submit(DELETE_RULE, RuleRef(rule_id=rule_id))
    end = await around.person.submit(IMPORT_RULES, RuleText(yaml=f"{file.yaml}---\nwhen: {{every: x}}\ndo: []\n"))
    assert end.result is not None, end.error
    assert end.result.rule_ids == (rule_id,)
    assert "write a time as 90 s" in end.result.problems[0]
    await listened(planner, "sensors/+/air")
