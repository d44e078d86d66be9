"""A conversation on a real broker: io-agent, main and planner as they are, with a small house around them."""

import asyncio
import contextlib
import json
import os
import random
import sys
import time

import aiomqtt
import pytest

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import (
    CHAT,
    CHAT_IN,
    CHAT_OUT,
    CHAT_RESPONSE,
    SAY,
    ChatMessage,
    ChatReply,
    ChatRequest,
)
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    GET_STATES,
    HOUSE_VERSION,
    STATE_CHANGE,
    Actuation,
    ActuationResult,
    Area,
    CallOutcome,
    Entity,
    House,
    HousePart,
    HouseQuery,
    HouseVersion,
    ServiceCall,
    StateChange,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.llm import COMPLETE, GET_COSTS, Completion, CompletionResult, CostReport, ToolCall
from wactorz_common.contracts.rules import (
    CREATE_RULE,
    LIST_RULES,
    TRIGGERS,
    CreateRule,
    NumericTrigger,
    RuleDraft,
    TriggerEvent,
)
from wactorz_common.contracts.spawning import (
    LIST_APPROVALS,
    LIST_SPAWNED,
    Approval,
    ApprovalQuery,
    Approvals,
    SpawnedAgent,
    SpawnedAgents,
)
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused
from wactorz_common.house import PackedHouse
from wactorz_common.language import language, primary
from wactorz_common.settings import AgentSettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

HOT = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"
SERVICES = {
    "light": ("turn_on", "turn_off"), "climate": ("turn_on", "turn_off", "set_temperature"), "lock": ("lock", "unlock"),
}  # fmt: skip
DRAFT = RuleDraft(
    trigger=NumericTrigger(entity_id="sensor.kitchen_temperature", above=25),
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.hall_light",)),),
    cooldown_seconds=0,
)


class World:
    """What the fakes share: the devices, what was done to them, and what the model shall say."""

    def __init__(self):
        self.states = {
            "light.kitchen_light": "off", "light.hall_light": "off", "climate.air_conditioner": "off",
            "sensor.kitchen_temperature": "21", "lock.front_door": "locked",
        }  # fmt: skip
        self.version = 1
        self.away = set()
        self.acts, self.halts, self.models, self.asked = [], [], [], []
        self.spawn_halts = []
        self.refuse = ""
        self.gate = asyncio.Event()
        self.gate.set()

    def entities(self):
        known = (
            Entity(entity_id="light.kitchen_light", name="Kitchen Light", area_id="kitchen"),
            Entity(entity_id="light.hall_light", name="Hall Light", area_id="hall"),
            Entity(entity_id="climate.air_conditioner", name="Air Conditioner", area_id="kitchen"),
            Entity(entity_id="sensor.kitchen_temperature", name="Kitchen Temperature", area_id="kitchen",
                   device_class="temperature", unit="°C"),
            Entity(entity_id="lock.front_door", name="Front Door", area_id="hall"),
        )  # fmt: skip
        here = [entity for entity in known if entity.entity_id not in self.away]
        return tuple(e.model_copy(update={"state": self.states[e.entity_id]}) for e in here)

    def house(self):
        areas = (Area(area_id="kitchen", name="Kitchen"), Area(area_id="hall", name="Hall"))
        return House(version=self.version, areas=areas, entities=self.entities(), services=SERVICES)


WORLD: World


