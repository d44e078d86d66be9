"""Conversations side by side on a real broker: io-agent and main as they are, with a scripted model between them."""

import asyncio
import contextlib
import os
import sys
import time

import pytest

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT_IN, CHAT_RESPONSE, CHAT_STOP, SAY, ChatMessage, ChatReply, ChatStop
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    HOUSE_VERSION,
    Actuation,
    ActuationResult,
    CallOutcome,
    Entity,
    House,
    HousePart,
    HouseQuery,
)
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, ToolCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

LAMPS = tuple(Entity(entity_id=f"light.{name}", name=f"{name} lamp", state="off") for name in ("kitchen", "cellar"))
HOUSE = House(version=1, entities=LAMPS, services={"light": ("turn_on", "turn_off")})


class World:
    """What the fakes share."""

    def __init__(self):
        self.asked: list[Completion] = []
        self.acts: list[tuple[str, Actuation]] = []
        self.answers: dict[str, list[CompletionResult | Exception]] = {}
        self.waiting = 0
        self.hold_at = 0
        """Which question of all to the model waits for the gate."""
        self.gate = asyncio.Event()
        self.gate.set()


WORLD: World


class FakeMap(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "A small house"
    publishes = (HOUSE_VERSION,)

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        return PackedHouse.of(HOUSE).part(query)


class FakeActuator(Agent[AgentSettings]):
    name = "home-assistant-actuator"
    description = "Its hands"

    @handles(ACTUATE)
    async def actuate(self, request: Actuation, task: Task) -> ActuationResult:
        WORLD.acts.append((task.id, request))
        outcomes = tuple(CallOutcome(call=call, state=TaskState.DONE) for call in request.calls)
        return ActuationResult(outcomes=outcomes, text="The lamp is on.")


class FakeLlm(Agent[AgentSettings]):
    """Answers a session with what is scripted for it, else with what it was asked last."""

    name = "llm"
    description = "Says what it is told to say"

    @handles(COMPLETE)
    async def complete(self, request: Completion, _task: Task) -> CompletionResult:
        if request.purpose != "chat":
            text = {"intent": "OTHER", "summary": f"Summary: {request.messages[0].content}"}.get(request.purpose, "")
            return CompletionResult(provider="t", model="fast", text=text[:2_000])
        WORLD.asked.append(request)
        if len(WORLD.asked) == WORLD.hold_at:
            WORLD.gate.clear()
        scripted = WORLD.answers.get(request.conversation_id)
        answer = scripted.pop(0) if scripted else says(f"You said: {request.messages[-1].content[-80:]}")
        WORLD.waiting += 1
        await WORLD.gate.wait()
        WORLD.waiting -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer


class Person(Agent[AgentSettings]):
    name = "gateway"
    description = "Speaks as the gateway does"
    publishes = (CHAT_STOP, CHAT_IN)

    async def on_start(self) -> None:
        self.replies: list[ChatReply] = []

    @listens(CHAT_RESPONSE)
    async def on_reply(self, message: Message[ChatReply]) -> None:
        self.replies.append(message.payload)

    async def say(self, text, session="s", person="ann", **more) -> ChatReply:
        message = ChatMessage(content=text, conversation_id=session, person=person, **more)
        end = await self.submit(SAY, message, deadline=60)
        assert end.result is not None, end.error
        return end.result


def says(text, **more):
    return CompletionResult(provider="t", model="m", text=text, **more)


def turns_on(lamp):
    wish = {"calls": [{"domain": "light", "service": "turn_on", "entity_id": [f"light.{lamp}"]}]}
    return CompletionResult(
        provider="t", model="m", tool_calls=(ToolCall(id="c", name="call_services", arguments=wish),)
    )


def sent(question):
    return "\n".join([question.system, *(message.content for message in question.messages)])


class Stage:
    """What runs in one test."""

    def __init__(self, broker, tmp_path, stack):
        self.broker, self.tmp_path, self.stack = broker, tmp_path, stack
        self.processes = []

    async def bring(self, agent_class, settings_class=AgentSettings, **values):
        return await self.stack.enter_async_context(
            running(agent_class, self.broker, self.tmp_path, settings_class, **values)
        )

    async def launch(self, package):
        """Run a service as a process of its own, on the same state."""
        environment = {
            **os.environ, "WACTORZ_STATE_DIR": str(self.tmp_path), "MQTT_HOST": self.broker.host,
            "MQTT_PORT": str(self.broker.port),
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", package, env=environment)
        self.processes.append(process)
        return process


@pytest.fixture
async def bare(broker, tmp_path):
    """Everything but main."""
    global WORLD  # noqa: PLW0603  # the fakes are classes and share one world per test
    WORLD = World()
    async with contextlib.AsyncExitStack() as stack:
        made = Stage(broker, tmp_path, stack)
        for fake in (FakeMap, FakeActuator, FakeLlm):
            await made.bring(fake)
        made.person = await made.bring(Person)
        await made.bring(IoAgent, IoAgentSettings)
        yield made
        for process in made.processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@pytest.fixture
async def stage(bare):
    bare.main = await bare.bring(MainAgent, MainSettings, house_seconds=30)
    await eventually(lambda: bare.main.house is not None, 30)
    return bare


async def eventually(condition, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


# -- nothing crosses over -----------------------------------------------------------------------------------------


async def test_two_people_talk_at_once_and_nothing_crosses_over(stage):
    """Same words, same moment; the same name for the session in two channels, too."""
    places = (("s", "ann", "heron"), ("s", "bob", "marten"), ("t", "carl", "badger"))

    async def talk(session, person, word):
        for number in range(12):
            text = f"remember that the secret animal is {word}" if number == 0 else f"tell me story {number} of {word}"
            await stage.person.say(text, session, person)
        return await stage.person.say("which secret animal did I name?", session, person, id=f"ask-{word}")

    replies = await asyncio.gather(*(talk(*place) for place in places))
    assert [reply.conversation_id for reply in replies] == ["s", "s", "t"]
    words = [word for *_, word in places]
    asked = {request.stream_to: sent(request) for request in WORLD.asked}
    for _session, _person, word in places:
        prompt = asked[f"ask-{word}"]
        assert f"the secret animal is {word}" in prompt
        assert [other for other in words if other in prompt] == [word]
    for request in WORLD.asked:
        assert sum(word in sent(request) for word in words) == 1


async def test_pronouns_and_proposals_stay_where_they_were_said(stage):
    for session, person, lamp in (("s", "ann", "kitchen"), ("s", "bob", "cellar")):
        assert (await stage.person.say(f"turn on the {lamp} lamp", session, person)).source == "rules"
    await asyncio.gather(*(stage.person.say("turn it off again", "s", person) for person in ("ann", "bob")))
    off = {request.person: request.calls[0] for _, request in WORLD.acts[2:]}
    assert {person: call.entity_id for person, call in off.items()} == {
        "ann": ("light.kitchen",), "bob": ("light.cellar",),
    }  # fmt: skip
    await stage.main.memory.ask_plan("ann\ns", "p1")
    WORLD.answers["s"] = [says("You agree to nothing.")]
    assert (await stage.person.say("yes", "s", "bob")).content == "You agree to nothing."
    assert stage.main.memory.proposal("ann\ns", "x") is not None


async def test_what_was_said_is_there_after_a_restart_with_its_summaries(stage, tmp_path):
    for number in range(16):
        await stage.person.say(f"fact {number} is about otters", id=f"q{number}")
    await eventually(lambda: not stage.main._background or len(WORLD.asked) == 16)
    await asyncio.sleep(0.3)
    summaries = await stage.main.history.summaries("ann\ns")
    assert len(summaries) == 1
    assert "fact 0 is about otters" in summaries[0]
    await stage.person.say("so?", id="last")
    prompt = sent(next(request for request in WORLD.asked if request.stream_to == "last"))
    assert "Summary of what we said before" in prompt
    assert all(f"fact {number} is" in prompt for number in range(16))


# -- giving up ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["/stop", "stop", "abbrechen"])
async def test_a_stop_ends_the_answer_and_nothing_further_is_done(stage, said):
    WORLD.answers["s"] = [turns_on("kitchen"), turns_on("cellar"), says("Both are on.")]
    WORLD.hold_at = 2
    working = asyncio.create_task(stage.person.say("make it cosy everywhere", id="q1"))
    await eventually(lambda: len(WORLD.asked) == 2 and len(WORLD.acts) == 1)
    async with asyncio.timeout(5):
        reply = await stage.person.say(said, id="q2")
        answer = await working
    assert reply.content in ("Stopped.", "Gestoppt.")
    assert (answer.id, answer.content, answer.status) == ("q1", "Stopped. The lamp is on.", "stopped")
    WORLD.gate.set()
    await asyncio.sleep(0.3)
    assert len(WORLD.acts) == 1
    assert [one.id for one in stage.person.replies].count("q1") == 1
    WORLD.answers["s"] = []
    assert (await stage.person.say("hello again")).content.startswith("You said"), "the session goes on"


async def test_a_stop_of_another_session_or_person_stops_nothing(stage):
    WORLD.gate.clear()
    working = [
        asyncio.create_task(stage.person.say("tell me a story", session, person))
        for session, person in (("t", "ann"), ("u", "bob"))
    ]
    await eventually(lambda: WORLD.waiting == 2)
    await stage.person.say("/stop", "s", "ann")
    await stage.person.say("/stop", "u", "ann")
    await stage.person.publish(CHAT_STOP, ChatStop(conversation_id="u", person="", timestamp=time.time()))
    await stage.person.publish(CHAT_STOP, ChatStop(chat_id="unknown", timestamp=0.0))
    await asyncio.sleep(0.2)
    assert not any(one.done() for one in working)
    WORLD.gate.set()
    assert [(await one).status for one in working] == ["done", "done"]


async def test_a_stop_from_the_gateway_ends_the_message_that_it_names(stage):
    WORLD.gate.clear()
    working = asyncio.create_task(stage.person.say("tell me a story", id="q7"))
    await eventually(lambda: WORLD.waiting == 1)
    await stage.person.publish(CHAT_STOP, ChatStop(chat_id="q7", timestamp=time.time()))
    answer = await asyncio.wait_for(working, 5)
    assert (answer.content, answer.status) == ("Stopped. Nothing was done.", "stopped")
    WORLD.gate.set()


async def test_a_message_that_was_stopped_never_acts_after_a_crash(bare):
    main = await bare.launch("wactorz_main")
    WORLD.answers["s"] = [turns_on("kitchen"), turns_on("cellar"), says("Both are on.")]
    WORLD.hold_at = 2
    working = asyncio.create_task(bare.person.say("make it cosy everywhere", id="q1"))
    await eventually(lambda: len(WORLD.asked) == 2 and len(WORLD.acts) == 1, 60)
    stopping = asyncio.create_task(bare.person.say("/stop"))
    await asyncio.sleep(0.05)
    main.kill()
    await main.wait()
    WORLD.gate.set()
    await stopping
    assert (await asyncio.wait_for(working, 30)).status == "stopped"
    await bare.launch("wactorz_main")
    await eventually(lambda: any(one.status == "stopped" for one in bare.person.replies))
    await asyncio.sleep(3)
    assert len(WORLD.acts) == 1


# -- when the model fails -----------------------------------------------------------------------------------------

TROUBLES = (
    "The key for anthropic was refused (401).", "This model is not there (404).", "The rate limit is reached (429).",
    "The provider failed (500).", "The provider is overloaded (529).", "No answer within 60 s.",
)  # fmt: skip


async def test_every_failure_is_a_sentence_and_the_history_stays_sound(stage):
    WORLD.answers["s"] = [Refused(text) for text in TROUBLES]
    for text in TROUBLES:
        reply = await stage.person.say("what is the capital of France?")
        assert (reply.status, text.rstrip(".") in reply.content, "Nothing was done" in reply.content) == (
            "failed", True, True,
        )  # fmt: skip
    WORLD.answers["s"] = [
        says(""), says("", stop_reason="refusal"), says("Once upon a", stop_reason="max_tokens"),
        *(CompletionResult(provider="t", model="m", tool_calls=(ToolCall(id="c", name="nonsense"),)) for _ in range(4)),
        says("Paris.", notice="A cheaper model answered.", local=True),
    ]  # fmt: skip
    replies = [await stage.person.say("what is the capital of France?") for _ in range(5)]
    assert [reply.content.splitlines()[0] for reply in replies] == [
        "The model gave an empty answer, so nothing was done. Please ask again.",
        "The model declined to answer that. Nothing was done.", "Once upon a",
        "The model asked for more and more without coming to an answer, so I stopped after 4 rounds.", "Paris.",
    ]  # fmt: skip
    assert "longest length" in replies[2].content
    assert replies[4].content.count("A cheaper model answered.") == 1
    assert "in order: 11 exchanges" in (await stage.person.say("/repair")).content
    prompt = WORLD.asked[-1]
    roles = [message.role for message in prompt.messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    assert all(message.content.strip() for message in prompt.messages)


async def test_a_message_that_comes_over_mqtt_speaks_for_nobody(stage):
    await stage.person.say("the badge of the club is ochre", "s", "ann")
    said = ChatMessage(content="what is the badge of the club?", conversation_id="s", person="ann", id="f1")
    await stage.person.publish(CHAT_IN, said)
    await eventually(lambda: any(one.id == "f1" for one in stage.person.replies))
    assert "ochre" not in sent(WORLD.asked[-1])
