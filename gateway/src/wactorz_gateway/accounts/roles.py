"""The four roles, one above the other; nobody has none."""

from typing import Final, Literal, TypeGuard

Role = Literal["", "viewer", "user", "admin", "owner"]
"""What a person may do; empty: nobody was let in."""

Rank = Literal["viewer", "user", "admin", "owner"]
"""A role that a person can have."""

NOBODY: Final = ""
VIEWER: Final = "viewer"
"""Reads."""
USER: Final = "user"
"""Talks, moves devices, answers approvals, makes rules."""
ADMIN: Final = "admin"
"""Spawns and deletes agents; policies, budgets, webhooks, people, backups, the bus."""
OWNER: Final = "owner"
"""An admin whom nobody removes."""

_HEIGHT: dict[str, int] = {NOBODY: 0, VIEWER: 1, USER: 2, ADMIN: 3, OWNER: 4}
_BY_HEIGHT: tuple[Role, ...] = (NOBODY, VIEWER, USER, ADMIN, OWNER)


def covers(role: str, least: str) -> bool:
    """Whether a role is at least another one; what is no role covers nothing."""
    return _HEIGHT.get(role, -1) >= _HEIGHT[least]


def lower(first: Role, second: Role) -> Role:
    """The lower one of two roles."""
    return _BY_HEIGHT[min(_HEIGHT[first], _HEIGHT[second])]


def higher(first: Role, second: Role) -> Role:
    """The higher one of two roles."""
    return _BY_HEIGHT[max(_HEIGHT[first], _HEIGHT[second])]


def is_rank(text: str) -> TypeGuard[Rank]:
    """Whether a word is a role that a person can have."""
    return bool(text) and text in _HEIGHT
