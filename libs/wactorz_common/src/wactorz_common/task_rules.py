"""The decisions of the durable task protocol, apart from every effect."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from wactorz_common.contracts.tasks import TaskReply, TaskState

R = TypeVar("R")

INTENT = "intent"
"""State of an inbox row whose task has not ended."""

FIRST_DELAY = 2.0
LONGEST_DELAY = 30.0
KEEP_SECONDS = 8 * 86_400.0
"""How long ended tasks are kept: longer than any resend can take, so that none is run twice."""

MOST_RUNS = 5
"""How often a task is started before it is taken for the cause of the crashes."""

_VOLATILE = ("_deadline_at", "_reply_topic", "_trace_id", "_language")


class Verdict(StrEnum):
    """What the inbox says about a task that has come in."""

    NEW = "new"
    RUNNING = "running"
    ENDED = "ended"
    EXPIRED = "expired"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A task on its way: `body` goes to `topic`; times are epoch seconds."""

    task_id: str
    topic: str
    body: bytes
    hash: bytes
    created_at: float
    deadline_at: float


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task that was taken in; `reply` is set once it has ended. Times are epoch seconds."""

    task_id: str
    action: str
    sender: str
    body: bytes
    hash: bytes
    received_at: float
    deadline_at: float
    reply_topic: str
    correlation: bytes | None
    trace_id: str
    runs: int
    state: str
    reply: bytes | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A verdict, the row that it is about, and the reply to send to whoever asked (None: none yet)."""

    verdict: Verdict
    row: InboxRow
    reply: bytes | None = None

    @property
    def is_new(self) -> bool:
        """Whether the task is to be run."""
        return self.verdict is Verdict.NEW


@dataclass(slots=True)
class TaskEnd(Generic[R]):
    """How a durable task ended; `body` is the reply in wire spelling, `result` its model once it has been read."""

    task_id: str
    state: TaskState
    body: dict[str, Any]
    error: str | None
    result: R | None = None


def fingerprint(body: bytes) -> bytes:
    """SHA-256 of what a task asks for; spelling, deadline, language and reply address of one sending do not count."""
    try:
        content = json.loads(body)
        if isinstance(content, dict):
            for key in _VOLATILE:
                content.pop(key, None)
            body = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        pass  # not JSON: the bytes speak for themselves
    return hashlib.sha256(body).digest()


def next_delay(attempt: int, chance: float) -> float:
    """Seconds from the sending number `attempt` (from 1) to the next; `chance` in [0, 1) spreads it by 20 %."""
    base: float = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(max(attempt, 1) - 1, 10))
    return base * (1.0 + 0.2 * chance)


def verdict_for(row: InboxRow | None, *, digest: bytes, deadline_at: float, now: float) -> Verdict:
    """What to do with a task that has come in, given the row kept under its id."""
    if row is None:
        return Verdict.NEW if now <= deadline_at else Verdict.EXPIRED
    if row.hash != digest:
        return Verdict.CONFLICT
    return Verdict.RUNNING if row.state == INTENT else Verdict.ENDED


def end_of_unanswered(*, ever_sent: bool, ends_at: float, now: float) -> TaskState | None:
    """How a task without a reply ends; None while an answer may still come."""
    if now < ends_at:
        return None
    return TaskState.UNKNOWN if ever_sent else TaskState.EXPIRED


def ending(reply: TaskReply) -> TaskState:
    """The state that a reply reports; an error without a state (an agent of another make) is a failure."""
    if reply.error and "state" not in reply.model_fields_set:
        return TaskState.FAILED
    return reply.state
