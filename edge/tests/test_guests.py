"""The spawned agents of a node, with an executor that obeys the test."""

import asyncio

import pytest

from wactorz_common.bus import Broker
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused, TransportError
from wactorz_common.supervision import RestartPolicy
from wactorz_edge import guests as module
from wactorz_edge.executor import Logins
from wactorz_edge.guests import Guests
from wactorz_edge.ledger import Ledger


class Executor:
    """Notes what it is asked; `trouble` is raised by the next attempts to host."""

    def __init__(self):
        self.asked = []
        self.trouble = []
        self.alive = set()

    def report_to(self, keeper):
        self.keeper = keeper

    async def start(self, guests):
        self.asked.append(("start", *(guest.name for guest in guests)))

    async def host(self, guest, order):
        await asyncio.sleep(0)
        self.asked.append(("host", guest.name))
        self.order = order
        if self.trouble:
            raise self.trouble.pop(0)
        assert guest.name not in self.alive, "nothing runs twice"
        self.alive.add(guest.name)

    async def drop(self, guest, *, delete, keep_topics):
        self.asked.append(("drop", guest.name, delete, keep_topics))
        self.alive.discard(guest.name)

    async def export(self, guest):
        return {"name": guest.name}

    async def kill(self, guest):
        self.asked.append(("kill", guest.name))
        self.alive.discard(guest.name)

    def pid(self, guest):
        return 7 if guest.name in self.alive else 0

    async def stop(self):
        self.asked.append(("stop",))

    def end(self, name, **how):
        self.alive.discard(name)
        self.keeper.ended(name, "it crashed", **how)


class Node:
    """A node's guests and what is said of them."""

    def __init__(self, path):
        self.ledger = Ledger(path)
        self.executor = Executor()
        self.events = []
        self.guests = Guests(
            self.ledger, {"shared": self.executor}, lambda _: "shared", Logins(Broker("127.0.0.1", 1)),
            RestartPolicy(jitter=0, first_delay=0.01, longest_delay=0.01), "local",
        )  # fmt: skip
        self.guests.announce = lambda event: self.events.append((event.name, event.kind))

    def state(self, name="probe"):
        found = {item.name: item.state for item in self.guests.processes()}
        return found.get(name)

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.001)


@pytest.fixture
async def node(tmp_path):
    return Node(tmp_path / "node.db")


def make_spec(name="probe", **fields):
    return SpawnSpec(name=name, agent_id=f"id-{name}", **fields)


async def test_an_agent_is_taken_in_and_shown(node):
    await node.guests.spawn(make_spec())
    [shown] = node.guests.processes()
    assert (shown.name, shown.state, shown.pid, shown.executor) == ("probe", "running", 7, "shared")
    assert [guest.agent_id for guest in node.guests.running()] == ["id-probe"]
    assert node.events == [("probe", "started")]
    assert node.ledger.guests()[0].state == "running"


async def test_the_same_again_is_answered_without_a_restart_and_a_hundred_at_once_too(node):
    await asyncio.gather(*(node.guests.spawn(make_spec()) for _ in range(100)))
    assert node.executor.asked == [("host", "probe")]


async def test_a_running_name_is_only_replaced_on_demand(node):
    await node.guests.spawn(make_spec(code="x = 1"))
    await node.guests.spawn(make_spec(code="x = 2"))
    assert node.executor.order.spec.code == "x = 1"
    await node.guests.spawn(make_spec(code="x = 2", replace=True))
    assert node.executor.order.spec.code == "x = 2"
    assert node.executor.asked == [("host", "probe"), ("drop", "probe", False, False), ("host", "probe")]


async def test_one_that_moves_here_brings_its_state_once(node):
    await node.guests.spawn(make_spec(initial_state={"count": 3}, migration_token="t1"))
    assert node.executor.order.spec.initial_state == {"count": 3}
    assert node.ledger.guests()[0].spec.initial_state is None
    node.executor.end("probe")
    await node.until(lambda: node.state() == "running")
    assert node.executor.order.spec.initial_state is None


@pytest.mark.parametrize("error", [Refused("its code is broken"), TransportError("no engine")])
async def test_what_cannot_start_leaves_nothing(node, error):
    node.executor.trouble = [error]
    with pytest.raises(type(error)):
        await node.guests.spawn(make_spec())
    assert node.ledger.guests() == []
    assert "probe" not in node.guests


async def test_a_death_is_followed_by_a_restart_and_the_sixth_by_quarantine(node):
    await node.guests.spawn(make_spec())
    for _ in range(5):
        node.executor.end("probe")
        await node.until(lambda: node.state() == "running")
    node.executor.end("probe")
    assert node.state() == "quarantined"
    assert node.events[-2:] == [("probe", "died"), ("probe", "quarantined")]
    assert node.executor.asked.count(("host", "probe")) == 6
    with pytest.raises(Refused, match="quarantine"):
        await node.guests.spawn(make_spec())
    await node.guests.restart("probe", "a person")
    await node.until(lambda: node.state() == "running")


async def test_an_agent_may_want_fewer_restarts(node):
    await node.guests.spawn(make_spec(max_restarts=0))
    node.executor.end("probe")
    assert node.state() == "quarantined"


