"""PUBLISH packets of MQTT 5, with what is the same in every message encoded once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_PUBLISH = 0x30
_EXPIRY, _RESPONSE_TOPIC, _CORRELATION, _USER = b"\x02", b"\x08", b"\x09", b"\x26"


def publish_packet(
    topic: str, payload: bytes, qos: int, packet_id: int, properties: Mapping[str, Any], *, retain: bool = False
) -> bytes:
    """The bytes of one PUBLISH; `packet_id` counts only above quality of service 0.

    Properties are message_expiry_interval, response_topic, correlation_data, user_property (one pair, the same in
    most messages) and headers (further user properties, as pairs).
    """
    parts = [_text(topic), packet_id.to_bytes(2, "big") if qos else b"", b""]
    encoded = [_encoded(name, value) for name, value in properties.items()]
    parts[2] = _length(sum(map(len, encoded)))
    size = sum(map(len, parts)) + sum(map(len, encoded)) + len(payload)
    return b"".join((bytes((_PUBLISH | qos << 1 | retain,)), _length(size), *parts, *encoded, payload))


def _encoded(name: str, value: Any) -> bytes:
    if name == "correlation_data":
        return _CORRELATION + len(value).to_bytes(2, "big") + bytes(value)
    if name == "headers":
        return b"".join(_USER + _plain(key) + _plain(text) for key, text in value)
    return _constant(name, value)


@lru_cache(maxsize=4_096)
def _constant(name: str, value: Any) -> bytes:
    if name == "message_expiry_interval":
        return _EXPIRY + int(value).to_bytes(4, "big")
    if name == "response_topic":
        return _RESPONSE_TOPIC + _text(value)
    if name == "user_property":
        return _USER + _text(value[0]) + _text(value[1])
    raise ValueError(f"'{name}' is no property that messages here carry")


def _plain(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


_text = lru_cache(maxsize=4_096)(_plain)


def _length(number: int) -> bytes:
    """A variable byte integer."""
    if number < 0x80:  # noqa: PLR2004  # seven bits to a byte
        return bytes((number,))
    digits = bytearray()
    while number:
        number, digit = divmod(number, 0x80)
        digits.append(digit | (0x80 if number else 0))
    return bytes(digits)
