"""Facts that people told: kept per person on disk, and found again when they matter."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from wactorz_common.contracts.memory import Fact
from wactorz_common.store import Store
from wactorz_main.words import telling

MOST = 500
"""Facts that are kept of one person; the oldest make room."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS facts (
        owner TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (owner, key))""",
    """CREATE TABLE IF NOT EXISTS utterances (
        task_id TEXT PRIMARY KEY, owner TEXT NOT NULL, person TEXT NOT NULL, conversation_id TEXT NOT NULL,
        said TEXT NOT NULL, at REAL NOT NULL)""",
)
_MOST_WAITING = 50
"""Sentences of one person that wait to be looked at."""

_LONGEST_SAID = 1_000
_STEM = 5
_ALWAYS = ("person_",)
_UNSAFE = str.maketrans({"<": " ", ">": " ", "\n": " ", "\r": " "})


@dataclass(frozen=True)
class Utterance:
    """Something a person said that may hold a fact; `at` is epoch seconds."""

    task_id: str
    owner: str
    person: str
    conversation_id: str
    said: str
    at: float


def owner_of(person: str, place: str) -> str:
    """Whose facts they are: a person's, or those of one conversation with somebody who has no name here."""
    return person or f"\n{place}"


def relevant(facts: Iterable[Fact], text: str, limit: int = 8) -> tuple[Fact, ...]:
    """The facts that share words with a text, those that share most and the newest first; who somebody is, last."""
    wanted = _stems(text)
    scored = [(len(wanted & _stems(f"{one.key.replace('_', ' ')} {one.value} {one.source}")), one) for one in facts]
    hits = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], -pair[1].at))
    found = [one for _, one in hits] + [one for score, one in scored if not score and one.key.startswith(_ALWAYS)]
    return tuple(found[:limit])


def block(facts: Iterable[Fact]) -> str:
    """Facts for a prompt, fenced off as data; empty when there are none."""
    lines = [f"- {one.key}: {one.value} (said {_day(one.at)})".translate(_UNSAFE) for one in facts]
    return "\n".join(["<record>", "What this person told before:", *lines, "</record>"]) if lines else ""


class Facts:
    """Facts in memory and on disk, and the sentences that wait to be looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, dict[str, Fact]] = {}

    async def open(self) -> None:
        """Make the tables and read what is kept."""

        def work(connection: sqlite3.Connection) -> list[tuple[str, str]]:
            for statement in _TABLES:
                connection.execute(statement)
            return connection.execute("SELECT owner, body FROM facts ORDER BY at, rowid").fetchall()

        for owner, body in await self._store.write(work):
            fact = Fact.accept(json.loads(body))
            self._kept.setdefault(owner, {})[fact.key] = fact

    def of(self, owner: str) -> tuple[Fact, ...]:
        """The facts of an owner, oldest first."""
        return tuple(sorted(self._kept.get(owner, {}).values(), key=lambda one: one.at))

    def relevant_facts(self, owner: str, text: str) -> tuple[Fact, ...]:
        """The facts of an owner that matter to a text."""
        return relevant(self.of(owner), text)

    async def keep(self, owner: str, facts: Iterable[Fact]) -> None:
        """Keep facts; a newer one takes the place of an older one with its key."""
        kept = self._kept.setdefault(owner, {})
        new = [one for one in facts if one.key not in kept or one.at >= kept[one.key].at]
        kept.update({one.key: one for one in new})
        late = sorted(kept.values(), key=lambda one: one.at)[:-MOST]
        for one in late:
            del kept[one.key]
        rows = [(owner, one.key, one.encode().decode(), one.at) for one in new if one.key in kept]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)
            gone = [(owner, one.key) for one in late]
            connection.executemany("DELETE FROM facts WHERE owner = ? AND key = ?", gone)

        await self._store.write(work)

    async def forget(self, owner: str, key: str = "") -> bool:
        """Forget one fact, or without a key all of them and what waits to be looked at; False when there was none."""
        kept = self._kept.get(owner, {})
        found = key in kept if key else bool(kept)
        if key:
            kept.pop(key, None)
        else:
            self._kept.pop(owner, None)

        def work(connection: sqlite3.Connection) -> None:
            if key:
                connection.execute("DELETE FROM facts WHERE owner = ? AND key = ?", (owner, key))
            else:
                connection.execute("DELETE FROM facts WHERE owner = ?", (owner,))
                connection.execute("DELETE FROM utterances WHERE owner = ?", (owner,))

        await self._store.write(work)
        return found

    # -- what waits to be looked at -----------------------------------------------------------------------------

    async def hear(self, utterance: Utterance) -> None:
        """Keep a sentence until it is looked at, once per task."""
        one = utterance
        row = (one.task_id, one.owner, one.person, one.conversation_id, one.said[:_LONGEST_SAID], one.at)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO utterances VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute(
                """DELETE FROM utterances WHERE owner = ? AND task_id NOT IN (
                    SELECT task_id FROM utterances WHERE owner = ? ORDER BY at DESC, rowid DESC LIMIT ?)""",
                (one.owner, one.owner, _MOST_WAITING),
            )

        await self._store.write(work)

    async def waiting(self) -> dict[str, tuple[Utterance, ...]]:
        """The sentences that wait, by owner, oldest first."""
        query = "SELECT task_id, owner, person, conversation_id, said, at FROM utterances ORDER BY at, rowid"
        rows = await self._store.read(lambda connection: connection.execute(query).fetchall())
        found: dict[str, tuple[Utterance, ...]] = {}
        for row in rows:
            found[row[1]] = (*found.get(row[1], ()), Utterance(*row))
        return found

    async def looked_at(self, utterances: Iterable[Utterance]) -> None:
        """These sentences need not be looked at again."""
        rows = [(one.task_id,) for one in utterances]
        await self._store.write(
            lambda connection: connection.executemany("DELETE FROM utterances WHERE task_id = ?", rows) and None
        )

    async def trim(self, before: float) -> None:
        """Drop sentences that have waited since before an epoch second; facts stay."""
        await self._store.write(
            lambda connection: connection.execute("DELETE FROM utterances WHERE at < ?", (before,)) and None
        )


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in telling(text))


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
