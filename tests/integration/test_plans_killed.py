"""The planner is killed at each edge of a plan: every step is done once, and whoever asked gets one answer."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import (
    CHAT,
    CHAT_OUT,
    CHAT_STOP,
    ChatAnswer,
    ChatReply,
    ChatRequest,
    ChatStop,
)
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, ToolCall
from wactorz_common.contracts.plans import LIST_PLANS, RUN_PLAN, Plan, PlanResult, RunPlan
from wactorz_common.contracts.spawning import (
    LIST_SPAWNED,
    MANAGE_AGENT,
    SPAWN,
    Done,
    Management,
    SpawnedAgents,
    SpawnResult,
    SpawnSpec,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.failpoints import PLAN_FAILPOINTS
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = [pytest.mark.chaos, pytest.mark.broker, pytest.mark.timeout(120)]

WISH = RunPlan(task="compare two things", conversation_id="s1", chat_id="c1")
CODE = "async def handle_task(agent, payload):\n    return {}\n"
STEPS = [
    {"step": 1, "agent": "one", "task": "first"},
    {"step": 2, "agent": "two", "task": "second", "spawn_config": {"code": CODE}},
    {"step": 3, "agent": "one", "task": "third", "depends_on": [1, 2]},
    {"step": 4, "agent": "main", "task": "think", "depends_on": [3]},
]
POINTS = (*(f"{name}:1" for name in PLAN_FAILPOINTS), "plan.after_step_commit:3", "plan.before_result_commit:3",
          "outbox.after_accept_commit:1", "outbox.after_publish:2", "outbox.before_reply_commit:2",
          "outbox.after_reply_commit:3", "inbox.after_intent_commit:1", "inbox.before_done_commit:1",
          "inbox.after_done_commit:1")  # fmt: skip
"""Where it is killed, and at which time that it passes there."""


class Model(Agent[AgentSettings]):
    """Makes the same steps each time."""

    name = "llm"
    description = "A model"

    async def on_start(self) -> None:
        self.asked: Counter[str] = Counter()

    @handles(COMPLETE)
    async def complete(self, request: Completion, _task: Task) -> CompletionResult:
        self.asked[request.purpose] += 1
        if request.purpose == "plan":
            call = ToolCall(id="c", name="plan", arguments=json.loads(json.dumps({"steps": STEPS})))
            return CompletionResult(provider="p", model="m", tool_calls=(call,), cost_usd=0.01)
        return CompletionResult(text=f"By the model: {request.purpose}", provider="p", model="m", cost_usd=0.01)


class Monitor(Agent[AgentSettings]):
    """Spawns and removes by saying so."""

    name = "monitor"
    description = "Spawns"

    async def on_start(self) -> None:
        self.spawned: list[str] = []
        self.removed: list[str] = []

    @handles(LIST_SPAWNED)
    async def listed(self, _request: Nothing, _task: Task) -> SpawnedAgents:
        return SpawnedAgents(agents=())

    @handles(SPAWN)
    async def spawn(self, request: SpawnSpec, _task: Task) -> SpawnResult:
        self.spawned.append(request.name)
        return SpawnResult(name=request.name, status="running", text=f"{request.name} runs.")

    @handles(MANAGE_AGENT)
    async def manage(self, request: Management, _task: Task) -> Done:
        self.removed.append(request.name)
        return Done(text="Gone.")


class Worker(Agent[AgentSettings]):
    """Remembers each task."""

    description = "Works"
    protected = False

    async def on_start(self) -> None:
        self.done: list[str] = []

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        self.done.append(task.id)
        return ChatAnswer(text=f"{self.name} did {request.text.splitlines()[0]}")


class One(Worker):
    name = "one"


class Two(Worker):
    """Not counted on until it was spawned: it passes for a part of Wactorz."""

    name = "two"
    protected = True


class Stuck(Two):
    """Begins, and does not end in time."""

    @handles(CHAT)
    async def chat(self, _request: ChatRequest, task: Task) -> ChatAnswer:
        self.done.append(task.id)
        await asyncio.sleep(30)
        return ChatAnswer(text="too late")


class Main(Agent[AgentSettings]):
    """Asks, and hears what is told later."""

    name = "main"
    description = "Asks"
    publishes = (CHAT_STOP,)

    async def on_start(self) -> None:
        self.told: list[ChatReply] = []

    @listens(CHAT_OUT)
    async def on_chat(self, message: Message[ChatReply]) -> None:
        self.told.append(message.payload)


class Scene:
    """Everybody but the planner."""

    def __init__(self, main: Main, model: Model, monitor: Monitor, one: One, two: Two) -> None:
        self.main, self.model, self.monitor, self.one, self.two = main, model, monitor, one, two

    async def plan(self) -> Plan | None:
        """The newest plan; None while the planner is away or there is none."""
        try:
            plans = (await self.main.ask(LIST_PLANS, Nothing(), timeout=2)).plans
        except (TransportError, TaskFailed):
            return None
        return plans[0] if plans else None

    def check_effects(self) -> None:
        """Each step and each spawn once, whatever happened."""
        assert self.one.done == ["wish/plan/1", "wish/plan/3"]
        assert self.two.done == ["wish/plan/2"]
        assert self.monitor.spawned == ["two"]


@contextlib.asynccontextmanager
async def staged(broker: TestBroker, folder: Path) -> AsyncIterator[Scene]:
    async with contextlib.AsyncExitStack() as stack:
        made = [await stack.enter_async_context(running(kind, broker, folder, heartbeat_seconds=0.3))
                for kind in (Main, Model, Monitor, One, Two)]  # fmt: skip
        yield Scene(*made)  # type: ignore[arg-type]  # in the order of the classes


class Keeper:
    """Runs the planner in a process of its own; the first life is armed, the others are not."""

    def __init__(self, broker: TestBroker, folder: Path, spec: str) -> None:
        self.deaths = 0
        self._spec, self._over = spec, False
        self._environment = {
            **os.environ, "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port), "WACTORZ_STATE_DIR": str(folder),
            "WACTORZ_LOG_LEVEL": "ERROR", "WACTORZ_HEARTBEAT_SECONDS": "0.3",
        }  # fmt: skip
        self.process: asyncio.subprocess.Process

    async def run(self) -> None:
        while not self._over:
            environment = {**self._environment, "WACTORZ_FAILPOINTS": "" if self.deaths else self._spec}
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wactorz_planner", env=environment, stdout=asyncio.subprocess.DEVNULL
            )
            code = await self.process.wait()
            if not self._over:
                assert code == -signal.SIGKILL
                self.deaths += 1

    def end(self) -> None:
        self._over = True
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


@contextlib.asynccontextmanager
async def kept(broker: TestBroker, folder: Path, spec: str) -> AsyncIterator[Keeper]:
    keeper = Keeper(broker, folder, spec)
    keeping = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        keeper.end()
        await keeping


async def until(condition: Any, seconds: float = 40.0) -> Any:
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("point", POINTS)
async def test_every_step_is_done_once_and_the_asker_gets_one_answer(
    broker: TestBroker, tmp_path: Path, point: str
) -> None:
    async with staged(broker, tmp_path) as scene, kept(broker, tmp_path, point) as keeper:
        await until(lambda: _knows(scene))
        end = await scene.main.submit(RUN_PLAN, WISH, task_id="wish", deadline=90)
        assert end.state is TaskState.DONE, end.error
        result: PlanResult = end.result
        assert (result.text, result.plan.status) == ("By the model: synthesis", "done")
        assert [step.result for step in result.plan.steps] == [
            "one did first", "two did second", "one did third", "By the model: step",
        ]  # fmt: skip
        scene.check_effects()
        await until(lambda: keeper.deaths == 1)
        await until(lambda: scene.monitor.removed)
        assert scene.monitor.removed == ["two"]
        plan = await until(scene.plan)
        assert (plan.plan_id, plan.status) == (result.plan.plan_id, "done")
        assert scene.model.asked["plan"] <= 4, "two rounds in each life"
        assert len(scene.main.told) <= 1


async def _knows(scene: Scene) -> bool:
    """Whether the planner runs."""
    try:
        await scene.main.ask(LIST_PLANS, Nothing(), timeout=1)
    except (TransportError, TaskFailed):
        return False
    return True


async def test_a_plan_whose_asker_is_gone_is_finished_and_told(broker: TestBroker, tmp_path: Path) -> None:
    async with staged(broker, tmp_path) as scene, kept(broker, tmp_path, "plan.after_step_commit:3") as keeper:
        await until(lambda: _knows(scene))
        end = await scene.main.submit(RUN_PLAN, WISH, task_id="wish", deadline=5)
        assert end.result is None or end.result.plan.status == "running"
        await until(lambda: keeper.deaths == 1)
        await until(lambda: scene.main.told)
        assert (await until(lambda: _ended(scene))).status == "done"
        scene.check_effects()
        assert [reply.content for reply in scene.main.told] == ["By the model: synthesis"]


async def _ended(scene: Scene) -> Plan | None:
    plan = await scene.plan()
    return plan if plan is not None and plan.status != "running" else None


async def test_a_plan_that_was_stopped_stays_stopped(broker: TestBroker, tmp_path: Path) -> None:
    """Killed right after the stop is on disk: nothing is taken up again, and what was made is removed."""
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        main, model, monitor, two = [await enter(running(kind, broker, tmp_path, heartbeat_seconds=0.3))
                                     for kind in (Main, Model, Monitor, Stuck)]  # fmt: skip
        keeper = await enter(kept(broker, tmp_path, "plan.after_end_commit:1"))
        scene = Scene(main, model, monitor, two, two)  # type: ignore[arg-type]
        await until(lambda: _knows(scene))
        asking = asyncio.create_task(main.submit(RUN_PLAN, WISH, task_id="wish", deadline=60))
        await until(lambda: two.done)
        await main.publish(CHAT_STOP, ChatStop(chat_id="c1", timestamp=0))
        end = await asking
        assert end.result is not None
        assert end.result.plan.status == "cancelled"
        assert end.result.text.startswith("Stopped.")
        assert keeper.deaths == 1
        await until(lambda: monitor.removed)
        assert two.done == ["wish/plan/2"]
