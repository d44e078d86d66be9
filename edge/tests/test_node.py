"""The runner on the bus, without a broker."""

import os
import time

import pytest

from wactorz_common.bus import Broker, Identity, Message
from wactorz_common.contracts.lifecycle import AgentState, Heartbeat
from wactorz_common.contracts.nodes import (
    NODE_AGENTS,
    NODE_EVENTS,
    NODE_HEARTBEAT,
    AgentNameRequest,
    ListRequest,
    NodeEvent,
)
from wactorz_edge.node import NodeLink
from wactorz_edge.process import Process
from wactorz_edge.record import ProcessRecord
from wactorz_edge.stack import Ready, Unit


class Supervisor:
    """Stands in for the real one and notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.announce = None
        self.processes = {
            "broker": Process(Unit("broker", Ready("mqtt")), ProcessRecord("broker", pid=os.getpid(), state="running")),
            "monitor": Process(Unit("monitor", Ready("heartbeat")), ProcessRecord("monitor", pid=7, state="running")),
            "llm": Process(Unit("llm", Ready("heartbeat")), ProcessRecord("llm", restarts=2, state="quarantined")),
        }
        for name in ("main", "planner"):
            self.processes[name] = Process(Unit(name, Ready("mqtt")), ProcessRecord(name, pid=8, state="running"))
            self.processes[name].watch = object()
        for name in ("broker", "monitor"):
            self.processes[name].watch = object()
            self.processes[name].ready.set()

    def restart(self, name, reason):
        self.asked.append(("restart", name, reason))
        return name in self.processes

    def stop_one(self, name, reason):
        self.asked.append(("stop", name, reason))
        return name in self.processes

    def mark_ready(self, name, pid):
        self.asked.append(("ready", name, pid))


@pytest.fixture
async def link(monkeypatch):
    link = NodeLink(Supervisor(), Identity("local", "id-node", 1, "client"), Broker("127.0.0.1", 1), 10)
    sent = []

    async def publish(channel, payload, **params):
        sent.append((channel, payload, params))

    monkeypatch.setattr(link._bus, "publish", publish)
    link.sent = sent
    return link


def make_message(payload):
    return Message(payload, "", {}, b"")


def make_beat(name, pid=7, state=AgentState.RUNNING, node=""):
    return Heartbeat(actor_id=f"id-{name}", name=name, timestamp=0, state=state, pid=pid, node=node)


async def test_the_pulse_tells_of_every_process(link):
    await link._publish_pulse("online")
    [(channel, pulse, params)] = link.sent
    assert channel is NODE_HEARTBEAT
    assert params == {"node": "local"}
    assert (pulse.agents, pulse.agent_count, pulse.pid, pulse.broker) == (("monitor",), 1, os.getpid(), "127.0.0.1:1")
    shown = {item.name: (item.state, item.restarts) for item in pulse.processes}
    assert shown["monitor"] == ("running", 0)
    assert shown["llm"] == ("quarantined", 2)
    assert pulse.processes[0].memory_mb > 1


@pytest.mark.parametrize(
    ("state", "node", "ready"),
    [
        (AgentState.RUNNING, "", True),
        (AgentState.PAUSED, "local", True),
        (AgentState.CREATED, "", False),
        (AgentState.FAILED, "", False),
        (AgentState.RUNNING, "garage", False),
    ],
)
async def test_a_heartbeat_of_this_node_says_that_a_process_serves(link, state, node, ready):
    await link._on_heartbeat(make_message(make_beat("monitor", state=state, node=node)))
    assert (("ready", "monitor", 7) in link._supervisor.asked) is ready


async def test_agents_of_others_are_not_remembered(link):
    await link._on_heartbeat(make_message(make_beat("camera")))
    assert link._seen == {}


async def test_requests_are_passed_on(link):
    await link._on_restart(make_message(AgentNameRequest(name="llm", reason="silent")))
    await link._on_stop(make_message(AgentNameRequest(name="nobody", reason="a person")))
    assert link._supervisor.asked == [("restart", "llm", "silent"), ("stop", "nobody", "a person")]


async def test_a_list_names_the_agents_that_were_heard(link):
    await link._on_heartbeat(make_message(make_beat("monitor")))
    await link._on_list(make_message(ListRequest()))
    [(channel, answer, _)] = link.sent
    assert channel is NODE_AGENTS
    assert answer.agents == ({"name": "monitor", "actor_id": "id-monitor"},)


async def test_events_wait_for_the_broker_and_do_not_block_the_supervisor(link):
    event = NodeEvent(node="local", name="llm", kind="died", timestamp=0)
    link._announce(event)
    assert link.sent == []
    assert link._changed.is_set()
    assert link._events.get_nowait() is event
    assert NODE_EVENTS.topic(node="local") == "nodes/local/events"


async def test_a_silent_monitor_among_speaking_agents_is_restarted(link):
    now = time.monotonic()
    link._bus.connected.set()
    link._seen = {"1": ("monitor", now - 30), "2": ("main", now), "3": ("planner", now), "4": ("llm", now - 99)}
    link.look_at_watchdog()
    link.look_at_watchdog()
    assert link._supervisor.asked == [("restart", "monitor", "its work loop is silent")]


async def test_a_single_beat_in_its_name_does_not_make_the_monitor_silent(link):
    now = time.monotonic()
    link._bus.connected.set()
    link._seen = {"1": ("monitor", now), "forged": ("monitor", now - 30), "2": ("main", now), "3": ("planner", now)}
    link.look_at_watchdog()
    assert link._supervisor.asked == []


async def test_a_monitor_that_is_silent_like_all_others_is_left_alone(link):
    now = time.monotonic()
    link._bus.connected.set()
    link._seen = {"1": ("monitor", now - 30), "2": ("main", now - 30), "3": ("planner", now)}
    link.look_at_watchdog()
    assert link._supervisor.asked == []


async def test_after_a_reconnection_all_clocks_begin_anew(link):
    now = time.monotonic()
    link._bus.connected.set()
    link._seen = {"1": ("monitor", now - 30), "2": ("main", now), "3": ("planner", now)}
    link._begin_anew()
    link.look_at_watchdog()
    assert link._supervisor.asked == []


async def test_who_hears_nobody_judges_nobody(link):
    now = time.monotonic()
    link._bus.connected.set()
    link._seen = {"1": ("monitor", now - 23), "2": ("main", now - 13), "3": ("planner", now - 12)}
    link.look_at_watchdog()
    assert link._supervisor.asked == []


async def test_without_a_broker_nobody_is_judged(link):
    now = time.monotonic()
    link._seen = {"1": ("monitor", now - 30), "2": ("main", now), "3": ("planner", now)}
    link.look_at_watchdog()
    assert link._supervisor.asked == []
