"""Supervision of containers before an engine that speaks the real wire shapes."""

import asyncio
import time

import pytest

from wactorz_common.supervision import Group, RestartPolicy, Strategy
from wactorz_monitor import containers, engine_watch
from wactorz_monitor.containers import Containers
from wactorz_monitor.docker_client import DockerClient
from wactorz_monitor.engine_watch import EngineWatch

QUICK = RestartPolicy(first_delay=0.01, jitter=0.0)


class Watch:
    """Containers under supervision, and what was said and kept of them."""

    def __init__(self, engine):
        self.engine = engine
        self.kept = {}
        self.events = []
        self.told = []
        self.containers = None
        self._running = None

    async def start(self, *groups, policy=QUICK):
        docker = DockerClient(self.engine.url)
        self.containers = Containers(
            docker, "docker", self._announce, self._tell, self._keep,
            groups=groups, policy=policy, exempt=("monitor",),
        )  # fmt: skip
        self.containers.restore(self.kept)
        self._running = asyncio.create_task(EngineWatch(docker, self.containers, self._tell).run())
        await self.until(lambda: set(self.containers.units) >= set(self.engine.containers) - {"monitor"})
        await self.until(lambda: all(unit.id for unit in self.containers.units.values()))

    async def end(self):
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _announce(self, event):
        self.events.append(event)

    async def _tell(self, text, _severity):
        self.told.append(text)

    async def _keep(self, kept):
        self.kept = kept

    def kinds(self, name):
        return [event.kind for event in self.events if event.name == name]

    def state(self, name):
        return self.containers.units[name].state

    async def until(self, condition, seconds=30.0):
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)

    async def runs(self, *names):
        await self.until(lambda: all(self.state(name) == "running" for name in names))


@pytest.fixture
async def watch(engine, monkeypatch):
    for name, seconds in (("_REPLAY_SECONDS", 0.05), ("_RECONCILE_SECONDS", 0.1), ("_RETRY_SECONDS", 0.02)):
        monkeypatch.setattr(engine_watch, name, seconds)
    for name, seconds in (("_CONFIRM_SECONDS", 0.1), ("_STOP_GRACE", 0.1)):
        monkeypatch.setattr(containers, name, seconds)
    watch = Watch(engine)
    yield watch
    await watch.end()


async def test_what_dies_is_started_again(watch, engine):
    engine.add("llm")
    engine.add("monitor", state="exited")
    await watch.start()
    await watch.runs("llm")
    engine.kill("llm")
    await watch.until(lambda: watch.kinds("llm") == ["started", "died", "started"])
    died = next(event for event in watch.events if event.kind == "died")
    assert (died.node, died.exit_code, died.delay, died.deaths) == ("docker", 137, 0.0, 1)
    assert engine.asked == [("start", "llm")]
    [process] = watch.containers.processes()
    assert (process.name, process.state, process.restarts) == ("llm", "running", 1)


async def test_the_sixth_death_is_a_quarantine_until_a_person_starts_it(watch, engine):
    for name in ("llm", "main"):
        engine.add(name)
    await watch.start()
    for deaths in range(1, 7):
        await watch.runs("llm")
        engine.kill("llm")
        await watch.until(lambda deaths=deaths: watch.kinds("llm").count("died") == deaths)
    await watch.until(lambda: watch.state("llm") == "quarantined")
    await asyncio.sleep(0.3)
    assert engine.containers["llm"]["State"] == "exited"
    assert watch.kinds("main") == ["started"]
    assert watch.kept["wishes"]["llm"]["quarantined"]
    await watch.end()
    await watch.start()
    await asyncio.sleep(0.2)
    assert watch.state("llm") == "quarantined"
    engine.start("llm")
    await watch.runs("llm")
    assert watch.containers.units["llm"].history.deaths == ()


