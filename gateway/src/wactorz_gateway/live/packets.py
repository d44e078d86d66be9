"""MQTT packets as browsers send them: framing, and the few that are looked into; versions 3.1.1 and 5."""

from dataclasses import dataclass

from wactorz_common.errors import ContractError

LARGEST = 64 * 1024
"""Bytes of one packet from a browser."""

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = (
    1, 2, 3, 8, 9, 10, 11, 12, 13, 14,
)  # fmt: skip
V311, V5 = 4, 5

_SEVEN_BITS = 0x7F
_LENGTH_BYTES = 4


class Malformed(ContractError):
    """These bytes are no MQTT."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its type, the four flags beside it, and what follows its length."""

    kind: int
    flags: int
    body: bytes


class PacketReader:
    """Cuts a stream of bytes into packets."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest, self._rest = largest, b""

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are complete now; Malformed when one is too large or has no valid length."""
        self._rest += data
        found: list[Packet] = []
        start = 0
        while (end := self._end(start)) is not None:
            first, (head, _) = self._rest[start], end
            found.append(Packet(first >> 4, first & 0x0F, self._rest[head : end[1]]))
            start = end[1]
        self._rest = self._rest[start:]
        return found

    @property
    def pending(self) -> int:
        """Bytes of a packet that is not complete."""
        return len(self._rest)

    def _end(self, start: int) -> tuple[int, int] | None:
        """Where the body of the packet begins, and where it ends; None while it is not complete."""
        size, shift = 0, 0
        for place in range(start + 1, start + 1 + _LENGTH_BYTES):
            if place >= len(self._rest):
                return None
            byte = self._rest[place]
            size |= (byte & _SEVEN_BITS) << shift
            if size > self._largest:
                raise Malformed(f"A packet has more than {self._largest // 1024} KiB")
            if byte <= _SEVEN_BITS:
                end = place + 1 + size
                return (place + 1, end) if end <= len(self._rest) else None
            shift += 7
        raise Malformed("A packet has no valid length")


class Cursor:
    """Reads the fields of a packet's body one after the other; Malformed where there is nothing more."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        """Bytes that were not read yet."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size > self.left:
            raise Malformed("A packet ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int) -> int:
        """The next number of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def blob(self) -> bytes:
        """The next bytes with their length before them."""
        return self.take(self.number(2))

    def text(self) -> str:
        """The next text."""
        try:
            text = self.blob().decode()
        except UnicodeDecodeError as error:
            raise Malformed("A text in a packet is not valid UTF-8") from error
        if "\x00" in text:
            raise Malformed("A text in a packet holds a null character")
        return text

    def varint(self) -> int:
        """The next number of variable length."""
        value, shift = 0, 0
        for _ in range(_LENGTH_BYTES):
            byte = self.number(1)
            value |= (byte & _SEVEN_BITS) << shift
            if byte <= _SEVEN_BITS:
                return value
            shift += 7
        raise Malformed("A number in a packet is too long")

    def properties(self) -> dict[int, bytes]:
        """The properties of version 5 by their number, each as it came; of one that is given twice, the last."""
        inner = Cursor(self.take(self.varint()))
        found: dict[int, bytes] = {}
        while inner.left:
            number = inner.varint()
            found[number] = inner._property(number)
        return found

    def _property(self, number: int) -> bytes:
        start = self._at
        if number in _SIZES:
            self.take(_SIZES[number])
        elif number in _TEXTS:
            self.blob()
        elif number == _USER:
            self.blob()
            self.blob()
        elif number == _SUBSCRIPTION_ID:
            self.varint()
        else:
            raise Malformed(f"There is no property {number}")
        return self._data[start : self._at]


_SIZES = {
    0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1,
    0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1,
}  # fmt: skip
_TEXTS = frozenset({0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F})
_USER, _SUBSCRIPTION_ID = 0x26, 0x0B


def packet(kind: int, flags: int, body: bytes) -> bytes:
    """The bytes of a packet."""
    return bytes((kind << 4 | flags,)) + varint(len(body)) + body


def varint(number: int) -> bytes:
    """A number of variable length."""
    digits = bytearray()
    while True:
        number, digit = divmod(number, 128)
        digits.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(digits)


def blob(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return len(data).to_bytes(2, "big") + data
