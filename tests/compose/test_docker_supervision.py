"""The monitor's supervision of containers before a real engine, through the real proxy."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.compose.conftest import Engine
from tests.compose.test_docker_proxy import Place
from wactorz_common.contracts.nodes import NodeEvent
from wactorz_common.supervision import Group, Strategy
from wactorz_monitor.containers import Containers
from wactorz_monitor.docker_client import DockerClient
from wactorz_monitor.engine_watch import EngineWatch

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

WORKS = ("python", "-uc", "import time; print('serving'); time.sleep(600)")
"""Says when it serves, and goes on."""


def moment(text: str) -> float:
    """Epoch seconds of a time with nanoseconds."""
    return datetime.fromisoformat(f"{text[:26]}+00:00").timestamp()


@dataclass
class Watch:
    """The containers of a project under supervision, what was said of them, and when."""

    place: Place
    url: str
    kept: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[float, NodeEvent]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    containers: Containers | None = None
    _running: asyncio.Task[None] | None = None

    async def start(self, *groups: Group) -> None:
        docker = DockerClient(self.url)
        self.containers = Containers(docker, "docker", self._announce, self._tell, self._keep, groups=groups)
        self.containers.restore(self.kept)
        self._running = asyncio.create_task(EngineWatch(docker, self.containers, self._tell).run())

    async def end(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _announce(self, event: NodeEvent) -> None:
        self.events.append((time.time(), event))

    async def _tell(self, text: str, _severity: str) -> None:
        self.told.append(text)

    async def _keep(self, kept: dict[str, Any]) -> None:
        self.kept = kept

    def kinds(self, name: str) -> list[str]:
        return [event.kind for _, event in self.events if event.name == name]

    async def saw(self, name: str, kind: str, since: float, seconds: float = 10) -> float:
        """When a kind of event was first announced after a moment."""
        async with asyncio.timeout(seconds):
            while True:
                for at, event in self.events:
                    if event.name == name and event.kind == kind and at >= since:
                        return at
                await asyncio.sleep(0.01)

    async def runs(self, *names: str, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not all(self.state(name)["Running"] for name in names):
                await asyncio.sleep(0.05)

    def state(self, name: str) -> dict[str, Any]:
        known = self.place.engine.inspect(f"{self.place.project}-{name}-1")[0]
        return dict(known["State"])

    async def docker(self, *arguments: str) -> None:
        await asyncio.to_thread(self.place.engine.run, *arguments)

    def full(self, name: str) -> str:
        return f"{self.place.project}-{name}-1"


@pytest.fixture
async def watch(engine: Engine) -> AsyncIterator[Watch]:
    place = Place(engine)
    watch = Watch(place, place.proxy("watch"))
    try:
        yield watch
    finally:
        await watch.end()
        place.clear()


async def test_a_killed_container_is_seen_at_once_and_serves_again(watch: Watch) -> None:
    watch.place.service("agent", *WORKS)
    await watch.start()
    await watch.saw("agent", "started", 0)
    seen, serving = [], []
    for round_ in range(3):
        asked = time.time()
        await watch.docker("kill", watch.full("agent"))
        killed = time.time()
        died = await watch.saw("agent", "died", asked)
        started = await watch.saw("agent", "started", died)
        while watch.place.engine.run("logs", watch.full("agent")).count("serving") < round_ + 2:
            await asyncio.sleep(0.05)
        seen.append(died - moment(watch.state("agent")["FinishedAt"]))
        serving.append(time.time() - killed)
        assert started - killed < 5
    print("seen after the kill:", [f"{one:.3f}" for one in seen], "serving:", [f"{one:.2f}" for one in serving])
    assert max(seen) < 2
    assert max(serving) < 5
    assert watch.kinds("agent")[:3] == ["started", "died", "started"]


async def test_a_paused_container_is_killed_without_waiting_and_started(watch: Watch) -> None:
    for name in ("agent", "other", "third"):
        watch.place.service(name, *WORKS)
    await watch.start()
    for name in ("agent", "other", "third"):
        await watch.saw(name, "started", 0)
    before = watch.state("agent")["Pid"]
    await watch.docker("pause", watch.full("agent"))
    assert watch.containers is not None
    async with asyncio.timeout(5):
        while not (hung := watch.containers.hung(0.5, ())):
            await asyncio.sleep(0.05)
    [(name, reason)] = hung
    assert (name, reason.startswith("it has been paused")) == ("agent", True)
    began = time.time()
    assert await watch.containers.restart(name, reason)
    await watch.saw("agent", "started", began)
    state = watch.state("agent")
    assert (state["Running"], state["Paused"], state["Pid"] != before) == (True, False, True)
    print(f"serving {time.time() - began:.2f} s after the decision")
    assert watch.kinds("other") == ["started"]


async def test_a_persons_stop_is_respected_until_a_person_starts_it(watch: Watch) -> None:
    for name in ("agent", "other"):
        watch.place.service(name, *WORKS)
    await watch.start()
    await watch.saw("agent", "started", 0)
    await watch.docker("stop", "-t", "1", watch.full("agent"))
    await watch.saw("agent", "stopped", 0)
    async with asyncio.timeout(10):
        while not watch.kept["wishes"]["agent"]["stopped"]:
            await asyncio.sleep(0.1)
    await watch.end()
    await watch.start()  # another monitor knows it too
    await asyncio.sleep(6)
    assert watch.state("agent")["Running"] is False
    assert "died" not in watch.kinds("agent")
    again = time.time()
    await watch.docker("start", watch.full("agent"))
    await watch.saw("agent", "started", again)
    killed = time.time()
    await watch.docker("kill", watch.full("agent"))
    await watch.saw("agent", "started", killed)


async def test_a_stop_while_the_monitor_is_away_is_heard_later(watch: Watch) -> None:
    for name in ("agent", "other"):
        watch.place.service(name, *WORKS)
    await watch.start()
    await watch.saw("agent", "started", 0)
    await watch.end()
    await watch.docker("stop", "-t", "1", watch.full("agent"))
    await watch.docker("kill", watch.full("other"))
    await watch.start()
    await watch.runs("other")
    await asyncio.sleep(1)
    assert watch.state("agent")["Running"] is False


async def test_a_crash_loop_is_quarantined_and_the_others_stay_untouched(watch: Watch) -> None:
    watch.place.service("other", *WORKS)
    watch.place.service("agent", "python", "-c", "raise SystemExit(3)")
    before = watch.state("other")["Pid"]
    await watch.start()
    await watch.saw("agent", "quarantined", 0, seconds=60)
    [event] = [event for _, event in watch.events if event.kind == "quarantined"]
    assert (event.deaths, event.exit_code) == (6, 3)
    await asyncio.sleep(6)
    assert watch.state("agent")["Running"] is False
    assert watch.kinds("agent").count("quarantined") == 1
    assert watch.state("other")["Pid"] == before
    assert watch.kept["wishes"]["agent"]["quarantined"] is True
    assert watch.told == []


async def test_a_removed_container_is_forgotten(watch: Watch) -> None:
    for name in ("agent", "other"):
        watch.place.service(name, *WORKS)
    await watch.start()
    await watch.saw("agent", "started", 0)
    await watch.docker("rm", "-f", watch.full("agent"))
    await watch.saw("agent", "stopped", 0)
    assert watch.containers is not None
    assert set(watch.containers.units) == {"other"}
    watch.place.service("agent", *WORKS)
    again = time.time() - 1
    await watch.saw("agent", "started", again)


async def test_what_ended_unseen_is_started_without_counting_a_death(watch: Watch) -> None:
    for name in ("agent", "other"):
        watch.place.service(name, *WORKS)
        await watch.docker("kill", watch.full(name))
    await watch.start()
    await watch.runs("agent", "other")
    assert all(event.kind == "started" for _, event in watch.events)
    await asyncio.sleep(0.5)
    assert watch.kept["wishes"]["agent"]["deaths"] == []


async def test_the_rest_of_a_group_goes_with_the_dead(watch: Watch) -> None:
    for name in ("map", "planner", "other"):
        watch.place.service(name, *WORKS)
    pids = {name: watch.state(name)["Pid"] for name in ("map", "planner", "other")}
    await watch.start(Group("home", Strategy.REST_FOR_ONE, ("map", "planner")))
    for name in pids:
        await watch.saw(name, "started", 0)
    killed = time.time()
    await watch.docker("kill", watch.full("map"))
    first, second = await watch.saw("map", "started", killed), await watch.saw("planner", "started", killed)
    assert first < second
    assert watch.state("other")["Pid"] == pids["other"]
    assert watch.state("planner")["Pid"] != pids["planner"]
    killed = time.time()
    await watch.docker("kill", watch.full("planner"))
    await watch.saw("planner", "started", killed)
    assert [event.kind for at, event in watch.events if event.name == "map" and at > killed] == []


async def test_an_absent_engine_is_told_once_and_found_again(watch: Watch) -> None:
    watch.place.service("agent", *WORKS)
    watch.url = "http://127.0.0.1:1"
    await watch.start()
    await asyncio.sleep(2)
    await watch.end()
    [text] = watch.told
    assert "cannot be reached" in text
    assert re.search("nobody restarts containers", text)
    assert watch.kept == {}
