"""The llm agent on a real broker, with the real SDK against a local server of Anthropic's wire format."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import aiomqtt
import pytest

from wactorz_common.agent import Agent, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT, CHAT_PIECES, CHAT_STOP, ChatPiece, ChatRequest, ChatStop
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.lifecycle import METRICS, AgentMetrics
from wactorz_common.contracts.llm import (
    COMPLETE,
    GET_COSTS,
    SET_BUDGET,
    BudgetLimit,
    Completion,
    CostQuery,
    ModelMessage,
    Tool,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_llm.agent import LlmAgent
from wactorz_llm.budget import Budget
from wactorz_llm.ledger import Ledger
from wactorz_llm.settings import LlmSettings
from wactorz_main import prompts
from wactorz_planner.authoring import write_draft
from wactorz_testing.agents import running
from wactorz_testing.anthropic_replies import Answer, Failure, call, overloaded, rate_limited
from wactorz_testing.anthropic_server import AnthropicServer

pytestmark = pytest.mark.broker

CANARY = "sk-ant-CANARY-0123456789"
PRICED = {"input_tokens": 1000, "output_tokens": 100}


class Gateway(Agent[AgentSettings]):
    """Speaks for people."""

    name = "gateway"
    description = "Speaks for people"
    publishes = (CHAT_STOP,)


class Listener(Agent[AgentSettings]):
    """Hears pieces of answers and counters."""

    name = "listener"
    description = "Listens"

    async def on_start(self) -> None:
        self.pieces: list[ChatPiece] = []
        self.metrics: list[AgentMetrics] = []

    @listens(CHAT_PIECES)
    async def on_piece(self, message: Message[ChatPiece]) -> None:
        self.pieces.append(message.payload)

    @listens(METRICS)
    async def on_metrics(self, message: Message[AgentMetrics]) -> None:
        self.metrics.append(message.payload)


async def eventually(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
async def server():
    async with AnthropicServer(key=CANARY) as local:
        yield local


@pytest.fixture
def start(server, broker, tmp_path):
    @contextlib.asynccontextmanager
    async def start(key=CANARY, **values):
        values = {"anthropic_api_key": key, "anthropic_base_url": server.url, "llm_provider": "", **values}
        async with (
            running(LlmAgent, broker, tmp_path / "llm", LlmSettings, **values) as llm,
            running(Listener, broker, tmp_path / "listener") as listener,
        ):
            yield llm, listener

    return start


def make_request(text="Hello", **fields):
    return Completion(messages=(ModelMessage(role="user", content=text),), purpose="chat", **fields)


async def test_answer_streams_over_the_bus_and_is_counted(server, start):
    server.script([Answer("Good morning, everybody in the house.", usage=PRICED, pause=0.02)])
    async with start() as (_, listener):
        result = await listener.ask(COMPLETE, make_request(stream_to="chat-1"))
        await eventually(lambda: "".join(piece.content for piece in listener.pieces) == result.text)
        assert [piece.index for piece in listener.pieces] == list(range(len(listener.pieces)))
        assert len(listener.pieces) > 1
        assert result.cost_usd == pytest.approx(0.0045)
        await eventually(lambda: any(frame.cost_usd == 0.0045 for frame in listener.metrics))
        report = await listener.ask(GET_COSTS, CostQuery())
    assert [(line.agent, line.calls, line.input_tokens) for line in report.lines] == [("listener", 1, 1000)]
    assert report.total_cost_usd == pytest.approx(0.0045)


async def test_tool_round_trip(server, start):
    server.script([call("act", {"calls": []}), "Done."])
    tool = Tool(name="act", description="Act", parameters={"type": "object"})
    async with start() as (_, listener):
        first = await listener.ask(COMPLETE, make_request(tools=(tool,), force_tool="act"))
        said = ModelMessage(role="assistant", content=first.text, tool_calls=first.tool_calls)
        told = ModelMessage(role="tool", content="ok", tool_call_id=first.tool_calls[0].id)
        again = make_request(tools=(tool,))
        second = await listener.ask(COMPLETE, again.model_copy(update={"messages": (*again.messages, said, told)}))
    assert (first.stop_reason, second.text) == ("tool_use", "Done.")


async def test_rate_limit_and_overload_pass_unnoticed(server, start):
    server.script([rate_limited(0.1), overloaded(), "At last."])
    async with start() as (_, listener):
        assert (await listener.ask(COMPLETE, make_request())).text == "At last."
    assert server.attempts == 3


async def test_person_addresses_the_model(server, start):
    server.script([Answer("Athens.", usage=PRICED)])
    async with start() as (_, listener):
        end = await listener.submit(CHAT, ChatRequest(text="Capital of Greece?", chat_id="chat-2"), to="llm")
        assert end.state is TaskState.DONE
        assert (end.result.text, end.result.source) == ("Athens.", "local"), "the address is of this machine"
        await eventually(lambda: listener.pieces and listener.pieces[0].id == "chat-2")


async def test_without_a_key_it_says_so(server, start):
    async with start(key="") as (_, listener):
        result = await listener.ask(COMPLETE, make_request("too dark to cook"))
        assert not result.available
        assert "ANTHROPIC_API_KEY" in result.text
        report = await listener.ask(GET_COSTS, CostQuery())
    assert (report.provider, report.total_cost_usd, report.lines) == ("offline", 0, ())
    assert server.attempts == 0


async def test_at_the_limit_a_sentence_is_the_answer_and_no_call_is_made(server, start):
    server.script([Answer("Hi.", usage={"input_tokens": 16_500, "output_tokens": 10})])
    async with start(llm_cost_limit_usd=0.05) as (_, listener):
        await listener.ask(COMPLETE, make_request())
        refused = await listener.ask(COMPLETE, make_request())
        report = await listener.ask(GET_COSTS, CostQuery())
    assert not refused.available
    assert "monthly budget of $0.05 is used up" in refused.notice
    assert server.attempts == 1
    assert report.limit_usd == 0.05


async def test_only_those_who_speak_for_people_set_budgets(server, start, broker, tmp_path):
    async with start() as (_, listener), running(Gateway, broker, tmp_path / "gateway") as gateway:
        with pytest.raises(TaskFailed, match="Only people set budgets"):
            await listener.ask(SET_BUDGET, BudgetLimit(limit_usd=5))
        report = await gateway.ask(SET_BUDGET, BudgetLimit(limit_usd=5, period="daily"))
        assert (report.limit_usd, report.period) == (5, "daily")


async def test_a_person_stops_an_answer_over_the_bus(server, start, broker, tmp_path):
    server.script([Answer("word " * 500, pause=0.01)])
    async with start() as (_, listener), running(Gateway, broker, tmp_path / "gateway") as gateway:
        asking = asyncio.create_task(listener.ask(COMPLETE, make_request(stream_to="chat-9")))
        await eventually(lambda: listener.pieces)
        await gateway.publish(CHAT_STOP, ChatStop(chat_id="chat-9", timestamp=0))
        with pytest.raises(TaskFailed, match="Stopped"):
            await asking
        await eventually(lambda: server.running == 0)
        (line,) = (await listener.ask(GET_COSTS, CostQuery())).lines
    assert (line.calls, line.estimated_calls) == (1, 1)
    assert line.cost_usd > 0


async def test_ledger_is_kept_over_a_restart(server, start):
    server.script([Answer("Hi.", usage=PRICED)])
    async with start() as (_, listener):
        await listener.ask(COMPLETE, make_request())
    async with start() as (llm, listener):
        assert (await listener.ask(GET_COSTS, CostQuery())).total_input_tokens == 1000
        assert llm.extra_metrics()["llm_calls"] == 1


@pytest.mark.parametrize("reply", [None, Failure(400, "invalid_request_error", f"your key {CANARY} is odd")])
async def test_key_and_prompt_are_in_no_message_and_no_log(server, start, broker, capfd, caplog, reply):
    caplog.set_level("DEBUG")
    caplog.set_level("ERROR", logger="gmqtt")  # as in a service: its debug log repeats packets
    seen: list[str] = []

    async def record(client):
        async for message in client.messages:
            text = message.payload.decode(errors="replace")
            seen.append(f"{message.topic} {text}")  # it is read while it grows

    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe("#")
        recording = asyncio.create_task(record(client))
        key = CANARY if reply else CANARY + "-wrong"
        server.script([reply] if reply else [])
        async with start(key=key, log_level="DEBUG") as (_, listener):
            with pytest.raises(TaskFailed) as caught:
                await listener.ask(COMPLETE, make_request(system="PROMPT-SECRET"))
            await eventually(lambda: any("/metrics" in line for line in seen))
        recording.cancel()
    out, err = capfd.readouterr()
    asked = [line for line in seen if "by-name/llm/task" in line]
    others = [line for line in seen if line not in asked]
    assert "CANARY" not in f"{caught.value!r} {caught.value.context} {seen} {caplog.text} {out} {err}"
    assert "PROMPT-SECRET" not in f"{others} {caplog.text} {out} {err}"
    assert asked, "the recorder heard the question"


async def test_sdk_is_not_loaded_without_a_key(tmp_path, broker):
    code = "import sys, wactorz_llm.__main__; print([m for m in ('anthropic', 'genai_prices') if m in sys.modules])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.decode().strip() == "[]"


async def test_killed_in_the_middle_of_a_call_the_reservation_still_counts(server, start, broker, tmp_path):
    server.script([Answer("First.", usage=PRICED), Answer("A very slow answer.", pause=5)])
    state = tmp_path / "llm"
    environment = {
        "PATH": os.environ["PATH"], "WACTORZ_STATE_DIR": str(state), "MQTT_HOST": broker.host,
        "MQTT_PORT": str(broker.port), "ANTHROPIC_API_KEY": CANARY, "ANTHROPIC_BASE_URL": server.url,
        "LLM_COST_LIMIT_USD": "0.05",
    }  # fmt: skip
    async with running(Listener, broker, tmp_path / "listener") as listener:
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "wactorz_llm", env=environment)
        try:
            await eventually(lambda: any(frame.llm_calls is not None for frame in listener.metrics), 20)
            await listener.ask(COMPLETE, make_request())
            lost = asyncio.create_task(listener.ask(COMPLETE, make_request(max_tokens=2000), timeout=10))
            await eventually(lambda: len(server.requests) == 2, 10)
        finally:
            process.kill()
            await process.wait()
        lost.cancel()
    assert process.returncode == -signal.SIGKILL
    store = Store(Path(state) / "state" / "llm" / "state.db")
    store.open()
    ledger = Ledger(store, Budget(1))
    await ledger.prepare()
    ((standing, held),) = ledger.state()
    await store.close()
    assert standing.spent == 4_500_000
    assert held > 30_000_000
    async with start(llm_cost_limit_usd=0.05) as (_, listener):
        refused = await listener.ask(COMPLETE, make_request(max_tokens=2000))
        assert "held for calls that are not settled" in refused.notice


SWITCHING = ("turn_on", "turn_off")
HOUSE = House(
    version=1,
    areas=(Area(area_id="kitchen", name="Kitchen"), Area(area_id="living_room", name="Living room")),
    entities=(
        Entity(entity_id="light.living_room_lamp", name="Living room lamp", area_id="living_room", state="off"),
        Entity(entity_id="light.kitchen_light", name="Kitchen light", area_id="kitchen", state="off"),
        Entity(entity_id="climate.kitchen_air_conditioner", name="Air conditioner", area_id="kitchen", state="off"),
        Entity(entity_id="fan.bedroom_fan", name="Bedroom fan", state="off"),
        Entity(
            entity_id="sensor.kitchen_temperature", name="Kitchen temperature", area_id="kitchen", state="21.5",
            unit="°C", device_class="temperature",
        ),
    ),
    services={"light": SWITCHING, "climate": SWITCHING, "fan": SWITCHING, "homeassistant": SWITCHING},
)  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "service", "entity_ids"),
    [
        ("it's too dark to cook", "light.turn_on", ("light.kitchen_light",)),
        ("I am boiling in here", "climate.turn_on", ("climate.kitchen_air_conditioner",)),
        ("good night everyone", "light.turn_off", ("light.living_room_lamp", "light.kitchen_light")),
    ],
)
async def test_stand_in_answers_the_questions_of_main(start, sentence, service, entity_ids):
    question = prompts.question(sentence, HOUSE, (), chat_id="chat-3", intent="ACTUATE")
    async with start() as (_, listener):
        result = await listener.ask(COMPLETE, question)
        calls, problem = prompts.read_calls(result.tool_calls[0].arguments, HOUSE)
        said = ModelMessage(role="assistant", content=result.text, tool_calls=result.tool_calls)
        told = ModelMessage(role="tool", content="done: it is on", tool_call_id=result.tool_calls[0].id)
        again = question.model_copy(update={"messages": (*question.messages, said, told)})
        closing = await listener.ask(COMPLETE, again)
    assert problem == ""
    assert f"{calls[0].domain}.{calls[0].service}" == service
    assert sorted(calls[0].entity_id) == sorted(entity_ids)
    assert (closing.text, closing.tool_calls) == ("Done.", ())


async def test_stand_in_proposes_rules_to_main(start):
    sentence = "whenever the kitchen gets hot, switch on the air conditioner"
    async with start() as (_, listener):
        result = await listener.ask(COMPLETE, prompts.question(sentence, HOUSE, (), chat_id=""))
    assert (result.tool_calls[0].name, result.tool_calls[0].arguments) == ("create_rule", {"request": sentence})


async def test_stand_in_fills_in_rules_for_the_planner(start):
    async with start() as (_, listener):

        async def ask(question):
            return await listener.ask(COMPLETE, question)

        written = await write_draft(ask, "whenever the kitchen gets hot, switch on the air conditioner", HOUSE)
    assert written.problem == ""
    assert written.draft.trigger.entity_id == "sensor.kitchen_temperature"
    assert written.draft.actions[0].entity_id == ("climate.kitchen_air_conditioner",)
    assert written.cost_usd > 0
