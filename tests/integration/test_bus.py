"""The connection of one bus: what it refuses to send, and how it comes back."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace

import aiomqtt
import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.lifecycle import COMMANDS, ERRORS, AgentCommand, AgentError
from wactorz_common.errors import ContractError
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker


@contextlib.asynccontextmanager
async def connected(broker: TestBroker, name: str = "one") -> AsyncIterator[Bus]:
    """A bus that is connected."""
    bus = Bus(Identity(name, f"id-{name}", 1, f"client-{name}"), Broker(broker.host, broker.port), None)
    bus.start()
    try:
        await bus.wait_connected(5)
        yield bus
    finally:
        await bus.stop()


async def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def cut(bus: Bus) -> None:
    """Lose the connection without a word; the broker keeps the session."""
    bus._connection._client._connection._transport.abort()


def alert(number: int, text: str = "") -> AgentError:
    return AgentError(actor_id="one", name="one", phase="process", error=f"{number}{text}", timestamp=0)


@pytest.mark.parametrize("topic", ["", "a/#", "a/+/b", "a\0b", "x" * 70_000, "\ud800"])
async def test_a_topic_that_no_broker_takes_is_refused_here(broker: TestBroker, topic: str) -> None:
    async with connected(broker) as bus:
        with pytest.raises(ContractError):
            await bus.send(topic, b"{}", 1)
        await asyncio.sleep(0.3)
        assert bus.connected.is_set()
        assert bus.counters["connects"] == 1


async def test_what_the_broker_would_hang_up_on_is_refused_here(broker: TestBroker) -> None:
    async with connected(broker) as bus:
        with pytest.raises(ContractError, match="too large"):
            await bus.publish(ERRORS, alert(1, "x" * 1_100_000), agent_id="one")
        await asyncio.sleep(0.3)
        assert bus.connected.is_set()
        assert bus.counters["connects"] == 1


async def test_a_connection_comes_back_although_every_packet_id_is_taken(broker: TestBroker) -> None:
    async with connected(broker) as bus:
        sending = [asyncio.create_task(bus.publish(ERRORS, alert(n), agent_id="one")) for n in range(150)]
        await asyncio.sleep(0)
        cut(bus)
        await eventually(lambda: not bus.connected.is_set())
        await eventually(bus.connected.is_set)
        async with asyncio.timeout(5):
            await asyncio.gather(*sending)
        assert bus.counters["connects"] == 2


async def test_a_busy_connection_is_not_taken_for_a_dead_one(broker: TestBroker) -> None:
    bus = Bus(Identity("one", "id-one", 1, "client-one"), Broker(broker.host, broker.port), None)
    await bus.publish(ERRORS, alert(0), agent_id="one")

    async def chatter() -> None:
        await bus.connected.wait()
        while bus.counters["disconnects"] == 0:
            await bus.publish(ERRORS, alert(1), agent_id="one")
            await asyncio.sleep(0)

    bus.start()
    senders = [asyncio.create_task(chatter()) for _ in range(20)]
    try:
        await asyncio.sleep(6)
        assert bus.counters["connects"] == 1
    finally:
        for sender in senders:
            sender.cancel()
        await bus.stop()


async def test_what_was_held_back_is_sent_once(broker: TestBroker) -> None:
    seen: list[str] = []

    async def note(message: Message[AgentError]) -> None:
        seen.append(message.payload.error)

    async with connected(broker, "two") as listener, connected(broker) as bus:
        listener.subscribe(ERRORS, note)
        await asyncio.sleep(0.2)
        cut(bus)
        await eventually(lambda: not bus.connected.is_set())
        for number in range(5):
            await bus.publish(ERRORS, alert(number), agent_id="one")
        await eventually(lambda: len(seen) >= 5)
        await asyncio.sleep(0.3)
        assert seen == ["0", "1", "2", "3", "4"]


async def test_more_than_the_window_is_held_back_and_sent(broker: TestBroker) -> None:
    seen: list[str] = []

    async def note(message: Message[AgentError]) -> None:
        seen.append(message.payload.error)

    async with connected(broker, "two") as listener:
        listener.subscribe(ERRORS, note)
        bus = Bus(Identity("one", "id-one", 1, "client-one"), Broker(broker.host, broker.port), None)
        for number in range(300):
            await bus.publish(ERRORS, alert(number), agent_id="one")
        bus.start()
        try:
            await eventually(lambda: len(seen) == 300)
        finally:
            await bus.stop()
    assert len(set(seen)) == 300


def test_a_fault_inside_the_client_does_not_end_its_reading() -> None:
    bus = Bus(Identity("one", "id-one", 1, "client-one"), Broker("localhost", 1), None)
    bus._connection._client._package_handler(SimpleNamespace(cmd=0x20, data=b""))  # too short to be understood
    assert not bus.connected.is_set()


async def test_a_retained_command_is_no_command(broker: TestBroker) -> None:
    seen: list[str] = []

    async def note(message: Message[AgentCommand]) -> None:
        seen.append(message.topic)

    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.publish("agents/id-one/commands", json.dumps({"command": "stop"}), qos=1, retain=True)
        async with connected(broker) as bus:
            bus.subscribe(COMMANDS, note, agent_id="id-one")
            await asyncio.sleep(0.3)
            assert seen == []
            await client.publish("agents/id-one/commands", json.dumps({"command": "stop"}), qos=1)
            await eventually(lambda: len(seen) == 1)


@pytest.mark.parametrize(("end_session", "heard"), [(False, ["stop"]), (True, [])])
async def test_what_was_said_meanwhile_waits_unless_the_session_was_ended(
    broker: TestBroker, end_session: bool, heard: list[str]
) -> None:
    async with connected(broker, "lasting") as bus:
        bus.subscribe(COMMANDS, _nothing, agent_id="lasting")
        await asyncio.sleep(0.2)
        await bus.stop(end_session=end_session)
    async with connected(broker, "other") as other:
        await other.publish(COMMANDS, AgentCommand(command="stop", sender="test", timestamp=0), agent_id="lasting")
        await asyncio.sleep(0.2)
    got: list[str] = []

    async def take(message: Message[AgentCommand]) -> None:
        got.append(message.payload.command)

    again = Bus(Identity("lasting", "id-lasting", 2, "client-lasting"), Broker(broker.host, broker.port), None)
    again.subscribe(COMMANDS, take, agent_id="lasting")
    again.start()
    try:
        await again.wait_connected(5)
        await asyncio.sleep(0.3)
        assert got == heard
    finally:
        await again.stop()


async def _nothing(_message: Message[AgentCommand]) -> None:
    """Hear, and do nothing."""
