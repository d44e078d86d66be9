"""Who may be controlled, and in which state."""

from types import SimpleNamespace

import pytest

from wactorz_common.contracts.lifecycle import AgentStatus
from wactorz_common.contracts.spawning import Done, SpawnedAgent, SpawnedAgents
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, TransportError
from wactorz_common.tasks import TaskEnd
from wactorz_gateway.actor import Agent
from wactorz_gateway.control import PROGRESS, Going, control, refusal
from wactorz_gateway.registry import Registry


@pytest.mark.parametrize(
    ("command", "state", "protected", "essential", "status"),
    [
        ("pause", "running", False, False, None),
        ("pause", "running", True, False, None),
        ("pause", "running", True, True, 403),
        ("pause", "paused", False, False, 409),
        ("pause", "failed", False, False, 409),
        ("pause", "unreachable", False, False, 409),
        ("resume", "paused", True, True, None),
        ("resume", "running", False, False, 409),
        ("stop", "running", True, True, 403),
        ("stop", "paused", True, False, None),
        ("start", "stopped", False, False, None),
        ("start", "running", False, False, 409),
        ("delete", "running", True, False, 403),
        ("delete", "failed", True, True, 403),
        ("delete", "running", False, False, None),
        ("delete", "unreachable", False, False, None),
    ],
)
def test_refusals(command, state, protected, essential, status):
    agent = Agent("i", "lamp", 0, 0, protected=protected, essential=essential)
    refused = refusal(agent, state, command)
    assert (refused.status if refused else None) == status
    if refused:
        assert "lamp" in refused.detail


def parts_with(bus, *agents):
    registry = Registry()
    for agent in agents:
        registry.agents[agent.agent_id] = agent
    dashboard = SimpleNamespace(changed=lambda change, now: None)
    return SimpleNamespace(registry=registry, backend=bus, dashboard=dashboard, now=lambda: 10.0)


def make(name="lamp", **values):
    return Agent(name + "-id", name, 0, 10, **{"state": "running", "heartbeat": {"name": name}, **values})


def kept(*names):
    rows = [
        SpawnedAgent(name=name, agent_id=name, type="dynamic", node="local", wanted="running", actual="running",
                     created_at=1, updated_at=1) for name in names
    ]  # fmt: skip
    return SpawnedAgents(agents=tuple(rows))


class FakeBus:
    def __init__(self, listed=None):
        self.listed, self.commands, self.managed = listed, [], []
        self.end = (TaskState.DONE, Done(text="lamp is gone."), None)

    async def wait_connected(self, _seconds):
        return None

    async def ask(self, _operation, _request, *, to=None, timeout=None):
        if self.listed is None:
            raise AskTimeout("no answer")
        return self.listed

    async def submit(self, operation, request, *, to=None, task_id=""):
        self.managed.append((operation.action, request.name, request.command, request.by, task_id))
        return TaskEnd(task_id, self.end[0], {}, self.end[2], self.end[1])

    async def command(self, agent_id, command):
        self.commands.append((agent_id, command))


@pytest.mark.parametrize("wish", ["start", "stop", "delete", "restart"])
async def test_a_spawned_agent_is_the_monitor_s(wish):
    bus = FakeBus(kept("lamp"))
    parts = parts_with(bus, make())
    for key in ("lamp", "lamp-id"):
        assert await control(parts, key, wish, by="me", task_id="t") == Going(PROGRESS[wish], "lamp is gone.")
        assert bus.managed.pop() == ("manage_agent", "lamp", wish, "me", "t")
    assert bus.commands == []


async def test_a_spawned_agent_that_was_never_heard_is_the_monitor_s():
    bus = FakeBus(kept("lamp"))
    assert isinstance(await control(parts_with(bus), "lamp", "delete"), Going)
    assert bus.managed[0][1:3] == ("lamp", "delete")


async def test_pause_and_resume_are_told_to_the_agent_itself():
    bus = FakeBus(kept("lamp"))
    assert (await control(parts_with(bus, make()), "lamp", "pause")).status == "pausing"
    assert (await control(parts_with(bus, make(state="paused")), "lamp", "resume")).status == "resuming"
    assert bus.commands == [("lamp-id", "pause"), ("lamp-id", "resume")]
    assert (await control(parts_with(bus), "lamp", "pause")).status == 404


async def test_shipped_agents_do_not_need_the_monitor():
    bus = FakeBus()
    parts = parts_with(bus, make(protected=True))
    assert (await control(parts, "lamp", "stop")).status == "stopping"
    assert (await control(parts, "lamp", "delete")).status == 403
    assert bus.commands == [("lamp-id", "stop")]


@pytest.mark.parametrize("state", ["failed", "stopped"])
async def test_a_service_in_quarantine_is_started_by_the_monitor(state):
    bus = FakeBus()
    parts = parts_with(bus, make(protected=True, state=state, verdict="quarantined"))
    assert (await control(parts, "lamp", "start")).status == "starting"
    assert bus.managed[0][1:3] == ("lamp", "start")


async def test_without_the_monitor_nothing_is_done_to_what_it_may_keep():
    bus = FakeBus()
    for parts in (parts_with(bus), parts_with(bus, make(agent_type="dynamic"))):
        with pytest.raises(TransportError, match="monitor"):
            await control(parts, "lamp", "delete")
    assert (await control(parts_with(bus, make()), "lamp", "delete")).status == "deleting"
    assert bus.commands == [("lamp-id", "delete")]


async def test_unknown_agents():
    bus = FakeBus(kept("other"))
    assert (await control(parts_with(bus), "lamp", "delete")).status == 404


@pytest.mark.parametrize(
    ("end", "status"), [((TaskState.FAILED, None, "lamp is protected"), 409), ((TaskState.UNKNOWN, None, None), 504)]
)
async def test_the_monitor_s_refusal_is_passed_on(end, status):
    bus = FakeBus(kept("lamp"))
    bus.end = end
    refused = await control(parts_with(bus, make()), "lamp", "stop")
    assert refused.status == status
    assert (end[2] or "monitor") in refused.detail


async def test_a_deleted_agent_leaves_the_list_when_it_is_gone():
    bus = FakeBus(kept("lamp"))
    gone = parts_with(bus, make(state="stopped"))
    await control(gone, "lamp", "delete")
    assert gone.registry.agents == {}
    living = parts_with(bus, make())
    await control(living, "lamp", "delete")
    status = AgentStatus(actor_id="lamp-id", name="lamp", state="stopped")
    assert living.registry.apply(status, "lamp-id", 11).removed


async def test_an_agent_that_has_yet_to_say_whether_it_is_protected_is_not_deleted():
    bus = FakeBus(kept())
    refused = await control(parts_with(bus, make(heartbeat={})), "lamp", "delete")
    assert (refused.status, bus.commands) == (409, [])
    old = parts_with(bus, make(heartbeat={}))
    old.now = lambda: 60.0
    assert (await control(old, "lamp", "delete")).status == "deleting"
