import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.provider import ProviderFailure
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_testing.model_replies import Answer, ToolUse
from wactorz_testing.ollama_server import OllamaServer

TOOL = Tool(name="act", description="Act", parameters={"properties": {"x": {"type": "integer"}}})


@pytest.fixture
async def server():
    async with OllamaServer() as running:
        yield running


@pytest.fixture
async def provider(server):
    provider = OllamaProvider(server.url, context=4096)
    yield provider
    await provider.close()


def ask(**fields):
    return Completion(messages=(ModelMessage(role="user", content="Hello"),), **{"model": "llama3", **fields})


async def test_model_without_tools_is_explained(provider):
    with pytest.raises(ProviderFailure, match=r"does not support tools\. Set LLM_MODEL to one that does") as caught:
        await provider.complete(ask(model="no-tools", tools=(TOOL,)), lambda _text: None)
    assert not caught.value.again


async def test_model_without_tools_fills_in_a_form_all_the_same(server, provider):
    server.script([Answer(tools=(ToolUse("act", {"x": 1}),))])
    answer = await provider.complete(ask(model="no-tools", tools=(TOOL,), force_tool="act"), lambda _text: None)
    assert answer.tool_calls[0].arguments == {"x": 1}


async def test_context_of_the_settings_is_asked_for(server, provider):
    await provider.complete(ask(), lambda _text: None)
    assert server.wire[0]["options"]["num_ctx"] == 4096


def test_needs_no_key_and_runs_in_the_house():
    provider = OllamaProvider()
    assert provider.local
    assert provider.base_url == "http://localhost:11434"
