"""What happened lately, newest last, with ids that say where to go on: activity and alerts."""

import re
import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from pydantic import BaseModel, Field, ValidationError

MOST_ENTRIES = 2_000
"""Entries of activity that are kept; of alerts a quarter."""

_LONGEST = 500
_BURST_SECONDS, _LOOKED_BACK = 300, 20
_TIMES = re.compile(r" \((\d{1,6}) times\)$")
_ID = re.compile(r"([0-9a-f]{8})-(\d{1,15})")


class FeedEntry(BaseModel):
    """One thing that happened."""

    id: str = Field(description="Where it stands in the feed; `before` takes it", examples=["5f0c2a1b-42"])
    kind: str = Field(description="spawned, error, alert, log, actuation, trigger, process_died, ...")
    agent: str = Field(description="Name of the agent that is concerned; empty for others")
    agent_id: str = Field(description="Its id; empty for others")
    message: str = Field(description="What happened, in a sentence")
    severity: str = Field(description="info, warning, error or critical")
    code: str = Field(default="", description="What `message` says, for pages of other languages; empty for free text")
    data: dict[str, str | int | float] = Field(default={}, description="The values in it, by name; `times`: how often")
    timestamp: float = Field(description="Epoch seconds")


class Feed:
    """The entries of one kind of list, each with a number that rises."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self._entries: deque[FeedEntry] = deque(maxlen=most)
        self._boot = secrets.token_hex(4)
        self._count = 0
        self.changed = False
        """Whether something was added since `dump`."""

    @property
    def version(self) -> str:
        """Changes with every entry."""
        return f"{self._boot}-{self._count}"

    def add(self, event: Mapping[str, Any]) -> FeedEntry:
        """Keep an event of the registry."""
        self._count += 1
        self.changed = True
        entry = FeedEntry(
            id=self.version, kind=str(event["type"]), agent=str(event.get("name", "")),
            agent_id=str(event.get("agent_id", "")), message=str(event.get("message", ""))[:_LONGEST],
            severity=str(event.get("severity", "info")), timestamp=float(event["timestamp"]),
            code=str(event.get("code", "")), data=dict(event.get("data", {})),
        )  # fmt: skip
        self._entries.append(entry)
        return entry

    def repeat(self, event: Mapping[str, Any]) -> FeedEntry:
        """Keep an event; where the same was said shortly before, that entry counts and moves to this time."""
        size = len(self._entries)
        for back, entry in enumerate(islice(reversed(self._entries), _LOOKED_BACK), 1):
            said = _TIMES.search(entry.message)
            plain = _TIMES.sub("", entry.message)
            is_same = (entry.kind, entry.agent, plain) == (event["type"], event["name"], event["message"])
            if not is_same or event["timestamp"] - entry.timestamp > _BURST_SECONDS:
                continue
            times = int(said[1]) + 1 if said else 2
            changes = {
                "message": f"{plain} ({times} times)", "timestamp": float(event["timestamp"]),
                "data": {**entry.data, "times": times},
            }  # fmt: skip
            self._entries[size - back] = again = entry.model_copy(update=changes)
            self.changed = True
            return again
        return self.add(event)

    def dump(self, most: int) -> list[dict[str, Any]]:
        """The last entries as events, worth keeping over a restart, oldest first."""
        self.changed = False
        last = islice(self._entries, max(0, len(self._entries) - most), None)
        return [_event(entry) for entry in last]

    def load(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Start from what was kept; the entries get new ids."""
        for row in rows:
            try:
                self.add(row)
            except (KeyError, TypeError, ValueError, ValidationError):
                continue  # of another version
        self.changed = False

    def newest(self, limit: int, *, before: str = "", agent: str = "", kind: str = "") -> tuple[list[FeedEntry], str]:
        """So many entries, newest first, and the id to go on from when there are more.

        An id of before a restart has nothing behind it any more.
        """
        end = self._place(before)
        found: list[FeedEntry] = []
        for place in range(end - 1, -1, -1):
            entry = self._entries[place]
            if agent not in ("", entry.agent, entry.agent_id) or kind not in ("", entry.kind):
                continue
            if len(found) == limit:
                return found, found[-1].id
            found.append(entry)
        return found, ""

    def _place(self, before: str) -> int:
        """How many entries come before an id."""
        if not before:
            return len(self._entries)
        named = _ID.fullmatch(before)
        if named is None or named[1] != self._boot:
            return 0
        first = self._count - len(self._entries) + 1
        return max(0, min(len(self._entries), int(named[2]) - first))


def _event(entry: FeedEntry) -> dict[str, Any]:
    kept = entry.model_dump(exclude={"id", "kind", "agent"})
    return {"type": entry.kind, "name": entry.agent, **kept}
