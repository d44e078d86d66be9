"""What a connection may send, and how long it may keep the server waiting: decisions apart from sockets."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

from wactorz_gateway.accounts.limits import network
from wactorz_gateway.calls import is_loopback

MAX_HEAD: Final = 64 * 1024
"""Bytes of request line and headers, and of what stands between the pieces of a body besides."""

MAX_HEADERS: Final = 100
MAX_PIPELINE: Final = 16
"""Requests that may wait on one connection for the answer to the one before."""

LEAVE_SECONDS: Final = 5.0
"""So long the rest of a refused body is thrown away, that its sender may read the answer."""

_SMALL_BODY_TIMES: Final = 3
"""A small body may take so many times the idle time altogether."""

_FRAMING: Final = 8
"""Bytes around each byte of a body: one that comes in chunks of a byte needs five."""

_LOOPBACK_TIMES: Final = 16
_VERSIONS: Final = frozenset({"1.0", "1.1"})
_ONCE: Final = frozenset({
    b"host", b"origin", b"authorization", b"x-api-key", b"x-csrf-token", b"x-real-ip", b"content-type",
    b"content-length", b"transfer-encoding", b"sec-fetch-site",
})  # fmt: skip
"""Headers by which it is decided who may do what: with two of a kind, two readers could see different ones."""


@dataclass(frozen=True)
class Fault:
    """Why what a connection sent is not served."""

    status: HTTPStatus
    detail: str


UNREADABLE: Final = Fault(HTTPStatus.BAD_REQUEST, "This is not a request of HTTP/1.1 that can be understood")
TOO_SLOW: Final = Fault(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time: send it again")
HEAD_TOO_LARGE: Final = Fault(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"The headers are too large: at most {MAX_HEADERS} of them and {MAX_HEAD // 1024} KiB",
)
TOO_MUCH_FRAMING: Final = Fault(
    HTTPStatus.BAD_REQUEST, "The body is wrapped in too much: send larger chunks without extensions and trailers"
)
TOO_MANY_WAIT: Final = Fault(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests wait on this connection")
TOO_MANY_OPEN: Final = Fault(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections are open: close some, or try again in a moment"
)


def head_fault(version: str, headers: Iterable[tuple[bytes, bytes]]) -> Fault | None:
    """Why a request cannot be served for its headers, where they could be understood in two ways."""
    if version not in _VERSIONS:
        return Fault(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1.1 is spoken here")
    found = [pair for pair in headers if pair[0] in _ONCE]
    once = dict(found)
    if len(once) != len(found):
        twice = next(name for name, count in Counter(name for name, _ in found).items() if count > 1)
        return Fault(HTTPStatus.BAD_REQUEST, f"The header {twice.decode()} may stand only once")
    coding = once.get(b"transfer-encoding", b"chunked")
    if coding.strip().lower() != b"chunked" or (version == "1.0" and b"transfer-encoding" in once):
        return Fault(HTTPStatus.NOT_IMPLEMENTED, "The only Transfer-Encoding that is taken is chunked")
    return None


class Phase(Enum):
    """What a connection is about."""

    WAITING = auto()
    """For the first byte of a request."""
    HEAD = auto()
    BODY = auto()
    SERVED = auto()
    """All of the request is here; how long the answer takes is not up to the client."""
    LEAVING = auto()
    """The answer is out, and the rest of the request is thrown away."""


@dataclass(slots=True)
class Line:
    """How far a connection is with what it sends; moments are seconds of one clock."""

    idle: float
    since: float
    """When the phase began."""
    heard: float = 0.0
    """When the last byte came."""
    phase: Phase = Phase.WAITING
    small: bool = True
    """Whether the body is one that should be here at once."""
    _size: int = 0
    _delivered: int = 0

    def enter(self, phase: Phase, now: float) -> None:
        """Begin a phase."""
        self.phase, self.since = phase, now
        if phase is not Phase.HEAD:
            self._size = self._delivered = 0

    def feed(self, size: int, now: float) -> None:
        """Bytes came."""
        self.heard = now
        self._size += size

    def deliver(self, size: int) -> None:
        """So many of them were body."""
        self._size -= size
        self._delivered += size

    @property
    def ends_at(self) -> float:
        """When patience ends, if nothing more comes."""
        if self.phase is Phase.SERVED:
            return math.inf
        if self.phase is Phase.LEAVING:
            return self.since + min(LEAVE_SECONDS, self.idle)
        if self.phase is Phase.BODY:
            last = max(self.heard, self.since) + self.idle
            return min(last, self.since + _SMALL_BODY_TIMES * self.idle) if self.small else last
        return self.since + self.idle

    @property
    def fault(self) -> Fault | None:
        """What is too much of what came in this phase."""
        if self.phase is Phase.BODY or self.phase is Phase.LEAVING:
            return TOO_MUCH_FRAMING if self._size > MAX_HEAD + _FRAMING * self._delivered else None
        if self.phase is Phase.SERVED:
            return None
        return HEAD_TOO_LARGE if self._size > MAX_HEAD else None


@dataclass
class Crowd:
    """How many connections are open from where; None: no bound for one address."""

    most: int
    per_address: int | None
    _open: Counter[str] = field(default_factory=Counter)
    _total: int = 0

    def enter(self, address: str) -> bool:
        """Count one more; False when there are too many."""
        key = network(address)
        if self._total >= self.most or self._open[key] >= self._bound(address):
            return False
        self._open[key] += 1
        self._total += 1
        return True

    def leave(self, address: str) -> None:
        """One that was counted is closed."""
        key = network(address)
        self._open[key] -= 1
        self._total -= 1
        if not self._open[key]:
            del self._open[key]

    def _bound(self, address: str) -> float:
        if self.per_address is None:
            return math.inf
        return self.per_address * (_LOOPBACK_TIMES if is_loopback(address) else 1)
