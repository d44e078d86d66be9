"""Two real agents on a real broker: questions, durable tasks, commands, bad input, an outage."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from pydantic import Field

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.lifecycle import COMMANDS, HEARTBEAT, AgentCommand, AgentState, Heartbeat
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, ContractError, Refused, TaskFailed
from wactorz_common.language import language, speaking
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker


class Number(Payload):
    """A number."""

    value: int = Field(description="The number")


DOUBLE = Operation("double", "doubler", Number, Number, "Twice a number", timeout=2)
SPOKEN = Operation("spoken", "doubler", Number, Number, "Refuses in the language that is spoken", timeout=2)
KEEP = Operation("keep", "doubler", Number, Number, "Keep a number", durable=True, timeout=10)


class Doubler(Agent[AgentSettings]):
    """Doubles numbers, and keeps some."""

    name = "doubler"
    description = "Doubles numbers"
    protected = False

    async def on_start(self) -> None:
        self.kept: list[int] = []
        self.languages: list[str] = []

    @handles(DOUBLE)
    async def double(self, request: Number, task: Task) -> Number:
        if request.value < 0:
            raise Refused("Negative numbers stay single")
        if request.value == 13:
            raise ValueError("thirteen")
        if request.value == 99:
            await asyncio.sleep(5)
        return Number(value=request.value * 2)

    @handles(SPOKEN)
    async def spoken(self, request: Number, task: Task) -> Number:
        raise Refused(language())

    @handles(KEEP)
    async def keep(self, request: Number, task: Task) -> Number:
        self.languages.append(language())
        if request.value == 77:
            await asyncio.Event().wait()
        self.kept.append(request.value)
        if request.value == 7:
            task.outcome = TaskState.UNKNOWN
        return request


class Asker(Agent[AgentSettings]):
    """Asks, and hears heartbeats."""

    name = "asker"
    description = "Asks"

    async def on_start(self) -> None:
        self.beats: list[Heartbeat] = []

    @listens(HEARTBEAT)
    async def on_heartbeat(self, message: Message[Heartbeat]) -> None:
        self.beats.append(message.payload)


async def eventually(condition: Any, seconds: float = 30.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_ask_gets_the_answer(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path), running(Asker, broker, tmp_path) as asker:
        answers = await asyncio.gather(*[asker.ask(DOUBLE, Number(value=n)) for n in range(1, 9)])
        assert [answer.value for answer in answers] == [2, 4, 6, 8, 10, 12, 14, 16]


async def test_ask_tells_the_other_agents_words(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        with pytest.raises(TaskFailed, match="stay single"):
            await asker.ask(DOUBLE, Number(value=-1))
        with pytest.raises(TaskFailed, match="thirteen"):
            await asker.ask(DOUBLE, Number(value=13))
        with pytest.raises(TaskFailed, match="did not finish 'double' within 2 s"):
            await asker.ask(DOUBLE, Number(value=99))
        with pytest.raises(AskTimeout):
            await asker.ask(DOUBLE, Number(value=1), to="nobody", timeout=0.2)
        assert doubler._telemetry.counters["errors"] == 1


async def test_submit_is_kept_and_never_run_twice(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        first = await asker.submit(KEEP, Number(value=5), task_id="t-1")
        again = await asker.submit(KEEP, Number(value=5), task_id="t-1")
        assert first.state is again.state is TaskState.DONE
        assert again.result == Number(value=5)
        assert doubler.kept == [5]
        with pytest.raises(ContractError):
            await asker.submit(KEEP, Number(value=6), task_id="t-1")
        unknown = await asker.submit(KEEP, Number(value=7))
        assert (unknown.state, unknown.result) == (TaskState.UNKNOWN, Number(value=7))


async def test_whoever_is_asked_answers_in_the_language_of_the_asker(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        with speaking("de"):
            with pytest.raises(TaskFailed, match=r"^de$"):
                await asker.ask(SPOKEN, Number(value=1))
            await asker.submit(KEEP, Number(value=1), task_id="t-1")
        with pytest.raises(TaskFailed, match=r"^en$"):
            await asker.ask(SPOKEN, Number(value=1))
        await asker.submit(KEEP, Number(value=1), task_id="t-1")  # told again in another language it is the same task
        await asker.submit(KEEP, Number(value=2))
        assert doubler.languages == ["de", "en"]


async def test_a_task_that_is_taken_up_again_keeps_its_language(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path) as asker:
        async with running(Doubler, broker, tmp_path) as doubler:
            with speaking("de"):
                pending = asyncio.create_task(asker.submit(KEEP, Number(value=77), deadline=30))
            await eventually(lambda: doubler.languages)
            doubler._loop.drain = lambda seconds: asyncio.sleep(0)  # type: ignore[method-assign]  # dies in the middle
        async with running(Doubler, broker, tmp_path) as doubler:
            await eventually(lambda: doubler.languages)
            assert doubler.languages == ["de"]
        pending.cancel()


async def test_a_task_outlives_the_broker_and_the_receiver(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path) as asker:
        pending = asyncio.create_task(asker.submit(KEEP, Number(value=3), deadline=20))
        await asyncio.sleep(0.2)
        broker.kill()
        await asyncio.sleep(0.2)
        broker.start()
        async with running(Doubler, broker, tmp_path) as doubler:
            end = await asyncio.wait_for(pending, 15)
            assert end.state is TaskState.DONE
            assert doubler.kept == [3]


async def test_a_task_past_its_deadline_is_not_done(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        end = await asker.submit(KEEP, Number(value=4), deadline=-1)
        assert end.state is TaskState.EXPIRED
        assert doubler.kept == []


async def test_commands_pause_and_resume(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        await asker.bus.publish(COMMANDS, AgentCommand(command="pause"), agent_id=doubler.id)
        await eventually(lambda: doubler.state is AgentState.PAUSED)
        with pytest.raises(TaskFailed, match="paused"):
            await asker.ask(DOUBLE, Number(value=1))
        waiting = asyncio.create_task(asker.submit(KEEP, Number(value=1)))
        await asyncio.sleep(0.2)
        assert doubler.kept == []
        await asker.bus.publish(COMMANDS, AgentCommand(command="resume"), agent_id=doubler.id)
        assert (await waiting).state is TaskState.DONE
        assert doubler.kept == [1]


async def test_delete_ends_an_unprotected_agent_only(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        for agent in (doubler, asker):
            await asker.bus.publish(COMMANDS, AgentCommand(command="delete"), agent_id=agent.id)
        await asyncio.wait_for(doubler.finished.wait(), 5)
        await asyncio.sleep(0.1)
        assert not asker.finished.is_set()


async def test_heartbeats_carry_progress_and_incarnation(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path, heartbeat_seconds=0.1) as asker:
        async with running(Doubler, broker, tmp_path, heartbeat_seconds=0.1):
            await eventually(lambda: len([b for b in asker.beats if b.name == "doubler"]) > 3)
        async with running(Doubler, broker, tmp_path, heartbeat_seconds=0.1):
            await eventually(lambda: any(b.incarnation == 2 for b in asker.beats if b.name == "doubler"))
        beats = [beat for beat in asker.beats if beat.name == "doubler"]
        assert beats[0].state == AgentState.RUNNING
        assert len({beat.actor_id for beat in beats}) == 1


async def test_an_earlier_incarnation_is_fenced(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path, heartbeat_seconds=60) as asker:
        asker.bus._newest["zombie"] = 5
        async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
            beat = Heartbeat(actor_id="zombie", name="zombie", timestamp=0, state=AgentState.RUNNING)
            for incarnation in ("4", "5"):
                properties = Properties(PacketTypes.PUBLISH)
                properties.UserProperty = [("wactorz-sender", f"zombie {incarnation}")]
                await client.publish("agents/zombie/heartbeat", beat.encode(), properties=properties)
        await eventually(lambda: any(beat.name == "zombie" for beat in asker.beats))
        assert len([beat for beat in asker.beats if beat.name == "zombie"]) == 1
        assert asker.bus.counters["fenced"] == 1


async def test_a_foreign_client_of_the_old_protocol_is_served(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Doubler, broker, tmp_path):
        async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V311) as client:
            await client.subscribe("main/reply/x/1", qos=1)
            task = {"_remote_task": True, "_reply_topic": "main/reply/x/1", "_task_id": "abcd1234"}
            bodies = [{"payload": {"action": "double", "value": 4}}, {"action": "double", "value": 4}, {"text": "hi"}]
            for body in bodies:
                await client.publish("agents/by-name/doubler/task", json.dumps({**task, **body}), qos=1)
            replies = []
            async for message in client.messages:
                replies.append(json.loads(message.payload))
                if len(replies) == 3:
                    break
    assert [reply.get("value") for reply in replies] == [8, 8, None]
    assert {reply["_task_id"] for reply in replies} == {"abcd1234"}
    assert "has no handle_task" in replies[2]["error"] or "does not know" in replies[2]["error"]


async def test_bad_messages_are_counted_and_reported_once(broker: TestBroker, tmp_path: Path) -> None:
    bad = [b"{", b"[1]", b"\x00\xff", b'"text"', b'{"_deadline_at": "soon"}', b"[" * 5000, b"{}" * 3, b"null", b" "]
    async with running(Doubler, broker, tmp_path) as doubler, running(Asker, broker, tmp_path) as asker:
        async with aiomqtt.Client(broker.host, broker.port) as client:
            await client.subscribe(f"agents/{doubler.id}/errors", qos=1)
            for payload in bad:
                await client.publish("agents/by-name/doubler/task", payload, qos=1)
            event = json.loads((await anext(aiter(client.messages))).payload)
        assert event["phase"] == "consume"
        await eventually(lambda: doubler._telemetry.counters["bad_messages"] == len(bad))
        assert (await asker.ask(DOUBLE, Number(value=1))).value == 2


async def test_it_says_what_it_can_do_and_what_is_done(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path) as asker, aiomqtt.Client(broker.host, broker.port) as client:
        async with running(Doubler, broker, tmp_path) as doubler:
            await client.subscribe(f"agents/{doubler.id}/manifest", qos=1)
            manifest = json.loads((await anext(aiter(client.messages))).payload)
            assert manifest["capabilities"] == ["double", "keep", "spoken"]
            assert manifest["input_schema"]["keep.value"] == "int - The number"
            await client.subscribe(f"agents/{doubler.id}/completed")
            await asker.submit(KEEP, Number(value=5))
            async with asyncio.timeout(5):
                async for message in client.messages:
                    if message.topic.matches("agents/+/completed"):
                        break
    completed = json.loads(message.payload)
    assert completed["task"] == "keep"
    assert json.loads(completed["result_preview"]) == {"value": 5}
    assert completed["duration"] >= 0
