"""Which accounts an installation has: the shipped ones, and those that a person lists in a file; pure."""

import re
from collections.abc import Mapping
from typing import Any

from wactorz_common.errors import ConfigError
from wactorz_common.ids import NAME_PATTERN
from wactorz_prepare.dynsec import Account

_NAME = re.compile(NAME_PATTERN)
_FIELDS = 3
_SHORTEST_PASSWORD = 12


def shipped(user: str, rights: Mapping[str, Any], password: str, given: Mapping[str, str]) -> Account:
    """A shipped account; `given` fills in the ids that its rights name."""
    return _account(user, rights, password, given)


def listed(text: str, kinds: Mapping[str, Any], taken: frozenset[str]) -> list[Account]:
    """The accounts of a person's file, `KIND NAME PASSWORD` on each line; ConfigError names the line that is wrong."""
    accounts: list[Account] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = line.split()
        problem = _problem(parts, kinds, taken | {account.user for account in accounts})
        if problem:
            raise ConfigError(f"Line {number} of WACTORZ_ACCOUNTS_FILE is wrong: {problem}")
        kind, name, password = parts
        accounts.append(_account(name, kinds[kind], password, {"name": name}))
    return accounts


def _problem(parts: list[str], kinds: Mapping[str, Any], taken: frozenset[str]) -> str:
    if len(parts) != _FIELDS or parts[0] not in kinds:
        return f"it must read KIND NAME PASSWORD, with one of the kinds {', '.join(kinds)}"
    if not _NAME.fullmatch(parts[1]) or parts[1].startswith("agent-"):
        return f"'{parts[1]}' is no name for an account: use 1-32 of a-z, 0-9 and hyphens, without 'agent-' in front"
    if parts[1] in taken:
        return f"there is an account '{parts[1]}' already"
    if len(parts[2]) < _SHORTEST_PASSWORD:
        return f"the password has fewer than {_SHORTEST_PASSWORD} characters"
    return ""


def _account(user: str, rights: Mapping[str, Any], password: str, given: Mapping[str, str]) -> Account:
    def filled(topics: list[str]) -> tuple[str, ...]:
        return tuple(topic.format_map(given) for topic in topics)

    return Account(
        user, password, str(rights.get("client_id", "")).format_map(given), filled(rights["publish"]),
        filled(rights["subscribe"]), filled(rights.get("deny_publish", [])),
        filled(rights.get("deny_receive", [])),
    )  # fmt: skip
