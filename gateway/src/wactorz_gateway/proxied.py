"""Who really calls when a proxy stands in front: its word counts, nobody else's."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

HEADER = "x-real-ip"
_FRESH_SECONDS = 5.0

Resolve = Callable[[str], Awaitable[frozenset[str]]]


async def addresses_of(name: str) -> frozenset[str]:
    """The addresses of a host; none while it has no name."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(str(item[4][0]) for item in found)


@dataclass
class TrustedProxy:
    """The proxy in front, by host name; an empty name means that there is none. `now`: monotonic seconds."""

    name: str
    now: Callable[[], float]
    resolve: Resolve = addresses_of
    _known: frozenset[str] = frozenset()
    _known_until: float = field(default=float("-inf"))

    async def caller(self, peer: str, headers: Mapping[str, str]) -> str:
        """The address of who calls: what the proxy says, or the other end of the connection."""
        said = headers.get(HEADER, "").strip()
        if not self.name or not _is_address(said):
            return peer
        if self.now() >= self._known_until:
            self._known = await self.resolve(self.name)
            self._known_until = self.now() + _FRESH_SECONDS
        return said if peer in self._known else peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