async def test_one_that_wished_to_end_stays_down(node):
    await node.guests.spawn(make_spec())
    node.executor.end("probe", wished=True)
    await asyncio.sleep(0.03)
    assert node.state() == "stopped"
    [shown] = node.guests.processes()
    assert (shown.state, shown.ended) == ("stopped", True), "the monitor does not bring it back"
    assert node.events[-1] == ("probe", "stopped")


async def test_an_executor_out_of_reach_is_waited_for_without_counting_deaths(node, monkeypatch):
    monkeypatch.setattr(module, "_FIRST_RETRY", 0.001)
    await node.guests.spawn(make_spec())
    node.executor.trouble = [TransportError("no engine")] * 8
    node.executor.end("probe")
    await node.until(lambda: node.state() == "running")
    assert len(node.ledger.guests()[0].deaths) == 1


async def test_a_stop_is_kept_and_a_delete_forgets(node):
    await node.guests.spawn(make_spec())
    await node.guests.halt("probe", "a person", delete=False, keep_topics=False)
    assert node.state() == "stopped"
    assert not node.guests.running()
    await node.guests.spawn(make_spec())
    assert node.state() == "running"
    await node.guests.halt("probe", "a person", delete=True, keep_topics=True)
    assert node.executor.asked[-1] == ("drop", "probe", True, True)
    assert node.ledger.guests() == []
    await node.guests.halt("nobody", "a person", delete=True, keep_topics=False)


async def test_a_stop_also_stops_what_is_about_to_be_restarted(node):
    await node.guests.spawn(make_spec())
    node.executor.trouble = [TransportError("no engine")] * 9
    node.executor.end("probe")
    await asyncio.sleep(0.01)
    await node.guests.halt("probe", "a person", delete=False, keep_topics=False)
    await asyncio.sleep(0.05)
    assert node.state() == "stopped"
    assert node.guests._reviving == {}


async def test_a_hung_one_is_killed_and_comes_back(node):
    await node.guests.spawn(make_spec())
    await node.guests.restart("probe", "it is silent")
    await node.until(lambda: node.state() == "running")
    assert node.executor.asked == [("host", "probe"), ("kill", "probe"), ("host", "probe")]
    assert [kind for _, kind in node.events] == ["started", "died", "started"]


async def test_after_the_death_of_the_runner_the_living_are_hosted_again(node, tmp_path):
    await node.guests.spawn(make_spec("one"))
    await node.guests.spawn(make_spec("two"))
    await node.guests.halt("two", "a person", delete=False, keep_topics=False)
    node.ledger.close()
    again = Node(tmp_path / "node.db")
    await again.guests.start()
    await again.until(lambda: again.state("one") == "running")
    assert again.executor.asked == [("start", "one"), ("host", "one")]
    assert again.state("two") == "stopped"


async def test_after_an_orderly_stop_they_wait_to_be_wanted_again(node, tmp_path):
    await node.guests.spawn(make_spec())
    await node.guests.stop()
    assert node.executor.asked[-2:] == [("drop", "probe", False, False), ("stop",)]
    with pytest.raises(TransportError, match="stopping"):
        await node.guests.spawn(make_spec("late"))
    node.ledger.close()
    again = Node(tmp_path / "node.db")
    await again.guests.start()
    await asyncio.sleep(0.01)
    assert again.executor.asked == [("start",)]
    assert again.state() is None
    await again.guests.spawn(make_spec())
    assert again.state() == "running"


async def test_repaired_code_is_kept_while_the_same_is_wanted(node):
    await node.guests.spawn(make_spec(code="x = 1"))
    node.guests.repaired("probe", "x = 2")
    await node.guests.halt("probe", "", delete=False, keep_topics=False)
    await node.guests.spawn(make_spec(code="x = 1"))
    assert node.executor.order.spec.code == "x = 2"
    await node.guests.halt("probe", "", delete=False, keep_topics=False)
    await node.guests.spawn(make_spec(code="x = 3"))
    assert node.executor.order.spec.code == "x = 3"


async def test_a_volume_belongs_to_the_agent_with_that_id(node):
    await node.guests.spawn(make_spec())
    guest = node.guests.running()[0]
    guest.volume = "v1"
    await node.guests.halt("probe", "", delete=False, keep_topics=False)
    await node.guests.spawn(make_spec())
    assert node.guests.running()[0].volume == "v1"
    await node.guests.halt("probe", "", delete=False, keep_topics=False)
    await node.guests.spawn(SpawnSpec(name="probe", agent_id="another"))
    assert node.guests.running()[0].volume == ""


async def test_only_what_runs_is_handed_over(node):
    await node.guests.spawn(make_spec(code="x = 1"))
    spec, state = await node.guests.export("probe")
    assert (spec.code, state) == ("x = 1", {"name": "probe"})
    with pytest.raises(Refused, match="does not run"):
        await node.guests.export("nobody")


async def test_a_guest_of_an_executor_that_is_gone_is_parked(node, tmp_path):
    await node.guests.spawn(make_spec())
    node.ledger.close()
    ledger = Ledger(tmp_path / "node.db")
    guests = Guests(ledger, {}, lambda _: "shared", Logins(Broker("x", 1)), RestartPolicy(), "local")
    await guests.start()
    assert ledger.guests()[0].state == "parked"
    assert list(guests.processes()) == []
    with pytest.raises(TransportError, match="no longer offers"):
        await guests.halt("probe", "", delete=True, keep_topics=False)
