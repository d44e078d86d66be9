"""After a restart an agent first goes on with what was under way, in its order, then takes what is new."""

import asyncio
import time
from pathlib import Path

import pytest
from pydantic import Field

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Operation, Payload
from wactorz_common.inbox import Inbox
from wactorz_common.serving import body_of, task_topic
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker


class Level(Payload):
    """A level to set."""

    value: int = Field(description="The level")


SET = Operation("set", "actor", Level, Level, "Set a level", durable=True, timeout=30)


class Actor(Agent[AgentSettings]):
    """Notes in which order its tasks begin; a new one comes while it starts."""

    name = "actor"
    description = "Acts"

    async def on_start(self) -> None:
        self.begun: list[str] = []
        await self.bus.wait_connected(5)
        body = body_of(SET, Level(value=3), task_id="t3", deadline_at=time.time() + 30)
        await self.bus.send(task_topic(self.name), body, 1)
        while not await self.store.read(lambda db: db.execute("SELECT 1 FROM inbox WHERE task_id = 't3'").fetchone()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    @handles(SET)
    async def set(self, request: Level, task: Task) -> Level:
        self.begun.append(task.id)
        return request


async def test_what_was_under_way_comes_before_what_is_new(broker: TestBroker, tmp_path: Path) -> None:
    store = Store(tmp_path / "state" / "actor" / "state.db")
    store.open()
    for number in (1, 2):
        await Inbox(store).accept(
            task_id=f"t{number}", action="set", sender="", body=Level(value=number).encode(), reply_topic="",
            deadline_at=time.time() + 30, correlation=None, trace_id="",
        )  # fmt: skip
    await store.close()
    async with running(Actor, broker, tmp_path) as actor, asyncio.timeout(5):
        while len(actor.begun) < 3:
            await asyncio.sleep(0.02)
    assert actor.begun == ["t1", "t2", "t3"]