async def test_a_persons_stop_is_no_fault_and_is_kept(watch, engine):
    for name in ("llm", "main"):
        engine.add(name)
    await watch.start()
    await watch.runs("llm", "main")
    engine.stop("llm")
    await watch.until(lambda: watch.kept["wishes"]["llm"]["stopped"])
    await watch.end()
    await watch.start()
    await asyncio.sleep(0.3)
    assert (engine.asked, watch.kinds("llm")) == ([], ["started", "stopped"])
    assert watch.state("llm") == "stopped"
    engine.start("llm")
    await watch.runs("llm")
    assert not watch.kept["wishes"]["llm"]["stopped"]


async def test_a_signal_to_end_without_a_stop_is_a_fault(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    engine.emit("llm", "kill", signal="15")
    engine.end("llm", 143)
    await watch.until(lambda: watch.kinds("llm") == ["started", "died", "started"])


async def test_after_a_restart_of_the_engine_all_is_started_in_order(watch, engine):
    engine.add("planner", **{"com.docker.compose.depends_on": "map:service_started:false,broker:service_started:false"})
    engine.add("map")
    engine.add("home", **{"wactorz.order": "10"})
    engine.add("resting")
    await watch.start()
    await watch.runs("planner", "map", "home", "resting")
    engine.stop("resting")
    await watch.until(lambda: watch.kept["wishes"]["resting"]["stopped"])
    await engine.reboot()
    await watch.runs("planner", "map", "home")
    assert engine.asked == [("start", "home"), ("start", "map"), ("start", "planner")]
    assert watch.state("resting") == "stopped"
    assert watch.containers.units["planner"].history.deaths == ()
    away, back = watch.told
    assert "nobody restarts containers" in away
    assert back == "The container engine answers again"


async def test_what_happened_meanwhile_is_heard_by_the_next_monitor(watch, engine):
    for name in ("llm", "main", "gone"):
        engine.add(name)
    await watch.start()
    await watch.runs("llm", "main", "gone")
    await watch.end()
    engine.stop("llm")
    engine.kill("main")
    engine.stop("gone")
    engine.remove("gone")
    watch.events.clear()
    await watch.start()
    await watch.until(lambda: engine.containers["main"]["State"] == "running")
    await watch.until(lambda: watch.kept["wishes"]["llm"]["stopped"])
    assert engine.containers["llm"]["State"] == "exited"
    assert set(watch.containers.units) == {"llm", "main"}


async def test_a_stop_of_ours_is_no_persons_stop_for_the_next_monitor_either(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    engine.refusal = "the monitor dies before the start"
    assert await watch.containers.restart("llm", "hangs")
    at_the_stop = watch.containers.extract()
    at_the_stop["since_ns"] = engine.events[0]["timeNano"] - 1
    at_the_stop["wishes"]["llm"]["own_stop"][1] = None
    await watch.end()
    engine.refusal, watch.kept = None, at_the_stop
    assert [event["Action"] for event in engine.events] == ["kill", "die", "stop"]
    await watch.start()
    await watch.runs("llm")
    assert "stopped" not in watch.kinds("llm")


async def test_a_hang_ends_without_waiting(watch, engine):
    for name in ("llm", "main", "planner"):
        engine.add(name)
    await watch.start()
    await watch.runs("llm", "main", "planner")
    engine.emit("llm", "pause")
    await watch.until(lambda: watch.containers.units["llm"].paused_at)
    assert watch.containers.hung(60, ()) == []
    watch.containers.units["llm"].paused_at -= 61
    [(name, reason)] = watch.containers.hung(60, ())
    assert (name, reason) == ("llm", "it has been paused for 61 s")
    assert await watch.containers.restart(name, reason)
    await watch.until(lambda: watch.kinds("llm") == ["started", "died", "started"])
    assert engine.asked == [("stop", "llm", "0"), ("start", "llm")]
    assert watch.containers.hung(60, ()) == []
    assert watch.containers.units["llm"].history.deaths


async def test_a_failing_health_check_counts_where_no_heartbeat_tells(watch, engine):
    for name in ("demo-home", "llm", "main"):
        engine.add(name)
    await watch.start()
    await watch.runs("demo-home", "llm", "main")
    engine.emit("demo-home", "health_status: unhealthy")
    engine.emit("llm", "health_status: unhealthy")
    await watch.until(lambda: watch.containers.units["llm"].sick_at)
    assert watch.containers.hung(60, {"llm", "main"}) == [("demo-home", "its health check fails")]
    assert watch.containers.hung(60, ()) == []  # more than half at once
    engine.emit("demo-home", "health_status: healthy")
    await watch.until(lambda: not watch.containers.units["demo-home"].sick_at)
    assert watch.containers.hung(60, {"llm", "main"}) == []


async def test_what_the_engine_refuses_is_told_once_and_tried_again(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    engine.refusal = "no space left on device"
    engine.kill("llm")
    await watch.until(lambda: engine.asked.count(("start", "llm")) > 3)
    assert watch.told == [
        "llm cannot be restarted, and is tried again: The container engine says: no space left on device"
    ]
    engine.refusal = None
    await watch.runs("llm")
    assert len(watch.containers.units["llm"].history.deaths) == 1


async def test_a_recreated_container_takes_the_place_of_the_old_one(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    engine.stop("llm")
    old = engine.containers["llm"]
    engine.add("llm", state="created", container="id-new")
    engine.start("llm")
    await watch.until(lambda: watch.containers.units["llm"].id == "id-new")
    engine.containers["old"] = old
    engine.remove("old")
    await watch.runs("llm")
    engine.kill("llm")
    await watch.until(lambda: watch.kinds("llm")[-2:] == ["died", "started"])
    assert engine.containers["llm"]["Id"] == "id-new"


async def test_containers_that_compose_is_about_to_start_are_left_to_it(watch, engine):
    engine.add("llm", state="created")
    await watch.start()
    await asyncio.sleep(0.3)
    assert engine.asked == []
    engine.start("llm")
    await watch.runs("llm")


async def test_a_death_without_an_event_is_seen_by_comparing(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    engine.containers["llm"]["State"] = "exited"
    await watch.until(lambda: watch.kinds("llm") == ["started", "died", "started"])
    assert [event.exit_code for event in watch.events if event.kind == "died"] == [3]


async def test_one_for_all_restarts_everybody_in_order(watch, engine):
    for name in ("llm", "main", "other"):
        engine.add(name)
    await watch.start(Group("chat", Strategy.ONE_FOR_ALL, ("main", "llm")))
    await watch.runs("llm", "main", "other")
    engine.kill("llm")
    await watch.until(lambda: ("start", "llm") in engine.asked)
    assert engine.asked == [("stop", "main", "10"), ("start", "main"), ("start", "llm")]
    await watch.runs("llm", "main")
    assert watch.kinds("other") == ["started"]
    assert watch.containers.units["main"].history.deaths == ()


async def test_a_stop_asked_for_here_is_respected(watch, engine):
    engine.add("llm")
    await watch.start()
    await watch.runs("llm")
    assert await watch.containers.stop("llm", "a person asks")
    await asyncio.sleep(0.3)
    assert (watch.state("llm"), engine.containers["llm"]["State"]) == ("stopped", "exited")
    assert await watch.containers.restart("llm", "a person asks")
    await watch.runs("llm")
    assert not await watch.containers.restart("nobody", "")
    assert not await watch.containers.stop("nobody", "")


async def test_a_finished_container_rests(watch, engine):
    engine.add("job", **{"wactorz.restart": "transient"})
    await watch.start()
    await watch.runs("job")
    engine.end("job", 0)
    await watch.until(lambda: watch.state("job") == "stopped")
    await asyncio.sleep(0.3)
    assert engine.asked == []
    assert time.time() - watch.containers.units["job"].started_at > 0
