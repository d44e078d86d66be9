"""The node runner and the monitor are killed while agents are spawned: afterwards wish and reality agree."""

import json
import random
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.chaos

AGENTS = 100
LEAST_KILLS, MOST_KILLS = 6, 30
CODE = """
async def setup(agent):
    agent.persist("starts", agent.recall("starts", 0) + 1)

async def handle_task(agent, payload):
    return {"result": agent.name}
"""


def killer(system: System, ended: threading.Event, chance: random.Random, killed: list[str]) -> None:
    while not ended.wait(chance.uniform(0.1, 0.5)) and len(killed) < MOST_KILLS:
        name = chance.choice(("runner", "monitor"))
        try:
            system.kill(name)
        except (LookupError, OSError, json.JSONDecodeError):
            continue  # it was just dead
        killed.append(name)


def spawn(system: System, number: int) -> dict[str, Any]:
    """Ask until it is answered: the same key is the same wish."""
    spec = {"name": f"guest-{number:03}", "type": "dynamic", "code": CODE}
    for _ in range(20):
        try:
            answer = httpx.post(
                f"{system.url}/api/agents", json=spec, headers={"Idempotency-Key": f"chaos-{number}"}, timeout=90
            )
        except httpx.HTTPError:
            time.sleep(0.5)
            continue
        if answer.status_code < 300:
            result: dict[str, Any] = answer.json()
            return result
        time.sleep(0.5)
    pytest.fail(f"guest {number} was never taken: {answer.text}")


@pytest.mark.timeout(600)
def test_kills_during_a_hundred_spawns(tmp_path: Path) -> None:
    with started(tmp_path / "state", WACTORZ_RESTART_LIMIT="1000") as system:
        ended, killed = threading.Event(), list[str]()
        storm = threading.Thread(target=killer, args=(system, ended, random.Random(20), killed))
        storm.start()
        for number in range(AGENTS):
            spawn(system, number)
            time.sleep(0.03)
        ended.set()
        storm.join()
        assert len(killed) >= LEAST_KILLS
        assert set(killed) == {"runner", "monitor"}
        wanted = {f"guest-{number:03}" for number in range(AGENTS)}

        def settled() -> bool:
            states = {actor["name"]: actor["state"] for actor in system.get("/api/actors")}
            return all(states.get(name) == "running" for name in wanted)

        eventually(settled, 120, "a hundred running agents")

        def listed() -> list[str]:
            names = [agent["name"] for node in system.get("/api/nodes") for agent in _agents(node)]
            return sorted(name for name in names if name.startswith("guest-"))

        eventually(lambda: listed() == sorted(wanted), 30, "a node's report in which each runs once")
        for name in ("guest-000", "guest-050", "guest-099"):
            assert name in system.say(f"@{name} hello")["reply"]


def _agents(node: dict[str, Any]) -> list[dict[str, str]]:
    return [agent if isinstance(agent, dict) else {"name": agent} for agent in node["agents"]]
