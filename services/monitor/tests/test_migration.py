"""Moves between nodes, step by step."""

import asyncio
import time

import pytest

from wactorz_common.contracts.nodes import MigrateResult, NodeHeartbeat, SpawnAck, StateReturn
from wactorz_common.contracts.spawning import Migration
from wactorz_common.errors import ConfigError, Refused, Unknown
from wactorz_common.handlers import Task
from wactorz_monitor import migration
from wactorz_monitor.migration import Migrations


@pytest.fixture
async def moves(bench):
    moves = Migrations(bench.fleet, bench.store)
    await moves.load()
    return moves


@pytest.fixture
async def two_nodes(bench):
    await bench.wish(settled=True)
    bench.beat("local", "watcher")
    bench.beat("pi")


def job(seconds=6.0):
    return Task("t", "migrate_agent", "monitor", deadline_at=time.time() + seconds)


async def begun(bench, moves, target="pi"):
    running = asyncio.create_task(moves.migrate(Migration(name="watcher", target_node=target), job()))
    await asyncio.sleep(0.1)
    return running


def token(bench):
    return bench.bus.on("nodes/local/migrate")[-1]["return_token"]


async def returned(bench, moves, **fields):
    await moves.on_state(
        StateReturn(agent="watcher", return_token=token(bench), from_node="local", timestamp=0, **fields)
    )


def acknowledged(bench, **fields):
    return SpawnAck(agent="watcher", node="pi", migration_token=token(bench), timestamp=0, **fields)


async def test_the_state_travels_signed_and_the_old_copy_goes_when_the_new_one_is_up(bench, moves, two_nodes):
    running = await begun(bench, moves)
    assert bench.bus.on("nodes/local/stop") == []
    await returned(bench, moves, state={"n": 1})
    [placed] = bench.bus.on("nodes/pi/spawn")
    assert (placed["_initial_state"], placed["_migration_token"]) == ({"n": 1}, token(bench))
    assert bench.accounts.made[-1] == ("watcher", "pi")
    assert bench.registry.entries["watcher"].node == "local"
    assert await moves.on_ack(acknowledged(bench))
    assert (await running).text == "watcher runs on pi now."
    assert bench.bus.on("nodes/local/stop") == [{"name": "watcher", "delete": True, "keep_topics": True}]
    entry = bench.registry.entries["watcher"]
    assert (entry.node, entry.spec["node"], entry.settled) == ("pi", "pi", True)
    assert bench.fleet.moving == {}


async def test_a_wrong_token_moves_nothing(bench, moves, two_nodes):
    running = await begun(bench, moves)
    await moves.on_state(
        StateReturn(agent="watcher", return_token="forged", from_node="pi", timestamp=0, state={"n": 2})
    )
    assert bench.bus.on("nodes/pi/spawn") == []
    await returned(bench, moves)
    assert await moves.on_ack(SpawnAck(agent="watcher", node="pi", migration_token="forged", timestamp=0))
    assert bench.registry.entries["watcher"].node == "local"
    assert not running.done()
    running.cancel()


async def test_what_goes_wrong_leaves_the_agent_where_it_is(bench, moves, two_nodes):
    running = await begun(bench, moves)
    await returned(bench, moves, refused="it is busy")
    with pytest.raises(Refused, match="stays on local: Node local does not hand it over: it is busy"):
        await running
    running = await begun(bench, moves)
    await returned(bench, moves, state_keys_dropped=("photos",))
    with pytest.raises(Refused, match="under photos is too large to travel"):
        await running
    assert bench.bus.on("nodes/pi/spawn") == []
    running = await begun(bench, moves)
    bench.accounts.error = ConfigError("Node pi has no secret")
    await returned(bench, moves)
    with pytest.raises(Refused, match="Node pi has no secret"):
        await running
    assert bench.registry.entries["watcher"].node == "local"


async def test_a_refusal_takes_the_new_copy_away_and_gives_the_account_back(bench, moves, two_nodes):
    running = await begun(bench, moves)
    await returned(bench, moves)
    await moves.on_ack(acknowledged(bench, refused="busy", temporary=True))
    assert not running.done()
    await moves.on_ack(acknowledged(bench, refused="no room"))
    with pytest.raises(Refused, match="Node pi refused it: no room"):
        await running
    assert bench.bus.on("nodes/pi/stop") == [{"name": "watcher", "delete": True, "keep_topics": True}]
    assert bench.accounts.made[-1] == ("watcher", "local")


