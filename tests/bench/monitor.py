"""What a thousand agents cost the one who watches them."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import aiomqtt
import psutil

from tests.bench.report import Figure
from wactorz_common.contracts.lifecycle import HEARTBEAT, AgentState, Heartbeat
from wactorz_testing.broker import TestBroker

AGENTS = 1_000
PERIOD = 10.0
WARM_SECONDS = 10.0
MEASURED_SECONDS = 30.0


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Share of a core that the monitor's process takes while all of them beat every ten seconds."""
    process = subprocess.Popen([sys.executable, "-m", "wactorz_monitor"], env=_environment(broker, folder))
    try:
        async with aiomqtt.Client(broker.host, broker.port, identifier="bench-agents") as client:
            beating = asyncio.create_task(_beat(client))
            await asyncio.sleep(WARM_SECONDS)
            watched = psutil.Process(process.pid)
            before, began = sum(watched.cpu_times()[:2]), time.perf_counter()
            await asyncio.sleep(MEASURED_SECONDS)
            share = (sum(watched.cpu_times()[:2]) - before) / (time.perf_counter() - began) * 100
            memory = watched.memory_info().rss / 1_048_576
            beating.cancel()
    finally:
        process.terminate()
        process.wait(20)
    return [
        Figure(f"monitor's share of a core, {AGENTS:,} agents", share, "%", at_most=5),
        Figure("monitor's resident memory, alone", memory, "MiB"),
    ]


def _environment(broker: TestBroker, folder: Path) -> dict[str, str]:
    own = {"WACTORZ_STATE_DIR": str(folder), "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port)}
    return {**os.environ, **own}


async def _beat(client: aiomqtt.Client) -> None:
    """One heartbeat after the other, evenly spread, each agent's once in a period."""
    began, sent = time.perf_counter(), 0
    while True:
        number = sent % AGENTS
        agent_id = f"20260101T000000.{number:04d}Z-agent"
        beat = Heartbeat(
            actor_id=agent_id, name=f"agent-{number}", timestamp=time.time(), state=AgentState.RUNNING,
            memory_mb=20.0, progress=sent, incarnation=1, pid=100_000 + number,
        )  # fmt: skip
        await client.publish(HEARTBEAT.topic(agent_id=agent_id), beat.encode(), qos=HEARTBEAT.qos)
        sent += 1
        await asyncio.sleep(max(0.0, began + sent * PERIOD / AGENTS - time.perf_counter()))
