"""What is wanted, on disk."""

import sqlite3

import pytest

from wactorz_common.errors import StoreError
from wactorz_monitor.spawn_registry import KEPT_SPECS, Leftover, SpawnRegistry

SPEC = {"name": "watcher", "type": "dynamic", "code": "x", "node": "local"}


async def reopened(store):
    registry = SpawnRegistry(store)
    await registry.load()
    return registry


async def test_a_wish_gets_an_id_once_and_keeps_it_over_replacements_and_restarts(bench, store):
    first = await bench.registry.wish("watcher", SPEC, "local")
    second = await bench.registry.wish("watcher", {**SPEC, "code": "y"}, "local")
    assert first.agent_id == second.agent_id
    assert second.revision == first.revision + 1
    assert (await reopened(store)).entries == {"watcher": second}


async def test_what_was_wanted_before_becomes_history_when_the_node_has_the_new_one(bench):
    await bench.wish(settled=True)
    entry = await bench.wish(code="two")
    assert await bench.registry.history("watcher") == ()
    settled = await bench.registry.settle(entry)
    assert settled.settled
    assert settled.previous is None
    [before] = await bench.registry.history("watcher")
    assert before["code"] != "two"
    assert before["replaced_at"] > 0


async def test_only_so_many_earlier_specifications_are_kept(bench):
    for number in range(KEPT_SPECS + 5):
        await bench.wish(code=f"# {number}", settled=True)
    history = await bench.registry.history("watcher")
    assert [spec["code"] for spec in history] == [f"# {number}" for number in range(KEPT_SPECS + 3, 3, -1)]


async def test_a_refused_replacement_goes_back_to_what_ran(bench, store):
    kept = await bench.wish(settled=True)
    entry = await bench.wish(code="bad")
    back = await bench.registry.revert(entry, "no")
    assert (back.spec, back.settled, back.problem, back.previous) == (kept.spec, True, "no", None)
    assert (await reopened(store)).entries["watcher"] == back


async def test_two_refused_replacements_in_a_row_go_back_to_what_ran(bench):
    kept = await bench.wish(settled=True)
    await bench.wish(code="bad")
    back = await bench.registry.revert(await bench.wish(code="worse"), "no")
    assert back.spec == kept.spec


async def test_a_replacement_elsewhere_leaves_the_old_copy_to_be_stopped(bench, store):
    await bench.wish(settled=True)
    entry = await bench.wish(node="pi")
    assert bench.registry.leftovers == {}
    await bench.registry.settle(entry)
    assert list((await reopened(store)).leftovers) == [("watcher", "local")]


async def test_a_removed_agent_is_gone_with_its_history_and_its_node_still_has_to_know(bench, store):
    await bench.wish(settled=True)
    entry = await bench.wish(code="two", settled=True)
    left = Leftover("watcher", "local", ("a", "b"), delete=True, since=5.0)
    await bench.registry.remove(entry, left)
    again = await reopened(store)
    assert again.entries == {}
    assert again.leftovers == {("watcher", "local"): left}
    assert await again.history("watcher") == ()
    await again.cleared(left)
    assert (await reopened(store)).leftovers == {}


async def test_a_late_change_does_not_bring_a_deleted_agent_back(bench, store):
    entry = await bench.wish(settled=True)
    await bench.registry.remove(entry, None)
    await bench.registry.change(entry, problem="too late")
    assert bench.registry.entries == (await reopened(store)).entries == {}


async def test_a_change_builds_on_what_is_kept_now(bench):
    entry = await bench.wish(settled=True)
    await bench.registry.change(entry, wanted="stopped")
    changed = await bench.registry.change(entry, problem="p")
    assert (changed.wanted, changed.problem) == ("stopped", "p")


async def test_what_the_disk_does_not_take_does_not_hold(bench, store, monkeypatch):
    async def full(_work):
        raise StoreError("the disk is full: free some space")

    kept = await bench.wish(settled=True)
    monkeypatch.setattr(store, "write", full)
    for work in (bench.wish("other"), bench.wish(code="two"), bench.registry.remove(kept, None)):
        with pytest.raises(StoreError, match="disk is full"):
            await work
    assert bench.registry.entries == {"watcher": kept}


async def test_an_agent_is_found_by_each_of_its_ids(bench):
    entry = await bench.wish()
    await bench.registry.change(entry, heard_as="uuid")
    assert bench.registry.by_id("uuid").name == bench.registry.by_id(entry.agent_id).name == "watcher"
    assert bench.registry.by_id("else") is None


async def test_the_tables_are_plain_sqlite(bench, store):
    await bench.wish(settled=True)
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT name, node FROM spawned").fetchall() == [("watcher", "local")]
