"""Guests that try to break out or to use up the machine: each is contained, the others go on."""

import asyncio
import time
from pathlib import Path

import pytest

from wactorz_sandbox.errors import GuestEnded, GuestError
from wactorz_sandbox.limits import Limits

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(400)]

ENDING = {
    "endless loop": ("while True: pass", "time"),
    "endless loop that catches all": ("while True:\n        try:\n            while True: pass\n        except BaseException: pass", "time"),
    "catastrophic regex": ("import re; re.match(r'(a+)+$', 'a' * 40 + 'b')", "time"),
    "big power": ("return str(7 ** 7 ** 9)[:5]", "time"),
    "deep JSON": ("import json\n    x = []\n    for _ in range(10 ** 5): x = [x]\n    return repr(x)[:9]", "recursion"),
    "recursion without its limit": ("import sys; sys.setrecursionlimit(10 ** 9)\n    f = lambda: f()\n    f()", "recursion"),
    "exit of the process": ("import os; os._exit(3)", "exit"),
    "abort": ("import os; os.abort()", "trap"),
    "fault": ("import faulthandler; faulthandler._sigabrt()", "trap"),
    "publish flood": ("n = 0\n    while True:\n        try: agent.publish('a', 1)\n        except Exception: pass", "flood"),
    "report flood": ("while True:\n        try: agent.set_status('x')\n        except Exception: pass", "flood"),
    "log flood": ("while True: agent.log('x' * 10000)", "flood"),
    "print flood": ("while True: print('x' * 10000)", "flood"),
    "recall flood": ("while True: agent.recall('k')", "time"),
    "a sleep of the processor": (
        "import _imp, importlib.machinery as m; t = _imp.create_builtin(m.ModuleSpec('time', m.BuiltinImporter)); _imp.exec_builtin(t); t.sleep(1000)",
        "sleep"),
    "a wait for nothing": ("import select; select.select([], [], [], 1000)", "sleep"),
    "a queue that stays empty": ("import queue; queue.Queue().get()", None),
    "forged answer": ("import agent_app; agent_app.WitWorld.step = lambda self, x: '{\"next\": NaN}'", "trap"),
    "answer of ten thousand operations": (
        "import agent_app, json; agent_app.WitWorld.step = lambda self, x: json.dumps({'next': None, 'ops': [[i, 'llm', '{}'] for i in range(10000)]})",
        "trap"),
    "broken library": ("import wactorz_sandbox.guest.pump as p; p.Pump.turn = None", "trap"),
}  # fmt: skip

RAISING = {
    "allocation bomb": ("x = []\n    while True: x.append(bytearray(10 ** 6))", "MemoryError"),
    "ten gigabytes": ("bytearray(10 ** 10)", "Error"),
    "string of gigabytes": ("return len('x' * (2 ** 31 - 100))", "MemoryError"),
    "recursion": ("f = lambda: f()\n    f()", "RecursionError"),
    "exit": ("import sys; sys.exit(3)", "SystemExit"),
    "long sleep": ("import time; time.sleep(100)", "await asyncio.sleep"),
    "a file": ("open('/etc/passwd').read()", "FileNotFoundError"),
    "a secret": ("open('/run/secrets/key').read()", "FileNotFoundError"),
    "the Docker socket": (
        "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/var/run/docker.sock')",
        "Error",
    ),
    "a folder": ("import os; os.listdir('/')", "FileNotFoundError"),
    "a new file": ("open('x', 'w')", "Error"),
    "a temporary file": ("import tempfile; tempfile.TemporaryFile()", "Error"),
    "a socket": ("import socket; socket.socket()", "PermissionError"),
    "a datagram": ("import socket; socket.socket(type=socket.SOCK_DGRAM)", "PermissionError"),
    "a name": ("import socket; socket.getaddrinfo('localhost', 80)", "gaierror"),
    "a web page": ("import urllib.request; urllib.request.urlopen('http://127.0.0.1/')", "Error"),
    "a process": ("import subprocess; subprocess.run(['ls'])", "Error"),
    "a fork": ("import os; os.fork()", "Error"),
    "a thread": ("import threading; threading.Thread(target=print).start()", "Error"),
    "C code": ("import ctypes", "ModuleNotFoundError"),
    "a big message": ("agent.publish('a', 'x' * 50_000_000)", "cannot leave"),
    "a big answer": ("return 'x' * 50_000_000", "cannot leave"),
    "a somewhat big answer": ("return 'x' * 500_000", "are allowed"),
}


@pytest.fixture
async def neighbor(spawn):
    return await spawn("def handle_task(agent, payload): return payload\n")


async def twice(agent):
    """A forged answer shows with the next slice only."""
    await agent.call("process")
    await agent.call("process")


