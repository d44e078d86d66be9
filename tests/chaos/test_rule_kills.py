"""The planner is killed at each edge of a firing: every crossing moves the device once, none twice, none never."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    GET_STATES,
    STATE_CHANGE,
    Actuation,
    ActuationResult,
    CallOutcome,
    Entity,
    House,
    HousePart,
    HouseQuery,
    ServiceCall,
    StateChange,
    StateQuery,
    StateReport,
)  # fmt: skip
from wactorz_common.contracts.notices import NOTIFY, Notice, NoticeResult
from wactorz_common.contracts.rules import CREATE_RULE, CreateRule, NoticeAction, NumericTrigger, RuleDraft, TaskAction
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = [pytest.mark.chaos, pytest.mark.broker]

CROSSINGS = 6
ARMED_LIVES = 3
PATIENCE = 20.0
FIRST_HIT = 4
POINTS = [f"store.{edge}" for edge in ("before_commit", "after_commit")] + [
    f"outbox.{edge}"
    for edge in (
        "before_accept_commit", "after_accept_commit", "before_publish", "after_publish", "before_reply_commit",
        "after_reply_commit", "after_end_commit",
    )
]  # fmt: skip
LIGHT, SENSOR = "light.kitchen", "sensor.kitchen"
DRAFT = RuleDraft(
    trigger=NumericTrigger(entity_id=SENSOR, above=28), cooldown_seconds=0,
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,)),),
)  # fmt: skip


TELLING = DRAFT.model_copy(
    update={"notices": (NoticeAction(text="$state"),), "tasks": (TaskAction(agent="owl", task="log $state"),)}
)


class SmallHome(Agent[AgentSettings]):
    """The registry, on the name that is asked for it."""

    name = "home-assistant-map-agent"
    description = "A small home"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        entities = (Entity(entity_id=LIGHT, name="Light"), Entity(entity_id=SENSOR, name="Heat", unit="°C", state="20"))
        return PackedHouse.of(House(version=1, entities=entities, services={"light": ("turn_on",)})).part(query)


class States(Agent[AgentSettings]):
    """A sensor that is moved by the test, and asked by the planner."""

    name = "home-assistant-agent"
    description = "Live states"
    publishes = (STATE_CHANGE,)
    value = "20"

    @handles(GET_STATES)
    async def get_states(self, _query: StateQuery, _task: Task) -> StateReport:
        return StateReport(states=(Entity(entity_id=SENSOR, name="Heat", state=self.value),))

    async def move(self, value: str) -> None:
        before, self.value = self.value, value
        change = StateChange(
            entity_id=SENSOR, domain="sensor", timestamp=time.time(), old_state={"state": before},
            new_state={"state": value},
        )  # fmt: skip
        await self.publish(STATE_CHANGE, change, domain="sensor", entity_id=SENSOR)


class Device(Agent[AgentSettings]):
    """Acts at once, and remembers each task."""

    name = "home-assistant-actuator"
    description = "Acts"

    async def on_start(self) -> None:
        self.acts: list[str] = []

    @handles(ACTUATE)
    async def act(self, request: Actuation, task: Task) -> ActuationResult:
        self.acts.append(task.id)
        outcomes = tuple(CallOutcome(call=call, state=TaskState.DONE, context_id="ours") for call in request.calls)
        return ActuationResult(outcomes=outcomes, text="on")


class Notifier(Agent[AgentSettings]):
    """Tells people at once, and remembers each task."""

    name = "notifier"
    description = "Tells people"

    async def on_start(self) -> None:
        self.told: list[tuple[str, str]] = []

    @handles(NOTIFY)
    async def notify(self, notice: Notice, task: Task) -> NoticeResult:
        self.told.append((task.id, notice.text))
        return NoticeResult(status="sent", text="sent")


class Owl(Agent[AgentSettings]):
    """An agent of somebody."""

    name = "owl"
    description = "Writes down"

    async def on_start(self) -> None:
        self.asked: list[str] = []

    @handles(CHAT)
    async def chat(self, _request: ChatRequest, task: Task) -> ChatAnswer:
        self.asked.append(task.id)
        return ChatAnswer(text="noted")


class Keeper:
    """Runs the planner in a process of its own, again and again while it is killed; its first lives are armed."""

    def __init__(self, broker: TestBroker, folder: Path, spec: str) -> None:
        self.deaths = 0
        self._spec, self._over = spec, False
        self._environment = {
            **os.environ, "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port), "WACTORZ_STATE_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
        }  # fmt: skip

    async def run(self) -> None:
        while not self._over:
            spec = self._spec if self.deaths < ARMED_LIVES else ""
            environment = {**self._environment, "WACTORZ_FAILPOINTS": spec}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wactorz_planner", env=environment, stdout=asyncio.subprocess.DEVNULL
            )
            code = await self._process.wait()
            if not self._over:
                assert code == -signal.SIGKILL
                self.deaths += 1

    def end(self) -> None:
        self._over = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


class Scene:
    """The planner's surroundings, and a look into its file."""

    def __init__(self, states: States, device: Device, file: Path) -> None:
        self.states, self.device, self._file = states, device, file

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            return connection.execute(statement).fetchall()

    async def until(self, statement: str, wanted: list[tuple[Any, ...]]) -> None:
        """Wait until the file says so; whatever dies meanwhile is started again by the keeper."""
        until = time.monotonic() + PATIENCE
        found: Any = None
        while found != wanted:
            assert time.monotonic() < until, f"{statement} gives {found}, not {wanted}"
            await asyncio.sleep(0.02)
            with contextlib.suppress(sqlite3.OperationalError):
                found = self.look(statement)


