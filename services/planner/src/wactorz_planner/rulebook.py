"""Rules, their state and their firings on disk; read once at start, then kept in memory as well."""

import asyncio
import sqlite3
from dataclasses import dataclass, field

from wactorz_common.contracts.rules import Rule
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.store import Store
from wactorz_planner.engine import RuleState

_TABLES = (
    """CREATE TABLE IF NOT EXISTS rules (
        rule_id TEXT PRIMARY KEY, made_by TEXT NOT NULL, rule TEXT NOT NULL, number INTEGER NOT NULL,
        held INTEGER, pending_since REAL, quiet_until REAL NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS firings (
        task_id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, trace_id TEXT NOT NULL, value TEXT NOT NULL,
        fired_at REAL NOT NULL, deadline_at REAL NOT NULL, quiet_until REAL NOT NULL, state TEXT, detail TEXT)""",
    "CREATE INDEX IF NOT EXISTS firings_open ON firings (fired_at) WHERE state IS NULL",
)
_SAVE_RULE = """INSERT INTO rules VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rule_id) DO UPDATE SET
    made_by = excluded.made_by, rule = excluded.rule, number = excluded.number, held = excluded.held,
    pending_since = excluded.pending_since, quiet_until = excluded.quiet_until"""
_SAVE_FIRING = "INSERT INTO firings VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)"
_OPEN_FIRINGS = """SELECT task_id, rule_id, trace_id, value, fired_at, deadline_at, quiet_until
    FROM firings WHERE state IS NULL ORDER BY fired_at"""


@dataclass
class KeptRule:
    """A rule together with what the engine keeps of it; `number` counts its firings, failed ones included."""

    rule: Rule
    made_by: str = ""
    number: int = 0
    state: RuleState = field(default_factory=RuleState)

    def update(self, **changes: object) -> None:
        """Replace fields of the rule."""
        self.rule = self.rule.model_copy(update=changes)

    def row(self) -> tuple[object, ...]:
        """The row of table `rules`."""
        held = None if self.state.held is None else int(self.state.held)
        return (
            self.rule.rule_id, self.made_by, self.rule.encode().decode(), self.number,
            held, self.state.pending_since, self.state.quiet_until,
        )  # fmt: skip


@dataclass(frozen=True)
class Firing:
    """One firing of a rule: the durable task it becomes, and the cool-down it began."""

    task_id: str
    rule_id: str
    trace_id: str
    value: str
    fired_at: float
    deadline_at: float
    quiet_until: float


class RuleBook:
    """All rules by id; every change is queued for the disk in the order in which it was made."""

    def __init__(self, store: Store) -> None:
        self.rules: dict[str, KeptRule] = {}
        self._store = store

    async def load(self) -> list[Firing]:
        """Read everything; return the firings whose end is not known."""
        rules, firings = await self._store.write(_load)
        self.rules = {kept.rule.rule_id: kept for kept in rules}
        return firings

    def in_order(self) -> list[KeptRule]:
        """Oldest first."""
        return sorted(self.rules.values(), key=lambda kept: (kept.rule.created_at, kept.rule.rule_id))

    def add(self, kept: KeptRule) -> asyncio.Future[None]:
        """Keep a new rule."""
        self.rules[kept.rule.rule_id] = kept
        return self.save(kept)

    def save(self, kept: KeptRule) -> asyncio.Future[None]:
        """Queue a rule as it is now; awaiting the result waits for the disk."""
        row = kept.row()
        return self._store.enqueue(lambda connection: _run(connection, _SAVE_RULE, row))

    def save_firing(self, kept: KeptRule, firing: Firing) -> asyncio.Future[None]:
        """Queue a firing and the cool-down that it begins, in one transaction."""
        rule_row = kept.row()
        firing_row = (
            firing.task_id, firing.rule_id, firing.trace_id, firing.value, firing.fired_at, firing.deadline_at,
            firing.quiet_until,
        )  # fmt: skip

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_SAVE_RULE, rule_row)
            connection.execute(_SAVE_FIRING, firing_row)

        return self._store.enqueue(write)

    def end_firing(self, firing: Firing, state: TaskState, detail: str) -> asyncio.Future[None]:
        """Queue how a firing ended, together with its rule as it is now, if it still exists."""
        kept = self.rules.get(firing.rule_id)
        row = kept.row() if kept is not None else None

        def write(connection: sqlite3.Connection) -> None:
            ended = (state.value, detail, firing.task_id)
            connection.execute("UPDATE firings SET state = ?, detail = ? WHERE task_id = ?", ended)
            if row is not None:
                connection.execute(_SAVE_RULE, row)

        return self._store.enqueue(write)

    def remove(self, rule_id: str) -> asyncio.Future[None]:
        """Forget a rule; its past firings stay until they are trimmed."""
        del self.rules[rule_id]
        return self._store.enqueue(
            lambda connection: _run(connection, "DELETE FROM rules WHERE rule_id = ?", (rule_id,))
        )

    async def trim(self, before: float) -> None:
        """Forget ended firings older than an epoch second."""
        statement = "DELETE FROM firings WHERE state IS NOT NULL AND fired_at < ?"
        await self._store.write(lambda connection: _run(connection, statement, (before,)))


def _run(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    connection.execute(statement, values)


def _load(connection: sqlite3.Connection) -> tuple[list[KeptRule], list[Firing]]:
    for statement in _TABLES:
        connection.execute(statement)
    rules = [
        KeptRule(
            Rule.decode(rule), made_by, number, RuleState(None if held is None else bool(held), pending, quiet_until)
        )
        for made_by, rule, number, held, pending, quiet_until in connection.execute(
            "SELECT made_by, rule, number, held, pending_since, quiet_until FROM rules"
        )
    ]
    rows = connection.execute(_OPEN_FIRINGS)
    return rules, [Firing(*row) for row in rows]
