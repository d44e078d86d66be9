"""Browsers for tests of live data: by WebSocket, Server-Sent Events, and MQTT spoken by hand."""

import asyncio
import contextlib
import json
import socket

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from wactorz_common.connection import Broker, Connection
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.live.packets import Cursor, PacketReader, blob, packet, varint
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running


@contextlib.asynccontextmanager
async def gateway(broker, tmp_path, **settings):
    async with running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0, **settings) as agent:
        await agent.ear.wait_connected(5)
        yield agent


def url_of(agent, scheme="http"):
    return f"{scheme}://127.0.0.1:{agent.web.port}"


@contextlib.asynccontextmanager
async def speaker(broker):
    """Somebody else on the bus, who publishes what the test says."""
    connection = Connection("speaker", Broker(broker.host, broker.port), None, list, None, lasting=False)
    connection.start()
    await connection.wait_connected(5)

    async def say(topic, payload, qos=0, retain=False):
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await connection.send(topic, data, qos, retain, {})

    try:
        yield say
    finally:
        await connection.stop(end_session=True)


async def ticket_of(agent, *filters):
    async with httpx.AsyncClient(base_url=url_of(agent)) as client:
        answer = await client.post("/api/mqtt-ticket", json={"filters": list(filters)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def connect_packet(username, password, level=5, client_id="x", keep_alive=30):
    properties = varint(0) if level == 5 else b""
    body = blob(b"MQTT") + bytes((level, 0xC2)) + keep_alive.to_bytes(2, "big") + properties
    return packet(1, 0, body + blob(client_id.encode()) + blob(username.encode()) + blob(password.encode()))


def subscribe_packet(*filters, level=5, packet_id=1):
    properties = varint(0) if level == 5 else b""
    rest = b"".join(blob(one.encode()) + b"\x01" for one in filters)
    return packet(8, 2, packet_id.to_bytes(2, "big") + properties + rest)


class Browser:
    """A browser that speaks MQTT by hand."""

    def __init__(self, websocket, level=5):
        self.websocket, self.level = websocket, level
        self._reader, self._packets = PacketReader(10_000_000), []

    async def send(self, data):
        await self.websocket.send(data)

    async def next(self):
        while not self._packets:
            self._packets += self._reader.feed(await asyncio.wait_for(self.websocket.recv(), 5))
        return self._packets.pop(0)

    async def message(self):
        found = await self.next()
        assert found.kind == 3, found
        cursor = Cursor(found.body)
        topic = cursor.text()
        if self.level == 5:
            cursor.properties()
        return topic, cursor.take(cursor.left)


@contextlib.asynccontextmanager
async def browser(agent, username, password, level=5, **options):
    async with connect(f"{url_of(agent, 'ws')}/mqtt", subprotocols=["mqtt"], **options) as websocket:
        one = Browser(websocket, level)
        await one.send(connect_packet(username, password, level))
        yield one


async def closed(websocket):
    """Code and reason with which a connection ends."""
    async with asyncio.timeout(8):
        with contextlib.suppress(ConnectionClosed):
            async for _ in websocket:
                continue
        await websocket.wait_closed()
    return websocket.close_code, websocket.close_reason


async def end_of_connecting(agent, username, password, level=5):
    """The answer to a CONNECT that is refused: reason code and how the connection ends."""
    async with browser(agent, username, password, level) as one:
        answer = await one.next()
        assert answer.kind == 2
        return answer.body[1], (await closed(one.websocket))[0]


async def stalled(agent, *said):
    """A connection that asks for everything and reads nothing."""
    endpoint = socket.socket()
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    endpoint.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(endpoint, ("127.0.0.1", agent.web.port))
    for one in said:
        await loop.sock_sendall(endpoint, one)
        await asyncio.sleep(0.3)
    return endpoint


async def stalled_not(agent, ended):
    """A connection to the dashboard's WebSocket that notes with which code it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.web.port)
    writer.write(upgrade("/ws"))

    async def read():
        data = b""
        while more := await reader.read(65_536):
            data = (data + more)[-200:]
        place = data.rfind(b"\x88")
        ended.append(int.from_bytes(data[place + 2 : place + 4], "big"))

    writer.reading = asyncio.ensure_future(read())
    return writer


def upgrade(path, protocol=""):
    extra = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{extra}"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(opcode, data):
    size = bytes((0x80 | len(data),)) if len(data) < 126 else bytes((0xFE,)) + len(data).to_bytes(2, "big")
    return bytes((0x80 | opcode,)) + size + bytes(4) + data


async def frame_of(websocket, kind):
    while True:
        frame = json.loads(await asyncio.wait_for(websocket.recv(), 5))
        if frame["type"] == kind:
            return frame


async def settled(agent):
    """The broker has taken what the ear has subscribed to."""
    await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def events(agent, topics, headers=None, **query):
    """The events of a stream as pairs of kind and data."""
    async with (
        httpx.AsyncClient(base_url=url_of(agent), timeout=10) as client,
        client.stream("GET", "/api/events", params={"topics": topics, **query}, headers=headers) as answer,
    ):
        assert answer.status_code == 200

        async def read():
            kind = "message"
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    yield kind, json.loads(line[6:])
                    kind = "message"

        stream = read()
        yield stream
        await stream.aclose()
