"""Pictures and documents from the door to a model: gateway, io-agent, main and llm on a real broker, the real SDKs."""

import asyncio
import base64
import contextlib
import json
import struct
import zlib

import httpx
import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.home import GET_HOUSE, Area, Entity, House, HousePart, HouseQuery
from wactorz_common.contracts.llm import COMPLETE, Completion, ModelMessage
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_testing.agents import running
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.ollama_server import OllamaServer

pytestmark = pytest.mark.broker

PDF = b"%PDF-1.7\n<< /Type /Page >>\ntrailer\n%%EOF\n"
QUESTION = "tell me a story about this drawing"


class Map(Agent[AgentSettings]):
    """A house of one lamp."""

    name = "home-assistant-map-agent"
    description = "House"

    @handles(GET_HOUSE)
    async def on_house(self, query: HouseQuery, _task: Task) -> HousePart:
        lamp = Entity(entity_id="light.lamp", name="Kitchen Light", area_id="kitchen", state="off")
        house = House(version=1, areas=(Area(area_id="kitchen", name="Kitchen"),), entities=(lamp,), services={})
        return PackedHouse.of(house).part(query)


class Asker(Agent[AgentSettings]):
    """Asks the model as any agent of the house may."""

    name = "asker"
    description = "Asks"


def png(filler=0):
    """A picture of one pixel that says so many more bytes."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    parts = (
        chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), chunk(b"teXt", b"\0\xff" * (filler // 2)),
        chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")), chunk(b"IEND", b""),
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def shown(body):
    """The files that a model was shown with each message of people, by their bytes."""
    said = [turn["content"] for turn in body["messages"] if turn["role"] == "user"]
    return [[base64.b64decode(block["source"]["data"]) for block in blocks if "source" in block] for blocks in said]


class Visitor:
    """What a person does at the door."""

    def __init__(self, gateway, client):
        self.gateway, self.client = gateway, client

    async def attach(self, data, name):
        kept = await self.client.post("/api/blobs", content=data, headers={"x-filename": name})
        assert kept.status_code == 201, kept.text
        return kept.json()["id"]

    async def say(self, text, *files, session="s"):
        body = {"message": text, "session": session, "attachments": list(files)}
        answer = await self.client.post("/api/chat", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.asynccontextmanager
async def house(broker, tmp_path, **llm):
    async with contextlib.AsyncExitStack() as stack:

        async def begin(agent, settings, **values):
            return await stack.enter_async_context(running(agent, broker, tmp_path, settings, **values))

        await begin(Map, AgentSettings)
        model = await begin(LlmAgent, LlmSettings, llm_provider="", **llm)
        await asyncio.to_thread(model._router.first.warm_up)  # a sentence is not classified for ever
        main = await begin(MainAgent, MainSettings)
        await begin(IoAgent, IoAgentSettings)
        gateway = await begin(GatewayAgent, GatewaySettings, http_port=0)
        async with asyncio.timeout(30):
            while main.house is None:
                await asyncio.sleep(0.01)
        address = f"http://127.0.0.1:{gateway.web.port}"
        yield Visitor(gateway, await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60)))


@pytest.fixture
async def model():
    async with AnthropicServer() as server:
        yield server


def at(server):
    return {"anthropic_api_key": server.key, "anthropic_base_url": server.url}


async def test_the_bytes_that_a_person_attached_reach_the_model_also_for_the_next_question(broker, tmp_path, model):
    photo = png(600_000)  # three parts of the gateway's
    async with house(broker, tmp_path, **at(model)) as here:
        model.script(["A heron.", "A frog.", "Nothing."])
        files = [await here.attach(photo, "photo.png"), await here.attach(PDF, "plan.pdf")]
        first = await here.say(QUESTION, *files)
        assert (first["reply"], first["status"]) == ("A heron.", "done")
        assert shown(model.requests[0]) == [[photo, PDF]]
        assert {block["type"] for block in model.requests[0]["messages"][0]["content"]} == {
            "image", "document", "text",
        }  # fmt: skip
        again = await here.say("tell me another story about its left side")
        assert again["reply"] == "A frog."
        assert shown(model.requests[1]) == [[photo, PDF], []]
        await here.client.delete(f"/api/blobs/{files[0]}")
        other = await here.say("tell me one more story", session="another")
        assert other["reply"] == "Nothing."
        assert shown(model.requests[2]) == [[]], "files stay in their session"
    assert all(not any(block.get("source") for turn in one["messages"] for block in turn["content"])
               for one in model.asides), "what a sentence is about is asked without files"  # fmt: skip


async def test_what_is_wrong_with_a_file_is_said_and_the_rest_is_shown(broker, tmp_path, model):
    wrong = {
        "broken.png": (png()[:-12], "it is damaged"),
        "liar.png": (b"\xff\xd8\xff nothing \xff\xd9", "it is damaged"),
        "wide.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 9_000, 10) + b"IEND", "8,000 pixels"),
        "large.png": (png(4_000_000), "it is larger than 3.9 MB"),
        "locked.pdf": (PDF.replace(b"trailer", b"/Encrypt 7 0 R trailer"), "locked with a password"),
        "data.zip": (b"PK\x03\x04....", "no model reads files of this kind (application/zip)"),
    }
    async with house(broker, tmp_path, **at(model)) as here:
        model.script(["A story."])
        files = [await here.attach(data, name) for name, (data, _) in wrong.items()]
        answer = await here.say(QUESTION, await here.attach(png(), "good.png"), *files)
    assert shown(model.requests[0]) == [[png()]]
    lines = answer["reply"].splitlines()
    assert lines[0] == "A story."
    for name, (_, reason) in wrong.items():
        assert any(line.startswith(f"{name} was not looked at: ") and reason in line for line in lines), (name, lines)
    assert len(lines) == 1 + len(wrong)


async def test_a_file_that_is_gone_or_was_changed_is_not_shown(broker, tmp_path, model):
    async with house(broker, tmp_path, **at(model)) as here:
        model.script(["A story."])
        changed = await here.attach(png(), "changed.png")
        (kept,) = tmp_path.rglob(f"{changed}.bin")
        kept.write_bytes(png()[:-1] + b"x")
        answer = await here.say(QUESTION, changed)
        assert "changed.png was not looked at: it is damaged." in answer["reply"]
        gone = await here.client.post("/api/chat", json={"message": QUESTION, "attachments": ["0" * 32]})
        assert gone.status_code == 422
    assert shown(model.requests[0]) == [[]]
    assert model.attempts - len(model.asides) == 1


async def test_a_model_without_eyes_says_so(broker, tmp_path):
    async with OllamaServer() as local, house(broker, tmp_path, ollama_url=local.url) as here:
        local.script(["A story."])
        answer = await here.say(QUESTION, await here.attach(png(), "a.png"), await here.attach(PDF, "plan.pdf"))
        assert answer["reply"].splitlines() == [
            "A story.", "a.png was not looked at: llama3 sees no pictures.",
            "plan.pdf was not looked at: llama3 reads no PDF.",
        ]  # fmt: skip
        assert "images" not in json.dumps(local.wire)


async def test_without_a_model_each_file_is_named(broker, tmp_path):
    async with house(broker, tmp_path) as here:
        answer = await here.say(QUESTION, await here.attach(png(), "a.png"))
    assert answer["status"] == "failed"
    assert answer["reply"].splitlines()[-1] == "a.png was not looked at: it was shown to no language model."


async def test_the_model_itself_is_shown_files_too(broker, tmp_path, model):
    async with house(broker, tmp_path, **at(model)) as here:
        model.script(["A dot."])
        answer = await here.say("@llm what is it?", await here.attach(png(), "a.png"))
    assert (answer["agent"], answer["reply"]) == ("llm", "A dot.")
    assert shown(model.requests[0]) == [[png()]]


async def test_a_file_is_shown_for_its_person_alone(broker, tmp_path, model):
    async with house(broker, tmp_path, **at(model)) as here, running(Asker, broker, tmp_path) as asker:
        model.script(["A dot.", "What drawing?"])
        await here.attach(png(), "a.png")
        (kept,) = (await here.client.get("/api/upload")).json()
        (about,) = tmp_path.rglob(f"{kept['id']}.json")
        owner = json.loads(about.read_text())["person"]
        photo = Attachment(**{name: kept[name] for name in ("id", "name", "media_type", "size", "sha256")})
        said = ModelMessage(role="user", content=QUESTION, attachments=(photo,))
        told = [
            await asker.ask(COMPLETE, Completion(messages=(said,), person=person, purpose="test"))
            for person in (owner, "ben")
        ]
    assert [(one.text, [file.why for file in one.unseen]) for one in told] == [
        ("A dot.", []), ("What drawing?", ["gone"]),
    ]  # fmt: skip
    assert [shown(one) for one in model.requests] == [[[png()]], [[]]]
