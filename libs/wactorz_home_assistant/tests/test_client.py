"""The connection to Home Assistant: made, lost, renewed, refused."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from wactorz_common.errors import ConfigError, TransportError
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant import CallRefused, CallUncertain, Event, HomeAssistant, outage
from wactorz_home_assistant import client as client_module

Reply = Callable[[web.WebSocketResponse, dict[str, Any]], Awaitable[None]]


def result(command: dict[str, Any], answer: Any) -> dict[str, Any]:
    return {"id": command["id"], "type": "result", "success": True, "result": answer}


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[tuple[DemoHome, str]]:
    settings = DemoHomeSettings(state_dir=tmp_path)
    home = DemoHome(settings)
    await home.start()
    yield home, settings.secret_token()
    await home.stop()


@asynccontextmanager
async def odd_server(reply: Reply, *starting: str) -> AsyncIterator[str]:
    """A server that lets everybody in and answers commands as the test wants, after it went through its `starting`."""
    states = list(starting)

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required", "ha_version": "2025.4.0"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok", "ha_version": "2025.4.0"})
        async for message in socket:
            command = message.json()
            if command["type"] == "get_config":
                await socket.send_json(result(command, {"state": states.pop(0) if states else "RUNNING"}))
            elif command["type"] != "supported_features":
                await reply(socket, command)
        return socket

    app = web.Application()
    app.router.add_get("/api/websocket", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def connected(url: str, token: str = "any") -> AsyncIterator[HomeAssistant]:
    home = HomeAssistant(url, token)
    home.start()
    try:
        await home.wait_ready(5)
        yield home
    finally:
        await home.stop()


async def problem_of(url: str, token: str = "any") -> str:
    home = HomeAssistant(url, token)
    home.start()
    try:
        with pytest.raises(TransportError) as caught:
            await home.wait_ready(1)
        return str(caught.value)
    finally:
        await home.stop()


@pytest.mark.parametrize("url", ["", "homeassistant.local:8123", "ftp://home", "http://"])
def test_a_wrong_address_is_a_setting_to_mend(url: str):
    with pytest.raises(ConfigError, match="HA_URL"):
        HomeAssistant(url, "token")


async def test_reads_the_registries(demo: tuple[DemoHome, str]):
    async with connected(demo[0].url, demo[1]) as home:
        assert {area["name"] for area in await home.read("config/area_registry/list")} >= {"Kitchen", "Bedroom"}
        assert any(state.entity_id == "light.kitchen_light" for state in await home.states())
        assert "turn_on" in (await home.services())["light"]
        assert (await home.config())["config_source"] == "demo"
        assert home.problem == ""


async def test_a_service_call_gives_the_context_of_its_effect(demo: tuple[DemoHome, str]):
    seen: list[Event] = []
    home = HomeAssistant(demo[0].url, demo[1])
    home.subscribe("state_changed", seen.append)
    home.start()
    await home.wait_ready(5)
    context = await home.call_service("light", "turn_on", {}, {"entity_id": ["light.kitchen_light"]})
    await asyncio.sleep(0.05)
    await home.stop()
    assert context
    assert [event.context["id"] for event in seen if event.data["entity_id"] == "light.kitchen_light"] == [context]


async def test_a_declined_call_keeps_the_words_of_home_assistant(demo: tuple[DemoHome, str]):
    async with connected(demo[0].url, demo[1]) as home:
        with pytest.raises(CallRefused, match="not found"):
            await home.call_service("light", "no_such_service", {}, {"entity_id": ["light.kitchen_light"]})


async def test_reconnects_resubscribes_and_resynchronises(tmp_path: Path):
    settings = DemoHomeSettings(state_dir=tmp_path)
    first = DemoHome(settings)
    await first.start()
    home = HomeAssistant(first.url, settings.secret_token())
    hooks: list[str] = []
    seen: list[Event] = []

    async def hook() -> None:
        hooks.append((await home.config())["config_source"])

    home.on_connect.append(hook)
    home.subscribe("state_changed", seen.append)
    home.start()
    await home.wait_ready(5)
    await first.stop()
    await asyncio.sleep(0.1)
    assert not home.ready
    with pytest.raises(TransportError, match="cannot be reached"):
        await home.states()
    second = DemoHome(settings)
    await second.start()
    await home.wait_ready(5)
    assert hooks == ["demo", "demo"]
    await home.call_service("light", "turn_on", {}, {"entity_id": ["light.office_light"]})
    await asyncio.sleep(0.05)
    assert "light.office_light" in {event.data["entity_id"] for event in seen}
    await home.stop()
    await second.stop()


async def test_a_refused_token_is_said_in_one_sentence(demo: tuple[DemoHome, str]):
    problem = await problem_of(demo[0].url, "wrong")
    assert problem.startswith("Home Assistant refuses the token in HA_TOKEN: make a new long-lived access token")
    assert "wrong" not in problem


async def test_an_outage_is_announced_once(monkeypatch: pytest.MonkeyPatch, demo: tuple[DemoHome, str]):
    monkeypatch.setattr(outage, "_TOKEN_DELAY", 0.01)
    home = HomeAssistant(demo[0].url, "wrong")
    said: list[str] = []

    async def hook() -> None:
        said.append(home.problem)

    home.on_away.append(hook)
    home.start()
    await asyncio.sleep(0.3)
    await home.stop()
    assert len(said) == 1


async def test_nobody_there():
    assert await problem_of("http://127.0.0.1:9") == (
        "Home Assistant at http://127.0.0.1:9 cannot be reached: connection refused. "
        "Check that it is running, and that HA_URL is right"
    )


async def test_something_else_answers():
    app = web.Application()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    problem = await problem_of(url)
    await runner.cleanup()
    assert "HTTP status 404" in problem


async def test_a_connection_lost_after_sending_is_uncertain():
    async def drop(socket: web.WebSocketResponse, _message: dict[str, Any]) -> None:
        await socket.close()

    async with odd_server(drop) as url, connected(url) as home:
        with pytest.raises(CallUncertain, match="lost"):
            await home.call_service("light", "turn_on")


async def test_no_answer_to_a_call_is_uncertain():
    async def silence(_socket: web.WebSocketResponse, _message: dict[str, Any]) -> None:
        return

    async with odd_server(silence) as url, connected(url) as home:
        with pytest.raises(CallUncertain, match=r"no answer within 0\.05 s"):
            await home.call_service("light", "turn_on", seconds=0.05)
        assert home.ready


async def test_a_silent_connection_is_given_up_and_made_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client_module, "_READ_SECONDS", 0.05)

    async def silence(_socket: web.WebSocketResponse, _message: dict[str, Any]) -> None:
        return

    async with odd_server(silence) as url, connected(url) as home:
        with pytest.raises(TransportError, match="did not answer get_states"):
            await home.states()
        assert not home.ready or home._client is not None
        await home.wait_ready(5)


async def test_one_that_still_starts_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client_module, "_STARTING_DELAY", 0.05)
    asked: list[str] = []

    async def answer(socket: web.WebSocketResponse, command: dict[str, Any]) -> None:
        asked.append(command["type"])
        await socket.send_json(result(command, []))

    async with odd_server(answer, "NOT_RUNNING", "STARTING") as url:
        home = HomeAssistant(url, "any")

        async def hook() -> None:
            await home.states()

        home.on_connect.append(hook)
        home.start()
        with pytest.raises(TransportError, match="it is still starting"):
            await home.wait_ready(0.05)
        assert asked == []
        await home.wait_ready(5)
        await home.stop()
    assert asked == ["get_states"]


async def test_cancelling_the_caller_stays_a_cancellation():
    async def silence(_socket: web.WebSocketResponse, _message: dict[str, Any]) -> None:
        return

    async with odd_server(silence) as url, connected(url) as home:
        call = asyncio.create_task(home.call_service("light", "turn_on"))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_a_handler_that_fails_does_not_stop_the_others(demo: tuple[DemoHome, str]):
    seen: list[Event] = []

    def fail(_event: Event) -> None:
        raise ValueError("bug")

    home = HomeAssistant(demo[0].url, demo[1])
    home.subscribe("state_changed", fail)
    home.subscribe("state_changed", seen.append)
    home.start()
    await home.wait_ready(5)
    await home.call_service("switch", "turn_on", {}, {"entity_id": ["switch.fan"]})
    await asyncio.sleep(0.05)
    assert home.ready
    assert seen
    await home.stop()


async def test_moves_a_sensor_of_the_demo_home(demo: tuple[DemoHome, str]):
    async with connected(demo[0].url, demo[1]) as home:
        state = await home.set_state("sensor.kitchen_temperature", "29", {"unit_of_measurement": "°C"})
        assert state.state == "29"
        assert any(s.entity_id == "sensor.kitchen_temperature" and s.state == "29" for s in await home.states())


async def test_never_falsifies_the_picture_of_a_real_home(demo: tuple[DemoHome, str], monkeypatch: pytest.MonkeyPatch):
    async with connected(demo[0].url, demo[1]) as home:

        async def real() -> dict[str, Any]:
            return {"config_source": "storage"}

        monkeypatch.setattr(home, "config", real)
        with pytest.raises(CallRefused, match="Only the demo home"):
            await home.set_state("sensor.kitchen_temperature", "29")


async def test_who_needs_it_learns_of_a_lost_connection_before_the_next_one(demo: tuple[DemoHome, str]):
    said: list[str] = []
    home = HomeAssistant(demo[0].url, demo[1])
    home.on_lost.append(lambda: said.append("lost"))

    async def hook() -> None:
        said.append("connected")

    home.on_connect.append(hook)
    home.start()
    await home.wait_ready(5)
    demo[0].world.faults.drop_connections()
    async with asyncio.timeout(5):
        while said.count("connected") < 2:
            await asyncio.sleep(0.01)
    assert said == ["connected", "lost", "connected"]
    await home.stop()


async def test_a_token_that_is_revoked_in_the_middle(demo: tuple[DemoHome, str]):
    async with connected(demo[0].url, demo[1]) as home:
        demo[0].world.faults.switch({"lose_token": True})
        async with asyncio.timeout(5):
            while "refuses the token" not in home.problem:
                await asyncio.sleep(0.01)
        with pytest.raises(TransportError, match="refuses the token"):
            await home.call_service("light", "turn_on", {}, {"entity_id": ["light.kitchen_light"]})


async def test_a_token_that_rest_refuses(demo: tuple[DemoHome, str]):
    async with connected(demo[0].url, demo[1]) as home:
        home._token = "other"
        with pytest.raises(TransportError, match="refuses the token in HA_TOKEN"):
            await home.set_state("sensor.kitchen_temperature", "29")


async def test_what_a_command_brings_again_and_again(demo: tuple[DemoHome, str]):
    seen: list[Any] = []
    async with connected(demo[0].url, demo[1]) as home:
        end = await home.stream("subscribe_events", seen.append, event_type="state_changed")
        await home.call_service("switch", "turn_on", {}, {"entity_id": ["switch.fan"]})
        await home.config()
        assert len(seen) == 1
        end()
        with pytest.raises(CallRefused):
            await home.stream("no/such", seen.append)
    with pytest.raises(TransportError, match="cannot be reached"):
        await home.stream("subscribe_events", seen.append)
