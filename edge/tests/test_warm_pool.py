"""Idle containers kept ready."""

import asyncio

import pytest

from wactorz_common.errors import TransportError
from wactorz_edge import warm_pool
from wactorz_edge.container_engine import Container, Place
from wactorz_edge.warm_pool import WarmPool


class Pipe:
    def __init__(self):
        self.words = asyncio.Queue()

    async def read(self):
        return await self.words.get()

    async def write(self, data):
        pass

    async def close(self):
        pass


class Engine:
    """Makes containers whose host is ready at once, unless it is told otherwise."""

    def __init__(self):
        self.place = Place("http://x", "house", "local", "guest:1")
        self.trouble = []
        self.made, self.removed = [], []
        self.pipes = {}
        self.greets = True
        self.out_of_reach = False

    async def make(self, kind, of, volume, limits, labels):
        if self.trouble:
            raise self.trouble.pop(0)
        assert labels == {"wactorz.slot": of}
        self.made.append((kind, volume))
        return f"c-{of}"

    async def attach(self, container):
        pipe = self.pipes[container] = Pipe()
        return pipe

    async def start(self, container):
        if self.greets:
            self.pipes[container].words.put_nowait(b'{"event": "ready"}\n')

    async def remove(self, container):
        if self.out_of_reach:
            raise TransportError("the engine cannot be reached")
        self.removed.append(container)

    async def remove_volume(self, volume):
        self.removed.append(volume)


@pytest.fixture
async def pools(monkeypatch):
    monkeypatch.setattr(warm_pool, "_FIRST_PAUSE", 0.001)
    made = []

    def new(size):
        pool = WarmPool(Engine(), size)
        made.append(pool)
        pool.start()
        return pool

    yield new
    for pool in made:
        await pool.close()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


async def test_it_is_filled_and_filled_again(pools):
    pool = pools(2)
    await until(lambda: len(pool._slots) == 2)
    slot = pool.take()
    assert slot.volume.startswith("house-guest-")
    await until(lambda: len(pool._slots) == 2)
    assert len(pool._engine.made) == 3
    slot.reading.cancel()


async def test_without_a_size_nothing_is_made(pools):
    pool = pools(0)
    await asyncio.sleep(0.01)
    assert pool.take() is None
    assert pool._engine.made == []


async def test_trouble_is_waited_out(pools):
    pool = pools(1)
    pool._engine.trouble = [TransportError("no engine")] * 3
    await until(lambda: len(pool._slots) == 1)


async def test_one_that_died_is_not_given_out(pools):
    pool = pools(1)
    await until(lambda: len(pool._slots) == 1)
    dead = pool._slots[0]
    pool._engine.pipes[dead.container].words.put_nowait(b"")
    await until(dead.stream.closed.is_set)
    await until(lambda: pool._slots and pool._slots[0] is not dead)
    assert pool._engine.removed == [dead.container, dead.volume]


async def test_one_whose_host_does_not_begin_is_removed(pools, monkeypatch):
    monkeypatch.setattr(warm_pool, "_READY_SECONDS", 0.01)
    pool = pools(1)
    pool._engine.greets = False
    await until(lambda: len(pool._engine.removed) >= 2)
    assert not pool._slots
    pool._engine.greets = True
    await until(lambda: len(pool._slots) == 1)


async def test_slots_of_a_runner_before_this_one_are_taken_over_up_to_the_size(pools):
    pool = WarmPool(Engine(), 1)
    assert await pool.adopt(Container("c1", "house-slot-1", running=True, volume="v1"))
    assert not await pool.adopt(Container("c2", "house-slot-2", running=True, volume="v2"))
    assert not await WarmPool(Engine(), 1).adopt(Container("c3", "house-slot-3", running=False, volume="v3"))
    assert pool.take().container == "c1"


async def test_its_end_removes_containers_and_volumes(pools):
    pool = pools(1)
    await until(lambda: len(pool._slots) == 1)
    slot = pool._slots[0]
    await pool.close()
    assert pool._engine.removed == [slot.container, slot.volume]


async def test_what_cannot_be_removed_while_the_engine_is_away_is_removed_later(pools):
    pool = pools(1)
    engine = pool._engine
    await until(lambda: len(engine.made) == 1)
    first, volume = next(iter(engine.pipes)), engine.made[0][1]
    engine.out_of_reach = True
    engine.pipes[first].words.put_nowait(b"")
    await until(lambda: len(engine.made) == 2)
    assert engine.removed == []
    engine.out_of_reach = False
    await pool.close()
    assert {first, volume} < set(engine.removed)
