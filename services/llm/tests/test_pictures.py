"""Pictures and documents at every provider, through its own SDK: the bytes arrive, and what is not taken is said."""

import base64
import hashlib
import logging

import pytest
from anthropic.types import MessageParam
from google.genai import types
from ollama import Image, Message
from openai.types.chat import ChatCompletionUserMessageParam
from pydantic import SecretStr, TypeAdapter

from wactorz_llm.budget import Budget
from wactorz_llm.contents import PDF
from wactorz_llm.files import Files
from wactorz_llm.prices import NANO, upper_estimate
from wactorz_llm.provider import ProviderFailure
from wactorz_llm.providers import anthropic_wire, gemini_wire, ollama_wire, openai_wire
from wactorz_llm.providers.abilities import takes_of
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import NimProvider, OpenAIProvider
from wactorz_llm.reuse import key_of
from wactorz_llm.showing import shown_to
from wactorz_testing.anthropic_replies import Failure, server_error
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import OpenAIServer

from .file_doubles import Gateway, ask, file, pdf, png

PHOTO, PLAN = file(png()), file(pdf(), "plan.pdf", PDF, 2)
FILES = {one.attachment.id: one for one in (PHOTO, PLAN)}

CASES = {
    "anthropic": (AnthropicServer, lambda key, url: AnthropicProvider(SecretStr(key), url), "claude-sonnet-4-6", True),
    "openai": (OpenAIServer, lambda key, url: OpenAIProvider(SecretStr(key), url), "gpt-4o", True),
    "nim": (lambda: OpenAIServer(style="nim"), lambda key, url: NimProvider(SecretStr(key), url),
            "meta/llama-3.2-90b-vision-instruct", False),
    "gemini": (GeminiServer, lambda key, url: GeminiProvider(SecretStr(key), url), "gemini-2.5-flash", True),
    "ollama": (OllamaServer, lambda _key, url: OllamaProvider(url), "llava", False),
}  # fmt: skip


def shown(body):
    """The files in the last message of a request in the common shape, by their bytes."""
    blocks = [block for block in body["messages"][-1]["content"] if block["type"] in ("image", "document")]
    return [base64.b64decode(block["source"]["data"], validate=True) for block in blocks]


def ignore(_text):
    pass


@pytest.fixture(params=CASES)
async def case(request):
    server, build, model, documents = CASES[request.param]
    async with server() as running:
        provider = build(running.key, running.url)
        yield running, provider, model, documents
        await provider.close()


async def test_the_bytes_of_files_arrive(case, caplog):
    server, provider, model, documents = case
    caplog.set_level(logging.DEBUG)
    request, unseen = shown_to(ask(PHOTO.attachment, PLAN.attachment), model, provider.takes(model), FILES)
    server.script(["A red picture."])
    answer = await provider.complete(request, ignore)
    assert answer.text == "A red picture."
    (body,) = server.requests
    assert shown(body) == ([png(), pdf()] if documents else [png()])
    assert [one.name for one in unseen] == ([] if documents else ["plan.pdf"])
    assert body["messages"][-1]["content"][-1]["text"].startswith("What is it?\n(Attached: photo.png")
    mine = [record.getMessage() for record in caplog.records if record.name.startswith("wactorz")]
    assert PHOTO.base64 not in "".join(mine)


async def test_the_kinds_of_files_are_named_on_the_wire(case):
    server, provider, model, _ = case
    request, _unseen = shown_to(ask(PHOTO.attachment, PLAN.attachment), model, provider.takes(model), FILES)
    await provider.complete(request, ignore)
    (body,) = server.wire
    if provider.name == "ollama":
        assert body["messages"][-1]["images"] == [PHOTO.base64]
        return
    text = str(body)
    assert ("image/png" in text, "application/pdf" in text) == (True, bool(provider.takes(model).documents))


async def test_a_picture_alone_needs_no_model_that_reads_documents(case):
    server, provider, model, _ = case
    request, unseen = shown_to(ask(PHOTO.attachment), model, provider.takes(model), FILES)
    await provider.complete(request, ignore)
    assert (shown(server.requests[0]), unseen) == ([png()], ())


async def test_a_provider_that_refuses_a_file_says_so(make_provider, server):
    server.script([Failure(400, "invalid_request_error", "Could not process image")])
    provider = make_provider()
    request, _ = shown_to(ask(PHOTO.attachment), "claude-sonnet-4-6", provider.takes("claude-sonnet-4-6"), FILES)
    with pytest.raises(ProviderFailure, match="Could not process image"):
        await provider.complete(request, ignore)


