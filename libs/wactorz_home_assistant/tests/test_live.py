"""The live picture of the states."""

import asyncio
from typing import Any

from wactorz_home_assistant import Event, LiveStates, State


class StubHome:
    """Hands out states and lets the test send events."""

    def __init__(self, *states: State) -> None:
        self.now = list(states)
        self.on_connect: list[Any] = []
        self.handler: Any = None

    def subscribe(self, event_type: str, handler: Any) -> None:
        assert event_type == "state_changed"
        self.handler = handler

    async def states(self) -> list[State]:
        return self.now

    async def connect(self) -> None:
        for hook in self.on_connect:
            await hook()

    def change(self, entity_id: str, state: str | None) -> None:
        new = None if state is None else {"entity_id": entity_id, "state": state, "attributes": {}}
        self.handler(Event("state_changed", {"entity_id": entity_id, "new_state": new}))


async def make_live(*states: State) -> tuple[StubHome, LiveStates]:
    home = StubHome(*states)
    live = LiveStates(home)  # type: ignore[arg-type]
    await home.connect()
    return home, live


async def test_is_filled_at_connect_and_follows_events():
    home, live = await make_live(State("light.a", "off"))
    assert live["light.a"].state == "off"
    home.change("light.a", "on")
    home.change("light.b", "off")
    assert {entity_id: live[entity_id].state for entity_id in live} == {"light.a": "on", "light.b": "off"}
    home.change("light.b", None)
    assert list(live) == ["light.a"]
    assert len(live) == 1


async def test_waits_for_a_later_state():
    home, live = await make_live(State("light.a", "off"))
    waiting = asyncio.create_task(live.wait_until("light.a", lambda state: state.state == "on", 5))
    await asyncio.sleep(0)
    home.change("light.a", "unavailable")
    await asyncio.sleep(0)
    assert not waiting.done()
    home.change("light.a", "on")
    state = await waiting
    assert state is not None
    assert state.state == "on"


async def test_a_state_that_is_there_needs_no_waiting():
    _, live = await make_live(State("light.a", "on"))
    assert await live.wait_until("light.a", lambda state: state.state == "on", 0) == State("light.a", "on")


async def test_gives_up_in_time_and_forgets_the_waiter():
    _, live = await make_live(State("light.a", "off"))
    assert await live.wait_until("light.a", lambda state: state.state == "on", 0.01) is None
    assert live._waiting == {}


async def test_a_resynchronisation_wakes_waiters():
    home, live = await make_live(State("light.a", "off"))
    waiting = asyncio.create_task(live.wait_until("light.a", lambda state: state.state == "on", 5))
    await asyncio.sleep(0)
    home.now = [State("light.a", "on")]
    await home.connect()
    assert await waiting is not None
