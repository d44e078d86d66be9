"""What happened while nobody listened: from the recorder where it knows, from the present states where it does not."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from wactorz_common import logs
from wactorz_common.contracts.home import StateChange
from wactorz_home_assistant import HomeAssistant
from wactorz_home_assistant.history import NoHistory, Past, micros, portions, write_out
from wactorz_home_assistant_state_bridge import changes
from wactorz_home_assistant_state_bridge.ledger import Ledger

_OVERLAP_SECONDS = 1.0
_MOST_FILLED = 50_000

States = Mapping[str, Mapping[str, Any]]
"""Present state objects by entity id."""

Key = tuple[str, int]

_log = logs.get(__name__)


class CatchUp:
    """One absence and its end: `states` are as they are now, `heard` is what came by itself meanwhile, in order."""

    def __init__(self, home: HomeAssistant, ledger: Ledger, states: States, heard: Sequence[StateChange]) -> None:
        self._home, self._states = home, states
        self._before = {entity_id: ledger.mark(entity_id) for entity_id in ledger}
        self._newest = ledger.newest
        self._all_heard = tuple(heard)
        self._heard = {(change.entity_id, changes.mark_of(change)): change for change in heard}
        self._removed = self._before.keys() - states.keys()
        self._moved = {
            entity_id: mark for entity_id, raw in states.items()
            if (mark := _mark_of(raw)) != self._before.get(entity_id)
        }  # fmt: skip
        self._present = {key: states[key[0]] for key in self._moved.items() if key not in self._heard}

    async def events(self) -> AsyncIterator[StateChange]:
        """Every event since the last one that was published, in the order of time.

        TransportError, CallRefused: what came until then is complete; begin again from there.
        """
        changed = sorted({*self._moved, *self._removed})
        if changed:
            try:
                async for change in self._recorded(changed):
                    yield change
            except NoHistory as error:
                _log.info("events of the absence are lost", reason=str(error), entities=len(changed))
        for change in self._rest():
            yield change

    def heard(self) -> Iterator[StateChange]:
        """Only what came by itself."""
        yield from self._all_heard

    def resync(self, now: float) -> Iterator[StateChange]:
        """How things are now, and what is not there any more; `now` is in epoch seconds."""
        newer = {change.entity_id: change for change in self._all_heard}
        for entity_id, raw in self._states.items():
            change = newer.get(entity_id)
            if change is not None and changes.mark_of(change) > _mark_of(raw):
                if change.new_state is None:
                    continue
                yield changes.from_state(change.new_state, now)
            else:
                yield changes.from_state(raw, now)
        for entity_id in self._removed:
            if entity_id not in newer:
                yield changes.gone(entity_id, now)

    async def _recorded(self, changed: list[str]) -> AsyncIterator[StateChange]:
        known_until = self._known_until()
        start, newest = self._newest / 1e6 - _OVERLAP_SECONDS, known_until / 1e6
        end = max(newest, time.time() + _OVERLAP_SECONDS) if self._removed else newest
        await write_out(self._home, changed[0], newest)
        so_far: dict[str, Past] = {}
        filled = 0
        async for portion in portions(self._home, changed, start, end, attributes=True):
            for entity_id, past in portion.before.items():
                so_far.setdefault(entity_id, past)
            for past in portion.points:
                before = so_far.get(past.entity_id)
                so_far[past.entity_id] = past
                if micros(past.at) > known_until and past.entity_id not in self._removed:
                    continue  # it comes by itself
                if micros(past.at) > self._before.get(past.entity_id, micros(start)):
                    filled += 1
                    yield self._best_of(past, before)
            if filled > _MOST_FILLED:
                _log.warning("too much happened meanwhile, the rest is left out", filled=filled)
                return

    def _known_until(self) -> int:
        """The newest mark of all: what came after it comes by itself."""
        marks = [mark for _, mark in (*self._present, *self._heard)]
        return max([*marks, *map(_mark_of, self._states.values()), self._newest])

    def _best_of(self, past: Past, before: Past | None) -> StateChange:
        """The event itself where it came, then the state that it made, then what the recorder kept of it."""
        key = (past.entity_id, micros(past.at))
        heard, present = self._heard.pop(key, None), self._present.pop(key, None)
        if heard is not None:
            return heard
        if present is not None:
            return changes.from_state(present, past.at, missed=True, before=before)
        return changes.from_past(past, before)

    def _rest(self) -> list[StateChange]:
        """What the recorder does not know: it keeps not every entity, and not everywhere is one."""
        present = [changes.from_state(raw, mark / 1e6, missed=True) for (_, mark), raw in self._present.items()]
        return sorted([*self._heard.values(), *present], key=lambda change: change.timestamp)


def _mark_of(raw: Mapping[str, Any]) -> int:
    return micros(changes.updated_at(raw) or 0.0)
