"""Agents of type ha_actuator: messages on a topic move devices of the demo home, without code."""

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest

from wactorz_testing.system import System, eventually

pytestmark = pytest.mark.e2e

TOPIC = "custom/detections/desk"
COOL_DOWN = 3.0
DESK = {
    "name": "desk", "type": "ha_actuator", "automation_id": "desk-light", "description": "Light at the desk",
    "mqtt_topics": [TOPIC], "detection_filter": {"detected": True, "confidence": {"gte": 0.8}}, "cooldown_seconds": COOL_DOWN,
    "actions": [{"domain": "light", "service": "turn_on", "entity_id": "light.office_light",
                 "service_data": {"brightness_pct": "$payload.level"}}],
}  # fmt: skip
SEEN: dict[str, Any] = {"detected": True, "confidence": 0.9}


def spawn(system: System, **spec: Any) -> str:
    """Have an agent run; returns its id once it listens."""
    answer = httpx.post(f"{system.url}/api/agents", json=spec, timeout=90)
    assert answer.status_code < 300, answer.text
    assert answer.json()["status"] == "running", answer.text
    return found(system, spec["name"])


def found(system: System, name: str) -> str:
    """The id of an agent that runs."""

    def running() -> str:
        actors = system.get("/api/actors")
        return next(str(actor["id"]) for actor in actors if (actor["name"], actor["state"]) == (name, "running"))

    return str(eventually(running, 30, f"{name} running"))


def broker_of(system: System) -> aiomqtt.Client:
    port = json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"]
    password = (system.state_dir / "secrets" / "mqtt_password").read_text().strip()
    return aiomqtt.Client("127.0.0.1", port, identifier="test-sensor", username="wactorz", password=password)


async def _tell(system: System, topic: str, payload: Any, heard: str, seconds: float) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    async with broker_of(system) as client:
        await client.subscribe(heard or f"{topic}/nobody")
        await client.publish(topic, json.dumps(payload), qos=1)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for message in client.messages:
                    messages.append(json.loads(bytes(message.payload)))
                    break
    return messages


def tell(system: System, payload: Any, *, topic: str = TOPIC, heard: str = "", seconds: float = 1) -> list[Any]:
    """Publish a message as a sensor would; returns the first message on the topic `heard`, if one comes in time."""
    return asyncio.run(_tell(system, topic, payload, heard, seconds))


def calls(system: System, entity_id: str) -> list[dict[str, Any]]:
    """What was asked of a device so far."""
    file: Path = system.state_dir.parent / "calls"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [line for line in lines if entity_id in line["entity_ids"]]


def levels(system: System) -> list[int]:
    """Levels that were asked of the desk's light."""
    return [call["data"]["brightness_pct"] for call in calls(system, "light.office_light")]


def rest(seconds: float = COOL_DOWN) -> None:
    """Wait until the cool-down is over."""
    time.sleep(seconds + 0.2)


def test_a_message_moves_a_lamp_once_and_says_so(system: System) -> None:
    agent_id = spawn(system, **DESK)
    for not_it in ({"detected": False, "confidence": 1, "level": 1}, {**SEEN, "confidence": 0.7, "level": 1}, "desk"):
        assert tell(system, not_it, heard=f"agents/{agent_id}/actuations", seconds=0.5) == []
    [event] = tell(system, {**SEEN, "level": 40}, heard=f"agents/{agent_id}/actuations", seconds=10)
    assert levels(system) == [40]
    assert (event["automation_id"], event["trigger_payload"]["level"]) == ("desk-light", 40)
    assert [(action["call"]["service"], action["state"]) for action in event["actions"]] == [("turn_on", "done")]
    assert round(system.state_of("light.office_light")["attributes"]["brightness"] / 2.55) == 40
    assert "10" not in system.say("@desk how often?")["reply"]


def test_the_cool_down_holds_and_ends(system: System) -> None:
    rest()
    for level in (51, 52, 53):
        tell(system, {**SEEN, "level": level}, seconds=0.3)
    rest()
    tell(system, {**SEEN, "level": 54})
    eventually(lambda: levels(system)[-1] == 54, 10, "the lamp moves after the cool-down")
    assert levels(system) == [40, 51, 54]


