"""The states as they are now, kept current by events."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from wactorz_home_assistant.client import HomeAssistant
from wactorz_home_assistant.model import Event, State, is_state


class LiveStates(Mapping[str, State]):
    """The states of all entities by entity id; filled at each (re)connect, then kept current by events."""

    def __init__(self, home: HomeAssistant) -> None:
        self._home = home
        self._states: dict[str, State] = {}
        self._waiting: dict[str, list[asyncio.Event]] = {}
        home.subscribe("state_changed", self._on_event)
        home.on_connect.append(self._refresh)

    def __getitem__(self, entity_id: str) -> State:
        return self._states[entity_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    async def wait_until(self, entity_id: str, wanted: Callable[[State], bool], seconds: float) -> State | None:
        """The first state that is as wanted, the present one included; None when there is none in time."""
        changed = asyncio.Event()
        waiting = self._waiting.setdefault(entity_id, [])
        waiting.append(changed)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    state = self._states.get(entity_id)
                    if state is not None and wanted(state):
                        return state
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return None
        finally:
            waiting.remove(changed)
            if not waiting:
                self._waiting.pop(entity_id, None)

    async def _refresh(self) -> None:
        self._states = {state.entity_id: state for state in await self._home.states()}
        for waiting in self._waiting.values():
            for changed in waiting:
                changed.set()

    def _on_event(self, event: Event) -> None:
        entity_id, new = str(event.data.get("entity_id")), event.data.get("new_state")
        if new is None:
            self._states.pop(entity_id, None)
        elif is_state(new):
            self._states[entity_id] = State.parse(new)
        for changed in self._waiting.get(entity_id, ()):
            changed.set()
