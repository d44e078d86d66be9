"""One thing at a time for each device."""

import asyncio

from wactorz_home_assistant_actuator.queues import DeviceQueues


async def test_first_asked_first_done_and_nothing_is_left():
    queues, order = DeviceQueues(), list[int]()

    async def act(number: int, *entity_ids: str) -> None:
        async with queues.hold(entity_ids):
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(act(number, "light.a") for number in range(5)))
    assert order == [number for number in range(5) for _ in range(2)]
    assert len(queues) == 0


async def test_two_that_share_devices_never_wait_for_each_other():
    queues = DeviceQueues()

    async def act(*entity_ids: str) -> None:
        for _ in range(20):
            async with queues.hold(entity_ids):
                await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await asyncio.gather(act("a", "b", "c"), act("c", "b", "a"), act("b", "b", "a"))
    assert len(queues) == 0


async def test_others_go_on_meanwhile():
    queues = DeviceQueues()
    async with queues.hold(["a"]), asyncio.timeout(10), queues.hold(["b"]):
        assert len(queues) == 2


async def test_one_that_gives_up_leaves_the_queue():
    queues = DeviceQueues()
    async with queues.hold(["a"]):
        waiting = asyncio.create_task(queues.hold(["a"]).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
    assert len(queues) == 0
