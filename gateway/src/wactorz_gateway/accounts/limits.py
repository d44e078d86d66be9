"""How often somebody may try: failures with growing delays, and writes by a bucket for each person."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

PER_ADDRESS, PER_NAME = 10, 5
"""Failures in a minute before it gets slow."""

WRITES_PER_MINUTE = 600
_WINDOW = 60.0
_LONGEST_DELAY = 15 * 60.0
_LONGEST_DELAY_HERE = 5.0
_MOST_KEYS = 10_000
_FORGOTTEN_AFTER = 3600.0


@dataclass(slots=True)
class _Tries:
    moments: list[float]
    excess: int = 0
    until: float = 0.0


@dataclass
class Failures:
    """Failed logins by address and by name; `now` is a monotonic clock in seconds.

    From this machine itself nobody waits for more than seconds, and what others do counts for others only:
    the real owner is never locked out.
    """

    now: Callable[[], float]
    _tries: "OrderedDict[tuple[str, str, bool], _Tries]" = field(default_factory=OrderedDict)

    def wait(self, address: str, name: str, *, here: bool) -> float:
        """Seconds until the next try is looked at; 0 when it may be made now."""
        moment = self.now()
        tries = (self._tries.get(key) for key in _keys(address, name, here))
        return max(0.0, *(each.until - moment for each in tries if each), 0.0)

    def note(self, address: str, name: str, *, here: bool) -> None:
        """A try is made: it counts as failed until it is known to be right."""
        for key, limit in zip(_keys(address, name, here), (PER_ADDRESS, PER_NAME), strict=False):
            self._note(key, limit, _LONGEST_DELAY_HERE if here else _LONGEST_DELAY)

    def succeeded(self, address: str, name: str, *, here: bool) -> None:
        """The try was right: the name is not slow any more, the address is as it was before."""
        first, *others = _keys(address, name, here)
        for key in others:
            self._tries.pop(key, None)
        tries = self._tries.get(first)
        if tries is not None and tries.moments:
            tries.moments.pop()
            tries.until, tries.excess = 0.0, max(0, tries.excess - 1)

    def _note(self, key: tuple[str, str, bool], limit: int, longest: float) -> None:
        moment = self.now()
        tries = self._tries.setdefault(key, _Tries([]))
        self._tries.move_to_end(key)
        if tries.moments and moment - tries.moments[-1] > _FORGOTTEN_AFTER:
            tries.excess = 0
        tries.moments = [each for each in tries.moments[-limit:] if moment - each < _WINDOW] + [moment]
        if tries.excess or len(tries.moments) >= limit:
            tries.until = moment + min(longest, 2.0**tries.excess)
            tries.excess = min(tries.excess + 1, 20)
        while len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)


def _keys(address: str, name: str, here: bool) -> list[tuple[str, str, bool]]:
    keys = [("address", network(address), here)]
    return [*keys, ("name", name, here)] if name else keys


def network(address: str) -> str:
    """What one household has of an address: all of IPv4, the first half of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


@dataclass
class Writes:
    """A bucket of writes for each person that fills again over a minute; `now` is a monotonic clock in seconds."""

    now: Callable[[], float]
    per_minute: int = WRITES_PER_MINUTE
    _left: "OrderedDict[str, tuple[float, float]]" = field(default_factory=OrderedDict)

    def take(self, person: str) -> int:
        """Take one; 0 when there was one, else seconds until there is."""
        moment = self.now()
        left, since = self._left.pop(person, (float(self.per_minute), moment))
        left = min(self.per_minute, left + (moment - since) * self.per_minute / 60)
        self._left[person] = (left - 1 if left >= 1 else left, moment)
        while len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)
        return 0 if left >= 1 else math.ceil((1 - left) * 60 / self.per_minute)
