"""The receiving side of tasks under abuse: odd addresses, huge answers, cancelled waits, too much at once."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from pydantic import Field

from wactorz_common import workloop
from wactorz_common.agent import Agent, Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.lifecycle import (
    COMMANDS,
    ERRORS,
    HEARTBEAT,
    AgentCommand,
    AgentError,
    AgentState,
    Heartbeat,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.inbox import Inbox
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker


class Text(Payload):
    """Some text."""

    text: str = Field(description="Text")


LOOK = Operation("look", "worker", Text, Text, "Answer with a text", timeout=3)
WORK = Operation("work", "worker", Text, Text, "Answer with a text, durably", durable=True, timeout=10)


class Worker(Agent[AgentSettings]):
    """Does what the text says."""

    name = "worker"
    description = "Does what the text says"
    slow_start = 0.0

    async def on_start(self) -> None:
        await asyncio.sleep(self.slow_start)
        self.done: list[str] = []
        self.heard = self.ticks = 0

    @handles(LOOK)
    async def look(self, request: Text, task: Task) -> Text:
        return await self._do(request.text)

    @handles(WORK)
    async def work(self, request: Text, task: Task) -> Text:
        return await self._do(request.text)

    async def _do(self, text: str) -> Text:
        self.done.append(text)
        if text == "cancelled":
            await _cancelled()
        if text == "large":
            return Text(text="x" * 1_200_000)
        if text == "unprintable":
            return Text.model_construct(text="\ud800")
        if text == "fails at length":
            raise ValueError("x" * 5_000)
        if text == "slow":
            await asyncio.sleep(1)
        return Text(text=text)

    @listens(HEARTBEAT)
    async def on_heartbeat(self, message: Message[Heartbeat]) -> None:
        self.heard += 1
        if message.payload.name == "cancelling":
            await _cancelled()

    @every(0.05)
    async def tick(self) -> None:
        self.ticks += 1
        if self.ticks < 3:
            await _cancelled()


class Asker(Agent[AgentSettings]):
    """Asks."""

    name = "asker"
    description = "Asks"


async def _cancelled() -> None:
    """Wait for something that somebody else cancels."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await future


@contextlib.asynccontextmanager
async def two(broker: TestBroker, folder: Path) -> AsyncIterator[tuple[Worker, Asker]]:
    """Both agents."""
    async with running(Worker, broker, folder) as worker, running(Asker, broker, folder) as asker:
        yield worker, asker


async def eventually(condition: Any, seconds: float = 30.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("topic", "action"),
    [
        ("a/#", "look"), ("a/#", "work"), ("a/#", "nonsense"), ("$SYS/x", "look"), ("x" * 70_000, "look"),
        ("a\0", "work"), ("agents/x/commands", "look"), ("agents/by-name/asker/task", "nonsense"), ("io/chat", "work"),
    ],
)  # fmt: skip
async def test_a_reply_never_goes_where_it_means_something_else(
    broker: TestBroker, tmp_path: Path, topic: str, action: str
) -> None:
    async with two(broker, tmp_path) as (worker, asker), aiomqtt.Client(broker.host, broker.port) as client:
        task = {"action": action, "text": "hello", "_reply_topic": topic, "_task_id": "t1"}
        await client.publish("agents/by-name/worker/task", json.dumps(task), qos=1)
        await eventually(lambda: worker._telemetry.counters["bad_messages"] == 1)
        assert (await asker.ask(LOOK, Text(text="still here"))).text == "still here"
        assert worker.done == ["still here"]
        assert worker.bus.counters["connects"] == 1


@pytest.mark.parametrize("text", ["large", "unprintable", "fails at length", "cancelled"])
async def test_what_cannot_be_answered_is_answered_so(broker: TestBroker, tmp_path: Path, text: str) -> None:
    async with two(broker, tmp_path) as (worker, asker):
        with pytest.raises(TaskFailed) as failure:
            await asker.ask(LOOK, Text(text=text))
        assert len(str(failure.value)) < 3_000
        async with asyncio.timeout(5):
            end = await asker.submit(WORK, Text(text=text))
        assert end.state is (TaskState.FAILED if text == "fails at length" else TaskState.UNKNOWN)
        assert end.error
        assert worker.bus.counters["connects"] == asker.bus.counters["connects"] == 1
        assert (await asker.ask(LOOK, Text(text="next"))).text == "next"


async def test_a_task_too_large_to_send_fails_and_blocks_nothing(broker: TestBroker, tmp_path: Path) -> None:
    async with two(broker, tmp_path) as (_, asker), asyncio.timeout(5):
        end = await asker.submit(WORK, Text(text="x" * 1_200_000))
        assert end.state is TaskState.FAILED
        assert "too large" in str(end.error)
        assert (await asker.submit(WORK, Text(text="next"))).state is TaskState.DONE
        assert asker.bus.counters["connects"] == 1


async def test_a_deadline_without_end_is_one_of_days(broker: TestBroker, tmp_path: Path) -> None:
    async with two(broker, tmp_path) as (_, asker), asyncio.timeout(5):
        assert (await asker.submit(WORK, Text(text="some day"), deadline=float("inf"))).state is TaskState.DONE


