"""The guards, the size limit, security headers, request ids and counts around every request."""

import time
from collections.abc import Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wactorz_common import logs
from wactorz_gateway import requests
from wactorz_gateway.accounts.callers import STRANGER, Caller
from wactorz_gateway.guards import Call, Guards, Refusal, body_limit, too_large
from wactorz_gateway.problems import UNEXPECTED, problem_response
from wactorz_gateway.proxied import TrustedProxy

Count = Callable[[str, str, int, float], None]
"""Called with method, route, status and seconds after each request."""

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_LOG = logs.get(__name__)


class Doorkeeper:
    """ASGI middleware: refuses what the guards refuse, before anything of it is read."""

    def __init__(self, app: ASGIApp, guards: Guards, count: Count, proxy: TrustedProxy) -> None:
        self.app, self.guards, self.count, self.proxy = app, guards, count, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        call = await self._call(scope)
        admitted = self.guards.admit(call)
        caller, refusal = (STRANGER, admitted) if isinstance(admitted, Refusal) else (admitted, None)
        self._note(scope, call, caller)
        if scope["type"] == "websocket":
            await (self._reject(refusal, scope, receive, send) if refusal else self.app(scope, receive, send))
            return
        await self._serve(refusal, scope, receive, send)

    async def _call(self, scope: Scope) -> Call:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        peer = scope.get("client")
        client = await self.proxy.caller(peer[0] if peer else "", headers)
        return Call(scope["type"], scope.get("method", "GET"), scope["path"], headers, client)

    def _note(self, scope: Scope, call: Call, caller: Caller) -> None:
        """What routes may know of who calls, and the request id in every line of the log."""
        known = requests.request_id(call.headers.get(requests.HEADER, ""))
        scope.setdefault("state", {}).update(
            person=caller.person, role=caller.role, caller=caller, address=call.client, request_id=known
        )
        structlog.contextvars.bind_contextvars(request_id=known)

    async def _serve(self, refusal: Refusal | None, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                headers[requests.HEADER] = scope["state"]["request_id"]
            await send(message)

        try:
            if refusal is not None:
                await _refused(refusal)(scope, receive, dressed)
            else:
                await self.app(scope, _limited(receive, body_limit(scope["method"], scope["path"])), dressed)
        except Exception:
            if status:
                raise
            _LOG.exception("a request failed", method=scope["method"], path=scope["path"])
            await problem_response(500, UNEXPECTED)(scope, receive, dressed)
        finally:
            route = getattr(scope.get("route"), "path", "refused" if refusal and not refusal.unmatched else "unmatched")
            self.count(scope["method"], route, status or 500, time.perf_counter() - started)

    async def _reject(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail})
            return
        response = _refused(refusal)
        response.headers[requests.HEADER] = scope["state"]["request_id"]
        await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": response.raw_headers})
        await send({"type": "websocket.http.response.body", "body": bytes(response.body)})


def _refused(refusal: Refusal) -> Response:
    headers = {}
    if refusal.status == 401:  # noqa: PLR2004
        headers["www-authenticate"] = 'Basic realm="Wactorz: the password is the API token"'
    if refusal.allow:
        headers["allow"] = ", ".join(refusal.allow)
    return problem_response(refusal.status, refusal.detail, headers)


def _limited(receive: Receive, limit: int) -> Receive:
    """Count the bytes of the body as they come: a missing or false length changes nothing."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, too_large(limit))
        return message

    return counted
