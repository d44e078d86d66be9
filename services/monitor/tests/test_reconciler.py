"""The plan, carried out."""

import asyncio
import time

import pytest

from wactorz_common.contracts.spawning import Grants
from wactorz_common.errors import StoreError
from wactorz_monitor import reconciler
from wactorz_monitor.reconcile import Send
from wactorz_monitor.reconciler import Reconciler
from wactorz_monitor.spawn_registry import Leftover


async def test_a_round_sends_what_is_missing_and_does_not_repeat_itself(bench):
    bench.beat()
    await bench.wish()
    rounds = Reconciler(bench.fleet)
    assert [type(step) for step in await rounds.round()] == [Send]
    assert await rounds.round() == []
    assert len(bench.bus.on("nodes/local/spawn")) == 1


async def test_drift_is_told_once(bench):
    await bench.wish(settled=True)
    bench.beat().since -= 60
    rounds = Reconciler(bench.fleet)
    await rounds.round()
    bench.fleet.attempts.clear()
    await rounds.round()
    assert bench.alerts == [("watcher should run on local and does not; it is being started again", "warning")]


async def test_a_stranger_is_stopped_and_told(bench):
    bench.beat("local", "stranger")
    await Reconciler(bench.fleet).round()
    assert bench.bus.on("nodes/local/stop") == [{"name": "stranger"}]
    assert bench.alerts == [("stranger runs on local, where nobody wants it; it is being stopped", "warning")]


async def test_topics_of_a_deleted_agent_are_cleared_once_more_when_its_node_is_done(bench):
    await bench.registry.leave(Leftover("watcher", "local", ("id-1",), delete=True, since=time.time() - 10))
    bench.beat()
    await Reconciler(bench.fleet).round()
    assert "agents/id-1/manifest" in {topic for topic, *_ in bench.bus.sent}
    assert bench.registry.leftovers == {}


async def test_topics_of_a_moved_agent_are_left_alone(bench):
    left = Leftover("watcher", "local", ("id-1",), delete=True, keep_topics=True, since=time.time() - 10)
    await bench.registry.leave(left)
    bench.beat()
    await Reconciler(bench.fleet).round()
    assert bench.bus.sent == []
    assert bench.registry.leftovers == {}


async def test_a_wish_that_changed_meanwhile_is_not_sent_as_it_was(bench):
    bench.beat()
    entry = await bench.wish()
    await bench.wish(code="newer")
    await Reconciler(bench.fleet)._do(Send(entry, is_drift=False))
    assert bench.bus.sent == []


async def test_a_round_is_due_after_a_while_or_at_once_when_something_changed(bench, monkeypatch):
    monkeypatch.setattr(reconciler, "_PAUSE", 0.0)
    rounds = Reconciler(bench.fleet)
    bench.fleet.changed.set()
    async with asyncio.timeout(10):
        await rounds.wait()
    assert not bench.fleet.changed.is_set()
    monkeypatch.setattr(reconciler, "PERIOD", 0.01)
    async with asyncio.timeout(10):
        await rounds.wait()


@pytest.mark.parametrize("grants", [Grants(), Grants(model=True)])
async def test_a_run_that_lasts_needs_no_memory_of_attempts(bench, grants, monkeypatch):
    await bench.wish(grants=grants.to_wire(), settled=True)
    bench.beat("local", "watcher")
    bench.fleet.tried("watcher", "local")
    await Reconciler(bench.fleet).round()
    assert ("watcher", "local") in bench.fleet.attempts
    now = time.monotonic()
    monkeypatch.setattr("wactorz_monitor.fleet.time.monotonic", lambda: now + 61)
    bench.fleet.machine("local").seen = now + 61
    bench.fleet.forget_old_attempts()
    assert bench.fleet.attempts == {}


async def test_a_step_that_fails_keeps_no_other_from_being_taken(bench, monkeypatch):
    async def fail(*_):
        raise StoreError("the disk is full")

    await bench.registry.leave(Leftover("gone", "local", since=time.time() - 10))
    monkeypatch.setattr(bench.registry, "cleared", fail)
    monkeypatch.setattr(bench.accounts, "sweep", fail)
    await bench.wish()
    bench.beat("local", "stranger")
    steps = await Reconciler(bench.fleet).round()
    assert len(steps) == 3
    assert len(bench.bus.on("nodes/local/spawn")) == 1
    assert bench.bus.on("nodes/local/stop") == [{"name": "stranger"}]
