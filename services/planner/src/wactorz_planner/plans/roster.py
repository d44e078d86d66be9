"""Agents that can work for a plan: heard on the bus, and listed by the monitor."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from wactorz_common.contracts.lifecycle import AgentManifest, AgentState, Heartbeat
from wactorz_common.contracts.spawning import SpawnedAgents

SILENT_SECONDS = 30.0
"""An agent that was not heard for so long is not counted on."""

_MOST = 1_000
_AT_WORK = (AgentState.RUNNING.value, AgentState.CREATED.value)


@dataclass(frozen=True)
class Known:
    """What is known of one agent."""

    name: str
    description: str = ""
    capabilities: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    """Fields of its tasks, as 'name: type - description'."""
    state: str = ""
    heard_at: float = 0.0
    protected: bool = False


class Roster:
    """Who is here; parts of Wactorz itself are left out."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._known: dict[str, Known] = {}
        self._listed: frozenset[str] = frozenset()
        self.leaving: set[str] = set()
        """Agents that are being removed: whoever needs one waits and has it spawned anew."""

    def note_manifest(self, manifest: AgentManifest) -> None:
        """An agent tells what it can do."""
        takes = tuple(f"{field}: {about}" for field, about in manifest.input_schema.items())
        self._note(manifest.name, description=manifest.description, capabilities=manifest.capabilities, takes=takes)

    def note_beat(self, beat: Heartbeat) -> None:
        """An agent lives."""
        self._note(beat.name, state=beat.state, heard_at=self._now(), protected=beat.protected)

    def note_state(self, name: str, state: str) -> None:
        """An agent has changed its state, or died."""
        self._note(name, state=state)

    def note_list(self, spawned: SpawnedAgents) -> None:
        """The monitor's list, which is right also before anybody was heard."""
        self._listed = frozenset(one.name for one in spawned.agents if one.actual == "running")
        for one in spawned.agents:
            before = self._known.get(one.name)
            if before is None or not before.description:
                self._note(one.name, description=one.description)

    def forget(self, name: str) -> None:
        """An agent is gone."""
        self._known.pop(name, None)
        self._listed -= {name}

    def present(self) -> dict[str, Known]:
        """Those that take tasks now, by name."""
        since = self._now() - SILENT_SECONDS
        heard = {name for name, one in self._known.items()
                 if one.heard_at >= since and one.state in _AT_WORK and not one.protected}  # fmt: skip
        asleep = {name for name, one in self._known.items() if one.state and one.state not in _AT_WORK}
        here = (heard | (self._listed - asleep)) - self.leaving
        return {name: self._known.get(name, Known(name)) for name in sorted(here)}

    def _note(self, name: str, **changes: object) -> None:
        known = self._known.pop(name, Known(name))
        self._known[name] = replace(known, **changes)  # type: ignore[arg-type]  # fields of Known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
