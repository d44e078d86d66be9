"""What the llm service adds to a call over the raw SDK, against the same local server."""

import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tests.bench.report import Figure
from wactorz_common.agent import Agent
from wactorz_common.contracts.llm import COMPLETE, Completion, ModelMessage
from wactorz_common.settings import AgentSettings
from wactorz_llm.agent import LlmAgent
from wactorz_llm.provider import Provider
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import OpenAIProvider
from wactorz_llm.settings import LlmSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

WARM_CALLS = 10
CALLS = 100
BAR_MS = 5.0
_KEY = "bench"
_MODELS = {"anthropic": "claude-sonnet-4-6", "openai": "gpt-4o", "gemini": "gemini-2.5-flash", "ollama": "llama3"}
Call = Callable[[], Awaitable[object]]


class Asker(Agent[AgentSettings]):
    """Asks the llm service."""

    name = "asker"
    description = "Asks"


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Median of the differences of calls that were made in turns."""
    figures: list[Figure] = []
    for name in _MODELS:
        async with _server(name) as url, contextlib.AsyncExitStack() as closing:
            raw = await _raw(name, url)
            provider = _provider(name, url)
            closing.push_async_callback(provider.close)
            added = await _added(raw, _through(provider, name))
            figures.append(Figure(f"{name}: provider over the raw SDK, p50", added, "ms", at_most=BAR_MS))
            if name == "anthropic":
                added = await _over_the_bus(broker, folder, url, raw)
                figures.append(Figure("anthropic: COMPLETE over the raw SDK, p50", added, "ms", at_most=BAR_MS))
    return figures


@contextlib.asynccontextmanager
async def _server(name: str) -> AsyncIterator[str]:
    """The local server in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", f"wactorz_testing.{name}_server"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await asyncio.to_thread(process.stdout.readline)).decode().strip()
    finally:
        process.terminate()
        process.wait(10)


async def _added(raw: Call, ours: Call) -> float:
    """Milliseconds that the second way takes longer."""
    differences = []
    for number in range(WARM_CALLS + CALLS):
        first = time.perf_counter()
        await raw()
        second = time.perf_counter()
        await ours()
        if number >= WARM_CALLS:
            differences.append((time.perf_counter() - second) - (second - first))
    return statistics.median(differences) * 1e3


async def _over_the_bus(broker: TestBroker, folder: Path, url: str, raw: Call) -> float:
    """The whole way: request and answer over MQTT, reservation and settlement in the ledger."""
    settings = {"anthropic_api_key": _KEY, "anthropic_base_url": url, "llm_provider": "anthropic"}
    async with (
        running(LlmAgent, broker, folder / "llm", LlmSettings, **settings),
        running(Asker, broker, folder / "asker") as asker,
    ):
        return await _added(raw, lambda: asker.ask(COMPLETE, _request("anthropic")))


def _request(name: str) -> Completion:
    return Completion(messages=(ModelMessage(role="user", content="Hello"),), model=_MODELS[name])


def _through(provider: Provider, name: str) -> Call:
    return lambda: provider.complete(_request(name), lambda _text: None)


def _provider(name: str, url: str) -> Provider:
    key = SecretStr(_KEY)
    return {
        "anthropic": lambda: AnthropicProvider(key, url),
        "openai": lambda: OpenAIProvider(key, url),
        "gemini": lambda: GeminiProvider(key, url),
        "ollama": lambda: OllamaProvider(url),
    }[name]()


async def _raw(name: str, url: str) -> Call:
    """A streamed call through the SDK alone."""
    return {"anthropic": _raw_anthropic, "openai": _raw_openai, "gemini": _raw_gemini, "ollama": _raw_ollama}[name](url)


def _raw_anthropic(url: str) -> Call:
    import anthropic  # noqa: PLC0415  # each measured alone

    client = anthropic.AsyncAnthropic(api_key=_KEY, base_url=url, max_retries=0)

    async def call() -> None:
        stream = client.messages.create(
            model=_MODELS["anthropic"], max_tokens=1024, messages=[{"role": "user", "content": "Hello"}], stream=True
        )
        async with await stream as events:
            await _drain(events)

    return call


def _raw_openai(url: str) -> Call:
    import openai  # noqa: PLC0415

    client = openai.AsyncOpenAI(api_key=_KEY, base_url=url, max_retries=0)

    async def call() -> None:
        stream = client.chat.completions.create(
            model=_MODELS["openai"], messages=[{"role": "user", "content": "Hello"}], stream=True,
            stream_options={"include_usage": True},
        )  # fmt: skip
        async with await stream as chunks:
            await _drain(chunks)

    return call


def _raw_gemini(url: str) -> Call:
    import httpx2  # noqa: PLC0415
    from google import genai  # noqa: PLC0415

    options = genai.types.HttpOptions(base_url=url, httpx_async_client=httpx2.AsyncClient())
    client = genai.Client(api_key=_KEY, vertexai=False, http_options=options)

    async def call() -> None:
        await _drain(await client.aio.models.generate_content_stream(model=_MODELS["gemini"], contents="Hello"))

    return call


def _raw_ollama(url: str) -> Call:
    import ollama  # noqa: PLC0415

    client = ollama.AsyncClient(host=url)

    async def call() -> None:
        await _drain(
            await client.chat(model=_MODELS["ollama"], messages=[{"role": "user", "content": "Hello"}], stream=True)
        )

    return call


async def _drain(stream: Any) -> None:
    async for _ in stream:
        pass
