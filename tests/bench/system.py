"""The running system: from a sentence to a moved device, from a crash to service, its start and its memory."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.bench.report import Figure
from wactorz_edge import memory
from wactorz_edge.layout import Layout
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe
from wactorz_testing.system import System, started

SENTENCES = 400
WARM_SENTENCES = 40
FIRINGS = 12
KILLS_EACH = 2
LIGHTS = ("kitchen light", "living room lamp", "bedroom light", "hallway light", "office light")
VICTIMS = (
    "main", "io-agent", "monitor", "llm", "planner", "home-assistant-agent", "home-assistant-actuator",
    "home-assistant-state-bridge", "home-assistant-map-agent", "gateway", "broker", "fork-server",
)  # fmt: skip
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner, at most every 1 second"
SENSOR, COOLER = "sensor.kitchen_temperature", "climate.kitchen_air_conditioner"


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """Everything on one installation of its own; the broker that is given is not used."""
    with started(folder / "state", WACTORZ_RESTART_LIMIT="100") as system:
        system.down()
        began = time.perf_counter()
        answer = system.up()
        up = time.perf_counter() - began
        if answer.code:
            raise RuntimeError(answer.err)
        async with probe_of(system) as probe, httpx.AsyncClient(base_url=system.url, timeout=60) as client:
            sentences = await _sentences(probe, client)
            size = sum(memory.measure(Layout(system.state_dir)).values())
            firings = await _firings(probe, client)
        crashes = await _crashes(system)
    return [
        *sentences, *firings, *crashes,
        Figure("up to ready, second start", up, "s", at_most=6),
        Figure("memory of all processes (PSS)", size, "MiB", at_most=320),
    ]  # fmt: skip


def probe_of(system: System) -> HomeProbe:
    """A client of the demo home, where the system keeps its address and token."""
    port = json.loads(Layout(system.state_dir).node_file.read_text())["ports"]["demo-home"]
    token = (system.state_dir / "demo-home" / "token").read_text().strip()
    return HomeProbe(f"http://127.0.0.1:{port}", token)


async def _changed(probe: HomeProbe, entity_id: str) -> float:
    """The moment at which the home tells that an entity has changed."""
    await probe.until(
        lambda message: (message.get("event") or {}).get("data", {}).get("entity_id") == entity_id, 30
    )  # fmt: skip
    return time.perf_counter()


async def _sentences(probe: HomeProbe, client: httpx.AsyncClient) -> list[Figure]:
    await probe.command("subscribe_events", event_type="state_changed")
    moved, answered = [], []
    for number in range(WARM_SENTENCES + SENTENCES):
        light = LIGHTS[number % len(LIGHTS)]
        body = {"message": f"set the {light} to {1 + number // len(LIGHTS) % 100} %"}
        began = time.perf_counter()
        seen = asyncio.create_task(_changed(probe, f"light.{light.replace(' ', '_')}"))
        answer = (await client.post("/api/chat", json=body)).raise_for_status().json()
        ended = time.perf_counter()
        if answer["status"] != "done":
            raise RuntimeError(answer["reply"])
        moved.append(await seen - began)
        answered.append(ended - began)
    moved, answered = sorted(moved[WARM_SENTENCES:]), sorted(answered[WARM_SENTENCES:])
    return [
        Figure("sentence to device changed p50", at(moved, 0.5) * 1e3, "ms", at_most=25),
        Figure("sentence to device changed p99", at(moved, 0.99) * 1e3, "ms", at_most=80),
        Figure("sentence to reply p50", at(answered, 0.5) * 1e3, "ms"),
        Figure("sentence to reply p99", at(answered, 0.99) * 1e3, "ms"),
    ]


async def _firings(probe: HomeProbe, client: httpx.AsyncClient) -> list[Figure]:
    made = (await client.post("/api/chat", json={"message": RULE})).raise_for_status().json()
    if made["status"] != "done":
        raise RuntimeError(made["reply"])
    times = []
    for _ in range(FIRINGS):
        await probe.rest("POST", f"/api/states/{SENSOR}", {"state": "21"})
        await probe.call("climate", "turn_off", entity_id=COOLER)
        await asyncio.sleep(1.2)
        probe.messages.clear()
        await probe.command("ping")
        seen = asyncio.create_task(_changed(probe, COOLER))
        began = time.perf_counter()
        await probe.rest("POST", f"/api/states/{SENSOR}", {"state": "29"})
        times.append(await seen - began)
    return [
        Figure("state event to rule to device changed p50", at(sorted(times), 0.5) * 1e3, "ms"),
        Figure("state event to rule to device changed, longest", max(times) * 1e3, "ms"),
    ]


async def _crashes(system: System) -> list[Figure]:
    """Kill each process; its runner writes down when it saw the end and when the next one served."""
    seen, serving = [], []
    for _ in range(KILLS_EACH):
        for name in VICTIMS:
            killed = time.time()
            os.kill(system.pids()[name], signal.SIGKILL)
            known = await _until(partial(_back, system, name, killed))
            seen.append(max(moment for moment in known["deaths"]) - killed)
            serving.append(known["ready_at"] - killed)
    return [
        Figure(f"process exit seen, longest of {len(seen)}", max(seen), "s", at_most=0.2),
        Figure(f"serving again p50 of {len(serving)}", at(sorted(serving), 0.5), "s"),
        Figure("serving again, longest", max(serving), "s", at_most=5),
    ]


def _back(system: System, name: str, killed: float) -> dict[str, Any] | None:
    record = json.loads(Layout(system.state_dir).record_file.read_text())
    known: dict[str, Any] = record["processes"][name]
    return known if known["ready_at"] > killed else None


async def _until(look: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError, ValueError):
                found = look()
                if found:
                    return found
            await asyncio.sleep(0.02)


def at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
