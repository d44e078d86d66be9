"""What the monitor hears about spawned agents, and how it answers; without a broker."""

import time

import pytest

from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.lifecycle import AgentCommand, AgentError, Heartbeat
from wactorz_common.contracts.nodes import NodeAgents, NodeHeartbeat, ProcessInfo, SpawnAck
from wactorz_common.contracts.spawning import ApprovalQuery, SpawnSpec
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings

CODE = "async def process(agent):\n    pass\n"


@pytest.fixture
async def monitor(tmp_path, bench):
    bench.bus.connected.set()
    agent = MonitorAgent(MonitorSettings(state_dir=tmp_path, spawn_seconds=0.1), bench.bus, bench.store)
    await agent.on_start()
    yield agent
    for task in list(agent._background):
        task.cancel()


def message(payload, **params):
    return Message(payload, "", params, b"")


def pulse(node, *running, ours=True, **fields):
    if ours:
        processes = tuple(ProcessInfo(name=name, pid=1, state="running", executor="shared") for name in running)
        fields = {"processes": processes, "runtime": "node", **fields}
    return message(NodeHeartbeat(node=node, node_id="n", timestamp=0, agents=running, **fields), node=node)


def beat(name, actor_id="x", **fields):
    return message(Heartbeat(actor_id=actor_id, name=name, timestamp=0, state=fields.pop("state", "running"), **fields))


def task():
    return Task("t", "spawn", "monitor", "door", deadline_at=time.time() + 10)


async def spawn(monitor, **fields):
    return await monitor.on_spawn(SpawnSpec.accept({"name": "watcher", "code": CODE, **fields}), task())


async def test_names_of_protected_services_are_learned_from_their_heartbeats(monitor):
    await monitor.on_heartbeat(beat("billing", protected=True))
    await monitor.on_heartbeat(beat("theirs"))
    with pytest.raises(Refused, match="'billing' is the name of a service"):
        await spawn(monitor, name="billing")
    assert (await spawn(monitor, name="theirs")).status == "waiting"


async def test_nodes_are_known_again_after_a_restart(monitor, bench, tmp_path):
    await monitor.on_node(pulse("pi", ours=False))
    await monitor.on_node(pulse("den"))
    again = MonitorAgent(MonitorSettings(state_dir=tmp_path), bench.bus, bench.store)
    await again.on_start()
    nodes = (await again.on_list_nodes(Nothing(), task())).nodes
    assert [(one.node, one.online) for one in nodes] == [("local", False), ("den", False), ("pi", False)]
    assert [again.fleet.machine(name).is_ours for name in ("den", "pi")] == [True, False]


async def test_the_topic_says_whose_heartbeat_it_is(monitor):
    forged = message(NodeHeartbeat(node="local", node_id="n", timestamp=0, agents=("x",)), node="pi")
    await monitor.on_node(forged)
    assert monitor.fleet.machine("local").agents == frozenset()
    assert monitor.fleet.machine("pi").agents == {"x"}


async def test_a_stand_alone_runner_is_asked_for_its_agents_and_their_ids_are_kept(monitor, bench):
    await monitor.on_node(pulse("pi", ours=False))
    assert bench.bus.on("nodes/pi/list") == [{}]
    await monitor.on_node(pulse("pi", ours=False))
    assert bench.bus.on("nodes/pi/list") == [{}]
    await spawn(monitor, node="pi")
    listed = NodeAgents(node="pi", agents=({"name": "watcher", "actor_id": "uuid"}, {"name": 7}, {}), timestamp=0)
    await monitor.on_node_agents(message(listed, node="pi"))
    assert monitor.fleet.registry.entries["watcher"].ids[-1] == "uuid"


