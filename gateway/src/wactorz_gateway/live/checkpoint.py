"""What a browser with a ticket may ask: it reads topics within those of its ticket, and says nothing."""

from dataclasses import dataclass

from wactorz_common.rights import covers, is_filter
from wactorz_gateway.live.messages import (
    NO_IDENTIFIERS,
    NOT_AUTHORIZED,
    PONG,
    PROTOCOL_ERROR,
    TOO_MANY,
    goodbye,
    read_subscribe,
    read_unsubscribe,
    suback,
    unsuback,
)
from wactorz_gateway.live.packets import DISCONNECT, PINGREQ, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, Malformed, Packet
from wactorz_gateway.live.visible import MAX_FILTERS

VIOLATION, BROKEN, NORMAL = 1008, 1002, 1000
"""Codes with which a WebSocket is closed: what is not allowed, what is no MQTT, and a goodbye."""


@dataclass(frozen=True)
class Verdict:
    """What a packet is answered, and why the connection is over, if it is."""

    back: bytes = b""
    keeping: tuple[str, ...] = ()
    """Filters whose retained messages follow the answer."""
    over: str = ""
    code: int = VIOLATION


class Checkpoint:
    """Judges what comes from one browser after its CONNECT."""

    def __init__(self, level: int, within: tuple[str, ...]) -> None:
        self._level, self._within = level, within
        self.subscribed: set[str] = set()

    def judge(self, given: Packet) -> Verdict:
        """What becomes of a packet; it never raises."""
        try:
            return self._judged(given)
        except Malformed as error:
            return Verdict(goodbye(self._level, PROTOCOL_ERROR), over=str(error), code=BROKEN)

    def _judged(self, given: Packet) -> Verdict:
        if given.kind == SUBSCRIBE:
            return self._subscribe(given)
        if given.kind == UNSUBSCRIBE:
            packet_id, filters = read_unsubscribe(given, self._level)
            self.subscribed.difference_update(filters)
            return Verdict(unsuback(packet_id, len(filters), self._level))
        if given.kind == PINGREQ and not given.body and not given.flags:
            return Verdict(PONG)
        if given.kind == DISCONNECT:
            return Verdict(over="The browser has said goodbye", code=NORMAL)
        if given.kind == PUBLISH:
            why = "This connection only reads: publish with POST /api/publish"
            return Verdict(goodbye(self._level, NOT_AUTHORIZED), over=why)
        raise Malformed("A browser sends no packet of this kind here")

    def _subscribe(self, given: Packet) -> Verdict:
        asked = read_subscribe(given, self._level)
        reason = self._refusal(asked.filters, numbered=asked.numbered)
        if not reason:
            self.subscribed.update(asked.filters)
        answer = suback(asked.packet_id, len(asked.filters), self._level, reason)
        return Verdict(answer, () if reason else asked.keeping)

    def _refusal(self, filters: tuple[str, ...], *, numbered: bool) -> int:
        if numbered:
            return NO_IDENTIFIERS
        if len(filters) > MAX_FILTERS:
            return TOO_MANY
        if not allowed(filters, self._within):
            return NOT_AUTHORIZED
        return TOO_MANY if len(self.subscribed.union(filters)) > MAX_FILTERS else 0


def allowed(filters: tuple[str, ...], within: tuple[str, ...]) -> bool:
    """Whether all of these filters lie within others."""
    return all(is_filter(one) and covers(within, one) for one in filters)
