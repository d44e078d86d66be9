"""What is said on the bus, observed at little cost: everything is counted, few messages are looked into."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from wactorz_topics.folding import Folding
from wactorz_topics.shapes import Shape

FIRST_LOOKS = 20
"""Messages of a topic that are looked into before it is only looked at once a second."""

_SECOND, _MINUTE = 1.0, 60.0
_LARGEST = 64 * 1024
_LONGEST_TOPIC = 300
_MOST_ALIASES = 20_000


@dataclass(slots=True)
class Topic:
    """A topic, or the pattern of many."""

    name: str
    shape: Shape = field(default_factory=Shape)
    messages: int = 0
    last_seen_at: float = 0.0
    looked_at: float = 0.0
    retained: bool = False
    minute: int = 0
    now_count: int = 0
    before_count: int = 0
    dirty: bool = True

    def count(self, now: float) -> None:
        """One more message."""
        self.messages += 1
        self.last_seen_at = now
        self.dirty = True
        self._turn(int(now // _MINUTE))
        self.now_count += 1

    def _turn(self, minute: int) -> None:
        if minute != self.minute:
            self.before_count = self.now_count if minute == self.minute + 1 else 0
            self.minute, self.now_count = minute, 0

    def per_minute(self, now: float) -> float:
        """Messages in the last minute, about."""
        self._turn(int(now // _MINUTE))
        share = 1 - (now % _MINUTE) / _MINUTE
        return round(self.now_count + self.before_count * share, 1)


class Observer:
    """Topics by name, those that were silent longest first."""

    def __init__(self, most: int, looks_per_second: int) -> None:
        self.topics: OrderedDict[str, Topic] = OrderedDict()
        self.forgotten: set[str] = set()
        """Names to be taken off the disk."""
        self.folding = Folding()
        self._most, self._most_looks = most, looks_per_second
        self._names: dict[str, str] = {}
        self._second, self._looks = 0, 0

    def take(self, topic: str, data: bytes, now: float, *, retained: bool = False) -> None:
        """A message was heard."""
        if not data or len(topic) > _LONGEST_TOPIC:
            return
        name = self._names.get(topic) or self._name(topic)
        known = self.topics.get(name)
        if known is None:
            known = self.topics[name] = Topic(name)
            if len(self.topics) > self._most:
                self._forget(next(iter(self.topics)))
        elif retained:  # said before, and counted then
            known.retained = True
            return
        elif known.last_seen_at + _SECOND < now:
            self.topics.move_to_end(name)
        known.count(now)
        known.retained = known.retained or retained
        if self._is_due(known, now) and len(data) <= _LARGEST:
            self._look(topic, known, data, now)

    def _name(self, topic: str) -> str:
        if len(self._names) >= _MOST_ALIASES:
            self._names.clear()
        name = self._names[topic] = self.folding.name_of(topic)
        return name

    def _is_due(self, topic: Topic, now: float) -> bool:
        if topic.shape.looks >= FIRST_LOOKS and now - topic.looked_at < _SECOND:
            return False
        if int(now) != self._second:
            self._second, self._looks = int(now), 0
        self._looks += 1
        return self._looks <= self._most_looks

    def _look(self, topic: str, known: Topic, data: bytes, now: float) -> None:
        known.looked_at = now
        is_first = known.shape.looks == 0
        known.shape.note(_read(data))
        if is_first and known.name == topic:
            pattern = self.folding.learn(topic, known.shape.signature())
            if pattern:
                self.fold(pattern)

    def fold(self, pattern: str) -> None:
        """Make the topics of a pattern one."""
        self._names.clear()
        whole = self.topics.pop(pattern, None) or Topic(pattern)
        for name in [name for name in self.topics if self.folding.name_of(name) == pattern]:
            part = self.topics.pop(name)
            self.forgotten.add(name)
            whole.shape.merge(part.shape)
            whole.messages += part.messages
            whole.last_seen_at = max(whole.last_seen_at, part.last_seen_at)
            whole.retained = whole.retained or part.retained
            whole.looked_at = max(whole.looked_at, part.looked_at)
            whole.minute = max(whole.minute, part.minute)
            whole.now_count += part.now_count
            whole.before_count += part.before_count
        if whole.messages:
            whole.dirty = True
            self.topics[pattern] = whole
            self.forgotten.discard(pattern)

    def restore(self, topic: Topic) -> None:
        """Take in what an earlier run has seen."""
        self.folding.declare(topic.name)
        self.topics[topic.name] = topic

    def _forget(self, name: str) -> None:
        del self.topics[name]
        self.forgotten.add(name)

    def per_second(self, now: float) -> float:
        """Messages per second on all topics, about."""
        return round(sum(topic.per_minute(now) for topic in self.topics.values()) / _MINUTE, 2)


def _read(data: bytes) -> Any:
    """The message; text where it is no JSON, its size where it is no text."""
    try:
        return from_json(data)
    except ValueError:
        try:
            return data.decode()
        except UnicodeDecodeError:
            return f"({len(data)} bytes)"
