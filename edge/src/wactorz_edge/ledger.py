"""What a node keeps about spawned agents, in SQLite: the agents, the nonces it has seen, and what it refused."""

import json
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.database import Migration, explain, open_database
from wactorz_common.errors import StoreError

MIGRATIONS: tuple[Migration, ...] = (
    (
        """CREATE TABLE guests (
            name TEXT PRIMARY KEY, agent_id TEXT NOT NULL, spec TEXT NOT NULL, digest TEXT NOT NULL,
            executor TEXT NOT NULL, state TEXT NOT NULL, number INTEGER NOT NULL, container TEXT NOT NULL,
            volume TEXT NOT NULL, problem TEXT NOT NULL, deaths TEXT NOT NULL, streak INTEGER NOT NULL,
            restarts INTEGER NOT NULL, started_at REAL NOT NULL) WITHOUT ROWID""",
        "CREATE TABLE nonces (nonce TEXT PRIMARY KEY, expires_at REAL NOT NULL) WITHOUT ROWID",
        "CREATE INDEX nonces_expired ON nonces (expires_at)",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, reason TEXT NOT NULL, name TEXT NOT NULL,
            sha256 TEXT NOT NULL)""",
    ),
    ("ALTER TABLE guests ADD COLUMN handed_over INTEGER NOT NULL DEFAULT 0",),
)
"""One entry per schema version, oldest first."""

KEPT_REFUSALS = 100_000
_TRIM_EVERY = 1_000
_YEAR = 365 * 86_400.0
_LONGEST_REASON = 500

ExecutorKind = Literal["process", "shared", "docker"]
GuestState = Literal["running", "backoff", "quarantined", "stopped", "ended", "parked"]


@dataclass
class Guest:
    """A spawned agent as its node keeps it; times in epoch seconds."""

    name: str
    agent_id: str
    spec: SpawnSpec
    digest: str
    """Hash of the specification without what only concerns its delivery."""
    executor: ExecutorKind
    state: GuestState = "running"
    """parked: the node was stopped in good order; whoever keeps the desired state sends the agent again."""
    number: int = 0
    """Tells the guests of this node apart; never given twice while a guest is known."""
    container: str = ""
    volume: str = ""
    problem: str = ""
    deaths: list[float] = field(default_factory=list)
    streak: int = 0
    restarts: int = 0
    started_at: float = 0.0
    handed_over: bool = False
    """Its state was told for a move: it does not work here until it is spawned again."""


class Ledger:
    """The SQLite file of one node; every call is quick, so that it needs no thread.

    What is written survives the end of the process at any moment. A power failure may take the last seconds: then the
    monitor's desired state and the expiry of signatures stand in.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection, aside = open_database(path, MIGRATIONS)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self.put_aside = aside
        self._refusals = 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # -- guests -------------------------------------------------------------------------------------------------

    def guests(self) -> list[Guest]:
        """Every guest that is known, by name."""
        rows = self._do("SELECT * FROM guests ORDER BY name").fetchall()
        return [_guest(row) for row in rows]

    def save(self, guest: Guest) -> None:
        """Write a guest down; a new one is given its number."""
        if not guest.number:
            guest.number = self._do("SELECT coalesce(max(number), 0) + 1 FROM guests").fetchone()[0]
        self._do(
            "INSERT OR REPLACE INTO guests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            guest.name, guest.agent_id, guest.spec.encode().decode(), guest.digest, guest.executor, guest.state,
            guest.number, guest.container, guest.volume, guest.problem, json.dumps(guest.deaths), guest.streak,
            guest.restarts, guest.started_at, guest.handed_over,
        )  # fmt: skip

    def forget(self, name: str) -> None:
        """Drop a guest for good."""
        self._do("DELETE FROM guests WHERE name = ?", name)

    # -- admission ----------------------------------------------------------------------------------------------

    def take_nonce(self, nonce: str, expires_at: float) -> bool:
        """Use a nonce up; False when it was used before. Expired ones are forgotten."""
        self._do("DELETE FROM nonces WHERE expires_at < ?", time.time())
        return self._do("INSERT OR IGNORE INTO nonces VALUES (?, ?)", nonce, expires_at).rowcount == 1

    def refused(self, reason: str, name: str, sha256: str) -> None:
        """Note that a spawn message was refused."""
        self._do(
            "INSERT INTO audit (at, reason, name, sha256) VALUES (?, ?, ?, ?)",
            time.time(), reason[:_LONGEST_REASON], name, sha256,
        )  # fmt: skip
        if self._refusals % _TRIM_EVERY == 0:
            self._do(
                "DELETE FROM audit WHERE at < ? OR id <= (SELECT max(id) FROM audit) - ?",
                time.time() - _YEAR, KEPT_REFUSALS,
            )  # fmt: skip
        self._refusals += 1

    def refusals(self) -> list[tuple[str, str, str]]:
        """Reason, name and hash of every refused message that is still kept, oldest first."""
        return self._do("SELECT reason, name, sha256 FROM audit ORDER BY id").fetchall()

    def _do(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise explain(error, self._path) or StoreError(f"the state file {self._path}: {error}") from error


def _guest(row: tuple[object, ...]) -> Guest:
    name, agent_id, spec, digest, executor, state, number, container, volume, problem, deaths, *rest = row
    return Guest(
        str(name), str(agent_id), SpawnSpec.decode(str(spec)), str(digest), executor, state,  # type: ignore[arg-type]
        number, str(container), str(volume), str(problem), json.loads(str(deaths)), *rest,  # type: ignore[arg-type]
    )  # fmt: skip
