"""The gateway's own ear for live data: one more connection to the broker that only reads."""

import time
from typing import Any

from wactorz_common.connection import Broker, Connection, Filter
from wactorz_gateway.discreet import discreet_bytes
from wactorz_gateway.live.flows import OVERHEARD, FlowCounter
from wactorz_gateway.live.following import Followers, View
from wactorz_gateway.live.retained import Retained
from wactorz_gateway.live.visible import ALWAYS, VISIBLE


class Ear:
    """Hears what browsers may see and, while somebody looks at flows, who speaks to whom."""

    def __init__(
        self, client_id: str, broker: Broker, followers: Followers, flows: FlowCounter, retained: Retained
    ) -> None:
        self._followers, self._flows, self._retained = followers, flows, retained
        self._visible = View(VISIBLE)
        self._demanded: frozenset[str] = frozenset()
        self._overhears = False
        self._connects = 0
        self._connection = Connection(client_id, broker, None, self._filters, self._take, lasting=False)
        self._connection.on_connected.append(self._on_connected)
        followers.on_demand = self.listen
        self.start, self.stop = self._connection.start, self._connection.stop
        self.wait_connected, self.connected = self._connection.wait_connected, self._connection.connected

    def listen(self, demanded: frozenset[str]) -> None:
        """Hear these of the topics on demand, and no others."""
        self._change(demanded, self._overhears)

    def overhear(self, wanted: bool) -> None:
        """Count who speaks to whom, or do not any more."""
        if wanted != self._overhears:
            self._change(self._demanded, wanted)

    def _change(self, demanded: frozenset[str], overhears: bool) -> None:
        before = set(self._filters())
        self._demanded, self._overhears = demanded, overhears
        after = set(self._filters())
        if not self._connection.connected.is_set():
            return
        if after - before:
            self._connection.subscribe(sorted(after - before))
        for gone in before - after:
            self._connection.unsubscribe(gone.text)
        self._retained.forget(tuple(gone.text for gone in before - after))

    def _filters(self) -> list[Filter]:
        overheard = OVERHEARD if self._overhears else ()
        return [Filter(text, 0, as_published=True) for text in dict.fromkeys((*ALWAYS, *self._demanded, *overheard))]

    def _on_connected(self) -> None:
        self._connects += 1
        self._retained.clear()
        if self._connects > 1:
            self._followers.interrupted()

    async def _take(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        self._flows.listeners.take(topic, data)
        if self._overhears:
            self._flows.hear(topic, properties)
        if not self._visible.matches(topic):
            return
        data = discreet_bytes(topic, data)
        if properties.get("retain"):
            self._retained.take(topic, data)
        if data:
            self._followers.publish(topic, data, time.time())
