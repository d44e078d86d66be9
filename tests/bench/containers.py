"""The system in containers: its start and memory, spawns from the warm pool, deaths, and what more replicas bring."""

import asyncio
import re
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from tests.bench.report import Figure
from tests.compose.conftest import BUILT, ROOT, TAG, Engine, Stack, command
from tests.compose.spawning import ECHO, Guests, Model, Wire, wire
from tests.compose.test_compose import SERVICES
from tests.compose.test_scale import PASSWORD, Scaled
from wactorz_testing.broker import TestBroker
from wactorz_testing.system import eventually

SPAWNS = 12
WARM = 2
VICTIMS = ("io-agent", "main", "planner", "home-assistant-actuator")
_FACTORS = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
_WORKERS = 3


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """Everything on containers of its own; nothing without an engine, with the reason on standard error."""
    engine = await asyncio.to_thread(_engine)
    if engine is None:
        return []
    stack = Stack(folder, engine=engine)
    try:
        figures = await _system(stack)
    finally:
        await asyncio.to_thread(stack.leave)
    return [*figures, await asyncio.to_thread(_replicas, engine, folder)]


def _engine() -> Engine | None:
    """An engine with the images of this checkout; None without one."""
    client = shutil.which("docker")
    if client is None or subprocess.run([client, "info"], capture_output=True, check=False).returncode:
        sys.stderr.write("containers are not measured: no Docker engine answers here\n")
        return None
    if not BUILT:
        command([str(ROOT / "just"), "images"], 900, DOCKER=client, WACTORZ_TAG=TAG)
    return Engine(client)


async def _system(stack: Stack) -> list[Figure]:
    began = time.perf_counter()
    await asyncio.to_thread(stack.start)
    up = time.perf_counter() - began
    guests = Guests(stack, Model())
    await asyncio.to_thread(_refilled, guests)
    memory = await asyncio.to_thread(_memory, stack)
    async with wire(stack, "watcher", "agents/+/heartbeat", "nodes/docker/events") as heard:
        births = [await _birth(guests, heard, f"bench-{number}") for number in range(SPAWNS)]
        deaths = [await _death(stack, heard, name) for name in VICTIMS]
    return [
        Figure("containers up to healthy, images built", up, "s", at_most=25),
        Figure("memory of all containers but warm ones", memory, "MiB", at_most=600),
        Figure(f"spawn to first heartbeat, warm, p50 of {SPAWNS}", statistics.median(births) * 1e3, "ms", at_most=150),
        Figure("spawn to first heartbeat, warm, longest", max(births) * 1e3, "ms"),
        Figure(f"container death seen, longest of {len(deaths)}", max(seen for seen, _ in deaths), "s", at_most=0.2),
        Figure("serving again, longest", max(serving for _, serving in deaths), "s", at_most=5),
    ]


def _memory(stack: Stack) -> float:
    """Memory of the shipped services in MiB, as the engine shows it."""
    names = [f"{stack.project}-{name}-1" for name in SERVICES]
    shown = stack.engine.run("stats", "--no-stream", "--format", "{{.MemUsage}}", *names)
    return sum(
        float(value) * _FACTORS[unit] for value, unit in re.findall(r"^([\d.]+)(KiB|MiB|GiB)", shown, re.MULTILINE)
    )


def _refilled(guests: Guests) -> None:
    """Wait until the warm pool is full and its containers say that they are ready."""
    run = guests.stack.engine.run
    eventually(
        lambda: len(guests.warm()) == WARM and all('"ready"' in run("logs", name) for name in guests.warm()), 60, "the pool"
    )  # fmt: skip
    time.sleep(0.5)


async def _birth(guests: Guests, heard: Wire, name: str) -> float:
    """Seconds from the wish to the first heartbeat."""
    await asyncio.to_thread(_refilled, guests)
    began = time.perf_counter()
    asking = asyncio.create_task(asyncio.to_thread(guests.running, name, ECHO))
    await heard.until(lambda topic, said: topic.endswith("/heartbeat") and said.get("name") == name)
    taken = time.perf_counter() - began
    await asking
    await asyncio.to_thread(guests.delete, name)
    return taken


async def _death(stack: Stack, heard: Wire, name: str) -> tuple[float, float]:
    """Seconds from the end of a container to the monitor's word of it, and to its first heartbeat after that."""
    heard.heard.clear()
    await asyncio.to_thread(stack.engine.run, "kill", f"{stack.project}-{name}-1")
    died = await heard.until(lambda _, said: (said.get("name"), said.get("kind")) == (name, "died"))
    beat = await heard.until(
        lambda topic, said: topic.endswith("/heartbeat") and said.get("name") == name
        and float(said["timestamp"]) > float(died["timestamp"])
    )  # fmt: skip
    state = (await asyncio.to_thread(stack.container, name))["State"]
    ended = datetime.fromisoformat(f"{state['FinishedAt'][:26]}+00:00").timestamp()
    return float(died["timestamp"]) - ended, float(beat["timestamp"]) - ended


def _replicas(engine: Engine, folder: Path) -> Figure:
    """How much more three workers do than one."""
    place = folder / "scaled"
    place.mkdir()
    (place / "accounts").write_text(f"service worker {PASSWORD}\nservice asker {PASSWORD}\n")
    scaled = Scaled(place, engine=engine)
    image = ("build", "--quiet", "--build-arg", f"BASE=wactorz-io-agent:{TAG}", "-t", f"wactorz-worker:{TAG}")
    engine.run(*image, str(ROOT / "tests" / "compose" / "worker"), timeout=300)
    try:
        scaled.scale(1)
        one = scaled.work(1, 200, "one")
        scaled.scale(_WORKERS)
        three = scaled.work(_WORKERS, 600, "three")
    finally:
        scaled.compose("--profile", "asker", "down", "-v", "--timeout", "5")
    return Figure("three replicas against one", 3 * one["seconds"] / three["seconds"], "x", at_least=2.5)
