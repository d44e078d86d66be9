"""The monitor on a real broker: spawns, refusals, drift, deletion, approvals, foreign nodes."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from wactorz_common.agent import Agent
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.lifecycle import COMMANDS, AgentCommand
from wactorz_common.contracts.spawning import (
    DECIDE_APPROVAL,
    GET_SPEC,
    LIST_APPROVALS,
    LIST_NODES,
    LIST_SPAWNED,
    MANAGE_AGENT,
    SPAWN,
    AgentName,
    ApprovalQuery,
    Decision,
    Management,
    SpawnSpec,
)
from wactorz_common.settings import AgentSettings
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

from .spawning_doubles import fake_node, stand_alone_runner

pytestmark = pytest.mark.broker

CODE = "async def process(agent):\n    await agent.log('here')\n"


class Person(Agent[AgentSettings]):
    """Asks the monitor as a door would."""

    name = "gateway"
    description = "Asks"
    publishes = (COMMANDS,)


class System:
    """A monitor, somebody who asks, and helpers."""

    def __init__(self, monitor: MonitorAgent, person: Person, folder: Path) -> None:
        self.monitor, self.person, self.folder = monitor, person, folder

    @property
    def key(self) -> bytes:
        return bytes.fromhex((self.folder / "secrets" / "spawn-key.pub").read_text())

    async def spawn(self, name: str = "watcher", **fields: Any) -> Any:
        return await self.person.submit(SPAWN, SpawnSpec.accept({"name": name, "code": CODE, **fields}), deadline=15)

    async def manage(self, name: str, command: Any) -> Any:
        return await self.person.submit(MANAGE_AGENT, Management(name=name, command=command, by="anna"))

    async def agents(self) -> dict[str, Any]:
        listed = await self.person.ask(LIST_SPAWNED, Nothing())
        return {agent.name: agent for agent in listed.agents}

    async def sees(self, node: str) -> None:
        await until(lambda: self.monitor.fleet.is_online(node))


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Wait for a condition; fail when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        await asyncio.sleep(0.02)
    return pytest.fail("what was waited for did not come")


@contextlib.asynccontextmanager
async def make_system(broker: TestBroker, folder: Path, **settings: Any) -> AsyncIterator[System]:
    async with (
        running(MonitorAgent, broker, folder, MonitorSettings, **settings) as monitor,
        running(Person, broker, folder) as person,
    ):
        yield System(monitor, person, folder)


@contextlib.asynccontextmanager
async def hearing(broker: TestBroker, topic: str) -> AsyncIterator[list[aiomqtt.Message]]:
    """Everything that is published on a topic from now on."""
    heard: list[aiomqtt.Message] = []
    async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(topic, 1)

        async def collect() -> None:
            async for message in client.messages:
                heard.append(message)  # noqa: PERF401  # seen while it grows

        task = asyncio.create_task(collect())
        try:
            yield heard
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_spawn_is_signed_sent_acknowledged_and_listed(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        end = await system.spawn(description="Watches", grants={"subscribe": ["custom/x"]})
        assert end.state == "done", end.error
        assert end.result.status == "running"
        [sent] = node.spawned
        assert sent == {
            "name": "watcher", "type": "dynamic", "code": CODE, "description": "Watches", "poll_interval": 1.0,
            "grants": {"subscribe": ["custom/x"]}, "_agent_id": end.result.agent_id,
        }  # fmt: skip
        [agent] = (await system.agents()).values()
        assert (agent.name, agent.actual, agent.wanted, agent.node) == ("watcher", "running", "running", "local")
        assert node.refused == []


async def test_the_same_name_again_is_a_no_op_and_replace_keeps_the_id_and_the_history(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        first = (await system.spawn()).result
        again = (await system.spawn()).result
        assert again.status == "already_running"
        other = CODE + "\n# two\n"
        replaced = (await system.spawn(code=other, replace=True)).result
        assert replaced.status == "running"
        assert replaced.agent_id == first.agent_id == again.agent_id
        assert [spec.get("replace") for spec in node.spawned] == [None, True]
        report = await system.person.ask(GET_SPEC, AgentName(name="watcher"))
        assert report.spec["code"] == other
        assert [spec["code"] for spec in report.history] == [CODE]


async def test_from_the_wire_the_plain_object_with_an_action_spawns(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        async with hearing(broker, "custom/answer") as answers:
            async with aiomqtt.Client(broker.host, broker.port) as client:
                wish = {
                    "action": "spawn",
                    "name": "wired",
                    "code": CODE,
                    "_reply_topic": "custom/answer",
                    "_task_id": "t1",
                }
                await client.publish("agents/by-name/monitor/task", json.dumps(wish), 1)
                await until(lambda: answers)
        answer = json.loads(answers[0].payload)
        assert (answer["status"], answer["_task_id"]) == ("running", "t1")
        assert [spec["name"] for spec in node.spawned] == ["wired"]


async def test_an_offline_node_gets_its_agent_later(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        result = (await system.spawn()).result
        assert result.status == "waiting"
        assert "offline" in result.text
        async with fake_node(broker, "local", system.key) as node:
            await until(lambda: "watcher" in node.guests)
            await until(lambda: system.monitor.fleet.registry.entries["watcher"].settled)
            assert len(node.spawned) == 1


async def test_a_refused_new_agent_is_not_kept_and_a_refused_replacement_leaves_the_old_one(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        node.refusal = {"refused": "setup failed: no such thing"}
        end = await system.spawn()
        assert end.state == "failed"
        assert "setup failed: no such thing" in end.error
        assert await system.agents() == {}
        node.refusal = {}
        first = (await system.spawn()).result
        node.refusal = {"refused": "setup failed: again"}
        end = await system.spawn(code=CODE + "#", replace=True)
        assert end.state == "failed"
        report = await system.person.ask(GET_SPEC, AgentName(name="watcher"))
        assert report.spec["code"] == CODE
        assert report.agent.agent_id == first.agent_id
        assert report.history == ()


async def test_a_refusal_whose_cause_can_pass_keeps_the_wish(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        node.refusal = {"refused": "Docker does not answer", "temporary": True}
        result = (await system.spawn()).result
        assert result.status == "waiting"
        assert "Docker does not answer" in result.text
        node.refusal = {}
        await until(lambda: "watcher" in node.guests, 15)


async def test_a_bad_specification_is_refused_in_one_sentence_and_nothing_is_sent(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        for fields, words in (
            ({"code": "def ("}, "no valid Python"),
            ({"name": "monitor"}, "service of this system"),
            ({"type": "rule"}, "no executor"),
            ({"install": ["--index-url=http://x"]}, "no package"),
            ({"node": "moon"}, "No node called"),
            ({"grants": {"publish": ["#"]}}, "granted to no spawned agent"),
        ):
            end = await system.spawn(**{"name": "bad", **fields})
            assert end.state == "failed"
            assert words in end.error
        assert node.spawned == []
        assert await system.agents() == {}
        assert len([row for row in await system.monitor.audit.rows() if row["event"] == "spawn refused"]) == 6


async def test_a_stopped_agent_stays_stopped_until_it_is_started(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        await system.spawn()
        end = await system.manage("watcher", "stop")
        assert "stopped" in end.result.text
        assert node.stops == [{"name": "watcher"}]
        await asyncio.sleep(1)
        assert node.guests == {}
        assert (await system.agents())["watcher"].actual == "stopped"
        end = await system.manage("watcher", "start")
        assert end.result.text == "watcher runs on local."
        assert "watcher" in node.guests


async def test_delete_takes_the_entry_the_state_and_every_retained_topic(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        agent_id = (await system.spawn()).result.agent_id
        async with aiomqtt.Client(broker.host, broker.port) as client:
            for leaf in ("manifest", "status", "questions", "detections"):
                await client.publish(f"agents/{agent_id}/{leaf}", b"{}", 1, retain=True)
            await client.publish("agents/watcher/data/soil", b"{}", 1, retain=True)
        end = await system.manage("watcher", "delete")
        assert end.result.text == "watcher is deleted."
        assert node.stops == [{"name": "watcher", "delete": True}]
        assert await system.agents() == {}
        await asyncio.sleep(0.3)
        for topic in (f"agents/{agent_id}/#", "agents/watcher/#"):
            async with hearing(broker, topic) as heard:
                await asyncio.sleep(0.3)
            assert [message for message in heard if message.retain] == []


async def test_the_delete_command_on_the_agents_own_topic_does_the_same(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        agent_id = (await system.spawn()).result.agent_id
        await system.person.publish(COMMANDS, AgentCommand(command="delete"), agent_id=agent_id)
        await until(lambda: node.stops == [{"name": "watcher", "delete": True}])
        await until(lambda: system.monitor.fleet.registry.entries == {})


async def test_what_vanishes_is_sent_again_and_what_nobody_wants_is_stopped(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        await system.spawn()
        node.guests["stranger"] = {}
        node.guests.pop("watcher")
        await until(lambda: "watcher" in node.guests and "stranger" not in node.guests, 15)
        assert node.stops == [{"name": "stranger"}]


async def test_after_a_restart_of_the_monitor_nothing_is_spawned_twice(broker, tmp_path):
    async with make_system(broker, tmp_path) as system:
        key = system.key
        async with fake_node(broker, "local", key) as node:
            await system.sees("local")
            await asyncio.gather(*(system.spawn(f"agent-{number}") for number in range(10)))
            assert len(node.spawned) == 10
            await system.monitor.stop()
            await system.monitor.store.close()
            async with running(MonitorAgent, broker, tmp_path, MonitorSettings) as monitor:
                await until(lambda: monitor.fleet.is_online("local"))
                await asyncio.sleep(6)
                assert len(node.spawned) == 10
                assert node.stops == []
                assert len(monitor.fleet.registry.entries) == 10
            system.monitor.store.open()


async def test_a_model_needs_a_persons_yes_for_grants(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        async with hearing(broker, "agents/+/alert") as alerts:
            result = (await system.spawn(grants={"http": ["example.org"]}, _proposed_by="main")).result
            await until(lambda: alerts)
        assert result.status == "needs_approval"
        assert result.approval_id in json.loads(alerts[0].payload)["message"]
        assert node.spawned == []
        [approval] = (await system.person.ask(LIST_APPROVALS, ApprovalQuery(), to="monitor")).approvals
        assert approval.id == result.approval_id
        assert "example.org" in approval.summary
        decision = Decision(id=approval.id, decision="approve", by="anna")
        end = await system.person.submit(DECIDE_APPROVAL, decision, to="monitor")
        assert end.state == "done", end.error
        assert "watcher" in node.guests
        end = await system.person.submit(DECIDE_APPROVAL, decision, to="monitor")
        assert end.state == "failed"
        assert "cannot be used again" in end.error


async def test_a_model_without_grants_or_a_person_with_them_needs_none(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, fake_node(broker, "local", system.key) as node:
        await system.sees("local")
        assert (await system.spawn("plain", _proposed_by="main")).result.status == "running"
        assert (await system.spawn("mine", grants={"model": True})).result.status == "running"
        assert [spec["name"] for spec in node.spawned] == ["plain", "mine"]
        assert all("_proposed_by" not in spec for spec in node.spawned)


async def test_a_stand_alone_runner_gets_the_plain_object_and_is_understood(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, stand_alone_runner(broker, "pi") as runner:
        await system.sees("pi")
        result = (await system.spawn("sensor", node="pi", description="Reads", grants={"model": True})).result
        assert result.status == "running"
        assert json.loads(runner.spawned[0]) == {
            "name": "sensor", "type": "dynamic", "code": CODE, "description": "Reads", "poll_interval": 1.0,
            "node": "pi",
        }  # fmt: skip
        await until(lambda: system.monitor.fleet.registry.entries["sensor"].heard_as == runner.actor_id("sensor"))
        agent = (await system.agents())["sensor"]
        assert (agent.actual, agent.agent_id) == ("running", runner.actor_id("sensor"))
        nodes = (await system.person.ask(LIST_NODES, Nothing())).nodes
        assert [(node.node, node.online, node.runtime) for node in nodes] == [
            ("local", False, ""), ("pi", True, "runner"),
        ]  # fmt: skip
        assert nodes[1].agents == ("sensor",)
        await until(lambda: runner.lists)
        await runner.agent_beat("sensor", "restarting")
        await system.manage("sensor", "delete")
        assert runner.stops[-1] == {"name": "sensor", "delete": True}
        assert "sensor" not in runner.agents


async def test_what_others_start_on_a_stand_alone_runner_is_left_alone(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, stand_alone_runner(broker, "pi") as runner:
        await system.sees("pi")
        async with aiomqtt.Client(broker.host, broker.port) as client:
            await client.publish("nodes/pi/spawn", json.dumps({"name": "theirs", "code": CODE}), 1)
        await until(lambda: "theirs" in runner.agents)
        await asyncio.sleep(6)
        assert runner.stops == []
        assert "theirs" in runner.agents


async def test_what_a_stand_alone_runner_cannot_begin_is_refused_with_its_words(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, stand_alone_runner(broker, "pi") as runner:
        await system.sees("pi")
        runner.failure = "no camera"
        end = await system.spawn("sensor", node="pi")
        assert end.state == "failed"
        assert end.error == "Node pi refused sensor: setup: no camera"
        assert await system.agents() == {}


async def test_what_a_stand_alone_runner_gives_up_is_not_started_again_by_itself(broker, tmp_path):
    async with make_system(broker, tmp_path) as system, stand_alone_runner(broker, "pi") as runner:
        await system.sees("pi")
        await system.spawn("sensor", node="pi")
        runner.agents.clear()
        await runner.agent_beat("sensor", "failed")
        await until(lambda: system.monitor.fleet.registry.entries["sensor"].held)
        await asyncio.sleep(6)
        assert len(runner.spawned) == 1
        assert (await system.agents())["sensor"].actual == "failed"
        await system.manage("sensor", "start")
        assert len(runner.spawned) == 2
        await until(lambda: not system.monitor.fleet.registry.entries["sensor"].held)
