"""What browsers are told."""

import asyncio
import json

from wactorz_common.contracts.lifecycle import AgentAlert, AgentMetrics, AgentStatus, Heartbeat
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.hub import Hub
from wactorz_gateway.registry import ONLINE_SECONDS, Registry


class Screen:
    """A dashboard with one client, whose frames are looked at."""

    def __init__(self):
        self.registry = Registry()
        self.hub = Hub(lambda: 0.0)
        self.dashboard = Dashboard(self.registry, self.hub)
        self.client = self.hub.join()

    def hear(self, payload, agent_id, now):
        self.dashboard.changed(self.registry.apply(payload, agent_id, now), now)

    async def frames(self):
        found = []
        while True:
            try:
                found += await asyncio.wait_for(self.client.batch(), 0.005)
            except TimeoutError:
                return [json.loads(frame) for frame in found]


def beat(number=0, at=0.0, state="running"):
    return Heartbeat(
        actor_id=f"20260212T091530.{number:04d}Z-agent_{number}", name=f"agent-{number}", timestamp=at, state=state,
        memory_mb=10 + at % 3, progress=int(at),
    )  # fmt: skip


async def test_change_of_state_is_told_at_once_and_as_a_difference():
    screen = Screen()
    first = beat()
    screen.hear(first, first.actor_id, 100)
    assert [frame["type"] for frame in await screen.frames()] == ["patch"]
    screen.hear(beat(state="paused"), first.actor_id, 101)
    frame = (await screen.frames())[0]
    assert frame["event"] is None
    changed = frame["state"]["agents"][0]
    assert changed["state"] == "paused"
    assert "name" not in changed


async def test_telemetry_waits_for_the_tick_and_silence_is_told():
    screen = Screen()
    first = beat()
    screen.hear(first, first.actor_id, 100)
    await screen.frames()
    screen.hear(beat(at=1), first.actor_id, 101)
    assert await screen.frames() == []
    screen.dashboard.tick(101.5)
    assert (await screen.frames())[0]["state"]["agents"][0]["heartbeat"]["progress"] == 1
    screen.dashboard.tick(102 + ONLINE_SECONDS)
    assert (await screen.frames())[0]["state"]["agents"][0]["state"] == "late"


async def test_events_for_people_come_with_the_patch():
    screen = Screen()
    screen.hear(AgentAlert(actor_id="x", name="m", message="fire", severity="critical", timestamp=1), "x", 100)
    frame = (await screen.frames())[0]
    assert (frame["event"]["type"], frame["event"]["message"]) == ("alert", "fire")


async def test_deleted_agent_is_told():
    screen = Screen()
    first = beat()
    screen.hear(first, first.actor_id, 100)
    screen.registry.mark_deleting(first.actor_id)
    screen.hear(AgentStatus(actor_id=first.actor_id, name="agent-0", state="stopped"), first.actor_id, 101)
    assert (await screen.frames())[-1]["type"] == "delete_agent"


async def test_agent_that_gave_way_to_a_new_one_is_told():
    screen = Screen()
    first = beat()
    screen.hear(first, first.actor_id, 100)
    screen.hear(AgentStatus(actor_id=first.actor_id, name="agent-0", state="failed"), first.actor_id, 101)
    screen.hear(Heartbeat(actor_id="new", name="agent-0", timestamp=1, state="running"), "new", 102)
    screen.dashboard.tick(102.5)
    deleted = [frame["agent_id"] for frame in await screen.frames() if frame["type"] == "delete_agent"]
    assert deleted == [first.actor_id]


async def test_broker_messages_are_relayed_as_topic_and_payload():
    screen = Screen()
    screen.dashboard.relay("agents/x/heartbeat", beat(), 100, telemetry=True)
    frame = (await screen.frames())[0]
    assert frame["type"] == "server_event"
    assert frame["payload"]["name"] == "agent-0"


async def test_idle_dashboard_of_200_agents_stays_under_5_kib_per_second():
    screen = Screen()
    for number in range(200):
        first = beat(number)
        screen.hear(first, first.actor_id, 0)
    await screen.frames()
    size, seconds = 0, 60
    for second in range(1, seconds + 1):
        for number in range(second % 10, 200, 10):
            again = beat(number, second)
            metrics = AgentMetrics(actor_id=again.actor_id, uptime=second, messages_processed=second)
            for payload, kind in ((again, "heartbeat"), (metrics, "metrics")):
                screen.dashboard.relay(f"agents/{again.actor_id}/{kind}", payload, second, telemetry=True)
                screen.hear(payload, again.actor_id, second)
        for half in (0.0, 0.5):
            screen.dashboard.tick(second + half)
        size += sum(len(json.dumps(frame)) for frame in await screen.frames())
    assert size / seconds < 5 * 1024
    assert screen.dashboard.skipped > 0
    shown = [entry["last_update"] for entry in screen.dashboard._sent.values()]
    assert min(shown) > seconds - 35
