"""The web application: routes, guards and error documents around the gateway's parts."""

import time
import warnings

from fastapi import FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning

from wactorz_gateway import openapi, problems, socket
from wactorz_gateway.accounts.admission import Admission
from wactorz_gateway.accounts.openings import Openings
from wactorz_gateway.api import ROUTERS
from wactorz_gateway.builtpage import BuiltPage
from wactorz_gateway.graph.store import GraphStore
from wactorz_gateway.guards import LOOPBACK_NAMES, Guards, host_name, is_loopback
from wactorz_gateway.hotreads import HotReads
from wactorz_gateway.middleware import Doorkeeper, Watch
from wactorz_gateway.parts import Parts
from wactorz_gateway.proxied import TrustedProxy
from wactorz_gateway.settings import GatewaySettings
from wactorz_gateway.tracing import Tracing
from wactorz_gateway.views import VERSION

_ANY_ADDRESS = {"0.0.0.0", "::", ""}


def create_app(parts: Parts, settings: GatewaySettings) -> FastAPI:
    """The application that serves these parts."""
    # FastAPI hides these where it makes its fields; those of contracts are built later, at first use.
    warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
    app = FastAPI(
        title="Wactorz", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        description=openapi.DESCRIPTION, generate_unique_id_function=openapi.operation_id,
    )  # fmt: skip
    openapi.install(app)
    app.state.parts = parts
    app.state.graph = GraphStore(settings.graph_url, settings.graph_user, settings.graph_password.get_secret_value())
    app.state.page = BuiltPage(settings.http_page)
    problems.install(app)
    for router in (*ROUTERS, socket.router):
        app.include_router(router)
    proxy = TrustedProxy(settings.http_trusted_proxy.strip(), time.monotonic)
    app.add_middleware(HotReads, parts=parts)
    app.add_middleware(Doorkeeper, guards=make_guards(parts, settings), watch=make_watch(parts), proxy=proxy)
    app.add_middleware(Tracing)
    return app


def make_guards(parts: Parts, settings: GatewaySettings) -> Guards:
    """The rules for every request."""
    admission = Admission(
        parts.accounts.known, parts.now, time.monotonic, is_loopback(settings.reachable_at), settings.token,
        settings.persons, settings.http_owner, parts.accounts.local,
    )  # fmt: skip
    return Guards(allowed_hosts(settings), admission, parts.accounts.writes)


def make_watch(parts: Parts) -> Watch:
    """Who is told of what was served; open connections end with the session that opened them."""
    openings = Openings()
    parts.accounts.known.revoked.append(openings.end)
    return Watch(parts.exposition.count, parts.exposition.refused, parts.accounts.changes, openings)


def allowed_hosts(settings: GatewaySettings) -> frozenset[str]:
    """The names that a Host header may carry."""
    named = {host_name(host.strip()) for host in settings.http_hosts.split(",") if host.strip()}
    bind = {settings.http_bind.lower(), settings.reachable_at.lower()} - _ANY_ADDRESS
    return frozenset(LOOPBACK_NAMES | named | bind)
