"""Thousands of malformed payloads on every topic that a service consumes: counted, reported now and then, survived."""

import asyncio
import contextlib
import json
import random
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.agent import Agent
from wactorz_common.bus import Broker, Identity
from wactorz_common.contracts import Channel, Nothing, Operation
from wactorz_common.contracts.lifecycle import COMMANDS, ERRORS, HEARTBEAT, AgentError, AgentState, Heartbeat
from wactorz_common.contracts.nodes import NODE_RESTART_AGENT, NODE_STOP
from wactorz_common.contracts.tasks import TASK, TASK_REPLY
from wactorz_common.errors import TaskFailed
from wactorz_common.settings import AgentSettings
from wactorz_common.supervision import RestartPolicy
from wactorz_edge.layout import Layout
from wactorz_edge.node import NodeLink
from wactorz_edge.record import NodeRecord
from wactorz_edge.supervisor import Supervisor
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port

pytestmark = pytest.mark.broker

COUNT = 2_000
HUGE = 900_000
OVERSIZED = 2_000_000
REPORT_SECONDS = 5.0
SERVICES = {
    "main": ("wactorz_main", "MainAgent", "MainSettings"),
    "io-agent": ("wactorz_io_agent", "IoAgent", "IoAgentSettings"),
    "monitor": ("wactorz_monitor", "MonitorAgent", "MonitorSettings"),
    "llm": ("wactorz_llm", "LlmAgent", "LlmSettings"),
    "planner": ("wactorz_planner", "PlannerAgent", "PlannerSettings"),
    "home-assistant-agent": (
        "wactorz_home_assistant_agent", "HomeAssistantAgent", "HomeAssistantAgentSettings",
    ),
    "home-assistant-actuator": (
        "wactorz_home_assistant_actuator", "HomeAssistantActuatorAgent", "HomeAssistantActuatorSettings",
    ),
    "home-assistant-state-bridge": (
        "wactorz_home_assistant_state_bridge", "HomeAssistantStateBridgeAgent", "HomeAssistantStateBridgeSettings",
    ),
    "home-assistant-map-agent": (
        "wactorz_home_assistant_map_agent", "HomeAssistantMapAgent", "HomeAssistantMapAgentSettings",
    ),
    "gateway": ("wactorz_gateway", "GatewayAgent", "GatewaySettings"),
}  # fmt: skip
NO_SUCH_THING = Operation("no_such_thing", None, Nothing, Nothing, "Nothing that anybody knows", timeout=5)


class Prober(Agent[AgentSettings]):
    """Asks the service under test whether it is still there."""

    name = "prober"
    description = "Asks"


