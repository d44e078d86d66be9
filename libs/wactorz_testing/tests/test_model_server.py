import asyncio
import sys
from contextlib import asynccontextmanager

import aiohttp
import pytest

from wactorz_testing import anthropic_server, gemini_server, openai_server
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.model_replies import Answer, Spent, rate_limited
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import OpenAIServer

SERVERS = {
    "anthropic": (AnthropicServer, "/v1/messages",
                  {"x-api-key": anthropic_server.TEST_KEY, "anthropic-version": "2023-06-01"},
                  {"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}),
    "openai": (OpenAIServer, "/v1/chat/completions", {"authorization": f"Bearer {openai_server.TEST_KEY}"},
               {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}],
                "stream_options": {"include_usage": True}}),
    "ollama": (OllamaServer, "/api/chat", {},
               {"model": "llama3", "messages": [{"role": "user", "content": "Hello"}]}),
    "gemini": (GeminiServer, "/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
               {"x-goog-api-key": gemini_server.TEST_KEY}, {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}),
}  # fmt: skip
LONG = "A long enough answer, piece by piece."


@pytest.fixture(params=SERVERS)
def kind(request):
    return SERVERS[request.param]


@pytest.fixture
async def posted(kind):
    make, path, headers, body = kind
    async with make() as server, aiohttp.ClientSession(headers=headers) as http:

        @asynccontextmanager
        async def post(*replies, path=path, **fields):
            server.script(replies)
            fields = {"stream": True, **fields} if "contents" not in body else fields
            async with http.post(f"{server.root}{path}", json={**body, **fields}) as response:
                yield response

        post.server = server
        yield post


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_requests_have_one_shape(posted):
    async with posted("Hi.") as response:
        assert "Hi." in await response.text()
    (body,) = posted.server.requests
    content = body["messages"][0]["content"]
    assert (content if isinstance(content, str) else content[0]["text"]) == "Hello"
    assert body["messages"][0]["role"] == "user"
    assert posted.server.wire


async def test_a_whole_answer_is_billed_and_told(posted):
    async with posted(Answer("Hi.", usage={"input_tokens": 11, "output_tokens": 22})) as response:
        text = await response.text()
    assert "11" in text
    assert "22" in text
    (bill,) = posted.server.bills
    assert (bill.spent, bill.told, bill.whole) == (Spent(11, 22), True, True)


@pytest.mark.parametrize("fault", ["cut_after", "end_after", "error_after", "junk_after"])
async def test_a_cut_answer_is_billed_for_what_was_written(posted, fault):
    try:
        async with posted(Answer(LONG * 2, usage={"input_tokens": 11}, **{fault: 4})) as response:
            await response.text()
    except aiohttp.ClientError:
        assert fault == "cut_after"
    await until(lambda: posted.server.bills)
    (bill,) = posted.server.bills
    assert (bill.told, bill.whole) == (False, False)
    assert bill.spent.input_tokens == 11
    assert 0 < bill.spent.output_tokens < 15


async def test_a_client_that_leaves_is_noticed(posted):
    async with posted(Answer(LONG * 20, rate=100)) as response:
        await response.content.readany()
    await until(lambda: posted.server.left == 1)
    assert not posted.server.bills[0].whole


async def test_refusals_cost_nothing(posted):
    async with posted(rate_limited(3)) as response:
        body = await response.text()
    assert response.status == 429
    assert response.headers.get("retry-after") == "3" or "3s" in body
    assert posted.server.bills == []


async def test_body_that_is_no_json_is_refused(posted, kind):
    _, path, headers, _ = kind
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{posted.server.root}{path}", data="{{{") as response,
    ):
        assert response.status == 400
    assert posted.server.attempts == 1
    assert posted.server.requests == []


@pytest.mark.parametrize("module", ["openai_server", "ollama_server", "gemini_server"])
async def test_runs_alone_and_prints_its_address(module):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"wactorz_testing.{module}", stdout=asyncio.subprocess.PIPE
    )
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line.startswith(b"http://127.0.0.1:")
    finally:
        process.terminate()
        await process.wait()
