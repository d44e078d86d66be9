"""One connection: batches, odd messages, signs of life."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from hass_client.exceptions import AuthenticationFailed, FailedCommand  # type: ignore[import-untyped]

from wactorz_home_assistant.socket import Socket

Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


@asynccontextmanager
async def talking_to(talk: Talk) -> AsyncIterator[tuple[Socket, "asyncio.Task[None]"]]:
    """A socket and its listening task; the server lets everybody in and then does as the test wants."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required", "ha_version": "2031.1.0"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok", "ha_version": "2031.1.0"})
        await talk(socket)
        return socket

    app = web.Application()
    app.router.add_get("/api/websocket", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession() as session:
        socket = Socket(f"ws://127.0.0.1:{runner.addresses[0][1]}/api/websocket", "any", session)
        await socket.connect()
        listening = asyncio.create_task(socket.start_listening())
        try:
            yield socket, listening
        finally:
            listening.cancel()
            await asyncio.wait({listening})
            await socket.disconnect()
            await runner.cleanup()


async def keep_open(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass


async def test_a_batch_is_taken_apart_in_order():
    async def talk(socket: web.WebSocketResponse) -> None:
        command = await socket.receive_json()
        events = [{"id": command["id"], "type": "event", "event": number} for number in range(3)]
        await socket.send_json([{"id": command["id"], "type": "result", "success": True, "result": None}, *events])
        await keep_open(socket)

    seen: list[Any] = []
    async with talking_to(talk) as (socket, _):
        await socket.subscribe(lambda message: seen.append(message["event"]), "subscribe_events")
        assert seen == [0, 1, 2]


async def test_odd_messages_are_passed_over():
    async def talk(socket: web.WebSocketResponse) -> None:
        command = await socket.receive_json()
        number = command["id"]
        odd = [5, None, "text", [], {"id": number}, {"type": "news"}, {"type": "result"}, {"type": "event", "id": 99}]
        await socket.send_json([*odd, [{"nested": 1}]])
        await socket.send_json({"id": number, "type": "result", "result": "the answer", "told_by": "a newer one"})
        await keep_open(socket)

    async with talking_to(talk) as (socket, listening):
        assert await socket.send_command("anything") == "the answer"
        assert not listening.done()


async def test_a_refusal_without_words():
    async def talk(socket: web.WebSocketResponse) -> None:
        command = await socket.receive_json()
        await socket.send_json({"id": command["id"], "type": "result", "success": False, "error": {"code": "nope"}})
        await keep_open(socket)

    async with talking_to(talk) as (socket, _):
        with pytest.raises(FailedCommand, match="nope"):
            await socket.send_command("anything")


async def test_a_token_that_is_refused_in_the_middle_ends_the_connection():
    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_json({"type": "auth_invalid", "message": "revoked"})
        await keep_open(socket)

    async with talking_to(talk) as (_, listening):
        with pytest.raises(AuthenticationFailed, match="revoked"):
            await asyncio.wait_for(listening, 5)


async def test_a_message_of_twenty_megabytes():
    async def talk(socket: web.WebSocketResponse) -> None:
        command = await socket.receive_json()
        await socket.send_json({"id": command["id"], "type": "result", "success": True, "result": "a" * 20_000_000})
        await keep_open(socket)

    async with talking_to(talk) as (socket, _):
        assert len(await socket.send_command("get_states")) == 20_000_000


async def test_silence_is_noticed():
    async with talking_to(keep_open) as (socket, _):
        assert "no sign of life" in await asyncio.wait_for(socket.watch(0.05, 0.05), 5)


async def test_an_answer_to_a_ping_is_a_sign_of_life():
    pings = 0

    async def talk(socket: web.WebSocketResponse) -> None:
        nonlocal pings
        async for message in socket:
            pings += message.json()["type"] == "ping"
            await socket.send_json({"id": message.json()["id"], "type": "pong"})

    async with talking_to(talk) as (socket, _):
        watching = asyncio.ensure_future(socket.watch(0.02, 5))
        async with asyncio.timeout(20):
            while pings < 3:
                await asyncio.sleep(0.01)
        assert not watching.done()
        watching.cancel()


async def test_batches_are_asked_for():
    asked: list[dict[str, Any]] = []

    async def talk(socket: web.WebSocketResponse) -> None:
        async for message in socket:
            asked.append(message.json())  # noqa: PERF401  # read while it goes on

    async with talking_to(talk) as (socket, _):
        await socket.ask_for_batches()
        async with asyncio.timeout(5):
            while not asked:
                await asyncio.sleep(0.01)
    assert (asked[0]["type"], asked[0]["features"]) == ("supported_features", {"coalesce_messages": 1})
