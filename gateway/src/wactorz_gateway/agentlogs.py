"""What agents told of themselves lately: log events, errors and alerts, kept in memory for each agent."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from wactorz_common.contracts import Payload
from wactorz_common.contracts.lifecycle import AgentAlert, AgentError, AgentLog
from wactorz_gateway.logfiles import log_file, stamp_of, tail

MOST_ENTRIES = 200
"""Entries kept for one agent."""

MOST_AGENTS = 300
_LONGEST = 1_000
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

    def add(self, payload: Payload, agent_id: str, name: str) -> None:
        """Keep what a message says; `name` is the agent's name as far as it is known."""
        entry = entry_of(payload)
        if entry is None:
            return
        concerned = payload.actor_id if isinstance(payload, AgentAlert | AgentError) else agent_id
        told = payload.name if isinstance(payload, AgentAlert | AgentError) else ""
        ring = self._rings.setdefault(concerned, _Ring("", deque(maxlen=MOST_ENTRIES)))
        self._rings.move_to_end(concerned)
        ring.name = told or name or ring.name
        ring.entries.append(entry)
        if len(self._rings) > MOST_AGENTS:
            self._rings.popitem(last=False)

    def of(self, key: str) -> list[LogEntry] | None:
        """The entries of the agent with this id or name, oldest first; None when it never said anything."""
        rings = [ring for agent_id, ring in self._rings.items() if key in (agent_id, ring.name)]
        if not rings:
            return None
        return sorted((entry for ring in rings for entry in ring.entries), key=lambda entry: entry.timestamp)


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
    except FileNotFoundError:
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
