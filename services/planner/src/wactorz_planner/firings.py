"""Firings of rules on disk, with what each was decided on."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.notices import Notice
from wactorz_common.contracts.rules import FiringQuery, FiringReport, RuleDraft
from wactorz_planner.engine import Verdict
from wactorz_planner.outcomes import UNDER_WAY
from wactorz_planner.readings import Reading, actual_of, condition_holds, value_of
from wactorz_planner.telling import Handover

MOST_KEPT = 2000
"""Firings kept of one rule, the newest; a chatty trigger within a cool-down makes many."""

TABLES = (
    """CREATE TABLE IF NOT EXISTS firings (
        task_id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, trace_id TEXT NOT NULL, value TEXT NOT NULL,
        fired_at REAL NOT NULL, deadline_at REAL NOT NULL, quiet_until REAL NOT NULL, state TEXT, detail TEXT,
        verdict TEXT NOT NULL DEFAULT 'fire', evidence TEXT NOT NULL DEFAULT '{}')""",
    "CREATE INDEX IF NOT EXISTS firings_open ON firings (fired_at) WHERE state IS NULL",
    "CREATE INDEX IF NOT EXISTS firings_of_rule ON firings (rule_id, fired_at)",
    "CREATE INDEX IF NOT EXISTS firings_of_trace ON firings (trace_id)",
)
LATER_COLUMNS = {"verdict": "TEXT NOT NULL DEFAULT 'fire'", "evidence": "TEXT NOT NULL DEFAULT '{}'"}

_LONGEST_PAYLOAD = 2_000
_COLUMNS = "task_id, rule_id, trace_id, value, fired_at, deadline_at, quiet_until, verdict, evidence"
_SAVE = f"INSERT OR IGNORE INTO firings ({_COLUMNS}, state, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_TRIM = "DELETE FROM firings WHERE state IS NOT NULL AND fired_at < ?"
_THIN = """DELETE FROM firings WHERE state IS NOT NULL AND rowid IN (
    SELECT rowid FROM (
        SELECT rowid, row_number() OVER (PARTITION BY rule_id ORDER BY fired_at DESC) AS place FROM firings)
    WHERE place > ?)"""


@dataclass(frozen=True)
class Evidence:
    """What a firing was decided on, and all that it does: calls, notices and tasks for agents, filled in."""

    task: str = ""
    trigger: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[Mapping[str, Any], ...] = ()
    calls: tuple[ServiceCall, ...] = ()
    notices: tuple[Notice, ...] = ()
    handovers: tuple[Handover, ...] = ()
    whole: bool = field(default=True, compare=False)
    """False for rows of an earlier format, which do not say what the firing does."""

    @classmethod
    def of(
        cls, task: str, draft: RuleDraft, readings: Mapping[str, Reading], calls: tuple[ServiceCall, ...],
        subject: str = "", **further: Any,
    ) -> "Evidence":  # fmt: skip
        """What is known at the moment of a decision about the entity or topic that triggers; `further` goes to it."""
        facts = trigger_facts(draft, readings, subject) | further
        return cls(task, facts, condition_facts(draft, readings), calls)

    def to_json(self) -> str:
        """As it is kept."""
        kept = {
            "task": self.task, "trigger": self.trigger, "conditions": self.conditions,
            "calls": [call.to_wire() for call in self.calls],
        }  # fmt: skip
        if self.notices:
            kept["notices"] = [notice.to_wire() for notice in self.notices]
        if self.handovers:
            kept["tasks"] = [handover.to_wire() for handover in self.handovers]
        return json.dumps(kept, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Evidence":
        """Read what is kept; older rows have none."""
        kept = json.loads(text)
        return cls(
            kept.get("task", ""), kept.get("trigger", {}), tuple(kept.get("conditions", ())),
            tuple(ServiceCall.accept(call) for call in kept.get("calls", ())),
            tuple(Notice.accept(notice) for notice in kept.get("notices", ())),
            tuple(Handover.from_wire(handover) for handover in kept.get("tasks", ())), whole="calls" in kept,
        )  # fmt: skip

    def to_wire(self) -> dict[str, Any]:
        """As the actuator keeps it."""
        return {"trigger": dict(self.trigger), "conditions": [dict(fact) for fact in self.conditions]}


@dataclass(frozen=True)
class Firing:
    """One moment at which a rule's trigger was met: the durable task it becomes, and the cool-down it began."""

    task_id: str
    rule_id: str
    trace_id: str
    value: str
    fired_at: float
    deadline_at: float
    quiet_until: float
    verdict: Verdict = Verdict.FIRE
    evidence: Evidence = field(default_factory=Evidence)


