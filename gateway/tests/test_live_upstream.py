"""The broker's end of what comes in at /mqtt."""

import asyncio

from wactorz_gateway.live.packets import packet
from wactorz_gateway.live.upstream import Upstream
from wactorz_gateway.live.wire import binary_frame

FIRST, SECOND = packet(3, 0, b"a" * 10), packet(3, 0, b"b" * 10)


class FakeWire:
    """Takes frames, or is full."""

    def __init__(self):
        self.ready, self.got, self.on_writable = True, [], None

    def put(self, framed):
        self.got.append(framed)


class FakeTransport:
    """Notes what is done with it."""

    def __init__(self):
        self.written, self.reads, self.closed = b"", True, False

    def write(self, data):
        self.written += data

    def pause_reading(self):
        self.reads = False

    def resume_reading(self):
        self.reads = True

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True


def make(*, cuts=True):
    wire, transport = FakeWire(), FakeTransport()
    upstream = Upstream(wire, cuts=cuts)
    upstream.connection_made(transport)
    return upstream, wire, transport


async def test_bytes_go_on_as_they_come():
    upstream, wire, _ = make()
    upstream.data_received(FIRST + SECOND[:3])
    upstream.data_received(SECOND[3:])
    assert wire.got == [binary_frame(FIRST + SECOND[:3]), binary_frame(SECOND[3:])]


async def test_what_the_gateway_says_goes_between_two_packets():
    upstream, wire, _ = make()
    upstream.say(b"one")
    upstream.data_received(FIRST[:5])
    upstream.say(b"two")
    upstream.say(b"three")
    assert len(wire.got) == 2
    upstream.data_received(FIRST[5:] + SECOND[:1])
    upstream.data_received(SECOND[1:])
    upstream.say(b"four")
    assert wire.got == [
        binary_frame(one) for one in (b"one", FIRST[:5], FIRST[5:] + b"twothree" + SECOND[:1], SECOND[1:], b"four")
    ]


async def test_a_browser_that_takes_nothing_stops_the_broker_for_itself():
    upstream, wire, transport = make(cuts=False)
    wire.ready = False
    upstream.data_received(FIRST)
    assert not transport.reads
    wire.on_writable()
    assert transport.reads


async def test_a_broker_that_takes_nothing_stops_the_browser():
    upstream, _, transport = make()
    upstream.pause_writing()
    passing = asyncio.ensure_future(upstream.pass_on(b"x"))
    await asyncio.sleep(0)
    assert not passing.done()
    upstream.resume_writing()
    await passing
    assert transport.written == b"x"


async def test_the_end_of_the_broker_is_told_and_ours_comes_with_a_goodbye():
    upstream, wire, transport = make()
    upstream.close(b"bye")
    assert (transport.written, transport.closed, wire.on_writable) == (b"bye", True, None)
    upstream.connection_lost(None)
    upstream.connection_lost(None)
    assert upstream.ended.done()
    await upstream.pass_on(b"late")
    assert transport.written == b"bye"
