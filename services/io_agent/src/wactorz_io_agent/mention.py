"""Who a message is for: `@name rest`, a field that names an agent, or main."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from wactorz_io_agent.german import phrase

MAIN = "main"
PLANNER = "planner"

_MENTION = re.compile(r"^\s*@(?P<name>[\w.-]+)[,:]?(?:\s+(?P<rest>.*))?$", re.DOTALL)
_PLAIN = re.compile(r"[\w.-]+")
_SAME_AS_MAIN = frozenset({"main", "main-actor", "wactorz"})
_MOST_SUGGESTIONS = 3


@dataclass(frozen=True)
class Addressed:
    """The agent a message is for, and what it says to that agent."""

    agent: str
    text: str


def address(content: str, to: str = "", known: Collection[str] = ()) -> Addressed:
    """Read who a message is for; an explicit `to` wins over a mention in the text.

    A name that is known as it is written stays so; others are read in the spelling of our own agents.
    """
    if to.strip():
        return _resolved(to.strip().removeprefix("@"), content, known)
    text = content.lstrip()
    named = _named(text[1:], known) if text.startswith("@") else None
    if named is not None:
        return named
    found = _MENTION.match(content)
    if found is None:
        return Addressed(MAIN, content)
    return _resolved(found["name"], (found["rest"] or "").strip(), known)


def _named(text: str, known: Collection[str]) -> Addressed | None:
    """The longest known name that a text begins with, where names hold blanks or signs that are no letters."""
    odd = (one for one in known if not _PLAIN.fullmatch(one) and text.startswith(one))
    name = max(odd, key=len, default="")
    rest = text[len(name) :].removeprefix(",").removeprefix(":")
    return Addressed(name, rest.strip()) if name and (not rest or rest[0].isspace()) else None


def _resolved(name: str, text: str, known: Collection[str]) -> Addressed:
    exact = next((one for one in (name, name.rstrip(".")) if one in known and one not in (MAIN, PLANNER)), None)
    if exact is not None:
        return Addressed(exact, text)
    plain = name.casefold().replace("_", "-").rstrip(".")
    if plain in _SAME_AS_MAIN:
        return Addressed(MAIN, text)
    if plain == PLANNER:
        return Addressed(MAIN, f"pipeline: {text}")
    return Addressed(plain, text)


def payload_of(text: str) -> Any:
    """What agents of others take a typed text for: a JSON object is the payload itself."""
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else text
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text


def resting(name: str, state: str) -> str:
    """What a person is told who speaks to an agent that takes nothing now."""
    return phrase(
        "@{name} is paused, so nothing was passed on. /agents resume {name} wakes it; /agents shows who is here."
        if state == "paused"
        else "@{name} is stopped, so nothing was passed on. /start {name} starts it; /agents shows who is here.",
        name=name,
    )


def not_found(name: str, known: Collection[str]) -> str:
    """What a person is told who names an agent that does not exist."""
    near = get_close_matches(name, sorted(known), n=_MOST_SUGGESTIONS, cutoff=0.5)
    if near:
        names = phrase(" or ").join(f"@{one}" for one in near)
        return phrase("Agent @{name} not found. Did you mean {names}?", name=name, names=names)
    return phrase("Agent @{name} not found. /agents lists those that are here.", name=name)
