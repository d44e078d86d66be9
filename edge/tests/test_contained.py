"""Agents in containers, with an engine in memory and hosts that obey."""

import asyncio
import json

import pytest

from wactorz_common.contracts.hosting import HostOrder
from wactorz_common.contracts.spawning import Limits, SpawnSpec
from wactorz_common.errors import Refused, TransportError
from wactorz_edge import contained, warm_pool
from wactorz_edge.contained import ContainerExecutor, fits_slot
from wactorz_edge.container_engine import Container, Place
from wactorz_edge.ledger import Guest
from wactorz_edge.warm_pool import WarmPool


class Pipe:
    """The host in one container; `words` is what it says next."""

    def __init__(self, engine, container):
        self.engine, self.container = engine, container
        self.words = asyncio.Queue()

    async def read(self):
        return await self.words.get()

    async def write(self, data):
        order = json.loads(data)
        self.engine.orders.append((order["op"], order["name"], self.container))
        events = {"host": "hosted", "drop": "dropped", "export": "exported"}
        refusal = self.engine.refusals.pop(0) if self.engine.refusals else None
        answer = {"event": "refused" if refusal else events[order["op"]], "id": order["id"], "error": refusal}
        self.words.put_nowait(json.dumps(answer).encode() + b"\n")

    async def close(self):
        pass


class Engine:
    """Containers as a table."""

    def __init__(self):
        self.place = Place("http://x", "house", "local", "guest:1")
        self.containers = {}
        self.volumes = set()
        self.made = {}
        self.pipes = {}
        self.orders = []
        self.refusals = []
        self.trouble = []
        self.closed = False

    def _check(self):
        if self.trouble:
            raise self.trouble.pop(0)

    async def make(self, kind, of, volume, limits, labels):
        self._check()
        number = f"c{len(self.orders) + len(self.containers)}-{of}"
        self.volumes.add(volume)
        self.made[of] = labels
        self.containers[number] = Container(number, self.place.name(kind, of), False, volume=volume)
        return number

    def change(self, number, **fields):
        self.containers[number] = Container(**{**self.containers[number].__dict__, **fields})

    async def attach(self, container):
        self._check()
        pipe = self.pipes[container] = Pipe(self, container)
        return pipe

    async def start(self, container):
        self.change(container, running=True)
        self.pipes[container].words.put_nowait(b'{"event": "ready"}\n')

    async def rename(self, container, name):
        self.change(container, name=name)

    async def remove(self, container):
        self.containers.pop(container, None)

    async def remove_volume(self, volume):
        self.volumes.discard(volume)

    async def show(self, container):
        self._check()
        return self.containers.get(container)

    async def all(self):
        self._check()
        return list(self.containers.values())

    async def close(self):
        self.closed = True

    def die(self, container, **fields):
        self.change(container, running=False, **fields)
        self.pipes[container].words.put_nowait(b"")


class Keeper:
    def __init__(self):
        self.told = []

    def ended(self, name, reason, *, code=None, wished=False):
        self.told.append((name, reason, code))

    def repaired(self, name, code):
        self.told.append((name, code))


class Rig:
    def __init__(self, slots=0, engine=None):
        self.engine = engine or Engine()
        self.pool = WarmPool(self.engine, slots)
        self.saved = []
        self.keeper = Keeper()
        self.executor = ContainerExecutor(
            self.engine, self.pool, lambda guest: self.saved.append((guest.container, guest.volume))
        )
        self.executor.report_to(self.keeper)

    async def begin(self, *guests):
        await self.executor.start(list(guests))
        await self.until(self.executor._tidied.is_set)
        await self.until(lambda: len(self.pool._slots) == self.pool._size)
        return self

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0)


def make(name="probe", **fields):
    spec = SpawnSpec(name=name, agent_id="id-1", **fields)
    return Guest(name, "id-1", spec, "digest", "docker"), HostOrder(op="host", name=name, spec=spec)


