"""Fifty streamed answers at once through the llm service, and what a short call costs beside the bare SDK."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import anthropic

from tests.bench.llm_stand_in import SHORT, TOKENS
from tests.bench.report import Figure
from wactorz_common.agent import Agent, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT_PIECES, ChatPiece
from wactorz_common.contracts.llm import COMPLETE, GET_COSTS, Completion, CompletionResult, CostQuery, ModelMessage
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port

STREAMS = 50
_APART = 0.041
ROUNDS = 7
CALLS = 30
_KEY = "sk-ant-bench"
_MODEL = "claude-sonnet-4-6"


@dataclass
class Heard:
    """What came of one stream: pieces, in the order of their arrival, and how old each one's first token was."""

    pieces: list[ChatPiece] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)


class Listener(Agent[AgentSettings]):
    """Hears pieces of answers as a client does."""

    name = "bench-listener"
    description = "Listens"

    async def on_start(self) -> None:
        """Nothing heard so far."""
        self.heard: dict[str, Heard] = defaultdict(Heard)

    @listens(CHAT_PIECES)
    async def on_piece(self, message: Message[ChatPiece]) -> None:
        """Note the age of a piece, in seconds."""
        heard = self.heard[message.payload.id]
        stamp = int(message.payload.content.split()[0])
        heard.ages.append((time.monotonic_ns() - stamp) / 1e9)
        heard.pieces.append(message.payload)


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Streams, then short calls in interleaved rounds."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "WACTORZ_STATE_DIR": str(folder / "llm"), "MQTT_HOST": broker.host,
        "MQTT_PORT": str(broker.port), "ANTHROPIC_API_KEY": _KEY, "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "WACTORZ_LLM_CONCURRENCY": "64", "WACTORZ_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    processes = [
        subprocess.Popen([sys.executable, "-m", "tests.bench.llm_stand_in", str(port)]),
        subprocess.Popen([sys.executable, "-m", "wactorz_llm"], env=environment),
    ]
    try:
        async with running(Listener, broker, folder / "listener") as listener:
            await _until_it_answers(listener)
            figures = await _streams(listener, processes[1].pid)
            return figures + await _overhead(listener, f"http://127.0.0.1:{port}", folder)
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _question(stream_to: str = "", system: str = "") -> Completion:
    message = ModelMessage(role="user", content="Tell me something.")
    return Completion(messages=(message,), system=system, stream_to=stream_to, agent="bench", model=_MODEL)


async def _until_it_answers(listener: Listener) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await listener.ask(GET_COSTS, CostQuery(), timeout=1)
                await listener.ask(COMPLETE, _question(system=SHORT), timeout=30)
            except (TransportError, TaskFailed):
                await asyncio.sleep(0.2)
            else:
                return


# -- streams ----------------------------------------------------------------------------------------------------


async def _streams(listener: Listener, pid: int) -> list[Figure]:
    names = [f"stream-{number}" for number in range(STREAMS)]
    cpu, began = _cpu_seconds(pid), time.monotonic()
    results = await asyncio.gather(*(_later(listener, name, number) for number, name in enumerate(names)))
    seconds, cpu = time.monotonic() - began, _cpu_seconds(pid) - cpu
    await asyncio.sleep(0.5)
    heard = [listener.heard[name] for name in names]
    texts = ["".join(piece.content for piece in one.pieces) for one in heard]
    lost = sum(abs(TOKENS - len(text.split())) for text in texts)
    mixed = sum(_out_of_order(one, text) for one, text in zip(heard, texts, strict=True))
    wrong = sum(text != result.text for text, result in zip(texts, results, strict=True))
    firsts = sorted(one.ages[0] for one in heard)
    every = sorted(age for one in heard for age in one.ages)
    return [
        Figure("streams of 500 tokens at 30 a second, at once", STREAMS, ""),
        Figure("tokens lost", lost, "", at_most=0),
        Figure("streams out of order", mixed, "", at_most=0),
        Figure("streams that differ from their answer", wrong, "", at_most=0),
        Figure("processor time of llm", cpu / seconds, "cores", at_most=1.0),
        Figure(
            "pieces published per stream and second", sum(len(one.pieces) for one in heard) / STREAMS / seconds, "/s"
        ),
        Figure("first token, provider to client, p50", statistics.median(firsts) * 1e3, "ms", at_most=15),
        Figure("first token, provider to client, slowest", firsts[-1] * 1e3, "ms"),
        Figure("oldest token of any piece, p50", statistics.median(every) * 1e3, "ms"),
        Figure("oldest token of any piece, p99", every[int(len(every) * 0.99)] * 1e3, "ms"),
    ]


async def _later(listener: Listener, name: str, number: int) -> CompletionResult:
    """Streams begin one after the other, as those of people do; all of them run at the same time for a while."""
    await asyncio.sleep(number * _APART)
    return await listener.ask(COMPLETE, _question(name))


def _out_of_order(heard: Heard, text: str) -> bool:
    stamps = [int(stamp) for stamp in text.split()]
    indexes = [piece.index for piece in heard.pieces]
    return stamps != sorted(stamps) or indexes != list(range(len(indexes)))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- short calls ------------------------------------------------------------------------------------------------


async def _overhead(listener: Listener, url: str, folder: Path) -> list[Figure]:
    disk = Store(folder / "disk.db")
    disk.open()
    client = anthropic.AsyncAnthropic(api_key=_KEY, base_url=url, max_retries=0)

    async def bare() -> None:
        messages: list[anthropic.types.MessageParam] = [{"role": "user", "content": "Tell me something."}]
        async with await client.messages.create(
            model=_MODEL, max_tokens=100, system=SHORT, messages=messages, stream=True
        ) as events:
            async for _ in events:
                pass

    async def through() -> None:
        await listener.ask(COMPLETE, _question(system=SHORT))

    async def round_trip() -> None:
        await listener.ask(GET_COSTS, CostQuery(agent="nobody"))

    async def commit() -> None:
        await disk.persist("key", time.monotonic_ns())

    calls: dict[str, Callable[[], Awaitable[None]]] = {
        "bare": bare, "through": through, "trip": round_trip, "commit": commit,
    }  # fmt: skip
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].extend([await _timed(call) for _ in range(CALLS)])
    await client.close()
    await disk.close()
    middle = {name: statistics.median(values) * 1e3 for name, values in times.items()}
    return [
        Figure("one short call, bare SDK, p50", middle["bare"], "ms"),
        Figure("the same through llm, p50", middle["through"], "ms"),
        Figure("a question to llm without a model, p50", middle["trip"], "ms"),
        Figure("one commit to this disk (a call makes two), p50", middle["commit"], "ms"),
        Figure("overhead of llm per call, p50", middle["through"] - middle["bare"], "ms", at_most=5),
    ]


async def _timed(call: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began
