import pytest
from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.provider import ProviderFailure
from wactorz_llm.providers.openai_provider import NIM_MODELS, NimProvider, OpenAIProvider
from wactorz_testing.model_replies import Failure
from wactorz_testing.openai_server import OpenAIServer

REQUEST = Completion(messages=(ModelMessage(role="user", content="Hello"),), model="qwen3")


@pytest.fixture
async def server():
    async with OpenAIServer(style="compatible") as running:
        yield running


@pytest.fixture
async def provider(server):
    provider = OpenAIProvider(SecretStr(""), server.url)
    yield provider
    await provider.close()


def ignore(_text):
    pass


async def test_endpoint_that_knows_no_stream_options_is_asked_without_them(server, provider):
    refused = Failure(400, "invalid_request_error", "Unrecognized request argument supplied: stream_options")
    server.script([refused, "Hi.", "Again."])
    answer = await provider.complete(REQUEST, ignore)
    assert answer.text == "Hi."
    assert answer.usage.estimated
    assert (await provider.complete(REQUEST, ignore)).text == "Again."
    assert ["stream_options" in body for body in server.wire] == [True, False, False]


async def test_address_without_v1_is_explained(server):
    provider = OpenAIProvider(SecretStr(""), server.root)
    with pytest.raises(ProviderFailure, match="OPENAI_URL; it usually ends with /v1") as caught:
        await provider.complete(REQUEST, ignore)
    assert not caught.value.again
    await provider.close()


async def test_empty_account_is_not_asked_again(server, provider):
    server.script([Failure(429, "insufficient_quota", "You exceeded your current quota")])
    with pytest.raises(ProviderFailure, match="used up") as caught:
        await provider.complete(REQUEST, ignore)
    assert not caught.value.again
    assert caught.value.elsewhere


async def test_openai_itself_is_told_the_longest_answer_by_its_new_name():
    own = OpenAIProvider(SecretStr("k"))
    assert "max_completion_tokens" in own._body(REQUEST)
    assert not own.local
    assert "max_tokens" in NimProvider(SecretStr("k"))._body(REQUEST)


def test_nim_is_nvidias_unless_an_address_is_given():
    assert NimProvider(SecretStr("k")).base_url == "https://integrate.api.nvidia.com/v1"
    assert NimProvider(SecretStr("k")).models == NIM_MODELS
    assert NimProvider(SecretStr(""), "http://nim:8000/v1/").base_url == "http://nim:8000/v1"
