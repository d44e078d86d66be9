"""Every command reaches main as it was typed, through every door."""

import asyncio
import contextlib
import json

import aiomqtt
import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_cli import conversation
from wactorz_cli.client import GatewayClient
from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, CHAT_IN, CHAT_RESPONSE, ChatAnswer, ChatRequest
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_main.command_table import COMMANDS, NAMES
from wactorz_main.commands import parse
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

ANSWERED_AT_THE_DOOR = frozenset({"approve", "deny"})
"""Only the gateway knows who says yes, so it answers these itself."""

BARE_STOP = "/stop"
"""Ends an answer that is being made: whoever takes messages in may answer it."""

TYPED = (
    *(f"/{name}" for one in COMMANDS for name in (one.name, *one.aliases) if name not in ANSWERED_AT_THE_DOOR),
    "help", "rules", "list_nodes", "main.list_nodes", "/help()", "/agents stop tide", "/agents delete tide",
    "/agents pause tide", "/agents resume tide", "/agents restart tide", "/nodes remove attic",
    "/migrate tide attic --force", "/rules show ab12cd34", "/rules edit ab12cd34 turn off the lamp at noon",
    "/rules export", "/plans approve ab12cd34", "/plans clear", "/memory forget pref_tea", "/memory clear",
    "/webhook remove discord", "/webhook test discord", "/cost agent main", "/cost limit 5", "/stop all", "/stop tide",
    "why did rule ab12cd34 not fire last night?", "what do you remember about me?", "remember that I like tea",
)  # fmt: skip


class Listener(Agent[AgentSettings]):
    """Main, which only says what it heard."""

    name = "main"
    description = "Says what it heard"

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        return ChatAnswer(text=f"heard <{request.text}>")


@contextlib.asynccontextmanager
async def system(broker, folder):
    async with (
        running(Listener, broker, folder), running(IoAgent, broker, folder, IoAgentSettings),
        running(GatewayAgent, broker, folder, GatewaySettings, http_port=0) as gateway,
    ):  # fmt: skip
        yield f"http://127.0.0.1:{gateway.web.port}"


def assert_heard(typed, answer):
    assert answer == f"heard <{typed}>" or typed == BARE_STOP, f"{typed}: {answer}"
    assert "no command" not in answer


def test_all_of_them_are_commands():
    found = {parse(typed).name for typed in TYPED}
    assert found == set(NAMES) - ANSWERED_AT_THE_DOOR


async def test_rest(broker, tmp_path):
    async with system(broker, tmp_path) as address, httpx.AsyncClient(base_url=address, timeout=20) as client:
        for number, typed in enumerate(TYPED):
            answer = await client.post("/api/chat", json={"message": typed, "session": f"s{number}"})
            assert_heard(typed, answer.json()["reply"])


async def test_websocket(broker, tmp_path):
    async with system(broker, tmp_path) as address, connect(address.replace("http", "ws") + "/ws") as socket:
        for number, typed in enumerate(TYPED):
            await socket.send(json.dumps({"type": "chat", "content": typed, "session": f"s{number}"}))
            async with asyncio.timeout(10):
                async for text in socket:
                    frame = json.loads(text)
                    if frame["type"] in ("chat", "stream_end"):
                        assert_heard(typed, frame["content"])
                        break


async def test_raw_messages(broker, tmp_path):
    async with system(broker, tmp_path), aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe(CHAT_RESPONSE.address, qos=1)
        for number, typed in enumerate(TYPED):
            said = {"from": "ann", "content": typed, "id": f"m{number}", "conversation_id": f"s{number}"}
            await client.publish(CHAT_IN.address, json.dumps(said), qos=1)
            async with asyncio.timeout(10):
                async for message in client.messages:
                    reply = json.loads(bytes(message.payload))
                    if reply["id"] == f"m{number}":
                        assert_heard(typed, reply["content"])
                        break


async def test_command_line(broker, tmp_path, capsys):
    async with system(broker, tmp_path) as address:

        def work():
            with GatewayClient(address) as client:
                for number, typed in enumerate(TYPED):
                    conversation.ask(client, typed, "", f"s{number}", as_json=True)

        await asyncio.to_thread(work)
    replies = [json.loads(line)["reply"] for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    assert len(replies) == len(TYPED)
    for typed, reply in zip(TYPED, replies, strict=True):
        assert_heard(typed, reply)


@pytest.mark.parametrize("typed", ["/approve nothing1", "/deny nothing1"])
async def test_answers_to_approvals_are_taken_at_the_gateway(broker, tmp_path, typed):
    async with system(broker, tmp_path) as address, httpx.AsyncClient(base_url=address, timeout=30) as client:
        answer = (await client.post("/api/chat", json={"message": typed})).json()
        assert answer["agent"] == "gateway"
        assert answer["status"] == "failed"