def test_why_names_the_agent_and_its_message(system: System) -> None:
    assert "desk" in system.say("/why light.office_light")["reply"]


def test_conditions_are_looked_at_when_the_message_comes(system: System) -> None:
    home = {"entity_id": "lock.front_door", "operator": "eq", "value": "unlocked"}
    spawn(system, **{**DESK, "name": "guard", "mqtt_topics": ["custom/guard"], "conditions": [home]})
    tell(system, {**SEEN, "level": 60}, topic="custom/guard")
    assert "lock.front_door is not eq unlocked" in system.say("@guard what was last?")["reply"]
    assert 60 not in levels(system)
    assert system.say("/agents delete guard")["status"] == "done"


def test_what_opens_the_house_waits_for_a_yes(system: System) -> None:
    action = {"domain": "lock", "service": "unlock", "entity_id": "lock.front_door"}
    spawn(system, name="opener", type="ha_actuator", mqtt_topics=["custom/ring"], actions=[action])
    tell(system, {"rings": 1}, topic="custom/ring")
    [asked] = eventually(lambda: system.get("/api/approvals"), 10, "the approval")
    assert "Unlock the front door" in asked["summary"]
    assert calls(system, "lock.front_door") == []
    assert system.run("deny", asked["id"]).code == 0
    assert system.state_of("lock.front_door")["state"] == "locked"
    rest(10)
    tell(system, {"rings": 2}, topic="custom/ring")
    [asked] = eventually(lambda: system.get("/api/approvals"), 10, "the approval")
    assert system.run("approve", asked["id"]).code == 0
    eventually(lambda: system.state_of("lock.front_door")["state"] == "unlocked", 10, "the door opens after a yes")
    assert len(calls(system, "lock.front_door")) == 1


def test_a_paused_one_rests_and_what_came_meanwhile_is_past(system: System) -> None:
    rest()
    assert system.say("/agents pause desk")["status"] == "done"
    eventually(lambda: _state(system, "desk") == "paused", 10, "a pause")
    tell(system, {**SEEN, "level": 70})
    assert system.say("/agents resume desk")["status"] == "done"
    found(system, "desk")
    tell(system, {**SEEN, "level": 71})
    eventually(lambda: levels(system)[-1] == 71, 10, "the lamp moves after the pause")
    assert 70 not in levels(system)


def test_a_killed_host_and_a_restart_bring_it_back_with_its_count(system: System) -> None:
    rest()
    count = len(levels(system))
    system.kill("sandbox")
    tell(system, {**SEEN, "level": 79}, seconds=0)  # of the past when it is back
    found(system, "desk")
    rest()

    def moved() -> bool:
        tell(system, {**SEEN, "level": 80}, seconds=0.3)
        return levels(system)[-1] == 80

    eventually(moved, 30, "it acts after the kill")
    assert levels(system)[count:] == [80]
    assert system.down().code == 0
    assert system.up().code == 0
    found(system, "desk")
    assert f"acted {count + 1} times" in system.say("@desk how often?")["reply"]


def test_a_deleted_one_moves_nothing_any_more(system: System) -> None:
    assert system.say("/agents delete desk")["status"] == "done"
    eventually(lambda: _state(system, "desk") is None, 15, "no desk")
    rest()
    tell(system, {**SEEN, "level": 90})
    assert 90 not in levels(system)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"actions": []}, "actions"), ({"mqtt_topics": []}, "mqtt_topics"), ({"code": "x = 1"}, "no code"),
        ({"conditions": [{"entity_id": "sun.sun", "operator": "like", "value": 1}]}, "operator"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_at_once(system: System, changes: dict[str, Any], said: str) -> None:
    answer = httpx.post(f"{system.url}/api/agents", json={**DESK, "name": "wrong", **changes}, timeout=30)
    assert 400 <= answer.status_code < 500, answer.text
    assert said in answer.text


def _state(system: System, name: str) -> str | None:
    return next((actor["state"] for actor in system.get("/api/actors") if actor["name"] == name), None)
