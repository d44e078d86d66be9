"""What the MQTT packets of browsers ask for, and the answers to them; versions 3.1.1 and 5."""

from dataclasses import dataclass

from wactorz_gateway.live.packets import (
    CONNACK,
    CONNECT,
    DISCONNECT,
    LARGEST,
    PINGRESP,
    PUBLISH,
    SUBACK,
    UNSUBACK,
    V5,
    V311,
    Cursor,
    Malformed,
    Packet,
    blob,
    packet,
    varint,
)

NOT_AUTHORIZED, PROTOCOL_ERROR, UNAVAILABLE, TOO_LARGE = 0x87, 0x82, 0x88, 0x95
BAD_LOGIN, TOO_MANY, NO_IDENTIFIERS = 0x86, 0x97, 0xA1
"""Reason codes of version 5."""

PONG = packet(PINGRESP, 0, b"")

_RETURN_CODES = {BAD_LOGIN: 4, NOT_AUTHORIZED: 5, UNAVAILABLE: 3, TOO_LARGE: 5}
_FAILURE = 0x80
_USERNAME, _PASSWORD, _WILL_RETAIN, _WILL_QOS, _WILL, _RESERVED = 0x80, 0x40, 0x20, 0x18, 0x04, 0x01
_QOS, _NO_RETAINED, _RETAIN_HANDLING, _RESERVED_OPTIONS = 0x03, 0x20, 0x30, 0xC0
_REQUEST_FLAGS = 0x02
_SUBSCRIPTION_ID, _PACKET_SIZE, _AUTHENTICATION = 0x0B, 0x27, 0x15
_RETAINED = 0x01


@dataclass(frozen=True)
class Connecting:
    """What a CONNECT packet asks for."""

    level: int
    keep_alive: int
    client_id: str
    username: str
    password: bytes
    has_will: bool
    properties: dict[int, bytes]

    @property
    def special(self) -> bool:
        """Whether it asks for what a reader is not given: a will, or another way to log in."""
        return self.has_will or _AUTHENTICATION in self.properties

    @property
    def largest(self) -> int:
        """Bytes of a packet that it takes; 0 when it does not say."""
        return int.from_bytes(self.properties.get(_PACKET_SIZE, b""), "big")


@dataclass(frozen=True)
class Subscribing:
    """What a SUBSCRIBE packet asks for; `keeping` are those filters for which retained messages are wanted."""

    packet_id: bytes
    filters: tuple[str, ...]
    keeping: tuple[str, ...]
    numbered: bool


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
    return Connecting(level, keep_alive, client_id, username, password, bool(flags & _WILL), properties)


def _check_flags(flags: int, level: int) -> None:
    wrong_will = not flags & _WILL and flags & (_WILL_QOS | _WILL_RETAIN)
    no_name = level == V311 and flags & _PASSWORD and not flags & _USERNAME
    if flags & _RESERVED or wrong_will or flags & _WILL_QOS == _WILL_QOS or no_name:
        raise Malformed("The flags of the CONNECT contradict each other")


def read_subscribe(given: Packet, level: int) -> Subscribing:
    """Read a SUBSCRIBE."""
    body, packet_id = _request(given)
    properties = body.properties() if level == V5 else {}
    filters, keeping = [], []
    while body.left:
        text, options = body.text(), body.number(1)
        no_such = options & _RESERVED_OPTIONS or options & _RETAIN_HANDLING == _RETAIN_HANDLING
        if no_such or options & _QOS == _QOS or (level == V311 and options > _QOS):
            raise Malformed("The options of a subscription are wrong")
        filters.append(text)
        if not options & _NO_RETAINED:
            keeping.append(text)
    if not filters:
        raise Malformed("A SUBSCRIBE names no topic")
    return Subscribing(packet_id, tuple(filters), tuple(keeping), _SUBSCRIPTION_ID in properties)


def read_unsubscribe(given: Packet, level: int) -> tuple[bytes, tuple[str, ...]]:
    """Packet id and filters of an UNSUBSCRIBE."""
    body, packet_id = _request(given)
    if level == V5:
        body.properties()
    filters = []
    while body.left:
        filters.append(body.text())
    if not filters:
        raise Malformed("An UNSUBSCRIBE names no topic")
    return packet_id, tuple(filters)


def _request(given: Packet) -> tuple[Cursor, bytes]:
    body = Cursor(given.body)
    packet_id = body.take(2)
    if given.flags != _REQUEST_FLAGS or packet_id == b"\x00\x00":
        raise Malformed("A request to subscribe or unsubscribe has wrong flags or no id")
    return body, packet_id


def connack(asked: Connecting, reason: int = 0, assigned: str = "") -> bytes:
    """The answer to a CONNECT; with `assigned` as client id, for one that gave none."""
    if asked.level != V5:
        return packet(CONNACK, 0, bytes((0, _RETURN_CODES[reason] if reason else 0)))
    if reason:
        return packet(CONNACK, 0, bytes((0, reason, 0)))
    given = b"\x12" + blob(assigned.encode()) if assigned and not asked.client_id else b""
    properties = b"\x24\x00\x29\x00\x2a\x00\x27" + LARGEST.to_bytes(4, "big") + given
    return packet(CONNACK, 0, b"\x00\x00" + varint(len(properties)) + properties)


def suback(packet_id: bytes, count: int, level: int, reason: int = 0) -> bytes:
    """The answer to a SUBSCRIBE of so many filters: all at quality of service 0, or all refused."""
    code = reason if level == V5 or not reason else _FAILURE
    return packet(SUBACK, 0, packet_id + (b"\x00" if level == V5 else b"") + bytes((code,)) * count)


def unsuback(packet_id: bytes, count: int, level: int) -> bytes:
    """The answer to an UNSUBSCRIBE of so many filters."""
    return packet(UNSUBACK, 0, packet_id + (bytes(1 + count) if level == V5 else b""))


def goodbye(level: int, reason: int) -> bytes:
    """What the browser is told before the end; version 3.1.1 has no word for it."""
    return packet(DISCONNECT, 0, bytes((reason,))) if level == V5 else b""


def published(topic: str, data: bytes, level: int, *, retained: bool = False) -> bytes:
    """A message at quality of service 0."""
    body = blob(topic.encode()) + (b"\x00" if level == V5 else b"") + data
    return packet(PUBLISH, _RETAINED if retained else 0, body)
