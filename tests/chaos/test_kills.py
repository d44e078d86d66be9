"""Sentences while every process is killed again and again: none lost, none done twice.

WACTORZ_CHAOS_TASKS sets how many (1,000), WACTORZ_CHAOS_SEED which storm.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = [pytest.mark.e2e, pytest.mark.chaos, pytest.mark.timeout(420)]

TASKS = int(os.environ.get("WACTORZ_CHAOS_TASKS", "1000"))
SEED = int(os.environ.get("WACTORZ_CHAOS_SEED", "20260"))
KILLS_EACH = 5
IN_FLIGHT = 16
ROUND_SECONDS = 1.8
PATIENCE_SECONDS = 170.0
LEAST_DONE = 0.95
LAMPS = ("Amber", "Birch", "Cedar", "Dahlia", "Elder", "Fern", "Ginger", "Hazel", "Iris", "Juniper")
VICTIMS = (
    "main", "io-agent", "monitor", "llm", "planner", "home-assistant-agent", "home-assistant-actuator",
    "home-assistant-state-bridge", "home-assistant-map-agent", "gateway", "broker", "fork-server", "runner",
)  # fmt: skip
ENDS = {"done", "failed", "expired", "unknown"}

Wish = tuple[str, int]
"""A lamp and the level in percent that is asked for, once in the whole test."""


def house() -> dict[str, Any]:
    """Lamps that report a change late, as radio devices do."""
    lamps = [
        {
            "entity_id": f"light.{name.lower()}_lamp", "name": f"{name} lamp", "state": "off", "area": "hall",
            "device": f"{name} lamp", "late": True,
            "attributes": {
                "supported_color_modes": ["brightness"], "color_mode": None, "brightness": None,
                "supported_features": 0,
            },
        }
        for name in LAMPS
    ]  # fmt: skip
    return {"name": "Hall of lamps", "areas": [{"area_id": "hall", "name": "Hall"}], "devices": lamps}


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """The whole system with a house of lamps whose calls are logged, and with restarts without end."""
    document = tmp_path / "house.json"
    document.write_text(json.dumps(house()))
    more = {"WACTORZ_DEMO_HOME_HOUSE": str(document), "WACTORZ_DEMO_HOME_CALL_LOG": str(tmp_path / "calls")}
    with started(tmp_path / "state", WACTORZ_RESTART_LIMIT="100", **more) as running:
        yield running


@dataclass
class Crowd:
    """People who ask for one level each, again with the same key when the connection is lost."""

    url: str
    ends: dict[Wish, dict[str, Any]] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))

    async def ask(self, wish: Wish) -> None:
        """Ask until there is an answer; one that never comes leaves no end."""
        lamp, level = wish
        body = {"message": f"set the {lamp} lamp to {level} %"}
        async with self.turn, httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            until = time.monotonic() + PATIENCE_SECONDS
            while wish not in self.ends and time.monotonic() < until:
                try:
                    answer = await client.post("/api/chat", json=body, headers={"Idempotency-Key": f"{lamp}-{level}"})
                except httpx.TransportError as error:
                    self.repeats[type(error).__name__] += 1
                else:
                    if answer.status_code == httpx.codes.OK:
                        self.ends[wish] = answer.json()
                        return
                    self.repeats[f"{answer.status_code} {answer.text[:200]}"] += 1
                await asyncio.sleep(0.2)


def pid_of(system: System, name: str) -> int:
    record = json.loads((system.state_dir / "run" / "processes.json").read_text())
    return int(record["runner"]["pid"]) if name == "runner" else system.pids().get(name, 0)


async def kill(system: System, name: str) -> None:
    """Kill a process that runs, as soon as it does."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            pid = pid_of(system, name)
            if pid:
                os.kill(pid, signal.SIGKILL)
                return
        await asyncio.sleep(0.05)
    pytest.fail(f"{name} has not come back within 30 s")


async def storm(system: System, crowd: Crowd, wishes: list[Wish], chance: random.Random) -> None:
    """One burst of sentences for each kill, which comes while they are under way."""
    victims = [name for _ in range(KILLS_EACH) for name in chance.sample(VICTIMS, len(VICTIMS))]
    asking: list[asyncio.Task[None]] = []
    for number, victim in enumerate(victims):
        burst = wishes[number * len(wishes) // len(victims) : (number + 1) * len(wishes) // len(victims)]
        asking += [asyncio.create_task(crowd.ask(wish)) for wish in burst]
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        await kill(system, victim)
        await asyncio.sleep(ROUND_SECONDS)
    await asyncio.gather(*asking)


def calls(path: Path) -> Counter[Wish]:
    """How often each lamp was set to each level."""
    names = {f"light.{name.lower()}_lamp": name for name in LAMPS}
    counted: Counter[Wish] = Counter()
    for line in path.read_text().splitlines():
        row = json.loads(line)
        level = row["data"].get("brightness_pct") or round(row["data"]["brightness"] / 2.55)
        counted.update((names[entity_id], level) for entity_id in row["entity_ids"])
    return counted


async def test_nothing_is_lost_and_nothing_is_done_twice(system: System, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    wishes = chance.sample(list(product(LAMPS, range(1, 101))), TASKS)
    crowd = Crowd(system.url)
    began = time.monotonic()
    await storm(system, crowd, wishes, chance)
    done = calls(tmp_path / "calls")
    states = Counter(end["status"] for end in crowd.ends.values())
    print(f"\n{states} in {time.monotonic() - began:.0f} s, asked again: {dict(crowd.repeats)}")
    for wish, end in crowd.ends.items():
        if end["status"] != "done":
            print(f"{wish}: {end['status']}, called {done[wish]} times: {end['reply']}")
    assert set(wishes) - set(crowd.ends) == set(), "lost"
    assert set(states) <= ENDS
    assert {wish: count for wish, count in done.items() if count > 1} == {}, "done twice"
    for wish, end in crowd.ends.items():
        assert end["status"] not in ("done", "expired") or done[wish] == (end["status"] == "done"), (wish, end)
    assert states["done"] >= LEAST_DONE * TASKS
    eventually(lambda: set(system.pids()) >= set(VICTIMS) - {"runner"}, 30, "everything being back")
