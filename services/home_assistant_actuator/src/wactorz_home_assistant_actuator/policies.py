"""What people have laid down for single entities, on disk; PINs and wrong tries included."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from wactorz_common import pins
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Refused
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.german import phrase

MOST_WRONG = 5
"""So many wrong PINs in a row, and none is taken for a while."""

BLOCKED_SECONDS = 900.0

_TABLE = """
CREATE TABLE IF NOT EXISTS policies (
    entity_id TEXT PRIMARY KEY, policy TEXT NOT NULL, pin TEXT NOT NULL, wrong INTEGER NOT NULL,
    blocked_until REAL NOT NULL) WITHOUT ROWID
"""
_ALL = "SELECT entity_id, policy, pin, wrong, blocked_until FROM policies"
_SAVE = "INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Laid:
    """A policy with the hash of its PIN and the wrong tries since the last right one."""

    policy: EntityPolicy
    pin: str = ""
    wrong: int = 0
    blocked_until: float = 0.0


class WrongPin(Refused):
    """The PIN was not right; `last` when it was one try too many."""

    def __init__(self, message: str, *, last: bool = False) -> None:
        super().__init__(message)
        self.last = last


class PolicyBook(Mapping[str, EntityPolicy]):
    """Policies by entity id; `now` returns epoch seconds."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now
        self._laid: dict[str, Laid] = {}
        self._trying = asyncio.Lock()

    def __getitem__(self, entity_id: str) -> EntityPolicy:
        return self._laid[entity_id].policy

    def __iter__(self) -> Iterator[str]:
        return iter(self._laid)

    def __len__(self) -> int:
        return len(self._laid)

    async def load(self) -> None:
        """Make the table on first use and read what is kept."""

        def work(db: sqlite3.Connection) -> list[tuple[str, str, str, int, float]]:
            db.execute(_TABLE)
            return db.execute(_ALL).fetchall()

        for entity_id, text, pin, wrong, blocked_until in await self._store.write(work):
            self._laid[entity_id] = Laid(EntityPolicy.decode(text), pin, wrong, blocked_until)

    def listed(self) -> tuple[EntityPolicy, ...]:
        """By entity id."""
        return tuple(self._laid[entity_id].policy for entity_id in sorted(self._laid))

    def has_pin(self, entity_ids: Iterable[str]) -> bool:
        """Whether a yes to any of them counts only with a PIN."""
        return any(self._pinned(entity_ids))

    async def lay_down(self, policy: EntityPolicy, pin: str) -> None:
        """Keep a policy with the hash of its PIN; one that says nothing is taken away."""
        entity_id = policy.entity_id
        if policy == EntityPolicy(entity_id=entity_id):
            await self._store.write(
                lambda db: db.execute("DELETE FROM policies WHERE entity_id = ?", (entity_id,)) and None
            )
            self._laid.pop(entity_id, None)
            return
        before = self._laid.get(entity_id, Laid(policy))
        if policy.pin and pin == before.pin:  # wrong tries count on, or a harmless change would forget them
            await self._save(replace(before, policy=policy))
        else:
            await self._save(Laid(policy, pin if policy.pin else ""))

    def pin_of(self, entity_id: str) -> str:
        """The hash of an entity's PIN; empty when it has none."""
        laid = self._laid.get(entity_id)
        return laid.pin if laid is not None else ""

    def salts(self, entity_ids: Iterable[str] | None = None) -> dict[str, str]:
        """By entity id, the salts that the PINs of these are proven with; of all without `entity_ids`."""
        pinned = self._pinned(self if entity_ids is None else entity_ids)
        return {laid.policy.entity_id: pins.salt_of(laid.pin) for laid in pinned}

    async def check_pin(self, entity_ids: Iterable[str], proofs: Mapping[str, str], purpose: str) -> None:
        """Nothing, when none of them has a PIN or it is proven for this purpose; else WrongPin, and the try counts.

        `proofs` are by salt.
        """
        async with self._trying:  # one try after the other, or many at once would count as one
            for laid in self._pinned(entity_ids):
                await self._check(laid, proofs.get(pins.salt_of(laid.pin), ""), purpose)

    async def _check(self, laid: Laid, proof: str, purpose: str) -> None:
        wait = laid.blocked_until - self._now()
        if wait > 0:
            raise WrongPin(
                phrase("Too many wrong PINs were given; no PIN is taken for another {wait:.0f} min.", wait=wait / 60)
            )
        if not proof:
            raise WrongPin(phrase("This needs the PIN: add it to your yes."))
        if pins.fits(proof, laid.pin, purpose):
            if laid.wrong:
                await self._save(replace(laid, wrong=0))
            return
        wrong = laid.wrong + 1
        if wrong < MOST_WRONG:
            await self._save(replace(laid, wrong=wrong))
            left = MOST_WRONG - wrong
            raise WrongPin(
                phrase("That PIN is wrong; one try is left.")
                if left == 1
                else phrase("That PIN is wrong; {left} tries are left.", left=left)
            )
        await self._save(replace(laid, wrong=0, blocked_until=self._now() + BLOCKED_SECONDS))
        raise WrongPin(
            phrase("That PIN was wrong {MOST_WRONG} times, so the answer is no, and no PIN is taken for "
"{BLOCKED_SECONDS:.0f} min.", MOST_WRONG=MOST_WRONG, BLOCKED_SECONDS=BLOCKED_SECONDS / 60), last=True,
        )  # fmt: skip

    def _pinned(self, entity_ids: Iterable[str]) -> list[Laid]:
        return [self._laid[one] for one in sorted(set(entity_ids)) if one in self._laid and self._laid[one].pin]

    async def _save(self, laid: Laid) -> None:
        row = (laid.policy.entity_id, laid.policy.encode().decode(), laid.pin, laid.wrong, laid.blocked_until)
        self._laid[laid.policy.entity_id] = laid
        await self._store.write(lambda db: db.execute(_SAVE, row) and None)


def loosens(old: EntityPolicy, new: EntityPolicy) -> bool:
    """Whether a change lets more happen to the entity than before, so that it needs a yes of its own."""
    asks_less = {"A": 3, "C": 2, None: 1, "B": 0}
    more_people = bool(old.persons) and (not new.persons or bool(_folded(new) - _folded(old)))
    return asks_less[new.risk] < asks_less[old.risk] or more_people


def _folded(policy: EntityPolicy) -> set[str]:
    return {person.casefold() for person in policy.persons}
