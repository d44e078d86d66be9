"""Clients that read one address as fast as they are answered, each on its own connection; prints what they saw."""

import asyncio
import json
import sys
import time

import uvloop


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer is whole."""

    def __init__(self, request: bytes, until: float, times: list[float]) -> None:
        self._request, self._until, self._times = request, until, times
        self._buffer, self._wanted, self._began = b"", -1, 0.0
        self.body = b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take in a part of the answer."""
        self._buffer += data
        if self._wanted < 0:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head[:200].decode(errors="replace"))
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._wanted = len(head) + 4 + int(length)
        if len(self._buffer) >= self._wanted:
            self._answered()

    def connection_lost(self, _error: Exception | None) -> None:
        """The server went away, or it is over."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _send(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]  # of a socket

    def _answered(self) -> None:
        now = time.perf_counter()
        self._times.append((now - self._began) * 1000)
        self.body = self._buffer.partition(b"\r\n\r\n")[2]
        self._buffer, self._wanted = b"", -1
        if now < self._until:
            self._send()
        else:
            self._transport.close()


async def main(port: int, path: str, connections: int, seconds: float) -> None:
    """Read for so long, and print times and one body."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()
    times: list[float] = []
    until = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Client(request, until, times), "127.0.0.1", port)
            for _ in range(connections)]  # fmt: skip
    clients = [client for _, client in made]
    await asyncio.gather(*(client.ended for client in clients))
    sys.stdout.write(json.dumps({"milliseconds": times, "body": clients[0].body.decode()}))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