@pytest.fixture
async def rigs(monkeypatch):
    monkeypatch.setattr(contained, "_LOOK_AGAIN", 0.001)
    monkeypatch.setattr(warm_pool, "_FIRST_PAUSE", 0.001)
    made = []

    def new(*arguments, **fields):
        made.append(Rig(*arguments, **fields))
        return made[-1]

    yield new
    for rig in made:
        await rig.executor.stop()


async def test_a_new_agent_gets_a_container_and_a_volume_that_are_written_down_first(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    [container] = rig.engine.containers.values()
    assert (container.name, container.running, container.volume) == ("house-agent-probe", True, guest.volume)
    assert rig.saved == [("", guest.volume), (guest.container, guest.volume)]
    await rig.executor.host(guest, order)
    assert rig.engine.orders == [("host", "probe", guest.container)] * 2
    assert len(rig.engine.containers) == 1


async def test_a_warm_container_is_given_out_renamed_and_another_one_made(rigs):
    rig = await rigs(slots=1).begin()
    [warm] = rig.engine.containers
    guest, order = make()
    await rig.executor.host(guest, order)
    assert guest.container == warm
    assert rig.engine.containers[warm].name == "house-agent-probe"
    assert rig.saved == [(warm, guest.volume)]
    await rig.until(lambda: len(rig.engine.containers) == 2)


@pytest.mark.parametrize("limits", [{"memory_mb": 256}, {"cpu": 1.0}])
async def test_larger_agents_and_those_with_a_volume_get_a_container_of_their_own(rigs, limits):
    rig = await rigs(slots=1).begin()
    guest, order = make(limits=limits)
    await rig.executor.host(guest, order)
    other, order = make("other")
    other.volume = "house-guest-old"
    await rig.executor.host(other, order)
    assert other.volume == "house-guest-old"
    names = sorted(found.name for found in rig.engine.containers.values())
    assert names[:2] == ["house-agent-other", "house-agent-probe"]
    assert rig.engine.place.is_slot(names[2])


async def test_a_stop_removes_the_container_and_a_delete_the_volume_too(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    volume = guest.volume
    await rig.executor.drop(guest, delete=False, keep_topics=False)
    assert rig.engine.containers == {}
    assert rig.engine.volumes == {volume}
    assert rig.saved[-1] == ("", volume)
    await rig.executor.host(guest, order)
    await rig.executor.drop(guest, delete=True, keep_topics=False)
    assert rig.engine.volumes == set()
    assert rig.keeper.told == []


async def test_a_dead_container_is_told_and_started_again(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    rig.engine.die(guest.container, exit_code=137, out_of_memory=True)
    await rig.until(lambda: rig.keeper.told)
    assert rig.keeper.told == [("probe", "its memory ran out", 137)]
    await rig.executor.host(guest, order)
    assert rig.engine.containers[guest.container].running
    assert len(rig.engine.containers) == 1


async def test_a_removed_container_is_told_and_made_anew_with_its_volume(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    before, volume = guest.container, guest.volume
    pipe = rig.engine.pipes[before]
    del rig.engine.containers[before]
    pipe.words.put_nowait(b"")
    await rig.until(lambda: rig.keeper.told)
    assert rig.keeper.told == [("probe", "its container was removed", None)]
    await rig.executor.host(guest, order)
    assert rig.engine.containers[guest.container].volume == volume


async def test_a_broken_way_to_a_living_container_is_no_death(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    rig.engine.trouble = [TransportError("the proxy restarts")] * 3
    rig.engine.pipes[guest.container].words.put_nowait(b"")
    await rig.until(lambda: len(rig.engine.orders) == 2)
    assert rig.engine.orders == [("host", "probe", guest.container)] * 2
    assert rig.keeper.told == []
    await rig.until(lambda: rig.executor._berths["probe"].watching is not None)


async def test_what_is_refused_leaves_no_container(rigs):
    rig = await rigs().begin()
    rig.engine.refusals = ["its code is broken"]
    guest, order = make()
    with pytest.raises(Refused, match="broken"):
        await rig.executor.host(guest, order)
    assert rig.engine.containers == {}
    assert guest.container == ""


async def test_a_hung_agent_loses_its_container_at_once(rigs):
    rig = await rigs().begin()
    guest, order = make()
    await rig.executor.host(guest, order)
    await rig.executor.kill(guest)
    assert rig.engine.containers == {}
    assert rig.engine.orders == [("host", "probe", rig.saved[1][0])], "it is not asked"
    assert await asyncio.sleep(0, rig.keeper.told) == []


async def test_after_the_death_of_the_runner_everything_is_found_again(rigs):
    before = await rigs(slots=1).begin()
    guest, order = make()
    await before.executor.host(guest, order)
    await before.until(lambda: len(before.pool._slots) == 1)
    orphan = await before.engine.make("agent", "orphan", "house-guest-orphan", Limits(), {})
    after = await rigs(slots=1, engine=before.engine).begin(guest)
    assert orphan not in after.engine.containers
    assert "house-guest-orphan" in after.engine.volumes, "what an agent has kept is not thrown away unasked"
    assert len(after.engine.containers) == 2, "the slot is still one"
    await after.executor.host(guest, order)
    assert after.engine.orders[-1] == ("host", "probe", guest.container)
    assert len(after.engine.containers) == 2


async def test_one_killed_between_giving_out_and_renaming_is_renamed_later(rigs):
    rig = rigs()
    guest, order = make()
    guest.container = await rig.engine.make("slot", "77", "house-guest-77", Limits(), {})
    guest.volume = "house-guest-77"
    await rig.begin(guest)
    await rig.executor.host(guest, order)
    [container] = rig.engine.containers.values()
    assert (container.name, container.running) == ("house-agent-probe", True)


async def test_nothing_is_made_while_it_is_unknown_what_there_is(rigs, monkeypatch):
    monkeypatch.setattr(contained, "_TIDY_SECONDS", 0.02)
    rig = rigs()
    rig.engine.trouble = [TransportError("no engine")] * 1000
    await rig.executor.start([])
    with pytest.raises(TransportError, match="no engine"):
        await rig.executor.host(*make())
    assert rig.engine.containers == {}


async def test_an_orderly_stop_removes_what_is_idle(rigs):
    rig = await rigs(slots=2).begin()
    await rig.executor.stop()
    assert rig.engine.containers == {}
    assert rig.engine.volumes == set()
    assert rig.engine.closed


async def test_state_comes_from_a_running_agent_only(rigs):
    rig = await rigs().begin()
    guest, order = make()
    with pytest.raises(TransportError, match="does not run"):
        await rig.executor.export(guest)
    await rig.executor.host(guest, order)
    assert await rig.executor.export(guest) == {}
    assert rig.executor.pid(guest) == 0


def test_what_fits_into_a_warm_container():
    assert fits_slot(Limits())
    assert fits_slot(Limits(memory_mb=64, cpu=0.1))
    assert not fits_slot(Limits(memory_mb=129))
    assert not fits_slot(Limits(cpu=0.6))


@pytest.mark.parametrize("fields", [{"grants": {"http": ["example.org"]}}, {"install": ["numpy"]}])
async def test_who_reaches_others_gets_a_cold_container_with_a_way_out(rigs, fields):
    rig = await rigs(slots=1).begin()
    guest, order = make(**fields)
    await rig.executor.host(guest, order)
    assert rig.engine.made["probe"]["wactorz.egress"] == "true"
    assert guest.container != next(iter(rig.engine.containers)), "a warm one has no way out"
    other, order = make("other", limits={"memory_mb": 256})
    await rig.executor.host(other, order)
    assert "wactorz.egress" not in rig.engine.made["other"]
