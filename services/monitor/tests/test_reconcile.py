"""What follows from the difference between wish and reality."""

import time

import pytest

from wactorz_monitor.reconcile import Attempt, Gone, Rest, Send, Settle, Stop, plan
from wactorz_monitor.reconciler import Reconciler
from wactorz_monitor.spawn_registry import Leftover


def steps(bench, *, attempts=None, migrating=frozenset(), later=0.0):
    fleet = bench.fleet
    known = fleet.attempts if attempts is None else attempts
    return plan(fleet.registry, fleet.machines, known, migrating, time.monotonic() + later)


def tried(count=1, ago=0.0, name="watcher", node="local"):
    return {(name, node): Attempt(count, time.monotonic() - ago)}


async def test_what_should_run_and_does_not_is_sent(bench):
    bench.beat()
    entry = await bench.wish()
    assert steps(bench) == [Send(entry, is_drift=False)]


async def test_nothing_is_said_to_a_node_that_is_away(bench):
    bench.beat(ago=40)
    await bench.wish()
    await bench.registry.leave(Leftover("old", "local"))
    assert steps(bench) == []


async def test_what_runs_as_wanted_needs_nothing(bench):
    await bench.wish(settled=True)
    bench.beat("local", "watcher")
    assert steps(bench) == []


async def test_after_a_message_some_time_passes_that_doubles_up_to_a_minute(bench):
    await bench.wish()
    for count, wait in ((1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (9, 60)):
        bench.beat()
        assert steps(bench, attempts=tried(count, ago=wait - 0.5)) == []
        assert len(steps(bench, attempts=tried(count, ago=wait + 0.5))) == 1


async def test_a_heartbeat_from_before_the_message_proves_nothing(bench):
    await bench.wish()
    bench.beat(ago=8)
    assert steps(bench, attempts=tried(ago=7)) == []
    bench.beat()
    assert len(steps(bench, attempts=tried(ago=7))) == 1


async def test_what_vanished_from_a_node_that_is_up_for_long_is_drift(bench):
    entry = await bench.wish(settled=True)
    machine = bench.beat()
    assert steps(bench) == [Send(entry, is_drift=False)]
    machine.since -= 60
    assert steps(bench) == [Send(entry, is_drift=True)]


async def test_an_unanswered_replacement_is_sent_again_though_the_old_one_runs(bench):
    await bench.wish(settled=True)
    entry = await bench.wish(code="two")
    bench.beat("local", "watcher")
    assert steps(bench) == [Send(entry, is_drift=False)]


async def test_a_stand_alone_runner_acknowledges_by_its_heartbeat(bench):
    entry = await bench.wish(node="pi")
    bench.beat("pi", "watcher", ours=False)
    assert steps(bench, attempts=tried(ago=3, node="pi")) == [Settle(entry)]
    assert steps(bench, attempts=tried(ago=0, node="pi")) == []


async def test_what_is_stopped_or_held_is_not_sent_and_what_is_stopped_is_stopped(bench):
    entry = await bench.wish(settled=True)
    bench.beat()
    await bench.registry.change(entry, held=True)
    assert steps(bench) == []
    await bench.registry.change(entry, held=False, wanted="stopped")
    assert steps(bench) == []
    bench.beat("local", "watcher")
    assert steps(bench) == [Stop(Leftover("watcher", "local"), is_drift=True)]
    assert steps(bench, attempts=tried(ago=6)) == [Stop(Leftover("watcher", "local"), is_drift=False)]


async def test_a_guest_that_nobody_wants_is_stopped_and_a_service_never(bench):
    bench.beat("local", "stranger")
    assert steps(bench) == [Stop(Leftover("stranger", "local"), is_drift=True)]
    bench.beat("local", "llm", executor="process")
    assert steps(bench) == []


async def test_what_others_start_on_a_stand_alone_runner_is_theirs(bench):
    bench.beat("pi", "theirs", ours=False)
    assert steps(bench) == []


async def test_the_old_copy_runs_until_the_new_node_has_taken_the_replacement(bench):
    await bench.wish(settled=True)
    entry = await bench.wish(node="pi")
    bench.beat("local", "watcher")
    assert steps(bench) == []
    await bench.registry.settle(entry)
    assert {type(step) for step in steps(bench)} == {Stop}


async def test_what_is_left_over_is_stopped_until_it_is_gone(bench):
    left = Leftover("watcher", "local", delete=True, since=time.time() - 10)
    await bench.registry.leave(left)
    bench.beat("local", "watcher")
    assert steps(bench) == [Stop(left, is_drift=False)]
    bench.beat()
    assert steps(bench) == [Gone(left)]


async def test_a_heartbeat_from_before_the_deletion_does_not_end_it(bench):
    await bench.registry.leave(Leftover("watcher", "local", delete=True, since=time.time()))
    bench.beat(ago=1)
    assert steps(bench) == []


async def test_what_is_moving_is_left_to_the_move(bench):
    await bench.wish()
    bench.beat("local", "watcher")
    bench.beat("pi", "watcher")
    assert steps(bench, migrating=frozenset({"watcher"})) == []


@pytest.mark.parametrize("state", ["backoff", "quarantined"])
async def test_what_its_node_sees_to_is_not_sent(bench, state):
    await bench.wish(settled=True)
    bench.beat("local", "watcher", state=state)
    assert steps(bench) == []


async def test_what_ended_by_its_own_wish_is_wanted_stopped_from_then_on(bench):
    entry = await bench.wish(settled=True)
    bench.beat("local", "watcher", state="stopped")
    assert steps(bench) == [Send(entry, is_drift=False)]
    bench.beat("local", "watcher", state="stopped", ended=True)
    assert steps(bench) == [Rest(entry)]
    assert steps(bench, attempts=tried(ago=0.1)) == [], "it may have been said before the last message"
    await Reconciler(bench.fleet).round()
    assert bench.registry.entries["watcher"].wanted == "stopped"
    assert bench.fleet.actual(bench.registry.entries["watcher"]) == ("stopped", "It ended by its own wish")
    assert steps(bench) == []
