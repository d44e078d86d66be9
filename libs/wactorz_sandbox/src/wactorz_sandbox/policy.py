"""What stands between a guest and its ports: sizes, rates, and the end of a guest that floods."""

import json
import math
import re
from collections.abc import Mapping
from typing import NoReturn

from wactorz_sandbox.allowance import Allowance, Strikes
from wactorz_sandbox.errors import GuestEnded
from wactorz_sandbox.limits import Limits
from wactorz_sandbox.ports import Ports

_LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "warn": "warning", "error": "error",
           "critical": "error", "exception": "error"}  # fmt: skip
_TOPIC_BYTES = 65_535
_KINDS = frozenset({"alert", "status", "notify", "processed", "errors", "contract", "stop"})
_FOR_PEOPLE = frozenset({"alert", "notify"})
_FLOOD_SECONDS = 10.0
_BURST_SECONDS = 4
_TELLINGS_AT_ONCE = 20
_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that move the cursor or turn text around where lines are shown."""


class Policy:
    """Immediate functions as the guest may call them, library or not; they answer an error text, or an empty one."""

    def __init__(self, ports: Ports, limits: Limits, kept: Mapping[str, int] | None = None) -> None:
        self._ports = ports
        self._limits = limits
        self.kept = dict(kept or {})
        """Bytes of what is kept, by key."""
        self._publishes = Allowance(limits.publishes_per_second, limits.publishes_per_second)
        self._bytes = Allowance(limits.bytes_per_second, _BURST_SECONDS * limits.bytes_per_second)
        self._tellings = Allowance(limits.tellings_per_second, _TELLINGS_AT_ONCE)
        self._logs = Allowance(limits.logs_per_second, 2 * limits.logs_per_second)
        self._refused = Strikes(limits.refusals, _FLOOD_SECONDS)
        self._unlogged = 0
        self._filters: set[str] = set()
        self.ended: GuestEnded | None = None
        """Set when the guest shall not go on."""

    def log(self, level: str, text: str) -> None:
        """Write a line, cut to its longest and without orders for a terminal; too many are counted instead."""
        if not self._logs.take():
            self._unlogged += 1
            self.refuse("log lines")
            return
        if self._unlogged:
            self._ports.log("warning", f"{self._unlogged} log lines left out: there were too many")
            self._unlogged = 0
        cut = text if len(text) <= self._limits.log_chars else text[: self._limits.log_chars] + " …"
        self._ports.log(_LEVELS.get(level, "info"), _ORDERS.sub("\ufffd", cut))

    def publish(self, topic: str, payload: str, retain: bool) -> str:
        """Publish what is valid, small and not too often."""
        return (
            topic_error(topic) or self._too_big("a message", payload) or self._rate("publishes", len(payload))
            or _json_error(payload) or self._ports.publish(topic, payload, retain)
        )  # fmt: skip

    def subscribe(self, topic_filter: str) -> str:
        """Subscribe to a valid filter, once."""
        if topic_filter in self._filters:
            return ""
        if len(self._filters) >= self._limits.subscriptions:
            return f"an agent may subscribe to {self._limits.subscriptions} topic filters"
        error = filter_error(topic_filter) or self._ports.subscribe(topic_filter)
        if not error:
            self._filters.add(topic_filter)
        return error

    def persist(self, key: str, value: str) -> str:
        """Keep what fits."""
        size = len(value.encode(errors="replace"))
        if not key or not _is_unicode(key) or len(key.encode()) > self._limits.key_bytes:
            return f"a key has 1 to {self._limits.key_bytes} bytes"
        if size > self._limits.value_bytes:
            return f"the value of '{key}' has {size} bytes; {self._limits.value_bytes} are allowed"
        total = sum(self.kept.values()) - self.kept.get(key, 0) + size + len(key)
        if total > self._limits.state_bytes:
            return f"an agent may keep {self._limits.state_bytes} bytes; '{key}' would make it {total}"
        error = self._rate("persist calls", size) or _json_error(value) or self._ports.persist(key, value)
        if not error:
            self.kept[key] = size + len(key)
        return error

    def recall(self, key: str) -> str | None:
        """A kept value."""
        return self._ports.recall(key) if len(key) <= self._limits.key_bytes else None

    def tell(self, kind: str, body: str) -> str:
        """Report something of a known kind."""
        if kind not in _KINDS:
            return f"'{kind}' is no kind of report"
        return (
            self._too_big("a report", body) or self._rate("reports", len(body)) or _json_error(body)
            or self._patience(kind) or self._ports.tell(kind, body)
        )  # fmt: skip

    def _rate(self, what: str, size: int) -> str:
        if not self._publishes.take():
            self.refuse(what)
            return f"too many {what}: {self._limits.publishes_per_second:g} a second are allowed"
        if not self._bytes.take(size):
            self.refuse(what)
            return f"too much in {what}: {self._limits.bytes_per_second:.0f} bytes a second are allowed"
        return ""

    def _patience(self, kind: str) -> str:
        """People read less than machines."""
        if kind not in _FOR_PEOPLE or self._tellings.take():
            return ""
        self.refuse("messages to people")
        return f"too many messages to people: {60 * self._limits.tellings_per_second:g} a minute are allowed"

    def refuse(self, what: str) -> None:
        """Count a refusal; too many end the guest."""
        if self._refused.add() and self.ended is None:
            self.ended = GuestEnded("flood", f"ended because it went on with {what} after {self._limits.refusals} "
                                             f"refusals within {_FLOOD_SECONDS:g} s")  # fmt: skip

    def _too_big(self, what: str, text: str) -> str:
        most = self._limits.message_bytes
        size = len(text) if len(text) > most or text.isascii() else len(text.encode(errors="replace"))
        return "" if size <= most else f"{what} has {size} bytes; {most} are allowed"


def topic_error(topic: str) -> str:
    """Why nothing can be published on a topic; empty when it can."""
    if "+" in topic or "#" in topic:
        return f"the topic '{topic[:100]}' has a wildcard: publish on one topic"
    return _name_error(topic)


def filter_error(topic_filter: str) -> str:
    """Why a topic filter is none; empty when it is one."""
    levels = topic_filter.split("/")
    for index, level in enumerate(levels):
        if ("#" in level and (level != "#" or index != len(levels) - 1)) or ("+" in level and level != "+"):
            return f"'{topic_filter[:100]}' is no topic filter: + stands for one whole level, # for all further ones"
    return _name_error(topic_filter)


def _name_error(topic: str) -> str:
    if not topic or "\0" in topic:
        return "a topic is not empty and has no NUL in it"
    try:
        size = len(topic.encode())
    except UnicodeEncodeError:
        return "a topic is valid Unicode"
    return f"a topic has at most {_TOPIC_BYTES} bytes" if size > _TOPIC_BYTES else ""


def _json_error(text: str) -> str:
    try:
        value = json.loads(text, parse_constant=_no_json, parse_float=_finite)
        if "\\u" in text:  # escapes can smuggle in halves of characters, which nobody could write again
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return "the payload is not JSON"
    return ""


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_json(text)


def _no_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
