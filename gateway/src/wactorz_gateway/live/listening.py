"""The gateway's own ear for live data: one more connection to the broker that only reads, unparsed."""

import time
from collections.abc import Callable
from typing import Any

from wactorz_common.connection import Broker, Connection, Filter
from wactorz_gateway.live.following import Followers, View
from wactorz_gateway.live.visible import ALWAYS, VISIBLE

Overhear = Callable[[str, bytes, dict[str, Any]], None]
"""Takes topic, payload and properties of a message."""


class Ear:
    """Hears what browsers may see, and for a while what others say to each other, for `overhear`."""

    def __init__(self, client_id: str, broker: Broker, followers: Followers, overhear: Overhear) -> None:
        self._followers, self._overhear = followers, overhear
        self._wanted: frozenset[str] = frozenset()
        self._overheard: tuple[str, ...] = ()
        self._visible = View(VISIBLE)
        self._connects = 0
        self._connection = Connection(client_id, broker, None, self._filters, self._take, lasting=False)
        self._connection.on_connected.append(self._on_connected)
        followers.on_demand = self.listen
        self.start, self.stop = self._connection.start, self._connection.stop
        self.wait_connected = self._connection.wait_connected

    def listen(self, wanted: frozenset[str]) -> None:
        """Hear these of the topics on demand, and no others."""
        self._change(self._wanted, wanted)
        self._wanted = wanted

    def overhear(self, filters: tuple[str, ...]) -> None:
        """Hear these as well, without logging them; none ends it."""
        self._change(frozenset(self._overheard), frozenset(filters))
        self._overheard = filters

    def _change(self, before: frozenset[str], after: frozenset[str]) -> None:
        if not self._connection.connected.is_set():
            return
        if after - before:
            self._connection.subscribe([Filter(text, 0) for text in sorted(after - before)])
        for text in before - after:
            self._connection.unsubscribe(text)

    def _filters(self) -> list[Filter]:
        return [Filter(text, 0) for text in (*ALWAYS, *self._wanted, *self._overheard)]

    def _on_connected(self) -> None:
        self._connects += 1
        if self._connects > 1:
            self._followers.interrupted()

    async def _take(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        if self._overheard:
            self._overhear(topic, data, properties)
        if data and self._visible.matches(topic):
            self._followers.publish(topic, data, time.time())
