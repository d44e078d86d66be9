"""API tokens: for programs, with a scope and an end."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from wactorz_gateway.accounts.roles import ADMIN, USER, VIEWER, Role, higher, lower
from wactorz_gateway.accounts.sessions import digest_of

Scope = Literal["read", "talk", "control", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

MARK = "wz_"
"""How every token begins."""

LONGEST_SECONDS = 3650 * 24 * 3600
MOST_PER_PERSON = 50
_ROLES: dict[Scope, Role] = {"read": VIEWER, "talk": USER, "control": USER, "admin": ADMIN}


@dataclass(slots=True)
class Token:
    """One token; times in epoch seconds."""

    id: str
    digest: str
    prefix: str
    """Its first characters, to recognize it by."""
    label: str
    person: str
    """Key of the person."""
    scopes: tuple[Scope, ...]
    created_at: float
    expires_at: float | None
    last_used: float | None = None

    def role_for(self, role: Role) -> Role:
        """What the token may do for a person of this role: never more than the person."""
        return lower(role_of_scopes(self.scopes), role)

    @property
    def only_talks(self) -> bool:
        """Whether, of all that users do, it may only talk."""
        return not {"control", "admin"} & set(self.scopes)


def role_of_scopes(scopes: Iterable[Scope]) -> Role:
    """The role that scopes stand for."""
    highest: Role = VIEWER
    for scope in scopes:
        highest = higher(highest, _ROLES[scope])
    return highest


def new_token(person: str, label: str, scopes: Iterable[Scope], now: float, seconds: float) -> tuple[str, Token]:
    """A secret to hand out once, and what is kept of it."""
    secret = MARK + secrets.token_urlsafe(32)
    ordered = tuple(scope for scope in SCOPES if scope in set(scopes))
    kept = Token(
        secrets.token_hex(6), digest_of(secret), secret[: len(MARK) + 5], label, person, ordered, now, now + seconds
    )
    return secret, kept
