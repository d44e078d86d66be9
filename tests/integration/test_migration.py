"""Moving spawned agents between nodes: ours, stand-alone ones, refusals, restarts of the monitor."""

import asyncio
import json
import time

import pytest

from wactorz_common.contracts.spawning import MIGRATE_AGENT, Migration
from wactorz_monitor import migration
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings
from wactorz_testing.agents import running

from .spawning_doubles import fake_node, stand_alone_runner
from .test_spawning import CODE, make_system, until

pytestmark = pytest.mark.broker


async def move(system, target, name="watcher", deadline=20):
    return await system.person.submit(MIGRATE_AGENT, Migration(name=name, target_node=target), deadline=deadline)


async def test_between_our_nodes_the_state_travels_and_the_old_copy_goes_last(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, fake_node(broker, "pi", system.key) as pi:
            await system.sees("local")
            await system.sees("pi")
            agent_id = (await system.spawn()).result.agent_id
            local.kept = {"count": 7}
            end = await move(system, "pi")
            assert end.state == "done", end.error
            [placed] = pi.spawned
            assert placed["_initial_state"] == {"count": 7}
            assert placed["_agent_id"] == agent_id
            assert placed["_migration_token"] == local.migrations[0]["return_token"]
            assert local.migrations[0]["target_node"] == "@main"
            await until(lambda: local.stops == [{"name": "watcher", "delete": True, "keep_topics": True}])
            assert (await system.agents())["watcher"].node == "pi"
            report = system.monitor.fleet.registry.entries["watcher"]
            assert "_initial_state" not in report.spec
            assert "_migration_token" not in report.spec
            await until(lambda: system.monitor.fleet.registry.leftovers == {})
            assert (await move(system, "main")).state == "done"
            assert (await system.agents())["watcher"].node == "local"


async def test_a_refusing_target_leaves_the_agent_where_it_is(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, fake_node(broker, "pi", system.key) as pi:
            await system.sees("local")
            await system.sees("pi")
            await system.spawn()
            pi.refusal = {"refused": "no room"}
            end = await move(system, "pi")
            assert end.state == "failed"
            assert end.error == "watcher stays on local: Node pi refused it: no room"
            assert "watcher" in local.guests
            assert local.stops == []
            await until(lambda: {"name": "watcher", "delete": True, "keep_topics": True} in pi.stops)
            assert (await system.agents())["watcher"].node == "local"


async def test_a_target_that_never_answers_is_given_up(broker, tmp_path, monkeypatch):
    monkeypatch.setattr(migration, "LIFE", 2.0)
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, fake_node(broker, "pi", system.key) as pi:
            await system.sees("local")
            await system.sees("pi")
            await system.spawn()
            pi.deaf = True
            end = await move(system, "pi")
            assert end.state == "failed"
            assert "has not taken it up within 2 s" in end.error
            assert "watcher" in local.guests
            assert local.stops == []


async def test_a_move_goes_on_after_a_restart_of_the_monitor(broker, tmp_path, monkeypatch):
    monkeypatch.setattr(migration, "_RESEND", 0.5)
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, fake_node(broker, "pi", system.key) as pi:
            await system.sees("local")
            await system.sees("pi")
            await system.spawn()
            local.kept = {"count": 7}
            pi.deaf = True
            asking = asyncio.create_task(move(system, "pi"))
            await until(lambda: system.monitor.migrations._moves.get("watcher") and local.migrations)
            await system.monitor.stop()
            await system.monitor.store.close()
            pi.deaf = False
            async with running(MonitorAgent, broker, tmp_path, MonitorSettings) as monitor:
                end = await asking
                assert end.state == "done", end.error
                assert monitor.fleet.registry.entries["watcher"].node == "pi"
                assert pi.guests["watcher"]["_initial_state"] == {"count": 7}
                await until(lambda: "watcher" not in local.guests)
            system.monitor.store.open()


async def test_what_cannot_be_moved_is_said_in_one_sentence(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as local:
        await system.sees("local")
        assert "No spawned agent is called" in (await move(system, "pi")).error
        await system.spawn()
        assert "No node called 'pi'" in (await move(system, "pi")).error
        async with fake_node(broker, "pi", system.key) as pi:
            await system.sees("pi")
            await pi.beat("offline")
            pi.beat = lambda *_: asyncio.sleep(0)
            await until(lambda: not system.monitor.fleet.is_online("pi"))
            assert "Node pi is offline" in (await move(system, "pi")).error
        assert (await move(system, "local")).result.text == "watcher runs on local."
        await system.manage("watcher", "stop")
        assert local.migrations == []


async def test_between_stand_alone_runners_the_source_moves_it_in_the_seed_form(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with stand_alone_runner(broker, "attic") as attic, stand_alone_runner(broker, "shed") as shed:
            await system.sees("attic")
            await system.sees("shed")
            await system.spawn("sensor", node="attic")
            await until(lambda: system.monitor.fleet.machine("attic").runs("sensor"))
            end = await move(system, "shed", "sensor")
            assert end.state == "done", end.error
            assert json.loads(shed.spawned[0])["code"] == CODE
            assert len(shed.spawned) == 1
            assert "sensor" not in attic.agents
            assert (await system.agents())["sensor"].node == "shed"
            await asyncio.sleep(1)
            assert len(shed.spawned) == 1


async def test_from_ours_to_a_stand_alone_runner_it_moves_without_its_state(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, stand_alone_runner(broker, "shed") as shed:
            await system.sees("local")
            await system.sees("shed")
            await system.spawn()
            end = await move(system, "shed")
            assert end.state == "done", end.error
            assert end.result.text == "watcher runs on shed now. What it had kept stays on local."
            assert [key for key in json.loads(shed.spawned[0]) if key.startswith("_")] == []
            await until(lambda: local.stops == [{"name": "watcher"}])
            back = await move(system, "local")
            assert back.state == "done", back.error
            await until(lambda: "watcher" in local.guests and "watcher" not in shed.agents)


async def test_a_move_that_others_asked_a_stand_alone_runner_for_is_noticed(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with stand_alone_runner(broker, "attic") as attic, stand_alone_runner(broker, "shed") as shed:
            await system.sees("attic")
            await system.sees("shed")
            await system.spawn("sensor", node="attic")
            await attic.on_migrate(json.dumps({"name": "sensor", "target_node": "shed"}).encode())
            await until(lambda: system.monitor.fleet.registry.entries["sensor"].node == "shed")
            began = time.monotonic()
            await until(lambda: "sensor" in shed.agents and time.monotonic() > began + 1)
            assert "sensor" not in attic.agents


async def test_a_source_whose_answer_does_not_help_is_told_to_go_on(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        async with fake_node(broker, "local", system.key) as local, fake_node(broker, "pi", system.key) as pi:
            await system.sees("local")
            await system.sees("pi")
            await system.spawn()
            local.dropped = ["picture"]
            end = await move(system, "pi")
            assert "picture is too large to travel" in end.error
            await until(lambda: len(local.spawned) == 2)
            assert pi.spawned == []