async def test_an_agent_on_a_stand_alone_runner_speaks_for_itself(monitor):
    await monitor.on_node(pulse("pi", ours=False))
    await spawn(monitor, node="pi")
    await monitor.on_heartbeat(beat("watcher", "uuid", node="elsewhere"))
    assert not monitor.fleet.registry.entries["watcher"].settled
    await monitor.on_heartbeat(beat("watcher", "uuid", node="pi"))
    entry = monitor.fleet.registry.entries["watcher"]
    assert (entry.settled, entry.heard_as) == (True, "uuid")
    await monitor.on_heartbeat(beat("watcher", "uuid", node="pi", state="failed"))
    assert monitor.fleet.registry.entries["watcher"].held
    await monitor.on_heartbeat(beat("watcher", "uuid", node="pi"))
    assert not monitor.fleet.registry.entries["watcher"].held


async def test_errors_at_the_start_count_as_a_refusal_only_there(monitor):
    await monitor.on_node(pulse("pi", ours=False))
    await monitor.on_node(pulse("local"))
    error = {"actor_id": "x", "error": "no camera", "fatal": True, "timestamp": 0}
    for name, node in (("a", "pi"), ("b", "local")):
        await spawn(monitor, name=name, node=node)
        await monitor.on_error(message(AgentError(name=name, phase="setup", **error)))
    entries = monitor.fleet.registry.entries
    assert (entries["a"].held, entries["a"].problem) == (True, "setup: no camera")
    assert not entries["b"].held


async def test_an_answer_of_a_node_settles_the_agent(monitor):
    await monitor.on_node(pulse("local"))
    await spawn(monitor)
    await monitor.on_spawn_ack(message(SpawnAck(agent="watcher", node="local", timestamp=0)))
    [report] = (await monitor.on_list_spawned(Nothing(), task())).agents
    assert report.actual == "waiting"
    await monitor.on_node(pulse("local", "watcher"))
    [report] = (await monitor.on_list_spawned(Nothing(), task())).agents
    assert report.actual == "running"


async def test_only_a_delete_command_for_a_spawned_agent_deletes(monitor):
    await spawn(monitor)
    agent_id = monitor.fleet.registry.entries["watcher"].agent_id
    for command, target in (("stop", agent_id), ("delete", "another")):
        await monitor.on_agent_command(message(AgentCommand(command=command), agent_id=target))
    assert not [one for one in monitor._background if "delete" in one.get_name()]
    await monitor.on_agent_command(message(AgentCommand(command="delete"), agent_id=agent_id))
    [deleting] = [one for one in monitor._background if "delete" in one.get_name()]
    await deleting
    assert monitor.fleet.registry.entries == {}


async def test_a_deleted_agent_is_missed_by_nobody(monitor, bench):
    await monitor.on_node(pulse("local", "watcher"))
    await spawn(monitor)
    await monitor.on_heartbeat(beat("watcher", "x"))
    assert "watcher" in bench.store.recall("desired")
    monitor.forget_agent("watcher")
    [noting] = [one for one in monitor._background if "gone" in one.get_name()]
    await noting
    assert "watcher" not in monitor._roster.by_name
    assert "watcher" not in bench.store.recall("desired")


async def test_spawn_messages_that_a_node_refused_are_audited(monitor):
    await monitor.on_node(pulse("local", signing_failures=3))
    await monitor.on_node(pulse("local", signing_failures=3))
    [row] = await monitor.audit.rows()
    assert (row["event"], row["by"], row["detail"]) == ("node refused spawn messages", "local", "3 so far")


async def test_a_halt_is_kept_and_ends(monitor):
    await monitor.on_halt(HaltRequest(halted=True, by="anna"), task())
    with pytest.raises(Refused, match="halted"):
        await spawn(monitor)
    await monitor.on_halt(HaltRequest(halted=False), task())
    assert (await spawn(monitor)).status == "waiting"


async def test_an_approval_that_nobody_answers_ends_and_is_audited(monitor):
    monitor.approvals._seconds = -1.0
    await spawn(monitor, install=["numpy"], _proposed_by="main")
    await monitor.expire_approvals()
    assert (await monitor.on_list_approvals(ApprovalQuery(), task())).approvals == ()
    [approval] = (await monitor.on_list_approvals(ApprovalQuery(all=True), task())).approvals
    assert approval.state == "expired"
    assert "approval expired" in {row["event"] for row in await monitor.audit.rows()}
