"""Topics as others are told of them: what was observed and what is declared, together; pure."""

from collections.abc import Iterable

from wactorz_common.contracts.topics import FieldSeen, TopicQuery, TopicReport, TopicSeen
from wactorz_topics.directory import Declared, Directory
from wactorz_topics.folding import matcher, meet
from wactorz_topics.observing import Observer, Topic
from wactorz_topics.shapes import Shape, covered

_MANY = 10_000
_MOST_BYTES = 600_000
"""Of a report: a message takes 1 MiB."""


class View:
    """Looks at what was observed and at what is declared."""

    def __init__(self, observer: Observer, directory: Directory, heard: tuple[str, ...]) -> None:
        self._observer, self.directory = observer, directory
        self._heard = tuple(matcher(one) for one in heard)

    def seen(self, name: str, now: float, *, samples: bool = True) -> TopicSeen:
        """One topic or pattern."""
        topic = self._observer.topics.get(name)
        return self._told(name, topic or Topic(name), now, samples=samples)

    def _told(self, name: str, topic: Topic, now: float, *, samples: bool) -> TopicSeen:
        directory = self.directory
        return TopicSeen(
            topic=name, publishers=_names(directory.publishers(name)), subscribers=_names(directory.subscribers(name)),
            fields=topic.shape.told(directory.fields(name)) if samples else (),
            sample=covered(topic.shape.sample) if samples else None,
            messages=topic.messages, per_minute=topic.per_minute(now), last_seen_at=topic.last_seen_at or None,
            retained=topic.retained,
        )  # fmt: skip

    def fields(self, name: str) -> tuple[FieldSeen, ...]:
        """The fields of one topic or pattern."""
        topic = self._observer.topics.get(name)
        return (topic.shape if topic else Shape()).told(self.directory.fields(name))

    def names(self) -> list[str]:
        """Every topic that was observed or is declared to be published."""
        observed = self._observer.topics
        names = dict.fromkeys(observed)
        for one in self.directory.agents.values():
            for address in one.publishes:
                name = self._observer.folding.name_of(address)
                is_heard = name in observed or ("+" in name and any(meet(name, other) for other in observed))
                if self._is_told(address) and not is_heard:
                    names[name] = None
        return list(names)

    def liveliest(self, most: int, now: float) -> list[str]:
        """So many of them, the liveliest first."""
        return sorted(self.names(), key=lambda name: self._liveliness(name, now), reverse=True)[:most]

    def _is_told(self, address: str) -> bool:
        """Whether a declared topic is of those that are listened to."""
        return any(form.fullmatch(address) for form in self._heard)

    def matching(self, wanted: str) -> list[str]:
        """The known topics that a topic, pattern or filter means."""
        return [name for name in self.names() if meet(wanted, name)]

    def report(self, query: TopicQuery, now: float) -> TopicReport:
        """Topics by keyword, the liveliest first."""
        keyword = query.keyword.strip().lower()
        names = self.liveliest(len(self._observer.topics) + _MANY, now)
        found = self._about(keyword, names) if keyword else names
        told: list[TopicSeen] = []
        room = _MOST_BYTES
        for name in found[: query.limit]:
            topic = self.seen(name, now, samples=query.samples)
            room -= len(topic.encode())
            if room < 0:
                break
            told.append(topic)
        return TopicReport(topics=tuple(told), total=len(found), messages_per_second=self._observer.per_second(now))

    def _liveliness(self, name: str, now: float) -> tuple[float, float, str]:
        topic = self._observer.topics.get(name)
        return (topic.per_minute(now), topic.last_seen_at, name) if topic else (-1.0, 0.0, name)

    def _about(self, keyword: str, names: list[str]) -> list[str]:
        """The topics whose name, fields or agents have a keyword in them."""
        agents = self.directory.agents.values()
        named = [one for one in agents if keyword in one.name.lower()]
        speaking = [one for one in agents if any(keyword in field.lower() for field in one.produces)]
        addresses = [address for one in named for address in (*one.publishes, *one.subscribes)]
        addresses += [address for one in speaking for address in one.publishes]

        def is_meant(name: str) -> bool:
            topic = self._observer.topics.get(name)
            return (
                keyword in name.lower()
                or (topic is not None and any(keyword in field.lower() for field in topic.shape.fields))
                or any(meet(address, name) for address in addresses)
            )

        return [name for name in names if is_meant(name)]


def _names(agents: Iterable[Declared]) -> tuple[str, ...]:
    return tuple(sorted({one.name for one in agents}))
