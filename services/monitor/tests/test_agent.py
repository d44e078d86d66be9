"""The monitor's reactions, without a broker."""

import asyncio
import time

import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.lifecycle import ALERT, AgentState, Heartbeat
from wactorz_common.contracts.nodes import NODE_RESTART_AGENT, NodeEvent, NodeHeartbeat, ProcessInfo
from wactorz_common.contracts.system import HEALTH
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings


class RecordingBus(Bus):
    """A bus that keeps what would be sent."""

    def __init__(self):
        super().__init__(Identity("monitor", "id-monitor", 1, "client"), Broker("nowhere", 1), None)
        self.sent = []

    async def publish(self, channel, payload, *, expiry=None, headers=None, **params):
        self.sent.append((channel, payload, params))

    def on(self, channel):
        return [(payload, params) for sent, payload, params in self.sent if sent is channel]


@pytest.fixture
async def monitor(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    agent = MonitorAgent(MonitorSettings(state_dir=tmp_path), RecordingBus(), store)
    agent.bus.connected.set()
    await agent.on_start()
    yield agent
    await store.close()


def make_message(payload):
    return Message(payload, "", {}, b"")


async def hear(monitor, *names, state=AgentState.RUNNING):
    for name in names:
        beat = Heartbeat(actor_id=f"id-{name}", name=name, timestamp=0, state=state)
        await monitor.on_heartbeat(make_message(beat))
    processes = tuple(ProcessInfo(name=name, pid=1, state="running") for name in names)
    await monitor.on_node(make_message(NodeHeartbeat(node="local", node_id="n", timestamp=0, processes=processes)))


def silence(monitor, name, seconds=30):
    monitor._roster.by_name[name].last_seen = time.monotonic() - seconds


async def test_a_hang_is_told_to_the_runner_and_to_people(monitor):
    await hear(monitor, "llm", "main", "planner")
    silence(monitor, "llm")
    await monitor.look()
    await monitor.look()
    [(request, params)] = monitor.bus.on(NODE_RESTART_AGENT)
    assert (request.name, params) == ("llm", {"node": "local"})
    [(alert, params)] = monitor.bus.on(ALERT)
    assert (alert.name, params) == ("llm", {"agent_id": "id-llm"})
    assert "hangs" in alert.message


async def test_nothing_is_judged_without_a_broker_or_after_being_held_up(monitor):
    await hear(monitor, "llm", "main", "planner")
    silence(monitor, "llm")
    monitor.bus.connected.clear()
    await monitor.look()
    monitor.bus.connected.set()
    monitor._looked_at -= 60
    await monitor.look()
    await monitor.look()
    assert monitor.bus.on(NODE_RESTART_AGENT) == []


async def test_silence_during_an_outage_is_forgiven(monitor):
    await hear(monitor, "llm", "main", "planner")
    silence(monitor, "llm")
    for callback in monitor.bus.on_connected:
        callback()
    await monitor.look()
    assert monitor.bus.on(NODE_RESTART_AGENT) == []


async def test_most_agents_silent_is_reported_once_and_restarts_nobody(monitor):
    await hear(monitor, "llm", "main", "planner")
    for name in ("llm", "main"):
        silence(monitor, name)
    await monitor.look()
    await monitor.look()
    assert monitor.bus.on(NODE_RESTART_AGENT) == []
    [(alert, _)] = monitor.bus.on(ALERT)
    assert "2 of 3 agents are silent at once" in alert.message


async def test_a_quarantine_is_told_with_what_to_do_and_kept(monitor):
    await hear(monitor, "llm")
    event = NodeEvent(node="local", name="llm", kind="quarantined", deaths=6, timestamp=0)
    await monitor.on_node_event(make_message(event))
    [(alert, params)] = monitor.bus.on(ALERT)
    assert params == {"agent_id": "id-llm"}
    assert alert.severity == "critical"
    assert "wactorz logs llm" in alert.message
    assert monitor.recall("desired")["llm"]["wish"] == "quarantined"


async def test_a_persons_stop_is_kept(monitor):
    await hear(monitor, "llm")
    await hear(monitor, "llm", state=AgentState.STOPPED)
    assert monitor.recall("desired")["llm"]["wish"] == "stopped"


async def test_health_is_published_after_a_change_but_not_for_each(monitor):
    await hear(monitor, "llm", "main")
    await monitor.look()
    await hear(monitor, "planner")
    await monitor.look()
    [(health, _)] = monitor.bus.on(HEALTH)
    assert health.running == 2
    monitor._published_at -= 1.1
    await monitor.look()
    assert [health.running for health, _ in monitor.bus.on(HEALTH)] == [2, 3]


async def test_a_silent_node_is_reported_and_its_return_too(monitor):
    await hear(monitor, "llm")
    monitor._roster.nodes["local"] -= 60
    await monitor.look()
    await monitor.look()
    await hear(monitor, "llm")
    messages = [alert.message for alert, _ in monitor.bus.on(ALERT)]
    assert messages == ["Node local is silent: nobody restarts what dies there", "Node local is back"]


async def test_it_answers_people_with_the_health_of_the_whole(monitor):
    await hear(monitor, "llm", "main")
    answer = await monitor.on_chat(ChatRequest(text="status"), Task("t", "chat", "monitor"))
    assert answer.text == "All 2 agents are running."
    assert answer.source == "rules"


class FakeContainers:
    """Stands for the containers of the project."""

    name = "docker"

    def __init__(self):
        self.restarted = []
        self.paused = []

    def is_mine(self, name):
        return name == "llm"

    async def restart(self, name, reason):
        self.restarted.append((name, reason))
        return True

    async def release(self, name, reason):
        return await self.restart(name, reason)

    def hung(self, _heard):
        return self.paused


@pytest.fixture
async def contained(monitor):
    monitor._containers = FakeContainers()
    beats = [Heartbeat(actor_id=f"id-{n}", name=n, timestamp=0, state="running") for n in ("llm", "main", "planner")]
    for beat in beats:
        await monitor.on_heartbeat(make_message(beat))
    processes = tuple(ProcessInfo(name=beat.name, pid=0, state="running") for beat in beats)
    await monitor.on_node(make_message(NodeHeartbeat(node="docker", node_id="n", timestamp=0, processes=processes)))
    return monitor


async def test_a_hung_container_is_restarted_from_here(contained):
    silence(contained, "llm")
    await contained.look()
    await asyncio.sleep(0)
    [(name, reason)] = contained._containers.restarted
    assert (name, reason) == ("llm", "its work loop has been silent for 30 s")
    assert contained.bus.on(NODE_RESTART_AGENT) == []
    [(alert, _)] = contained.bus.on(ALERT)
    assert "hangs" in alert.message


async def test_a_paused_container_is_restarted_while_not_everybody_is_silent(contained):
    contained._containers.paused = [("planner", "it has been paused for 22 s")]
    for name in ("llm", "main"):
        silence(contained, name)
    await contained.look()
    await asyncio.sleep(0)
    assert contained._containers.restarted == []
    contained._roster.forgive(time.monotonic())
    await contained.look()
    await asyncio.sleep(0)
    assert contained._containers.restarted == contained._containers.paused


async def test_the_quarantine_of_a_container_names_the_commands_of_compose(contained):
    event = NodeEvent(node="docker", name="llm", kind="quarantined", deaths=6, timestamp=0)
    await contained._note_event(event)
    await contained.on_node_event(make_message(event))
    [(alert, _)] = contained.bus.on(ALERT)
    assert "`docker compose logs llm`" in alert.message
    assert "`docker compose start llm`" in alert.message
    answer = await contained.on_chat(ChatRequest(text="status"), Task("t", "chat", "monitor"))
    assert "`docker compose logs NAME`" in answer.text
    assert await contained.release("llm", "person")
    assert contained._containers.restarted == [("llm", "released by person")]