def test_files_count_for_budgets():
    plain = ask()
    takes = AnthropicProvider(SecretStr("k")).takes("claude-sonnet-4-6")
    document = file(pdf(50), "book.pdf", PDF, 3)
    request, _ = shown_to(ask(document.attachment), "m", takes, {document.attachment.id: document})
    assert upper_estimate(request).input_tokens > upper_estimate(plain).input_tokens + 50 * 2_000


async def test_a_budget_that_holds_no_book(make_calls, server):
    gateway = Gateway()
    book = gateway.keep(pdf(90), "book.pdf", PDF)
    calls = await make_calls(budget=Budget(limit=NANO // 10), files=Files(gateway.read_blob).held)
    server.script(["Hi."])
    assert (await calls.complete(ask(agent="main"))).text == "Hi."
    refused = await calls.complete(ask(book, agent="main", person="ann"))
    assert not refused.available
    assert "budget" in refused.text
    assert server.attempts == 1


async def test_another_provider_decides_anew_what_it_sees(make_calls, make_provider, server):
    gateway = Gateway()
    photo = gateway.keep(png())
    server.script([server_error()] * 3)
    async with OllamaServer() as local:
        ollama = OllamaProvider(local.url)
        local.script(["I see nothing."])
        calls = await make_calls((make_provider(), ollama), files=Files(gateway.read_blob).held)
        result = await calls.complete(ask(photo, agent="main", person="ann"))
        await ollama.close()
    assert result.provider == "ollama"
    assert [one.sentence for one in result.unseen] == ["photo.png was not looked at: llama3 sees no pictures."]
    assert shown(server.requests[0]) == [png()]
    assert "images" not in local.wire[0]["messages"][-1]
    assert "Not shown to you" in str(local.requests[0]["messages"][-1])


async def test_somebody_elses_file_is_not_shown(make_calls, server):
    gateway = Gateway()
    photo = gateway.keep(png(), person="ben")
    calls = await make_calls(files=Files(gateway.read_blob).held)
    result = await calls.complete(ask(photo, agent="main", person="ann"))
    assert [one.why for one in result.unseen] == ["gone"]
    assert shown(server.requests[0]) == []


async def test_an_equal_question_about_another_file_is_another_question(make_calls, server):
    gateway = Gateway()
    first, second = gateway.keep(png()), gateway.keep(png(4, 4))
    calls = await make_calls(files=Files(gateway.read_blob).held)
    server.script(["Red.", "Wide.", "No picture."])
    asked = [await calls.complete(ask(one, person="ann", reuse=True)) for one in (first, second, first)]
    assert [one.text for one in asked] == ["Red.", "Wide.", "Red."]
    stranger = await calls.complete(ask(first, person="ben", reuse=True))
    assert stranger.text == "No picture.", "an answer about a file is never given to who may not see it"


def test_the_key_of_a_question_holds_its_files():
    request = ask(PHOTO.attachment)
    keys = {key_of(request, "r"), key_of(request, "r", FILES), key_of(request, "r", {"x": PLAN})}
    assert len(keys) == 3
    assert hashlib.sha256(png()).hexdigest() == PHOTO.sha256


def question_to(place, model):
    return shown_to(ask(PHOTO.attachment, PLAN.attachment), model, takes_of(place, model), FILES)[0]


def test_messages_are_what_the_sdks_declare():
    said = openai_wire.parameters(question_to("openai", "gpt-4o"), own=True)["messages"][-1]
    TypeAdapter(ChatCompletionUserMessageParam).validate_python(said)
    assert [part["type"] for part in said["content"]] == ["image_url", "file", "text"]
    said = anthropic_wire.parameters(question_to("anthropic", "claude-sonnet-4-6"))["messages"][-1]
    TypeAdapter(MessageParam).validate_python(said)
    assert [part["type"] for part in said["content"]] == ["image", "document", "text"]
    said = gemini_wire.parameters(question_to("gemini", "gemini-2.5-flash"), gemini_wire.Signatures())
    parts = types.Content.model_validate(said["contents"][-1]).parts
    assert [(one.inline_data.mime_type, one.inline_data.data) for one in parts[:2]] == [
        ("image/png", png()), (PDF, pdf()),
    ]  # fmt: skip
    said = ollama_wire.parameters(question_to("ollama", "llava"), 8192)["messages"][-1]
    meant = Message(role="user", content=said["content"], images=[Image(value=png())])
    assert said == meant.model_dump(exclude_none=True)
