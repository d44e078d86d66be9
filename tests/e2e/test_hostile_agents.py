"""Agents that try what they must not: each is contained with a named reason, and its neighbors do not notice."""

import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.e2e

ECHO = "async def handle_task(agent, payload):\n    return {'result': 'echo'}\n"

HOSTILE = {
    "endless-loop": ("while True:\n        pass", ("without waiting",)),
    "fork-bomb": ("import os\n    while True:\n        os.fork()", ("fork", "import", "forbidden", "not")),
    "ten-gigabytes": ("x = bytearray(10 * 1024 ** 3)", ("memory", "index-sized")),
    "growing": ("x = []\n    while True:\n        x.append(bytearray(1024 * 1024))", ("memory", "without waiting")),
    "deep-recursion": ("def f(n):\n        return f(n + 1)\n    f(0)", ("recursion",)),
    "catastrophic-regex": ("import re\n    re.match('(a+)+$', 'a' * 60 + 'b')", ("without waiting",)),
    "secrets": ("return {'result': open('/run/secrets/api_token').read()}", ("no such file", "permission", "not")),
    "socket-file": ("return {'result': open('/var/run/docker.sock', 'rb').read(1)}", ("no such file", "permission", "not")),
    "outbound-socket": ("import socket\n    socket.create_connection(('127.0.0.1', 1883), 1)", ("socket", "not")),
    "others-topics": ("await agent.publish('agents/by-name/main/task', {'text': 'unlock'})\n    return 1", ("grant",)),
    "a-host": ("return await agent.http.get('http://127.0.0.1:8080/api/home')", ("grant",)),
    "not-its-agent": ("return await agent.send_to('home-assistant-actuator', {'action': 'actuate'})", ("grant",)),
    "exits": ("import sys\n    sys.exit(3)", ("exit",)),
}  # fmt: skip

FLOODS = {
    "publish-flood": "while True:\n        await agent.publish('custom/flood/x', {'n': 1})",
    "log-flood": "while True:\n        await agent.log('x' * 100_000)",
}

WORDS = "environment"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("wactorz") / "state", ANTHROPIC_API_KEY="sk-ant-canary") as running:
        spawn(running, "neighbor", ECHO)
        yield running


def spawn(system: System, name: str, code: str) -> httpx.Response:
    return httpx.post(f"{system.url}/api/agents", json={"name": name, "type": "dynamic", "code": code}, timeout=90)


def task(system: System, name: str) -> dict[str, Any]:
    return system.say(f"@{name} go")


def trouble(system: System, name: str) -> str:
    """Everything that is told of an agent."""
    return str(system.get(f"/api/agents/{name}/logs")).lower()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_an_agent_must_not_do_ends_with_a_reason(system: System, name: str) -> None:
    body, reasons = HOSTILE[name]
    answer = spawn(system, name, f"async def handle_task(agent, payload):\n    {body}\n")
    if answer.status_code >= 400:  # seen by the check, before it ran
        said = answer.text.lower()
    else:
        began = time.monotonic()
        reply = task(system, name)
        assert time.monotonic() - began < 10
        said = reply["reply"].lower()
    assert any(reason in said for reason in reasons), said
    assert task(system, "neighbor")["reply"] == "echo"


def test_the_environment_is_empty(system: System) -> None:
    code = "import os\nasync def handle_task(agent, payload):\n    return {'result': repr(dict(os.environ)) + '.'}\n"
    spawn(system, WORDS, code)
    assert task(system, WORDS)["reply"] == "{}."


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_dammed(system: System, name: str) -> None:
    spawn(system, name, f"async def process(agent):\n    {FLOODS[name]}\n")
    eventually(lambda: any(word in trouble(system, name) for word in ("flood", "many", "rate")), 15, "a named reason")
    assert task(system, "neighbor")["reply"] == "echo"
    httpx.delete(f"{system.url}/api/agents/{name}", timeout=30)


def test_neighbors_answer_while_one_spins(system: System) -> None:
    """Not a measurement: nobody may be starved. The figure is in the benchmark."""
    spawn(system, "spinner", "async def handle_task(agent, payload):\n    while True:\n        pass\n")
    ended = threading.Event()

    def spin() -> None:
        while not ended.is_set():
            task(system, "spinner")

    spinning = threading.Thread(target=spin)
    spinning.start()
    taken = []
    try:
        for _ in range(20):
            began = time.monotonic()
            assert task(system, "neighbor")["reply"] == "echo"
            taken.append(time.monotonic() - began)
    finally:
        ended.set()
        spinning.join()
    assert statistics.median(taken) < 5
