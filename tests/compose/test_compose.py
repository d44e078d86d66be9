"""The system in containers: built, healthy, doing its main job through the public entry, back after every kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from websockets.sync.client import connect

from tests.compose.conftest import ACCOUNTS, ROOT, TAG, Engine, Stack
from wactorz_edge import stack as native
from wactorz_testing.system import eventually

sys.path.insert(0, str(ROOT / "scripts"))

import image_parts

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

AGENTS = sorted(native.OWNED)
BESIDE = ("demo-home", "docker-create", "docker-watch", "mosquitto", "nginx", "node")
SERVICES = (*AGENTS, *BESIDE)
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner, at most every 1 seconds"
BASE = "python:3.12-slim-bookworm"
MEGABYTE = 1_000_000
MEBIBYTE = 1024 * 1024
SOCKET = "/var/run/docker.sock"
MOST_MEMORY = 600
LATER, MOST_OF_LATER = ("notifier", "topics"), 45
SECRETS = {
    "demo-home": "/run/home/home_token",
    "main": "/var/lib/wactorz/secrets/mqtt_password",
    "monitor": "/var/lib/wactorz/secrets/signing_key",
    "node": "/var/lib/wactorz/secrets/node_secret",
}
ENGINE_LOOK = "import socket; print(socket.getaddrinfo('docker-watch', 2375) and 'there')"


def air_conditioner(stack: Stack) -> str:
    return str(stack.state_of("climate.kitchen_air_conditioner")["state"])


def warm(stack: Stack, degrees: float) -> None:
    eventually(lambda: stack.run("home", "set", "sensor.kitchen_temperature", str(degrees)).code == 0, 20, "the sensor")


def alerts(stack: Stack) -> list[str]:
    with connect(f"ws://127.0.0.1:{stack.port}/ws") as browser:
        frame = json.loads(browser.recv(timeout=10))
    return [str(alert.get("message", "")) for alert in frame["state"]["alerts"]]


def serves(stack: Stack, level: int) -> bool:
    """Whether a sentence still moves a lamp."""
    answer = eventually(lambda: stack.say(f"set the bedroom light to {level} %"), 30, "an answer")
    assert answer["status"] == "done", answer
    return bool(round(stack.state_of("light.bedroom_light")["attributes"]["brightness"] / 2.55) == level)


def back(stack: Stack, name: str, act: Callable[[], object], seconds: float) -> None:
    """Do something to a container and wait until it was started again."""
    before = stack.started_at(name)
    act()
    eventually(lambda: stack.started_at(name) not in ("", before), seconds, f"{name} being started again")


class Browser:
    """An MQTT client behind the entry, as a browser would be one."""

    def __init__(self, stack: Stack, user: str, password: str) -> None:
        self.failures: list[bool] = []
        self.refused: list[bool] = []
        self.heard: list[str] = []
        self.granted: list[bool] = []
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"browser-{user}", transport="websockets", protocol=mqtt.MQTTv5
        )
        self.client.ws_set_options(path="/mqtt")
        if user:
            self.client.username_pw_set(user, password)
        self.client.on_connect = lambda *arguments: self.failures.append(arguments[3].is_failure)
        self.client.on_publish = lambda *arguments: self.refused.append(arguments[3].is_failure)
        self.client.on_message = lambda *arguments: self.heard.append(arguments[2].topic)
        self.client.on_subscribe = lambda *arguments: self.granted.append(not arguments[3][0].is_failure)
        self.client.connect("127.0.0.1", stack.port)
        self.client.loop_start()
        eventually(lambda: self.failures, 10, "an answer of the broker")

    def leave(self) -> None:
        self.client.disconnect()


@pytest.mark.parametrize("name", sorted(image_parts.services()))
def test_an_image_is_small_and_runs_as_nobody_special(images: Engine, name: str) -> None:
    base, image = images.inspect(BASE, f"wactorz-{name}:{TAG}")
    assert image["Size"] - base["Size"] <= (170 if name == "dynamic-agent" else 120) * MEGABYTE
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


@pytest.mark.parametrize("files", [(), ("-f", "compose.yaml", "-f", "compose.dev.yaml"), ("-f", "compose.native.yaml")])
def test_the_files_are_valid_with_all_profiles(engine: Engine, tmp_path: Path, files: tuple[str, ...]) -> None:
    profiles = ("--profile", "home-assistant", "--profile", "fuseki") if "compose.native.yaml" not in files else ()
    config = Stack(tmp_path, engine=engine).compose(*files, *profiles, "config", "--format", "json")
    names = set(json.loads(config)["services"])
    assert ({"home-assistant", "fuseki"} <= names) == bool(profiles)


def test_all_is_healthy_and_one_door_is_open_on_loopback(stack: Stack) -> None:
    doors = {}
    for name in SERVICES:
        facts = stack.container(name)
        assert facts["State"]["Health"]["Status"] == "healthy", name
        doors[name] = [door for doors_of in facts["NetworkSettings"]["Ports"].values() for door in doors_of or ()]
    assert {name: open_ones for name, open_ones in doors.items() if open_ones} == {
        "nginx": [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]
    }
    states = lambda: {actor["name"]: actor["state"] for actor in stack.get("/api/actors")}  # noqa: E731
    eventually(lambda: states() == dict.fromkeys(AGENTS, "running"), 15, "every agent running")


def test_no_secret_is_in_an_image_or_an_environment(stack: Stack) -> None:
    secrets = [stack.compose("exec", "-T", name, "cat", path).strip() for name, path in SECRETS.items()]
    assert all(len(secret) >= 32 for secret in secrets)
    assert len(set(secrets)) == len(secrets)
    known = json.dumps([stack.container(name) for name in (*SERVICES, "prepare")])
    assert not [secret for secret in secrets if secret in known]
    logs = stack.compose("logs", "--no-color")
    assert not [secret for secret in secrets if secret in logs]


def held(stack: Stack) -> dict[str, float]:
    """Megabytes that the processes of each container hold, the least of three looks: a health check runs now and then."""
    looks: list[dict[str, float]] = []
    with httpx.Client(transport=httpx.HTTPTransport(uds=SOCKET), base_url="http://engine", timeout=20) as engine:
        for _ in range(3):
            time.sleep(2)
            found = {}
            for name in SERVICES:
                place = f"/containers/{stack.project}-{name}-1/stats"
                answer = engine.get(place, params={"stream": "false", "one-shot": "true"}).raise_for_status().json()
                memory = answer["memory_stats"]["stats"]
                found[name] = memory.get("total_rss", memory.get("anon", 0)) / MEBIBYTE  # older and newer kernels
            looks.append(found)
    return {name: min(look[name] for look in looks) for name in SERVICES}


def test_the_whole_is_modest(stack: Stack) -> None:
    """Memory of everything but the warm containers of spawned agents; what came later has a bar for each.

    It is what the processes hold themselves. Page cache is left out, because the kernel takes it back at need: how much
    there is of it depends on what else was read on this machine. So are the kernel's tables, some 2 MB a container.
    """
    used = held(stack)
    assert min(used.values()) > 0.5, used
    assert sum(used[name] for name in used if name not in LATER) <= MOST_MEMORY, used
    assert max(used[name] for name in LATER) <= MOST_OF_LATER, used


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


def test_the_knowledge_graph_says_that_it_does_not_run(stack: Stack) -> None:
    answer = httpx.get(f"{stack.url}/fuseki/ds", timeout=10)
    assert answer.status_code == 502
    assert "docker compose --profile fuseki up" in answer.text
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"host": "evil.example"}):
        assert httpx.get(f"{stack.url}/fuseki/ds", headers=headers, timeout=10).status_code == 403


def test_the_broker_is_reached_through_the_entry_with_an_account_only(stack: Stack) -> None:
    for user, password in (("", ""), ("wactorz", "wactorz"), ("tester", "wrong"), ("main", "main")):
        stranger = Browser(stack, user, password)
        assert stranger.failures == [True], user
        stranger.leave()
    client, observer = (Browser(stack, ACCOUNTS[kind], ACCOUNTS[kind] * 3) for kind in ("client", "observer"))
    assert client.failures == observer.failures == [False]
    observer.client.subscribe("agents/+/heartbeat", 1)
    eventually(lambda: observer.heard, 30, "a heartbeat")
    observer.client.subscribe("agents/by-name/main/task", 1)
    eventually(lambda: observer.granted == [True, False], 5, "the refusal")
    client.client.publish("io/chat", json.dumps({"content": "turn off the kitchen light", "from": "tester"}), 1)
    eventually(lambda: stack.state_of("light.kitchen_light")["state"] == "off", 10, "the light")
    for topic in ("nodes/local/spawn", "system/health", "$CONTROL/dynamic-security/v1"):
        client.refused.clear()
        client.client.publish(topic, "{}", 1)
        eventually(lambda: client.refused, 5, "an answer")
        assert client.refused == [True], topic
    client.leave()
    observer.leave()


def test_the_engine_is_out_of_reach_for_all_but_two(stack: Stack) -> None:
    assert "there" in stack.compose("exec", "-T", "monitor", "python", "-c", ENGINE_LOOK)
    place = ("exec", f"{stack.project}-main-1", "python", "-c", ENGINE_LOOK)
    done = subprocess.run([stack.engine.client, *place], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    with_socket = {name for name in SERVICES if "docker.sock" in json.dumps(stack.container(name)["Mounts"])}
    assert with_socket == {"docker-watch", "docker-create"}


@pytest.mark.parametrize(("name", "level"), [("home-assistant-actuator", 21), ("main", 22), ("io-agent", 23)])
def test_a_killed_agent_is_back_and_serving(stack: Stack, name: str, level: int) -> None:
    back(stack, name, lambda: stack.engine.run("kill", f"{stack.project}-{name}-1"), 15)
    assert serves(stack, level)


@pytest.mark.parametrize(
    ("name", "level"),
    [("gateway", 31), ("mosquitto", 32), ("nginx", 33), ("monitor", 34), ("node", 35), ("docker-watch", 36)],
)
def test_killed_infrastructure_is_back_and_serving(stack: Stack, name: str, level: int) -> None:
    pid = int(stack.container(name)["State"]["Pid"])
    back(stack, name, lambda: os.kill(pid, signal.SIGKILL), 15)
    assert serves(stack, level)


def test_all_are_healthy_again(stack: Stack) -> None:
    for name in SERVICES:
        eventually(lambda name=name: stack.is_healthy(name), 40, f"{name} being healthy")


def test_a_paused_agent_is_back_and_serving(stack: Stack) -> None:
    back(stack, "planner", lambda: stack.engine.run("pause", f"{stack.project}-planner-1"), 35)
    eventually(lambda: stack.get("/api/rules"), 20, "the rules")


def test_a_persons_stop_is_respected(stack: Stack) -> None:
    stack.compose("stop", "home-assistant-map-agent")
    time.sleep(8)
    assert not stack.container("home-assistant-map-agent")["State"]["Running"]
    stack.compose("start", "home-assistant-map-agent")
    eventually(lambda: stack.is_healthy("home-assistant-map-agent"), 40, "the map agent")


def test_an_agent_that_dies_again_and_again_is_held_back_and_people_are_told(stack: Stack) -> None:
    others = {name: stack.started_at(name) for name in AGENTS if name != "llm"}
    deaths = 0
    until = time.monotonic() + 60
    while time.monotonic() < until and deaths < 6:
        pid = int(stack.container("llm")["State"]["Pid"])
        if pid:
            os.kill(pid, signal.SIGKILL)
            deaths += 1
            eventually(lambda dead=pid: stack.container("llm")["State"]["Pid"] != dead, 10, "the end")
        time.sleep(0.1)
    assert deaths == 6
    eventually(lambda: any("llm" in text and "quarantine" in text for text in alerts(stack)), 20, "an alert")
    time.sleep(3)
    assert not stack.container("llm")["State"]["Running"]
    assert {name: stack.started_at(name) for name in others} == others
    stack.compose("start", "llm")
    eventually(lambda: stack.is_healthy("llm"), 40, "the agent being healthy")


def test_rules_outlive_the_containers(stack: Stack) -> None:
    rule_id = stack.get("/api/rules")[0]["rule_id"]
    stack.compose("down", "--timeout", "10")
    stack.start()
    assert [rule["rule_id"] for rule in eventually(lambda: stack.get("/api/rules"), 20, "the rules")] == [rule_id]
    warm(stack, 21)
    eventually(lambda: stack.say("turn off the air conditioner")["status"] == "done", 20, "the air conditioner")
    warm(stack, 29)
    eventually(lambda: air_conditioner(stack) != "off", 5, "the air conditioner")
