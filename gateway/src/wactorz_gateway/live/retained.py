"""What the broker keeps for those who come later, as far as browsers may see it."""

from collections.abc import Iterator

from wactorz_common.rights import allows

MAX_TOPICS, MAX_BYTES = 5_000, 4 * 1024 * 1024


class Retained:
    """The last retained message of each topic; bounded, what does not fit is not kept."""

    def __init__(self, max_topics: int = MAX_TOPICS, max_bytes: int = MAX_BYTES) -> None:
        self._max_topics, self._max_bytes = max_topics, max_bytes
        self._kept: dict[str, bytes] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, topic: str, data: bytes) -> None:
        """A retained message was heard; an empty one withdraws it."""
        self._bytes -= len(self._kept.pop(topic, b""))
        if data and len(self._kept) < self._max_topics and self._bytes + len(data) <= self._max_bytes:
            self._kept[topic] = data
            self._bytes += len(data)

    def clear(self) -> None:
        """The broker tells everything anew."""
        self._kept.clear()
        self._bytes = 0

    def matching(self, filters: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
        """Topics and messages that any of the filters matches."""
        return iter([(topic, data) for topic, data in self._kept.items() if allows(filters, topic)])

    def forget(self, filters: tuple[str, ...]) -> None:
        """These are not listened to any more."""
        for topic, _ in self.matching(filters):
            self.take(topic, b"")
