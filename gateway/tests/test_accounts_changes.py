"""The record of changes."""

import pytest

from wactorz_common.errors import StoreError
from wactorz_gateway.accounts.changes import KEEP_SECONDS, REFUSED_PER_MINUTE, Changes, Deed

from .disks import MemoryDisk


def deed(target="x", status=200, detail="", address="1.2.3.4"):
    return Deed("ann", "owner", address, "POST", "/api/agents", target, status, "0123456789abcdef", detail)


class Clock:
    moment = 1_800_000_000.0

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def changes(clock):
    return Changes(MemoryDisk(), clock)


async def test_newest_first_and_page_by_page(changes, clock):
    for number in range(5):
        changes.note(deed(f"agent {number}"))
    first = await changes.listed(2, None)
    assert [change.target for change in first] == ["agent 4", "agent 3"]
    rest = await changes.listed(10, first[-1].id)
    assert [change.target for change in rest] == ["agent 2", "agent 1", "agent 0"]
    assert first[0].model_dump() == {
        "id": 5, "timestamp": clock.moment, "person": "ann", "role": "owner", "address": "1.2.3.4", "method": "POST",
        "route": "/api/agents", "target": "agent 4", "status": 200, "request_id": "0123456789abcdef", "detail": "",
    }  # fmt: skip


async def test_refused_tries_are_written_down_but_not_all(changes, clock):
    for _ in range(50):
        changes.note_refused(deed(status=401, detail="login"))
    assert len(await changes.listed(500, None)) == 1
    for number in range(1000):
        changes.note_refused(deed(status=401, address=f"1.2.3.{number}"))
    assert len(await changes.listed(500, None)) == REFUSED_PER_MINUTE
    clock.moment += 60
    changes.note_refused(deed(status=401, detail="login"))
    assert len(await changes.listed(500, None)) == REFUSED_PER_MINUTE + 1


async def test_what_is_older_than_a_year_goes(changes, clock):
    changes.note(deed("old"))
    clock.moment += KEEP_SECONDS - 1
    changes.note(deed("new"))
    clock.moment += 2
    changes.trim()
    assert [change.target for change in await changes.listed(10, None)] == ["new"]


async def test_hostile_targets_are_plain_and_short(changes):
    changes.note(deed("\x1b[31m\u202e" + "a" * 1000))
    (change,) = await changes.listed(10, None)
    assert change.target == "?[31m?" + "a" * 194


async def test_a_disk_that_fails_stops_nothing(changes):
    changes.disk.broken = StoreError("full")
    changes.note(deed())
    changes.disk.enqueue = lambda work: (_ for _ in ()).throw(StoreError("closed"))
    changes.note(deed())
    changes.disk.broken = None
    assert await changes.listed(10, None) == []
