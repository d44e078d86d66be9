"""Answers of routes: bodies with a weak ETag, `304` for those who have them already, and pages of lists."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

T = TypeVar("T")

_JSON = "application/json"
_NOT_MODIFIED = 304
_PAGING = frozenset({"cursor", "limit", "before"})
_CACHE = {"cache-control": "private, no-cache"}


def etag_of(body: bytes) -> str:
    """A weak validator that changes with the content."""
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def answered(request: Request, body: bytes, *, etag: str = "", media_type: str = _JSON, link: str = "") -> Response:
    """The body, or `304` when the caller has it; `etag` saves making one of the body."""
    etag = etag or etag_of(body)
    headers = {"etag": etag, **_CACHE, **({"link": link} if link else {})}
    if has_it(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def has_it(if_none_match: str, etag: str) -> bool:
    """Whether a list of validators names this one, or all; weak and strong ones compare alike."""
    if not if_none_match:
        return False
    if if_none_match == etag or if_none_match.strip() == "*":
        return True
    wanted = etag.removeprefix("W/")
    return any(given.strip().removeprefix("W/") == wanted for given in if_none_match.split(","))


def page(rows: Sequence[T], key: Callable[[T], str], limit: int, after: str) -> tuple[Sequence[T], str]:
    """So many of the rows that follow the one with this key, and the key of the last one when there are more.

    A row that is gone meanwhile is passed over where keys are in order; else the page begins anew.
    """
    start = next((place + 1 for place, row in enumerate(rows) if key(row) == after), 0) if after else 0
    found = rows[start : start + limit]
    return found, key(found[-1]) if found and start + limit < len(rows) else ""


def linked(request: Request, cursor: str, limit: int) -> str:
    """The `Link` header to the page after this one; empty without a cursor."""
    if not cursor:
        return ""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in _PAGING]
    query = urlencode([*kept, ("limit", str(limit)), ("cursor", cursor)])
    return f'<{request.url.path}?{query}>; rel="next"'


def listed(request: Request, rows: Sequence[Any], *, link: str = "") -> Response:
    """A list as JSON, with its validator."""
    return answered(request, to_json(rows, by_alias=True), link=link)
