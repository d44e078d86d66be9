"""Spawned agents that try what they must not, in containers: nothing is reached, and the others do not notice."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compose.spawning import PACKAGE, Guests
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

ROGUE = (Path(__file__).parent / "rogue.py").read_text()
MOST_PROCESSES = 64
PORTS = {"docker-create": 2375, "docker-watch": 2375, "gateway": 8080, "demo-home": 8123, "nginx": 80}
NOT_AUTHORIZED = 135
MAKER = "async def handle_task(agent, payload):\n    "
SANDBOXED = {
    "secrets": ("return {'result': __builtins__['open']('/run/secrets/api_token').read()}", ("no such file", "not", "open")),
    "docker-socket": ("import os\n    return {'result': str(os.stat('/var/run/docker.sock'))}", ("no such", "not")),
    "outbound": ("import socket\n    socket.create_connection(('1.1.1.1', 53), 2)", ("socket", "not")),
    "ten-gigabytes": ("return {'result': str(len(bytearray(10 * 1024 ** 3)))}", ("memory", "index-sized")),
    "forks": ("import os\n    return {'result': str(os.__dict__['fork']())}", ("fork",)),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def neighbor(guests: Guests) -> Iterator[str]:
    """An agent that must not notice anything; its container has to be the same in the end."""
    guests.running("neighbor")
    before = guests.containers()["neighbor"]["State"]["StartedAt"]
    yield "neighbor"
    assert guests.containers()["neighbor"]["State"]["StartedAt"] == before
    guests.clear()


@pytest.fixture
def rogue(guests: Guests) -> str:
    """The one on CPython; it may have died of what it did last."""
    if "rogue" not in guests.kept():
        guests.running("rogue", ROGUE, install=[PACKAGE])
    eventually(lambda: guests.ask("rogue", '{"do": "rest"}') == "42", 40, "the rogue")
    return "rogue"


def _address(guests: Guests, service: str) -> str:
    """The address of a service on a network that is not that of spawned agents."""
    networks = guests.stack.container(service)["NetworkSettings"]["Networks"]
    return str(next(one["IPAddress"] for name, one in networks.items() if not name.endswith("_guests")))


def does(guests: Guests, what: str, **more: Any) -> Any:
    said = guests.ask("rogue", json.dumps({"do": what, **more}))
    try:
        return json.loads(said)
    except ValueError:
        pytest.fail(said)


def others_answer(guests: Guests) -> None:
    assert guests.ask("neighbor") == "echo"
    assert guests.stack.say("turn on the kitchen light")["status"] == "done"


@pytest.mark.parametrize("name", SANDBOXED)
def test_in_the_sandbox_it_ends_with_a_reason(guests: Guests, name: str) -> None:
    body, reasons = SANDBOXED[name]
    answer = guests.spawn(name, f"{MAKER}{body}\n")
    said = (answer.text if answer.status_code >= 400 else guests.ask(name)).lower()
    assert any(reason in said for reason in reasons), said
    assert guests.ask("neighbor") == "echo"
    if answer.status_code < 400:
        guests.delete(name)


def test_no_secret_and_no_engine_is_in_the_file_system(guests: Guests, rogue: str) -> None:
    found = does(guests, "files")
    for path in ("/run/secrets", "/var/run/docker.sock", "/run/docker.sock", "/made"):
        assert found[path] == "No such file or directory", path
    assert found["/root"] == "Permission denied"
    assert found["/usr/local/bin/mine"] == "Read-only file system"


def test_no_environment_holds_a_secret(guests: Guests, rogue: str) -> None:
    text = does(guests, "environment")
    assert "WACTORZ_STATE_DIR" in text
    assert not re.search(r"(PASSWORD|TOKEN|SECRET|_KEY)", text)


def test_nothing_of_the_inside_is_reached_but_the_broker(guests: Guests, rogue: str) -> None:
    inside = [(_address(guests, name), port) for name, port in PORTS.items()]
    found = does(guests, "sockets", to=[("mosquitto", 1883), *inside])
    assert found.pop("mosquitto") == "open"
    assert "open" not in found.values(), found


def test_without_packages_and_granted_hosts_there_is_no_way_out(guests: Guests, neighbor: str) -> None:
    look = (
        "import socket\nfor host, port in (('mosquitto', 1883), ('1.1.1.1', 53)):\n"
        "    try: socket.create_connection((host, port), 3).close(); print('open')\n"
        "    except OSError as error: print('closed')\n"
    )
    name = f"{guests.stack.project}-agent-{neighbor}"
    assert guests.stack.engine.run("exec", name, "python", "-c", look).split() == ["open", "closed"]


def test_its_own_login_opens_nothing_else(guests: Guests, rogue: str) -> None:
    found = does(guests, "steal")
    assert (found["user"], found["entered"]) == ("agent-rogue", 0)
    assert set(found["published"].values()) == {NOT_AUTHORIZED}, found
    assert all(code >= 128 for code in found["heard"].values()), found  # refusals in MQTT
    others_answer(guests)


def test_ten_gigabytes_end_the_container_and_nothing_else(guests: Guests, rogue: str) -> None:
    before = guests.containers()[rogue]["State"]["StartedAt"]
    guests.stack.say(f'@{rogue} {{"do": "eat"}}')
    eventually(lambda: "memory ran out" in guests.node_log(), 20, "a reason")
    others_answer(guests)
    eventually(lambda: guests.containers()[rogue]["State"]["StartedAt"] not in ("", before), 30, "another start of it")
    guests.delete(rogue)


def test_a_fork_bomb_stays_below_its_limit(guests: Guests, rogue: str) -> None:
    found = does(guests, "fork")
    assert found["error"] == "Resource temporarily unavailable"
    assert 0 < found["made"] < MOST_PROCESSES
    shown = guests.stack.engine.run(
        "stats", "--no-stream", "--format", "{{.PIDs}}", f"{guests.stack.project}-agent-{rogue}"
    )
    assert int(shown) <= MOST_PROCESSES
    others_answer(guests)
    guests.delete(rogue)
