"""Fixtures of the llm service: the stand-in for Anthropic, a store on disk, and model calls put together."""

import pytest
from pydantic import SecretStr

from wactorz_llm.budget import Budget
from wactorz_llm.calls import Limits, ModelCalls
from wactorz_llm.ledger import Ledger
from wactorz_llm.prices import PriceList
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.routing import Router
from wactorz_testing.anthropic_server import AnthropicServer

NO_BUDGET = Budget()
USUAL = Limits()


@pytest.fixture
async def server():
    async with AnthropicServer() as running:
        yield running


@pytest.fixture
async def make_ledger(store):
    async def make(budget=NO_BUDGET, **options):
        ledger = Ledger(store, budget, **options)
        await ledger.prepare()
        return ledger

    return make


@pytest.fixture
async def make_provider(server):
    made = []

    def make(key=None, url=None):
        provider = AnthropicProvider(SecretStr(server.key if key is None else key), url or server.url)
        provider.local = False  # the stand-in is paid for like the real one
        made.append(provider)
        return provider

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
async def make_calls(make_provider, make_ledger):
    async def make(provider=None, budget=NO_BUDGET, limits=USUAL, waits=None, model="", prices=None, **options):
        async def sleep(seconds):
            if waits is not None:
                waits.append(seconds)

        ledger = await make_ledger(budget)
        chain = provider if isinstance(provider, tuple) else (provider or make_provider(),)
        router = Router(chain, {"": model})
        calls = ModelCalls(router, ledger, PriceList(prices), limits, sleep=sleep, **options)
        calls.ledger = ledger
        return calls

    return make
