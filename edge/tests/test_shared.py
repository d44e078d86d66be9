"""The shared sandbox: many agents, one process."""

import asyncio

import pytest

from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused, TransportError
from wactorz_edge import shared
from wactorz_edge.ledger import Guest
from wactorz_edge.shared import SharedExecutor, recoded, sandbox_unit


class HostProcess:
    """Stands in for the process and notes its orders."""

    def __init__(self, supervisor, unit, address, unasked, arrived):
        self.unasked, self.arrived = unasked, arrived
        self.orders = []
        self.trouble = []
        self.is_wanted = False
        self.pid = 7

    def want(self):
        self.is_wanted = True

    async def order(self, order, timeout):
        self.is_wanted = True
        self.orders.append(order)
        if self.trouble:
            raise self.trouble.pop(0)
        return HostAnswer(event="exported", state={"a": 1})

    async def leave(self):
        self.orders.append("leave")

    async def end(self):
        self.orders.append("end")
        self.is_wanted = False

    def kill(self, reason):
        self.orders.append("kill")


class Keeper:
    def __init__(self):
        self.told = []

    def ended(self, name, reason, *, code=None, wished=False):
        self.told.append((name, reason, wished))

    def repaired(self, name, code):
        self.told.append((name, code))


@pytest.fixture
async def executor(monkeypatch, tmp_path):
    monkeypatch.setattr(shared, "HostProcess", HostProcess)
    monkeypatch.setattr(shared, "find_spec", lambda _: True)
    executor = SharedExecutor(None, sandbox_unit(tmp_path, {}), idle_seconds=0.01)
    executor.keeper = Keeper()
    executor.report_to(executor.keeper)
    return executor


def make(name="probe", **fields):
    spec = SpawnSpec(name=name, agent_id="id-1", **fields)
    return Guest(name, "id-1", spec, "digest", "shared"), HostOrder(op="host", name=name, spec=spec)


def orders(executor):
    return [item if isinstance(item, str) else (item.op, item.name) for item in executor._process.orders]


async def test_a_process_that_has_been_restarted_is_told_every_guest_again(executor):
    await executor.host(*make("one", initial_state={"a": 1}))
    await executor.host(*make("two"))
    executor._process.orders.clear()
    executor._process.arrived()
    await asyncio.sleep(0)
    assert orders(executor) == [("host", "one"), ("host", "two")]
    assert executor._process.orders[0].spec.initial_state is None, "a state is handed over once"


async def test_what_cannot_be_hosted_again_has_ended(executor):
    await executor.host(*make())
    executor._process.trouble = [Refused("its code is broken")]
    executor._process.arrived()
    await asyncio.sleep(0)
    assert executor.keeper.told == [("probe", "its code is broken", False)]
    assert executor.pid(make()[0]) == 0


async def test_what_was_refused_is_not_told_again_and_the_process_goes_when_it_is_idle(executor):
    executor._process.trouble = [Refused("its code is broken")]
    with pytest.raises(Refused):
        await executor.host(*make())
    await asyncio.sleep(0.05)
    assert orders(executor) == [("host", "probe"), "end"]


async def test_the_process_goes_with_the_last_guest_but_not_before(executor):
    guest, order = make()
    await executor.host(guest, order)
    await executor.host(*make("other"))
    await executor.drop(guest, delete=False, keep_topics=False)
    await asyncio.sleep(0.03)
    assert "end" not in orders(executor)
    await executor.drop(make("other")[0], delete=False, keep_topics=False)
    await executor.host(guest, order)
    await asyncio.sleep(0.03)
    assert "end" not in orders(executor), "a new guest keeps it"
    await executor.drop(guest, delete=False, keep_topics=False)
    await asyncio.sleep(0.03)
    assert orders(executor)[-1] == "end"


async def test_a_drop_that_cannot_be_told_matters_only_for_a_delete(executor):
    guest, order = make()
    await executor.drop(guest, delete=False, keep_topics=False)
    assert orders(executor) == [], "nothing is started in order to stop it"
    await executor.host(guest, order)
    executor._process.trouble = [TransportError("gone"), TransportError("gone")]
    await executor.drop(guest, delete=False, keep_topics=False)
    with pytest.raises(TransportError):
        await executor.drop(guest, delete=True, keep_topics=False)


async def test_ends_and_repairs_of_known_guests_are_passed_on(executor):
    await executor.host(*make(code="x = 1"))
    executor._process.unasked(HostAnswer(event="ended", name="stranger"))
    executor._process.unasked(HostAnswer(event="repaired", name="probe", code="x = 2"))
    assert executor._orders["probe"].spec.code == "x = 2"
    executor._process.unasked(HostAnswer(event="ended", name="probe", error="over", final=True))
    executor._process.unasked(HostAnswer(event="ended", name="probe", error="over", final=True))
    assert executor.keeper.told == [("probe", "x = 2"), ("probe", "over", True)]


async def test_the_process_is_only_looked_for_when_there_are_guests(executor):
    await executor.start([])
    assert not executor._process.is_wanted
    await executor.start([make()[0]])
    assert executor._process.is_wanted


async def test_state_is_exported_and_the_stream_let_go(executor):
    guest, order = make()
    await executor.host(guest, order)
    assert executor.pid(guest) == 7
    assert await executor.export(guest) == {"a": 1}
    await executor.stop()
    assert orders(executor)[-1] == "leave"


async def test_without_the_package_it_says_so(executor, monkeypatch):
    monkeypatch.setattr(shared, "find_spec", lambda _: None)
    with pytest.raises(Refused, match="not installed"):
        await executor.host(*make())


def test_the_unit_holds_no_start_up_and_no_secret(tmp_path):
    unit = sandbox_unit(tmp_path, {"PATH": "/bin"})
    assert not unit.essential
    assert unit.command[1:] == ("-m", "wactorz_dynamic_agent", "--control", f"{tmp_path}/sandbox.sock")
    assert unit.env == {"PATH": "/bin"}


def test_an_order_without_an_agent_has_no_code_to_change():
    order = HostOrder(op="drop", name="probe")
    assert recoded(order, "x") is order
