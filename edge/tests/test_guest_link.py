"""What the bus asks of the guests of a node."""

import asyncio
import json

import pytest

from wactorz_common.bus import Message
from wactorz_common.contracts.nodes import (
    NODE_MIGRATE_RESULT,
    NODE_SPAWN_ACK,
    NODE_STATE_RETURN,
    AgentNameRequest,
    MigrateRequest,
    StopAllRequest,
)
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused, TransportError
from wactorz_edge.admission import NodePolicy
from wactorz_edge.guest_link import GuestLink, fitting


class Bus:
    def __init__(self):
        self.sent = []

    def subscribe(self, *_, **__):
        pass

    async def publish(self, channel, payload, **params):
        self.sent.append((channel, payload, params))


class Gate:
    def __init__(self):
        self.open = True
        self.noted = []

    def admit(self, message):
        return self.open

    def note(self, message, reason):
        self.noted.append(reason)


class Guests:
    def __init__(self):
        self.asked = []
        self.trouble = None

    def __contains__(self, name):
        return name == "probe"

    async def spawn(self, spec):
        self.asked.append(("spawn", spec.name))
        if self.trouble:
            raise self.trouble

    async def halt(self, name, reason, *, delete, keep_topics):
        self.asked.append(("halt", name, delete, keep_topics))

    async def halt_all(self, reason):
        self.asked.append(("halt_all", reason))

    async def restart(self, name, reason):
        self.asked.append(("restart", name, reason))

    async def export(self, name):
        if name != "probe":
            raise Refused(f"{name} does not run on this node")
        return SpawnSpec(name="probe", code="x = 1"), {"small": 1, "large": "x" * 1_000_000}

    async def stop(self):
        self.asked.append(("stop",))


@pytest.fixture
async def link():
    link = GuestLink(Bus(), Guests(), Gate(), NodePolicy("local", 256))
    yield link
    await link.stop()


def make_message(payload):
    return Message(payload, "", {}, b"")


async def spawn(link, **fields):
    spec = SpawnSpec(**{"name": "probe", "agent_id": "id-1", "migration_token": "t1", **fields})
    await link._on_spawn(make_message(spec))
    await settle(link)
    return [payload for channel, payload, params in link._bus.sent if channel is NODE_SPAWN_ACK]


async def settle(link):
    while link._tasks:
        await asyncio.sleep(0)


async def test_what_is_genuine_is_spawned_and_acknowledged(link):
    [ack] = await spawn(link)
    assert (ack.agent, ack.node, ack.migration_token, ack.refused) == ("probe", "local", "t1", None)
    assert link.guests.asked == [("spawn", "probe")]


async def test_what_is_forged_is_neither_run_nor_answered(link):
    link.gate.open = False
    assert await spawn(link) == []
    assert link.guests.asked == []


async def test_what_the_policy_refuses_is_answered_and_written_down(link):
    [ack] = await spawn(link, agent_id="")
    assert (ack.refused, ack.temporary) == ("it has no id", False)
    assert link.gate.noted == ["it has no id"]
    assert link.guests.asked == []


@pytest.mark.parametrize(
    ("error", "temporary", "noted"),
    [
        (Refused("broken code"), False, ["broken code"]),
        (TransportError("no engine"), True, []),
        (OSError("full"), True, []),
    ],
)
async def test_what_fails_is_told_with_whether_it_can_pass(link, error, temporary, noted):
    link.guests.trouble = error
    [ack] = await spawn(link)
    assert (ack.refused, ack.temporary) == (str(error), temporary)
    assert link.gate.noted == noted


async def test_stop_and_restart_are_for_known_guests(link):
    assert link.halt(AgentNameRequest(name="probe", delete=True, keep_topics=True))
    assert link.restart(AgentNameRequest(name="probe", reason="silent"))
    assert not link.halt(AgentNameRequest(name="monitor"))
    assert not link.restart(AgentNameRequest(name="monitor"))
    await settle(link)
    assert link.guests.asked == [("halt", "probe", True, True), ("restart", "probe", "silent")]


async def test_stop_all_stops_every_guest_and_says_so(link):
    await link._on_stop_all(make_message(StopAllRequest(reason="removed")))
    await asyncio.wait_for(link.all_stopped.wait(), 5)
    assert link.guests.asked == [("halt_all", "removed")]


async def test_an_agent_is_handed_back_with_as_much_of_its_state_as_fits(link):
    await link._on_migrate(make_message(MigrateRequest(name="probe", target_node="@main", return_token="t1")))
    await settle(link)
    [(channel, answer, _)] = link._bus.sent
    assert channel is NODE_STATE_RETURN
    assert (answer.return_token, answer.config["code"], answer.refused) == ("t1", "x = 1", None)
    assert (answer.state, answer.state_keys_dropped) == ({"small": 1}, ("large",))
    assert ("halt", "probe", False, False) not in link.guests.asked


async def test_what_does_not_run_cannot_be_handed_back(link):
    await link._on_migrate(make_message(MigrateRequest(name="nobody", target_node="@main", return_token="t1")))
    await settle(link)
    [(_, answer, _)] = link._bus.sent
    assert "does not run" in answer.refused


async def test_a_node_moves_nothing_to_another_node_by_itself(link):
    await link._on_migrate(make_message(MigrateRequest(name="probe", target_node="garage")))
    [(channel, answer, _)] = link._bus.sent
    assert channel is NODE_MIGRATE_RESULT
    assert (answer.success, answer.to_node) == (False, "garage")
    assert "monitor" in answer.error


async def test_an_unforeseen_failure_is_logged_and_ends_nothing(link, monkeypatch):
    logged = []
    monkeypatch.setattr(link._log, "error", lambda text, **_: logged.append(text))
    link.guests.trouble = ZeroDivisionError()
    assert await spawn(link) == []
    assert logged == ["a request about a guest failed"]


def test_what_fits_is_kept():
    state = {"a": "x" * 10, "b": "x" * 50, "c": "x" * 30}
    assert fitting(state, 1000) == (state, ())
    assert fitting(state, 60) == ({"a": "x" * 10, "c": "x" * 30}, ("b",))
    kept, dropped = fitting(state, 0)
    assert (kept, dropped) == ({}, ("b", "c", "a"))
    assert json.dumps(kept) == "{}"
