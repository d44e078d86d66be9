"""Commands in chat that do what only admins may do elsewhere."""

from starlette.exceptions import HTTPException

from wactorz_gateway.accounts.roles import ADMIN, USER, Role, covers

_CONTROLS = frozenset({"start", "stop", "restart", "pause", "resume", "delete", "remove"})
_ALWAYS = frozenset({"delete", "remove", "deploy", "migrate"})
_WITH_ANYTHING = frozenset({"start", "restart", "pause", "resume", "nodes", "list_nodes", "webhook", "webhooks"})
_EVERYTHING = frozenset({"all", "everything"})


def least_role(text: str) -> Role:
    """The role that somebody who says this needs; a name of an agent before the command changes nothing."""
    words = text.casefold().split()
    while words and words[0].startswith("@"):
        words = words[1:]
    if not words or not words[0].startswith("/"):
        return USER
    command, rest = words[0][1:].removesuffix("()"), words[1:]
    return ADMIN if command in _ALWAYS or (rest and _runs_the_system(command, rest[0])) else USER


def _runs_the_system(command: str, first: str) -> bool:
    if command == "stop":
        return first not in _EVERYTHING
    if command in ("agents", "capabilities"):
        return first in _CONTROLS
    return command in _WITH_ANYTHING or (command in ("cost", "costs") and first == "limit")


def check_words(text: str, role: str) -> None:
    """HTTPException 403 when a role is too low for what is said."""
    least = least_role(text)
    if not covers(role, least):
        raise HTTPException(403, f"This command needs the role {least}, and yours is {role}")
