"""Sees from outside whether a process serves."""

import asyncio
import contextlib
import socket

from wactorz_edge.mqtt_probe import greeting, is_answer
from wactorz_edge.stack import Ready

_PROBE_SECONDS = 2.0
_SERVER_FAULT = 500


async def serves(ready: Ready) -> bool:
    """Probe once; heartbeats and streams are not probed, they arrive."""
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            if ready.how == "socket":
                return await _accepts_unix(ready.address)
            reader, writer = await asyncio.open_connection("127.0.0.1", ready.port)
            try:
                if ready.how == "mqtt":
                    return await _answers_mqtt(reader, writer)
                return await _answers_http(reader, writer, ready)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, ValueError):
        return False


async def _accepts_unix(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        await asyncio.get_running_loop().sock_connect(probe, "\0" + address)
    return True


async def _answers_mqtt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.write(greeting())
    await writer.drain()
    return is_answer(await reader.read(64))


async def _answers_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ready: Ready) -> bool:
    """Any answer that is not a server's fault will do: one that asks for a login serves, too."""
    request = f"GET {ready.path} HTTP/1.1\r\nHost: 127.0.0.1:{ready.port}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    await writer.drain()
    status = (await reader.readline()).split()
    return len(status) > 1 and status[0].startswith(b"HTTP/") and int(status[1]) < _SERVER_FAULT
