"""What code says goes out in its own name, in order, and never without bounds."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_dynamic_agent import ports as module
from wactorz_dynamic_agent.policy import Policy
from wactorz_dynamic_agent.ports import GuestPorts


class Agent:
    name, id = "x", "ID"

    def __init__(self) -> None:
        self.sent: list[tuple[str, object, bool]] = []
        self.errors: list[BaseException] = []
        self.manifests = 0
        self.ports: GuestPorts | None = None
        self.bus = SimpleNamespace(send=self.send)
        self.tasks: list[asyncio.Future[None]] = []

    def recall(self, _key: str, default: object) -> object:
        return default

    async def persist(self, _key: str, _value: object) -> None:
        """Nothing is kept here."""

    async def send(self, topic: str, data: bytes, _qos: int, *, retain: bool) -> None:
        self.sent.append((topic, json.loads(data), retain))

    async def alert(self, message: str, _severity: str) -> None:
        raise ContractError(message)

    async def report_error(self, error: BaseException) -> None:
        self.errors.append(error)

    async def publish_manifest(self) -> None:
        self.manifests += 1

    def spawn_background(self, work, _name: str) -> None:
        self.tasks.append(asyncio.ensure_future(work))


@pytest.fixture
async def made():
    agent = Agent()
    spec = SpawnSpec.model_validate({"name": "x", "grants": {"agents": ["echo"], "model": True}})
    ports = GuestPorts(agent, Policy(spec, "ID"), SimpleNamespace())  # type: ignore[arg-type]
    agent.ports = ports
    running = asyncio.ensure_future(ports.run())
    yield agent, ports
    running.cancel()
    await asyncio.gather(*agent.tasks)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_task_that_is_published_is_in_the_agents_own_name(made) -> None:
    agent, ports = made
    forged = {"text": "hi", "_sender": "main", "_reply_topic": "custom/x", "_deadline_at": 9e9, "_task_id": "1"}
    assert ports.publish("agents/by-name/echo/task", json.dumps(forged), True) == ""
    asked = {"payload": {"action": "complete", "agent": "main", "stream_to": "a-chat"}}
    assert ports.publish("agents/by-name/llm/task", json.dumps(asked), False) == ""
    await settle()
    own = {"_remote_task": True, "_sender": "x"}
    assert agent.sent[0] == ("agents/by-name/echo/task", {"text": "hi", **own}, False)
    assert agent.sent[1][1] == {**asked, **own, "agent": "x"}


async def test_what_the_broker_keeps_is_bounded(made, monkeypatch) -> None:
    _, ports = made
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    assert [ports.publish(f"home/{number}", "1", False) for number in range(3)] == ["", "", ""]
    assert "3 topics" in ports.publish("custom/z", "1", True)
    assert ports.publish("custom/z", "1", False) == ports.publish("home/1", "2", False) == ""
    monkeypatch.setattr(module, "MOST_KEPT_BYTES", 1_000)
    assert "1000 bytes" in ports.publish("home/2", '"' + "x" * 1_000 + '"', False)


async def test_topics_without_end_are_not_remembered(made, monkeypatch) -> None:
    agent, ports = made
    monkeypatch.setattr(module, "_MOST_TOPICS", 5)
    for number in range(50):
        ports.publish(f"custom/{number}", "1", False)
    await settle()
    await asyncio.sleep(0.05)
    assert len(agent.sent) == 50
    assert len(ports._published) == 5


async def test_what_waits_to_be_sent_is_bounded(made, monkeypatch) -> None:
    agent, ports = made
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", 100)
    for number in range(50):
        assert ports.publish("custom/a", f'"{number:018d}"', False) == ""
    await settle()
    await asyncio.sleep(0.05)
    assert 4 <= len(agent.sent) <= 6
    ports.publish("custom/a", "1", False)
    await settle()
    assert agent.sent[-1][1] == 1


async def test_an_agent_goes_on_speaking_whatever_cannot_be_said(made) -> None:
    agent, ports = made
    ports.tell("alert", '{"message": "no"}')
    ports.publish("custom/a", "1", False)
    await settle()
    assert [str(error) for error in agent.errors] == ["no"]
    assert agent.sent == [("custom/a", 1, False)]


async def test_a_contract_declared_again_and_again_is_told_once(made, monkeypatch) -> None:
    agent, ports = made
    monkeypatch.setattr(module, "_MANIFEST_SECONDS", 0.2)
    for number in range(50):
        ports.tell("contract", json.dumps({"publishes": [f"custom/{number}"]}))
        await settle()
    assert agent.manifests == 1
    await asyncio.sleep(0.4)
    assert agent.manifests == 2
    assert ports.contract == {"publishes": ["custom/49"]}
