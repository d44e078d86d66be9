"""What a browser's packets become on their way to the broker: pure decisions about CONNECT and SUBSCRIBE."""

from dataclasses import dataclass

from wactorz_common.rights import covers, is_filter
from wactorz_gateway.live.packets import (
    CONNACK,
    CONNECT,
    DISCONNECT,
    SUBACK,
    SUBSCRIBE,
    V5,
    V311,
    Cursor,
    Malformed,
    Packet,
    blob,
    packet,
    varint,
)

MOST_KEEP_ALIVE = 60
"""Seconds; the broker takes no more."""

NOT_AUTHORIZED, PROTOCOL_ERROR = 0x87, 0x82
"""Reason codes of version 5."""

_BAD_LOGIN = {V311: 4, V5: 0x86}
_REFUSED_FILTER = {V311: 0x80, V5: NOT_AUTHORIZED}
_USERNAME, _PASSWORD, _WILL_RETAIN, _WILL_QOS, _WILL, _CLEAN, _RESERVED = 0x80, 0x40, 0x20, 0x18, 0x04, 0x02, 0x01
_AUTHENTICATION = 0x15
_KEPT = (0x17, 0x21, 0x22, 0x27)
"""Properties of a connection that are about its bytes: problem information, receive maximum, aliases, packet size."""

_QOS = 0x03
_RESERVED_OPTIONS = 0xC0
_SUBSCRIBE_FLAGS = 0x02


@dataclass(frozen=True)
class Connecting:
    """What a CONNECT packet asks for."""

    level: int
    keep_alive: int
    client_id: str
    username: str
    password: bytes
    properties: dict[int, bytes]


@dataclass(frozen=True)
class Subscribing:
    """What a SUBSCRIBE packet asks for: the filters, and the packet as it goes on to the broker."""

    packet_id: bytes
    filters: tuple[str, ...]
    onward: bytes


def read_connect(given: Packet) -> Connecting:
    """Read the first packet; Malformed when it is none of the versions that are spoken here."""
    if given.kind != CONNECT or given.flags:
        raise Malformed("The first packet is no CONNECT")
    body = Cursor(given.body)
    name, level, flags, keep_alive = body.text(), body.number(1), body.number(1), body.number(2)
    if name != "MQTT" or level not in (V311, V5):
        raise Malformed("Only MQTT 3.1.1 and 5 are spoken here")
    _check_flags(flags, level)
    properties = body.properties() if level == V5 else {}
    client_id = body.text()
    if flags & _WILL:
        if level == V5:
            body.properties()
        body.text()
        body.blob()
    username = body.text() if flags & _USERNAME else ""
    password = body.blob() if flags & _PASSWORD else b""
    if body.left:
        raise Malformed("There is something after the end of the CONNECT")
    return Connecting(level, keep_alive, client_id, username, password, properties)


def _check_flags(flags: int, level: int) -> None:
    wrong_will = not flags & _WILL and flags & (_WILL_QOS | _WILL_RETAIN)
    no_name = level == V311 and flags & _PASSWORD and not flags & _USERNAME
    if flags & _RESERVED or wrong_will or flags & _WILL_QOS == _WILL_QOS or no_name:
        raise Malformed("The flags of the CONNECT contradict each other")


def onward_connect(asked: Connecting, client_id: str, username: str, password: str) -> bytes:
    """The CONNECT that the broker gets instead: another login and id, no session of before, no will."""
    if _AUTHENTICATION in asked.properties:
        raise Malformed("There is no extended authentication here")
    flags = _CLEAN | (_USERNAME if username else 0) | (_PASSWORD if username and password else 0)
    keep_alive = min(asked.keep_alive or MOST_KEEP_ALIVE, MOST_KEEP_ALIVE)
    parts = [blob(b"MQTT"), bytes((asked.level, flags)), keep_alive.to_bytes(2, "big")]
    if asked.level == V5:
        kept = b"".join(bytes((number,)) + asked.properties[number] for number in _KEPT if number in asked.properties)
        parts.append(varint(len(kept)) + kept)
    parts.append(blob(client_id.encode()))
    if username:
        parts.append(blob(username.encode()))
        parts.append(blob(password.encode()) if password else b"")
    return packet(CONNECT, 0, b"".join(parts))


def refuse_login(level: int) -> bytes:
    """The CONNACK for a ticket that is not, or no longer, good."""
    return packet(CONNACK, 0, bytes((0, _BAD_LOGIN[level])) + (b"\x00" if level == V5 else b""))


def read_subscribe(given: Packet, level: int) -> Subscribing:
    """Read a SUBSCRIBE; on its way onward it asks for quality of service 0, so that nothing needs an answer."""
    if given.flags != _SUBSCRIBE_FLAGS:
        raise Malformed("The flags of the SUBSCRIBE are wrong")
    body = Cursor(given.body)
    packet_id, filters, parts = body.take(2), [], []
    if packet_id == b"\x00\x00":
        raise Malformed("A SUBSCRIBE needs an id")
    if level == V5:
        size = body.varint()
        properties = body.take(size)
        Cursor(varint(size) + properties).properties()
        parts.append(varint(size) + properties)
    while body.left:
        text, options = body.text(), body.number(1)
        if options & _RESERVED_OPTIONS or options & _QOS == _QOS or (level == V311 and options > _QOS):
            raise Malformed("The options of a subscription are wrong")
        filters.append(text)
        parts.append(blob(text.encode()) + bytes((options & ~_QOS,)))
    if not filters:
        raise Malformed("A SUBSCRIBE names no topic")
    onward = packet(SUBSCRIBE, _SUBSCRIBE_FLAGS, packet_id + b"".join(parts))
    return Subscribing(packet_id, tuple(filters), onward)


def read_unsubscribe(given: Packet, level: int) -> tuple[str, ...]:
    """The filters of an UNSUBSCRIBE."""
    if given.flags != _SUBSCRIBE_FLAGS:
        raise Malformed("The flags of the UNSUBSCRIBE are wrong")
    body = Cursor(given.body)
    body.take(2)
    if level == V5:
        body.properties()
    filters = []
    while body.left:
        filters.append(body.text())
    if not filters:
        raise Malformed("An UNSUBSCRIBE names no topic")
    return tuple(filters)


def allowed(filters: tuple[str, ...], within: tuple[str, ...]) -> bool:
    """Whether all of these filters lie within others."""
    return all(is_filter(one) and covers(within, one) for one in filters)


def refuse_subscribe(asked: Subscribing, level: int) -> bytes:
    """The SUBACK that refuses all filters of a packet."""
    codes = bytes((_REFUSED_FILTER[level],)) * len(asked.filters)
    return packet(SUBACK, 0, asked.packet_id + (b"\x00" if level == V5 else b"") + codes)


def goodbye(level: int, reason: int) -> bytes:
    """What the browser is told before the end; version 3.1.1 has no word for it."""
    return packet(DISCONNECT, 0, bytes((reason,))) if level == V5 else b""
