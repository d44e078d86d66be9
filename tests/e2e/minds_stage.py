"""What the tests of conversation, rules, plans and models share: local servers, a camera, and answers in pieces."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiomqtt
import httpx

from wactorz_testing.anthropic_brain import texts
from wactorz_testing.model_server import ModelServer
from wactorz_testing.system import System
from wactorz_testing.webhook_server import WebhookServer

T = TypeVar("T")


class Background:
    """An event loop in a thread of its own, for servers beside tests that wait."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs there."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(20)


@contextmanager
def serving(*servers: ModelServer | WebhookServer) -> Iterator[None]:
    """Local servers, for as long as that."""
    background = Background()
    for server in servers:
        background.run(server.__aenter__())
    try:
        yield
    finally:
        for server in servers:
            background.run(server.__aexit__(None, None, None))


@dataclass
class Heard:
    """An answer as a reader of events hears it."""

    kinds: list[str] = field(default_factory=list)
    text: str = ""
    reply: dict[str, Any] = field(default_factory=dict)


def listen(
    system: System, text: str, session: str, at_piece: Callable[[Heard], bool] = lambda _heard: False
) -> Heard:  # fmt: skip
    """Say something and read the answer as it is written; `at_piece` says whether to go away."""
    heard = Heard()
    body, headers = {"message": text, "session": session}, {"accept": "text/event-stream"}
    with httpx.stream("POST", f"{system.url}/api/chat", json=body, headers=headers, timeout=120) as response:
        for line in response.iter_lines():
            if line.startswith("event:"):
                heard.kinds.append(line[6:].strip())
            elif line.startswith("data:"):
                data = json.loads(line[5:])
                heard.text += data["content"] if heard.kinds[-1] == "piece" else ""
                heard.reply = data if heard.kinds[-1] == "reply" else heard.reply
                if heard.kinds[-1] == "piece" and at_piece(heard):
                    break
    return heard


@dataclass
class Camera:
    """Something with a lens: it knows what shall be looked for, and says what it sees."""

    watches: dict[str, dict[str, Any]]
    see: Callable[[str, dict[str, Any]], None]


@contextmanager
def camera(system: System) -> Iterator[Camera]:
    """A stand-in for a camera on the system's broker."""
    watches: dict[str, dict[str, Any]] = {}
    background, said, up = Background(), asyncio.Queue[tuple[str, dict[str, Any]]](), threading.Event()
    port = json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"]
    password = (system.state_dir / "secrets" / "mqtt_password").read_text().strip()

    async def publish(client: aiomqtt.Client) -> None:
        while True:
            slug, seen = await said.get()
            await client.publish(f"custom/detections/{slug}", json.dumps(seen), qos=1)

    async def work() -> None:
        async with aiomqtt.Client(
            "127.0.0.1", port, identifier="camera", username="wactorz", password=password
        ) as client:
            await client.subscribe("custom/watches/#", qos=1)
            publishing = asyncio.create_task(publish(client))
            up.set()
            try:
                async for message in client.messages:
                    slug = str(message.topic).rpartition("/")[2]
                    payload = bytes(message.payload)  # type: ignore[arg-type]  # bytes, as it is subscribed to
                    watches.pop(slug, None)
                    if payload:
                        watches[slug] = json.loads(payload)
            finally:
                publishing.cancel()

    working = asyncio.run_coroutine_threadsafe(work(), background.loop)
    if not up.wait(10):
        raise TimeoutError("The camera did not reach the broker.")
    try:
        yield Camera(watches, lambda slug, seen: background.loop.call_soon_threadsafe(said.put_nowait, (slug, seen)))
    finally:
        working.cancel()


def rule_made(reply: str) -> str:
    """The id of the rule that an answer tells of."""
    found = re.search(r"Rule ([0-9a-f]{8}) ", reply)
    if found is None:
        raise LookupError(f"No rule is named in: {reply}")
    return found[1]


def system_text(body: dict[str, Any]) -> str:
    """The instructions of a request to a model."""
    return "\n".join(texts(body.get("system") or ""))
