"""A browser with a ticket."""

from wactorz_gateway.live.checkpoint import Checkpoint
from wactorz_gateway.live.events import EventLog
from wactorz_gateway.live.following import Followers
from wactorz_gateway.live.messages import published
from wactorz_gateway.live.packets import PINGREQ, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, Packet, blob
from wactorz_gateway.live.reader import Readers
from wactorz_gateway.live.retained import Retained
from wactorz_gateway.live.wire import binary_frame


class Line:
    """Takes frames while there is room."""

    def __init__(self):
        self.room, self.got, self.on_writable = 10_000, [], None

    @property
    def ready(self):
        return len(self.got) < self.room

    def put(self, framed):
        self.got.append(framed)


class Session:
    """One reader, and the log that it reads."""

    def __init__(self, max_events=1_000, level=4):
        self.line, self.missed, self.level = Line(), [], level
        self.retained = Retained()
        self.followers = Followers(EventLog(max_events=max_events), soon=lambda call: call())
        readers = Readers(self.followers, self.retained)
        self.reader = readers.make(self.line, Checkpoint(level, ("custom/#",)), level, lambda: self.missed.append(1))

    def subscribe(self, *filters):
        gap = b"\x00" if self.level == 5 else b""
        body = b"\x00\x01" + gap + b"".join(blob(one.encode()) + b"\x00" for one in filters)
        return self.reader.take(Packet(SUBSCRIBE, 2, body))

    def say(self, *topics):
        for topic in topics:
            self.followers.publish(topic, b"1", 0.0)

    def got(self):
        frames, self.line.got = self.line.got, []
        return frames


def message(topic, level=4, *, retained=False):
    return binary_frame(published(topic, b"1", level, retained=retained))


def test_what_is_subscribed_to_comes():
    for level in (4, 5):
        session = Session(level=level)
        session.subscribe("custom/a", "custom/b/#")
        session.got()
        session.say("custom/a", "custom/c", "home/x", "custom/b/c")
        assert session.got() == [message("custom/a", level), message("custom/b/c", level)]


def test_more_subscriptions_lose_nothing_and_fewer_end_it():
    session = Session()
    session.subscribe("custom/a")
    session.line.room = 0
    session.say("custom/a", "custom/b")
    session.line.room = 100
    session.subscribe("custom/b")
    session.reader.pump()
    assert message("custom/a") in b"".join(session.got())
    session.say("custom/b")
    assert session.got() == [message("custom/b")]
    session.reader.take(Packet(UNSUBSCRIBE, 2, b"\x00\x02" + blob(b"custom/a") + blob(b"custom/b")))
    session.got()
    session.say("custom/a", "custom/b")
    assert session.got() == []
    assert len(session.followers) == 0


def test_what_the_broker_keeps_comes_first():
    session = Session()
    session.retained.take("custom/kept", b"1")
    session.retained.take("home/kept", b"1")
    session.subscribe("custom/#")
    assert session.got()[1:] == [message("custom/kept", retained=True)]


def test_a_browser_that_takes_little_gets_the_rest_when_it_takes_more():
    session = Session()
    for number in range(5):
        session.retained.take(f"custom/{number}", b"1")
    session.line.room = 3
    session.subscribe("custom/#")
    session.say("custom/live")
    assert len(session.line.got) == 3
    assert not session.reader.ready
    session.line.room = 100
    session.line.on_writable()
    assert session.got()[-1] == message("custom/live")
    assert session.reader.ready


def test_who_misses_messages_is_told_by_the_end():
    session = Session(max_events=3)
    session.subscribe("custom/#")
    session.line.room = 0
    session.say(*[f"custom/{number}" for number in range(9)])
    assert not session.missed
    session.line.room = 100
    session.line.on_writable()
    assert session.missed
    other = Session()
    other.subscribe("custom/#")
    other.followers.interrupted()
    assert other.missed


def test_pings_are_answered_and_publishing_is_over():
    session = Session()
    session.reader.take(Packet(PINGREQ, 0, b""))
    assert session.got() == [binary_frame(b"\xd0\x00")]
    assert session.reader.take(Packet(PUBLISH, 0, blob(b"custom/a"))).over


def test_nobody_follows_after_the_end():
    session = Session()
    session.subscribe("custom/#")
    session.reader.close()
    assert len(session.followers) == 0
    assert session.line.on_writable is None
    session.reader.close()
