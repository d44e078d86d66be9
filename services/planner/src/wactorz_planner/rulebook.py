"""Rules and their state on disk; read once at start, then kept in memory as well."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from wactorz_common.contracts.rules import FiringQuery, FiringReport, Rule
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import StoreError
from wactorz_common.store import Store
from wactorz_planner import firings
from wactorz_planner.engine import RuleState
from wactorz_planner.firings import Firing
from wactorz_planner.hands import Hand, PastMove

FORMAT = 3
"""Version of the tables below; 1 knew no clock triggers, no evidence and no hands, 2 no topics."""

MOST_SPOTS = 500
"""Topics of one rule whose state is kept; the one that was added first makes room."""

_FORMAT_KEY = "rules_format"
_TABLES = (
    """CREATE TABLE IF NOT EXISTS rules (
        rule_id TEXT PRIMARY KEY, made_by TEXT NOT NULL, rule TEXT NOT NULL, number INTEGER NOT NULL,
        held INTEGER, pending_since REAL, quiet_until REAL NOT NULL,
        anchor REAL NOT NULL DEFAULT 0, ticked_at REAL, spots TEXT NOT NULL DEFAULT '{}')""",
    """CREATE TABLE IF NOT EXISTS hands (
        entity_id TEXT PRIMARY KEY, at REAL NOT NULL, whose TEXT NOT NULL, context_id TEXT NOT NULL)""",
    *firings.TABLES,
)
_LATER_COLUMNS = {"rules": {"anchor": "REAL NOT NULL DEFAULT 0", "ticked_at": "REAL",
                            "spots": "TEXT NOT NULL DEFAULT '{}'"},
                  "firings": firings.LATER_COLUMNS}  # fmt: skip
_COLUMNS = "rule_id, made_by, rule, number, held, pending_since, quiet_until, anchor, ticked_at, spots"
_SAVE_RULE = f"""INSERT INTO rules ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (rule_id) DO UPDATE SET
    made_by = excluded.made_by, rule = excluded.rule, number = excluded.number, held = excluded.held,
    pending_since = excluded.pending_since, quiet_until = excluded.quiet_until, anchor = excluded.anchor,
    ticked_at = excluded.ticked_at, spots = excluded.spots"""  # noqa: S608
_SAVE_HAND = """INSERT INTO hands VALUES (?, ?, ?, ?) ON CONFLICT (entity_id) DO UPDATE SET
    at = excluded.at, whose = excluded.whose, context_id = excluded.context_id"""


@dataclass(frozen=True, slots=True)
class Spot:
    """What the engine keeps of one topic: whether the trigger held there, and since when a duration runs."""

    held: bool | None = None
    pending_since: float | None = None


@dataclass
class KeptRule:
    """A rule together with what the engine keeps of it; `number` counts its firings, failed ones included."""

    rule: Rule
    made_by: str = ""
    number: int = 0
    state: RuleState = field(default_factory=RuleState)
    spots: dict[str, Spot] = field(default_factory=dict)
    """By topic, for a trigger that listens to several."""

    def update(self, **changes: object) -> None:
        """Replace fields of the rule."""
        self.rule = self.rule.model_copy(update=changes)

    def state_at(self, topic: str) -> RuleState:
        """The state as the engine takes it: that of one topic, or of the rule as a whole for an empty one."""
        if not topic:
            return self.state
        spot = self.spots.get(topic, _NEW)
        return replace(self.state, held=spot.held, pending_since=spot.pending_since)

    def take_state(self, topic: str, state: RuleState) -> None:
        """Keep what the engine made of a state."""
        if not topic:
            self.state = state
            return
        self.spots[topic] = Spot(state.held, state.pending_since)
        if len(self.spots) > MOST_SPOTS:
            del self.spots[next(iter(self.spots))]
        self.state = replace(state, held=self.state.held, pending_since=self.state.pending_since)

    def row(self) -> tuple[object, ...]:
        """The row of table `rules`."""
        held = None if self.state.held is None else int(self.state.held)
        spots = {topic: [spot.held, spot.pending_since] for topic, spot in self.spots.items()}
        return (
            self.rule.rule_id, self.made_by, self.rule.encode().decode(), self.number, held, self.state.pending_since,
            self.state.quiet_until, self.state.anchor, self.state.ticked_at, json.dumps(spots) if spots else "{}",
        )  # fmt: skip


_NEW = Spot()


@dataclass(frozen=True)
class Loaded:
    """What was on disk beside the rules: firings without an end, recent ones, and people's changes."""

    unfinished: list[Firing]
    recent: list[Firing]
    hands: list[Hand]


