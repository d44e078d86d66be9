"""An answer that is not wanted any more: everybody hears of it, whichever door it came by."""

import asyncio
import contextlib
import json

import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT_STOP, SAY, ChatMessage, ChatReply, ChatStop
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker


class SlowAgent(Agent[AgentSettings]):
    """Answers when it is told to stop, and not before."""

    name = "io-agent"
    description = "Slow"

    async def on_start(self) -> None:
        self.ended = asyncio.Event()
        self.orders: list[ChatStop] = []

    @listens(CHAT_STOP)
    async def on_stop_order(self, message: Message[ChatStop]) -> None:
        self.orders.append(message.payload)
        self.ended.set()

    @handles(SAY)
    async def on_say(self, request: ChatMessage, _task: Task) -> ChatReply:
        await self.ended.wait()
        return ChatReply(sender="main", content="Stopped.", timestamp=1.0, id=request.id, status="stopped")


@contextlib.asynccontextmanager
async def slow(broker, folder, **settings):
    async with (
        running(SlowAgent, broker, folder) as agent,
        running(GatewayAgent, broker, folder, GatewaySettings, http_port=0, **settings) as gateway,
    ):
        yield agent, f"http://127.0.0.1:{gateway.web.port}"


async def until(check):
    async with asyncio.timeout(20):
        while not check():
            await asyncio.sleep(0.02)


async def heard(socket, kind):
    async with asyncio.timeout(20):
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == kind:
                return frame
    return {}


async def test_stop_over_rest_ends_the_answer(broker, tmp_path):
    async with slow(broker, tmp_path) as (agent, address), httpx.AsyncClient(base_url=address, timeout=20) as client:
        asked = asyncio.ensure_future(client.post("/api/chat", json={"message": "a long story", "session": "s"}))
        await asyncio.sleep(0.2)
        stopped = await client.post("/api/chat/stop", json={"session": "s"})
        assert stopped.json().items() >= {"status": "stopped", "cancelled": 1}.items()
        assert (await asked).json()["reply"] == "Stopped."
        assert [order.conversation_id for order in agent.orders] == ["s"]


async def test_whoever_goes_away_from_a_stream_stops_it(broker, tmp_path):
    async with slow(broker, tmp_path) as (agent, address), httpx.AsyncClient(base_url=address, timeout=20) as client:
        headers = {"accept": "text/event-stream"}
        async with client.stream("POST", "/api/chat", json={"message": "a long story"}, headers=headers) as answer:
            accepted = [line async for line in _first(answer.aiter_lines())]
        await until(lambda: agent.orders)
        assert agent.orders[0].chat_id
        assert agent.orders[0].chat_id in "".join(accepted)


async def _first(lines):
    async for line in lines:
        yield line
        if line.startswith("data:"):
            return


async def test_a_browser_stops_an_answer_and_hears_its_end(broker, tmp_path):
    async with slow(broker, tmp_path) as (agent, address), connect(address.replace("http", "ws") + "/ws") as socket:
        await socket.send(json.dumps({"type": "chat", "content": "a long story", "id": "mine"}))
        accepted = await heard(socket, "accepted")
        await socket.send(json.dumps({"type": "stop", "id": "mine"}))
        assert (await heard(socket, "stopped"))["cancelled"] == 1
        assert (await heard(socket, "chat"))["content"] == "Stopped."
        assert [order.chat_id for order in agent.orders] == [accepted["id"]]


async def test_a_browser_that_goes_stops_what_it_waits_for(broker, tmp_path):
    async with slow(broker, tmp_path) as (agent, address):
        async with connect(address.replace("http", "ws") + "/ws") as socket:
            await socket.send(json.dumps({"type": "chat", "content": "a long story"}))
            accepted = await heard(socket, "accepted")
        await until(lambda: agent.orders)
        assert [order.chat_id for order in agent.orders] == [accepted["id"]]


async def test_it_goes_on_when_that_is_set(broker, tmp_path):
    async with slow(broker, tmp_path, http_stop_when_gone=False) as (agent, address):
        async with connect(address.replace("http", "ws") + "/ws") as socket:
            await socket.send(json.dumps({"type": "chat", "content": "a long story"}))
            await heard(socket, "accepted")
        await asyncio.sleep(0.3)
        assert agent.orders == []
        agent.ended.set()
