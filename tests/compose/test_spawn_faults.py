"""Faults while agents are spawned: killed runners, an absent engine, a missing image, forged messages, crash loops."""

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import aiomqtt
import httpx
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.compose.conftest import TAG
from tests.compose.spawning import COUNTER, ECHO, IMAGE, PACKAGE, Guests, login
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

SPAWNS = 10
LARGE = {"memory_mb": 160}
"""More than a warm container has, so that one is made."""

CRASHES = f"import os\nimport {PACKAGE}\nasync def setup(agent):\n    os._exit(3)\nasync def handle_task(agent, payload):\n    return {{}}\n"
AUDIT = "import json,sqlite3;print(json.dumps(sqlite3.connect('/var/lib/wactorz/node.db').execute('SELECT reason FROM audit').fetchall()))"
SPAWN = "nodes/local/spawn"


@pytest.fixture(scope="module", autouse=True)
def cleared(guests: Guests) -> Iterator[None]:
    yield
    guests.clear()


def kill(guests: Guests, service: str) -> None:
    """End a container as a crash would: Docker starts it again, which it would not after `docker kill`."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(guests.stack.container(service)["State"]["Pid"]), signal.SIGKILL)


def insist(guests: Guests, name: str) -> None:
    """Ask for an agent until it is taken: the same key is the same wish."""
    for _ in range(30):
        with contextlib.suppress(httpx.HTTPError):
            if guests.spawn(name, COUNTER, key=f"storm-{name}").status_code < 300:
                return
        time.sleep(0.5)
    pytest.fail(f"{name} was never taken")


def test_kills_of_node_and_monitor_during_spawns_leave_wish_and_containers_in_agreement(guests: Guests) -> None:
    names = [f"storm-{number}" for number in range(SPAWNS)]

    def storm() -> None:
        for service in ("node", "monitor"):
            time.sleep(1.5)
            kill(guests, service)

    killing = threading.Thread(target=storm)
    killing.start()
    for name in names:
        insist(guests, name)
    killing.join()
    eventually(lambda: set(names) <= set(guests.containers()), 90, "ten containers")
    for name in names:
        guests.serves(name, 60)
    assert {name for name in guests.kept() if name.startswith("storm-")} == set(names)
    found = guests.containers()
    assert sorted(name for name in found if name.startswith("storm-")) == sorted(names)
    volumes = [mount["Name"] for item in found.values() for mount in item["Mounts"]]
    assert len(set(volumes)) == len(volumes)
    assert guests.ask(names[-1]) == "count 1, start 1"
    guests.clear()
    eventually(lambda: not guests.containers(), 30, "no container")


def test_a_spawn_waits_for_a_node_that_is_stopped(guests: Guests) -> None:
    guests.stack.compose("stop", "node")
    eventually(lambda: not guests.is_online("local"), 60, "the node being missed")
    said = guests.spawn("patient")
    assert (said.status_code, said.json()["status"]) == (202, "waiting"), said.text
    guests.stack.compose("start", "node")
    guests.serves("patient", 60)
    assert guests.ask("patient") == "echo"
    guests.delete("patient")


def test_an_absent_engine_is_told_and_the_agent_comes_when_it_is_back(guests: Guests) -> None:
    guests.stack.compose("stop", "docker-create")
    said = guests.spawn("later", limits=LARGE)
    assert said.status_code == 202, said.text
    assert "engine" in said.json()["text"], said.text
    guests.stack.compose("start", "docker-create")
    guests.serves("later", 90)
    assert guests.ask("later") == "echo"
    guests.delete("later")


def test_a_missing_image_is_told_and_the_agent_comes_when_it_is_there(guests: Guests) -> None:
    engine, aside = guests.stack.engine, f"wactorz-dynamic-agent-aside:{TAG}"
    engine.run("tag", IMAGE, aside)
    engine.run("rmi", "-f", IMAGE)
    try:
        said = guests.spawn("imageless", limits=LARGE)
    finally:
        engine.run("tag", aside, IMAGE)
        engine.run("rmi", aside)
    assert said.status_code == 202, said.text
    assert "image" in said.json()["text"], said.text
    assert "missing" in said.json()["text"], said.text
    guests.serves("imageless", 90)
    guests.delete("imageless")


def audited(guests: Guests) -> list[str]:
    rows = json.loads(guests.stack.compose("exec", "-T", "node", "python", "-c", AUDIT))
    return [str(row[0]) for row in rows]


def forged(name: str) -> dict[str, Any]:
    return {"name": name, "type": "dynamic", "code": ECHO, "_agent_id": f"20260101T000000.0000Z-{name}"}


async def test_spawns_that_the_monitor_did_not_sign_are_refused_and_written_down(guests: Guests) -> None:
    before, body = audited(guests), json.dumps(forged("forged")).encode()
    for user in ("tester", "attic"):  # nobody but a thief of the node's own name gets so far
        async with login(guests.stack, user) as client:
            await client.publish(SPAWN, body, 1)
    async with login(guests.stack, "local") as thief:
        await thief.subscribe(SPAWN, 1)
        await thief.publish(SPAWN, body, 1)
        spawning = asyncio.create_task(asyncio.to_thread(guests.running, "original"))
        async with asyncio.timeout(40):
            async for message in thief.messages:
                if json.loads(bytes(message.payload))["name"] == "original":
                    break
        await spawning
        await thief.publish(SPAWN, message.payload, 1, properties=_again(message))
        changed = bytes(message.payload).replace(b"echo", b"evil")
        await thief.publish(SPAWN, changed, 1, properties=_again(message))
    await asyncio.to_thread(eventually, lambda: len(audited(guests)) >= len(before) + 3, 20, "three refusals")
    assert len(audited(guests)) == len(before) + 3, "what the broker refused did not reach the node"
    assert "forged" not in guests.containers()
    assert "forged" not in guests.kept()
    assert guests.ask("original") == "echo"
    guests.delete("original")


def _again(message: aiomqtt.Message) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = list(message.properties.UserProperty)
    return properties


def test_an_agent_that_dies_again_and_again_is_held_back_and_told(guests: Guests) -> None:
    guests.running("calm")
    before = guests.containers()["calm"]["State"]["StartedAt"]
    answer = guests.spawn("looping", CRASHES, install=[PACKAGE])
    told = answer.text if answer.status_code >= 400 else ""
    if not told:
        eventually(lambda: guests.kept()["looping"]["actual"] == "quarantined", 120, "the quarantine")
        told = guests.alerts()
    assert "looping" in told
    eventually(lambda: not guests.containers().get("looping", {"State": {"Running": False}})["State"]["Running"], 20)
    assert guests.containers()["calm"]["State"]["StartedAt"] == before
    assert guests.ask("calm") == "echo"


def test_an_agent_that_begins_to_die_later_is_quarantined(guests: Guests) -> None:
    code = (
        f"import os\nimport {PACKAGE}\nasync def setup(agent):\n    if agent.recall('armed', False):\n        os._exit(3)\n"
        "async def handle_task(agent, payload):\n    agent.persist('armed', True)\n    return {'result': 'armed'}\n"
    )
    guests.running("mine", code, install=[PACKAGE])
    guests.serves("mine")
    assert guests.ask("mine") == "armed"
    guests.stack.engine.run("kill", f"{guests.stack.project}-agent-mine")
    eventually(lambda: guests.kept()["mine"]["actual"] == "quarantined", 120, "the quarantine")
    eventually(lambda: "mine" in guests.alerts() and "quarantine" in guests.alerts(), 10, "an alert")
    others = [name for name, item in guests.containers().items() if item["State"]["Running"]]
    assert "mine" not in others
