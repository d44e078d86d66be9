"""The registry of a house of 1,000 entities: read after a connect, and followed through changes."""

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.bench.report import Figure
from wactorz_common.house import HouseFollower
from wactorz_common.settings import AgentSettings
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port
from wactorz_testing.home_assistant import HomeProbe

ENTITIES = 1_000
ROUNDS = 20
_TOKEN, _LAMP = "bench", "light.kitchen_light"
_POLL_SECONDS = 0.005


class Follower(HouseFollower[AgentSettings]):
    """Knows the house."""

    name = "follower"
    description = "Follows the registry of the house"

    def shows(self, name: str) -> bool:
        """Whether the lamp has this name."""
        return self.house is not None and any(
            entity.entity_id == _LAMP and entity.name == name for entity in self.house.entities
        )


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """From the start of the map agent to a known house, from a change to a follower, and what blocks the loop."""
    gc.freeze()  # as every service does when it begins
    async with demo_home(folder, ENTITIES) as url:
        started = time.perf_counter()
        agent = running(
            HomeAssistantMapAgent, broker, folder, HomeAssistantMapAgentSettings, ha_url=url, ha_token=_TOKEN
        )
        async with agent, running(Follower, broker, folder) as follower, HomeProbe(url, _TOKEN) as probe:
            if await follower.known_house(30) is None:
                raise RuntimeError(f"the house is not known: {follower.house_problem}")
            ready = time.perf_counter() - started
            watch = asyncio.create_task(_longest_block(), name="watch")
            delays = [await _delay(follower, probe, f"Lamp {number}") for number in range(ROUNDS)]
            watch.cancel()
            blocked = await watch
    return [
        Figure(f"registry of {ENTITIES:,} entities known after the start", ready, "s", at_most=2),
        Figure("change seen by a follower, p50", statistics.median(delays), "s", at_most=1),
        Figure("change seen by a follower, slowest", max(delays), "s", at_most=1),
        Figure("event loop of map agent and follower blocked", blocked * 1_000, "ms", at_most=50),
    ]


@asynccontextmanager
async def demo_home(folder: Path, entities: int) -> AsyncIterator[str]:
    """A demo home of that size in a process of its own; its address."""
    port = free_port()
    environment = {
        **os.environ, "WACTORZ_STATE_DIR": str(folder / "home"), "WACTORZ_DEMO_HOME_PORT": str(port),
        "WACTORZ_DEMO_HOME_TOKEN": _TOKEN, "WACTORZ_DEMO_HOME_ENTITIES": str(entities), "WACTORZ_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "wactorz_demo_home"], env=environment)
    try:
        await _until((folder / "home" / "demo-home" / "url").exists)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


async def _delay(follower: Follower, probe: HomeProbe, name: str) -> float:
    since = time.perf_counter()
    await probe.command("config/entity_registry/update", entity_id=_LAMP, name=name)
    await _until(lambda: follower.shows(name))
    return time.perf_counter() - since


async def _longest_block() -> float:
    """The longest time in which nothing else could run; told when it is cancelled."""
    longest = 0.0
    with suppress(asyncio.CancelledError):
        while True:
            since = time.perf_counter()
            await asyncio.sleep(_POLL_SECONDS)
            longest = max(longest, time.perf_counter() - since - _POLL_SECONDS)
    return longest


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(_POLL_SECONDS)
