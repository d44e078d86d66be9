"""Standing yes of people to exactly what a rule does."""

import sqlite3
from collections.abc import Sequence

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import StandingGrant
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.wish import hash_of

_TABLE = "CREATE TABLE IF NOT EXISTS grants (rule_id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID"


class GrantBook:
    """Grants by rule id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._grants: dict[str, StandingGrant] = {}

    async def load(self) -> None:
        """Make the table on first use and read what is kept."""

        def work(db: sqlite3.Connection) -> list[str]:
            db.execute(_TABLE)
            return [text for (text,) in db.execute("SELECT record FROM grants")]

        found = [StandingGrant.decode(text) for text in await self._store.write(work)]
        self._grants = {grant.rule_id: grant for grant in found}

    def listed(self) -> tuple[StandingGrant, ...]:
        """By rule id."""
        return tuple(self._grants[rule_id] for rule_id in sorted(self._grants))

    def find(self, rule_id: str) -> StandingGrant | None:
        """The grant of a rule, if it has one."""
        return self._grants.get(rule_id)

    def covers(self, rule_id: str, calls: Sequence[ServiceCall]) -> bool:
        """Whether a person has said yes to exactly these calls of the rule."""
        grant = self._grants.get(rule_id)
        return grant is not None and grant.calls_sha256 == hash_of(calls)

    async def give(self, grant: StandingGrant) -> None:
        """Keep a grant in place of the rule's former one."""
        row = (grant.rule_id, grant.encode().decode())
        await self._store.write(lambda db: db.execute("INSERT OR REPLACE INTO grants VALUES (?, ?)", row) and None)
        self._grants[grant.rule_id] = grant

    async def take(self, rule_id: str) -> bool:
        """Take a rule's grant away; whether it had one."""
        if self._grants.pop(rule_id, None) is None:
            return False
        await self._store.write(lambda db: db.execute("DELETE FROM grants WHERE rule_id = ?", (rule_id,)) and None)
        return True
