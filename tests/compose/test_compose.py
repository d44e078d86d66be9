"""The system in containers: built, healthy, doing its main job through the public entry, back after a kill."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.compose.conftest import ROOT, TAG, Engine, Stack
from wactorz_testing.system import eventually

sys.path.insert(0, str(ROOT / "scripts"))

import image_parts

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

AGENTS = sorted(image_parts.services())
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner, at most every 1 seconds"
BASE = "python:3.12-slim-bookworm"
MEGABYTE = 1_000_000


def air_conditioner(stack: Stack) -> str:
    return str(stack.state_of("climate.kitchen_air_conditioner")["state"])


def warm(stack: Stack, degrees: float) -> None:
    eventually(lambda: stack.run("home", "set", "sensor.kitchen_temperature", str(degrees)).code == 0, 20, "the sensor")


@pytest.mark.parametrize("name", AGENTS)
def test_an_image_is_small_and_runs_as_nobody_special(images: Engine, name: str) -> None:
    base, image = images.inspect(BASE, f"wactorz-{name}:{TAG}")
    assert image["Size"] - base["Size"] <= 120 * MEGABYTE
    assert image["Config"]["User"] == "10001:10001"
    assert image["Config"]["Healthcheck"]["Test"][0] == "CMD"
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"wactorz-{name}"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_another_address_is_refused_without_a_token(images: Engine, tmp_path: Path) -> None:
    settings = {"WACTORZ_HTTP_BIND": "0.0.0.0", "WACTORZ_HTTP_PUBLIC_BIND": "192.168.1.5"}
    variables = [part for name, value in settings.items() for part in ("-e", f"{name}={value}")]
    done = subprocess.run(
        [images.client, "run", "--rm", *variables, f"wactorz-gateway:{TAG}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 78
    assert "WACTORZ_HTTP_BIND=192.168.1.5" in done.stderr
    assert "set WACTORZ_API_TOKEN" in done.stderr
    said = json.loads(
        Stack(tmp_path, engine=images).compose("config", "--format", "json", WACTORZ_HTTP_BIND="192.168.1.5")
    )["services"]
    assert said["nginx"]["ports"][0]["host_ip"] == "192.168.1.5"
    assert said["gateway"]["environment"]["WACTORZ_HTTP_PUBLIC_BIND"] == "192.168.1.5"


def test_all_is_healthy_and_one_door_is_open_on_loopback(stack: Stack) -> None:
    doors = {}
    for name in (*AGENTS, "mosquitto", "nginx"):
        facts = stack.container(name)
        assert facts["State"]["Health"]["Status"] == "healthy", name
        doors[name] = [door for doors_of in facts["NetworkSettings"]["Ports"].values() for door in doors_of or ()]
    assert {name: open_ones for name, open_ones in doors.items() if open_ones} == {
        "nginx": [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]
    }
    actors = {actor["name"]: actor["state"] for actor in stack.get("/api/actors")}
    assert actors == dict.fromkeys((name for name in AGENTS if name != "demo-home"), "running")


def test_no_secret_is_in_an_image_or_an_environment(stack: Stack) -> None:
    places = {"demo-home": "/run/home/home_token", "main": "/run/login/password"}
    secrets = [stack.compose("exec", "-T", name, "cat", path).strip() for name, path in places.items()]
    assert all(len(secret) >= 32 for secret in secrets)
    known = json.dumps([stack.container(name) for name in (*AGENTS, "mosquitto", "nginx", "prepare")])
    assert not [secret for secret in secrets if secret in known]


def test_a_sentence_moves_the_lamp(stack: Stack) -> None:
    answer = stack.run("ask", "turn on the kitchen light")
    assert answer.code == 0, answer.err
    assert "rules" in answer.out
    assert stack.state_of("light.kitchen_light")["state"] == "on"


def test_a_rule_fires(stack: Stack) -> None:
    warm(stack, 21)
    made = stack.say(RULE)
    assert made["status"] == "done", made
    warm(stack, 29)
    eventually(lambda: air_conditioner(stack) != "off", 5, "the air conditioner")
    assert stack.get("/api/rules")[0]["firings"] == 1


def test_page_and_live_view_come_through_the_entry(stack: Stack) -> None:
    page = httpx.get(f"{stack.url}/", timeout=10)
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    with connect(f"ws://127.0.0.1:{stack.port}/ws") as browser:
        assert json.loads(browser.recv(timeout=10))["type"] == "full_snapshot"
    stranger = httpx.get(f"{stack.url}/api/actors", headers={"host": "evil.example"}, timeout=10)
    assert stranger.status_code == 403


@pytest.mark.parametrize(
    ("name", "level"),
    [("home-assistant-actuator", 21), ("main", 22), ("gateway", 23), ("mosquitto", 24), ("nginx", 25)],
)
def test_a_killed_container_is_back_and_serving(stack: Stack, name: str, level: int) -> None:
    before = stack.container(name)
    os.kill(before["State"]["Pid"], signal.SIGKILL)
    eventually(
        lambda: stack.container(name)["RestartCount"] > before["RestartCount"], 15, f"{name} being started again"
    )
    sentence = f"set the bedroom light to {level} %"
    answer = eventually(lambda: stack.say(sentence), 30, "an answer")
    assert answer["status"] == "done", answer
    lamp = stack.state_of("light.bedroom_light")
    assert round(lamp["attributes"]["brightness"] / 2.55) == level
    healthy = lambda: stack.container(name)["State"]["Health"]["Status"] == "healthy"  # noqa: E731
    eventually(healthy, 40, f"{name} being healthy")


def test_rules_outlive_the_containers(stack: Stack) -> None:
    rule_id = stack.get("/api/rules")[0]["rule_id"]
    stack.compose("down", "--timeout", "10")
    stack.start()
    assert [rule["rule_id"] for rule in eventually(lambda: stack.get("/api/rules"), 20, "the rules")] == [rule_id]
    warm(stack, 21)
    eventually(lambda: stack.say("turn off the air conditioner")["status"] == "done", 20, "the air conditioner")
    warm(stack, 29)
    eventually(lambda: air_conditioner(stack) != "off", 5, "the air conditioner")
