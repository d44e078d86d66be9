"""Who may speak to the gateway: pure decisions on Host, Origin, role, CSRF token, content type and size."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from wactorz_gateway.accounts.admission import Admission
from wactorz_gateway.accounts.callers import STRANGER, Caller
from wactorz_gateway.accounts.cookies import NAME, session_secret
from wactorz_gateway.accounts.limits import Writes
from wactorz_gateway.accounts.rights import OPEN, PAGES, TALKS, WEBSOCKET, Right, Rights
from wactorz_gateway.accounts.roles import NOBODY, USER
from wactorz_gateway.accounts.sessions import csrf_of
from wactorz_gateway.calls import LOOPBACK_NAMES, Call, Refusal, is_loopback
from wactorz_gateway.graph.protocol import FORM, QUERY, UPDATE

__all__ = [
    "LOOPBACK_NAMES",
    "Call",
    "Guards",
    "Refusal",
    "body_limit",
    "host_name",
    "is_loopback",
    "same_origin",
    "too_large",
]  # fmt: skip

MAX_BODY = 1024 * 1024
"""Bytes in the body of one request."""

MAX_BACKUP = 2 * 1024**3
"""Bytes of a backup that is put back."""

MAX_UPLOAD = 26 * 1024 * 1024
"""Bytes of a request with a file: the file and what a form puts around it."""

MAX_ENTRY_BODY = 16 * 1024
"""Bytes from somebody who is not logged in yet."""

MAX_SPAWN_BODY = 512 * 1024
"""Bytes of a spawn message."""

CSRF_HEADER: Final = "x-csrf-token"
MQTT_PATH: Final = "/mqtt"
_Body = tuple[int, tuple[str, ...], str]
_JSON: _Body = (MAX_BODY, ("application/json",), "JSON")
_SPAWN: _Body = (MAX_SPAWN_BODY, ("application/json",), "JSON")
_ENTRY: _Body = (MAX_ENTRY_BODY, ("application/json",), "JSON")
_FORM: _Body = (MAX_UPLOAD, ("multipart/form-data",), "a form with a file")
_BODIES: Mapping[tuple[str, str], _Body] = {
    ("POST", "/api/agents"): _SPAWN, ("POST", "/agents"): _SPAWN,
    ("POST", "/api/restore"): (MAX_BACKUP, ("application/x-tar",), "a backup"),
    ("POST", "/api/blobs"): (MAX_UPLOAD, (), ""), ("POST", "/api/upload"): _FORM, ("POST", "/upload"): _FORM,
    **{("POST", f"{prefix}/{name}"): _ENTRY for prefix in ("", "/api") for name in ("login", "logout", "setup")},
}  # fmt: skip
"""Bytes, media type and what to call it, of bodies that are not like all others; none stands for any."""
_GRAPHS: Final = "/api/fuseki/"
_SPARQL: Mapping[str, _Body] = {
    one.place: (MAX_BODY, (one.media_type, FORM), f"a SPARQL {one.name}") for one in (QUERY, UPDATE)
}
_ENTRIES = frozenset({"/api/setup", "/api/login", "/setup", "/login"})
_LOG_IN = "Log in first, or send an API token as 'Authorization: Bearer ...' or 'X-API-Key'"
_SEND_TOKEN = "An API token is needed: send it as 'Authorization: Bearer ...' or 'X-API-Key'"  # noqa: S105


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


@dataclass
class Guards:
    """The rules for every request."""

    hosts: frozenset[str]
    admission: Admission
    writes: Writes
    rights: Rights = field(default_factory=Rights)

    def admit(self, call: Call) -> Caller | Refusal:
        """Who makes a call, or why it is not served."""
        caller = self._host(call) or self.caller(call)
        if isinstance(caller, Refusal):
            return caller
        return self._origin(call, caller) or _content(call) or self._speed(call, caller) or caller

    def caller(self, call: Call) -> Caller | Refusal:
        """Who makes a call as things are now, or why their role is not enough: asked again when its body is here."""
        right = self.rights.find(WEBSOCKET if call.kind == "websocket" else call.method, call.path)
        who = self.admission.who(call)
        caller = who if isinstance(who, Caller) else STRANGER
        if right is None or not (right.least == OPEN and not self._is_gated(right)):
            return self._role(call, right, who) or caller
        return caller

    def _is_gated(self, right: Right) -> bool:
        """Whether a page is shown only with the token: there is one, and nobody to log in as."""
        return right.path in PAGES and bool(self.admission.token) and not self.admission.known.has_owner

    def _host(self, call: Call) -> Refusal | None:
        host = call.headers.get("host", "")
        by_program = call.kind == "websocket" and call.path == MQTT_PATH and "origin" not in call.headers
        if host_name(host) in self.hosts or by_program:  # a page of another site always names its origin
            return None
        return Refusal(
            HTTPStatus.FORBIDDEN,
            "This host name is not allowed: use localhost, or name it in WACTORZ_HTTP_HOSTS",
            "host",
        )

    def _role(self, call: Call, right: Right | None, who: Caller | Refusal) -> Refusal | None:
        if isinstance(who, Refusal):
            return who
        if who.role == NOBODY:
            has_owner = self.admission.known.has_owner
            return Refusal(HTTPStatus.UNAUTHORIZED, _LOG_IN if has_owner else _SEND_TOKEN, "login", basic=not has_owner)
        if right is None:
            return self._no_route(call)
        if not who.may(right.least):
            return Refusal(HTTPStatus.FORBIDDEN, f"This needs the role {right.least}, and yours is {who.role}", "role")
        if who.only_talks and right.least == USER and right.path not in TALKS:
            return Refusal(HTTPStatus.FORBIDDEN, "This token may only talk: it needs the scope control", "role")
        return None

    def _no_route(self, call: Call) -> Refusal:
        allowed = self.rights.methods(call.path)
        if allowed:
            detail = f"{call.method} is not possible here: see /api/docs for what is"
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, detail, allow=allowed)
        return Refusal(HTTPStatus.NOT_FOUND, "There is nothing at this address: see /api/docs for what there is")

    def _origin(self, call: Call, caller: Caller) -> Refusal | None:
        if not call.changes and not call.path.startswith(_GRAPHS):  # a query may have the store tell others
            return None
        origin, host = call.headers.get("origin"), call.headers.get("host", "")
        foreign_site = call.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        by_cookie = call.kind == "websocket" and NAME in call.headers.get("cookie", "")
        if origin is None and by_cookie and caller.way in ("", "session"):
            return Refusal(HTTPStatus.FORBIDDEN, "A WebSocket with a cookie must name its origin", "origin")
        if (origin is not None and not same_origin(origin, host)) or (foreign_site and call.kind == "http"):
            return Refusal(HTTPStatus.FORBIDDEN, "Requests from other web sites are not allowed", "origin")
        return self._csrf(call, caller)

    def _csrf(self, call: Call, caller: Caller) -> Refusal | None:
        """A write by cookie shows the word that only a page of this site can have read."""
        if caller.way != "session" or not call.writes or call.path in _ENTRIES:
            return None
        wanted = csrf_of(session_secret(call.headers.get("cookie", "")))
        given = call.headers.get(CSRF_HEADER, "")
        if hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
            return None
        return Refusal(
            HTTPStatus.FORBIDDEN, "The header X-CSRF-Token is missing or old: GET /api/session tells it", "csrf"
        )

    def _speed(self, call: Call, caller: Caller) -> Refusal | None:
        wait = self.writes.take(caller.person or call.client) if call.writes else 0
        if not wait:
            return None
        detail = f"Too many changes in a minute: wait {wait} s"
        return Refusal(HTTPStatus.TOO_MANY_REQUESTS, detail, "write limit", wait=wait)


def same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names the very site that the Host header names."""
    try:
        url = urlsplit(origin)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(host) and url.netloc.lower() == host.lower()


def body_limit(method: str, path: str) -> int:
    """Bytes that the body of a request may have."""
    return _body_of(method, path)[0]


def _body_of(method: str, path: str) -> _Body:
    if path.startswith(_GRAPHS):
        return _SPARQL.get(path.rpartition("/")[2], _JSON)
    return _BODIES.get((method, path), _JSON)


def too_large(limit: int) -> str:
    """The sentence about a body over its limit."""
    return f"The body is too large: at most {limit // 1024} KiB"


def _content(call: Call) -> Refusal | None:
    if not call.writes:
        return None
    length = call.headers.get("content-length", "0")
    has_body = length != "0" or "transfer-encoding" in call.headers
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit, wanted, kind = _body_of(call.method, call.path)
    if wanted and (has_body or media_type) and media_type not in wanted:
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {kind}, with 'Content-Type: {wanted[0]}'")
    if not length.isdigit() or int(length) > limit:
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(limit))
    return None
