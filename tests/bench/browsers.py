"""From the broker to browsers: 200 of them, 100 messages/s, over each way there is and beside raw MQTT clients."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench.browser_clients import BULK, TOPIC
from tests.bench.report import Figure
from wactorz_common.connection import Broker, Connection
from wactorz_testing.broker import TestBroker, free_port

CLIENTS, RATE, SECONDS, ROUNDS = 200, 100, 5.0, 3
_PADDING, _BULK_BYTES = "x" * 200, 20_000
_START_SECONDS = 30.0
_BAR = 40.0


@dataclass(frozen=True)
class Way:
    """One way from the broker to browsers."""

    way: str
    name: str
    stalled: bool = False
    bar: float | None = _BAR


WAYS = (
    Way("raw", "raw MQTT over TCP", bar=None), Way("ws", "/ws"), Way("ws", "/ws, one stalled", stalled=True),
    Way("mqtt", "/mqtt"), Way("mqtt", "/mqtt, one stalled", stalled=True), Way("sse", "/api/events", bar=None),
)  # fmt: skip


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Age of messages at the browser, with and without a stalled one among them: medians of interleaved rounds."""
    rounds: dict[Way, list[dict[str, float]]] = {way: [] for way in WAYS}
    async with _gateway(broker, folder) as (port, pid), _speaker(broker) as speaker:
        for _ in range(ROUNDS):
            for way in WAYS:
                at = _cpu_seconds(pid)
                told = await _round(way.way, broker.port if way.way == "raw" else port, speaker, stalled=way.stalled)
                busy = (_cpu_seconds(pid) - at) / SECONDS * 100
                came = told["count"] / (CLIENTS * RATE * SECONDS)
                rounds[way].append({"p50": told["p50"] * 1e3, "p99": told["p99"] * 1e3, "came": came, "busy": busy})
    return _figures(rounds)


def _figures(rounds: dict[Way, list[dict[str, float]]]) -> list[Figure]:
    def median(way: Way, what: str) -> float:
        return statistics.median(one[what] for one in rounds[way])

    figures: list[Figure] = []
    for way in rounds:
        figures += [
            Figure(f"{way.name}: p50", median(way, "p50"), "ms"),
            Figure(f"{way.name}: p99", median(way, "p99"), "ms", at_most=way.bar),
            Figure(f"{way.name}: share that came", median(way, "came"), "x", at_least=0.97),
        ]
        if way.way != "raw":
            figures.append(Figure(f"{way.name}: gateway's share of a core", median(way, "busy"), "%"))
    raw = median(WAYS[0], "p50")
    return [*figures, *(Figure(f"{way.name}: p50 against raw MQTT", median(way, "p50") / raw, "x") for way in WAYS[1:])]


async def _round(way: str, port: int, speaker: Connection, *, stalled: bool) -> dict[str, float]:
    logins = await _tickets(port, CLIENTS + stalled) if way == "mqtt" else []
    plan = {"way": way, "port": port, "clients": CLIENTS, "seconds": SECONDS, "stalled": stalled, "logins": logins}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.browser_clients",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the clients have no pipes")
    process.stdin.write(json.dumps(plan).encode() + b"\n")
    ready = await process.stdout.readline()
    if ready.strip() != b"ready":
        raise RuntimeError(f"the clients did not come up: {ready!r}")
    speaking = asyncio.ensure_future(_speak(speaker, stalled=stalled))
    told: dict[str, float] = json.loads(await process.stdout.readline())
    speaking.cancel()
    await process.wait()
    return told


async def _speak(speaker: Connection, *, stalled: bool) -> None:
    begin = time.monotonic()
    for number in range(int(RATE * SECONDS)):
        await asyncio.sleep(max(0.0, begin + number / RATE - time.monotonic()))
        if stalled:
            await speaker.send(BULK, b'"' + b"x" * _BULK_BYTES + b'"', 0, False, {})
        data = json.dumps({"t": time.monotonic(), "n": number, "text": _PADDING}).encode()
        await speaker.send(TOPIC, data, 0, False, {})


async def _tickets(port: int, count: int) -> list[list[str]]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = [await client.post("/api/mqtt-ticket", json={"filters": ["custom/#"]}) for _ in range(count)]
    return [[answer.json()["username"], answer.json()["password"]] for answer in answers]


@asynccontextmanager
async def _speaker(broker: TestBroker) -> AsyncIterator[Connection]:
    connection = Connection("bench-speaker", Broker(broker.host, broker.port), None, list, _nothing, lasting=False)
    connection.start()
    await connection.wait_connected(5)
    try:
        yield connection
    finally:
        await connection.stop(end_session=True)


async def _nothing(_topic: str, _data: bytes, _properties: dict[str, Any]) -> None:
    """The speaker hears nothing."""


@asynccontextmanager
async def _gateway(broker: TestBroker, folder: Path) -> AsyncIterator[tuple[int, int]]:
    port = free_port()
    settings = {
        "WACTORZ_STATE_DIR": str(folder), "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port),
        "WACTORZ_HTTP_PORT": str(port), "WACTORZ_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "wactorz_gateway", env=os.environ | settings)
    try:
        await _until_up(port)
        yield port, process.pid
    finally:
        process.terminate()
        await process.wait()


async def _until_up(port: int) -> None:
    async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/api/health")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
