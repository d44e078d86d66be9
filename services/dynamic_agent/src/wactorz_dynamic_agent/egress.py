"""HTTP for agents: granted hosts only, and none in private networks unless a person named that very address."""

import asyncio
import codecs
import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from wactorz_common.errors import ContractError, TransportError
from wactorz_dynamic_agent.errors import Denied

MOST_BYTES = 1024 * 1024
"""Of an answer."""

LONGEST_SECONDS = 30.0

AT_ONCE = 8
"""Calls of one agent; more wait."""

_BRACKETS = str.maketrans("", "", "[]")
_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOVED = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16"})
"""Others can take minutes to read."""

_OF_THE_CONNECTION = frozenset(
    {"host", "connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_PLAIN_PLACE = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_BLANK = re.compile(r"[\x00-\x20\x7f\\]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class Web:
    """Calls web servers for one agent."""

    def __init__(self, granted: tuple[str, ...], *, allow_private: bool) -> None:
        self._granted = frozenset(grant.lower().translate(_BRACKETS) for grant in granted)
        self._allow_private = allow_private
        self._places = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, args: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer as status, headers and body; Denied, TransportError or ContractError otherwise."""
        method, url = str(args.get("method") or "GET").upper(), str(args.get("url", ""))
        if method not in _METHODS:
            raise ContractError(f"'{method[:20]}' is no HTTP method")
        headers = _headers(args.get("headers"))
        body = str(args.get("body") or "").encode() or None
        try:
            async with asyncio.timeout(min(seconds, LONGEST_SECONDS)):
                async with self._places:
                    return await self._follow(method, url, headers, body)
        except TimeoutError:
            raise TransportError(f"{_place(url)} did not answer within {min(seconds, LONGEST_SECONDS):g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise TransportError(f"{_place(url)} could not be called: {error}") from error

    async def _follow(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
        for _ in range(_REDIRECTS + 1):
            is_private_ok = self._check(url)
            answer, moved_to = await _call(method, url, headers, body, is_private_ok)
            if not moved_to:
                return answer
            target = urljoin(url, moved_to)
            if _host_and_port(target) != _host_and_port(url):
                raise Denied(f"{_place(url)} sends on to {_place(target)}: call that one, with a grant for it")
            url = target
            if answer["status"] in (301, 302, 303) and method != "HEAD":
                method, body = "GET", None
        raise TransportError(f"{_place(url)} sends on more than {_REDIRECTS} times")

    def _check(self, url: str) -> bool:
        """Whether the host may lie in a private network; Denied when it may not be called at all."""
        host, port = _host_and_port(url)
        exact, plain = f"{host}:{port}", port in _PORTS.values() and host in self._granted
        if exact not in self._granted and not plain:
            raise Denied(f'\'{exact}\' may not be called: the grant "http": ["{exact}"] is missing')
        named = exact in self._granted and _address(host) is not None
        if _address(host) is not None and not (named or self._allow_private):
            _require_public(host, host)
        return named or self._allow_private


async def _call(
    method: str, url: str, headers: dict[str, str], body: bytes | None, is_private_ok: bool
) -> tuple[dict[str, Any], str]:
    connector = aiohttp.TCPConnector(resolver=_Resolver(is_private_ok=is_private_ok), use_dns_cache=False)
    async with (
        aiohttp.ClientSession(
            connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session,
        session.request(method, url, headers=headers, data=body, allow_redirects=False) as response,
    ):
        moved_to = response.headers.get("Location", "") if response.status in _MOVED else ""
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise TransportError(f"{_place(url)} answers packed data, though it was asked for plain data")
        data = bytearray()
        async for piece in response.content.iter_chunked(65_536):
            data += piece
            if len(data) > MOST_BYTES:
                raise TransportError(f"the answer of {_place(url)} is larger than 1 MiB")
        text = bytes(data).decode(_encoding(response.charset), errors="replace")
        return {"status": response.status, "headers": dict(response.headers), "body": text}, moved_to


def _headers(given: Any) -> dict[str, str]:
    """The agent's headers; those that steer the connection are ours."""
    headers = {"Accept-Encoding": "identity"}
    for key, value in (given if isinstance(given, dict) else {}).items():
        name = str(key).strip()
        if name.lower() in _OF_THE_CONNECTION or name.lower().startswith("proxy-"):
            raise ContractError(f"the header '{name[:40]}' is set by the system: leave it out")
        if name.lower() != "accept-encoding":
            headers[name] = str(value)
    return headers


def _encoding(named: str | None) -> str:
    try:
        found = codecs.lookup(named or "utf-8").name
    except LookupError:
        return "utf-8"
    return found if found in _ENCODINGS else "utf-8"


class _Resolver(AbstractResolver):
    """Resolves names and hides private addresses; the connection is made to exactly what was checked."""

    def __init__(self, *, is_private_ok: bool) -> None:
        self._is_private_ok = is_private_ok

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of a host; Denied when one of them is not public."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        if not self._is_private_ok:
            for entry in found:
                _require_public(host, str(entry[4][0]))
        return [
            ResolveResult(hostname=host, host=str(place[0]), port=port, family=kind, proto=proto,
                          flags=socket.AI_NUMERICHOST)
            for kind, _, proto, _, place in found
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


def _require_public(host: str, address: str) -> None:
    found = _address(address)
    if found is None or not _is_public(found):
        raise Denied(
            f"'{host}' lies in a private network or on this machine ({address}): a person may allow it by naming "
            "address and port in the grant"
        )


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the world, and so are those that gateways would make of it."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    if address in _NAT64 or address in _COMPATIBLE:
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.teredo is not None:
        return False
    return address.sixtofour is None or _is_public(address.sixtofour)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return None
    mapped: Callable[[], ipaddress.IPv4Address | None] = lambda: getattr(found, "ipv4_mapped", None)  # noqa: E731
    return mapped() or found


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ContractError(f"'{url[:100]}' is no address of a web server")
    if parts.username or parts.password:
        raise ContractError("an address with a password in it is not called: use a header")
    if not _PLAIN_PLACE.fullmatch(parts.netloc) or _BLANK.search(url):
        raise ContractError(f"'{url[:100]}' can be read in two ways: write the host plainly")
    return parts.hostname, parts.port or _PORTS[parts.scheme]


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2][:100] or url[:100]
