"""A planner of plans whose model, monitor and agents are scripted."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from wactorz_common.agent import Agent
from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.lifecycle import AgentManifest, Heartbeat
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.rules import CreateRule
from wactorz_common.contracts.spawning import Done, SpawnedAgents, SpawnResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused, TaskFailed, WactorzError
from wactorz_common.handlers import Task
from wactorz_common.house import HouseFollower
from wactorz_common.store import Store
from wactorz_common.tasks import TaskEnd
from wactorz_planner.plans.agent import PlanningAgent
from wactorz_planner.plans.settings import PlanSettings

Reply = Any
"""An answer, an exception to raise, or a function of the request (awaited when it is a coroutine function)."""


class Planner(PlanningAgent[PlanSettings]):
    """Plans only; everything outside is scripted."""

    name = "planner"
    description = "Plans"

    def __init__(self, settings: PlanSettings, store: Store) -> None:
        super().__init__(settings, Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None), store)
        self.bus.connected.set()
        self.questions: list[Any] = []
        self.submitted: list[tuple[str, str, Any, str]] = []
        self.published: list[tuple[str, Any]] = []
        self.cancelled: list[str] = []
        self.model: list[Reply] = []
        self.agents: dict[str, Reply] = {}
        self.spawns: dict[str, Reply] = {}
        self.present: SpawnedAgents | Exception = TaskFailed("no monitor")
        self.ends: dict[str, TaskEnd[Any]] = {}
        self.answers: dict[str, Reply] = {}

    async def ask(self, operation: Any, request: Any, **_: Any) -> Any:
        if operation.action == "complete":
            self.questions.append(request)
            if request.purpose == "synthesis" and not self.model:
                return said("All together.")
            return await _reply(self.model.pop(0) if self.model else said("By the model."), request)
        if operation.action == "cancel_completion":
            self.cancelled.append(request.stream_to)
            return None
        if operation.action == "list_spawned":
            return await _reply(self.present, request)
        return await _reply(self.answers.get(operation.action, TaskFailed("nobody answers")), request)

    async def submit(self, operation: Any, request: Any, *, to: Any = None, task_id: Any = None, **_: Any) -> Any:
        """The same id again gives the stored end, as the outbox does."""
        if task_id in self.ends:
            return self.ends[task_id]
        self.submitted.append((operation.action, to or operation.agent, request, task_id))
        end = TaskEnd(task_id, TaskState.DONE, {}, None, None)
        try:
            end.result = await _reply(self._scripted(operation.action, to, request), request)
        except Refused as error:
            end.state, end.error = TaskState.FAILED, str(error)
        self.ends[task_id] = end
        return end

    def _scripted(self, action: str, to: str, request: Any) -> Reply:
        if action == "chat":
            return self.agents.get(to, Refused(f"{to} is away"))
        if action == "spawn":
            return self.spawns.get(request.name, SpawnResult(name=request.name, status="running", text="It runs."))
        if action == "manage_agent":
            return Done(text="Gone.")
        return self.answers[action]

    async def publish(self, channel: Any, payload: Any, *, headers: Any = None, **params: str) -> None:
        if "agent_id" in channel.parameters:
            params.setdefault("agent_id", self.id)
        self.published.append((channel.topic(**params), payload))

    def create_rule(self, request: CreateRule, task: Task) -> Any:
        return _reply(self.answers["create_rule"], (request, task))

    async def here(self, *names: str, **fields: Any) -> None:
        """These agents live."""
        for name in names:
            manifest = AgentManifest(name=name, actor_id=name, description=f"Does {name}", timestamp=0, **fields)
            self.roster.note_manifest(manifest)
            self.roster.note_beat(Heartbeat(actor_id=name, name=name, timestamp=0, state="running"))

    def pieces(self) -> list[Any]:
        return [payload for topic, payload in self.published if topic.startswith("io/chat/stream/")]

    def tasks_of(self, action: str) -> list[Any]:
        return [request for done, _, request, _ in self.submitted if done == action]


async def _reply(reply: Reply, request: Any) -> Any:
    if callable(reply) and not isinstance(reply, type):
        reply = reply(request)
    if asyncio.iscoroutine(reply):
        reply = await reply
    if isinstance(reply, WactorzError):
        raise reply
    return reply


def said(text: str, **more: Any) -> CompletionResult:
    """An answer of the model in text."""
    return CompletionResult(text=text, provider="p", model="m", **more)


def steps(*given: dict[str, Any], **more: Any) -> CompletionResult:
    """An answer of the model that makes steps."""
    numbered = [{"step": number, **step} for number, step in enumerate(given, 1)]
    call = ToolCall(id="c1", name="plan", arguments=json.loads(json.dumps({"steps": numbered})))
    return CompletionResult(provider="p", model="m", tool_calls=(call,), **more)


def answer(text: str, **more: Any) -> ChatAnswer:
    """An agent's answer."""
    return ChatAnswer(text=text, **more)


class Script:
    """Starts planners on one store, one after the other, as after a crash."""

    said, steps, answer = staticmethod(said), staticmethod(steps), staticmethod(answer)

    def __init__(self, store: Store, folder: Any) -> None:
        self._store, self._folder = store, folder
        self.planner: Planner

    async def start(self, **settings: Any) -> Planner:
        self.planner = Planner(PlanSettings.model_validate({"state_dir": self._folder, **settings}), self._store)
        self.planner.house_problem = "There is no home here."
        await self.planner.on_start()
        return self.planner

    async def kill(self) -> None:
        """What was under way is gone, without a goodbye."""
        for task in list(self.planner._background):
            task.cancel()
        await asyncio.gather(*self.planner._background, return_exceptions=True)

    @staticmethod
    def task(name: str = "t1", sender: str = "main", **more: Any) -> Task:
        return Task(name, "run_plan", "planner", sender=sender, trace_id="trace", **more)


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
    return condition()


@pytest.fixture
async def script(store: Store, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Script]:
    monkeypatch.setattr(HouseFollower, "known_house", _no_house)
    monkeypatch.setattr("wactorz_planner.plans.desk._GRACE_SECONDS", 0.05)
    made = Script(store, tmp_path)
    made.until = until  # type: ignore[attr-defined]
    yield made
    with contextlib.suppress(AttributeError):
        await made.kill()


async def _no_house(_self: Agent[Any], _seconds: float) -> None:
    return None