async def test_it_goes_on_after_a_restart_with_the_same_token(bench, moves, two_nodes, monkeypatch):
    running = await begun(bench, moves)
    await returned(bench, moves, state={"n": 1})
    running.cancel()
    bench.fleet.moving.clear()
    bench.bus.sent.clear()
    again = Migrations(bench.fleet, bench.store)
    await again.load()
    assert bench.fleet.moving == {"watcher": "pi"}
    await again.round()
    [placed] = bench.bus.on("nodes/pi/spawn")
    assert placed["_initial_state"] == {"n": 1}
    await again.on_ack(SpawnAck(agent="watcher", node="pi", migration_token=placed["_migration_token"], timestamp=0))
    assert bench.registry.entries["watcher"].node == "pi"
    last = Migrations(bench.fleet, bench.store)
    await last.load()
    assert last._moves == {}


async def test_what_takes_too_long_is_undone_and_people_are_told_when_nobody_waits(
    bench, moves, two_nodes, monkeypatch
):
    running = await begun(bench, moves)
    running.cancel()
    moves._ends.clear()
    monkeypatch.setattr(migration, "LIFE", -1.0)
    await moves.round()
    assert moves._moves == {}
    assert bench.registry.entries["watcher"].node == "local"
    [(text, _)] = bench.alerts
    assert text.startswith("watcher stays on local: Node pi has not taken it up")


async def test_who_asks_twice_waits_for_the_same_move(bench, moves, two_nodes):
    running = await begun(bench, moves)
    with pytest.raises(Refused, match="just moving to pi"):
        await moves.migrate(Migration(name="watcher", target_node="den"), job())
    with pytest.raises(Unknown, match="still moving to pi"):
        await moves.migrate(Migration(name="watcher", target_node="pi"), job(3.1))
    assert len({one["return_token"] for one in bench.bus.on("nodes/local/migrate")}) == 1
    running.cancel()


async def test_an_agent_that_is_deleted_on_its_way_is_gone_from_both(bench, moves, two_nodes):
    running = await begun(bench, moves)
    await returned(bench, moves)
    await bench.registry.remove(bench.registry.entries["watcher"], None)
    await moves.round()
    with pytest.raises(Refused, match="deleted meanwhile"):
        await running
    assert ("watcher", "pi") in bench.registry.leftovers


async def test_what_does_not_run_is_not_moved(bench, moves, two_nodes):
    entry = bench.registry.entries["watcher"]
    for changes, words in (
        ({"wanted": "stopped"}, "start it first"),
        ({"settled": False, "wanted": "running"}, "start it first"),
    ):
        await bench.registry.change(entry, **changes)
        with pytest.raises(Refused, match=words):
            await moves.migrate(Migration(name="watcher", target_node="pi"), job())


async def test_a_stand_alone_runner_is_asked_in_the_seed_form(bench, moves):
    await bench.wish(node="attic", settled=True)
    bench.beat("attic", "watcher", ours=False)
    bench.beat("shed", ours=False)
    running = await begun(bench, moves, "shed")
    assert bench.bus.on("nodes/attic/migrate") == [{"name": "watcher", "target_node": "shed"}]
    result = MigrateResult(success=False, agent="watcher", error="no such agent", timestamp=0)
    await moves.on_result(result, "attic")
    with pytest.raises(Refused, match="Node attic could not move it: no such agent"):
        await running
    await moves.on_result(MigrateResult(success=True, agent="watcher", to_node="moon", timestamp=0), "attic")
    assert bench.registry.entries["watcher"].node == "attic"
    await moves.on_result(MigrateResult(success=True, agent="watcher", to_node="shed", timestamp=0), "attic")
    assert bench.registry.entries["watcher"].node == "shed"


async def test_nothing_moves_to_the_containers_of_the_services(bench, moves, two_nodes):
    bench.fleet.machines.on_pulse(
        "docker", NodeHeartbeat(node="docker", node_id="n", timestamp=0, runtime="docker"), time.monotonic(), 0
    )
    with pytest.raises(Refused, match="Node docker only shows the containers of the services and runs no agents"):
        await moves.migrate(Migration(name="watcher", target_node="docker"), job())
