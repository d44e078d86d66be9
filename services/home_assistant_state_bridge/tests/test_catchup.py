"""What happened while nobody listened."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from wactorz_common.contracts.home import StateChange
from wactorz_home_assistant import CallRefused, Event
from wactorz_home_assistant_state_bridge.catchup import CatchUp
from wactorz_home_assistant_state_bridge.changes import from_event, from_state
from wactorz_home_assistant_state_bridge.ledger import Ledger

Rows = dict[str, list[tuple[float, str]]]


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def raw(entity_id: str, state: str, at: float) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "state": state,
        "attributes": {},
        "last_updated": iso(at),
        "context": {"id": f"C{at}"},
    }


def live(entity_id: str, state: str, at: float) -> StateChange:
    data = {"entity_id": entity_id, "new_state": raw(entity_id, state, at), "old_state": None}
    change = from_event(Event.parse({"data": data, "time_fired": iso(at), "context": {"id": f"C{at}"}}), 0)
    assert change is not None
    return change


class StubHome:
    """A recorder; None for a home without one."""

    def __init__(self, rows: Rows | None) -> None:
        self.rows = rows
        self.asked: list[str] = []

    async def stream(
        self, command: str, handler: Callable[[Mapping[str, Any]], None], **_fields: Any
    ) -> Callable[[], None]:
        self.asked.append(command)
        handler({})
        handler({})
        return lambda: None

    async def read(self, command: str, *, start_time: str, end_time: str, entity_ids: list[str], **_fields: Any) -> Any:
        self.asked.append(command)
        if self.rows is None:
            raise CallRefused("Unknown command.")
        start, end = (datetime.fromisoformat(text).timestamp() for text in (start_time, end_time))
        answer: dict[str, Any] = {}
        for entity_id in entity_ids:
            rows = self.rows.get(entity_id, [])
            before = [{"s": state, "a": {}, "lu": start} for at, state in rows if at < start][-1:]
            answer[entity_id] = before + [{"s": state, "a": {}, "lu": at} for at, state in rows if start < at < end]
        return answer


class NoStore:
    """Nothing is kept."""


@pytest.fixture
def ledger() -> Ledger:
    one = Ledger(NoStore())  # type: ignore[arg-type]
    one.note(from_state(raw("light.a", "off", 100), 100), kept=False)
    one.note(from_state(raw("light.b", "off", 90), 100), kept=False)
    return one


async def events(home: StubHome, ledger: Ledger, states: list[dict[str, Any]], *heard: StateChange) -> CatchUp:
    return CatchUp(home, ledger, {state["entity_id"]: state for state in states}, heard)  # type: ignore[arg-type]


def told(changes: list[StateChange]) -> list[tuple[str, str | None, float]]:
    return [(c.entity_id, c.new_state["state"] if c.new_state else None, c.timestamp) for c in changes]


async def test_nothing_happened(ledger: Ledger):
    home = StubHome({})
    missed = await events(home, ledger, [raw("light.a", "off", 100), raw("light.b", "off", 90)])
    assert [change async for change in missed.events()] == []
    assert home.asked == []
    assert [c.resync for c in missed.resync(5)] == [True, True]


async def test_everything_in_the_order_of_time(ledger: Ledger):
    rows: Rows = {
        "light.a": [(100, "off"), (101, "on"), (103, "off"), (105, "on")],
        "light.b": [(90, "off"), (102, "on")],
    }
    missed = await events(StubHome(rows), ledger, [raw("light.a", "on", 105), raw("light.b", "on", 102)])
    found = [change async for change in missed.events()]
    assert told(found) == [
        ("light.a", "on", 101), ("light.b", "on", 102), ("light.a", "off", 103), ("light.a", "on", 105),
    ]  # fmt: skip
    assert all(change.filled and not change.resync for change in found)
    assert [c.old_state and c.old_state["state"] for c in found] == ["off", "off", "on", "off"]
    assert found[-1].context == {"id": "C105"}


async def test_what_came_by_itself_takes_its_place(ledger: Ledger):
    rows: Rows = {"light.a": [(101, "on"), (103, "off")], "light.b": [(102, "on")]}
    heard = live("light.b", "on", 102)
    missed = await events(StubHome(rows), ledger, [raw("light.a", "off", 103), raw("light.b", "on", 102)], heard)
    found = [change async for change in missed.events()]
    assert told(found) == [("light.a", "on", 101), ("light.b", "on", 102), ("light.a", "off", 103)]
    assert [change.filled for change in found] == [True, False, True]


async def test_without_a_recorder_the_last_change_is_known(ledger: Ledger):
    missed = await events(
        StubHome(None), ledger, [raw("light.a", "on", 105), raw("light.b", "off", 90), raw("light.c", "on", 104)]
    )
    found = [change async for change in missed.events()]
    assert told(found) == [("light.c", "on", 104), ("light.a", "on", 105)]


async def test_an_entity_the_recorder_does_not_keep(ledger: Ledger):
    rows: Rows = {"light.a": [(101, "on")]}
    missed = await events(StubHome(rows), ledger, [raw("light.a", "on", 101), raw("light.b", "on", 102)])
    assert told([change async for change in missed.events()]) == [("light.a", "on", 101), ("light.b", "on", 102)]


async def test_an_entity_that_is_gone(ledger: Ledger):
    rows: Rows = {"light.a": [(101, "on"), (102, "")]}
    missed = await events(StubHome(rows), ledger, [raw("light.b", "off", 90)])
    found = [change async for change in missed.events()]
    assert told(found) == [("light.a", "on", 101), ("light.a", None, 102)]
    gone = [c for c in missed.resync(7) if c.entity_id == "light.a"]
    assert [(c.new_state, c.resync) for c in gone] == [(None, True)]


async def test_a_newer_event_wins_over_the_states(ledger: Ledger):
    heard = live("light.a", "on", 110)
    missed = await events(StubHome({}), ledger, [raw("light.a", "off", 100), raw("light.b", "off", 90)], heard)
    assert list(missed.heard()) == [heard]
    assert told([change async for change in missed.events()]) == [("light.a", "on", 110)]
    now = {c.entity_id: c.new_state for c in missed.resync(5)}
    assert now["light.a"] == heard.new_state
