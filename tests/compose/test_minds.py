"""What people's minds are made up about, in containers: notices, rules over topics, plans and stops cross the broker's rights."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.compose.conftest import NODES, Stack
from tests.compose.spawning import Guests, wire
from tests.compose.test_compose import back
from tests.e2e.minds_stage import rule_made, serving
from wactorz_testing.model_replies import Answer, call
from wactorz_testing.system import eventually
from wactorz_testing.webhook_server import WebhookServer

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

DOOR, LIGHT, LAMP = "binary_sensor.front_door", "light.kitchen_light", "light.bedroom_light"
DENIED = ("not authori", "Denied", "denied")
STEPS = {
    "steps": [
        {"agent": "counter", "task": "count to three", "spawn_config": {
            "type": "dynamic", "description": "Counts",
            "code": "async def handle_task(agent, payload):\n    return {'text': 'one two three'}\n",
        }},
        {"agent": "home-assistant-agent", "task": "the state of the kitchen light"},
    ]
}  # fmt: skip


@dataclass
class Scene:
    """The stack with its model, and where notices arrive."""

    guests: Guests
    discord: WebhookServer
    begins: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def stack(self) -> Stack:
        """The system in containers."""
        return self.guests.stack

    def done(self, text: str, session: str = "minds") -> str:
        answer = self.stack.say(text, session=session)
        assert answer["status"] == "done", answer
        return str(answer["reply"])

    def turn(self, entity_id: str, state: str) -> None:
        assert self.stack.run("home", "set", entity_id, state).code == 0

    def is_(self, entity_id: str, state: str) -> bool:
        return bool(self.stack.state_of(entity_id)["state"] == state)

    def door_is_told(self) -> None:
        """Open the front door and see that it is told once."""
        self.turn(DOOR, "off")
        self.discord.messages.clear()
        self.turn(DOOR, "on")
        eventually(lambda: self.discord.messages, 15, "the notice")
        assert ["ront door" in text for text in self.discord.texts] == [True]


@pytest.fixture(scope="module")
def scene(guests: Guests) -> Iterator[Scene]:
    discord = WebhookServer(host="0.0.0.0")
    with serving(discord):
        scene = Scene(guests, discord)
        place = discord.discord.replace("0.0.0.0", "host.docker.internal")
        told = eventually(lambda: scene.done(f"/webhook discord {place}"), 20, "the place")
        assert "secret:webhook-" in told
        assert place not in told
        rule_made(scene.done("if the front door opens send me a Discord message, at most every 1 seconds"))
        yield scene
        for rule in scene.stack.get("/api/rules"):
            httpx.delete(f"{scene.stack.url}/api/rules/{rule['rule_id']}", timeout=20)
        guests.clear()


def fired(scene: Scene) -> int:
    """How often the rule about the door acted."""
    return next(int(rule["firings"]) for rule in scene.stack.get("/api/rules") if "door" in rule["task"])


async def said(stack: Stack, topic: str, *payloads: Any) -> None:
    """Publish as a machine of another house corner does."""
    async with wire(stack, NODES[0]) as sensor:
        for payload in payloads:
            await sensor.client.publish(topic, json.dumps(payload), 1)


def test_a_door_is_told_on_discord_once(scene: Scene) -> None:
    scene.door_is_told()


async def test_rules_hear_topics_of_other_machines(scene: Scene) -> None:
    scene.done("turn off the kitchen light")
    scene.done("turn off the bedroom light")
    scene.done("when sensors/garden/moisture drops below 30, turn on the kitchen light")
    scene.done("if a person is detected on my webcam, turn on the bedroom light")
    async with wire(scene.stack, "tester", "custom/watches/#") as camera:
        watch = await camera.until(lambda _topic, _said: True)
    assert watch["target"] == "person"
    await said(scene.stack, "sensors/garden/moisture", 50, 20)
    await said(scene.stack, "custom/detections/person", {"detected": True, "target": "person"})
    eventually(lambda: scene.is_(LIGHT, "on") and scene.is_(LAMP, "on"), 10, "both lights")
    assert "sensors/garden/moisture" in eventually(lambda: scene.done("/topics moisture"), 10, "the topic")
    assert "planner" in scene.done("/bus planner")


def test_pieces_come_through_the_entry_as_they_are_written_and_a_stop_ends_them(scene: Scene) -> None:
    scene.guests.model.answer(Answer("word " * 400, rate=20))
    heard: list[tuple[float, str]] = []

    def read() -> None:
        body, headers = {"message": "what is a lifetime?", "session": "slow"}, {"accept": "text/event-stream"}
        with httpx.stream("POST", f"{scene.stack.url}/api/chat", json=body, headers=headers, timeout=60) as answer:
            heard.extend((time.monotonic(), line) for line in answer.iter_lines())

    reader = threading.Thread(target=read)
    reader.start()
    eventually(lambda: sum("piece" in line for _, line in heard) > 10, 20, "pieces")
    assert heard[-1][0] - heard[0][0] > 0.2, "they come one by one"
    left = scene.guests.model.server.left
    assert "Stopped" in scene.stack.say("/stop", session="slow")["reply"]
    reader.join(20)
    assert not reader.is_alive()
    assert "Stopped" in heard[-2][1]
    eventually(lambda: scene.guests.model.server.left == left + 1, 10, "the end of the call")


def test_whoever_goes_away_ends_the_call(scene: Scene) -> None:
    scene.guests.model.answer(Answer("word " * 400, rate=20))
    left = scene.guests.model.server.left
    body, headers = {"message": "what is an owl?", "session": "away"}, {"accept": "text/event-stream"}
    with httpx.stream("POST", f"{scene.stack.url}/api/chat", json=body, headers=headers, timeout=60) as answer:
        next(line for line in answer.iter_lines() if line == "event: piece")
    eventually(lambda: scene.guests.model.server.left == left + 1, 10, "the end of the call")


def test_a_plan_spawns_the_agent_that_it_needs(scene: Scene) -> None:
    scene.guests.model.answer(call("plan", STEPS), Answer("One, two, three; the kitchen light is on."))
    answer = scene.stack.say("coordinate: have somebody count to three and look at the kitchen light", session="plan")
    assert (answer["status"], "One, two, three" in answer["reply"]) == ("done", True), answer
    eventually(lambda: "counter" not in scene.guests.kept(), 20, "the worker being removed")


def test_budgets_and_facts_are_kept(scene: Scene) -> None:
    limit = f"{scene.stack.url}/api/cost/limit"
    assert httpx.post(limit, json={"limit_usd": 2.5}, timeout=20).raise_for_status().json()["limit_usd"] == 2.5
    scene.done("remember that my sister is called Ada")
    assert "my sister is called Ada" in scene.done("/memory")
    httpx.post(limit, json={"limit_usd": 0}, timeout=20).raise_for_status()


@pytest.mark.parametrize("name", ["notifier", "topics"])
def test_killed_by_its_process_id_it_is_back_and_rules_go_on(scene: Scene, name: str) -> None:
    pid = int(scene.stack.container(name)["State"]["Pid"])
    back(scene.stack, name, lambda: os.kill(pid, signal.SIGKILL), 15)
    asked, part = ("/webhook", "discord,") if name == "notifier" else ("/topics watches", "custom/watches")
    eventually(lambda: part in scene.stack.say(asked)["reply"], 30, "an answer")
    scene.discord.messages.clear()
    told = eventually(lambda: scene.done(f"/notify discord: {name} is back"), 20, "the notice")
    assert (told, scene.discord.texts) == ("Told on discord", [f"{name} is back"])
    before = fired(scene)
    scene.turn(DOOR, "off")
    scene.turn(DOOR, "on")
    eventually(lambda: fired(scene) == before + 1, 15, "the rule")


def test_nothing_was_refused(scene: Scene) -> None:
    logs = scene.stack.compose("logs", "--no-color", "--since", scene.begins).splitlines()
    assert not [line for line in logs if any(word in line for word in DENIED)]
    assert not [line for line in logs if '"level": "error"' in line]
