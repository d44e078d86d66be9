"""Starting, stopping, restarting, deleting."""

import asyncio
import time

import pytest

from wactorz_common.contracts.spawning import Management
from wactorz_common.errors import Refused, TransportError
from wactorz_common.handlers import Task
from wactorz_monitor.management import Manager


class Watch:
    """What the rest of the monitor is asked for."""

    def __init__(self):
        self.released, self.forgotten, self.state = [], [], "running"

    async def release(self, name, by):
        self.released.append((name, by))
        return name == "llm"

    def forget_agent(self, name):
        self.forgotten.append(name)

    def lifecycle_of(self, _name):
        return self.state


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def manager(bench, watch):
    return Manager(bench.fleet, watch)


def order(command, name="watcher"):
    return Management(name=name, command=command, by="anna")


def quick():
    return Task("t", "manage_agent", "monitor", deadline_at=time.time() + 2.3)


async def test_a_service_in_quarantine_is_released_and_nothing_else_is_done_to_services(manager, watch):
    done = await manager.manage(order("start", "llm"), quick())
    assert done.text == "llm is being started again."
    assert watch.released == [("llm", "anna")]
    for command in ("stop", "delete"):
        with pytest.raises(Refused, match="No spawned agent is called 'llm'"):
            await manager.manage(order(command, "llm"), quick())
    with pytest.raises(Refused, match="No spawned agent is called 'nobody'"):
        await manager.manage(order("start", "nobody"), quick())


async def test_a_stop_is_kept_even_when_the_node_is_away(bench, manager):
    await bench.wish(settled=True)
    done = await manager.manage(order("stop"), quick())
    assert "offline" in done.text
    assert bench.registry.entries["watcher"].wanted == "stopped"
    assert bench.bus.sent == []


async def test_a_stop_that_is_not_confirmed_says_so(bench, manager):
    await bench.wish(settled=True)
    bench.beat("local", "watcher")
    done = await manager.manage(order("stop"), quick())
    assert "not confirmed" in done.text
    assert bench.bus.on("nodes/local/stop") == [{"name": "watcher"}]


async def test_start_releases_from_quarantine(bench, manager):
    await bench.wish(settled=True)
    bench.beat("local", "watcher", state="quarantined")
    done = await manager.manage(order("start"), quick())
    assert "released from quarantine" in done.text
    assert bench.bus.on("nodes/local/restart_agent") == [{"name": "watcher", "reason": "a person starts it"}]


async def test_start_sends_what_does_not_run_and_tells_a_refusal(bench, manager):
    await bench.wish(settled=True)
    bench.beat()
    running = asyncio.create_task(manager.manage(order("start"), quick()))
    await asyncio.sleep(0.05)
    await bench.ack(refused="the image is missing")
    with pytest.raises(Refused, match="the image is missing"):
        await running
    assert (await manager.manage(order("start"), quick())).text.endswith("is sent again until it does.")


async def test_start_of_what_runs_does_nothing(bench, manager):
    await bench.wish(settled=True)
    bench.beat("local", "watcher")
    assert (await manager.manage(order("start"), quick())).text == "watcher runs on local."
    assert bench.bus.sent == []


async def test_restart_goes_through_the_node_or_replaces_on_a_stand_alone_runner(bench, manager):
    await bench.wish(settled=True)
    bench.beat("local", "watcher")
    await manager.manage(order("restart"), quick())
    assert bench.bus.on("nodes/local/restart_agent") == [{"name": "watcher", "reason": "a person asks for it"}]
    bench.beat("pi", "sensor", ours=False)
    await bench.wish("sensor", "pi", settled=True)
    await manager.manage(order("restart", "sensor"), quick())
    assert bench.bus.on("nodes/pi/spawn")[0]["replace"] is True


async def test_delete_works_without_the_node_and_without_the_account_service(bench, manager, watch):
    entry = await bench.wish(settled=True)
    bench.accounts.error = TransportError("no broker")
    done = await manager.manage(order("delete"), quick())
    assert done.text == "watcher is deleted. Node local removes its state as soon as it is heard."
    assert watch.forgotten == ["watcher"]
    [command] = bench.bus.on(f"agents/{entry.agent_id}/commands")
    assert command["command"] == "delete"
    assert bench.registry.entries == {}
    assert bench.registry.leftovers["watcher", "local"].ids == (entry.agent_id,)
    again = Task("t", "manage_agent", "monitor", deadline_at=time.time() + 5, recovered=True)
    assert (await manager.manage(order("delete"), again)).text == "watcher is deleted."


async def test_a_spawn_that_still_waits_learns_of_the_deletion(bench, manager):
    bench.beat()
    await bench.wish()
    with bench.fleet.expecting("watcher") as answer:
        await manager.manage(order("delete"), quick())
        assert answer.result().reason == "it was deleted meanwhile"


async def test_what_is_moving_can_only_be_deleted(bench, manager):
    await bench.wish(settled=True)
    bench.fleet.moving["watcher"] = "pi"
    for command in ("start", "stop", "restart"):
        with pytest.raises(Refused, match="just moving to pi"):
            await manager.manage(order(command), quick())
    await manager.manage(order("delete"), quick())
    assert bench.registry.entries == {}


async def test_the_report_names_what_a_person_wants_to_know(bench, manager, watch):
    entry = await bench.wish(settled=True, description="Watches")
    bench.beat("local", "watcher")
    report = manager.report(entry)
    assert (report.name, report.type, report.description, report.actual) == ("watcher", "dynamic", "Watches", "running")
    assert len(report.code_sha256) == 64
    watch.state = "paused"
    assert manager.report(entry).actual == "paused"
    with pytest.raises(Refused, match="No spawned agent"):
        await manager.spec_of("nobody")


@pytest.mark.parametrize(("state", "command"), [("stopped", "start"), ("paused", "resume")])
async def test_start_wakes_an_agent_that_rests_by_its_own_command(bench, manager, watch, state, command):
    entry = await bench.wish(settled=True)
    bench.beat("local", "watcher")
    watch.state = state
    await manager.manage(order("start"), quick())
    [order_sent] = bench.bus.on(f"agents/{entry.agent_id}/commands")
    assert order_sent["command"] == command


async def test_a_long_history_still_fits_into_one_answer(bench, manager):
    for number in range(6):
        await bench.wish(code=f"# {number}\n" + "x" * 250_000, settled=True)
    report = await manager.spec_of("watcher")
    assert len(report.encode()) < 900_000
    assert report.spec["code"].startswith("# 5")
    assert [("code" in past, "code_sha256" in past) for past in report.history] == [
        (True, False), (True, False), (False, True), (False, True), (False, True),
    ]  # fmt: skip
