"""Slow and hostile clients, over real sockets."""

import asyncio
import contextlib
import json

import pytest

from wactorz_gateway.httpline import MAX_HEAD, Crowd
from wactorz_gateway.intake import Patience
from wactorz_gateway.server import WebServer, open_socket

from .test_app import FakeBus, make_app

LONG = 600.0
SOON = 0.3
HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /api/chat HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
UPLOAD = b"POST /api/blobs HTTP/1.1\r\n" + HOST
GET = b"GET /api/health HTTP/1.1\r\n" + HOST + b"\r\n"
SAY = json.dumps({"message": "hi"}).encode()


class Client:
    """One raw connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def head(self):
        """Status and headers of the next answer."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), headers

    async def answer(self):
        """Status, headers and body of the next answer."""
        status, headers = await self.head()
        body = await self.reader.readexactly(int(headers["content-length"]))
        return status, headers, json.loads(body)

    async def refused(self, status):
        """The connection ends with this problem."""
        found, headers, body = await self.answer()
        assert (found, body["status"], headers["content-type"]) == (status, status, "application/problem+json"), body
        await self.ended()
        return body["detail"]

    async def ended(self):
        """The server closes, and says nothing any more."""
        with contextlib.suppress(ConnectionResetError):
            assert await self.reader.read() == b""


class Server:
    """The gateway's own web server, with a bus that is not there."""

    def __init__(self, tmp_path):
        self.bus, self.crowd = FakeBus(), Crowd(1_000, 100)
        self.app = make_app(tmp_path, self.bus)
        self.clients = []

    @contextlib.asynccontextmanager
    async def running(self, idle=LONG):
        web = WebServer(self.app, open_socket("127.0.0.1", 0), Patience(idle, self.crowd))
        self.port, self.state = web.port, web._server.server_state
        serving = asyncio.ensure_future(web.serve())
        try:
            async with asyncio.timeout(30):
                yield self
        finally:
            for client in self.clients:
                client.writer.close()
            await web.stop(serving)

    async def client(self, said=b""):
        made = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(made)
        await made.send(said)
        return made


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


# -- slow clients ---------------------------------------------------------------------------------------------------


async def test_headers_that_do_not_come_end_the_connection(server):
    async with server.running(SOON):
        client = await server.client(b"POST /api/chat HTTP/1.1\r\nHost: 127")
        assert "in time" in await client.refused(408)


async def test_a_connection_that_says_nothing_ends(server):
    async with server.running(SOON):
        await (await server.client()).ended()
        await (await server.client(b"\r\n")).ended()


async def test_a_connection_that_is_kept_alive_ends_after_its_time(server):
    async with server.running(SOON):
        client = await server.client(GET)
        assert (await client.answer())[0] == 200
        await client.ended()


@pytest.mark.parametrize("length", [b"Content-Length: 17\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"])
async def test_a_body_that_stops_arriving_ends_the_request(server, length):
    async with server.running(SOON):
        client = await server.client(POST + length + b'{"me')
        assert "in time" in await client.refused(408)
        assert server.bus.said == []


async def test_an_upload_that_stops_arriving_ends_too(server):
    async with server.running(SOON):
        client = await server.client(UPLOAD + b"Content-Length: 1000\r\n\r\nabc")
        await client.refused(408)


async def test_a_small_body_that_drips_ends(server):
    async with server.running(SOON):
        client = await server.client(POST + b"Content-Length: 1000000\r\n\r\n")

        async def drip():
            while True:
                await client.send(b" ")
                await asyncio.sleep(SOON / 20)

        dripping = asyncio.ensure_future(drip())
        status, _, _ = await client.answer()
        dripping.cancel()
        assert status == 408


async def test_an_answer_may_take_its_time(server):
    said, asked, may_answer = server.bus.say, asyncio.Event(), asyncio.Event()

    async def slowly(message):
        asked.set()
        await may_answer.wait()
        return await said(message)

    server.bus.say = slowly
    async with server.running():
        client = await server.client(POST + f"Content-Length: {len(SAY)}\r\n\r\n".encode() + SAY)
        await asked.wait()
        (intake,) = server.state.connections
        intake._line.since = intake._line.heard = intake._line.since - 10 * LONG
        intake._look()
        may_answer.set()
        assert (await client.answer())[0] == 200


async def test_who_takes_nothing_of_an_answer_is_cut_off(server):
    sent = asyncio.Event()

    async def whole(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1_000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        sent.set()

    server.app.middleware_stack = whole
    async with server.running(SOON):
        await server.client(GET)
        await sent.wait()  # into nowhere, once it is cut off
        while server.state.connections:
            await asyncio.sleep(0.01)


# -- bodies that are not wanted -------------------------------------------------------------------------------------


async def test_a_body_over_the_bound_is_refused_before_it_is_sent(server):
    async with server.running():
        client = await server.client(POST + b"Content-Length: 9000000000\r\n\r\n{")
        assert (await client.answer())[0] == 413


async def test_a_refused_body_is_not_waited_for_long(server):
    async with server.running(SOON):
        client = await server.client(POST + b"Content-Length: 9000000000\r\n\r\n{")
        assert (await client.answer())[0] == 413
        await client.ended()


async def test_a_refused_body_that_comes_nevertheless_leaves_the_connection_open(server):
    async with server.running():
        client = await server.client(b"POST /api/chat HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 3\r\n\r\n")
        assert (await client.answer())[0] == 403
        await client.send(b"abc" + GET)
        assert (await client.answer())[0] == 200


# -- requests that are not clear ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        POST + b"Content-Length: 3, 3\r\n\r\nabc",
        POST + b"Content-Length: -3\r\n\r\nabc",
        POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST + b"X-Folded: a\r\n b\r\n\r\n",
        POST + HOST + b"\r\n",
        b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n" + HOST + b"\r\nx",
    ],
)
async def test_what_cannot_be_read_in_one_way_is_refused(server, said):
    async with server.running():
        await (await server.client(said)).refused(400)
        assert server.bus.said == []


