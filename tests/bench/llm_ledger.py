"""Calls with failures, retries and stops at four providers' stand-ins: the ledger against the servers' own count."""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tests.bench.report import Figure
from wactorz_common import logs
from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_common.errors import Refused
from wactorz_common.store import Store
from wactorz_llm.calls import Limits, ModelCalls
from wactorz_llm.ledger import Ledger
from wactorz_llm.prices import PriceList
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import OpenAIProvider
from wactorz_llm.routing import Router
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.broker import TestBroker
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.model_replies import Answer, Dropped, Failure, Reply, overloaded, rate_limited, server_error
from wactorz_testing.model_server import ModelServer
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import OpenAIServer

CALLS = 10_000
_AT_ONCE = 16
_FAST_CLOCK = 1_000.0
_TEXT = "The kitchen light is on, and the window is open. " * 3


@dataclass
class Tally:
    """What the servers billed beside what the ledger holds, by call."""

    calls: int = 0
    stopped: int = 0
    failed: int = 0
    attempts: int = 0
    billed: dict[str, list[tuple[int, int, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Input, output and whether the client was told, of each answer."""
    kept: dict[str, tuple[int, int, bool]] = field(default_factory=dict)
    open_rows: int = 0

    @property
    def wrong(self) -> list[str]:
        """Calls whose figures are not estimates and differ from the servers' count."""
        return [
            call
            for call, (sent, written, estimated) in self.kept.items()
            if not estimated and (sent, written) != self._sums(call)
        ]

    @property
    def unmarked(self) -> list[str]:
        """Calls whose tokens a server did not tell, although no estimate is marked."""
        untold = [call for call, bills in self.billed.items() if not all(told for _, _, told in bills)]
        return [call for call in untold if call in self.kept and not self.kept[call][2]]

    @property
    def missing(self) -> list[str]:
        """Calls that a server billed and the ledger does not know."""
        return [call for call in self.billed if call not in self.kept]

    @property
    def exact(self) -> int:
        """Calls that are known to the token."""
        return sum(not estimated for _, _, estimated in self.kept.values())

    @property
    def tokens(self) -> int:
        """All tokens that are known exactly."""
        return sum(sent + written for sent, written, estimated in self.kept.values() if not estimated)

    def _sums(self, call: str) -> tuple[int, int]:
        bills = self.billed.get(call, [])
        return sum(sent for sent, _, _ in bills), sum(written for _, written, _ in bills)


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """The whole 10,000; what goes wrong on purpose is not logged."""
    logs.configure("bench", "ERROR", "console")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    began = time.perf_counter()
    tally = await run(folder, CALLS)
    seconds = time.perf_counter() - began
    return [
        Figure("calls made, failures and stops among them", tally.calls, "", at_least=CALLS),
        Figure("attempts at the servers", tally.attempts, ""),
        Figure("calls stopped", tally.stopped, ""),
        Figure("calls known to the token", tally.exact, ""),
        Figure("tokens of these", tally.tokens, ""),
        Figure("calls that differ from the servers' count", len(tally.wrong), "", at_most=0),
        Figure("untold calls that are not marked as estimates", len(tally.unmarked), "", at_most=0),
        Figure("billed calls without a row", len(tally.missing), "", at_most=0),
        Figure("rows that are still reserved", tally.open_rows, "", at_most=0),
        Figure("calls per second", CALLS / seconds, "/s"),
    ]


async def run(folder: Path, count: int, seed: int = 7) -> Tally:
    """Make that many calls and count."""
    tally, store = Tally(), Store(folder / "ledger.db")
    store.open()
    try:
        async with AsyncExitStack() as stack:
            servers = [
                await stack.enter_async_context(make())
                for make in (AnthropicServer, OpenAIServer, GeminiServer, OllamaServer)
            ]
            brains = [_Brain(tally, random.Random(seed + number)) for number, _ in enumerate(servers)]
            for server, brain in zip(servers, brains, strict=True):
                server.brain = brain
            await _calls(servers, store, tally, count, random.Random(seed))
            for server, brain in zip(servers, brains, strict=True):
                tally.attempts += server.attempts
                _note_bills(server, brain, tally)
        await _read(store, tally)
    finally:
        await store.close()
    return tally


class _Brain:
    """Decides how an answer ends; its input tokens are a number of their own, by which its bill is known again."""

    def __init__(self, tally: Tally, chance: random.Random) -> None:
        self.calls: dict[int, str] = {}
        self._chance, self._tally = chance, tally

    def __call__(self, body: dict[str, Any]) -> Reply:
        faults: list[Reply] = [overloaded(), server_error(), rate_limited(0), Dropped(), _BAD_REQUEST]
        if self._chance.random() < 0.2:
            return self._chance.choice(faults)
        number = 1_000 + len(self.calls)
        self.calls[number] = _question(body)
        return Answer(
            _TEXT,
            usage={"input_tokens": number, "output_tokens": self._chance.randrange(1, 500)},
            pause=self._chance.choice([0, 0, 0.001]),
            cut_after=self._chance.choice([None] * 12 + [3, 6]),
            end_after=self._chance.choice([None] * 12 + [3, 6]),
        )


_BAD_REQUEST = Failure(400, "invalid_request_error", "no")


def _question(body: dict[str, Any]) -> str:
    content = body["messages"][0]["content"]
    return str(content if isinstance(content, str) else content[0]["text"])


async def _calls(servers: list[ModelServer], store: Store, tally: Tally, count: int, chance: random.Random) -> None:
    key = [SecretStr(server.key) for server in servers]
    providers = (
        AnthropicProvider(key[0], servers[0].url),
        OpenAIProvider(key[1], servers[1].url),
        GeminiProvider(key[2], servers[2].url),
        OllamaProvider(servers[3].url),
    )
    ledger = Ledger(store)
    await ledger.prepare()
    calls = ModelCalls(
        Router(providers), ledger, PriceList(), Limits(_AT_ONCE, count, 2, 60 * _FAST_CLOCK),
        clock=lambda: time.monotonic() * _FAST_CLOCK, sleep=_no_sleep,
    )  # fmt: skip
    left = iter(range(count))
    await asyncio.gather(*(_worker(calls, providers, left, tally, chance) for _ in range(_AT_ONCE)))
    for provider in providers:
        await provider.close()


async def _no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)


async def _worker(
    calls: ModelCalls, providers: tuple[Any, ...], left: Iterator[int], tally: Tally, chance: random.Random
) -> None:
    for number in left:
        name = f"q{number}"
        provider = chance.choice(providers)
        request = Completion(
            messages=(ModelMessage(role="user", content=name),), agent="bench", conversation_id=name,
            stream_to=name, model=f"{provider.name}:{provider.default_model}",
        )  # fmt: skip
        asking = asyncio.create_task(calls.complete(request))
        if chance.random() < 0.15:
            asyncio.get_running_loop().call_later(chance.random() * 0.04, lambda: calls.running.stop(stream_to=name))  # noqa: B023  # used before the next
        tally.calls += 1
        try:
            await asking
        except Refused as refused:
            stopped = "Stopped" in str(refused)
            tally.stopped += stopped
            tally.failed += not stopped


def _note_bills(server: ModelServer, brain: _Brain, tally: Tally) -> None:
    for bill in server.bills:
        call = brain.calls[bill.spent.prompt_tokens]
        tally.billed[call].append((bill.spent.prompt_tokens, bill.spent.output_tokens, bill.told))


async def _read(store: Store, tally: Tally) -> None:
    query = (
        "SELECT conversation_id, sum(input_tokens), sum(output_tokens), max(estimated) FROM llm_calls"
        " GROUP BY conversation_id"
    )
    for call, sent, written, estimated in await store.read(lambda one: one.execute(query).fetchall()):
        tally.kept[call] = (sent, written, bool(estimated))
    opened = "SELECT count(*) FROM llm_calls WHERE outcome = 'reserved' OR held_nano_usd != 0"
    tally.open_rows = await store.read(lambda one: int(one.execute(opened).fetchone()[0]))
