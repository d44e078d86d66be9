"""From a sentence to the service call at the house, for a small and a large house: what the grammar costs."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import httpx

from tests.bench.report import Figure
from tests.bench.system import at, probe_of
from wactorz_testing.broker import TestBroker
from wactorz_testing.home_assistant import HomeProbe
from wactorz_testing.system import started

SENTENCES = 300
WARM_SENTENCES = 30
BARS = {50: (10, 30), 1_000: (12, 40)}
"""Entities to the bars of p50 and p99 in ms."""

_SAID = (
    "set the {name} to {number} %", "turn on the {name}", "please switch off the {name}", "dim {name} to {number} percent",
)  # fmt: skip


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """A whole system for each house; the broker that is given is not used."""
    figures: list[Figure] = []
    for entities, (p50, p99) in BARS.items():
        with started(folder / str(entities), WACTORZ_DEMO_HOME_ENTITIES=str(entities)) as system:
            async with probe_of(system) as probe, httpx.AsyncClient(base_url=system.url, timeout=60) as client:
                times = await _times(probe, client)
        of = f"sentence to service call, {entities} entities"
        figures += [
            Figure(f"{of}, p50", at(times, 0.5) * 1e3, "ms", at_most=p50),
            Figure(f"{of}, p99", at(times, 0.99) * 1e3, "ms", at_most=p99),
        ]
    return figures


async def _times(probe: HomeProbe, client: httpx.AsyncClient) -> list[float]:
    await probe.command("subscribe_events", event_type="call_service")
    home = (await client.get("/api/home")).raise_for_status().json()
    lights = [entity for entity in home["entities"] if entity["entity_id"].startswith("light.")]
    pick, times = random.Random(7), []
    for number in range(WARM_SENTENCES + SENTENCES):
        light = pick.choice(lights)
        text = _SAID[number % len(_SAID)].format(name=light["name"].lower(), number=1 + number % 99)
        probe.messages.clear()
        calling = asyncio.create_task(_called(probe, light["entity_id"]))
        began = time.perf_counter()
        answer = (await client.post("/api/chat", json={"message": text})).raise_for_status().json()
        if answer["status"] != "done" or answer["source"] != "rules":
            calling.cancel()
            raise RuntimeError(f"{text}: {answer['reply']}")
        times.append(await calling - began)
    return sorted(times[WARM_SENTENCES:])


async def _called(probe: HomeProbe, entity_id: str) -> float:
    """The moment at which the house tells that a service was called for an entity."""

    def is_it(message: dict[str, Any]) -> bool:
        event = message.get("event") or {}
        asked = (event.get("data") or {}).get("service_data") or {}
        return event.get("event_type") == "call_service" and entity_id in str(asked.get("entity_id"))

    await probe.until(is_it, 30)
    return time.perf_counter()
