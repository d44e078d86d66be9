"""Seeing from outside whether a process serves."""

import asyncio
import contextlib
import os

import pytest

from wactorz_edge import readiness
from wactorz_edge.readiness import serves
from wactorz_edge.stack import Ready


@contextlib.asynccontextmanager
async def answering(answer):
    """A server that gives one answer to whatever it is sent."""

    async def talk(reader, writer):
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("how", "answer", "ready"),
    [
        ("http", b"HTTP/1.1 200 OK\r\n\r\n", True),
        ("http", b"HTTP/1.1 401 Unauthorized\r\n\r\n", True),
        ("http", b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        ("http", b"HTTP/1.1 what\r\n\r\n", False),
        ("http", b"\x20\x03\x00\x00\x00", False),
        ("http", b"", False),
        ("mqtt", b"\x20\x03\x00\x00\x00", True),
        ("mqtt", b"\x20\x03\x00\x87\x00", True),
        ("mqtt", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("mqtt", b"", False),
    ],
)
async def test_the_answer_decides(how, answer, ready):
    async with answering(answer) as port:
        assert await serves(Ready(how, port)) is ready


async def test_nobody_and_the_mute_do_not_serve(monkeypatch):
    monkeypatch.setattr(readiness, "_PROBE_SECONDS", 0.1)
    async with answering(b"") as port:
        pass
    assert not await serves(Ready("http", port))
    server = await asyncio.start_server(lambda *_: asyncio.sleep(5), "127.0.0.1", 0)
    async with server:
        assert not await serves(Ready("mqtt", server.sockets[0].getsockname()[1]))


async def test_a_unix_socket_serves_when_it_accepts():
    address = f"wactorz-test-{os.getpid()}"
    assert not await serves(Ready("socket", address=address))
    server = await asyncio.start_unix_server(lambda _reader, writer: writer.close(), "\0" + address)
    async with server:
        assert await serves(Ready("socket", address=address))
