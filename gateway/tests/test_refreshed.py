"""Values of other agents: shown at once, refreshed behind, fetched anew after a change."""

import asyncio

import pytest

from wactorz_gateway import refreshed
from wactorz_gateway.refreshed import Refreshed


class Source:
    def __init__(self):
        self.asked, self.value, self.gate = 0, "first", asyncio.Event()
        self.gate.set()

    async def fetch(self):
        self.asked += 1
        value = self.value
        await self.gate.wait()
        if isinstance(value, Exception):
            raise value
        return value


class Clock:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


async def test_only_the_first_look_waits_and_all_who_wait_ask_once():
    source, clock = Source(), Clock()
    source.gate.clear()
    kept = Refreshed(source.fetch, 5, clock)
    looks = [asyncio.ensure_future(kept.get()) for _ in range(10)]
    await asyncio.sleep(0)
    source.gate.set()
    assert await asyncio.gather(*looks) == ["first"] * 10
    assert source.asked == 1


async def test_an_old_value_is_shown_while_a_new_one_is_fetched():
    source, clock = Source(), Clock()
    kept = Refreshed(source.fetch, 5, clock)
    await kept.get()
    source.value, clock.at = "second", 6.0
    source.gate.clear()
    assert await kept.get() == "first"
    source.gate.set()
    await asyncio.sleep(0.01)
    assert await kept.get() == "second"
    assert (source.asked, kept.version) == (2, 2)


async def test_after_a_change_the_next_look_waits_and_what_was_under_way_does_not_count():
    source, clock = Source(), Clock()
    kept = Refreshed(source.fetch, 5, clock)
    await kept.get()
    clock.at = 6.0
    source.gate.clear()
    await kept.get()  # asks behind, and gets the old value
    await asyncio.sleep(0)
    source.value = "second"
    kept.outdated()
    look = asyncio.ensure_future(kept.get())
    await asyncio.sleep(0)
    source.gate.set()
    assert await look == "second"
    await asyncio.sleep(0.01)
    assert await kept.get() == "second"


async def test_a_failure_goes_to_who_waits_and_leaves_an_old_value():
    source, clock = Source(), Clock()
    source.value = ValueError("away")
    kept = Refreshed(source.fetch, 5, clock)
    with pytest.raises(ValueError, match="away"):
        await kept.get()
    source.value = "first"
    assert await kept.get() == "first"
    source.value, clock.at = ValueError("away"), 6.0
    assert await kept.get() == "first"
    await asyncio.sleep(0.01)
    assert await kept.get() == "first"
    assert source.asked == 3


async def test_the_same_value_again_is_no_new_version():
    source, clock = Source(), Clock()
    kept = Refreshed(source.fetch, 5, clock)
    await kept.get()
    clock.at = 6.0
    await kept.get()
    await asyncio.sleep(0.01)
    assert (source.asked, kept.version) == (2, 1)


async def test_after_a_change_nobody_waits_for_long(monkeypatch):
    monkeypatch.setattr(refreshed, "PATIENCE", 0.01)
    source, clock = Source(), Clock()
    kept = Refreshed(source.fetch, 5, clock)
    await kept.get()
    source.value = "second"
    source.gate.clear()
    kept.outdated()
    assert await kept.get() == "first"
    source.gate.set()
    assert await kept.get() == "second"
