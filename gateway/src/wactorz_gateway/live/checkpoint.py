"""What a browser with a ticket may say to the broker: each packet goes on, is answered here, or ends the connection."""

from dataclasses import dataclass

from wactorz_gateway.live.joining import (
    NOT_AUTHORIZED,
    PROTOCOL_ERROR,
    allowed,
    goodbye,
    read_subscribe,
    read_unsubscribe,
    refuse_subscribe,
)
from wactorz_gateway.live.packets import DISCONNECT, PINGREQ, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, Malformed, Packet, packet
from wactorz_gateway.live.visible import MAX_FILTERS

VIOLATION, BROKEN = 1008, 1002
"""Codes with which a WebSocket is closed: what is not allowed, and what is no MQTT."""


@dataclass(frozen=True)
class Passing:
    """What becomes of a packet: bytes for the broker, bytes for the browser, and why it is over, if it is."""

    onward: bytes = b""
    back: bytes = b""
    over: str = ""
    code: int = VIOLATION


class Checkpoint:
    """Judges what comes from one browser after its CONNECT."""

    def __init__(self, level: int, filters: tuple[str, ...]) -> None:
        self._level, self._within = level, filters
        self.subscribed: set[str] = set()

    def judge(self, given: Packet) -> Passing:
        """Whether a packet goes on; it never raises."""
        try:
            return self._judged(given)
        except Malformed as error:
            return Passing(back=goodbye(self._level, PROTOCOL_ERROR), over=str(error), code=BROKEN)

    def _judged(self, given: Packet) -> Passing:
        if given.kind == SUBSCRIBE:
            return self._subscribe(given)
        if given.kind == UNSUBSCRIBE:
            self.subscribed.difference_update(read_unsubscribe(given, self._level))
            return Passing(onward=packet(UNSUBSCRIBE, given.flags, given.body))
        if given.kind == PINGREQ and not given.body and not given.flags:
            return Passing(onward=packet(PINGREQ, 0, b""))
        if given.kind == DISCONNECT:
            return Passing(onward=packet(DISCONNECT, 0, b""), over="The browser has said goodbye", code=1000)
        if given.kind == PUBLISH:
            return self._refused("This connection only reads: publish with POST /api/publish")
        raise Malformed("A browser sends no packet of this kind here")

    def _subscribe(self, given: Packet) -> Passing:
        asked = read_subscribe(given, self._level)
        if not allowed(asked.filters, self._within):
            return Passing(back=refuse_subscribe(asked, self._level))
        if len(self.subscribed | set(asked.filters)) > MAX_FILTERS:
            return Passing(back=refuse_subscribe(asked, self._level))
        self.subscribed.update(asked.filters)
        return Passing(onward=asked.onward)

    def _refused(self, why: str) -> Passing:
        return Passing(back=goodbye(self._level, NOT_AUTHORIZED), over=why)