class FakeMap(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "A small house"
    publishes = (HOUSE_VERSION, STATE_CHANGE)

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        return PackedHouse.of(WORLD.house()).part(query)

    async def move(self, entity_id, state):
        before, WORLD.states[entity_id] = WORLD.states[entity_id], state
        domain = entity_id.split(".")[0]
        change = StateChange(
            entity_id=entity_id, domain=domain, timestamp=time.time(),
            new_state={"state": state, "attributes": {}}, old_state={"state": before, "attributes": {}},
        )  # fmt: skip
        await self.publish(STATE_CHANGE, change, domain=domain, entity_id=entity_id)

    async def change_house(self):
        WORLD.version += 1
        await self.publish(HOUSE_VERSION, HouseVersion(version=WORLD.version))


class FakeStates(Agent[AgentSettings]):
    name = "home-assistant-agent"
    description = "Its states"

    @handles(GET_STATES)
    async def get_states(self, request: StateQuery, _task: Task) -> StateReport:
        wanted = set(request.entity_id)
        return StateReport(states=tuple(e for e in WORLD.entities() if not wanted or e.entity_id in wanted))

    @handles(SET_HALT)
    async def set_halt(self, request: HaltRequest, _task: Task) -> HaltResult:
        return HaltResult(halted=request.halted)


class FakeActuator(Agent[AgentSettings]):
    name = "home-assistant-actuator"
    description = "Its hands"

    @handles(ACTUATE)
    async def actuate(self, request: Actuation, task: Task) -> ActuationResult:
        if WORLD.refuse:
            raise Refused(WORLD.refuse)
        WORLD.acts.append((task.id, task.trace_id, request))
        await WORLD.gate.wait()
        if any(call.service == "unlock" for call in request.calls):
            waiting = tuple(
                CallOutcome(call=call, state=TaskState.FAILED, approval_id="ab12") for call in request.calls
            )
            return ActuationResult(outcomes=waiting, text="It waits.", approval_id="ab12")
        outcomes = tuple(CallOutcome(call=call, state=TaskState.DONE) for call in request.calls)
        for call in request.calls:
            for entity_id in call.entity_id:
                WORLD.states[entity_id] = "on" if call.service == "turn_on" else "off"
        done = "erledigt" if primary(language()) == "de" else "done"
        return ActuationResult(outcomes=outcomes, text=f"{len(outcomes)} {done}.")

    @handles(LIST_APPROVALS)
    async def list_approvals(self, _request: ApprovalQuery, _task: Task) -> Approvals:
        now = time.time()
        asked = Approval(id="ab12", kind="actuation", agent=self.name, summary="unlock Front Door",
                         arguments_sha256="0", created_at=now, expires_at=now + 120)  # fmt: skip
        return Approvals(approvals=(asked,))

    @handles(SET_HALT)
    async def set_halt(self, request: HaltRequest, _task: Task) -> HaltResult:
        WORLD.halts.append(request.halted)
        return HaltResult(halted=request.halted)


class FakeMonitor(Agent[AgentSettings]):
    name = "monitor"
    description = "Spawns nothing while everything is halted"

    @handles(SET_HALT)
    async def set_halt(self, request: HaltRequest, _task: Task) -> HaltResult:
        WORLD.spawn_halts.append(request.halted)
        return HaltResult(halted=request.halted)

    @handles(LIST_SPAWNED)
    async def list_spawned(self, _request: Nothing, _task: Task) -> SpawnedAgents:
        counter = SpawnedAgent(name="counter", agent_id="i", type="dynamic", node="local", wanted="running",
                               actual="running", created_at=1, updated_at=1)  # fmt: skip
        return SpawnedAgents(agents=(counter,))


class FakeGateway(Agent[AgentSettings]):
    """Sends what people say, as the gateway does."""

    name = "gateway"
    description = "The door"


class Guest(Agent[AgentSettings]):
    """Sends tasks as a spawned agent does."""

    name = "counter"
    description = "A spawned agent"
    agent_type = "dynamic"
    protected = False


class FakeLlm(Agent[AgentSettings]):
    name = "llm"
    description = "Says what it is told to say"

    @handles(COMPLETE)
    async def complete(self, request: Completion, _task: Task) -> CompletionResult:
        if request.purpose == "intent" and WORLD.models:
            return CompletionResult(provider="t", model="fast", text="OTHER")
        WORLD.asked.append(request)
        if not WORLD.models:
            return CompletionResult(provider="offline", model="", text="No model is configured.", available=False)
        return WORLD.models.pop(0)

    @handles(GET_COSTS)
    async def get_costs(self, _request: Nothing, _task: Task) -> CostReport:
        return CostReport(lines=(), total_input_tokens=0, total_output_tokens=0, total_cost_usd=0)


class Person(Agent[AgentSettings]):
    """Speaks as the gateway does, and hears everything."""

    name = "person"
    description = "Speaks and listens"

    async def on_start(self) -> None:
        self.replies: list[ChatReply] = []
        self.outs: list[ChatReply] = []
        self.triggers: list[TriggerEvent] = []

    @listens(CHAT_RESPONSE)
    async def on_reply(self, message: Message[ChatReply]) -> None:
        self.replies.append(message.payload)

    @listens(CHAT_OUT)
    async def on_out(self, message: Message[ChatReply]) -> None:
        self.outs.append(message.payload)

    @listens(TRIGGERS)
    async def on_trigger(self, message: Message[TriggerEvent]) -> None:
        self.triggers.append(message.payload)

    async def say(self, text, **more) -> ChatReply:
        end = await self.submit(SAY, ChatMessage(content=text, sender="ann", **more), deadline=30)
        assert end.state is TaskState.DONE, end.error
        assert end.result is not None
        return end.result


class Stage:
    """Everything that runs in one test; agents can be taken away and brought back."""

    def __init__(self, broker, tmp_path):
        self.broker, self.tmp_path = broker, tmp_path
        self.contexts, self.agents, self.processes = {}, {}, []

    async def bring(self, agent_class, settings_class=AgentSettings, **values):
        context = running(agent_class, self.broker, self.tmp_path, settings_class, **values)
        agent = await context.__aenter__()
        self.contexts[agent_class.name], self.agents[agent_class.name] = context, agent
        return agent

    async def take(self, name):
        await self.contexts.pop(name).__aexit__(None, None, None)
        return self.agents.pop(name)

    async def launch(self, package):
        """Run a service as a process of its own, on the same state."""
        environment = {
            **os.environ, "WACTORZ_STATE_DIR": str(self.tmp_path), "MQTT_HOST": self.broker.host,
            "MQTT_PORT": str(self.broker.port),
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", package, env=environment)
        self.processes.append(process)
        return process

    async def close(self):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        for name in reversed(list(self.contexts)):
            await self.take(name)

    @property
    def person(self) -> Person:
        return self.agents["person"]

    @property
    def map(self) -> FakeMap:
        return self.agents["home-assistant-map-agent"]

    @property
    def planner(self) -> PlannerAgent:
        return self.agents["planner"]


@pytest.fixture
async def stage(broker, tmp_path):
    global WORLD  # noqa: PLW0603  # the fakes are classes and share one world per test
    WORLD = World()
    made = Stage(broker, tmp_path)
    for fake in (FakeMap, FakeStates, FakeActuator, FakeMonitor, FakeLlm, Person):
        await made.bring(fake)
    await made.bring(PlannerAgent, PlannerSettings, heartbeat_seconds=0.2)
    await made.bring(MainAgent, MainSettings)
    await made.bring(IoAgent, IoAgentSettings)
    await eventually(lambda: made.planner.watch.readings and made.planner.house is not None)
    yield made
    await made.close()


async def eventually(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_sentence_moves_a_device_once_and_is_answered_once(stage):
    reply = await stage.person.say("turn on the kitchen light", id="q1", conversation_id="c")
    assert WORLD.states["light.kitchen_light"] == "on"
    assert (reply.content, reply.source, reply.status, reply.sender, reply.id) == (
        "1 done.",
        "rules",
        "done",
        "main",
        "q1",
    )
    await eventually(lambda: stage.person.replies and stage.person.outs)
    await asyncio.sleep(0.1)
    assert [r.id for r in stage.person.replies] == ["q1"]
    assert [r.id for r in stage.person.outs] == ["q1"]
    task_id, trace_id, request = WORLD.acts[0]
    assert len(WORLD.acts) == 1
    assert trace_id == reply.trace_id
    assert task_id.startswith(trace_id)
    assert request.tainted is False
    assert WORLD.asked == []


async def test_question_answers_and_never_acts(stage):
    reply = await stage.person.say("is the kitchen light on?")
    assert reply.content.startswith("No")
    assert WORLD.acts == []


async def test_rule_fires_on_crossings_respects_its_cool_down_and_is_deleted(stage):
    reply = await stage.person.say(HOT)
    assert reply.source == "rules"
    rule_id = reply.content.split()[1]
    assert f"/rules delete {rule_id}" in reply.content
    assert "already exists" in (await stage.person.say(HOT.upper())).content
    await stage.map.move("sensor.kitchen_temperature", "29")
    await eventually(lambda: WORLD.states["climate.air_conditioner"] == "on")
    for value in ("27", "29", "27"):
        await stage.map.move("sensor.kitchen_temperature", value)
    await eventually(lambda: stage.planner.book.rules[rule_id].rule.suppressed == 1)
    assert len(WORLD.acts) == 1
    assert WORLD.acts[0][2].rule_id == rule_id
    await eventually(lambda: stage.person.triggers)
    assert stage.person.triggers[0].state == "29"
    kept = stage.planner.book.rules[rule_id]
    kept.state = type(kept.state)(kept.state.held, None, 0.0)
    await stage.map.move("sensor.kitchen_temperature", "30")
    await eventually(lambda: len(WORLD.acts) == 2)
    listed = (await stage.person.say("/rules")).content
    assert rule_id in listed
    assert "deleted" in (await stage.person.say(f"/rules delete {rule_id}")).content
    assert "no rules yet" in (await stage.person.say("rules")).content
    again = await stage.person.say(f"/rules delete {rule_id}")
    assert (again.status, again.content) == ("failed", f"There is no rule {rule_id}. /rules lists them.")


async def test_planner_that_was_away_fires_what_crossed_meanwhile_once(stage):
    await stage.person.say(HOT)
    await stage.take("planner")
    WORLD.states["sensor.kitchen_temperature"] = "29"
    await stage.bring(PlannerAgent, PlannerSettings)
    await eventually(lambda: len(WORLD.acts) == 1)
    await stage.take("planner")
    await stage.bring(PlannerAgent, PlannerSettings)
    await eventually(lambda: stage.planner.watch.readings)
    await asyncio.sleep(0.2)
    assert len(WORLD.acts) == 1


async def test_rule_pauses_when_its_device_vanishes_and_goes_on_when_it_returns(stage):
    rule_id = (await stage.person.say(HOT)).content.split()[1]
    kept = stage.planner.book.rules[rule_id]
    WORLD.away.add("climate.air_conditioner")
    await stage.map.change_house()
    await eventually(lambda: kept.rule.status == "paused")
    assert "climate.air_conditioner" in kept.rule.note
    WORLD.away.clear()
    await stage.map.change_house()
    await eventually(lambda: kept.rule.status == "active")


async def test_rule_that_opens_something_waits_for_a_yes_and_names_the_risk(stage):
    reply = await stage.person.say("when the kitchen temperature goes above 28 degrees, unlock the front door")
    assert reply.status == "waiting"
    assert "Front Door would be unlocked" in reply.content
    (rule,) = (await stage.person.ask(LIST_RULES, Nothing())).rules
    assert rule.status == "proposed"
    await stage.person.say("yes")
    (rule,) = (await stage.person.ask(LIST_RULES, Nothing())).rules
    assert rule.status == "active"


async def test_model_moves_a_device_that_the_grammar_could_not_name(stage):
    wish = {"calls": [{"domain": "light", "service": "turn_on", "entity_id": ["light.hall_light"]}]}
    WORLD.models = [
        CompletionResult(
            provider="t",
            model="m",
            tool_calls=(ToolCall(id="c1", name="call_services", arguments=wish),),
            cost_usd=0.01,
        ),
        CompletionResult(provider="t", model="m", text="Off you go.", cost_usd=0.01),
    ]
    reply = await stage.person.say("I am about to leave and need to see my shoes in the hall", id="q9")
    assert WORLD.states["light.hall_light"] == "on"
    assert (reply.source, reply.status, reply.cost_usd) == ("cloud", "done", 0.02)
    assert "1 done." in reply.content
    assert WORLD.acts[0][2].tainted is True
    assert WORLD.asked[0].stream_to == "q9"
    assert WORLD.acts[0][1] == reply.trace_id


async def test_model_s_rule_is_proposed_and_starts_after_yes(stage):
    draft = {
        "trigger": {"kind": "numeric", "entity_id": "sensor.kitchen_temperature", "above": 28},
        "actions": [{"domain": "climate", "service": "turn_on", "entity_id": ["climate.air_conditioner"]}],
    }
    WORLD.models = [
        CompletionResult(
            provider="t", model="m", tool_calls=(ToolCall(id="c", name="rule", arguments=draft),), cost_usd=0.02
        )
    ]
    reply = await stage.person.say(
        "pipeline: whenever cooking makes the place unbearable, cool it", conversation_id="c"
    )
    assert (reply.source, reply.cost_usd) == ("cloud", 0.02)
    assert "Shall I?" in reply.content
    await stage.map.move("sensor.kitchen_temperature", "29")
    await stage.map.move("sensor.kitchen_temperature", "21")
    reply = await stage.person.say("yes", conversation_id="c")
    assert "is active" in reply.content
    await stage.map.move("sensor.kitchen_temperature", "29")
    await eventually(lambda: len(WORLD.acts) == 1)


async def test_without_a_model_the_reply_is_honest(stage):
    reply = await stage.person.say("compose a sonnet about the kitchen")
    assert (reply.source, reply.status) == ("local", "failed")
    assert "did not understand" in reply.content
    assert "No model is configured." in reply.content


async def test_stop_all_works_with_everything_else_away_and_survives_restarts(stage):
    rule_id = (await stage.person.say(HOT)).content.split()[1]
    for name in ("llm", "home-assistant-agent"):
        await stage.take(name)
    reply = await stage.person.say("/stop all")
    assert "confirmed by home-assistant-actuator and monitor and planner, but home-assistant-agent" in reply.content
    assert (WORLD.halts, WORLD.spawn_halts) == ([True], [True])
    await stage.take("planner")
    await stage.bring(FakeStates)
    await stage.bring(PlannerAgent, PlannerSettings)
    await eventually(lambda: stage.planner.watch.readings)
    await stage.map.move("sensor.kitchen_temperature", "29")
    await eventually(lambda: stage.planner.book.rules[rule_id].rule.suppressed == 1)
    assert WORLD.acts == []
    assert (await stage.person.say("/go")).content == "Everything may act again."
    assert WORLD.spawn_halts == [True, False]
    for value in ("21", "29"):
        await stage.map.move("sensor.kitchen_temperature", value)
    await eventually(lambda: len(WORLD.acts) == 1)


async def test_a_spawned_agent_gets_answers_to_questions_and_nothing_else(stage):
    guest = await stage.bring(Guest)
    await stage.person.say("compose a rule", conversation_id="c")
    shown = len(stage.person.outs), len(WORLD.asked)
    for text in ("/stop all", "stop everything", "turn on the kitchen light", HOT, "pipeline: " + HOT, "yes",
                 "/approve a1", "spawn an agent", "/rules", "help"):  # fmt: skip
        end = await guest.submit(CHAT, ChatRequest(text=text, conversation_id="c"), to="main", deadline=20)
        assert end.result.status == "failed", text
        assert "Nothing was done" in end.result.text
    end = await guest.submit(CHAT, ChatRequest(text="is the kitchen light on?"), to="main", deadline=20)
    assert end.result.text.startswith("No")
    said = await guest.submit(SAY, ChatMessage(content="/stop all"), deadline=20)
    assert (said.state, "speaks for no person" in said.error) == (TaskState.FAILED, True)
    assert (WORLD.acts, WORLD.halts) == ([], [])
    assert (len(stage.person.outs), len(WORLD.asked)) == shown


async def test_refusal_of_the_actuator_reaches_the_person_in_its_words(stage):
    WORLD.refuse = "Unlocking needs a person."
    reply = await stage.person.say("turn on the kitchen light")
    assert (reply.content, reply.status) == ("Unlocking needs a person.", "failed")


async def test_mentions_and_commands_through_the_one_door(stage):
    assert (await stage.person.say("@nobody hi")).content.startswith("Agent @nobody not found.")
    assert "/stop all" in (await stage.person.say("@main /help")).content
    assert "/stop all" in (await stage.person.say("help", to="main")).content
    await eventually(lambda: "planner" in stage.agents["io-agent"].known)
    silent = await stage.person.say("@llm hello")
    assert silent.status == "failed"
    assert silent.sender == "llm"
    main = stage.agents["main"]
    await eventually(lambda: "planner" in main.seen and main.seen["planner"].state == "running")
    agents = (await stage.person.say("/agents plan")).content
    assert "- planner (running): Keeps rules" in agents


@contextlib.asynccontextmanager
async def foreign_client(broker):
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe(CHAT_RESPONSE.address, qos=1)
        yield client


async def test_foreign_messages_on_the_chat_topic_are_answered_once(stage, broker):
    async with foreign_client(broker) as client:
        said = json.dumps({"content": "turn on the kitchen light", "from": "radio", "id": "f1"})
        for _ in range(3):
            await client.publish(CHAT_IN.address, said, qos=1)
        await client.publish(CHAT_IN.address, json.dumps({"content": "@nobody hi", "timestampMs": 5}), qos=1)
        await client.publish(CHAT_IN.address, b"\x00{not json", qos=1)
        await client.publish(
            CHAT_IN.address, json.dumps({"content": "turn on the hall light", "timestamp": 5.0, "id": "old"}), qos=1
        )
        await eventually(lambda: len(stage.person.replies) >= 3)
        await asyncio.sleep(0.2)
        replies = {reply.id: reply for reply in stage.person.replies}
    assert len(stage.person.replies) == len(replies) == 3
    assert replies["f1"].content == "1 done."
    assert replies["f1"].to == "radio"
    assert "late" in replies["old"].content
    assert all(replies)
    assert len(WORLD.acts) == 1


async def test_many_messages_at_once_each_get_their_own_answer(stage):
    rooms = ("kitchen", "hall")
    texts = [f"turn {'on' if n % 3 else 'off'} the {rooms[n % 2]} light" for n in range(40)]
    replies = await asyncio.gather(
        *(stage.person.say(text, id=f"m{n}", conversation_id=f"c{n % 4}") for n, text in enumerate(texts))
    )
    assert [reply.id for reply in replies] == [f"m{n}" for n in range(40)]
    assert all(reply.status == "done" for reply in replies)
    assert len(WORLD.acts) == 40


async def test_planner_killed_at_any_moment_of_a_firing_acts_exactly_once(stage):
    await stage.take("planner")
    process = await stage.launch("wactorz_planner")
    reply = await stage.person.say(HOT.replace("turn on", "turn off"))
    assert reply.status == "done"
    end = await stage.person.submit(CREATE_RULE, CreateRule(task="no pause", draft=DRAFT))
    assert end.state is TaskState.DONE
    for number in range(1, 5):
        await stage.map.move("sensor.kitchen_temperature", "21")
        await asyncio.sleep(0.2)
        await stage.map.move("sensor.kitchen_temperature", "29")
        await asyncio.sleep(random.uniform(0, 0.02))  # a moment, not a secret
        process.kill()
        await process.wait()
        process = await stage.launch("wactorz_planner")
        await eventually(lambda number=number: len(fired(DRAFT)) >= number)
        listed = await stage.person.ask(LIST_RULES, Nothing(), timeout=8)
        assert len(listed.rules) == 2
    await asyncio.sleep(0.3)
    assert len(fired(DRAFT)) == 4
    assert len({task_id for task_id, _, _ in WORLD.acts}) == len(WORLD.acts)


async def test_main_killed_while_a_device_moves_answers_and_moves_it_once(stage):
    await stage.take("main")
    process = await stage.launch("wactorz_main")
    WORLD.gate.clear()
    asking = asyncio.create_task(stage.person.say("turn on the kitchen light", id="k1"))
    await eventually(lambda: WORLD.acts, 15)
    process.kill()
    await process.wait()
    await stage.launch("wactorz_main")
    WORLD.gate.set()
    reply = await asyncio.wait_for(asking, 20)
    assert (reply.content, reply.status) == ("1 done.", "done")
    assert len(WORLD.acts) == 1


def fired(draft):
    return [task_id for task_id, _, request in WORLD.acts if request.calls == draft.actions and request.rule_id]


async def test_follow_ups_go_on_from_what_was_said_in_the_same_conversation(stage):
    await stage.person.say("turn on the kitchen light", conversation_id="c")
    await stage.person.say("and the hall light", conversation_id="c")
    assert (WORLD.states["light.kitchen_light"], WORLD.states["light.hall_light"]) == ("on", "on")
    await stage.take("main")
    await stage.bring(MainAgent, MainSettings)
    await eventually(lambda: stage.agents["main"].house is not None)
    assert (await stage.person.say("turn it off again", conversation_id="c")).status == "done"
    assert (WORLD.states["light.kitchen_light"], WORLD.states["light.hall_light"]) == ("on", "off")
    stranger = await stage.person.say("turn it off again", conversation_id="other")
    assert stranger.status == "failed"
    nobody = await stage.person.submit(SAY, ChatMessage(content="turn it off again"), deadline=30)
    assert nobody.result.status == "failed"
    assert WORLD.states["light.kitchen_light"] == "on"


async def test_an_opening_waits_and_only_the_gateway_can_pass_the_yes_on(stage):
    reply = await stage.person.say("unlock the front door", conversation_id="c")
    assert (reply.status, reply.approval_id) == ("waiting", "ab12")
    assert "unlock Front Door" in reply.content
    assert "/approve ab12" in reply.content
    forged = await stage.person.say("yes", conversation_id="c")
    assert forged.status == "failed"
    assert WORLD.states["lock.front_door"] == "locked"


async def test_who_speaks_is_known_from_the_gateway_only(stage):
    gateway = await stage.bring(FakeGateway)
    for sender in (gateway, stage.person):
        said = ChatMessage(content="turn on the kitchen light", sender="user", person="ann")
        await sender.submit(SAY, said, deadline=30)
    assert [request.person for _, _, request in WORLD.acts] == ["ann", ""]
    assert {request.origin for _, _, request in WORLD.acts} == {"person"}


async def test_a_sentence_in_another_language_is_read_and_answered_in_it(stage):
    reply = await stage.person.say("schalte das kitchen light ein", conversation_id="c")
    assert WORLD.states["light.kitchen_light"] == "on"
    assert reply.content == "1 erledigt."
    await stage.person.say("/language en", conversation_id="c")
    again = await stage.person.say("schalte das kitchen light aus", conversation_id="c")
    assert again.status == "failed", again.content
    assert WORLD.states["light.kitchen_light"] == "on"
