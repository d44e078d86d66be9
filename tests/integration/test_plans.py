"""Plans end to end: every service as it is, the model a local server, the agents in a node process of their own."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import CHAT_OUT, CHAT_STOP, ChatReply, ChatStop
from wactorz_common.contracts.home import GET_HOUSE, House, HousePart, HouseQuery
from wactorz_common.contracts.plans import LIST_PLANS, PLAN_PROGRESS, Plan, PlanProgress
from wactorz_common.contracts.spawning import SPAWN, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.anthropic_replies import Answer, Reply, call
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer
from wactorz_testing.broker import TestBroker
from wactorz_testing.node import Node

pytestmark = [pytest.mark.broker, pytest.mark.sandbox]

WISH = "coordinate: get the weather and search AI news, then combine them"
WEATHER = """
async def handle_task(agent, payload):
    return {"text": "12 degrees and rain"}
"""
NEWS = """
async def handle_task(agent, payload):
    return {"text": "A new model was released. You asked: " + payload["text"]}
"""
SLOW = """
import asyncio

async def handle_task(agent, payload):
    await asyncio.sleep(50)
    return {"text": "too late"}
"""
STEPS = [
    {"step": 1, "agent": "weather-agent", "task": "today's weather"},
    {"step": 2, "agent": "news-agent", "task": "AI news", "spawn_config": {"description": "News", "code": NEWS}},
    {"step": 3, "agent": "main", "task": "combine them", "depends_on": [1, 2]},
]


class SmallHome(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "An empty house"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        return PackedHouse.of(House(version=1)).part(query)


class Person(Agent[AgentSettings]):
    """Somebody at the broker who hears what everybody says."""

    name = "person"
    description = "Listens"
    publishes = (CHAT_STOP,)

    async def on_start(self) -> None:
        self.told: list[ChatReply] = []
        self.progress: list[PlanProgress] = []

    @listens(CHAT_OUT)
    async def on_chat(self, message: Message[ChatReply]) -> None:
        self.told.append(message.payload)

    @listens(PLAN_PROGRESS)
    async def on_progress(self, message: Message[PlanProgress]) -> None:
        self.progress.append(message.payload)


class Brain:
    """Makes the steps it was given, and answers from the results that it is shown."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = STEPS
        self.plans = 0

    def __call__(self, body: dict[str, Any]) -> Reply:
        text = json.dumps(body["messages"])
        if (body.get("tool_choice") or {}).get("name") == "plan":
            self.plans += 1
            return call("plan", {"steps": self.steps})
        if "A plan was carried out" in json.dumps(body.get("system", "")):
            found = [word for word in ("12 degrees", "new model", "failed", "both in one") if word in text]
            return Answer(f"In short: {', '.join(found)}.", pause=0.01)
        if "one step of a plan" in json.dumps(body.get("system", "")):
            return Answer("both in one")
        return Answer("OTHER")


