"""A secret that is typed anywhere is in the vault, and nowhere else: no topic, no log, no other file."""

import asyncio
import contextlib
import json
from pathlib import Path

import aiomqtt
import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_cli.client import GatewayClient
from wactorz_common.contracts.chat import CHAT_IN
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_notifier.agent import NotifierAgent
from wactorz_notifier.settings import NotifierSettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

CANARY = "k4n4r13nv0g3l"
URL = f"https://discord.com/api/webhooks/123456/{CANARY}-{{}}"


class Probe:
    """Hears everything that is said on a broker, as a client of its own."""

    def __init__(self, broker):
        self.heard: list[tuple[str, bytes]] = []
        self._client = aiomqtt.Client(broker.host, broker.port)

    async def __aenter__(self):
        await self._client.__aenter__()
        await self._client.subscribe("#", qos=1)
        self._task = asyncio.ensure_future(self._listen())
        return self

    async def __aexit__(self, *error):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._client.__aexit__(*error)

    async def _listen(self):
        async for message in self._client.messages:
            self.heard.append((str(message.topic), bytes(message.payload)))

    def leaks(self, secret):
        """Topics on which the secret was said; what a foreign client itself says on io/chat is not ours."""
        return {topic for topic, payload in self.heard if secret.encode() in payload and topic != CHAT_IN.address}


def kept(folder: Path, secret: str) -> set[str]:
    """Files below a folder that hold the secret."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.name for path in files if secret.encode() in path.read_bytes()}


async def until(check, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def system(broker, folder, *, vault=True):
    """Gateway, io-agent, main and, if wanted, the vault; gives the gateway's address."""
    async with contextlib.AsyncExitStack() as stack:
        if vault:
            await stack.enter_async_context(running(NotifierAgent, broker, folder, NotifierSettings))
        door = await stack.enter_async_context(running(IoAgent, broker, folder, IoAgentSettings))
        await stack.enter_async_context(running(MainAgent, broker, folder, MainSettings, house_seconds=0))
        gateway = await stack.enter_async_context(running(GatewayAgent, broker, folder, GatewaySettings, http_port=0))
        if vault:
            await until(lambda: door.secrets.key is not None and gateway.parts.keeper.key is not None)
        yield f"http://127.0.0.1:{gateway.web.port}"


async def over_rest(address, text):
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        return (await client.post("/api/chat", json={"message": text, "session": "s"})).json()["reply"]


async def over_events(address, text):
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        answer = await client.post("/api/chat", json={"message": text}, headers={"accept": "text/event-stream"})
        return answer.text


async def over_websocket(address, text):
    async with connect(address.replace("http", "ws") + "/ws") as socket:
        await socket.send(json.dumps({"type": "chat", "content": text, "session": "w"}))
        async for frame in socket:
            found = json.loads(frame)
            if found["type"] in ("chat", "stream_end"):
                return found["content"]
    return ""


async def over_command_line(address, text):
    def work():
        with GatewayClient(address) as client:
            return next(event.data["reply"] for event in client.say(text) if event.kind == "reply")

    return await asyncio.to_thread(work)


DOORS = (over_rest, over_events, over_websocket, over_command_line)
SENTENCES = (
    "/webhook discord {url}", "here is my discord webhook {url}", "my wifi password is {word}",
    "remember that the gate password is {word}",
)  # fmt: skip


async def test_what_is_typed_at_any_door_is_in_the_vault_only(broker, tmp_path, capfd):
    state = tmp_path / "state"
    async with Probe(broker) as probe, system(broker, state) as address:
        for number, door in enumerate(DOORS):
            for each, sentence in enumerate(SENTENCES):
                url, word = URL.format(f"{number}{each}"), f"{CANARY}{number}{each}"
                answer = await door(address, sentence.format(url=url, word=word))
                assert CANARY not in answer
                assert "secret:" in answer, (door.__name__, sentence, answer)
        wish = await over_rest(address, f"if the door opens, post to {URL.format('wish')}")
        assert "secret:discord-" in wish
        async with aiomqtt.Client(broker.host, broker.port) as foreign:
            said = {"from": "ann", "content": f"my password is {CANARY}-raw", "id": "1"}
            await foreign.publish(CHAT_IN.address, json.dumps(said), qos=1)
            await until(lambda: any(topic == "io/chat/response" and b"ann" in body for topic, body in probe.heard))
        async with httpx.AsyncClient(base_url=address, timeout=20) as client:
            made = await client.post("/api/webhooks", json={"url": URL.format("rest"), "name": "team"})
            assert made.status_code == 200
            listed = (await client.get("/api/webhooks")).text + (await client.get("/api/memory")).text
            assert CANARY not in listed
        await asyncio.sleep(0.3)
    assert len(probe.heard) > 50
    assert probe.leaks(CANARY) == set()
    assert kept(state, CANARY) <= {"vault.json"}
    (vault,) = state.rglob("vault.json")
    assert vault.stat().st_mode & 0o777 == 0o600
    assert "discord" in vault.read_text()
    out, err = capfd.readouterr()
    assert CANARY not in out + err


async def test_without_a_vault_nothing_is_kept_or_passed_on(broker, tmp_path):
    state = tmp_path / "state"
    async with Probe(broker) as probe, system(broker, state, vault=False) as address:
        for door in DOORS:
            assert "vault" in await door(address, f"my password is {CANARY}")
        async with aiomqtt.Client(broker.host, broker.port) as foreign:
            said = {"from": "ann", "content": f"my password is {CANARY}", "id": "1"}
            await foreign.publish(CHAT_IN.address, json.dumps(said), qos=1)
            await until(lambda: any(topic == "io/chat/response" for topic, _ in probe.heard))
    assert probe.leaks(CANARY) == set()
    assert kept(state, CANARY) == set()
