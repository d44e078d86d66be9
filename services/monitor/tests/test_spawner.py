"""Wishes for agents: admitted, asked about, kept, sent, answered."""

import asyncio
import random
import time

import pytest

from wactorz_common.contracts.spawning import Decision, SpawnSpec
from wactorz_common.errors import ContractError, Refused
from wactorz_common.handlers import Task
from wactorz_monitor.spawner import Spawner

CODE = "async def process(agent):\n    pass\n"


@pytest.fixture
def spawner(bench):
    return Spawner(bench.fleet, bench.approvals, lambda: frozenset({"billing"}), patience=0.3)


def wish(**fields):
    return SpawnSpec.accept({"name": "watcher", "code": CODE, **fields})


async def answered(bench, work, **ack):
    """The end of a spawn whose node answers at once."""
    running = asyncio.create_task(work)
    await asyncio.sleep(0.05)
    await bench.ack(**ack)
    return await running


def sent(bench, node="local"):
    return bench.bus.on(f"nodes/{node}/spawn")


async def test_an_answered_spawn_runs(bench, spawner, task):
    bench.beat()
    result = await answered(bench, spawner.spawn(wish(), task))
    assert (result.status, result.node) == ("running", "local")
    assert result.agent_id == bench.registry.entries["watcher"].agent_id
    assert len(sent(bench)) == 1


async def test_a_node_that_does_not_answer_leaves_it_waiting(bench, spawner, task):
    bench.beat()
    result = await spawner.spawn(wish(), task)
    assert result.status == "waiting"
    assert "sent again" in result.text
    assert "watcher" in bench.registry.entries


async def test_an_admission_problem_keeps_and_sends_nothing(bench, spawner, task):
    bench.beat()
    for bad in (wish(name="billing"), wish(code="def ("), wish(node="moon")):
        with pytest.raises(Refused):
            await spawner.spawn(bad, task)
    assert bench.registry.entries == {}
    assert bench.bus.sent == []
    assert {row["event"] for row in await bench.audit.rows()} == {"spawn refused"}


async def test_a_task_that_runs_again_after_a_crash_takes_up_its_own_wish(bench, spawner, task):
    bench.beat()
    await spawner.spawn(wish(replace=True), task)
    entry = bench.registry.entries["watcher"]
    again = Task("task-1", "spawn", "monitor", deadline_at=time.time() + 10, recovered=True)
    result = await answered(bench, spawner.spawn(wish(replace=True), again))
    assert result.status == "running"
    assert bench.registry.entries["watcher"].revision == entry.revision
    assert (await spawner.spawn(wish(replace=True), again)).status == "running"
    assert len(sent(bench)) == 2


async def test_two_wishes_for_one_name_at_once_make_one_agent(bench, spawner, task):
    bench.beat()
    both = asyncio.gather(spawner.spawn(wish(), task), spawner.spawn(wish(code=CODE + "#"), task))
    await asyncio.sleep(0.05)
    await bench.ack()
    assert sorted(result.status for result in await both) == ["already_running", "running"]
    assert len({spec["_agent_id"] for spec in sent(bench)}) == 1


async def test_a_stopped_agent_is_started_anew_by_a_person_but_not_by_a_model(bench, spawner, task):
    bench.beat()
    entry = await bench.wish(settled=True)
    await bench.registry.change(entry, wanted="stopped")
    with pytest.raises(Refused, match="only a person"):
        await spawner.spawn(wish(_proposed_by="main"), task)
    result = await answered(bench, spawner.spawn(wish(), task))
    assert result.status == "running"


async def test_what_a_spawned_agent_asks_for_counts_as_proposed(bench, spawner):
    bench.beat()
    await bench.wish("helper", settled=True)
    task = Task("t", "spawn", "monitor", "helper", deadline_at=time.time() + 10)
    result = await spawner.spawn(wish(install=["numpy"]), task)
    assert result.status == "needs_approval"
    assert sent(bench) == []
    with pytest.raises(Refused, match="Only the gateway"):
        await spawner.decide(Decision(id=result.approval_id, decision="approve"), task)


@pytest.mark.parametrize("standing", ["talk", "user"])
async def test_what_a_model_makes_for_who_may_not_spawn_waits_for_an_admin(bench, spawner, task, standing):
    bench.beat()
    result = await spawner.spawn(wish(_proposed_by="main", _asked_by=standing), task)
    assert result.status == "needs_approval"
    assert "admin" in result.text
    assert (bench.registry.entries, sent(bench)) == ({}, [])
    decision = Decision(id=result.approval_id, decision="approve", by="ann")
    gateway = Task("task-2", "decide_approval", "monitor", "gateway")
    assert "runs" in (await answered(bench, spawner.decide(decision, gateway))).text
    assert "_asked_by" not in sent(bench)[0]


@pytest.mark.parametrize("standing", ["", "admin", "owner"])
async def test_what_a_model_makes_for_others_runs_without_a_question(bench, spawner, task, standing):
    bench.beat()
    made = spawner.spawn(wish(_proposed_by="main", _asked_by=standing), task)
    assert (await answered(bench, made)).status == "running"


