"""Topics that are known at run time only, and agents that take every task."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiomqtt import Client, ProtocolVersion

from wactorz_common.agent import Agent, Task, handles_rest
from wactorz_common.contracts import OpenPayload, Operation
from wactorz_common.contracts.tasks import TaskBody
from wactorz_common.errors import TaskFailed
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker


class Anything(OpenPayload):
    """Any object."""


PAINT = Operation("paint", None, Anything, Anything, "Unknown to everybody")


class Taker(Agent[AgentSettings]):
    """Takes every task."""

    name = "taker"
    description = "Takes every task."

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.runs = 0

    @handles_rest
    async def take(self, request: TaskBody, task: Task) -> dict[str, Any]:
        """Say what came."""
        self.runs += 1
        if request.body == {"action": "paint", "fail": True}:
            raise ValueError("no paint")
        return {"body": request.body, "action": task.action, "agent": "mine"}


class Asker(Agent[AgentSettings]):
    """Asks."""

    name = "asker"
    description = "Asks."


async def until(found: Any, what: str) -> None:
    for _ in range(1000):
        if found():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{what} did not come about")


async def test_an_agent_takes_every_task_durable_or_not(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Taker, broker, tmp_path) as taker, running(Asker, broker, tmp_path) as asker:
        answer = await asker.ask(PAINT, Anything.model_validate({"color": "red"}), to="taker")
        assert answer.model_extra is not None
        assert answer.model_extra["body"] == {"action": "paint", "color": "red"}
        assert answer.model_extra["agent"] == "mine"
        with pytest.raises(TaskFailed, match="no paint"):
            await asker.ask(PAINT, Anything.model_validate({"fail": True}), to="taker")
        runs = taker.runs
        for _ in range(2):
            end = await asker.submit(PAINT, Anything.model_validate({"x": 1}), to="taker", task_id="one")
            assert end.body["body"] == {"action": "paint", "x": 1}
        assert taker.runs == runs + 1


async def test_listeners_get_what_their_filters_match(broker: TestBroker, tmp_path: Path) -> None:
    heard: dict[str, list[tuple[str, bytes, bool]]] = {"wide": [], "narrow": []}

    def into(name: str) -> Any:
        async def take(topic: str, data: bytes, retained: bool) -> None:
            heard[name].append((topic, data, retained))

        return take

    async with (
        Client(broker.host, broker.port, protocol=ProtocolVersion.V5) as client,
        running(Asker, broker, tmp_path) as asker,
    ):
        await client.publish("custom/kept", b"before", qos=1, retain=True)
        end_wide = asker.bus.listen("custom/#", into("wide"))
        asker.bus.listen("custom/+", into("narrow"))
        await until(lambda: len(heard["wide"]) == len(heard["narrow"]) == 1, "the retained message")
        assert heard["narrow"] == [("custom/kept", b"before", True)]
        await client.publish("custom/a", b"\xff not json", qos=1)
        await client.publish("custom/a/b", b"1", qos=1)
        await until(lambda: len(heard["wide"]) == 3 and len(heard["narrow"]) == 2, "one copy each")
        assert heard["narrow"][-1] == ("custom/a", b"\xff not json", False)
        end_wide()
        await client.publish("custom/b", b"2", qos=1)
        await until(lambda: len(heard["narrow"]) == 3, "the narrow one goes on")
        assert len(heard["wide"]) == 3


async def test_listeners_are_there_again_after_a_broker_restart(broker: TestBroker, tmp_path: Path) -> None:
    heard: list[str] = []

    async def take(topic: str, _data: bytes, _retained: bool) -> None:
        heard.append(topic)

    async with running(Asker, broker, tmp_path) as asker:
        for number in range(60):
            asker.bus.listen(f"custom/{number}/#", take)
        broker.kill()
        await until(lambda: not asker.bus.connected.is_set(), "the loss")
        broker.start()
        await asker.bus.wait_connected(10)
        async with Client(broker.host, broker.port, protocol=ProtocolVersion.V5) as client:
            for number in range(60):
                await client.publish(f"custom/{number}/x", b"1", qos=1)
            await until(lambda: len(heard) == 60, "all of them")
