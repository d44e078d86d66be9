"""What the gateway serves on one core: REST reads by 64 clients that keep their connections, and a bare peer."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import psutil

from tests.bench.report import Figure
from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.home import (
    GET_HOUSE,
    GET_STATES,
    Area,
    Entity,
    House,
    HousePart,
    HouseQuery,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.lifecycle import HEARTBEAT, METRICS, AgentMetrics, AgentState, Heartbeat
from wactorz_common.contracts.nodes import NODE_HEARTBEAT, NodeHeartbeat
from wactorz_common.contracts.policy import LIST_POLICIES, Policies
from wactorz_common.contracts.spawning import LIST_NODES, LIST_SPAWNED, NodeReports, SpawnedAgents
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port

AGENTS, ENTITIES, ROOMS = 50, 100, 8
CONNECTIONS = 64
SECONDS = 8.0
PERIOD = 10.0
PATHS = ("/api/agents", "/api/house", "/api/nodes", "/api/health")


def _entity(number: int) -> Entity:
    domain = ("light", "sensor", "switch", "cover")[number % 4]
    return Entity(
        entity_id=f"{domain}.thing_{number}", name=f"Thing {number}", area_id=f"room_{number % ROOMS}", state="off",
        attributes={"friendly_name": f"Thing {number}", "supported_features": 15},
    )  # fmt: skip


_HOUSE = House(
    version=1, areas=tuple(Area(area_id=f"room_{number}", name=f"Room {number}") for number in range(ROOMS)),
    entities=tuple(_entity(number) for number in range(ENTITIES)),
)  # fmt: skip


class MapAgent(Agent[AgentSettings]):
    """Knows the rooms."""

    name = "home-assistant-map-agent"
    description = "House"

    @handles(GET_HOUSE)
    async def on_house(self, query: HouseQuery, _task: Task) -> HousePart:
        """The registry."""
        return PackedHouse.of(_HOUSE).part(query)


class StatesAgent(Agent[AgentSettings]):
    """Knows the states."""

    name = "home-assistant-agent"
    description = "States"

    @handles(GET_STATES)
    async def on_states(self, _query: StateQuery, _task: Task) -> StateReport:
        """All states."""
        return StateReport(states=_HOUSE.entities)


class PolicyAgent(Agent[AgentSettings]):
    """Knows the policies."""

    name = "home-assistant-actuator"
    description = "Policies"

    @handles(LIST_POLICIES)
    async def on_policies(self, _query: object, _task: Task) -> Policies:
        """None."""
        return Policies(policies=())


class MonitorAgent(Agent[AgentSettings]):
    """Knows what was spawned."""

    name = "monitor"
    description = "Monitor"

    @handles(LIST_SPAWNED)
    async def on_spawned(self, _query: object, _task: Task) -> SpawnedAgents:
        """None."""
        return SpawnedAgents(agents=())

    @handles(LIST_NODES)
    async def on_nodes(self, _query: object, _task: Task) -> NodeReports:
        """None."""
        return NodeReports(nodes=())


@dataclass(frozen=True)
class Load:
    """What the clients saw; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    bytes: int
    share: float
    """Of a core that the server took."""


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Reads per second and the slowest hundredth, for each list, while 50 agents beat; and a bare application."""
    figures, samples = [], {}
    async with (
        running(MapAgent, broker, folder), running(StatesAgent, broker, folder), running(PolicyAgent, broker, folder),
        running(MonitorAgent, broker, folder),
        aiomqtt.Client(broker.host, broker.port, identifier="bench-agents") as client,
    ):  # fmt: skip
        port = free_port()
        gateway = _start([sys.executable, "-m", "wactorz_gateway"], _environment(broker, folder, port))
        beating = asyncio.create_task(_beat(client))
        try:
            await _until_served(port)
            for path in PATHS:
                load, samples[path] = await _load(port, path, gateway.pid)
                figures += _figures(path, load)
        finally:
            beating.cancel()
            _end(gateway)
    return [*figures, *await _peer(samples["/api/agents"], folder)]


def _figures(path: str, load: Load) -> list[Figure]:
    name = f"GET {path} ({load.bytes / 1024:.1f} KiB)"
    return [
        Figure(f"{name}, per second", load.per_second, "1/s", at_least=1_500),
        Figure(f"{name}, p99 of {CONNECTIONS} clients", load.p99, "ms", at_most=60),
        Figure(f"{name}, p50", load.p50, "ms"),
        Figure(f"{name}, per second of processor time", load.per_second / max(load.share, 0.01), "1/s"),
    ]


async def _peer(sample: bytes, folder: Path) -> list[Figure]:
    """A bare Starlette application that answers the same as JSON."""
    file = folder / "answer.json"
    file.write_bytes(sample)
    port = free_port()
    peer = _start([sys.executable, "-m", "tests.bench.rest_peer", str(port), str(file)], dict(os.environ))
    try:
        await _until_served(port)
        load, _ = await _load(port, "/api/health", peer.pid)
    finally:
        _end(peer)
    return [
        Figure("peer: bare Starlette with the same JSON, per second", load.per_second, "1/s"),
        Figure("peer: p99", load.p99, "ms"),
        Figure("peer: per second of processor time", load.per_second / max(load.share, 0.01), "1/s"),
    ]


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A server on the first core; the clients take the others."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(20)


def _environment(broker: TestBroker, folder: Path, port: int) -> dict[str, str]:
    own = {
        "WACTORZ_STATE_DIR": str(folder), "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port),
        "WACTORZ_HTTP_PORT": str(port),
    }  # fmt: skip
    return {**os.environ, **own}


async def _beat(client: aiomqtt.Client) -> None:
    began, sent = time.perf_counter(), 0
    while True:
        number, now = sent % AGENTS, time.time()
        agent_id = f"20260101T000000.{number:04d}Z-agent"
        beat = Heartbeat(
            actor_id=agent_id, name=f"agent-{number}", timestamp=now, state=AgentState.RUNNING, memory_mb=20.0,
            progress=sent, incarnation=1, pid=1000 + number,
        )  # fmt: skip
        await client.publish(HEARTBEAT.topic(agent_id=agent_id), beat.encode())
        metrics = AgentMetrics(actor_id=agent_id, messages_processed=sent, uptime=sent)
        await client.publish(METRICS.topic(agent_id=agent_id), metrics.encode())
        if not number:
            node = NodeHeartbeat(node="local", node_id="n", timestamp=now, agents=("agent-1",), runtime="node")
            await client.publish(NODE_HEARTBEAT.topic(node="local"), node.encode())
        sent += 1
        if sent >= AGENTS:  # the first round at once
            await asyncio.sleep(max(0.0, began + (sent - AGENTS) * PERIOD / AGENTS - time.perf_counter()))


async def _until_served(port: int) -> None:
    for _ in range(300):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            if answer.startswith(b"HTTP/1.1 200"):
                await asyncio.sleep(2.0)
                return
        except OSError:
            pass  # it is not there yet
        await asyncio.sleep(0.1)
    raise RuntimeError("the server did not come")


async def _load(port: int, path: str, pid: int) -> tuple[Load, bytes]:
    """Read with all connections for some seconds, from a process of its own."""
    server = psutil.Process(pid)
    before, began = sum(server.cpu_times()[:2]), time.perf_counter()
    command = [sys.executable, "-m", "tests.bench.rest_clients", str(port), path, str(CONNECTIONS), str(SECONDS)]
    clients = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    told, _ = await clients.communicate()
    share = (sum(server.cpu_times()[:2]) - before) / (time.perf_counter() - began)
    seen = json.loads(told)
    times = seen["milliseconds"]
    cuts = statistics.quantiles(times, n=100)
    body = seen["body"].encode()
    return Load(len(times) / SECONDS, cuts[49], cuts[98], len(body), share), body
