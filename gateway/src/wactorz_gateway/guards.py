"""Who may speak to the gateway: pure decisions on Host, Origin, token, content type and size."""

import base64
import binascii
import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from wactorz_gateway.accounts.callers import STRANGER, Caller
from wactorz_gateway.accounts.rights import OPEN, PAGES, WEBSOCKET, Right, Rights
from wactorz_gateway.accounts.roles import ADMIN, OWNER

MAX_BODY = 1024 * 1024
"""Bytes in the body of one request."""

MAX_BACKUP = 2 * 1024**3
"""Bytes of a backup that is put back."""

RESTORE_PATH = "/api/restore"

MAX_SPAWN_BODY = 512 * 1024
"""Bytes of a spawn message."""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FAILURES_PER_MINUTE = 10
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KNOWN_ADDRESSES = 10_000


@dataclass(frozen=True)
class Call:
    """What the guards look at; header names are lower case."""

    kind: str
    method: str
    path: str
    headers: Mapping[str, str]
    client: str = ""

    @property
    def changes(self) -> bool:
        """True for requests that change something and for WebSockets, which can."""
        return self.kind == "websocket" or self.method in _WRITES


@dataclass(frozen=True)
class Refusal:
    """A status and the sentence that explains it."""

    status: int
    detail: str
    allow: tuple[str, ...] = ()
    """What would be possible at the address, with status 405."""

    @property
    def unmatched(self) -> bool:
        """True when there is no such route."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    return address in LOOPBACK_NAMES or address.startswith("127.")


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


@dataclass
class Guards:
    """The rules for every request; `now` is a monotonic clock in seconds."""

    hosts: frozenset[str]
    token: str
    now: Callable[[], float]
    owner: str = "owner"
    persons: Mapping[str, str] = field(default_factory=dict)
    """The token of each further person, by name."""
    rights: Rights = field(default_factory=Rights)
    _failures: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def admit(self, call: Call) -> Caller | Refusal:
        """Who makes a call, or why it is not served."""
        refused = self._host(call)
        if refused is not None:
            return refused
        right = self.rights.find(WEBSOCKET if call.kind == "websocket" else call.method, call.path)
        caller = self._caller(call, right)
        if isinstance(caller, Refusal):
            return caller
        if right is None:
            return self._no_route(call)
        if not caller.may(right.least):
            return Refusal(HTTPStatus.FORBIDDEN, f"This needs the role {right.least}; {caller.person} is {caller.role}")
        return self._origin(call) or _content(call) or caller

    def _no_route(self, call: Call) -> Refusal:
        allowed = self.rights.methods(call.path)
        if allowed:
            return Refusal(
                HTTPStatus.METHOD_NOT_ALLOWED, f"{call.method} is not possible here: see /api/docs for what is", allowed
            )
        return Refusal(HTTPStatus.NOT_FOUND, "There is nothing at this address: see /api/docs for what there is")

    def _caller(self, call: Call, right: Right | None) -> Caller | Refusal:
        if not self.token:
            return Caller(self._named(given_token(call.headers)) or self.owner, OWNER, "loopback")
        if right is not None and right.least == OPEN and right.path not in PAGES:
            return STRANGER
        return self._token(call) or self._by_token(given_token(call.headers))

    def _by_token(self, given: str) -> Caller:
        name = self._named(given)
        return Caller(name, ADMIN, "fixed") if name else Caller(self.owner, OWNER, "fixed")

    def _named(self, given: str) -> str:
        held = [name for name, token in self.persons.items() if hmac.compare_digest(given.encode(), token.encode())]
        return held[0] if held else ""

    def _host(self, call: Call) -> Refusal | None:
        host = call.headers.get("host", "")
        if host_name(host) in self.hosts:
            return None
        return Refusal(
            HTTPStatus.FORBIDDEN, "This host name is not allowed: use localhost, or name it in WACTORZ_HTTP_HOSTS"
        )

    def _origin(self, call: Call) -> Refusal | None:
        if not call.changes:
            return None
        origin, host = call.headers.get("origin"), call.headers.get("host", "")
        foreign_site = call.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if (origin is not None and not same_origin(origin, host)) or (foreign_site and call.kind == "http"):
            return Refusal(HTTPStatus.FORBIDDEN, "Requests from other web sites are not allowed")
        return None

    def _token(self, call: Call) -> Refusal | None:
        if self._locked_out(call.client):
            return Refusal(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens from this address: wait a minute")
        given = given_token(call.headers)
        if given and (hmac.compare_digest(given.encode(), self.token.encode()) or self._named(given)):
            return None
        if given:
            self._note_failure(call.client)
        return Refusal(
            HTTPStatus.UNAUTHORIZED, "An API token is needed: send it as 'Authorization: Bearer ...' or 'X-API-Key'"
        )

    def _locked_out(self, client: str) -> bool:
        recent = [moment for moment in self._failures.get(client, ()) if self.now() - moment < 60]  # noqa: PLR2004
        return len(recent) >= FAILURES_PER_MINUTE

    def _note_failure(self, client: str) -> None:
        moments = self._failures.setdefault(client, [])
        self._failures.move_to_end(client)
        moments[:] = [*moments[-FAILURES_PER_MINUTE:], self.now()]
        while len(self._failures) > _KNOWN_ADDRESSES:
            self._failures.popitem(last=False)


def same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names the very site that the Host header names."""
    try:
        url = urlsplit(origin)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(host) and url.netloc.lower() == host.lower()


def given_token(headers: Mapping[str, str]) -> str:
    """The token of a call: bearer, key header, or the password of a browser's login window."""
    if "x-api-key" in headers:
        return headers["x-api-key"].strip()
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def body_limit(method: str, path: str) -> int:
    """Bytes that the body of a request may have."""
    if path == RESTORE_PATH:
        return MAX_BACKUP
    return MAX_SPAWN_BODY if method == "POST" and path in ("/api/agents", "/agents") else MAX_BODY


def too_large(limit: int) -> str:
    """The sentence about a body over its limit."""
    return f"The body is too large: at most {limit // 1024} KiB"


def _content(call: Call) -> Refusal | None:
    if call.kind != "http" or call.method not in _WRITES:
        return None
    length = call.headers.get("content-length", "0")
    has_body = length != "0" or "transfer-encoding" in call.headers
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted, kind = ("application/x-tar", "a backup") if call.path == RESTORE_PATH else ("application/json", "JSON")
    if (has_body or media_type) and media_type != wanted:
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {kind}, with 'Content-Type: {wanted}'")
    limit = body_limit(call.method, call.path)
    if not length.isdigit() or int(length) > limit:
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(limit))
    return None
