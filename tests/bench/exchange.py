"""Questions and durable tasks between two processes, beside a raw client pair in interleaved rounds."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gmqtt

from tests.bench.peer import ECHO, KEEP, Asker, Text
from tests.bench.report import Figure
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

ROUNDS = 7
IN_FLIGHT = 64
_TEXT = "a" * 200

Call = Callable[[], Awaitable[Any]]


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Medians over seven interleaved rounds."""
    peers = [
        subprocess.Popen([sys.executable, "-m", "tests.bench.peer", *arguments])
        for arguments in (("raw", str(broker.port)), ("agent", str(broker.port), str(folder)))
    ]
    try:
        async with running(Asker, broker, folder, AgentSettings) as asker:
            raw = await _raw_call(broker.port)
            calls: dict[str, Call] = {
                "raw": raw,
                "ask": lambda: asker.ask(ECHO, Text(text=_TEXT)),
                "submit": lambda: asker.submit(KEEP, Text(text=_TEXT)),
            }
            for call in calls.values():
                await _until_answered(call)
            return _figures(await _rounds(calls))
    finally:
        for peer in peers:
            peer.terminate()
            peer.wait(10)


async def _raw_call(port: int) -> Call:
    client = gmqtt.Client("raw-asker", clean_session=True, optimistic_acknowledgement=False)
    waiting: dict[bytes, asyncio.Future[bytes]] = {}
    numbers = iter(range(10**9))

    async def on_message(_client: Any, _topic: str, payload: bytes, _qos: int, properties: dict[str, Any]) -> int:
        waiting[properties["correlation_data"][0]].set_result(payload)
        return 0

    client.on_message = on_message
    await client.connect("127.0.0.1", port)
    client.subscribe("raw/reply", qos=1)
    body = b'{"text":"' + _TEXT.encode() + b'"}'

    async def call() -> bytes:
        key = b"%d" % next(numbers)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        waiting[key] = answer
        client.publish("raw/request", body, qos=1, response_topic="raw/reply", correlation_data=key)
        try:
            return await answer
        finally:
            del waiting[key]

    return call


async def _until_answered(call: Call) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                return await asyncio.wait_for(call(), 2)
            except Exception:
                await asyncio.sleep(0.2)


async def _rounds(calls: dict[str, Call]) -> dict[str, dict[str, list[float]]]:
    results: dict[str, dict[str, list[float]]] = {name: {"p50": [], "p99": [], "rate": []} for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times = await _sequential(call, 100 if name == "submit" else 800)
            results[name]["p50"].append(times[len(times) // 2])
            results[name]["p99"].append(times[int(len(times) * 0.99)])
            results[name]["rate"].append(await _flood(call, 1_500 if name == "submit" else 4_000))
    return results


async def _sequential(call: Call, count: int) -> list[float]:
    times = []
    for _ in range(count):
        start = time.perf_counter()
        await call()
        times.append(time.perf_counter() - start)
    return sorted(times)


async def _flood(call: Call, count: int) -> float:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await call()

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return count / (time.perf_counter() - start)


def _figures(results: dict[str, dict[str, list[float]]]) -> list[Figure]:
    def median(name: str, what: str) -> float:
        return statistics.median(results[name][what])

    ratio, share = median("ask", "p50") / median("raw", "p50"), median("ask", "rate") / median("raw", "rate")
    return [
        Figure("raw round trip p50", median("raw", "p50") * 1e6, "µs"),
        Figure("ask round trip p50", median("ask", "p50") * 1e6, "µs"),
        Figure("ask round trip p99", median("ask", "p99") * 1e6, "µs"),
        Figure("ask p50 against raw", ratio, "x", at_most=1.35),
        Figure("raw, 64 in flight", median("raw", "rate"), "/s"),
        Figure("ask, 64 in flight", median("ask", "rate"), "/s", at_least=6_000),
        Figure("ask, 64 in flight, against raw", share, "x", at_least=0.6),
        Figure("submit round trip p50", median("submit", "p50") * 1e3, "ms"),
        Figure("submit, 64 in flight", median("submit", "rate"), "/s", at_least=1_500),
    ]
