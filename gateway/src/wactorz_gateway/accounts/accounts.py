"""Accounts of people: what is done with them, each change on disk before it counts as done."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from wactorz_gateway.accounts import book
from wactorz_gateway.accounts.book import Disk
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.changes import Changes
from wactorz_gateway.accounts.files import FOLDER, MARK_FILE, LocalToken, SetupCode, read_private, write_private
from wactorz_gateway.accounts.keys import Keys, denied
from wactorz_gateway.accounts.known import Known
from wactorz_gateway.accounts.limits import Failures, Writes
from wactorz_gateway.accounts.passwords import Passwords, password_problem
from wactorz_gateway.accounts.people import MOST_PEOPLE, Change, Person, change_problem, key_of, name_problem
from wactorz_gateway.accounts.roles import OWNER, Rank, covers
from wactorz_gateway.accounts.sessions import MOST_PER_PERSON, Session, new_session

_WRONG = "The name or the password is wrong"
_WRONG_CODE = "This is not the code: the server prints it when it starts, and keeps it in secrets/setup-code"
_NOT_ERASED = (
    "Somebody else was called '{name}', and {places} has yet to forget what they said: try again in a moment, look at "
    "`wactorz status`, or take another name"
)
REMEMBERING = ("gateway", "main", "planner")
"""Who keeps what people say."""

_HAS_OWNER = "There is an owner already: log in, or ask them for an account"


@dataclass(frozen=True)
class Visitor:
    """Where somebody comes from who wants in; `here` means from this machine itself."""

    address: str
    agent: str = ""
    here: bool = False


class Accounts:
    """People with their passwords, sessions and tokens; `now` gives epoch seconds."""

    def __init__(
        self, disk: Disk, state_dir: Path, *, reserved: frozenset[str] = frozenset(), owner: str = "owner",
        now: Callable[[], float] = time.time, passwords: Passwords | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.known, self.failures, self.writes, self.now = Known(), Failures(ticks), Writes(ticks), now
        self.code, self.local = SetupCode(state_dir / FOLDER), LocalToken(state_dir / FOLDER)
        self.changes, self.keys = Changes(disk, now), Keys(self.known, disk, now)
        self._mark = state_dir / FOLDER / MARK_FILE
        self._disk, self._passwords = disk, passwords or Passwords()
        self._reserved, self._owner = frozenset(map(key_of, reserved)), key_of(owner)
        self._one_by_one = asyncio.Lock()
        self.erasures: list[tuple[str, str]] = []
        """Deleted people by name, and where something of them is still to be forgotten."""

    async def start(self) -> str:
        """Read what was kept; a code for the first owner where there is none, else nothing."""
        await self._disk.write(book.prepare)
        fresh = secrets.token_hex(8)
        mark = read_private(self._mark)
        await self._disk.write(lambda connection: book.end_sessions_of_a_backup(connection, mark, fresh))
        write_private(self._mark, fresh)
        self.known.fill(await self._disk.read(book.load))
        self.erasures = await self._disk.read(book.erasures)
        self.changes.trim()
        self.local.make()
        if self.known.has_owner:
            self.code.drop()
            return ""
        return self.code.make()

    async def stop(self) -> None:
        """Keep who was here last; the machine's token ends."""
        self.local.drop()
        await self.flush()

    async def flush(self) -> None:
        """Keep when people, sessions and tokens were used."""
        seen = self.known.take_seen()
        if any(seen):
            await self._disk.write(lambda connection: book.note_seen(connection, *seen))

    # -- the way in -----------------------------------------------------------------------------------------------

    async def set_up(self, code: str, name: str, password: str, visitor: Visitor) -> tuple[str, Session]:
        """Make the first owner, for whoever has the code."""
        self._slow_down(visitor, "")
        if self.known.has_owner:
            raise denied(409, _HAS_OWNER)
        if not self.code.fits(code):
            raise denied(403, _WRONG_CODE)
        self.failures.succeeded(visitor.address, "", here=visitor.here)
        self._check(name, password, OWNER)
        async with self._one_by_one:
            if self.known.has_owner or not self.code.take(code):
                raise denied(409, _HAS_OWNER)
            try:
                person = await self._new_person(name, OWNER, password)
            except BaseException:
                self.code.give_back(code)
                raise
            self.code.drop()
        return await self._open_session(person, visitor)

    async def log_in(self, name: str, password: str, visitor: Visitor, *, old: str = "") -> tuple[str, Session]:
        """A session for whoever knows the password; the one that was there before (`old` is its secret) ends."""
        key = key_of(name)
        self._slow_down(visitor, key)
        before = self.known.people.get(key)
        fits = await self._passwords.verify(before.password if before else "", password)
        person = self.known.people.get(key)
        if person is None or before is None or person.password != before.password or person.disabled or not fits:
            raise denied(401, _WRONG)
        self.failures.succeeded(visitor.address, key, here=visitor.here)
        if self._passwords.is_dated(person.password):
            person = await self._rehash(person, password)
        await self.log_out(old)
        async with self._one_by_one:  # what is changed meanwhile ends sessions, and must end this one too
            now = self.known.people.get(key)
            if now is None or now.disabled or now.password != person.password:
                raise denied(401, _WRONG)
            return await self._open_session(now, visitor)

    async def log_out(self, secret: str) -> None:
        """End the session that this secret opens."""
        session = self.known.session_with(secret)
        if session is not None:
            await self.keys.end([session.id], [])

    async def change_password(self, caller: Caller, old: str, new: str, visitor: Visitor) -> tuple[str, Session]:
        """Another password for whoever is logged in; all their sessions end, and a new one begins."""
        key = key_of(caller.person)
        self._slow_down(visitor, key)
        before = self.person(caller.person)
        if not await self._passwords.verify(before.password, old):
            raise denied(403, "The old password is wrong")
        self.failures.succeeded(visitor.address, key, here=visitor.here)
        problem = password_problem(new, before.name)
        if problem:
            raise denied(422, problem)
        change = Change(password=await self._passwords.hash(new))
        async with self._one_by_one:
            person = self.person(caller.person)
            if person.password != before.password or person.disabled:
                raise denied(409, "The account was changed in the meantime: log in again")
            return await self._open_session(await self._replace(person, change), visitor)

    # -- people ---------------------------------------------------------------------------------------------------

    async def add_person(self, by: Caller, name: str, role: Rank, password: str) -> Person:
        """Make an account."""
        if not covers(by.role, role):
            raise denied(403, f"Only an owner may make somebody {role}")
        self._check(name, password, role)
        async with self._one_by_one:
            person = await self._new_person(name, role, password)
        if self.known.has_owner:
            self.code.drop()
        return person

    async def change_person(
        self, by: Caller, name: str, *, role: Rank | None, disabled: bool | None, password: str | None
    ) -> Person:
        """Change an account; their sessions end, so that they log in again as what they are now."""
        if password is not None and (problem := password_problem(password, name)):
            raise denied(422, problem)
        self._may_change(by, name, Change(role, disabled, password))
        hashed = await self._passwords.hash(password) if password is not None else None
        change = Change(role, disabled, hashed)
        async with self._one_by_one:
            return await self._replace(self._may_change(by, name, change), change)

    async def remove_person(self, by: Caller, name: str) -> None:
        """Delete an account with its sessions and tokens; what the person has said is forgotten from now on."""
        async with self._one_by_one:
            person = self._may_change(by, name, Change(deleted=True))
            self.known.remove_person(person.key)
            self.erasures += [(person.name, place) for place in REMEMBERING]

            def work(connection: book.Connection) -> None:
                book.remove_person(connection, person.key)
                book.put_erasures(connection, person.name, REMEMBERING)

            await self._disk.write(work)

    async def erased(self, name: str, place: str) -> None:
        """Nothing of a deleted person is left in a place."""
        await self._disk.write(lambda connection: book.remove_erasure(connection, name, place))
        self.erasures = [one for one in self.erasures if one != (name, place)]

    def person(self, name: str) -> Person:
        """Somebody with an account; 404 when there is nobody of this name."""
        found = self.known.people.get(key_of(name))
        if found is None:
            raise denied(404, f"There is nobody called '{name}': /api/people lists them")
        return found

    # -- how it is done -------------------------------------------------------------------------------------------

    def _slow_down(self, visitor: Visitor, key: str) -> None:
        """Count a try, before it is looked at: many at once are many tries."""
        wait = self.failures.wait(visitor.address, key, here=visitor.here)
        if wait > 0:
            raise denied(429, f"Too many wrong tries: wait {int(wait) + 1} s", wait)
        self.failures.note(visitor.address, key, here=visitor.here)

    def _check(self, name: str, password: str, role: Rank) -> None:
        key = key_of(name)
        problem = name_problem(name) or password_problem(password, name)
        if problem:
            raise denied(422, problem)
        if key in self._reserved or (key == self._owner and role != OWNER):
            raise denied(409, f"'{name}' is the name of somebody with a token in the settings: take another one")

    async def _new_person(self, name: str, role: Rank, password: str) -> Person:
        if key_of(name) in self.known.people:
            raise denied(409, f"There is somebody called '{name}' already")
        left = sorted({place for gone, place in self.erasures if key_of(gone) == key_of(name)})
        if left:
            raise denied(409, _NOT_ERASED.format(name=name, places=", ".join(left)))
        if len(self.known.people) >= MOST_PEOPLE:
            raise denied(409, f"There are {MOST_PEOPLE} people already: delete somebody first")
        person = Person(name, role, await self._passwords.hash(password), self.now())
        await self._disk.write(lambda connection: book.add_person(connection, person))
        self.known.put_person(person)
        return person

    def _may_change(self, by: Caller, name: str, change: Change) -> Person:
        person = self.person(name)
        problem = change_problem(self.known.people, by, person, change)
        if problem:
            raise denied(409 if "last owner" in problem else 403, problem)
        return person

    async def _replace(self, person: Person, change: Change) -> Person:
        """What a person is now; sessions end first, so that nothing goes on as before whatever the disk does."""
        changed = replace(
            person, role=change.role or person.role, password=change.password or person.password,
            disabled=person.disabled if change.disabled is None else change.disabled,
            last_seen=self.known.last_seen(person),
        )  # fmt: skip
        ended = self.known.sessions_of(person.key)
        self.known.remove_sessions(ended)

        def work(connection: book.Connection) -> None:
            book.put_person(connection, changed)
            book.remove_sessions(connection, ended)

        await self._disk.write(work)
        self.known.put_person(changed)
        self.known.interrupt_tokens_of(person.key)
        return changed

    async def _rehash(self, person: Person, password: str) -> Person:
        """Keep the password by the present parameters; sessions go on."""
        again = replace(person, password=await self._passwords.hash(password))
        async with self._one_by_one:
            if self.known.people.get(person.key) is not person:
                return person
            await self._disk.write(lambda connection: book.put_person(connection, again))
            self.known.put_person(again)
        return again

    async def _open_session(self, person: Person, visitor: Visitor) -> tuple[str, Session]:
        await self.keys.end(self.known.sessions_of(person.key)[: -(MOST_PER_PERSON - 1)], [])
        secret, session = new_session(person.key, self.now(), visitor.address, visitor.agent)
        await self._disk.write(lambda connection: book.put_session(connection, session))
        self.known.put_session(session)
        self.known.seen_people[person.key] = session.created_at
        return secret, session
