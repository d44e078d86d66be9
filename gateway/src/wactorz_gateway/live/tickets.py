"""Tickets for MQTT: good for one connection, for a minute, for some topics; only their hashes are kept."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

USE_SECONDS = 60.0
"""How long a ticket waits for its connection."""

CONNECTION_SECONDS = 12 * 3600.0
"""How long a connection with a ticket may last."""

MAX_TICKETS = 4_096
PREFIX = "ticket-"
"""How the user names of tickets begin."""


@dataclass(frozen=True)
class Ticket:
    """What a connection may do, and for whom; moments are epoch seconds."""

    username: str
    person: str
    role: str
    filters: tuple[str, ...]
    expires_at: float
    session: str = ""
    """What it was given for; when that ends, so does the connection."""

    password: str = ""
    """Only where it is given out."""


class Tickets:
    """Tickets that nobody has used yet. `now` gives epoch seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._open: OrderedDict[str, tuple[bytes, Ticket]] = OrderedDict()

    def give(self, person: str, role: str, filters: tuple[str, ...], session: str = "") -> Ticket:
        """A new ticket; the oldest gives way when there are too many."""
        now = self._now()
        self._drop(lambda ticket: ticket.expires_at < now)
        username, password = PREFIX + secrets.token_hex(8), secrets.token_urlsafe(32)
        kept = Ticket(username, person, role, filters, self._now() + USE_SECONDS, session)
        self._open[username] = (_hash(password), kept)
        while len(self._open) > MAX_TICKETS:
            self._open.popitem(last=False)
        return replace(kept, password=password)

    def use(self, username: str, password: bytes) -> Ticket | None:
        """The ticket that these belong to; it is used up, also by a wrong password."""
        digest, ticket = self._open.pop(username, (b"", None))
        given = hashlib.sha256(password).digest()
        if ticket is None or not hmac.compare_digest(digest, given) or ticket.expires_at < self._now():
            return None
        return ticket

    def revoke(self, session: str) -> None:
        """Take back what was given in a session and is not used yet."""
        self._drop(lambda ticket: ticket.session == session)

    def _drop(self, is_over: Callable[[Ticket], bool]) -> None:
        for username in [name for name, (_, ticket) in self._open.items() if is_over(ticket)]:
            del self._open[username]


def _hash(password: str) -> bytes:
    return hashlib.sha256(password.encode()).digest()
