"""Attaching: after the engine's answer both connections are one stream of bytes in each direction."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from wactorz_docker_proxy.engine import VERSION
from wactorz_docker_proxy.refusal import Refused

_CHUNK = 65_536
_WEBSOCKET = ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol")
_LONGEST_HEADER = 200
_SWITCHING = 101
_HEAD_SECONDS = 10.0


class Switched(web.StreamResponse):
    """An answer after which the connection carries bytes, not HTTP."""

    _length_check = False


class ClientBytes:
    """What the client sends after the switch, as the server's parser hands it over."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take bytes up."""
        if data:
            self._reader.feed_data(bytes(data))
        return False, b""

    def feed_eof(self) -> None:
        """The client has gone."""
        self._reader.feed_eof()

    def set_exception(self, *_reason: object) -> None:
        """The connection broke."""
        self._reader.feed_eof()


def upgrade_of(request: web.BaseRequest) -> dict[str, str]:
    """The headers that the engine needs for the switch; Refused when the client does not ask for one."""
    protocol = request.headers.get("Upgrade", "").lower()
    if protocol not in ("tcp", "websocket") or "upgrade" not in request.headers.get("Connection", "").lower():
        raise Refused("Attaching needs an upgraded connection")
    if (protocol == "websocket") is not (request.method == "GET"):
        raise Refused("A POST is upgraded to tcp, a GET to a WebSocket")
    headers = {"Connection": "Upgrade", "Upgrade": protocol}
    for name in _WEBSOCKET if protocol == "websocket" else ():
        value = request.headers.get(name, "")
        if value and len(value) < _LONGEST_HEADER and value.isprintable():
            headers[name] = value
    return headers


async def attach(
    request: web.BaseRequest, socket: Path, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> web.StreamResponse:
    """Switch both sides and carry bytes until either ends."""
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=_CHUNK)
    try:
        address = f"/{VERSION}{path}?{urlencode(query)}"
        lines = [f"{request.method} {address} HTTP/1.1", "Host: docker", "Content-Length: 0"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        status, answered = await asyncio.wait_for(_head(reader), _HEAD_SECONDS)
        if status != _SWITCHING:
            text = await reader.read(_CHUNK) if int(answered.get("content-length", "0")) else b""
            return web.Response(status=status, body=text, content_type="application/json")
        return await _splice(request, _switched(answered), reader, writer)
    finally:
        writer.close()


def _switched(answered: Mapping[str, str]) -> Switched:
    answer = Switched(status=_SWITCHING, headers={"Connection": "Upgrade"})
    for name in ("upgrade", "sec-websocket-accept", "sec-websocket-protocol"):
        if name in answered:
            answer.headers[name] = answered[name]
    return answer


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers of the engine's answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split(" ")[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _splice(
    request: web.BaseRequest, answer: Switched, engine_in: asyncio.StreamReader, engine_out: asyncio.StreamWriter
) -> web.StreamResponse:
    await answer.prepare(request)
    client = asyncio.StreamReader(limit=_CHUNK)
    transport = request.transport
    if transport is None:
        return answer
    client.set_transport(transport)  # a slow engine holds the client back
    request.protocol.set_parser(ClientBytes(client))  # type: ignore[arg-type]  # only feed_data and feed_eof are used
    outward = asyncio.create_task(_to_engine(client, engine_out))
    try:
        while data := await engine_in.read(_CHUNK):
            await answer.write(data)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        outward.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await outward
        transport.close()
    return answer


async def _to_engine(client: asyncio.StreamReader, engine: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await client.read(_CHUNK):
            engine.write(data)
            await engine.drain()
    engine.close()
