"""What main remembers: turns of conversations, open proposals, and what the model decided for a task."""

import re
import sqlite3
from dataclasses import dataclass

from wactorz_common.contracts.llm import CompletionResult, ModelMessage
from wactorz_common.decisions import read_pin
from wactorz_common.store import Store

_TABLES = (
    """CREATE TABLE IF NOT EXISTS turns (
        task_id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, said TEXT NOT NULL, answered TEXT NOT NULL,
        at REAL NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation_id, at)",
    """CREATE TABLE IF NOT EXISTS rounds (
        task_id TEXT NOT NULL, number INTEGER NOT NULL, result TEXT NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (task_id, number))""",
)
_PENDING = "pending_rules"
_PENDING_KEPT = 100
_LONGEST_TURN = 2_000
_DECIDING = re.compile(r"^(\s*/(?:approve|deny)(?:\(\))?(?:\s+\S+)?).*$", re.DOTALL)  # a PIN may follow


@dataclass(frozen=True)
class Proposal:
    """What a conversation waits for: a yes to a rule or to a change of an automation, or an approval."""

    rule_id: str = ""
    approval_id: str = ""
    confirm: str = ""


class Memory:
    """Conversations on disk; small things also in memory."""

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

    # -- turns --------------------------------------------------------------------------------------------------

    async def remember(self, task_id: str, conversation_id: str, said: str, answered: str, at: float) -> None:
        """Keep one turn, once per task."""
        said = said.split(maxsplit=1)[0] if read_pin(said) else _DECIDING.sub(r"\1", said)
        row = (task_id, conversation_id, said[:_LONGEST_TURN], answered[:_LONGEST_TURN], at)
        statement = "INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?, ?)"
        await self._store.write(lambda connection: _run(connection, statement, row))

    async def history(self, task_id: str, conversation_id: str, turns: int) -> tuple[ModelMessage, ...]:
        """The last turns of a conversation, oldest first, without the turn of this very task."""
        query = """SELECT said, answered FROM turns WHERE conversation_id = ? AND task_id != ?
            ORDER BY at DESC, rowid DESC LIMIT ?"""
        rows = await self._store.read(
            lambda connection: connection.execute(query, (conversation_id, task_id, turns)).fetchall()
        )
        return tuple(message for said, answered in reversed(rows) for message in _messages(said, answered))

    async def trim(self, before: float) -> None:
        """Forget turns and model decisions older than an epoch second."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM turns WHERE at < ?", (before,))
            connection.execute("DELETE FROM rounds WHERE at < ?", (before,))

        await self._store.write(delete)

    # -- decisions of the model ---------------------------------------------------------------------------------

    async def rounds(self, task_id: str) -> list[CompletionResult]:
        """What the model answered for a task so far."""
        query = "SELECT result FROM rounds WHERE task_id = ? ORDER BY number"
        rows = await self._store.read(lambda connection: connection.execute(query, (task_id,)).fetchall())
        return [CompletionResult.decode(result) for (result,) in rows]

    async def keep_round(self, task_id: str, number: int, result: CompletionResult, at: float) -> None:
        """Keep an answer of the model before anything is done about it."""
        row = (task_id, number, result.encode().decode(), at)
        await self._store.write(lambda connection: _run(connection, "INSERT INTO rounds VALUES (?, ?, ?, ?)", row))

    # -- open proposals -----------------------------------------------------------------------------------------

    def proposal(self, conversation_id: str, task_id: str) -> Proposal | None:
        """What waits for a yes or no here; once it was answered only the task that answered it sees it."""
        kept = self._pending.get(conversation_id)
        if not kept or kept.get("answered_by") not in (None, task_id):
            return None
        return Proposal(kept.get("rule_id", ""), kept.get("approval_id", ""), kept.get("confirm", ""))

    async def propose(self, conversation_id: str, rule_id: str) -> None:
        """Wait for a yes or no to a rule; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"rule_id": rule_id})

    async def ask_approval(self, conversation_id: str, approval_id: str) -> None:
        """Wait for an approval, which is given elsewhere; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"approval_id": approval_id})

    async def ask_confirmation(self, conversation_id: str, confirm: str) -> None:
        """Wait for a yes or no to a change of an automation; the last proposal of a conversation counts."""
        await self._keep_pending(conversation_id, {"confirm": confirm})

    async def answer_proposal(self, conversation_id: str, task_id: str) -> None:
        """The proposal has been answered by a task, or passed over."""
        kept = self._pending.get(conversation_id)
        if kept is not None:
            await self._keep_pending(conversation_id, {**kept, "answered_by": task_id})

    async def _keep_pending(self, conversation_id: str, value: dict[str, str]) -> None:
        self._pending.pop(conversation_id, None)
        self._pending[conversation_id] = value
        self._pending = dict(list(self._pending.items())[-_PENDING_KEPT:])
        await self._store.persist(_PENDING, self._pending)


def _messages(said: str, answered: str) -> tuple[ModelMessage, ModelMessage]:
    return ModelMessage(role="user", content=said), ModelMessage(role="assistant", content=answered)


def _run(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    connection.execute(statement, values)