@dataclass
class Publisher:
    """A bare MQTT 3.1.1 connection that sends whatever it is given, as fast as the broker takes it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    @contextlib.asynccontextmanager
    async def connected(cls, broker: TestBroker) -> AsyncIterator["Publisher"]:
        reader, writer = await asyncio.open_connection(broker.host, broker.port)
        writer.write(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x00" + text(b"malformed")))
        assert await reader.readexactly(4) == b"\x20\x02\x00\x00"
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def publish(self, topic: str, payloads: list[bytes], qos: int) -> None:
        """Send everything; at quality of service 1 wait for all acknowledgements."""
        for number, payload in enumerate(payloads, 1):
            head = text(topic.encode()) + (struct.pack("!H", number) if qos else b"")
            self.writer.write(packet(0x30 | qos << 1, head + payload))
        await self.writer.drain()
        if qos:
            await self.reader.readexactly(4 * len(payloads))


def packet(kind: int, body: bytes) -> bytes:
    left, length = len(body), bytearray()
    while True:
        left, digit = divmod(left, 128)
        length.append(digit | (128 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body


def text(data: bytes) -> bytes:
    return struct.pack("!H", len(data)) + data


def malformed(channel: Channel[Any]) -> list[bytes]:
    """Payloads that are wrong for a channel, the same ones in every run."""
    chance = random.Random(channel.name)
    fields = [field.alias or name for name, field in channel.payload.model_fields.items()]
    valid = json.dumps(dict.fromkeys(fields, "word")).encode()
    endless = _endless(chance, fields, valid)
    return [b"x" * HUGE, b'{"' + b"a" * HUGE, *(next(endless) for _ in range(COUNT - 2))]


def _endless(chance: random.Random, fields: list[str], valid: bytes) -> Iterator[bytes]:
    while True:
        name = json.dumps(chance.choice(fields)).encode()
        depth = chance.randrange(300, 3_000)
        yield b" " * chance.randrange(1, 9)
        yield valid[: chance.randrange(1, len(valid))]
        yield b"\x00" * chance.randrange(1, 20)
        yield b"{" + name + b': "\x00\x01"}'
        yield b"{" + name + b': "\xff\xfe\xc3"}'
        yield bytes(chance.randrange(128, 256) for _ in range(chance.randrange(1, 60)))
        yield b"[" * depth
        yield b"{" + name + b":" + b"[" * depth + b"]" * depth + b"}"
        yield chance.choice([b"NaN", b"-Infinity", b"null", b"true", b"[]", b"[1, 2]", b"0", b"1e999"])
        yield b"9" * chance.randrange(1, 5_000)
        yield b"{" + name + b": {" + name + b": "
        yield b"[" + valid + b"]"


def topics_of(agent: Agent[Any]) -> list[tuple[Channel[Any], str]]:
    """Each channel that an agent consumes, with one topic on it."""
    declared: list[tuple[Channel[Any], dict[str, str]]] = [
        (heard.channel, heard.params) for heard in agent._table.heard
    ]
    own: list[tuple[Channel[Any], dict[str, str]]] = [
        (TASK, {"agent_name": agent.name}), (COMMANDS, {"agent_id": agent.id}),
        (TASK_REPLY, {"agent_name": agent.name, "token": agent.id}),
    ]  # fmt: skip
    unique = {channel.name: (channel, params) for channel, params in [*declared, *own]}
    return [
        (channel, channel.topic(**{**dict.fromkeys(channel.parameters, "somebody"), **params}))
        for channel, params in unique.values()
    ]


def load(name: str) -> tuple[type[Agent[Any]], type[AgentSettings]]:
    package, agent, settings = SERVICES[name]
    return (
        getattr(import_module(f"{package}.agent"), agent), getattr(import_module(f"{package}.settings"), settings),
    )  # fmt: skip


@contextlib.asynccontextmanager
async def service(name: str, broker: TestBroker, folder: Path) -> AsyncIterator[Agent[Any]]:
    agent_class, settings_class = load(name)
    more: dict[str, Any] = {"http_port": free_port()} if "http_port" in settings_class.model_fields else {}
    more |= {"ha_url": "http://127.0.0.1:9"} if "ha_url" in settings_class.model_fields else {}
    async with running(agent_class, broker, folder, settings_class, heartbeat_seconds=0.5, **more) as agent:
        yield agent


async def until(condition: Any, what: str, seconds: float = 20) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"not within {seconds:g} s: {what}")


@pytest.mark.parametrize("name", SERVICES)
async def test_malformed_payloads_are_counted_reported_and_survived(
    broker: TestBroker, tmp_path: Path, name: str
) -> None:
    async with service(name, broker, tmp_path) as agent, running(Prober, broker, tmp_path) as prober:
        errors: list[AgentError] = []
        beats: list[Heartbeat] = []
        prober.bus.subscribe(ERRORS, _keeper(errors), agent_id=agent.id)
        prober.bus.subscribe(HEARTBEAT, _keeper(beats), agent_id=agent.id)
        await asyncio.sleep(0.1)
        counters = agent._telemetry.counters
        began = asyncio.get_running_loop().time()
        topics = topics_of(agent)
        async with Publisher.connected(broker) as publisher:
            for channel, topic in topics:
                payloads = malformed(channel)
                wanted = counters["bad_messages"] + sum(bool(data) or not channel.retain for data in payloads)
                await publisher.publish(topic, payloads, channel.qos)
                await until(lambda n=wanted: counters["bad_messages"] >= n, f"{name} counting all on {topic}")
                assert counters["bad_messages"] == wanted, topic
        took = asyncio.get_running_loop().time() - began
        await _still_there(agent, prober, beats)
        reports = [error for error in errors if error.phase == "consume"]
        assert {report.topic for report in reports} == {topic for _, topic in topics}
        assert len(reports) <= len(topics) * (1 + took // REPORT_SECONDS)
        assert [error for error in errors if error.phase != "consume"] == []
        assert counters["errors"] == agent.bus.counters["handler_errors"] == agent.bus.counters["disconnects"] == 0


def _keeper(kept: list[Any]) -> Any:
    async def keep(message: Any) -> None:
        kept.append(message.payload)

    return keep


async def _still_there(agent: Agent[Any], prober: Prober, beats: list[Heartbeat]) -> None:
    """It answers a question, its work loop goes round, and nothing of its own comes back to it."""
    with pytest.raises(TaskFailed, match=f"Agent '{agent.name}'"):
        await prober.ask(NO_SUCH_THING, Nothing(), to=agent.name)
    count, seen = agent._telemetry.counters["bad_messages"], len(beats)
    await until(lambda: len(beats) >= seen + 2, "two more heartbeats")
    assert beats[-1].state == AgentState.RUNNING
    assert agent._telemetry.counters["bad_messages"] == count


async def test_the_node_runner_counts_and_reports_them_too(broker: TestBroker, tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    supervisor = Supervisor([], NodeRecord(), layout, RestartPolicy(), "local")
    me = Identity("local", "20260101T000000.0000Z-local", 1, "node")
    link = NodeLink(supervisor, me, Broker(broker.host, broker.port), 0.5)
    counters = link._telemetry.counters
    errors: list[AgentError] = []
    async with running(Prober, broker, tmp_path) as prober:
        prober.bus.subscribe(ERRORS, _keeper(errors), agent_id=me.agent_id)
        link.start()
        await link._bus.wait_connected(5)
        topics = [
            (channel, channel.topic(**{"node": "local"} if "node" in channel.parameters else {"agent_id": "somebody"}))
            for channel in (HEARTBEAT, NODE_RESTART_AGENT, NODE_STOP)
        ]
        async with Publisher.connected(broker) as publisher:
            for number, (channel, topic) in enumerate(topics, 1):
                await publisher.publish(topic, malformed(channel), channel.qos)
                await until(lambda n=number: counters["bad_messages"] >= n * COUNT, f"the runner counting on {topic}")
        await until(lambda: {error.topic for error in errors} == {topic for _, topic in topics}, "the reports")
        assert counters["bad_messages"] == COUNT * len(topics)
        assert link._bus.counters["handler_errors"] == link._bus.counters["disconnects"] == 0
        await link.stop()


async def test_the_broker_refuses_two_megabytes_and_the_others_stay(broker: TestBroker, tmp_path: Path) -> None:
    async with service("io-agent", broker, tmp_path) as agent, running(Prober, broker, tmp_path) as prober:
        async with Publisher.connected(broker) as publisher:
            with contextlib.suppress(ConnectionError):
                await publisher.publish(TASK.topic(agent_name=agent.name), [b"x" * OVERSIZED], 0)
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(publisher.reader.read(), 5) == b"", "the sender is still connected"
        with pytest.raises(TaskFailed, match="Agent 'io-agent'"):
            await prober.ask(NO_SUCH_THING, Nothing(), to=agent.name)
        assert agent._telemetry.counters["bad_messages"] == 0
        assert agent.bus.counters["disconnects"] == prober.bus.counters["disconnects"] == 0
