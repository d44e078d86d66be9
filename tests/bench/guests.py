"""Spawned agents in the shared sandbox: from the wish to the first heartbeat, a task's round trip, memory and rest."""

import asyncio
import contextlib
import itertools
import json
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import httpx
import psutil

from tests.bench.report import Figure
from wactorz_edge.layout import Layout
from wactorz_testing.broker import TestBroker
from wactorz_testing.system import System, started

SPAWNS = 30
CROWD = 100
ROUNDS = 300
REST_SECONDS = 20.0
ECHO = "async def handle_task(agent, payload):\n    return payload\n"


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """Everything on one native installation of its own."""
    with started(folder / "state") as system:
        async with httpx.AsyncClient(base_url=system.url, timeout=90) as client, _probe(system) as probe:
            await _spawn(client, "warm-up")
            empty = _host(system).memory_full_info().pss
            births = [await _birth(client, probe, f"echo-{number}") for number in range(SPAWNS)]
            guest = [await _ask(probe, "echo-0", {"x": 1}) for _ in range(ROUNDS)]
            service = [await _ask(probe, "monitor", {"action": "list_nodes"}) for _ in range(ROUNDS)]
            for number in range(SPAWNS, CROWD):
                await _spawn(client, f"echo-{number}")
            each = (_host(system).memory_full_info().pss - empty) / CROWD / 2**20
            await asyncio.sleep(5)
            before, began = _cpu(system), time.monotonic()
            await asyncio.sleep(REST_SECONDS)
            idle = (_cpu(system) - before) / (time.monotonic() - began)
    return [
        Figure("spawn to first heartbeat, shared sandbox, p50", statistics.median(births) * 1000, "ms", at_most=30),
        Figure("task to a sandboxed agent against a service, p50",
               statistics.median(guest) / statistics.median(service), "x", at_most=2),
        Figure(f"memory of each of {CROWD} agents (PSS)", each, "MiB", at_most=3),
        Figure(f"{CROWD} agents at rest, of one core", idle * 100, "%", at_most=3),
    ]  # fmt: skip


async def _spawn(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/api/agents", json={"name": name, "type": "dynamic", "code": ECHO})
    if answer.json().get("status") != "running":
        raise RuntimeError(answer.text)


class _Probe:
    """A client of the broker that waits for heartbeats and asks tasks."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def expect(self, key: str) -> "asyncio.Future[None]":
        """Done when a heartbeat of that agent, or a reply to that task, comes."""
        self._waiting[key] = asyncio.get_running_loop().create_future()
        return self._waiting[key]

    async def ask(self, agent: str, body: dict[str, object]) -> None:
        """One task and its reply."""
        task = f"bench-{next(self._numbers)}"
        answered = self.expect(task)
        payload = {**body, "_task_id": task, "_reply_topic": "main/reply/bench/1", "_remote_task": True}
        await self._client.publish(f"agents/by-name/{agent}/task", json.dumps(payload), qos=1)
        await asyncio.wait_for(answered, 10)

    async def listen(self) -> None:
        """Take what comes, for ever."""
        async for message in self._client.messages:
            body = json.loads(bytes(message.payload))  # type: ignore[arg-type]
            waiting = self._waiting.pop(str(body.get("_task_id") or body.get("name")), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)


@contextlib.asynccontextmanager
async def _probe(system: System) -> AsyncIterator[_Probe]:
    layout = Layout(system.state_dir)
    port = json.loads(layout.node_file.read_text())["ports"]["broker"]
    password = (layout.secrets_dir / "mqtt_password").read_text().strip()
    async with aiomqtt.Client("127.0.0.1", port, identifier="bench", username="wactorz", password=password) as client:
        await client.subscribe("agents/+/heartbeat")
        await client.subscribe("main/reply/bench/+", qos=1)
        probe = _Probe(client)
        listening = asyncio.create_task(probe.listen())
        try:
            yield probe
        finally:
            listening.cancel()


async def _birth(client: httpx.AsyncClient, probe: _Probe, name: str) -> float:
    heard = probe.expect(name)
    began = time.perf_counter()
    asking = asyncio.create_task(_spawn(client, name))
    await asyncio.wait_for(heard, 30)
    taken = time.perf_counter() - began
    await asking
    return taken


async def _ask(probe: _Probe, agent: str, body: dict[str, object]) -> float:
    began = time.perf_counter()
    await probe.ask(agent, body)
    return time.perf_counter() - began


def _host(system: System) -> psutil.Process:
    return psutil.Process(system.pids()["sandbox"])


def _cpu(system: System) -> float:
    times = _host(system).cpu_times()
    return times.user + times.system
