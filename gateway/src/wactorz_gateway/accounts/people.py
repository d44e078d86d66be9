"""People with accounts: their names, and who may change whom."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.roles import OWNER, Rank, covers

MOST_PEOPLE = 200
NAME_PATTERN = r"^\w[\w .@-]{0,63}$"
_NAME = re.compile(NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; times in epoch seconds."""

    name: str
    role: Rank
    password: str
    """Hash by argon2id."""
    created_at: float
    last_seen: float | None = None
    disabled: bool = False

    @property
    def account(self) -> str:
        """Tells the account apart from another one of this name, before or after it."""
        return f"{self.key}\0{self.created_at!r}"

    @property
    def key(self) -> str:
        """What two spellings of one name share."""
        return key_of(self.name)

    @property
    def rules(self) -> bool:
        """Whether this is an owner who can come in."""
        return self.role == OWNER and not self.disabled


def key_of(name: str) -> str:
    """The spelling under which a person is found."""
    return unicodedata.normalize("NFKC", name).casefold()


def name_problem(name: str) -> str:
    """Why a name is not taken, as a sentence; empty when it is."""
    if _NAME.fullmatch(name) and name == unicodedata.normalize("NFKC", name) and not name.endswith((" ", ".")):
        return ""
    return "A name begins with a letter or digit and has up to 64 letters, digits, spaces and . @ _ -"


@dataclass(frozen=True)
class Change:
    """What is to become of a person; None leaves a thing as it is."""

    role: Rank | None = None
    disabled: bool | None = None
    password: str | None = None
    deleted: bool = False

    @property
    def unseats(self) -> bool:
        """Whether an owner would not be one any more."""
        return self.deleted or bool(self.disabled) or self.role not in (None, OWNER)


def change_problem(people: Mapping[str, Person], by: Caller, target: Person, change: Change) -> str:
    """Why somebody may not change a person, as a sentence; empty when it is fine."""
    if by.way in ("session", "token") and key_of(by.person) == target.key:
        return "Nobody changes themselves here: a password is changed with /api/password, the rest by somebody else"
    if not covers(by.role, target.role):
        return f"{target.name} is {target.role}, and only an owner may change that"
    if change.role and not covers(by.role, change.role):
        return f"Only an owner may make somebody {change.role}"
    if target.rules and change.unseats and not any(one.rules for one in people.values() if one is not target):
        return f"{target.name} is the last owner: make somebody else owner first"
    return ""