async def test_a_cancelled_wait_ends_neither_the_loop_nor_a_period(broker: TestBroker, tmp_path: Path) -> None:
    async with two(broker, tmp_path) as (worker, asker):
        for name in ("cancelling", "plain"):
            beat = Heartbeat(actor_id=name, name=name, timestamp=0, state=AgentState.RUNNING)
            heard = worker.heard
            await asker.bus.publish(HEARTBEAT, beat, agent_id=name)
            await eventually(lambda: worker.heard > heard)  # noqa: B023  # evaluated in the same round
        await eventually(lambda: worker.ticks > 4)
        assert worker.heard >= 2


async def test_too_much_to_do_is_said(broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloop, "CONCURRENCY", 1)
    monkeypatch.setattr(workloop, "INLINE", 1)
    async with two(broker, tmp_path) as (_, asker):
        first = asyncio.create_task(asker.ask(LOOK, Text(text="slow")))
        await asyncio.sleep(0.1)
        with pytest.raises(TaskFailed, match="too much to do"):
            await asker.ask(LOOK, Text(text="second"))
        await first


async def test_no_accepted_task_is_dropped_when_very_many_wait(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workloop, "CAPACITY", 5)
    async with two(broker, tmp_path) as (worker, asker), asyncio.timeout(10):
        await asker.bus.publish(COMMANDS, AgentCommand(command="pause"), agent_id=worker.id)
        await eventually(lambda: worker.state is AgentState.PAUSED)
        waiting = [asyncio.create_task(asker.submit(WORK, Text(text=f"{n}"))) for n in range(20)]
        await eventually(lambda: len(worker._server._parked) == 20)
        await asker.bus.publish(COMMANDS, AgentCommand(command="resume"), agent_id=worker.id)
        assert {end.state for end in await asyncio.gather(*waiting)} == {TaskState.DONE}


async def test_who_refuses_while_paused_answers_at_once_and_does_it_never(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "refuses_while_paused", True)
    async with two(broker, tmp_path) as (worker, asker), asyncio.timeout(5):
        await asker.bus.publish(COMMANDS, AgentCommand(command="pause"), agent_id=worker.id)
        await eventually(lambda: worker.state is AgentState.PAUSED)
        end = await asker.submit(WORK, Text(text="late"), task_id="t")
        assert (end.state, end.error) == (TaskState.FAILED, "worker is paused; resume it first")
        await asker.bus.publish(COMMANDS, AgentCommand(command="resume"), agent_id=worker.id)
        await eventually(lambda: worker.state is AgentState.RUNNING)
        assert (await asker.submit(WORK, Text(text="late"), task_id="t")).state is TaskState.FAILED
        assert (await asker.submit(WORK, Text(text="new"))).state is TaskState.DONE


async def test_a_pause_and_a_resume_at_once_end_in_order(broker: TestBroker, tmp_path: Path) -> None:
    async with two(broker, tmp_path) as (worker, asker):
        for _ in range(5):
            for command in ("pause", "resume"):
                await asker.bus.publish(COMMANDS, AgentCommand(command=command), agent_id=worker.id)
        await asyncio.sleep(0.5)
        assert worker.state is AgentState.RUNNING


async def test_a_question_waits_until_the_agent_is_set_up(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "slow_start", 0.5)
    async with running(Asker, broker, tmp_path) as asker:
        starting = asyncio.create_task(_for_a_while(broker, tmp_path))
        await asyncio.sleep(0.3)
        assert (await asker.ask(LOOK, Text(text="hello"))).text == "hello"
        await starting


async def _for_a_while(broker: TestBroker, folder: Path) -> None:
    async with running(Worker, broker, folder):
        await asyncio.sleep(1)


async def test_a_kept_task_that_is_not_understood_any_more_does_not_keep_the_agent_down(
    broker: TestBroker, tmp_path: Path
) -> None:
    store = Store(tmp_path / "state" / "worker" / "state.db")
    store.open()
    for task_id, action in (("t1", "work"), ("t2", "gone")):
        await Inbox(store).accept(
            task_id=task_id, action=action, sender="", body=b'{"other": 1}', deadline_at=time.time() + 30,
            reply_topic="", correlation=None, trace_id="",
        )  # fmt: skip
    await store.close()
    async with two(broker, tmp_path) as (worker, asker), asyncio.timeout(5):
        assert (await asker.submit(WORK, Text(text="new"))).state is TaskState.DONE
        rows = await worker.store.read(lambda db: db.execute("SELECT task_id, state FROM inbox").fetchall())
    assert dict(rows)["t1"] == "unknown"
    assert dict(rows)["t2"] == "failed"


async def test_bad_messages_on_many_topics_of_one_channel_are_reported_together(
    broker: TestBroker, tmp_path: Path
) -> None:
    async with two(broker, tmp_path) as (worker, asker), aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe(f"agents/{worker.id}/errors", qos=1)
        for number in range(50):
            await client.publish(f"agents/stranger{number}/heartbeat", b"{", qos=1)
        await eventually(lambda: worker._telemetry.counters["bad_messages"] == 50)
        await asyncio.sleep(0.2)
        await asker.bus.publish(ERRORS, _last(), agent_id=worker.id)
        reports = []
        async for message in client.messages:
            reports.append(AgentError.decode(message.payload).phase)
            if reports[-1] == "last":
                break
    assert reports.count("consume") == 1


def _last() -> AgentError:
    return AgentError(actor_id="asker", name="asker", phase="last", error="", timestamp=0)
