"""Many browsers in a process of their own: they follow one topic and note how old each message is when it comes."""

import asyncio
import json
import os
import re
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import cast

import uvloop

from wactorz_gateway.live.packets import blob, packet

TOPIC, BULK = "custom/bench", "custom/bulk"
_SENT = re.compile(rb'"t": ?([0-9]+\.[0-9]+)')
_SHORT = 126
_STALLED_BUFFER = 4_096


@dataclass
class Plan:
    """How to connect; `logins` holds a user name and password for each client."""

    way: str
    port: int
    clients: int
    seconds: float
    stalled: bool = False
    logins: list[list[str]] = field(default_factory=list)


def masked(opcode: int, data: bytes) -> bytes:
    """A frame of a client, with a mask of zeros."""
    size = bytes((0x80 | len(data),)) if len(data) < _SHORT else bytes((0xFE,)) + len(data).to_bytes(2, "big")
    return bytes((0x80 | opcode,)) + size + bytes(4) + data


def upgrade(path: str, protocol: str = "") -> bytes:
    """The request that opens a WebSocket."""
    extra = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{extra}"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def connect_packet(client_id: str, login: list[str]) -> bytes:
    """CONNECT of MQTT 3.1.1."""
    flags = 0xC2 if login else 0x02
    names = b"".join(blob(one.encode()) for one in (client_id, *login))
    return packet(1, 0, blob(b"MQTT") + bytes((4, flags)) + (60).to_bytes(2, "big") + names)


def subscribe_packet(topic: str) -> bytes:
    """SUBSCRIBE of MQTT 3.1.1."""
    return packet(8, 2, b"\x00\x01" + blob(topic.encode()) + b"\x00")


def steps(plan: Plan, number: int, topic: str) -> list[bytes]:
    """What one client sends, one after each answer."""
    if plan.way == "ws":
        return [upgrade("/ws"), masked(1, json.dumps({"type": "subscribe", "topics": [topic]}).encode())]
    if plan.way == "sse":
        return [f"GET /api/events?topics={topic} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()]
    login = plan.logins[number] if plan.logins else []
    mqtt = [connect_packet(f"bench-{os.getpid()}-{number}", login), subscribe_packet(topic)]
    return mqtt if plan.way == "raw" else [upgrade("/mqtt", "mqtt"), *(masked(2, one) for one in mqtt)]


class Browser(asyncio.Protocol):
    """One client."""

    def __init__(self, said: list[bytes], ages: list[float], *, stalled: bool) -> None:
        self._said, self._ages, self._stalled, self._rest = said, ages, stalled, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._said.pop(0))

    def data_received(self, data: bytes) -> None:
        """Go on, or note how old the messages are."""
        now = time.monotonic()
        if self._said:
            self.transport.write(self._said.pop(0))
            if not self._said and self._stalled:
                self.transport.pause_reading()
            return
        self._rest += data
        end = 0
        for found in _SENT.finditer(self._rest):
            self._ages.append(now - float(found[1]))
            end = found.end()
        self._rest = self._rest[max(end, len(self._rest) - 64) :]


async def run(plan: Plan) -> dict[str, float]:
    """Connect all, say so, and listen for a while."""
    loop, ages, ignored = asyncio.get_running_loop(), list[float](), list[float]()
    browsers = []
    for number in range(plan.clients + plan.stalled):
        stalled = number == plan.clients
        endpoint = socket.socket()
        if stalled:
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _STALLED_BUFFER)
        endpoint.setblocking(False)
        await loop.sock_connect(endpoint, ("127.0.0.1", plan.port))
        said = steps(plan, number, BULK if stalled else TOPIC)
        _, browser = await loop.create_connection(
            lambda s=said, a=ignored if stalled else ages, t=stalled: Browser(s, a, stalled=t),  # type: ignore[misc]
            sock=endpoint,
        )
        browsers.append(browser)
    await asyncio.sleep(2)
    ages.clear()
    print("ready", flush=True)
    await asyncio.sleep(plan.seconds)
    for browser in browsers:
        browser.transport.abort()
    ages.sort()
    parts = {name: ages[int(len(ages) * share)] if ages else 0.0 for name, share in (("p50", 0.5), ("p99", 0.99))}
    return {"count": len(ages), **parts}


def main() -> None:
    """Read the plan from standard input; the last line of the output tells how old messages were, in seconds."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    print(json.dumps(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()
