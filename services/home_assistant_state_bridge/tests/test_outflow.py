"""What waits to be published."""

import asyncio

from wactorz_common.contracts.home import StateChange
from wactorz_home_assistant_state_bridge.outflow import Item, Mark, Outflow


def make_change(number: int) -> StateChange:
    return StateChange(entity_id=f"light.l{number}", domain="light", timestamp=float(number))


async def take(outflow: Outflow) -> list[Item]:
    return [await outflow.next() for _ in range(len(outflow))]


async def test_it_begins_with_what_was_missed_before():
    outflow = Outflow(100)
    outflow.put(make_change(1))
    assert await take(outflow) == [Mark.GAP, make_change(1)]


async def test_who_waits_is_woken():
    outflow = Outflow(100)
    await outflow.next()
    waiting = asyncio.create_task(outflow.next())
    await asyncio.sleep(0)
    outflow.put(make_change(1))
    assert await asyncio.wait_for(waiting, 10) == make_change(1)


async def test_too_much_becomes_a_gap():
    outflow = Outflow(100)
    for number in range(250):
        outflow.put(make_change(number))
    assert len(outflow) <= 100
    assert outflow.dropped == 198
    items = await take(outflow)
    assert items[0] is Mark.GAP
    assert items[-1] == make_change(249)


async def test_marks_are_not_repeated():
    outflow = Outflow(100)
    outflow.mark(Mark.RESYNC)
    outflow.mark(Mark.GAP)
    assert await take(outflow) == [Mark.GAP]
    outflow.put(make_change(1))
    outflow.mark(Mark.RESYNC)
    outflow.mark(Mark.RESYNC)
    assert await take(outflow) == [make_change(1), Mark.RESYNC]


async def test_what_was_taken_comes_first_again():
    outflow = Outflow(100)
    outflow.put(make_change(1))
    taken = outflow.take_events()
    assert len(outflow) == 0
    outflow.put(make_change(2))
    outflow.put_back(Mark.GAP, taken)
    assert await take(outflow) == [Mark.GAP, make_change(1), make_change(2)]
