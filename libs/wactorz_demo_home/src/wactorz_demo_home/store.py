"""The memory of the house across restarts: one small SQLite file, written through."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from wactorz_demo_home.condition import Condition
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.states import State

_TABLES = """
CREATE TABLE IF NOT EXISTS states (entity_id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
"""


class Store:
    """Keeps states and the registry; what was written survives a kill of the process."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            # A killed process loses nothing that it handed to the kernel; only a power cut could, and this is a toy.
            self._database.execute("PRAGMA synchronous=OFF")
            self._database.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise DemoHomeError(
                f"The demo home cannot use its state file {path} ({error}). "
                "Check the folder's rights or set WACTORZ_STATE_DIR."
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def save(self, states: Iterable[State]) -> None:
        """Keep these states; all of them or none."""
        rows = [(state.entity_id, json.dumps(_row(state))) for state in states]
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO states VALUES (?, ?)", rows)
        self._database.execute("COMMIT")

    def forget(self, entity_id: str) -> None:
        """Drop the state of an entity."""
        self._database.execute("DELETE FROM states WHERE entity_id = ?", (entity_id,))

    def load(self) -> dict[str, State]:
        """Return every state that was kept."""
        rows = self._database.execute("SELECT entity_id, state FROM states")
        return {entity_id: _state(entity_id, json.loads(text)) for entity_id, text in rows}

    def save_document(self, name: str, content: Any) -> None:
        """Keep a JSON document under a name."""
        self._database.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (name, json.dumps(content)))

    def load_document(self, name: str) -> Any:
        """Return the document of a name, or None."""
        row = self._database.execute("SELECT content FROM documents WHERE name = ?", (name,)).fetchone()
        return row and json.loads(row[0])


def _row(state: State) -> dict[str, Any]:
    return {
        "state": state.condition.state,
        "attributes": state.condition.attributes,
        "memory": state.condition.memory,
        "context": state.context.as_dict(),
        "times": [time.isoformat() for time in (state.last_changed, state.last_updated, state.last_reported)],
    }


def _state(entity_id: str, row: dict[str, Any]) -> State:
    condition = Condition(row["state"], row["attributes"], row["memory"])
    return State(entity_id, condition, Context(**row["context"]), *(datetime.fromisoformat(at) for at in row["times"]))
