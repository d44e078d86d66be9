"""What was said last of each entity."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.contracts.home import StateChange
from wactorz_common.store import Store
from wactorz_home_assistant_state_bridge.ledger import Ledger


def make_change(at: float, entity_id: str = "light.a", context: str = "01X", **fields: Any) -> StateChange:
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    new = {"entity_id": entity_id, "state": "on", "attributes": {}, "last_updated": moment}
    return StateChange(
        entity_id=entity_id, domain="light", timestamp=at, context={"id": context} if context else None,
        **{"new_state": new, **fields},
    )  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(tmp_path / "bridge.db")
    one.open()
    yield one
    await one.close()


@pytest.fixture
async def ledger(store: Store) -> Ledger:
    one = Ledger(store)
    await one.load()
    return one


async def test_an_event_is_said_once(ledger: Ledger):
    change = make_change(100.5)
    assert not ledger.has_said(change)
    ledger.note(change, kept=False)
    assert ledger.has_said(change)
    assert ledger.has_said(make_change(100.5, context=""))
    assert not ledger.has_said(make_change(100.5, context="01Y"))
    assert not ledger.has_said(make_change(100.500001))
    assert not ledger.has_said(make_change(100.5, "light.b"))


async def test_an_event_before_the_last_is_known_too(ledger: Ledger):
    for at in (100.0, 101.0):
        ledger.note(make_change(at), kept=False)
    assert ledger.has_said(make_change(100.0))


async def test_a_clock_that_was_set_back_hides_nothing(ledger: Ledger):
    ledger.note(make_change(5000.0), kept=False)
    back = make_change(1000.0)
    assert not ledger.has_said(back)
    ledger.note(back, kept=False)
    assert ledger.newest == 1_000_000_000


async def test_it_outlives_the_process(store: Store, ledger: Ledger):
    ledger.note(make_change(100.5), kept=True)
    ledger.note(make_change(101.0, "light.b"), kept=False)
    ledger.note(make_change(102.0, "light.c"), kept=False)
    ledger.note(make_change(103.0, "light.c", new_state=None), kept=False)
    ledger.alive_at = 77.0
    assert ledger.is_changed
    await ledger.save()
    assert not ledger.is_changed
    again = Ledger(store)
    await again.load()
    assert sorted(again) == ["light.a", "light.b"]
    assert (again.newest, again.alive_at) == (101_000_000, 77.0)
    assert again.is_kept("light.a")
    assert not again.is_kept("light.b")
    assert again.has_said(make_change(100.5))


async def test_a_resynchronisation_is_no_event(ledger: Ledger):
    ledger.note(make_change(100.0, resync=True), kept=False)
    assert "light.a" in ledger
    assert ledger.newest == 100_000_000


async def test_forgetting_and_releasing(store: Store, ledger: Ledger):
    ledger.note(make_change(100.0), kept=True)
    ledger.release("light.a")
    assert not ledger.is_kept("light.a")
    ledger.forget("light.a")
    await ledger.save()
    again = Ledger(store)
    await again.load()
    assert "light.a" not in again
