"""Who calls: by a token, a session, or because there is no owner yet and the call comes over loopback."""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from wactorz_gateway.accounts.callers import STRANGER, Caller
from wactorz_gateway.accounts.cookies import session_secret
from wactorz_gateway.accounts.known import OPENED_HERE, Known
from wactorz_gateway.accounts.limits import network
from wactorz_gateway.accounts.roles import ADMIN, OWNER
from wactorz_gateway.calls import Call, Refusal, basic_password, given_token

FAILURES_PER_MINUTE = 10
_KNOWN_ADDRESSES = 10_000
_WINDOW = 60.0


class Held(Protocol):
    """The machine's own token."""

    def fits(self, given: str) -> bool:
        """Whether this is the token."""


@dataclass
class Admission:
    """Says who calls; `now` gives epoch seconds, `ticks` is a monotonic clock in seconds."""

    known: Known
    now: Callable[[], float]
    ticks: Callable[[], float]
    open_here: bool
    """Whether only this machine can reach the gateway, so that it needs no login while there is no owner."""
    token: str = ""
    persons: Mapping[str, str] = field(default_factory=dict)
    """The token of each further person of the settings, by name."""
    owner: str = "owner"
    local: Held | None = None
    _failures: "OrderedDict[str, list[float]]" = field(default_factory=OrderedDict)

    def who(self, call: Call) -> Caller | Refusal:
        """Who calls; `STRANGER` when nothing was shown, and a refusal for a wrong token."""
        given = given_token(call.headers)
        if not self.token and self.open_here and not self.known.has_owner:
            return self._while_open(call, given)
        if given:
            return self._by_token(call, given)
        secret = session_secret(call.headers.get("cookie", ""))
        caller = self.known.by_session(secret, self.now()) if secret else None
        if caller is not None:
            return caller
        password = basic_password(call.headers)
        return self._by_token(call, password) if password else STRANGER

    def _while_open(self, call: Call, given: str) -> Caller:
        """Nobody needs to log in yet; a token still says for whom a program speaks."""
        name = self._name_of(given or basic_password(call.headers))
        return Caller(name or self.owner, OWNER, "loopback", OPENED_HERE)

    def _by_token(self, call: Call, given: str) -> Caller | Refusal:
        slow = self._is_slow(call.client)
        caller = self._holder(call, given) if call.here or not slow else None
        if caller is not None:
            return caller
        if slow:
            detail = "Too many wrong tokens from this address: wait a minute"
            return Refusal(HTTPStatus.TOO_MANY_REQUESTS, detail, "token limit", wait=int(_WINDOW))
        self._note_failure(call.client)
        return Refusal(HTTPStatus.UNAUTHORIZED, "This token is wrong, was deleted, or has expired", "token")

    def _holder(self, call: Call, given: str) -> Caller | None:
        if self.token and hmac.compare_digest(given.encode(errors="replace"), self.token.encode()):
            return Caller(self.owner, OWNER, "fixed")
        name = self._name_of(given)
        if name:
            return Caller(name, ADMIN, "fixed")
        if call.here and self.local is not None and self.local.fits(given):
            return Caller(self.known.first_owner() or self.owner, OWNER, "local")
        return self.known.by_token(given, self.now())

    def _name_of(self, given: str) -> str:
        shown = given.encode(errors="replace")
        held = [name for name, token in self.persons.items() if hmac.compare_digest(shown, token.encode())]
        return held[0] if held else ""

    def _is_slow(self, client: str) -> bool:
        moment = self.ticks()
        recent = [each for each in self._failures.get(network(client), ()) if moment - each < _WINDOW]
        return len(recent) >= FAILURES_PER_MINUTE

    def _note_failure(self, client: str) -> None:
        key = network(client)
        moments = self._failures.setdefault(key, [])
        self._failures.move_to_end(key)
        moments[:] = [*moments[-FAILURES_PER_MINUTE:], self.ticks()]
        while len(self._failures) > _KNOWN_ADDRESSES:
            self._failures.popitem(last=False)
