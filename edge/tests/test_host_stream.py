"""Orders and answers over one stream."""

import asyncio
import json

import pytest

from wactorz_common.contracts.hosting import HostOrder
from wactorz_common.errors import Refused, TransportError
from wactorz_edge import host_stream
from wactorz_edge.host_stream import HostHangs, HostStream, UnixPipe


class Pipe:
    """A stream whose other end is the test."""

    def __init__(self):
        self.incoming = asyncio.Queue()
        self.sent = []
        self.closed = False

    async def read(self):
        return await self.incoming.get()

    async def write(self, data):
        self.sent.append(json.loads(data))

    async def close(self):
        self.closed = True

    def say(self, **answer):
        self.incoming.put_nowait(json.dumps(answer).encode() + b"\n")


@pytest.fixture
async def stream():
    heard = []
    stream = HostStream(Pipe(), heard.append)
    stream.pipe, stream.heard = stream._pipe, heard
    running = asyncio.create_task(stream.run())
    yield stream
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def begin(stream, op="host", name="probe", timeout=5.0):
    task = asyncio.create_task(stream.order(HostOrder(op=op, name=name), timeout))
    while not any(order["name"] == name for order in stream.pipe.sent):
        await asyncio.sleep(0)
    return task


async def test_answers_find_their_orders_whatever_the_order(stream):
    first, second = await begin(stream, name="one"), await begin(stream, name="two")
    stream.pipe.say(event="hosted", name="two", id="2")
    stream.pipe.say(event="refused", name="one", id="1", error="its code is broken")
    assert (await second).name == "two"
    with pytest.raises(Refused, match="code is broken"):
        await first


async def test_what_is_said_unasked_and_what_is_printed(stream):
    stream.pipe.incoming.put_nowait(b"a print\n\n" + b'{"event": "rea')
    stream.pipe.incoming.put_nowait(b'dy"}\n')
    await stream.ready.wait()
    stream.pipe.say(event="hosted", name="late", id="99")
    stream.pipe.say(event="ended", name="probe", error="over")
    while not stream.heard:
        await asyncio.sleep(0)
    assert [(answer.event, answer.name) for answer in stream.heard] == [("ended", "probe")]


async def test_a_host_that_gives_no_answer_hangs(stream):
    with pytest.raises(HostHangs):
        await stream.order(HostOrder(op="drop", name="probe"), 0.01)
    assert stream._waiting == {}


async def test_the_end_of_the_stream_ends_the_waiting(stream):
    waiting = await begin(stream)
    stream.pipe.incoming.put_nowait(b"")
    with pytest.raises(TransportError, match="ended"):
        await waiting
    with pytest.raises(TransportError):
        await stream.order(HostOrder(op="drop", name="probe"), 5)
    assert stream.closed.is_set()
    assert stream.pipe.closed


async def test_a_line_without_an_end_ends_the_stream(stream, monkeypatch):
    monkeypatch.setattr(host_stream, "LONGEST_LINE", 100)
    stream.pipe.incoming.put_nowait(b"x" * 200)
    await asyncio.wait_for(stream.closed.wait(), 5)


async def test_a_unix_socket_carries_it(tmp_path):
    async def serve(reader, writer):
        order = json.loads(await reader.readline())
        writer.write(json.dumps({"event": "exported", "id": order["id"], "state": {"a": 1}}).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(serve, str(tmp_path / "s")):
        stream = HostStream(await UnixPipe.open(str(tmp_path / "s")), lambda _: None)
        running = asyncio.create_task(stream.run())
        answer = await stream.order(HostOrder(op="export", name="probe"), 5)
        await running
    assert answer.state == {"a": 1}
    assert stream.closed.is_set()
