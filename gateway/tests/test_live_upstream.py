"""The broker's end for a login that is no ticket."""

import asyncio

from wactorz_gateway.live.upstream import Upstream
from wactorz_gateway.live.wire import binary_frame


class FakeLine:
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


def make():
    line, transport = FakeLine(), FakeTransport()
    upstream = Upstream(line)
    upstream.connection_made(transport)
    return upstream, line, transport


async def test_bytes_go_on_as_they_come():
    upstream, line, transport = make()
    upstream.data_received(b"one")
    await upstream.pass_on(b"two")
    assert (line.got, transport.written) == ([binary_frame(b"one")], b"two")


async def test_a_browser_that_takes_nothing_stops_the_broker_for_itself():
    upstream, line, transport = make()
    line.ready = False
    upstream.data_received(b"one")
    assert not transport.reads
    line.on_writable()
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


async def test_the_end_of_the_broker_is_told_and_nothing_is_written_after_ours():
    upstream, line, transport = make()
    upstream.close()
    assert (transport.closed, line.on_writable) == (True, None)
    upstream.connection_lost(None)
    upstream.connection_lost(None)
    assert upstream.ended.done()
    await upstream.pass_on(b"late")
    assert transport.written == b""
