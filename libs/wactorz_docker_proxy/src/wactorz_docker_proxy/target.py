"""Reads a request target; whatever has two spellings is refused. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from wactorz_docker_proxy.refusal import Refused

_VERSION = re.compile(r"^/v1\.[0-9]{2}(?=/)")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
_LONGEST = 2048
_MOST_KEYS = 12


@dataclass(frozen=True)
class Target:
    """The parts of a path, without the version of the interface, and its query."""

    parts: tuple[str, ...]
    query: dict[str, str]


def parse(raw: str) -> Target:
    """Take a raw request target apart; Refused when it could be read in more than one way."""
    if len(raw) > _LONGEST:
        raise Refused("The address is too long")
    path, _, query = raw.partition("?")
    path = _VERSION.sub("", path, count=1)
    if not path.startswith("/"):
        raise Refused("The address is not a plain path")
    parts = tuple(path[1:].split("/"))
    if not all(_SEGMENT.fullmatch(part) for part in parts):
        raise Refused("The path has empty, encoded or relative parts")
    return Target(parts, _query(query))


def _query(text: str) -> dict[str, str]:
    if ";" in text or "#" in text:
        raise Refused("The query has a separator that is not &")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_MOST_KEYS)
    except ValueError:
        raise Refused("The query cannot be read") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("A key stands twice in the query")
    return found
