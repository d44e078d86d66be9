"""A node runner of its own for tests, and a client that signs spawn messages as the monitor does."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import paho.mqtt.properties as mqtt
import psutil
import pytest
from paho.mqtt.packettypes import PacketTypes

from wactorz_common.ids import clock
from wactorz_common.signing import Signer

HEARD = (
    *(f"nodes/local/{leaf}" for leaf in ("spawn_ack", "heartbeat", "events", "agents", "state_return")),
    "nodes/local/migrate_result",
    "agents/+/heartbeat",
    "agents/by-name/test/reply/+",
)
CODE = """
async def setup(agent):
    agent.persist("starts", (agent.recall("starts") or 0) + 1)

async def handle_task(agent, payload):
    return {"starts": agent.recall("starts"), "said": payload.get("text", "")}
"""

_SECONDS = 30.0
_REPLY = "agents/by-name/test/reply/1"


def spec(name: str, **more: Any) -> dict[str, Any]:
    """The specification of an agent that counts its starts and repeats what it is told."""
    return {"name": name, "code": CODE, "_agent_id": clock.mint(name), **more}


class Node:
    """One `wactorz_edge.guest_node` without any service; what it and its agents say is heard."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.folder, self.state_dir, self.port = folder, folder / "state", port
        self.signer = Signer.load(folder / "signing-key")
        keys = folder / "keys"
        keys.write_text(self.signer.public_key.hex() + "\n")
        self.env = {
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG", "PYTHONPATH") if key in os.environ},
            "WACTORZ_STATE_DIR": str(self.state_dir),
            "WACTORZ_NODE_TRUSTED_KEYS_FILE": str(keys),
            "WACTORZ_HEARTBEAT_SECONDS": "0.5",
            "MQTT_HOST": "127.0.0.1",
            "MQTT_PORT": str(port),
            **settings,
        }
        self.process: asyncio.subprocess.Process | None = None
        self.heard: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.pulse: dict[str, Any] = {}
        self._client: aiomqtt.Client

    async def start(self) -> None:
        """Start the runner."""
        with (self.folder / "node.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wactorz_edge.guest_node", env=self.env, stdout=log, stderr=log
            )

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the runner a signal and wait for its end."""
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), _SECONDS)

    async def come_back(self) -> None:
        """Start the runner again and wait until it is heard."""
        await self.start()
        self.pulse = {}
        await self.until(lambda: self.pulse.get("status") == "online")

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator["Node"]:
        """Connect the client."""
        self._client = aiomqtt.Client(
            "127.0.0.1", self.port, identifier=f"test-{os.urandom(4).hex()}", protocol=aiomqtt.ProtocolVersion.V5
        )
        async with self._client:
            for topic in HEARD:
                await self._client.subscribe(topic, qos=1)
            listening = asyncio.create_task(self._listen())
            try:
                yield self
            finally:
                listening.cancel()

    async def _listen(self) -> None:
        async for message in self._client.messages:
            try:
                payload = json.loads(bytes(message.payload))
            except ValueError:
                continue
            if str(message.topic) == "nodes/local/heartbeat":
                self.pulse = payload
            else:
                self.heard.put_nowait((str(message.topic), payload))

    async def hear(self, topic: str, **wanted: Any) -> dict[str, Any]:
        """The next message on a topic with these fields; others are dropped."""
        try:
            async with asyncio.timeout(_SECONDS):
                while True:
                    heard, payload = await self.heard.get()
                    if heard.endswith(topic) and wanted.items() <= payload.items():
                        return payload
        except TimeoutError:
            pytest.fail(f"nothing on {topic} with {wanted}: {self.log()}")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(self.log())
            await asyncio.sleep(0.02)

    async def say(self, topic: str, payload: Any, headers: dict[str, str] | None = None) -> None:
        """Publish bytes or an object."""
        properties = mqtt.Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.UserProperty = list((headers or {}).items())
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await self._client.publish(topic, data, qos=1, properties=properties)

    def sign(
        self, wanted: dict[str, Any], topic: str = "nodes/local/spawn", now: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """A spawn message and its signature."""
        data = json.dumps(wanted).encode()
        return data, self.signer.headers(topic, data, now or time.time())

    async def spawn(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Have an agent run; what the node answers."""
        await self.say("nodes/local/spawn", *self.sign(wanted))
        return await self.hear("/spawn_ack", agent=wanted["name"])

    async def ask(self, name: str, text: str) -> dict[str, Any]:
        """The answer of an agent; the question is sent until there is one, as every durable task is."""
        body = {"text": text, "_task_id": os.urandom(4).hex(), "_reply_topic": _REPLY}
        asking = asyncio.create_task(self._repeat(f"agents/by-name/{name}/task", body))
        try:
            return await self.hear(_REPLY, _task_id=body["_task_id"])
        finally:
            asking.cancel()

    async def _repeat(self, topic: str, body: dict[str, Any]) -> None:
        while True:
            await self.say(topic, body)
            await asyncio.sleep(1)

    def log(self) -> str:
        """The end of what the runner and the shared host have written."""
        paths = (self.folder / "node.log", self.state_dir / "logs" / "sandbox.log")
        return "".join(path.read_text()[-3000:] for path in paths if path.exists())

    def hosts(self) -> list[int]:
        """Process ids of the hosts of this node that live."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if "wactorz_dynamic_agent" in command and any(str(self.state_dir) in word for word in command):
                found.append(process.pid)
        return found

    def audit(self) -> list[tuple[str, str]]:
        """Reason and hash of every refused spawn message."""
        with contextlib.closing(sqlite3.connect(self.state_dir / "node.db")) as ledger:
            return ledger.execute("SELECT reason, sha256 FROM audit").fetchall()
