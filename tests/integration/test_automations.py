"""Automations made, changed, switched, deleted and taken back, in the demo home and in a real Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent, Task, TaskEnd, handles
from wactorz_common.contracts import Nothing, Operation
from wactorz_common.contracts.automations import (
    CONFIRM_AUTOMATION,
    CREATE_AUTOMATION,
    DELETE_AUTOMATION,
    EDIT_AUTOMATION,
    LIST_AUTOMATIONS,
    SHOW_AUTOMATION,
    SWITCH_AUTOMATION,
    UNDO_AUTOMATION,
    AutomationQuery,
    AutomationRef,
    AutomationResult,
    ConfirmAutomation,
    CreateAutomation,
    DeleteAutomation,
    EditAutomation,
    SwitchAutomation,
    UndoAutomation,
)
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import GET_STATES, ServiceCall, StateQuery
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, ToolCall
from wactorz_common.contracts.policy import LIST_POLICIES, NOTE_AUDIT, AuditNote, Policies
from wactorz_common.contracts.rules import RuleDraft, StateTrigger, TimeTrigger
from wactorz_common.contracts.spawning import DECIDE_APPROVAL, LIST_APPROVALS, ApprovalQuery, Decision
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe

pytestmark = pytest.mark.broker

LIGHT, LOCK, MOTION = "light.hallway_light", "lock.front_door", "binary_sensor.hallway_motion"
MOTION_RULE = RuleDraft(
    trigger=StateTrigger(entity_id=MOTION, to="on"),
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,)),),
)
MORNING = RuleDraft(
    trigger=TimeTrigger(at="07:00"),
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=(LIGHT,)),),
)
UNLOCKING = RuleDraft(
    trigger=TimeTrigger(at="07:00"),
    actions=(ServiceCall(domain="lock", service="unlock", entity_id=(LOCK,)),),
)


class Person(Agent[AgentSettings]):
    """Asks for automations."""

    name = "person"
    description = "Asks for automations"

    async def write(self, operation: Operation[Any, AutomationResult], request: Any, task_id: str | None = None):
        end: TaskEnd[AutomationResult] = await self.submit(operation, request, task_id=task_id)
        return end

    async def done(self, operation: Operation[Any, AutomationResult], request: Any) -> AutomationResult:
        end = await self.write(operation, request)
        assert end.state is TaskState.DONE, end.error
        assert end.result is not None
        return end.result

    async def state_of(self, entity_id: str) -> str | None:
        states = (await self.ask(GET_STATES, StateQuery(entity_id=(entity_id,)))).states
        return states[0].state if states else None

    async def names(self) -> list[str]:
        return [one.name for one in (await self.ask(LIST_AUTOMATIONS, AutomationQuery())).automations]


class Keeper(Agent[AgentSettings]):
    """Stands in for the actuator: nothing is laid down, and what is noted is kept."""

    name = "home-assistant-actuator"
    description = "Keeps the audit log."
    noted: tuple[str, ...] = ()

    @handles(LIST_POLICIES)
    async def policies(self, _request: Nothing, _task: Task) -> Policies:
        return Policies(policies=())

    @handles(NOTE_AUDIT)
    async def note(self, request: AuditNote, task: Task) -> Nothing:
        assert task.sender == "home-assistant-agent"
        self.noted += (request.verdict,)
        return Nothing()


class Gate(Agent[AgentSettings]):
    """Passes on what authenticated people decide."""

    name = "gateway"
    description = "Passes decisions on"


@dataclass
class World:
    """A home with its agents, and a look past them."""

    person: Person
    probe: HomeProbe
    demo: bool
    agent: HomeAssistantAgent
    gate: Gate
    keeper: Keeper

    async def motion(self, state: str) -> None:
        if self.demo:
            await self.probe.rest("POST", f"/api/states/{MOTION}", {"state": state})
        else:
            await self.probe.call("input_boolean", f"turn_{state}", entity_id="input_boolean.hallway_motion_seen")

    async def stored(self, automation_id: str) -> tuple[int, Any]:
        status, body, _ = await self.probe.rest("GET", f"/api/config/automation/config/{automation_id}")
        return status, body


async def eventually(holds: Callable[[], Awaitable[Any]], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.02)


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def world(request: pytest.FixtureRequest, broker: TestBroker, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        if request.param == "demo":
            settings = DemoHomeSettings(state_dir=tmp_path / "demo")
            home = DemoHome(settings)
            await home.start()
            stack.push_async_callback(home.stop)
            url, token = home.url, settings.secret_token()
        else:
            real = request.getfixturevalue("real_home_assistant")
            url, token = real.url, real.token
        values = {"ha_url": url, "ha_token": token}
        start = stack.enter_async_context
        await start(running(HomeAssistantMapAgent, broker, tmp_path, HomeAssistantMapAgentSettings, **values))
        agent = await start(running(HomeAssistantAgent, broker, tmp_path, HomeAssistantAgentSettings, **values))
        keeper = await start(running(Keeper, broker, tmp_path))
        person = await start(running(Person, broker, tmp_path))
        probe = await start(HomeProbe(url, token))
        await agent._home.wait_ready(10)
        world = World(
            person, probe, request.param == "demo", agent, await start(running(Gate, broker, tmp_path)), keeper
        )
        yield world
        for one in (await person.ask(LIST_AUTOMATIONS, AutomationQuery())).automations:
            await probe.rest("DELETE", f"/api/config/automation/config/{one.automation_id}")
        await world.motion("off")
        await probe.call("light", "turn_off", entity_id=LIGHT)


async def test_a_created_automation_fires(world: World):
    person = world.person
    dry = await person.done(CREATE_AUTOMATION, CreateAutomation(task="x", draft=MOTION_RULE, dry_run=True))
    assert dry.status == "dry_run"
    assert "+- trigger: state" in dry.diff
    assert await person.names() == []
    made = await person.done(CREATE_AUTOMATION, CreateAutomation(task="light on motion", draft=MOTION_RULE))
    assert made.status == "done"
    assert made.automation is not None
    assert made.automation.summary == "When Hallway motion sees motion: turn on Hallway light."
    assert made.text.endswith("To take it back: /undo")
    await world.motion("off")
    await world.probe.call("light", "turn_off", entity_id=LIGHT)
    await world.motion("on")
    await eventually(lambda: _is(person, LIGHT, "on"))
    listed = (await person.ask(LIST_AUTOMATIONS, AutomationQuery(search="hallway"))).automations
    assert [one.last_triggered is not None for one in listed] == [True]
    shown = await person.ask(SHOW_AUTOMATION, AutomationRef(automation=listed[0].name))
    assert "Runs when Hallway motion sees motion." in shown.text
    assert "light.turn_on" in shown.yaml


async def _noted(keeper: Keeper, *verdicts: str) -> bool:
    return keeper.noted == verdicts


async def _is(person: Person, entity_id: str, state: str) -> bool:
    return await person.state_of(entity_id) == state


async def test_switched_off_it_does_not_fire_and_undo_switches_it_on(world: World):
    person = world.person
    made = await person.done(CREATE_AUTOMATION, CreateAutomation(task="light on motion", draft=MOTION_RULE))
    assert made.automation is not None
    name = made.automation.name
    off = await person.done(SWITCH_AUTOMATION, SwitchAutomation(automation=name, enabled=False))
    assert off.automation is not None
    assert not off.automation.enabled
    await world.motion("off")
    await world.probe.call("light", "turn_off", entity_id=LIGHT)
    await world.motion("on")
    await asyncio.sleep(0.3)
    assert await person.state_of(LIGHT) == "off"
    again = await person.done(SWITCH_AUTOMATION, SwitchAutomation(automation=name, enabled=False))
    assert again.status == "unchanged"
    undone = await person.done(UNDO_AUTOMATION, UndoAutomation())
    assert "is enabled again" in undone.text
    await world.motion("off")
    await world.motion("on")
    await eventually(lambda: _is(person, LIGHT, "on"))


async def test_changed_deleted_and_taken_back(world: World):
    person = world.person
    made = await person.done(CREATE_AUTOMATION, CreateAutomation(task="every day at 7", draft=MORNING))
    assert made.automation is not None
    assert made.automation.summary == "Every day at 07:00: turn on Hallway light."
    automation_id, name = made.automation.automation_id, made.automation.name
    changed = await person.done(EDIT_AUTOMATION, EditAutomation(automation=name, draft=MOTION_RULE))
    assert "-- trigger: time" in changed.diff
    assert "Hallway motion sees motion" in changed.explanation
    asked = await person.done(DELETE_AUTOMATION, DeleteAutomation(automation=name, conversation_id="s"))
    assert asked.status == "needs_confirmation"
    assert (await world.stored(automation_id))[0] == 200
    other = await person.write(CONFIRM_AUTOMATION, ConfirmAutomation(token=asked.confirm, conversation_id="other"))
    assert other.state is TaskState.FAILED
    gone = await person.done(CONFIRM_AUTOMATION, ConfirmAutomation(token=asked.confirm, conversation_id="s"))
    assert gone.status == "done"
    assert (await world.stored(automation_id))[0] == 404
    assert await person.names() == []
    back = await person.done(UNDO_AUTOMATION, UndoAutomation())
    assert "is back" in back.text
    status, config = await world.stored(automation_id)
    assert status == 200
    assert config["triggers"][0]["entity_id"] == MOTION
    earlier = await person.done(UNDO_AUTOMATION, UndoAutomation())
    assert "as it was before" in earlier.text
    assert (await world.stored(automation_id))[1]["triggers"][0]["at"] == "07:00:00"
    await person.done(UNDO_AUTOMATION, UndoAutomation())
    assert (await world.stored(automation_id))[0] == 404
    nothing = await person.write(UNDO_AUTOMATION, UndoAutomation())
    assert "no change" in (nothing.error or "")


async def test_what_somebody_else_changed_is_not_taken_back(world: World):
    person = world.person
    made = await person.done(CREATE_AUTOMATION, CreateAutomation(task="every day at 7", draft=MORNING))
    assert made.automation is not None
    path = f"/api/config/automation/config/{made.automation.automation_id}"
    status, config = await world.stored(made.automation.automation_id)
    assert status == 200
    await world.probe.rest("POST", path, {**config, "description": "by hand"})
    end = await person.write(UNDO_AUTOMATION, UndoAutomation())
    assert end.state is TaskState.FAILED
    assert "somebody else" in (end.error or "")
    assert (await world.stored(made.automation.automation_id))[1]["description"] == "by hand"


async def test_the_same_task_writes_once(world: World):
    person, request = world.person, CreateAutomation(task="every day at 7", draft=MORNING)
    first = await person.write(CREATE_AUTOMATION, request, task_id="once")
    second = await person.write(CREATE_AUTOMATION, request, task_id="once")
    assert first.result == second.result
    assert len(await person.names()) == 1


async def test_what_opens_waits_for_an_approval(world: World):
    person = world.person
    asked = await person.done(CREATE_AUTOMATION, CreateAutomation(task="unlock at 7", draft=UNLOCKING, person="ana"))
    assert asked.status == "needs_approval"
    assert await person.names() == []
    open_ones = (await person.ask(LIST_APPROVALS, ApprovalQuery(), to="home-assistant-agent")).approvals
    assert [one.id for one in open_ones] == [asked.approval_id]
    assert "Front door would be unlocked" in open_ones[0].summary
    decision = Decision(id=asked.approval_id, decision="approve", by="ana")
    forged = await person.submit(DECIDE_APPROVAL, decision, to="home-assistant-agent")
    assert "Only the gateway" in (forged.error or "")
    end = await world.gate.submit(DECIDE_APPROVAL, decision, to="home-assistant-agent")
    assert end.state is TaskState.DONE, end.error
    assert len(await person.names()) == 1
    again = await world.gate.submit(DECIDE_APPROVAL, decision, to="home-assistant-agent")
    assert again.state is TaskState.FAILED
    await eventually(lambda: _noted(world.keeper, "approved", "create"))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"triggers": [{"trigger": "nonsense"}], "actions": []}, "does not accept that automation"),
        ({"triggers": [], "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.moon"}}]}, "no light.moon"),
        ({"triggers": [], "actions": [{"action": "light.explode", "target": {"entity_id": LIGHT}}]}, "no action light.explode"),
    ],
)  # fmt: skip
async def test_what_home_assistant_would_not_run_is_not_written(world: World, config: dict[str, Any], reason: str):
    end = await world.person.write(CREATE_AUTOMATION, CreateAutomation(task="x", config={"alias": "Bad", **config}))
    assert end.state is TaskState.FAILED
    assert reason in (end.error or "")
    assert await world.person.names() == []


async def test_a_configuration_of_others_waits_for_a_yes(world: World):
    config = {"alias": "Theirs", "trigger": [{"platform": "time", "at": "08:00:00"}], "action": [
        {"service": "light.turn_on", "target": {"entity_id": LIGHT}}]}  # fmt: skip
    asked = await world.person.done(CREATE_AUTOMATION, CreateAutomation(config=config, conversation_id="s"))
    assert asked.status == "needs_confirmation"
    assert "Shall I?" in asked.text
    done = await world.person.done(CONFIRM_AUTOMATION, ConfirmAutomation(conversation_id="s"))
    assert done.automation is not None
    assert done.automation.name == "Theirs"


async def test_an_unknown_name_offers_the_nearest(world: World):
    await world.person.done(CREATE_AUTOMATION, CreateAutomation(task="every day at 7", draft=MORNING))
    with pytest.raises(TaskFailed, match="Did you mean “Every day at 07:00: turn on Hallway light”"):
        await world.person.ask(SHOW_AUTOMATION, AutomationRef(automation="every day at 07:00 turn on hallway lite"))


class Model(Agent[AgentSettings]):
    """Stands in for llm: writes what it is told to."""

    name = "llm"
    description = "Stands in for the language model"
    said: dict[str, Any]

    @handles(COMPLETE)
    async def on_complete(self, request: Completion, _task: Task) -> CompletionResult:
        """The automation that it was told to write."""
        assert len(request.encode()) < 12_000
        call = ToolCall(id="1", name="automation", arguments=self.said)
        return CompletionResult(provider="anthropic", model="m", tool_calls=(call,), cost_usd=0.01)


def written(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"alias": "By a model", "triggers": [{"trigger": "time", "at": "07:00:00"}], "actions": list(actions)}


async def test_a_model_proposes_and_a_person_says_yes_in_chat(world: World, broker: TestBroker, tmp_path: Path):
    async def say(text: str) -> ChatAnswer:
        request = ChatRequest(text=text, conversation_id="c", user="ana")
        end = await world.person.submit(CHAT, request, to="home-assistant-agent")
        assert end.result is not None, end.error
        return end.result

    async with running(Model, broker, tmp_path) as model:
        model.said = written({"action": "light.turn_on", "target": {"entity_id": LIGHT}})
        asked = await say("create an automation: make the hallway friendly in the morning")
        assert asked.status == "waiting"
        assert "+alias: By a model" in asked.text
        assert await world.person.names() == []
        assert (await say("yes")).text.startswith("I made the automation “By a model” in Home Assistant.")
        assert "By a model (enabled, has never run)" in (await say("list automations")).text
        assert "Then turn on Hallway light." in (await say("explain automation by a model")).text
        model.said = written({"action": "lock.unlock", "target": {"entity_id": LOCK}})
        request = CreateAutomation(task="let me in every morning")
        refused = await world.person.write(CREATE_AUTOMATION, request)
        assert "what a model wrote may never do that" in (refused.error or "")
        hidden = EditAutomation(automation="By a model", task="and let me in")
        refused = await world.person.write(EDIT_AUTOMATION, hidden)
        assert "what a model wrote may never do that" in (refused.error or "")
        assert (await say("delete automation by a model")).status == "waiting"
        assert "nothing was changed" in (await say("no")).text
        assert await world.person.names() == ["By a model"]
        assert "is gone again" in (await say("undo")).text
        assert await world.person.names() == []