async def test_a_denied_proposal_is_dropped(bench, spawner, task):
    bench.beat()
    result = await spawner.spawn(wish(install=["numpy"], _proposed_by="main"), task)
    done = await spawner.decide(Decision(id=result.approval_id, decision="deny", by="anna"), task)
    assert done.text == "Denied: watcher is not spawned."
    assert bench.registry.entries == {}
    events = [row["event"] for row in await bench.audit.rows()]
    assert events == ["approval denied", "approval opened"]


async def test_an_approved_proposal_is_checked_once_more(bench, spawner, task):
    bench.beat()
    result = await spawner.spawn(wish(install=["numpy"], _proposed_by="main"), task)
    spawner._protected = lambda: frozenset({"watcher"})
    with pytest.raises(Refused, match="name of a service"):
        await spawner.decide(Decision(id=result.approval_id, decision="approve"), task)
    assert sent(bench) == []


async def test_a_decision_that_runs_again_after_a_crash_spawns_once(bench, spawner, task):
    bench.beat()
    result = await spawner.spawn(wish(install=["numpy"], _proposed_by="main"), task)
    decision = Decision(id=result.approval_id, decision="approve", by="anna")
    await answered(bench, spawner.decide(decision, task))
    again = Task(task.id, "decide_approval", "monitor", "gateway", deadline_at=time.time() + 10, recovered=True)
    done = await spawner.decide(decision, again)
    assert done.text == "watcher runs on local."
    assert len(sent(bench)) == 1


async def test_an_approved_replacement_replaces(bench, spawner, task):
    bench.beat()
    await bench.wish(settled=True)
    result = await spawner.spawn(wish(install=["numpy"], replace=True, _proposed_by="main"), task)
    await answered(bench, spawner.decide(Decision(id=result.approval_id, decision="approve"), task))
    assert bench.registry.entries["watcher"].spec["install"] == ["numpy"]
    assert sent(bench)[0]["replace"] is True


async def test_what_is_moving_is_not_replaced(bench, spawner, task):
    bench.beat()
    await bench.wish(settled=True)
    bench.fleet.moving["watcher"] = "pi"
    with pytest.raises(Refused, match="just moving to pi"):
        await spawner.spawn(wish(replace=True), task)


async def test_a_refused_new_agent_loses_its_account_too(bench, spawner, task):
    bench.beat()
    with pytest.raises(Refused, match="Node local refused watcher: no"):
        await answered(bench, spawner.spawn(wish(), task), refused="no")
    assert bench.registry.entries == {}
    assert bench.accounts.dropped == ["watcher"]


async def test_while_everything_is_halted_nothing_is_spawned(bench, spawner, task):
    bench.beat()
    result = await spawner.spawn(wish(install=["numpy"], _proposed_by="main"), task)
    spawner.is_halted = lambda: True
    with pytest.raises(Refused, match="release it with /go"):
        await spawner.spawn(wish(), task)
    with pytest.raises(Refused, match="release it with /go"):
        await spawner.decide(Decision(id=result.approval_id, decision="approve"), task)
    assert (await spawner.decide(Decision(id=result.approval_id, decision="deny"), task)).text.startswith("Denied")


async def test_nothing_is_half_spawned_by_specifications_of_any_kind(bench, fuzzed):
    spawner = Spawner(bench.fleet, bench.approvals, lambda: frozenset({"billing"}), patience=0.0)
    bench.beat()
    source, refused, kept = random.Random(7), 0, set()
    for number in range(400):
        wish_of_any_kind = {**fuzzed(source), "replace": False}
        if source.random() < 0.9:
            wish_of_any_kind["name"] = f"{wish_of_any_kind['name']}-{number}"
        task = Task(f"t{number}", "spawn", "monitor", "door", deadline_at=time.time() + 10)
        before = (dict(bench.registry.entries), len(bench.bus.sent))
        try:
            spec = SpawnSpec.accept(wish_of_any_kind)
            result = await spawner.spawn(spec, task)
        except (ContractError, Refused):
            assert (bench.registry.entries, len(bench.bus.sent)) == before
            refused += 1
        else:
            assert result.text
            kept.add(spec.name)
            assert spec.name in bench.registry.entries
    assert set(bench.registry.entries) == kept
    assert {spec["name"] for spec in sent(bench)} == kept
    assert refused > 50
    assert len(kept) > 50


async def test_it_is_told_that_packages_leave_the_sandbox(bench, spawner, task):
    bench.beat()
    result = await answered(bench, spawner.spawn(wish(install=["numpy"]), task))
    assert "it can reach any host" in result.text


async def test_what_speaks_against_it_is_said_and_holds_nothing_back(bench, task):
    async def warn(spec):
        return f" Check its topics: {spec.name} waits in vain."

    spawner = Spawner(bench.fleet, bench.approvals, frozenset, patience=0.3, warn=warn)
    bench.beat()
    result = await answered(bench, spawner.spawn(wish(), task))
    assert (result.status, result.text) == (
        "running",
        "watcher runs on local. Check its topics: watcher waits in vain.",
    )
    with pytest.raises(Refused):
        await spawner.spawn(wish(name="nginx"), task)
