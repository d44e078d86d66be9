"""Nodes for tests: one of ours that checks signatures, and the stand-alone runner of others in MQTT 3.1.1."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from wactorz_common.errors import Refused
from wactorz_common.signing import Verifier
from wactorz_testing.broker import TestBroker


class FakeNode:
    """A node of ours: takes up what is signed, answers with spawn_ack, reports guests in its heartbeat."""

    def __init__(self, client: aiomqtt.Client, name: str, public_key: bytes) -> None:
        self._client = client
        self.name = name
        self.verifier = Verifier((public_key,))
        self.guests: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}
        self.spawned: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.stops: list[dict[str, Any]] = []
        self.restarts: list[dict[str, Any]] = []
        self.migrations: list[dict[str, Any]] = []
        self.nonces: set[str] = set()
        self.refusal: dict[str, Any] = {}
        self.deaf = False
        self.kept: dict[str, Any] = {}
        self.dropped: list[str] = []
        self.pid = 1

    async def beat(self, status: str = "online") -> None:
        processes = [
            {"name": name, "pid": 0, "state": self.states.get(name, "running"), "executor": "shared"}
            for name in self.guests
        ]
        pulse = {
            "node": self.name, "node_id": f"id-{self.name}", "timestamp": time.time(), "agents": list(self.guests),
            "agent_count": len(self.guests), "processes": processes, "status": status, "runtime": "node",
            "pid": self.pid,
        }  # fmt: skip
        await self.say("heartbeat", pulse)

    async def say(self, leaf: str, body: dict[str, Any]) -> None:
        await self._client.publish(f"nodes/{self.name}/{leaf}", json.dumps(body), 1)

    async def listen(self) -> None:
        async for message in self._client.messages:
            leaf = str(message.topic).rpartition("/")[2]
            if not self.deaf:
                await getattr(self, f"on_{leaf}")(message)

    async def on_spawn(self, message: aiomqtt.Message) -> None:
        headers = dict(getattr(message.properties, "UserProperty", []))
        try:
            signed = self.verifier.check(str(message.topic), bytes(message.payload), headers, time.time())
        except Refused as error:
            self.refused.append(str(error))
            return
        assert not message.retain
        assert 0 < message.properties.MessageExpiryInterval <= 60
        assert signed.nonce not in self.nonces
        self.nonces.add(signed.nonce)
        body = json.loads(message.payload)
        self.spawned.append(body)
        ack = {"agent": body["name"], "node": self.name, "timestamp": time.time(),
               "migration_token": body.get("_migration_token", "")}  # fmt: skip
        if self.refusal:
            await self.say("spawn_ack", {**ack, **self.refusal})
            return
        if body["name"] not in self.guests or body.get("replace"):
            self.guests[body["name"]] = body
        await self.say("spawn_ack", ack)
        await self.beat()

    async def on_stop(self, message: aiomqtt.Message) -> None:
        body = json.loads(message.payload)
        self.stops.append(body)
        self.guests.pop(body["name"], None)
        await self.beat()

    async def on_restart_agent(self, message: aiomqtt.Message) -> None:
        self.restarts.append(json.loads(message.payload))

    async def on_migrate(self, message: aiomqtt.Message) -> None:
        body = json.loads(message.payload)
        self.migrations.append(body)
        if body["target_node"] == "@main":
            answer = {
                "agent": body["name"], "return_token": body["return_token"], "config": self.guests.get(body["name"], {}),
                "state": self.kept, "state_keys_dropped": self.dropped, "from_node": self.name, "timestamp": time.time(),
            }  # fmt: skip
            await self.say("state_return", answer)

    async def on_list(self, _message: aiomqtt.Message) -> None:
        agents = [{"name": name, "actor_id": spec["_agent_id"]} for name, spec in self.guests.items()]
        await self.say("agents", {"node": self.name, "agents": agents, "timestamp": time.time()})


LEAVES = ("spawn", "stop", "restart_agent", "migrate", "list")


@contextlib.asynccontextmanager
async def fake_node(broker: TestBroker, name: str, public_key: bytes, period: float = 0.5) -> AsyncIterator[FakeNode]:
    """A running fake node; `period` is that of its heartbeats in seconds."""
    async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        node = FakeNode(client, name, public_key)
        for leaf in LEAVES:
            await client.subscribe(f"nodes/{name}/{leaf}", 1)

        async def pulse() -> None:
            while True:
                await node.beat()
                await asyncio.sleep(period)

        tasks = [asyncio.create_task(node.listen()), asyncio.create_task(pulse())]
        try:
            yield node
        finally:
            failed = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert not failed, failed


class StandAloneRunner:
    """The runner of the reference implementation, to the letter of the wire contract: 3.1.1, no signatures, no acks."""

    def __init__(self, client: aiomqtt.Client, name: str) -> None:
        self.client = client
        self.name = name
        self.node_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"wactorz.node.{name}"))
        self.agents: dict[str, dict[str, Any]] = {}
        self.spawned: list[bytes] = []
        self.stops: list[Any] = []
        self.lists = 0
        self.failure = ""

    def actor_id(self, name: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"wactorz.actor.{name}"))

    async def say(self, topic: str, body: dict[str, Any], qos: int = 1) -> None:
        await self.client.publish(topic, json.dumps(body), qos)

    async def beat(self, **more: Any) -> None:
        pulse = {
            "node": self.name, "node_id": self.node_id, "timestamp": time.time(), "agents": list(self.agents),
            "agent_count": len(self.agents), "broker": "localhost", **more,
        }  # fmt: skip
        await self.say(f"nodes/{self.name}/heartbeat", pulse)

    async def agent_beat(self, name: str, state: str = "running") -> None:
        beat = {
            "actor_id": self.actor_id(name), "name": name, "timestamp": time.time(), "state": state, "cpu": 0.5,
            "memory_mb": 11.5, "task": state, "protected": False, "node": self.name, "agent_type": "dynamic",
        }  # fmt: skip
        await self.say(f"agents/{self.actor_id(name)}/heartbeat", beat, 0)

    async def listen(self) -> None:
        async for message in self.client.messages:
            topic = str(message.topic)
            if topic.startswith("agents/by-name/"):
                await self.on_task(topic.split("/")[2], bytes(message.payload))
            else:
                await getattr(self, f"on_{topic.rpartition('/')[2]}")(bytes(message.payload))

    async def on_task(self, name: str, payload: bytes) -> None:
        """Agents here answer nothing."""

    async def on_spawn(self, payload: bytes) -> None:
        config = json.loads(payload)
        self.spawned.append(payload)
        name = config["name"]
        if name in self.agents and not config.get("replace"):
            return
        self.agents[name] = config
        await asyncio.sleep(0.2)
        if self.failure:
            self.agents.pop(name)
            error = {
                "actor_id": self.actor_id(name), "name": name, "phase": "setup", "error": self.failure, "fatal": True,
                "traceback": "", "consecutive": 1, "severity": "fatal", "degraded": False, "timestamp": time.time(),
            }  # fmt: skip
            await self.say(f"agents/{self.actor_id(name)}/errors", error)
            await self.agent_beat(name, "failed")
            return
        await self.agent_beat(name)
        await self.beat()

    async def on_stop(self, payload: bytes) -> None:
        body = json.loads(payload)
        self.stops.append(body)
        self.agents.pop(body if isinstance(body, str) else body["name"], None)
        await self.beat()

    async def on_list(self, _payload: bytes) -> None:
        self.lists += 1
        agents = [{"name": name, "actor_id": self.actor_id(name)} for name in self.agents]
        await self.say(f"nodes/{self.name}/agents", {"node": self.name, "agents": agents, "timestamp": time.time()})

    async def on_migrate(self, payload: bytes) -> None:
        """The seed form: the source places the configuration and stops its copy."""
        body = json.loads(payload)
        name, target = body["name"], body["target_node"]
        result: dict[str, Any] = {"agent": name, "from_node": self.name, "to_node": target, "timestamp": time.time()}
        config = self.agents.pop(name, None)
        if config is None:
            await self.say(f"nodes/{self.name}/migrate_result", {**result, "success": False, "error": "not found"})
            return
        await self.say(f"nodes/{target}/spawn", {**config, "node": target})
        await self.say(f"nodes/{self.name}/migrate_result", {**result, "success": True})
        await self.beat()


@contextlib.asynccontextmanager
async def stand_alone_runner(broker: TestBroker, name: str) -> AsyncIterator[StandAloneRunner]:
    """A running stand-alone runner with its heartbeat."""
    client = aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V311)
    async with run_stand_alone(StandAloneRunner(client, name)) as runner:
        yield runner


Runner = TypeVar("Runner", bound=StandAloneRunner)


@contextlib.asynccontextmanager
async def run_stand_alone(runner: Runner) -> AsyncIterator[Runner]:
    """Have a runner speak and hear over its client, which is not connected yet."""
    async with runner.client as client:
        for leaf in ("spawn", "stop", "stop_all", "list", "migrate"):
            await client.subscribe(f"nodes/{runner.name}/{leaf}", 1)
        await client.subscribe("agents/by-name/+/task", 1)

        async def pulse() -> None:
            while True:
                await runner.beat()
                for agent in list(runner.agents):
                    await runner.agent_beat(agent)
                await asyncio.sleep(0.5)

        tasks = [asyncio.create_task(runner.listen()), asyncio.create_task(pulse())]
        try:
            yield runner
        finally:
            failed = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert not failed, failed


def publish_properties(**user: str) -> Properties:
    """User properties for a publish of a test."""
    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = list(user.items())
    return properties
