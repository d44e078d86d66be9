"""An hour in which nobody says anything: the services live, the house moves, and no model is asked."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatRequest
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.rules import (
    CREATE_RULE,
    CreateRule,
    IntervalTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    TimeTrigger,
)
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
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_notifier.agent import NotifierAgent
from wactorz_notifier.settings import NotifierSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe
from wactorz_topics.agent import TopicsAgent
from wactorz_topics.settings import TopicsSettings

pytestmark = pytest.mark.broker

HOUR = 3_600.0
STEP = 4.0
_REST = 0.01
"""Real seconds, at least, in which the services do what a step has made due."""

SENSOR = "sensor.kitchen_temperature"
LAMP = ServiceCall(domain="light", service="turn_on", entity_id=("light.kitchen_light",))


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be set forward."""

    ahead = 0.0

    def time(self) -> float:
        """The real clock, and what it was set forward."""
        return super().time() + self.ahead


class CountingModel(Agent[AgentSettings]):
    """Stands in for llm and counts who asks."""

    name = "llm"
    description = "Counts"

    async def on_start(self) -> None:
        """Nobody has asked so far."""
        self.asked: Counter[str] = Counter()

    @handles(COMPLETE)
    async def complete(self, request: Completion, task: Task) -> CompletionResult:
        """Count, and answer something."""
        self.asked[f"{task.sender}: {request.purpose}"] += 1
        return CompletionResult(text="OTHER", provider="anthropic", model="m")


class Person(Agent[AgentSettings]):
    """Makes rules, and asks one question at the end."""

    name = "gateway"
    description = "A person"


async def _services(stack: AsyncExitStack, broker: TestBroker, folder: Path, demo: DemoHome) -> list[Agent[Any]]:
    let_in = {"ha_url": demo.url, "ha_token": DemoHomeSettings(state_dir=folder).secret_token()}
    plan: list[tuple[Any, Any, dict[str, Any]]] = [
        (CountingModel, AgentSettings, {}),
        (Person, AgentSettings, {}),
        (HomeAssistantActuatorAgent, HomeAssistantActuatorSettings, let_in),
        (HomeAssistantStateBridgeAgent, HomeAssistantStateBridgeSettings, let_in),
        (HomeAssistantMapAgent, HomeAssistantMapAgentSettings, let_in),
        (HomeAssistantAgent, HomeAssistantAgentSettings, let_in),
        (NotifierAgent, NotifierSettings, {}),
        (TopicsAgent, TopicsSettings, {}),
        (PlannerAgent, PlannerSettings, {}),
        (MainAgent, MainSettings, {}),
        (IoAgent, IoAgentSettings, {}),
    ]
    return [
        await stack.enter_async_context(running(agent, broker, folder / "state", settings, **values))
        for agent, settings, values in plan
    ]


async def _make_rules(person: Agent[Any]) -> None:
    for number, trigger in enumerate((
        IntervalTrigger(seconds=600), TimeTrigger(at="12:00"), NumericTrigger(entity_id=SENSOR, above=28),
        StateTrigger(entity_id="binary_sensor.front_door", to="on"),
    )):  # fmt: skip
        draft = RuleDraft(trigger=trigger, actions=(LAMP,))
        end = await person.submit(CREATE_RULE, CreateRule(task=f"rule {number}", draft=draft))
        assert end.result is not None, end.error


async def _an_hour(loop: SteppedLoop, home: HomeProbe, agents: list[Agent[Any]]) -> None:
    """Time goes on in steps; every minute the kitchen is a little warmer or colder, and the door moves now and then."""
    minute = int(60 / STEP)
    for step in range(int(HOUR / STEP)):
        if step % minute == 0:
            await home.rest("POST", f"/api/states/{SENSOR}", {"state": str(20 + step // minute % 15)})
        if step % (10 * minute) == 0:
            state = "on" if step % (20 * minute) else "off"
            await home.rest("POST", "/api/states/binary_sensor.front_door", {"state": state})
        loop.ahead += STEP
        await asyncio.sleep(_REST)
        await _quiet(agents)


async def _quiet(agents: list[Agent[Any]]) -> None:
    """Until nobody waits for an answer: a step would be longer than the patience of who asks."""
    for _ in range(200):
        if not any(agent.bus._asked or agent.doing() for agent in agents):
            return
        await asyncio.sleep(0.005)


async def _scenario(
    broker: TestBroker, folder: Path, patch: pytest.MonkeyPatch
) -> tuple[Counter[str], int, Counter[str]]:
    """Who asked a model within the hour, how many firings there were, and who asked when a person spoke."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteppedLoop)
    real = time.time
    patch.setattr(time, "time", lambda: real() + loop.ahead)
    demo = DemoHome(DemoHomeSettings(state_dir=folder, call_log=folder / "calls.jsonl"))
    await demo.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(demo.stop)
        model, person, *others = await _services(stack, broker, folder, demo)
        token = DemoHomeSettings(state_dir=folder).secret_token()
        home = await stack.enter_async_context(HomeProbe(demo.url, token))
        planner = next(one for one in others if isinstance(one, PlannerAgent))
        main = next(one for one in others if isinstance(one, MainAgent))
        assert await planner.known_house(20) is not None
        assert await main.known_house(20) is not None
        await main.read("turn on the kitchen light")  # its reader has started and knows the house
        planner.watch._now = planner.acting._now = lambda: time.time()  # noqa: PLW0108  # looked up at each call
        await _make_rules(person)
        await _an_hour(loop, home, [model, person, *others])
        idle = Counter(model.asked)
        firings = (folder / "calls.jsonl").read_text().count("light")
        await person.submit(CHAT, ChatRequest(text="What is the capital of France?", chat_id="c1"), to="main")
        return idle, firings, model.asked


@pytest.mark.timeout(300)
def test_an_hour_without_people_asks_no_model(broker, tmp_path, monkeypatch):
    with asyncio.Runner(loop_factory=SteppedLoop) as runner:
        idle, firings, asked = runner.run(_scenario(broker, tmp_path, monkeypatch))
    assert idle == Counter()
    assert firings >= 5, "rules were at work all the time"
    assert asked.total() > 0, "a question does reach the model, so the count counts"
