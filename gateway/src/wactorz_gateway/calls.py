"""A call as the guards look at it, and why it is not served."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


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

    @property
    def writes(self) -> bool:
        """True for requests that change something."""
        return self.kind == "http" and self.method in _WRITES

    @property
    def here(self) -> bool:
        """Whether it comes from this machine itself."""
        return is_loopback(self.client)


@dataclass(frozen=True)
class Refusal:
    """A status and the sentence that explains it."""

    status: int
    detail: str
    reason: str = ""
    """One word for metrics and the record of changes; empty when nobody was kept out."""
    allow: tuple[str, ...] = ()
    """What would be possible at the address, with status 405."""
    wait: int = 0
    """Seconds to wait before the next try, with status 429."""
    basic: bool = False
    """Whether a browser may ask for the token by its own window, with status 401."""

    @property
    def unmatched(self) -> bool:
        """True when there is no such route."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    return address in LOOPBACK_NAMES or address.startswith("127.")


def given_token(headers: Mapping[str, str]) -> str:
    """The token of a program: bearer or key header."""
    if "x-api-key" in headers:
        return headers["x-api-key"].strip()
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def basic_password(headers: Mapping[str, str]) -> str:
    """The password of a browser's own login window."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