async def test_an_offer_of_http_2_is_not_taken_up(server):
    async with server.running():
        client = await server.client(
            b"GET /api/health HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n" + HOST + b"\r\n"
        )
        status, headers, _ = await client.answer()
        assert (status, headers["connection"]) == (200, "close")
        await client.ended()


async def test_a_broken_chunk_ends_the_request(server):
    async with server.running():
        client = await server.client(POST + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"me')
        await client.send(b"sss\r\nx\r\n")
        await client.refused(400)
        assert server.bus.said == []


# -- requests without an end ----------------------------------------------------------------------------------------


async def pour(client, piece):
    """Send for ever, until the server has enough."""
    with contextlib.suppress(ConnectionError):
        while True:
            await client.send(piece)


@pytest.mark.parametrize(
    ("start", "piece", "status"),
    [
        (b"GET /", b"a" * 10_000, 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: ", b"a" * 10_000, 431),
        (b"GET / HTTP/1.1\r\n" + HOST, b"X: a\r\n" * 100, 431),
        (b"", b"\r\n" * 5_000, 431),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a" * 10_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n" * 2_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 10_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 10_000, 400),
    ],
)
async def test_what_has_no_end_is_ended(server, start, piece, status):
    async with server.running():
        client = await server.client(start)
        pouring = asyncio.ensure_future(pour(client, piece))
        found, _, _ = await client.answer()
        assert found == status
        pouring.cancel()


async def test_trailers_are_no_headers(server):
    seen = []
    served = server.app.build_middleware_stack()

    async def noting(scope, receive, send):
        await served(scope, receive, send)
        seen.extend(name for name, _ in scope["headers"])

    server.app.middleware_stack = noting
    async with server.running():
        chunk = f"{len(SAY):x}\r\n".encode() + SAY + b"\r\n0\r\nX-Api-Key: x\r\n\r\n"
        client = await server.client(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
        assert (await client.answer())[0] == 200
        assert b"host" in seen
        assert b"x-api-key" not in seen


async def test_many_requests_at_once_are_answered_in_order_and_too_many_are_not(server):
    async with server.running():
        client = await server.client(GET * 10)
        for _ in range(10):
            assert (await client.answer())[0] == 200
        client = await server.client(GET * 500)
        await client.reader.read()


async def test_a_header_up_to_the_bound_is_fine(server):
    async with server.running():
        client = await server.client(GET[:-2] + b"X-Long: " + b"a" * (MAX_HEAD - 1_000) + b"\r\n\r\n")
        assert (await client.answer())[0] == 200


# -- how many -------------------------------------------------------------------------------------------------------


async def test_connections_are_counted_until_they_are_closed(server):
    server.crowd = Crowd(2, None)
    async with server.running():
        first = await server.client(GET)
        await first.answer()
        second = await server.client(GET)
        await second.answer()
        assert "Too many connections" in await (await server.client()).refused(503)
        second.writer.close()
        while server.crowd._total > 1:
            await asyncio.sleep(0.01)
        assert (await (await server.client(GET)).answer())[0] == 200


async def test_a_websocket_counts_as_long_as_it_is_open(server):
    hello = (
        b"GET /ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    async with server.running():
        client = await server.client()
        while not server.state.connections:
            await asyncio.sleep(0.01)
        (intake,) = server.state.connections
        await client.send(hello)
        assert (await client.head())[0] == 101
        assert intake._timer is None
        assert server.crowd._total == 1
        client.writer.close()
        while server.crowd._total:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("header", [b"X-Long: " + b"a" * 20_000, b"X Y: a", b"X-Bad: \x7f"])
async def test_a_websocket_that_cannot_be_begun_is_not_left_open(server, header):
    async with server.running():
        client = await server.client(
            b"GET /ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n" + header + b"\r\n\r\n"
        )
        await client.refused(400)
        while server.crowd._total:
            await asyncio.sleep(0.01)


async def test_what_is_no_address_is_not_there(server):
    async with server.running():
        client = await server.client(b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await client.answer())[0] == 404


async def test_a_websocket_is_not_begun_on_a_line_that_is_in_use(server):
    hello = b"GET /ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    async with server.running():
        client = await server.client(b"GET /api/events?topics=system/health HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await client.head())[0] == 200
        await client.send(hello)
        await client.reader.read()
        while server.state.tasks:
            await asyncio.sleep(0.01)
