import asyncio

import pytest

from wactorz_common.errors import Refused
from wactorz_llm.room import Room


async def test_what_fits_goes_at_once_and_the_rest_waits_for_it():
    room, order, go_on = Room(10), [], asyncio.Event()

    async def hold(name, size):
        async with room.taken(size, 5):
            order.append(name)
            await go_on.wait()

    tasks = [asyncio.create_task(hold(name, size)) for name, size in (("a", 6), ("b", 4), ("c", 5), ("d", 0))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == ["a", "b", "d"]
    go_on.set()
    await asyncio.gather(*tasks)
    assert order[-1] == "c"


async def test_what_is_larger_than_the_room_comes_alone_and_gives_it_back():
    room = Room(10)
    with pytest.raises(ValueError, match="no"):
        async with room.taken(99, 5):
            raise ValueError("no")
    async with asyncio.timeout(5), room.taken(10, 5):
        waiting = asyncio.create_task(room.taken(1, 5).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(5), room.taken(10, 5):
        pass


async def test_nobody_waits_for_room_without_end():
    room = Room(10)
    async with room.taken(10, 5):
        with pytest.raises(Refused, match="Too many files"):
            async with room.taken(1, 0.01):
                pytest.fail("there was no room")
