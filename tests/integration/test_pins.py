"""A PIN stays at the door where it is typed: no topic, no file and no log holds it, whatever is done with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_common.agent import Agent
from wactorz_common.contracts.home import ACTUATE, Actuation, ServiceCall
from wactorz_common.settings import AgentSettings
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_home_assistant_actuator.agent import HomeAssistantActuatorAgent
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

LOCK = "lock.front_door"
PIN, NEXT, WRONG = "8642097531", "9753108642", "1111122222"


class Wishes(Agent[AgentSettings]):
    """Wants the front door unlocked, as main would."""

    name = "main"
    description = "Wants something"

    async def on_start(self) -> None:
        """Nothing to do."""

    async def unlock(self, task_id: str) -> str:
        call = ServiceCall(domain="lock", service="unlock", entity_id=(LOCK,))
        end = await self.submit(ACTUATE, Actuation(calls=(call,), person="owner"), task_id=task_id)
        assert end.result is not None
        return end.result.approval_id


@dataclass
class Scene:
    """The doors, and who wants something."""

    client: httpx.AsyncClient
    port: int
    main: Wishes

    async def say(self, message: str, to: str = "") -> tuple[str, str]:
        answer = (await self.client.post("/api/chat", json={"message": message, "session": "s", "to": to})).json()
        return answer["status"], answer["reply"]

    async def decide(self, approval_id: str, pin: str) -> httpx.Response:
        return await self.client.post(f"/api/approvals/{approval_id}", json={"decision": "approve", "pin": pin})


@asynccontextmanager
async def recording(broker: TestBroker) -> AsyncIterator[list[bytes]]:
    """Everything on the broker while the block runs."""
    heard: list[bytes] = []
    async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe("#", qos=1)

        async def listen() -> None:
            async for message in client.messages:
                heard.append(str(message.topic).encode())
                heard.append(bytes(message.payload))

        listening = asyncio.create_task(listen())
        yield heard
        await asyncio.sleep(0.2)
        listening.cancel()


@pytest.fixture
async def scene(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Scene]:
    settings, loud = DemoHomeSettings(state_dir=tmp_path / "home"), {"log_level": "DEBUG"}
    demo = DemoHome(settings)
    await demo.start()
    given = {"ha_url": demo.url, "ha_token": settings.secret_token(), **loud}
    state = tmp_path / "state"
    async with AsyncExitStack() as stack:
        stack.push_async_callback(demo.stop)
        main = await stack.enter_async_context(running(Wishes, broker, state))
        await stack.enter_async_context(running(IoAgent, broker, state, IoAgentSettings, **loud))
        await stack.enter_async_context(
            running(HomeAssistantActuatorAgent, broker, state, HomeAssistantActuatorSettings, **given)
        )
        door = await stack.enter_async_context(
            running(GatewayAgent, broker, state, GatewaySettings, http_port=0, **loud)
        )
        base = f"http://127.0.0.1:{door.web.port}"
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=base, timeout=20))
        yield Scene(client, door.web.port, main)


async def test_a_pin_is_in_no_topic_no_file_and_no_log(
    scene: Scene, broker: TestBroker, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    async with recording(broker) as heard:
        policy = f"/api/policies/{LOCK}"
        assert (await scene.client.put(policy, json={"pin": True, "new_pin": PIN})).status_code == 200
        assert (await scene.say(f"yes {PIN}"))[0] == "failed"
        assert (await scene.say(f"/approve ab12 {PIN}", to="chef"))[0] == "failed"
        first = await scene.main.unlock("first")
        assert "That PIN is wrong" in (await scene.decide(first, WRONG)).json()["detail"]
        assert await scene.say(f"/approve {first} {PIN}") == ("done", "Front door is unlocked.")
        changed = await scene.client.put(policy, json={"pin": True, "new_pin": NEXT, "old_pin": PIN})
        assert changed.status_code == 200, changed.text
        async with connect(f"ws://127.0.0.1:{scene.port}/ws") as socket:
            await socket.send(f'{{"type": "chat", "content": "yes {NEXT}"}}')
            async with asyncio.timeout(5):
                while "looks like a PIN" not in str(await socket.recv()):
                    pass
        assert (await scene.client.put(policy, json={"pin": False, "old_pin": NEXT})).status_code in (200, 202)
    assert b"pin_proofs" in b"".join(heard), "nothing is heard of what is decided"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"pin_proofs" in kept, "the files are not looked into"
    everything = b"".join(heard) + kept + "".join(capfd.readouterr()).encode()
    assert [pin for pin in (PIN, NEXT, WRONG) if pin.encode() in everything] == []
