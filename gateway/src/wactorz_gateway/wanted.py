"""Work that nobody but its reader wants: it ends when the reader goes away."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

T = TypeVar("T")

CLIENT_GONE = 499
"""Status under which such a request is counted, as proxies do; nobody reads it."""


async def while_wanted(
    request: Request, work: Coroutine[Any, Any, T], give_up: Callable[[], Awaitable[None]]
) -> T | Response:
    """The result of work; when the client goes away first the work ends and `give_up` is run."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=CLIENT_GONE)
    finally:
        leaving.cancel()
        if working.cancel():
            await give_up()


async def _gone(request: Request) -> None:
    """Return when the client has gone away; its body has been read by now."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
