"""The guards, the size limit, security headers, request ids, counts and the record of changes around every request."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wactorz_common import logs
from wactorz_common.language import preferred_language, speaking
from wactorz_gateway import requests, tracing
from wactorz_gateway.accounts.callers import STRANGER, Caller
from wactorz_gateway.accounts.changes import Changes, Deed
from wactorz_gateway.accounts.openings import Openings
from wactorz_gateway.accounts.rights import CHANGES_NOTHING
from wactorz_gateway.calls import Call, Refusal
from wactorz_gateway.contentpolicy import content_policy
from wactorz_gateway.guards import Guards, body_limit, too_large
from wactorz_gateway.httpline import TOO_SLOW
from wactorz_gateway.intake import is_late
from wactorz_gateway.problems import UNEXPECTED, problem_response
from wactorz_gateway.proxied import TrustedProxy

Count = Callable[[str, str, int, float], None]
"""Called with method, route, status and seconds after each request."""

HEADERS = {
    "content-security-policy": content_policy(),
    "permissions-policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HEADERS = tuple((name.encode(), value.encode()) for name, value in {**HEADERS, "cache-control": "no-store"}.items())
_REQUEST_ID = requests.HEADER.encode()
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_GONE, _CLIENT_GONE = 1008, 499
_LOG = logs.get(__name__)


@dataclass(frozen=True)
class Watch:
    """Who is told of what was served and refused."""

    count: Count
    refused: Callable[[str], None]
    """Called with one word for each call that was kept out."""
    changes: Changes
    openings: Openings


@dataclass
class _Visit:
    """One request on its way."""

    scope: Scope
    call: Call
    caller: Caller
    refusal: Refusal | None
    began: float = field(default_factory=time.perf_counter)
    task: "asyncio.Task[None] | None" = field(default_factory=asyncio.current_task)
    """Who serves it; streams are sent by tasks of their own."""
    status: int = 0
    streams: bool = False
    whole: bool = False
    """Whether the end of the answer was sent."""

    @property
    def route(self) -> str:
        """The route as it is written, or why there is none."""
        missing = "refused" if self.refusal and not self.refusal.unmatched else "unmatched"
        return str(getattr(self.scope.get("route"), "path", missing))


class Doorkeeper:
    """ASGI middleware: refuses what the guards refuse, before anything of it is read."""

    def __init__(self, app: ASGIApp, guards: Guards, watch: Watch, proxy: TrustedProxy) -> None:
        self.app, self.guards, self.watch, self.proxy = app, guards, watch, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        call = await self._call(scope)
        with speaking(preferred_language(call.headers.get("accept-language", ""))):
            await self._admit(scope, call, receive, send)

    async def _admit(self, scope: Scope, call: Call, receive: Receive, send: Send) -> None:
        """Serve a connection, or say why not; whoever is asked for it answers in the caller's language."""
        admitted = self.guards.admit(call)
        caller, refusal = (STRANGER, admitted) if isinstance(admitted, Refusal) else (admitted, None)
        visit = _Visit(scope, call, caller, refusal)
        _note(visit)
        if refusal is not None and refusal.reason:
            self._note_refused(visit, refusal)
        if scope["type"] == "websocket":
            await (self._reject(refusal, scope, receive, send) if refusal else self._keep(visit, receive, send))
            return
        await self._serve(visit, receive, send)

    async def _call(self, scope: Scope) -> Call:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        peer = scope.get("client")
        client = await self.proxy.caller(peer[0] if peer else "", headers)
        return Call(scope["type"], scope.get("method", "GET"), scope["path"], headers, client)

    async def _serve(self, visit: _Visit, receive: Receive, send: Send) -> None:
        scope = visit.scope

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.status = message["status"]
                message["headers"] = self._dress(visit, list(message.get("headers", ())))
            visit.whole = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            if visit.refusal is not None:
                await _refused(visit.refusal)(scope, receive, dressed)
            else:
                await self._answer(visit, self._arriving(visit, receive), dressed)
        except ClientDisconnect:  # in the middle of its body: nobody is there to be answered
            visit.status = visit.status or _CLIENT_GONE
        except Exception:
            if visit.status:
                raise
            _LOG.exception("a request failed", method=scope["method"], path=scope["path"])
            await problem_response(500, UNEXPECTED)(scope, receive, dressed)
        finally:
            if visit.streams:
                self.watch.openings.leave(visit.caller.key)
            self._finish(visit)

    def _arriving(self, visit: _Visit, receive: Receive) -> Receive:
        """The body as it comes: counted, in time, and complete only for whoever may still do what it asks for."""
        seen, whole = 0, False
        limit = body_limit(visit.call.method, visit.call.path)

        async def arriving() -> Message:
            nonlocal seen, whole
            message = await receive()
            if whole or message["type"] != "http.request":
                return message
            seen += len(message.get("body", b""))
            if seen > limit:  # a missing or false length changes nothing
                raise HTTPException(413, too_large(limit))
            whole = not message.get("more_body")
            if not whole and is_late(visit.scope):
                raise HTTPException(TOO_SLOW.status, TOO_SLOW.detail, {"connection": "close"})
            if whole and visit.call.writes:
                self._ask_again(visit)
            return message

        return arriving

    def _ask_again(self, visit: _Visit) -> None:
        """A body may take its time, and whoever sends it may have lost the right to in the meantime."""
        caller = self.guards.caller(visit.call)
        if isinstance(caller, Refusal):
            visit.scope["state"]["deed"] = {"reason": caller.reason, "detail": "refused when its body was here"}
            raise HTTPException(caller.status, caller.detail, _refusal_headers(caller))
        visit.caller = caller
        visit.scope["state"].update(person=caller.person, role=caller.role, caller=caller)

    async def _answer(self, visit: _Visit, receive: Receive, send: Send) -> None:
        """Answer; a stream whose reader counts no more ends as one that is over, whether the app took notice or not."""
        try:
            await self.app(visit.scope, receive, send)
        except asyncio.CancelledError:
            if not visit.streams or not self.watch.openings.was_ended():
                raise
        else:
            if not visit.streams or not self.watch.openings.was_ended():
                return
        if not visit.whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _dress(self, visit: _Visit, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        given = dict(headers)
        headers += [pair for pair in _HEADERS if pair[0] not in given]
        headers.append((_REQUEST_ID, visit.scope["state"]["request_id"].encode()))
        if given.get(b"content-type", b"").startswith(b"text/event-stream"):
            visit.streams = True
            self.watch.openings.enter(visit.caller.key, visit.task)
        return headers

    async def _keep(self, visit: _Visit, receive: Receive, send: Send) -> None:
        """Serve a WebSocket until it ends, or whoever opened it counts no more."""
        openings = self.watch.openings
        openings.enter(visit.caller.key)
        try:
            await self.app(visit.scope, receive, send)
        except asyncio.CancelledError:
            if not openings.was_ended():
                raise
            await send({"type": "websocket.close", "code": _GONE, "reason": "Log in again"})
        finally:
            openings.leave(visit.caller.key)

    def _finish(self, visit: _Visit) -> None:
        method, status = visit.scope["method"], visit.status or 500
        self.watch.count(method, visit.route, status, time.perf_counter() - visit.began)
        if method not in _WRITES or visit.refusal is not None:
            return
        said: dict[str, Any] = visit.scope["state"].get("deed", {})
        values = visit.scope.get("path_params", {}).values()
        target = said.get("target") or " ".join(str(value) for value in values)
        deed = _deed(visit, status, target, said.get("detail", ""), said.get("caller"))
        if status in (401, 403, 429):
            self.watch.refused(said.get("reason", "denied"))
            self.watch.changes.note_refused(deed)
        elif visit.route not in CHANGES_NOTHING:
            self.watch.changes.note(deed)

    def _note_refused(self, visit: _Visit, refusal: Refusal) -> None:
        self.watch.refused(refusal.reason)
        if refusal.reason != "login":  # whoever only looks without being logged in tries nothing
            self.watch.changes.note_refused(_deed(visit, refusal.status, visit.call.path, f"refused: {refusal.reason}"))

    async def _reject(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": _GONE, "reason": refusal.detail})
            return
        response = _refused(refusal)
        response.headers[requests.HEADER] = scope["state"]["request_id"]
        await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": response.raw_headers})
        await send({"type": "websocket.http.response.body", "body": bytes(response.body)})


def _note(visit: _Visit) -> None:
    """What routes may know of who calls, and the request id in every line of the log."""
    known = requests.request_id(visit.call.headers.get(requests.HEADER, ""))
    visit.scope.setdefault("state", {}).update(
        person=visit.caller.person, role=visit.caller.role, caller=visit.caller, address=visit.call.client,
        request_id=known,
    )  # fmt: skip
    tracing.current().whose = visit.caller.whose
    structlog.contextvars.bind_contextvars(request_id=known)


def _deed(visit: _Visit, status: int, target: str, detail: str, caller: Caller | None = None) -> Deed:
    who = caller or visit.caller
    method = "WS" if visit.scope["type"] == "websocket" else visit.scope["method"]
    known = visit.scope["state"]["request_id"]
    return Deed(who.person, who.role, visit.call.client, method, visit.route, target, status, known, detail)


def _refused(refusal: Refusal) -> Response:
    return problem_response(refusal.status, refusal.detail, _refusal_headers(refusal))


def _refusal_headers(refusal: Refusal) -> dict[str, str]:
    headers = {}
    if refusal.status == 401:  # noqa: PLR2004
        basic = 'Basic realm="Wactorz: the password is the API token"'
        headers["www-authenticate"] = basic if refusal.basic else 'Bearer realm="Wactorz"'
    if refusal.allow:
        headers["allow"] = ", ".join(refusal.allow)
    if refusal.wait:
        headers["retry-after"] = str(refusal.wait)
    return headers
