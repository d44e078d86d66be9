"""Passwords: which ones are taken, and their hashes by argon2id, made in threads so that nothing else waits."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wactorz_common.errors import Refused

SHORTEST, LONGEST = 8, 256
"""Characters that a password may have."""

AT_ONCE = 2
"""Hashes that are made at the same time: each takes 32 MiB and one processor."""

MOST_WAITING = 32
_COMMON = frozenset({
    "password", "passwort", "password1", "password123", "12345678", "123456789", "1234567890", "qwertyuiop",
    "qwerty123", "iloveyou", "changeme", "letmein1", "welcome1", "admin123", "wactorz1", "hallo123", "11111111",
})  # fmt: skip


def normalized(password: str) -> str:
    """One spelling of what may be typed in several ways."""
    return unicodedata.normalize("NFKC", password)


def password_problem(password: str, name: str = "") -> str:
    """Why a password is not taken, as a sentence; empty when it is."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST} characters"
    if not password.isprintable():
        return "A password is made of letters, digits, signs and spaces"
    plain = normalized(password).casefold()
    if plain in _COMMON or len(set(plain)) < 4 or (name and plain == normalized(name).casefold()):  # noqa: PLR2004
        return "This password is too easy to guess: take several words, or let a password manager make one"
    return ""


class Passwords:
    """Makes and checks hashes; `cost` is (passes, KiB of memory)."""

    def __init__(self, cost: tuple[int, int] = (3, 32 * 1024)) -> None:
        passes, memory = cost
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The hash to keep; Refused when too many are waited for."""
        return await self._in_turn(password, None) or ""

    async def verify(self, kept: str, password: str) -> bool:
        """Whether a password belongs to a hash; an empty hash belongs to none, and takes as long to find out."""
        if not self._nobody:
            self._nobody = await self.hash("nobody has this password")
        fits = await self._in_turn(password, kept or self._nobody) is not None
        return fits and bool(kept)

    def is_dated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(kept)

    async def _in_turn(self, password: str, kept: str | None) -> str | None:
        if self._waiting >= MOST_WAITING:
            raise Refused("Too many people log in at once: try again in a few seconds")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._work, normalized(password), kept)
        finally:
            self._waiting -= 1

    def _work(self, password: str, kept: str | None) -> str | None:
        """A new hash; or the kept one when the password belongs to it, else None."""
        if kept is None:
            return self._hasher.hash(password)
        try:
            self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return None
        return kept
