"""Answers of routes: bodies with a weak ETag, `304` for those who have them already, and pages of lists."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic_core import from_json, to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

T = TypeVar("T")

_JSON = "application/json"
_NOT_MODIFIED = 304
_USUAL_LIMIT = 100
_PAGING = frozenset({"cursor", "limit", "before"})
CACHE_CONTROL = b"private, no-cache"
_CACHE = {"cache-control": CACHE_CONTROL.decode()}


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


@dataclass(frozen=True)
class Paging:
    """Which part of a list is asked for; without a limit the whole of it."""

    limit: int | None = None
    cursor: str = ""


async def _paging(
    limit: Annotated[int | None, Query(ge=1, le=1000, description="At most so many; all without it")] = None,
    cursor: Annotated[str, Query(max_length=600, description="From the `Link` of the page before")] = "",
) -> Paging:
    return Paging(limit, cursor)


PagingDep = Annotated[Paging, Depends(_paging)]


def page(rows: Sequence[T], key: Callable[[T], str], limit: int, cursor: str) -> tuple[Sequence[T], str]:
    """So many of the rows after those of the page before, and a cursor when there are more.

    A page begins after the last row of the one before; when that row is gone meanwhile, where it stood.
    """
    start = 0
    if cursor:
        place, last = _opened(cursor)
        found = next((number for number, row in enumerate(rows) if key(row) == last), None)
        start = place if found is None else found + 1
    end = start + limit
    return rows[start:end], _closed(end - 1, key(rows[end - 1])) if end < len(rows) else ""


def _closed(place: int, key: str) -> str:
    return base64.urlsafe_b64encode(to_json([place, key])).decode().rstrip("=")


def _opened(cursor: str) -> tuple[int, str]:
    try:
        place, key = from_json(base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", b"-_", validate=True))
        if type(place) is int and place >= 0 and isinstance(key, str):
            return place, key
    except (ValueError, TypeError):
        pass  # told below, as one that is no cursor at all
    raise HTTPException(422, "cursor: this is none that a `Link` has told; begin without one")


def linked(request: Request, cursor: str, limit: int) -> str:
    """The `Link` header to the page after this one; empty without a cursor."""
    if not cursor:
        return ""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in _PAGING]
    query = urlencode([*kept, ("limit", str(limit)), ("cursor", cursor)])
    return f'<{request.url.path}?{query}>; rel="next"'


def listed(request: Request, rows: Sequence[Any], *, link: str = "", ages: frozenset[str] = frozenset()) -> Response:
    """A list as JSON, with its validator; fields that are `ages` only tell the time, and are no change of it."""
    etag = etag_of(_json([row.model_dump(exclude=ages) for row in rows])) if ages else ""
    return answered(request, _json(rows), link=link, etag=etag)


def _json(rows: Sequence[Any]) -> bytes:
    return to_json(rows, by_alias=True, inf_nan_mode="null")


def paged(
    request: Request, rows: Sequence[T], key: Callable[[T], str], paging: Paging, *, ages: frozenset[str] = frozenset()
) -> Response:
    """A list, or the page of it that is asked for."""
    if paging.limit is None and not paging.cursor:
        return listed(request, rows, ages=ages)
    limit = paging.limit or _USUAL_LIMIT
    found, cursor = page(rows, key, limit, paging.cursor)
    return listed(request, found, link=linked(request, cursor, limit), ages=ages)
