"""What main remembers of its work: open proposals, and what the model decided for a task."""

import sqlite3
from dataclasses import dataclass

from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.errors import ContractError
from wactorz_common.store import Store

_TABLES = (
    """CREATE TABLE IF NOT EXISTS rounds (
        task_id TEXT NOT NULL, number INTEGER NOT NULL, result TEXT NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (task_id, number))""",
)
_PENDING = "pending_rules"
_PENDING_KEPT = 100
_INTENT = -1
"""Number of the round in which the model told what a sentence is about."""


@dataclass(frozen=True)
class Proposal:
    """What a conversation waits for: a yes to a rule, a plan or a change of an automation, or an approval."""

    rule_id: str = ""
    approval_id: str = ""
    confirm: str = ""
    plan_id: str = ""


class Memory:
    """Decisions of the model on disk; open proposals also in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pending: dict[str, dict[str, str]] = {}

    async def open(self) -> None:
        """Make the tables and read the open proposals."""
        self._pending = self._store.recall(_PENDING, {})

        def make(connection: sqlite3.Connection) -> None:
            for statement in _TABLES:
                connection.execute(statement)

        await self._store.write(make)

    async def trim(self, before: float) -> None:
        """Forget decisions of the model older than an epoch second."""
        await self._store.write(lambda connection: _run(connection, "DELETE FROM rounds WHERE at < ?", (before,)))

    # -- decisions of the model ---------------------------------------------------------------------------------

    async def rounds(self, task_id: str) -> list[CompletionResult]:
        """What the model answered for a task so far, up to the first answer that cannot be read any more."""
        query = "SELECT number, result FROM rounds WHERE task_id = ? AND number >= 0 ORDER BY number"
        rows = await self._store.read(lambda connection: connection.execute(query, (task_id,)).fetchall())
        kept = list[CompletionResult]()
        for number, result in rows:
            decoded = _decoded(result) if number == len(kept) else None
            if decoded is None:
                break
            kept.append(decoded)
        return kept

    async def intent(self, task_id: str) -> CompletionResult | None:
        """What the model said a task is about, if it was asked."""
        query = "SELECT result FROM rounds WHERE task_id = ? AND number = ?"
        row = await self._store.read(lambda connection: connection.execute(query, (task_id, _INTENT)).fetchone())
        return _decoded(row[0]) if row else None

    async def keep_intent(self, task_id: str, result: CompletionResult, at: float) -> None:
        """Keep what the model said a task is about, before anything is done about it."""
        await self.keep_round(task_id, _INTENT, result, at)

    async def keep_round(self, task_id: str, number: int, result: CompletionResult, at: float) -> None:
        """Keep an answer of the model before anything is done about it."""
        row = (task_id, number, result.encode().decode(), at)
        statement = "INSERT OR REPLACE INTO rounds VALUES (?, ?, ?, ?)"
        await self._store.write(lambda connection: _run(connection, statement, row))

    async def forget_person(self, person: str, task_ids: tuple[str, ...]) -> None:
        """Forget what waits for a yes of a person, and what the model decided in these tasks of theirs."""
        self._pending = {place: kept for place, kept in self._pending.items() if not place.startswith(f"{person}\n")}
        await self._store.persist(_PENDING, self._pending)
        rows = [(task_id,) for task_id in task_ids]
        await self._store.write(lambda c: c.executemany("DELETE FROM rounds WHERE task_id = ?", rows) and None)

    # -- open proposals -----------------------------------------------------------------------------------------

    def proposal(self, conversation_id: str, task_id: str) -> Proposal | None:
        """What waits for a yes or no here; once it was answered only the task that answered it sees it."""
        kept = self._pending.get(conversation_id)
        if not kept or kept.get("answered_by") not in (None, task_id):
            return None
        names = ("rule_id", "approval_id", "confirm", "plan_id")
        return Proposal(**{name: kept.get(name, "") for name in names})

    def was_decided(self, conversation_id: str, task_id: str) -> bool:
        """Whether the last message before this one took the decision that was open here."""
        kept = self._pending.get(conversation_id, {})
        return bool(kept.get("decided")) and kept.get("answered_by") != task_id

    async def propose(self, conversation_id: str, rule_id: str) -> None:
        """Wait for a yes or no to a rule; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"rule_id": rule_id})

    async def ask_approval(self, conversation_id: str, approval_id: str) -> None:
        """Wait for an approval, which is given elsewhere; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"approval_id": approval_id})

    async def ask_confirmation(self, conversation_id: str, confirm: str) -> None:
        """Wait for a yes or no to a change of an automation; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"confirm": confirm})

    async def ask_plan(self, conversation_id: str, plan_id: str) -> None:
        """Wait for a yes or no to a plan; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"plan_id": plan_id})

    async def answer_proposal(self, conversation_id: str, task_id: str, *, decided: bool = False) -> None:
        """The proposal has been answered by a task: decided, or passed over."""
        kept = self._pending.get(conversation_id)
        if kept is not None:
            ended = {"answered_by": task_id, "decided": "yes" if decided else ""}
            await self._keep_pending(conversation_id, {**kept, **ended})

    async def _keep_pending(self, conversation_id: str, value: dict[str, str]) -> None:
        self._pending.pop(conversation_id, None)
        self._pending[conversation_id] = value
        self._pending = dict(list(self._pending.items())[-_PENDING_KEPT:])
        await self._store.persist(_PENDING, self._pending)


def _decoded(result: str) -> CompletionResult | None:
    try:
        return CompletionResult.decode(result)
    except ContractError:
        return None


def _run(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    connection.execute(statement, values)
