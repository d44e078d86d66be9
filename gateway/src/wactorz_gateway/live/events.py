"""The log of what browsers may see: bounded, each message with an id from which a browser can resume."""

import json
import secrets
from collections.abc import Iterator
from typing import Literal

from pydantic_core import from_json

from wactorz_gateway.live.messages import published
from wactorz_gateway.live.packets import V5, V311
from wactorz_gateway.live.wire import binary_frame, text_frame

MAX_EVENTS, MAX_BYTES = 10_000, 6 * 1024 * 1024
"""Kept to resume from; at rest that is half an hour, in a busy house a minute."""

LARGEST = 256 * 1024
"""Bytes of one payload that is shown as JSON."""

Encoding = Literal["text", "sse", "mqtt4", "mqtt5"]
"""How events go to a browser: as frames of the dashboard, as Server-Sent Events, or as MQTT."""

_OVERHEAD = 400
_DIGITS = 15


class Event:
    """One message as it came."""

    def __init__(self, boot: str, number: int, topic: str, data: bytes, timestamp: float) -> None:
        self.number, self.topic, self.timestamp = number, topic, timestamp
        self.size = len(data) + len(topic) + _OVERHEAD
        self._boot, self._data = boot, data

    @property
    def id(self) -> str:
        """Names this event in this run of the gateway."""
        return f"{self._boot}-{self.number}"

    @property
    def document(self) -> str:
        """The event as JSON, in one line."""
        head = json.dumps({"id": self.id, "topic": self.topic}, ensure_ascii=False)
        return f'{head[:-1]}, "payload": {payload_text(self._data)}, "timestamp": {self.timestamp:.3f}}}'

    @property
    def frame(self) -> str:
        """The frame of the dashboard's WebSocket."""
        return '{"type": "event", ' + self.document[1:]

    def encoded(self, encoding: Encoding) -> bytes:
        """The bytes that go to browsers of a kind; whoever has many of them keeps these."""
        if encoding == "text":
            return text_frame(self.frame)
        if encoding == "sse":
            return f"id: {self.id}\r\ndata: {self.document}\r\n\r\n".encode()
        return binary_frame(published(self.topic, self._data, V5 if encoding == "mqtt5" else V311))


def payload_text(data: bytes) -> str:
    """A payload as one line of JSON: itself if it is JSON, else a text; null when it is binary or too large."""
    if len(data) > LARGEST:
        return "null"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "null"
    try:
        value = from_json(data, allow_inf_nan=False)
    except (ValueError, RecursionError):
        return json.dumps(text)
    return text if text.isprintable() else json.dumps(value, separators=(",", ":"))


class EventLog:
    """The last events of this run of the gateway."""

    def __init__(self, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        self.boot = secrets.token_hex(4)
        self.first, self.last, self.bytes = 1, 0, 0
        self._max_events, self._max_bytes = max_events, max_bytes
        self._events: dict[int, Event] = {}
        self._whole_since = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def last_id(self) -> str:
        """The id from which nothing is missing yet."""
        return f"{self.boot}-{self.last}"

    def add(self, topic: str, data: bytes, now: float) -> Event:
        """Take a message in; the oldest give way."""
        self.last += 1
        event = Event(self.boot, self.last, topic, data, now)
        self._events[self.last] = event
        self.bytes += event.size
        while self._events and (len(self._events) > self._max_events or self.bytes > self._max_bytes):
            oldest = self._events.pop(self.first, None)
            self.bytes -= oldest.size if oldest else 0
            self.first += 1
        return event

    def interrupted(self) -> None:
        """Messages were missed here, which takes a number: whoever resumes from before it is told so."""
        self.last += 1
        self._whole_since = self.last

    def after(self, number: int) -> Iterator[Event]:
        """The events that came after the one with this number, in order."""
        for following in range(max(number + 1, self.first), self.last + 1):
            event = self._events.get(following)
            if event is not None:
                yield event

    def resume(self, last_id: str, *, since: int = 0) -> tuple[int, bool]:
        """The number to go on after, and whether something is missing between; `since`: nothing is whole before it.

        An empty id begins now. One of another run, or too old, goes on with what there is.
        """
        if not last_id:
            return self.last, False
        boot, _, digits = last_id.rpartition("-")
        known = boot == self.boot and digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
        number = int(digits) if known else -1
        if not 0 <= number <= self.last:
            return self.first - 1, True
        return max(number, self.first - 1), number < max(self.first - 1, self._whole_since, since)
