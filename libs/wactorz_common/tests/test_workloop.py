"""The work loop: order, back-pressure, and a heartbeat that goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from wactorz_common import workloop
from wactorz_common.workloop import WorkLoop


@contextlib.asynccontextmanager
async def turning(loop: WorkLoop) -> AsyncIterator[None]:
    """A loop that runs."""
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def counting() -> tuple[list[int], Callable[[int], Callable[[], object]]]:
    """Where jobs note that they ran, and the making of such jobs."""
    seen: list[int] = []

    def job(number: int) -> Callable[[], object]:
        async def note() -> None:
            seen.append(number)

        return note

    return seen, job


async def nothing() -> None:
    """A heartbeat that nobody looks at."""


async def test_the_heart_beats_while_tasks_wait_for_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloop, "CONCURRENCY", 1)
    beats, free = [], asyncio.Event()

    async def beat() -> None:
        beats.append(1)

    async def long() -> None:
        await free.wait()

    async def waits_for_a_place() -> None:
        await loop.place()
        assert loop.start("second", 5, nothing())

    loop = WorkLoop(beat, 0.02)
    async with turning(loop), asyncio.timeout(20):
        assert loop.start("first", 5, long())
        loop.offer(waits_for_a_place)
        while len(beats) < 5:
            await asyncio.sleep(0.01)
        free.set()
        while loop.progress < 3:
            await asyncio.sleep(0.01)


async def test_who_waits_for_room_is_not_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloop, "CAPACITY", 4)
    seen, job = counting()
    loop = WorkLoop(nothing, 60)
    putting = [asyncio.create_task(loop.put(job(number))) for number in range(6)]
    await asyncio.sleep(0)
    async with turning(loop), asyncio.timeout(20):
        while len(seen) < 40:
            putting.append(asyncio.create_task(loop.put(job(len(putting)))))
            await asyncio.sleep(0)
        await asyncio.gather(*putting)
        while len(seen) < len(putting):
            await asyncio.sleep(0)
    assert seen == sorted(seen)


async def test_what_is_on_disk_already_is_queued_whatever_the_capacity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloop, "CAPACITY", 4)
    seen, job = counting()
    loop = WorkLoop(nothing, 60)
    loop.restore([job(number) for number in range(10)])
    async with turning(loop), asyncio.timeout(20):
        while len(seen) < 10:
            await asyncio.sleep(0)
    assert seen == list(range(10))