class RuleBook:
    """All rules by id; every change is queued for the disk in the order in which it was made."""

    def __init__(self, store: Store) -> None:
        self.rules: dict[str, KeptRule] = {}
        self._store = store

    async def load(self, recent_since: float = 0.0) -> Loaded:
        """Read everything; raises StoreError when a newer program has written it."""
        kept_format = self._store.recall(_FORMAT_KEY, FORMAT)
        if kept_format > FORMAT:
            raise StoreError(
                f"the rules in {self._store.path} have format {kept_format}, but this program knows only up to "
                f"{FORMAT}: install the newer program again, or move the file away to begin anew"
            )
        rules, loaded = await self._store.write(lambda connection: _load(connection, recent_since))
        await self._store.persist(_FORMAT_KEY, FORMAT)
        self.rules = {kept.rule.rule_id: kept for kept in rules}
        return loaded

    def in_order(self) -> list[KeptRule]:
        """Oldest first."""
        return sorted(self.rules.values(), key=lambda kept: (kept.rule.created_at, kept.rule.rule_id))

    def moves(self, recent: Iterable[Firing]) -> Iterator[PastMove]:
        """Past firings as moves of entities: task, rule, calls, when, and how long the rule keeps them so."""
        for firing in recent:
            kept = self.rules.get(firing.rule_id)
            keep = kept.rule.draft.min_on_seconds if kept is not None else 0.0
            yield firing.task_id, firing.rule_id, firing.evidence.calls, firing.fired_at, keep

    def add(self, kept: KeptRule) -> asyncio.Future[None]:
        """Keep a new rule."""
        self.rules[kept.rule.rule_id] = kept
        return self.save(kept)

    def save(self, kept: KeptRule) -> asyncio.Future[None]:
        """Queue a rule as it is now; awaiting the result waits for the disk."""
        row = kept.row()
        return self._run(_SAVE_RULE, row)

    def save_firing(
        self, kept: KeptRule, firing: Firing, state: TaskState | None = None, detail: str = ""
    ) -> asyncio.Future[None]:
        """Queue a firing together with its rule as it is now, in one transaction; with a state it is over."""
        row = kept.row()

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_SAVE_RULE, row)
            firings.save(connection, firing, state.value if state else None, detail)

        return self._store.enqueue(write)

    def end_firing(self, firing: Firing, state: TaskState, detail: str) -> asyncio.Future[None]:
        """Queue how a firing ended, together with its rule as it is now, if it still exists."""
        kept = self.rules.get(firing.rule_id)
        row = kept.row() if kept is not None else None

        def write(connection: sqlite3.Connection) -> None:
            firings.close(connection, firing.task_id, state.value, detail)
            if row is not None:
                connection.execute(_SAVE_RULE, row)

        return self._store.enqueue(write)

    def save_hand(self, hand: Hand) -> asyncio.Future[None]:
        """Queue a change that was no rule's doing."""
        return self._run(_SAVE_HAND, (hand.entity_id, hand.at, hand.by, hand.context_id))

    def remove(self, rule_id: str) -> asyncio.Future[None]:
        """Forget a rule; its past firings stay until they are trimmed."""
        del self.rules[rule_id]
        return self._run("DELETE FROM rules WHERE rule_id = ?", (rule_id,))

    async def firings(self, query: FiringQuery) -> tuple[FiringReport, ...]:
        """Past firings, newest first."""
        return await self._store.read(lambda connection: firings.reports(connection, query))

    async def firings_between(self, rule_id: str, start: float, end: float, limit: int) -> tuple[FiringReport, ...]:
        """What was decided about a rule in a span of time, newest first."""
        return await self._store.read(lambda connection: firings.between(connection, rule_id, start, end, limit))

    async def trim(self, before: float) -> None:
        """Forget what ended before an epoch second."""
        await self._store.write(lambda connection: firings.trim(connection, before))
        await self._run("DELETE FROM hands WHERE at < ?", (before,))

    def _run(self, statement: str, values: tuple[object, ...]) -> asyncio.Future[None]:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        return self._store.enqueue(write)


def _load(connection: sqlite3.Connection, recent_since: float) -> tuple[list[KeptRule], Loaded]:
    for table, columns in _LATER_COLUMNS.items():
        present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for column, kind in columns.items():
            if present and column not in present:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for statement in _TABLES:
        connection.execute(statement)
    rules = [_kept(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM rules")]  # noqa: S608
    hands = [Hand(*row) for row in connection.execute("SELECT entity_id, at, whose, context_id FROM hands")]
    return rules, Loaded(firings.unfinished(connection), firings.since(connection, recent_since), hands)


def _kept(row: tuple[object, ...]) -> KeptRule:
    _rule_id, made_by, rule, number, held, pending, quiet_until, anchor, ticked_at, spots = row
    state = RuleState(None if held is None else bool(held), pending, quiet_until, anchor, ticked_at)  # type: ignore[arg-type]  # a row has no types
    kept = {topic: Spot(*spot) for topic, spot in json.loads(str(spots)).items()}
    return KeptRule(Rule.decode(str(rule)), str(made_by), int(str(number)), state, kept)