def trigger_facts(draft: RuleDraft, readings: Mapping[str, Reading], subject: str = "") -> dict[str, Any]:
    """The trigger with the value that it was decided on, and the concrete topic where it was one."""
    facts = draft.trigger.to_wire()
    reading = readings.get(subject or draft.watched)
    if reading is not None:
        facts["value"] = value_of(reading, _part_of(draft))
        if subject:
            facts |= {"topic": subject, "payload": _shortened(reading)}
    for bound in ("above", "below"):
        if bound in facts:
            facts["threshold"] = facts[bound]
    return facts


def _part_of(draft: RuleDraft) -> str | None:
    trigger = draft.trigger
    return getattr(trigger, "attribute", None) or getattr(trigger, "field", None) or None


def _shortened(reading: Reading) -> Any:
    if len(reading.state) > _LONGEST_PAYLOAD:
        return f"{reading.state[:_LONGEST_PAYLOAD]}..."
    return reading.attributes or reading.state


def condition_facts(draft: RuleDraft, readings: Mapping[str, Reading]) -> tuple[dict[str, Any], ...]:
    """Each condition with the value that it was decided on."""
    return tuple(
        condition.to_wire()
        | {"actual": actual_of(condition, readings), "held": condition_holds(condition, readings)}
        for condition in draft.conditions
    )  # fmt: skip


def save(connection: sqlite3.Connection, firing: Firing, state: str | None = None, detail: str | None = None) -> None:
    """Write a firing; one without a state is not over."""
    connection.execute(_SAVE, (
        firing.task_id, firing.rule_id, firing.trace_id, firing.value, firing.fired_at, firing.deadline_at,
        firing.quiet_until, firing.verdict.value, firing.evidence.to_json(), state, detail,
    ))  # fmt: skip


def close(connection: sqlite3.Connection, task_id: str, state: str, detail: str) -> None:
    """Write how a firing ended."""
    connection.execute("UPDATE firings SET state = ?, detail = ? WHERE task_id = ?", (state, detail, task_id))


def unfinished(connection: sqlite3.Connection) -> list[Firing]:
    """Firings whose end is not known, oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM firings WHERE state IS NULL ORDER BY fired_at")  # noqa: S608
    return [_firing(row) for row in rows]


def since(connection: sqlite3.Connection, moment: float) -> list[Firing]:
    """Firings that acted, or may have, since a moment; oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM firings WHERE fired_at >= ? AND verdict = 'fire' "  # noqa: S608
        "AND (state IS NULL OR state IN ('done', 'unknown')) ORDER BY fired_at",
        (moment,),
    )
    return [_firing(row) for row in rows]


def reports(connection: sqlite3.Connection, query: FiringQuery) -> tuple[FiringReport, ...]:
    """What a query asks for, newest first."""
    wanted = {"rule_id": query.rule_id, "trace_id": query.trace_id}
    named = {column: value for column, value in wanted.items() if value}
    where = " AND ".join(f"{column} = ?" for column in named) or "1"
    rows = connection.execute(
        f"SELECT {_COLUMNS}, state, detail FROM firings WHERE {where} "  # noqa: S608
        "ORDER BY fired_at DESC, rowid DESC LIMIT ?",
        (*named.values(), query.limit),
    )
    return tuple(_report(_firing(row[:-2]), row[-2], row[-1]) for row in rows)


def between(
    connection: sqlite3.Connection, rule_id: str, start: float, end: float, limit: int
) -> tuple[FiringReport, ...]:
    """What was decided about a rule in a span of time, in epoch seconds, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, state, detail FROM firings WHERE rule_id = ? AND fired_at BETWEEN ? AND ? "  # noqa: S608
        "ORDER BY fired_at DESC, rowid DESC LIMIT ?",
        (rule_id, start, end, limit),
    )
    return tuple(_report(_firing(row[:-2]), row[-2], row[-1]) for row in rows)


def trim(connection: sqlite3.Connection, before: float) -> None:
    """Forget ended firings older than an epoch second, and the oldest of rules that have very many."""
    connection.execute(_TRIM, (before,))
    connection.execute(_THIN, (MOST_KEPT,))


def _firing(row: tuple[Any, ...]) -> Firing:
    task_id, rule_id, trace_id, value, fired_at, deadline_at, quiet_until, verdict, evidence = row
    return Firing(
        task_id, rule_id, trace_id, value, fired_at, deadline_at, quiet_until, Verdict(verdict),
        Evidence.from_json(evidence),
    )  # fmt: skip


def _report(firing: Firing, state: str | None, detail: str | None) -> FiringReport:
    outcome = detail or "" if state is not None else UNDER_WAY
    if firing.verdict is Verdict.FIRE and state is not None:
        outcome = f"{state}: {outcome}" if outcome else state
    return FiringReport.accept({
        "rule_id": firing.rule_id, "task": firing.evidence.task, "fired_at": firing.fired_at,
        "trace_id": firing.trace_id, "verdict": firing.verdict.value, "trigger": dict(firing.evidence.trigger),
        "conditions": firing.evidence.conditions, "outcome": outcome,
    })  # fmt: skip
