"""Spawned agents of the system in containers, as its tests see them."""

import asyncio
import contextlib
import json
import os
import threading
import uuid
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
from websockets.sync.client import connect

from tests.compose.conftest import TAG, Stack
from wactorz_testing.anthropic_replies import Reply
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer
from wactorz_testing.broker import free_port
from wactorz_testing.system import eventually

IMAGE = f"wactorz-dynamic-agent-wheels:{TAG}"
PACKAGE = "tinything"
ECHO = "async def handle_task(agent, payload):\n    return {'result': 'echo'}\n"
COUNTER = """
async def setup(agent):
    agent.persist("starts", agent.recall("starts", 0) + 1)

async def handle_task(agent, payload):
    count = agent.recall("count", 0) + 1
    agent.persist("count", count)
    return {"result": f"count {count}, start {agent.recall('starts')}"}
"""


class Model:
    """The stand-in for Anthropic in a thread of its own, where containers reach it."""

    def __init__(self) -> None:
        self.server = AnthropicServer(host="0.0.0.0", port=free_port())
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address as containers see it."""
        return f"http://host.docker.internal:{self.server.url.rpartition(':')[2]}"

    def start(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.__aenter__(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.__aexit__(), self._loop).result(10)

    def answer(self, *replies: Reply) -> None:
        """What the next requests get."""
        self.server.script(replies)


class Guests:
    """The spawned agents of a stack."""

    def __init__(self, stack: Stack, model: Model) -> None:
        self.stack, self.model = stack, model

    def spawn(self, name: str, code: str = ECHO, key: str = "", **more: Any) -> httpx.Response:
        """Ask for an agent over REST."""
        headers = {"idempotency-key": key} if key else {}
        body = {"name": name, "type": "dynamic", "code": code, **more}
        return httpx.post(f"{self.stack.url}/api/agents", json=body, headers=headers, timeout=120)

    def running(self, name: str, code: str = ECHO, **more: Any) -> dict[str, Any]:
        """Have an agent run and return what the gateway said."""
        answer = self.spawn(name, code, **more)
        assert answer.status_code in (200, 201), answer.text
        said: dict[str, Any] = answer.json()
        assert said["status"] in ("running", "already_running"), said
        return said

    def ask(self, name: str, text: str = "go") -> str:
        """What an agent answers, or why it does not."""
        return str(self.stack.say(f"@{name} {text}")["reply"])

    def delete(self, name: str) -> None:
        answer = httpx.delete(f"{self.stack.url}/api/agents/{name}", timeout=60)
        assert answer.status_code < 300, answer.text

    def decide(self, approval: str, decision: str) -> httpx.Response:
        """Answer an approval as a person."""
        return httpx.post(f"{self.stack.url}/api/approvals/{approval}", json={"decision": decision}, timeout=90)

    def heartbeat(self, name: str) -> str:
        """The state in which an agent was heard; empty before."""
        return next((actor["state"] for actor in self.stack.get("/api/actors") if actor["name"] == name), "")

    def serves(self, name: str, seconds: float = 40) -> None:
        """Wait until an agent is heard running."""
        eventually(lambda: self.heartbeat(name) == "running", seconds, f"{name} running")

    def kept(self) -> dict[str, dict[str, Any]]:
        """What the monitor wants to run, by name."""
        rows = self.stack.get("/api/agents")
        return {row["name"]: row["spawned"] for row in rows if row.get("spawned")}

    def is_online(self, node: str) -> bool:
        """Whether the monitor hears a node."""
        return any(one["node"] == node and one["online"] for one in self.stack.get("/api/nodes"))

    def containers(self) -> dict[str, dict[str, Any]]:
        """The containers of agents, by name of the agent; warm ones are not among them."""
        engine, prefix = self.stack.engine, f"{self.stack.project}-agent-"
        shown = engine.run("ps", "-a", "--filter", f"name={prefix}", "--format", "{{.Names}}").split()
        return {item["Name"].removeprefix(f"/{prefix}"): item for item in (engine.inspect(*shown) if shown else [])}

    def volumes(self) -> list[str]:
        return self.stack.engine.run("volume", "ls", "-q", "--filter", f"name={self.stack.project}-guest-").split()

    def warm(self) -> list[str]:
        """Names of the warm containers."""
        wanted = ("ps", "--filter", f"name={self.stack.project}-slot-", "--format", "{{.Names}}")
        return self.stack.engine.run(*wanted).split()

    def node_log(self) -> str:
        """What the node wrote."""
        return self.stack.compose("logs", "--no-color", "node")

    def alerts(self) -> str:
        """Everything that people were told, in one text."""
        with connect(f"ws://127.0.0.1:{self.stack.port}/ws") as browser:
            return json.dumps(json.loads(browser.recv(timeout=10))["state"]["alerts"])

    def clear(self) -> None:
        """Delete every agent."""
        for name in self.kept():
            self.delete(name)


class Wire:
    """A client of the broker behind the entry, with an account."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.heard: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, agent: str, body: dict[str, Any], reply: str, seconds: float = 60) -> dict[str, Any]:
        """Send a task and wait for its reply."""
        task = uuid.uuid4().hex
        payload = {**body, "_task_id": task, "_reply_topic": reply}
        await self.client.publish(f"agents/by-name/{agent}/task", json.dumps(payload), 1)
        return await self.until(lambda _topic, said: said.get("_task_id") == task, seconds)

    async def until(self, fits: Callable[[str, dict[str, Any]], bool], seconds: float = 20) -> dict[str, Any]:
        """The first message that fits, of those that were heard and of those to come."""
        async with asyncio.timeout(seconds):
            while True:
                for topic, said in self.heard:
                    if fits(topic, said):
                        return said
                await asyncio.sleep(0.02)

    async def listen(self) -> None:
        async for message in self.client.messages:
            with contextlib.suppress(ValueError):
                said = json.loads(bytes(message.payload))
                if isinstance(said, dict):
                    self.heard.append((str(message.topic), said))


def login(stack: Stack, user: str, version: aiomqtt.ProtocolVersion = aiomqtt.ProtocolVersion.V5) -> aiomqtt.Client:
    """A client with one of the test's accounts, not connected yet."""
    return aiomqtt.Client(
        "127.0.0.1", stack.port, transport="websockets", websocket_path="/mqtt", protocol=version, username=user,
        password=user * 3, identifier=f"test-{user}-{os.urandom(3).hex()}",
    )  # fmt: skip


@contextlib.asynccontextmanager
async def wire(stack: Stack, user: str, *topics: str) -> AsyncIterator[Wire]:
    """A connected client that hears these topics."""
    async with login(stack, user) as client:
        for topic in topics:
            await client.subscribe(topic, 1)
        wired = Wire(client)
        listening = asyncio.create_task(wired.listen())
        try:
            yield wired
        finally:
            listening.cancel()


def wheel_image(stack: Stack, folder: Path) -> None:
    """The image of spawned agents with one wheel in it."""
    info = f"{PACKAGE}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{PACKAGE}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{PACKAGE}.py", "ANSWER = 42\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"{PACKAGE}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    lines = (f"FROM wactorz-dynamic-agent:{TAG}", "COPY *.whl /wheels/", "ENV WACTORZ_DYNAMIC_WHEELS=/wheels")
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    stack.engine.run("build", "--quiet", "-t", IMAGE, str(folder), timeout=300)


def key_file(folder: Path) -> Path:
    """The key of the stand-in, readable in containers."""
    path = folder / "key"
    path.write_text(TEST_KEY)
    path.chmod(0o444)
    return path
