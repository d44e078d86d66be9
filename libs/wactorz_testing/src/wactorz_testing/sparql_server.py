"""A local graph store that speaks the SPARQL 1.1 protocol as Fuseki does: datasets with queries and updates, in memory.

In tests:

    async with SparqlServer(login=("admin", "password")) as server:
        server.datasets["wactorz"].update('INSERT DATA { <http://e/a> <http://e/b> "c" }')
        ...  # ask server.url with /wactorz/sparql and /wactorz/update
        assert server.requests[-1].form == [("query", "ASK {}")]

`server.answer` replaces the next answers by something else: a redirect, a page, a fault.
"""

import base64
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

import pyoxigraph
from aiohttp import web
from pyoxigraph import QueryResultsFormat, RdfFormat

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FORM = "application/x-www-form-urlencoded"
_TABLES = (
    ("application/sparql-results+json", QueryResultsFormat.JSON),
    ("application/sparql-results+xml", QueryResultsFormat.XML),
    ("text/csv", QueryResultsFormat.CSV),
    ("text/tab-separated-values", QueryResultsFormat.TSV),
)
_GRAPHS = (
    ("text/turtle", RdfFormat.TURTLE),
    ("application/n-triples", RdfFormat.N_TRIPLES),
    ("application/rdf+xml", RdfFormat.RDF_XML),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    form: list[tuple[str, str]]
    headers: dict[str, str]


class SparqlServer:
    """The store; use it as an async context manager."""

    def __init__(self, datasets: Iterable[str] = ("wactorz",), *, login: tuple[str, str] | None = None) -> None:
        self.datasets = {name: pyoxigraph.Store() for name in datasets}
        self.requests: list[Asked] = []
        self.answer: deque[Answer] = deque()
        self._login = login
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        for method in ("GET", "POST"):
            app.router.add_route(method, "/{dataset}/sparql", self._on_query)
        app.router.add_post("/{dataset}/update", self._on_update)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _on_query(self, request: web.Request) -> web.StreamResponse:
        form = await self._noted(request, "application/sparql-query")
        return await self._checked(request) or self._query(request, form)

    async def _on_update(self, request: web.Request) -> web.StreamResponse:
        form = await self._noted(request, "application/sparql-update")
        refused = await self._checked(request)
        if refused is not None:
            return refused
        try:
            self.datasets[request.match_info["dataset"]].update(_only(form, "update"))
        except (SyntaxError, ValueError) as error:
            return web.Response(status=400, text=f"Parse error: {error}")
        return web.Response(status=204)

    def _query(self, request: web.Request, form: list[tuple[str, str]]) -> web.StreamResponse:
        try:
            default: list[Any] = [pyoxigraph.NamedNode(value) for name, value in form if name == "default-graph-uri"]
            named: list[Any] = [pyoxigraph.NamedNode(value) for name, value in form if name == "named-graph-uri"]
            found = self.datasets[request.match_info["dataset"]].query(
                _only(form, "query"), default_graph=default or None, named_graphs=named or None
            )
        except (SyntaxError, ValueError) as error:
            return web.Response(status=400, text=f"Parse error: {error}")
        kinds = _GRAPHS if isinstance(found, pyoxigraph.QueryTriples) else _TABLES
        chosen = _chosen(request.headers.get("Accept", "*/*"), [name for name, _ in kinds])
        if not chosen:
            return web.Response(status=406, text="Not acceptable")
        return web.Response(body=found.serialize(format=dict(kinds)[chosen]), content_type=chosen)  # type: ignore[arg-type]  # the formats of its kind

    async def _noted(self, request: web.Request, direct: str) -> list[tuple[str, str]]:
        form = list(request.query.items())
        if request.method == "POST" and request.content_type == _FORM:
            form = parse_qsl(await request.text(), keep_blank_values=True)
        elif request.method == "POST" and request.content_type == direct:
            form = [(direct.rpartition("-")[2], await request.text()), *form]
        self.requests.append(Asked(request.path_qs, form, dict(request.headers)))
        return form

    async def _checked(self, request: web.Request) -> web.StreamResponse | None:
        if self.answer:
            return await self.answer.popleft()(request)
        if self._login is not None:
            wanted = "Basic " + base64.b64encode(":".join(self._login).encode()).decode()
            if request.headers.get("Authorization") != wanted:
                return web.Response(status=401, text="Unauthorized")
        if request.match_info["dataset"] not in self.datasets:
            return web.Response(status=404, text="No such dataset")
        return None


def _only(form: list[tuple[str, str]], name: str) -> str:
    found = [value for key, value in form if key == name]
    if len(found) != 1:
        raise ValueError(f"exactly one {name} is needed")
    return found[0]


def _chosen(accept: str, offered: list[str]) -> str:
    for part in accept.split(","):
        wanted = part.partition(";")[0].strip().lower()
        for name in offered:
            if wanted in ("*/*", name, f"{name.partition('/')[0]}/*"):
                return name
    return ""