@pytest.mark.parametrize("probe", ENDING)
async def test_it_is_ended_with_its_reason_and_the_neighbor_goes_on(probe, spawn, neighbor):
    body, reason = ENDING[probe]
    seconds = 5 if reason == "recursion" else 0.4  # going deep takes its time on a busy machine
    agent = await spawn(f"def process(agent):\n    {body}\n", limits=Limits(slice_seconds=seconds, cpu=2))
    began = time.monotonic()
    bad = asyncio.create_task(twice(agent))
    assert await neighbor.call("handle_task", 1) == 1
    with pytest.raises(GuestEnded) as ended:
        await bad
    assert reason in (ended.value.reason, None)
    assert time.monotonic() - began < 10
    assert await neighbor.call("handle_task", 2) == 2
    fresh = await agent.respawn()
    assert fresh.ended is None
    await fresh.close()


@pytest.mark.parametrize("probe", RAISING)
async def test_it_fails_inside_and_the_guest_can_go_on(probe, spawn):
    body, text = RAISING[probe]
    agent = await spawn(
        f"def handle_task(agent, payload): return payload\ndef process(agent):\n    {body}\n",
        limits=Limits(slice_seconds=3),
    )
    with pytest.raises(GuestError) as failed:
        await agent.call("process")
    assert text in str(failed.value)
    assert await agent.call("handle_task", 1) == 1


async def test_nothing_of_the_host_shows(spawn):
    agent = await spawn(
        "import os, sys\ndef process(agent): return [dict(os.environ), os.getcwd(), sys.argv, os.cpu_count()]\n"
    )
    environ, folder, arguments, cores = await agent.call("process")
    assert environ == {}
    assert (folder, cores) == ("/", 1)
    assert str(Path.cwd()) not in str(arguments)


async def test_the_bindings_called_past_the_library_meet_the_same_rules(spawn, ports):
    agent = await spawn(
        """
from wit_world.imports import host
def process(agent):
    said = []
    for attempt in (
        lambda: host.publish("secret/x", "1", False), lambda: host.publish("a/#", "1", False), lambda: host.publish("a", "no", True),
        lambda: host.publish("a", '"' + "x" * 300_000 + '"', False), lambda: host.subscribe("secret/#"), lambda: host.subscribe("a#"),
        lambda: host.persist("k" * 1000, "1"), lambda: host.persist("k", '"' + "x" * 70_000 + '"'), lambda: host.tell("spawn", "{}"),
    ):
        try:
            said.append(attempt())
        except Exception as error:
            said.append(str(error.value))
    host.log("nonsense", "y" * 100_000)
    return said + [host.recall("k" * 1000), host.publish("good", "1", True), host.persist("k", "2"), host.recall("k")]
"""
    )
    answer = await agent.call("process")
    words = (
        "grants.publish",
        "wildcard",
        "not JSON",
        "are allowed",
        "grants.subscribe",
        "topic filter",
        "200 bytes",
        "are allowed",
        "no kind",
    )
    for word, said in zip(words, answer, strict=False):
        assert word in said
    assert answer[len(words) :] == [None, None, None, "2"]
    assert ports.published == [("good", 1, True)]
    assert len(ports.lines[0][1]) < 5000


async def test_halves_of_characters_do_no_harm(spawn, ports):
    agent = await spawn(
        "def process(agent):\n    agent.log('\\ud800'); agent.publish('a/\\ud800', '\\ud800'); agent.persist('\\ud800', 1)\n    return '\\ud800'\n"
    )
    assert await agent.call("process") == "?"
    assert ports.lines == [("info", "?")]


async def test_fifty_ends_in_a_row(spawn):
    agent = await spawn("def process(agent):\n    while True: pass\n", limits=Limits(slice_seconds=0.02, cpu=2))
    for _ in range(50):
        with pytest.raises(GuestEnded) as ended:
            await agent.call("process")
        assert ended.value.reason == "time"
        agent = await agent.respawn()
    await agent.close()


async def test_spinning_guests_do_not_hold_up_the_event_loop(spawn):
    agents = [
        await spawn("def process(agent):\n    while True: pass\n", limits=Limits(slice_seconds=0.5)) for _ in range(3)
    ]
    tasks = [asyncio.create_task(agent.call("process")) for agent in agents]
    beats = 0
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.01)
        beats += 1
    assert beats > 10
    assert {task.exception().reason for task in tasks} == {"time"}


def private_mb():
    with Path("/proc/self/smaps_rollup").open() as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty")) / 1024


async def test_closed_instances_give_their_memory_back(spawn, component):
    async def rounds(count):
        for _ in range(count):
            agent = await spawn("def process(agent): return len(bytearray(10 ** 6))\n")
            await agent.call("process")
            await agent.close()

    await rounds(20)
    before = private_mb()
    await rounds(200)
    assert private_mb() - before < 20