@contextlib.asynccontextmanager
async def staged(broker: TestBroker, folder: Path) -> AsyncIterator[Scene]:
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(running(SmallHome, broker, folder))
        states = await stack.enter_async_context(running(States, broker, folder))
        device = await stack.enter_async_context(running(Device, broker, folder))
        yield Scene(states, device, folder / "state" / "planner" / "state.db")


@pytest.mark.parametrize("name", POINTS)
async def test_every_crossing_moves_the_device_once_whatever_kills_the_planner(
    broker: TestBroker, tmp_path: Path, name: str
) -> None:
    folder = tmp_path
    async with staged(broker, folder) as scene:
        async with running(PlannerAgent, broker, folder, PlannerSettings) as planner:
            assert await planner.known_house(10)
            end = await scene.states.submit(CREATE_RULE, CreateRule(task="when hot, light", draft=DRAFT))
            assert end.state is TaskState.DONE, end.error
        keeper = Keeper(broker, folder, f"{name}:{FIRST_HIT if name.startswith('store.') else 1}")
        keeping = asyncio.create_task(keeper.run())
        try:
            for crossing in range(1, CROSSINGS + 1):
                await scene.states.move("20")
                await scene.until("SELECT held FROM rules", [(0,)])
                await scene.states.move("29")
                await scene.until("SELECT count(*) FROM firings WHERE state = 'done'", [(crossing,)])
                await scene.until("SELECT held FROM rules", [(1,)])
        finally:
            keeper.end()
            await keeping
        assert keeper.deaths == ARMED_LIVES
        assert len(scene.device.acts) == len(set(scene.device.acts)) == CROSSINGS
        assert scene.look("SELECT count(*), count(DISTINCT task_id) FROM firings WHERE verdict = 'fire'") == [
            (CROSSINGS,) * 2
        ]


@pytest.mark.parametrize("name", POINTS)
async def test_every_crossing_tells_people_and_agents_once_whatever_kills_the_planner(
    broker: TestBroker, tmp_path: Path, name: str
) -> None:
    folder = tmp_path
    async with (
        staged(broker, folder) as scene,
        running(Notifier, broker, folder) as notifier,
        running(Owl, broker, folder) as owl,
    ):
        async with running(PlannerAgent, broker, folder, PlannerSettings) as planner:
            assert await planner.known_house(10)
            end = await scene.states.submit(CREATE_RULE, CreateRule(task="when hot, light and tell", draft=TELLING))
            assert end.state is TaskState.DONE, end.error
        keeper = Keeper(broker, folder, f"{name}:{FIRST_HIT if name.startswith('store.') else 2}")
        keeping = asyncio.create_task(keeper.run())
        try:
            for crossing in range(1, CROSSINGS + 1):
                await scene.states.move("20")
                await scene.until("SELECT held FROM rules", [(0,)])
                await scene.states.move(f"{28 + crossing}")
                await scene.until("SELECT count(*) FROM firings WHERE state = 'done'", [(crossing,)])
                await scene.until("SELECT held FROM rules", [(1,)])
        finally:
            keeper.end()
            await keeping
        assert keeper.deaths == ARMED_LIVES
        assert len(scene.device.acts) == len(set(scene.device.acts)) == CROSSINGS
        assert [text for _, text in notifier.told] == [str(28 + crossing) for crossing in range(1, CROSSINGS + 1)]
        assert len({task_id for task_id, _ in notifier.told}) == CROSSINGS
        assert len(owl.asked) == len(set(owl.asked)) == CROSSINGS
