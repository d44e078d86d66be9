"""What agents told of themselves lately: log events, errors and alerts, kept in memory for each agent."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from wactorz_common.contracts import Payload
from wactorz_common.contracts.lifecycle import AgentAlert, AgentError, AgentLog
from wactorz_common.errors import ContractError
from wactorz_gateway.logfiles import Line, log_file, stamp_of, tail

MOST_ENTRIES = 200
"""Entries kept for one agent."""

MOST_AGENTS = 300
KEPT_OF_ONE, KEPT_IN_ALL = 50, 500
"""Entries that are kept over a restart of the gateway, of one agent and of all."""

_LONGEST_KEPT = 400
_LONGEST = 1_000
_FOLLOWED = 1_000
_LATEST = 253_402_300_799.0
"""Epoch seconds of the last moment that a date can tell."""
_LEVELS = {"critical": "error", "fatal": "error"}


class LogEntry(BaseModel):
    """One thing that an agent said, or a line of its log file."""

    timestamp: float = Field(description="Epoch seconds; for a line without a time that of the line before it")
    kind: Literal["log", "error", "alert", "line"] = Field(description="Where it comes from; line: its log file")
    level: str = Field(default="info", description="How bad it is")
    message: str = Field(description="The text")
    phase: str | None = Field(default=None, description="Of an error: setup, process, handle_task, ...")
    traceback: str | None = Field(default=None, description="Of an error: the end of its traceback")


@dataclass
class _Ring:
    name: str
    entries: deque[LogEntry]


class AgentLogs:
    """A ring of entries for each agent id; the agent that was silent longest gives way."""

    def __init__(self) -> None:
        self._rings: OrderedDict[str, _Ring] = OrderedDict()
        self._followers: set[asyncio.Queue[Line]] = set()
        self.changed = False
        """Whether something was said since `dump`."""

    def add(self, payload: Payload, agent_id: str, name: str) -> None:
        """Keep what a message says; `name` is the agent's name as far as it is known."""
        entry = entry_of(payload)
        if entry is None:
            return
        concerned = payload.actor_id if isinstance(payload, AgentAlert | AgentError) else agent_id
        told = payload.name if isinstance(payload, AgentAlert | AgentError) else ""
        ring = self._keep(concerned, told or name, entry)
        self._tell(_line(ring.name or concerned, entry))

    def _keep(self, agent_id: str, name: str, entry: LogEntry) -> _Ring:
        ring = self._rings.setdefault(agent_id, _Ring("", deque(maxlen=MOST_ENTRIES)))
        self._rings.move_to_end(agent_id)
        ring.name = name or ring.name
        ring.entries.append(entry)
        self.changed = True
        if len(self._rings) > MOST_AGENTS:
            self._rings.popitem(last=False)
        return ring

    def dump(self) -> list[dict[str, Any]]:
        """The last entries of each agent, shortened: worth keeping over a restart."""
        self.changed = False
        found = [
            (entry.timestamp, {"agent_id": agent_id, "name": ring.name, **_short(entry)})
            for agent_id, ring in self._rings.items() for entry in list(ring.entries)[-KEPT_OF_ONE:]
        ]  # fmt: skip
        return [row for _, row in sorted(found, key=lambda pair: pair[0])[-KEPT_IN_ALL:]]

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Start from what was kept."""
        for row in rows:
            try:
                self._keep(str(row["agent_id"]), str(row["name"]), LogEntry.model_validate(row))
            except (KeyError, ValidationError):
                continue  # of another version
        self.changed = False

    def of(self, key: str) -> list[LogEntry] | None:
        """The entries of the agent with this id or name, oldest first; None when it never said anything."""
        rings = [ring for agent_id, ring in self._rings.items() if key in (agent_id, ring.name)]
        if not rings:
            return None
        return sorted((entry for ring in rings for entry in ring.entries), key=lambda entry: entry.timestamp)

    def names(self) -> list[str]:
        """Names of the agents that said something, or their ids where no name is known."""
        return sorted({ring.name or agent_id for agent_id, ring in self._rings.items()})

    def lines(self, agent: str, most: int) -> list[Line]:
        """The last entries of one agent, or of all, as lines, oldest first."""
        chosen = [agent] if agent else self.names()
        found = [(entry.timestamp, _line(name, entry)) for name in chosen for entry in self.of(name) or ()]
        return [line for _, line in sorted(found, key=lambda pair: pair[0])[-most:]] if most else []

    async def follow(self, agent: str) -> AsyncIterator[Line]:
        """New entries of one agent, or of all, until the caller stops; one who is too slow misses some."""
        queue: asyncio.Queue[Line] = asyncio.Queue(_FOLLOWED)
        self._followers.add(queue)
        try:
            while True:
                line = await queue.get()
                if agent in ("", line.agent):
                    yield line
        finally:
            self._followers.discard(queue)

    def _tell(self, line: Line) -> None:
        for queue in self._followers:
            if not queue.full():
                queue.put_nowait(line)


def _short(entry: LogEntry) -> dict[str, Any]:
    row = entry.model_dump(exclude_defaults=True, exclude={"traceback"})
    return {**row, "message": entry.message[:_LONGEST_KEPT]}


def _line(name: str, entry: LogEntry) -> Line:
    moment = datetime.fromtimestamp(max(0.0, min(entry.timestamp, _LATEST)), UTC)
    phase = f" in {entry.phase}" if entry.phase else ""
    return Line(name, f"{moment:%Y-%m-%d %H:%M:%S} [{entry.level:<8}] {entry.message}{phase}".replace("\n", " "))


def entry_of(payload: Payload) -> LogEntry | None:
    """A message as an entry; None when it is not one that belongs here."""
    if isinstance(payload, AgentLog):
        text = payload.message or payload.input or payload.child_name or ""
        return LogEntry(timestamp=payload.timestamp, kind="log", level=payload.level[:20], message=text[:_LONGEST])
    if isinstance(payload, AgentError):
        return LogEntry(
            timestamp=payload.timestamp, kind="error", level=_LEVELS.get(payload.severity, payload.severity),
            message=payload.error[:_LONGEST], phase=payload.phase[:40], traceback=payload.traceback[-1200:] or None,
        )  # fmt: skip
    if isinstance(payload, AgentAlert):
        level = _LEVELS.get(payload.severity, payload.severity)
        return LogEntry(timestamp=payload.timestamp, kind="alert", level=level, message=payload.message[:_LONGEST])
    return None


def file_entries(folder: Path, name: str, lines: int) -> list[LogEntry]:
    """The last lines of an agent's own log file; none when it has no file here."""
    try:
        found = tail(log_file(folder, name), lines)
    except (FileNotFoundError, ContractError):  # names of spawned agents may be such that no file can have them
        return []
    entries, at = list[LogEntry](), 0.0
    for line in found:
        stamp = stamp_of(line)
        if stamp:
            at = _seconds(stamp, at)
        entries.append(LogEntry(timestamp=at, kind="line", message=line))
    return entries


def _seconds(stamp: str, otherwise: float) -> float:
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return otherwise
