"""The lists that dashboards ask for again and again, answered before routes and dependencies are looked at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from wactorz_common.errors import WactorzError
from wactorz_gateway.answers import CACHE_CONTROL, has_it
from wactorz_gateway.bodies import Body
from wactorz_gateway.parts import Parts

Look = Callable[[], Awaitable[Body]]


@dataclass(frozen=True)
class Route:
    """What the count of requests calls the address."""

    path: str


class HotReads:
    """ASGI middleware: a plain GET of such a list is answered here; everything else, and every problem, goes on."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        looks: dict[str, Look] = {
            "/api/agents": parts.lists.agents, "/agents": parts.lists.agents,
            "/api/nodes": parts.lists.node_list, "/nodes": parts.lists.node_list, "/api/house": parts.look.encoded,
            "/api/health": parts.lists.health, "/health": parts.lists.health,
        }  # fmt: skip
        self._looks = {path: (Route(path), look) for path, look in looks.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        hot = self._looks.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if hot is None or scope["query_string"]:
            await self.app(scope, receive, send)
            return
        route, look = hot
        try:
            body = await look()
        except WactorzError:  # the route tells it as a problem
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        await _answer(body, _if_none_match(scope), send)


def _if_none_match(scope: Scope) -> str:
    given = [value for name, value in scope["headers"] if name == b"if-none-match"]
    return b", ".join(given).decode("latin-1") if given else ""


async def _answer(body: Body, if_none_match: str, send: Send) -> None:
    headers = [(b"etag", body.etag.encode()), (b"cache-control", CACHE_CONTROL)] if body.etag else []
    if body.etag and if_none_match and has_it(if_none_match, body.etag):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body.data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body.data})
