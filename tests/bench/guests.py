"""Spawned agents in the shared sandbox: from the wish to the first heartbeat, a task's round trip, memory and rest."""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import httpx
import psutil

from tests.bench.peer import ECHO, Asker, Text
from tests.bench.report import Figure
from wactorz_common.settings import AgentSettings
from wactorz_edge.layout import Layout
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker
from wactorz_testing.system import System, started

SPAWNS = 30
CROWD = 100
ROUNDS, ASKS = 9, 150
REST_SECONDS = 20.0
CODE = "async def handle_task(agent, payload):\n    return payload\n"
HOSTILE_ASKS = 1_000
HOSTILE = {
    "spinner": "async def process(agent):\n    while True:\n        pass\n",
    "flooder": "async def process(agent):\n    while True:\n        await agent.publish('custom/flood', {})\n",
}


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Everything on one native installation of its own."""
    with started(folder / "state") as system:
        async with httpx.AsyncClient(base_url=system.url, timeout=90) as client, _probe(system) as probe:
            await _spawn(client, "warm-up")
            empty = _host(system).memory_full_info().pss
            births = [await _birth(client, probe, f"echo-{number}") for number in range(SPAWNS)]
            asked = await _asked(system, broker, folder, client)
            for number in range(SPAWNS, CROWD):
                await _spawn(client, f"echo-{number}")
            each = (_host(system).memory_full_info().pss - empty) / CROWD / 2**20
            await asyncio.sleep(5)
            before, began = _cpu(system), time.monotonic()
            await asyncio.sleep(REST_SECONDS)
            idle = (_cpu(system) - before) / (time.monotonic() - began)
    return [
        Figure("spawn to first heartbeat, shared sandbox, p50", statistics.median(births) * 1000, "ms", at_most=30),
        *asked,
        Figure(f"memory of each of {CROWD} agents (PSS)", each, "MiB", at_most=3),
        Figure(f"{CROWD} agents at rest, of one core", idle * 100, "%", at_most=3),
    ]  # fmt: skip


async def _spawn(client: httpx.AsyncClient, name: str, code: str = CODE) -> None:
    answer = await client.post("/api/agents", json={"name": name, "type": "dynamic", "code": code})
    if answer.json().get("status") != "running":
        raise RuntimeError(answer.text)


class _Probe:
    """A client of the broker that waits for heartbeats."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def expect(self, key: str) -> "asyncio.Future[None]":
        """Done when a heartbeat of that agent comes."""
        self._waiting[key] = asyncio.get_running_loop().create_future()
        return self._waiting[key]

    async def listen(self) -> None:
        """Take what comes, for ever."""
        async for message in self._client.messages:
            body = json.loads(bytes(message.payload))  # type: ignore[arg-type]
            waiting = self._waiting.pop(str(body.get("name")), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)


@contextlib.asynccontextmanager
async def _probe(system: System) -> AsyncIterator[_Probe]:
    port, password = _login(system)
    async with aiomqtt.Client("127.0.0.1", port, identifier="bench", username="wactorz", password=password) as client:
        await client.subscribe("agents/+/heartbeat")
        probe = _Probe(client)
        listening = asyncio.create_task(probe.listen())
        try:
            yield probe
        finally:
            listening.cancel()


def _login(system: System) -> tuple[int, str]:
    """Port and password of the installation's broker."""
    layout = Layout(system.state_dir)
    port: int = json.loads(layout.node_file.read_text())["ports"]["broker"]
    return port, (layout.secrets_dir / "mqtt_password").read_text().strip()


async def _birth(client: httpx.AsyncClient, probe: _Probe, name: str) -> float:
    heard = probe.expect(name)
    began = time.perf_counter()
    asking = asyncio.create_task(_spawn(client, name))
    await asyncio.wait_for(heard, 30)
    taken = time.perf_counter() - began
    await asking
    return taken


async def _asked(system: System, broker: TestBroker, folder: Path, client: httpx.AsyncClient) -> list[Figure]:
    """Asks to a guest and to a service of its own process, in turns: what disturbs one disturbs the other."""
    port, password = _login(system)
    login = {"mqtt_port": port, "mqtt_username": "wactorz", "mqtt_password": password}
    env = os.environ | {"MQTT_USERNAME": "wactorz", "MQTT_PASSWORD": password}
    command = [sys.executable, "-m", "tests.bench.peer", "agent", str(port), str(folder / "peer")]
    with subprocess.Popen(command, env=env) as peer:
        try:
            async with running(Asker, broker, folder / "asker", AgentSettings, **login) as asker:
                await asyncio.sleep(3)
                for name in ("echo", "echo-0"):
                    await _asks(asker, name)
                rounds = [(await _asks(asker, "echo"), await _asks(asker, "echo-0")) for _ in range(ROUNDS)]
                calm = await _slowest(asker)
                for name, code in HOSTILE.items():
                    await _spawn(client, name, code)
                beset = await _slowest(asker)
                for name in HOSTILE:
                    await client.delete(f"/api/agents/{name}")
        finally:
            peer.terminate()
    service, guest = (statistics.median(times) for times in zip(*rounds, strict=True))
    return [
        Figure("ask between two services, round trip p50", service * 1e3, "ms"),
        Figure("ask to a sandboxed agent, round trip p50", guest * 1e3, "ms"),
        Figure("ask to a sandboxed agent against a service, p50",
               statistics.median(theirs / ours for ours, theirs in rounds), "x", at_most=2),
        Figure("neighbors of an endless loop and a flood, p99 against at rest", beset / calm, "x", at_most=1.5),
    ]  # fmt: skip


async def _slowest(asker: Asker) -> float:
    """The 99th percentile of asks to a guest, spread over some seconds."""
    times = []
    for _ in range(HOSTILE_ASKS):
        began = time.perf_counter()
        await asker.ask(ECHO, Text(text="x"), to="echo-0")
        times.append(time.perf_counter() - began)
        await asyncio.sleep(0.008)
    return statistics.quantiles(times, n=100)[98]


async def _asks(asker: Asker, name: str) -> float:
    """The median of a round."""
    times = []
    for _ in range(ASKS):
        began = time.perf_counter()
        await asker.ask(ECHO, Text(text="a" * 200), to=name)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _host(system: System) -> psutil.Process:
    return psutil.Process(system.pids()["sandbox"])


def _cpu(system: System) -> float:
    times = _host(system).cpu_times()
    return times.user + times.system
