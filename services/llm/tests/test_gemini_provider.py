import sys

import pytest
from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.provider import ProviderFailure
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.model_replies import Dropped, call

TOOL = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}})


@pytest.fixture
async def server():
    async with GeminiServer() as running:
        yield running


@pytest.fixture
async def provider(server):
    provider = GeminiProvider(SecretStr(server.key), server.url)
    yield provider
    await provider.close()


def ask(*messages, **fields):
    return Completion(messages=messages or (ModelMessage(role="user", content="Hello"),), **fields)


async def test_round_of_tools_with_a_model_that_signs_its_calls(server, provider):
    server.script([call("act", {"x": 1}), "Done."])
    first = await provider.complete(ask(model="gemini-3.8-flash", tools=(TOOL,)), lambda _text: None)
    messages = (
        ModelMessage(role="user", content="Hello"),
        ModelMessage(role="assistant", tool_calls=first.tool_calls),
        ModelMessage(role="tool", content="ok", tool_call_id=first.tool_calls[0].id),
    )
    answer = await provider.complete(ask(*messages, model="gemini-3.8-flash", tools=(TOOL,)), lambda _text: None)
    assert answer.text == "Done."
    assert server.wire[1]["contents"][1]["parts"][0]["thoughtSignature"] == "c2lnbmVk"


async def test_lost_request_is_not_repeated_by_the_sdk_although_aiohttp_is_there(server, provider):
    assert "aiohttp" in sys.modules, "with it the SDK would sleep up to ten seconds and ask again"
    server.script([Dropped()])
    with pytest.raises(ProviderFailure, match="connection"):
        await provider.complete(ask(model="gemini-2.5-flash"), lambda _text: None)
    assert server.attempts == 1


async def test_settings_of_the_sdk_in_the_environment_change_nothing(server, provider, monkeypatch):
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    assert (await provider.complete(ask(model="gemini-2.5-flash"), lambda _text: None)).text


async def test_close_releases_the_connections(server):
    provider = GeminiProvider(SecretStr(server.key), server.url)
    await provider.complete(ask(model="gemini-2.5-flash"), lambda _text: None)
    http = provider._http
    await provider.close()
    assert http.is_closed