class Stage:
    """The system of one test."""

    def __init__(self, client: httpx.AsyncClient, brain: Brain, model: AnthropicServer, person: Person) -> None:
        self.client, self.brain, self.model, self.person = client, brain, model, person

    async def say(self, text: str, session: str = "s") -> dict[str, Any]:
        answer = await self.client.post("/api/chat", json={"message": text, "session": session})
        result: dict[str, Any] = answer.json()
        return result

    async def follow(self, text: str, session: str = "s") -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Pieces as a page sees them, and the answer."""
        body, pieces, end = {"message": text, "session": session}, [], dict[str, Any]()
        headers = {"accept": "text/event-stream"}
        async with self.client.stream("POST", "/api/chat", json=body, headers=headers) as response:
            kind = ""
            async for line in response.aiter_lines():
                if line.startswith("event:"):
                    kind = line.partition(":")[2].strip()
                elif line.startswith("data:"):
                    data = json.loads(line.partition(":")[2])
                    if "content" in data and "index" in data:
                        pieces.append(data)
                    elif "reply" in data or kind == "answer":
                        end = data
        return pieces, end

    async def spawn(self, name: str, code: str) -> None:
        end = await self.person.submit(SPAWN, SpawnSpec(name=name, code=code, description=f"Is {name}"))
        assert end.state is TaskState.DONE, end.error

    async def names(self) -> list[str]:
        rows = (await self.client.get("/api/agents")).json()
        return sorted(row["name"] for row in rows if row["spawned"])

    async def plans(self) -> tuple[Plan, ...]:
        return (await self.person.ask(LIST_PLANS, Nothing())).plans


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.05)


@pytest.fixture
async def stage(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        brain = Brain()
        model = await enter(AnthropicServer(brain=brain))
        monitor = await enter(running(MonitorAgent, broker, tmp_path, MonitorSettings))
        await enter(running(SmallHome, broker, tmp_path))
        key = {"anthropic_api_key": TEST_KEY, "anthropic_base_url": model.url, "llm_provider": ""}
        await enter(running(LlmAgent, broker, tmp_path, LlmSettings, **key))
        await enter(running(PlannerAgent, broker, tmp_path, PlannerSettings))
        await enter(running(MainAgent, broker, tmp_path, MainSettings))
        await enter(running(IoAgent, broker, tmp_path, IoAgentSettings))
        person = await enter(running(Person, broker, tmp_path))
        gateway = await enter(running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0))
        trusted = str(tmp_path / "secrets" / "spawn-key.pub")
        folder = tmp_path / "node"
        folder.mkdir()
        node = Node(folder, broker.port, WACTORZ_NODE_TRUSTED_KEYS_FILE=trusted)
        await node.start()
        stack.push_async_callback(node.end)
        client = await enter(httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.web.port}", timeout=100))
        await until(lambda: monitor.fleet.is_online("local"))
        yield Stage(client, brain, model, person)


async def test_the_example_is_planned_staffed_carried_out_and_combined(stage: Stage) -> None:
    await stage.spawn("weather-agent", WEATHER)
    pieces, answer = await stage.follow(WISH)
    assert answer["reply"] == "In short: 12 degrees, new model, both in one."
    assert (answer["agent"], answer["status"], answer["source"]) == ("main", "done", "local"), "its address is local"
    assert answer["cost_usd"] > 0
    text = "".join(piece["content"] for piece in pieces)
    assert [piece["index"] for piece in pieces] == list(range(len(pieces)))
    assert text.startswith("Plan of 3 steps:\n1. weather-agent: today's weather\n")
    assert text.endswith(answer["reply"])
    for line in ("Step 1 (weather-agent) done", "Step 2 (news-agent) done", "Step 3 (main) done"):
        assert line in text
    [plan] = await stage.plans()
    assert [step.result for step in plan.steps] == [
        "12 degrees and rain", "A new model was released. You asked: AI news", "both in one",
    ]  # fmt: skip
    assert not any(step.by_model for step in plan.steps)
    combined = next(body for body in stage.model.requests if "one step of a plan" in json.dumps(body["system"]))
    assert "Step 1: 12 degrees and rain" in json.dumps(combined["messages"])
    await until(lambda: _are(stage, ["weather-agent"]))
    ended = [event.step for event in stage.person.progress if event.status == "done"]
    assert sorted(ended) == [0, 1, 2, 3]


async def _are(stage: Stage, names: list[str]) -> bool:
    return await stage.names() == names


async def test_said_again_the_steps_are_known_and_said_with_other_agents_they_are_not(stage: Stage) -> None:
    await stage.spawn("weather-agent", WEATHER)
    assert (await stage.say(WISH))["status"] == "done"
    await until(lambda: _are(stage, ["weather-agent"]))
    again = await stage.say("coordinate: Get the weather, search AI news, and then combine them!")
    assert again["reply"] == "In short: 12 degrees, new model, both in one."
    assert stage.brain.plans == 1
    newest = (await stage.plans())[0]
    assert newest.cached
    await until(lambda: _are(stage, ["weather-agent"]))
    await stage.say("/clear-plans")
    assert await stage.plans() == ()
    await stage.say(WISH)
    assert stage.brain.plans == 2


async def test_a_worker_that_fails_is_replaced_by_the_model_and_said_to_be(stage: Stage) -> None:
    await stage.spawn("broken", "async def handle_task(agent, payload):\n    raise ValueError('no antenna')\n")
    stage.brain.steps = [{"step": 1, "agent": "broken", "task": "listen"}]
    assert (await stage.say(WISH))["status"] == "done"
    [plan] = await stage.plans()
    [step] = plan.steps
    assert (step.by_model, step.result) == (True, "both in one")
    assert "no antenna" in step.error
    assert plan.cost_usd > 0


async def test_a_stop_ends_a_plan_within_a_second_and_says_what_was_done(stage: Stage) -> None:
    await stage.spawn("weather-agent", WEATHER)
    await stage.spawn("slow", SLOW)
    stage.brain.steps = [{"step": 1, "agent": "weather-agent", "task": "x"}, {"step": 2, "agent": "slow", "task": "y"},
                         {"step": 3, "agent": "weather-agent", "task": "z", "depends_on": [2]}]  # fmt: skip
    saying = asyncio.create_task(stage.say(WISH, session="evening"))
    await until(lambda: any(event.step == 1 and event.status == "done" for event in stage.person.progress))
    asked = len(stage.model.requests)
    stop = ChatStop(conversation_id="evening", timestamp=0)
    await stage.person.publish(CHAT_STOP, stop)
    async with asyncio.timeout(5):
        answer = await saying
    assert answer["reply"].startswith("Stopped."), answer
    [plan] = await until(stage.plans)
    assert plan.status == "cancelled"
    assert [step.status for step in plan.steps] == ["done", "unknown", "skipped"]
    assert len(stage.model.requests) == asked, "nothing was put together"


async def test_a_worker_with_grants_waits_for_a_yes_and_then_the_answer_comes_by_itself(stage: Stage) -> None:
    granted = {"description": "News", "code": NEWS, "grants": {"http": ["example.org"]}}
    stage.brain.steps = [{"step": 1, "agent": f"news-{secrets.token_hex(2)}", "task": "AI", "spawn_config": granted}]
    waiting = await stage.say(WISH)
    assert waiting["status"] == "waiting", waiting
    assert await stage.names() == []
    decided = await stage.client.post(f"/api/approvals/{waiting['approval_id']}", json={"decision": "approve"})
    assert decided.status_code == 200, decided.text
    told = await until(lambda: [reply for reply in stage.person.told if reply.sender == "planner"])
    assert told[0].content == "In short: new model."
    assert (told[0].conversation_id, told[0].status) == ("s", "done")
    await until(lambda: _are(stage, []))
