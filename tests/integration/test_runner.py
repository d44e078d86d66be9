"""The node runner with real processes: whatever is killed is back, and nobody else is touched."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiomqtt
import pytest

from wactorz_testing.broker import free_port

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

SERVICE = """
from wactorz_common.agent import Agent
from wactorz_common.run import run
from wactorz_common.settings import AgentSettings

class ProbeAgent(Agent[AgentSettings]):
    name = "{name}"
    description = "Does nothing, for tests"

def main() -> None:
    run(ProbeAgent, AgentSettings)
"""


class System:
    """A native installation of its own with two idle services and the monitor."""

    def __init__(self, folder: Path, **settings: str):
        self.state_dir = folder / "state"
        modules = folder / "modules"
        for name in ("probe-one", "probe-two"):
            package = modules / f"wactorz_{name.replace('-', '_')}"
            package.mkdir(parents=True)
            (package / "__init__.py").write_text("")
            (package / "__main__.py").write_text(SERVICE.format(name=name))
        self.env = {
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
            "PYTHONPATH": str(modules),
            "WACTORZ_STATE_DIR": str(self.state_dir),
            "WACTORZ_SERVICES": "monitor,probe-one,probe-two",
            "WACTORZ_HTTP_PORT": str(free_port()),
            "WACTORZ_SECRET_TOKEN": "canary-of-the-environment",
            **settings,
        }

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "wactorz_edge", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, timeout=100, check=False
        )

    def record(self) -> dict:
        return json.loads((self.state_dir / "run" / "processes.json").read_text())

    def pids(self) -> dict[str, int]:
        record = self.record()
        found = {name: item["pid"] for name, item in record["processes"].items()}
        return {**found, "runner": record["runner"]["pid"]}

    def is_serving(self, name: str) -> bool:
        record = self.record()
        if name == "runner":
            return bool(record["runner"]["pid"]) and Path(f"/proc/{record['runner']['pid']}").exists()
        return record["processes"][name]["ready_at"] > 0

    def wait(self, condition, seconds: float = 20.0):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def wait_replaced(self, name: str, old: int, seconds: float = 20.0) -> int:
        self.wait(lambda: self.pids()[name] not in (0, old) and self.is_serving(name), seconds)
        return self.pids()[name]

    def log(self) -> str:
        return (self.state_dir / "logs" / "runner.log").read_text()[-3000:]

    def client(self) -> aiomqtt.Client:
        port = json.loads((self.state_dir / "node.json").read_text())["ports"]["broker"]
        password = (self.state_dir / "secrets" / "mqtt_password").read_text()
        return aiomqtt.Client(
            "127.0.0.1",
            port,
            identifier=f"test-{os.urandom(4).hex()}",
            username="wactorz",
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5,
        )


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    system = System(tmp_path_factory.mktemp("system"), WACTORZ_RESTART_LIMIT="20")
    started = system.run("up", "-d")
    assert started.returncode == 0, started.stderr
    yield system
    stopped = system.run("down")
    assert stopped.returncode == 0, stopped.stderr


@pytest.fixture
def quick_system(tmp_path):
    system = System(tmp_path, WACTORZ_HEARTBEAT_SECONDS="1")
    started = system.run("up", "-d")
    assert started.returncode == 0, started.stderr
    yield system
    system.run("down")


@pytest.mark.parametrize("victim", ["probe-one", "monitor", "broker", "fork-server", "runner"])
def test_what_is_killed_is_back_and_the_others_are_untouched(system, victim):
    before = system.pids()
    os.kill(before[victim], signal.SIGKILL)
    after_pid = system.wait_replaced(victim, before[victim])
    time.sleep(0.5)
    after = system.pids()
    assert after == {**before, victim: after_pid}
    assert all(Path(f"/proc/{pid}").exists() for pid in after.values())


def test_a_service_that_died_while_the_runner_was_away_is_started_again(system):
    before = system.pids()
    os.kill(before["runner"], signal.SIGSTOP)
    os.kill(before["probe-two"], signal.SIGKILL)
    os.kill(before["runner"], signal.SIGKILL)
    runner = system.wait_replaced("runner", before["runner"])
    service = system.wait_replaced("probe-two", before["probe-two"])
    assert system.pids() == {**before, "runner": runner, "probe-two": service}


def test_services_can_be_started_after_fork_server_and_runner_died_together(system):
    before = system.pids()
    for victim in ("runner", "fork-server", "probe-one"):
        os.kill(before[victim], signal.SIGKILL)
    for victim in ("runner", "fork-server", "probe-one"):
        system.wait_replaced(victim, before[victim])
    after = system.pids()
    assert {name: after[name] for name in ("broker", "monitor", "probe-two")} == {
        name: before[name] for name in ("broker", "monitor", "probe-two")
    }


def test_no_process_shows_a_secret_in_its_environment(system):
    for name, pid in system.pids().items():
        if name == "runner":
            continue
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"canary-of-the-environment" not in environment, name
        assert b"MQTT_PASSWORD=" not in environment, name


def test_processes_are_named_after_their_service(system):
    pid = system.pids()["probe-one"]
    assert Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0") == b"wactorz: probe-one"


def test_a_second_up_is_refused(system):
    refused = system.run("up", "-d")
    assert refused.returncode != 0
    assert "already runs here" in refused.stderr
    assert "wactorz down" in refused.stderr


async def test_a_stopped_process_is_noticed_as_a_hang_and_restarted(quick_system):
    before = quick_system.pids()
    async with quick_system.client() as client:
        await client.subscribe("agents/+/alert")
        os.kill(before["probe-one"], signal.SIGSTOP)
        async with asyncio.timeout(20):
            async for message in client.messages:
                alert = json.loads(message.payload)
                if alert["name"] == "probe-one":
                    break
    assert "hangs" in alert["message"]
    await asyncio.to_thread(quick_system.wait_replaced, "probe-one", before["probe-one"])
    assert quick_system.pids() == {**before, "probe-one": quick_system.pids()["probe-one"]}


def test_a_hung_monitor_is_restarted_by_the_runner(quick_system):
    before = quick_system.pids()
    os.kill(before["monitor"], signal.SIGSTOP)
    monitor = quick_system.wait_replaced("monitor", before["monitor"])
    assert quick_system.pids() == {**before, "monitor": monitor}


async def test_a_crash_loop_ends_in_quarantine_at_the_sixth_death(quick_system):
    before = quick_system.pids()
    async with quick_system.client() as client:
        await client.subscribe("agents/+/alert")
        await client.subscribe("nodes/local/events")
        for _ in range(5):
            old = quick_system.pids()["probe-two"]
            os.kill(old, signal.SIGKILL)
            await asyncio.to_thread(quick_system.wait_replaced, "probe-two", old)
        os.kill(quick_system.pids()["probe-two"], signal.SIGKILL)
        deaths, alert = 0, None
        async with asyncio.timeout(20):
            async for message in client.messages:
                payload = json.loads(message.payload)
                deaths += payload.get("kind") == "died"
                if "quarantine" in payload.get("message", ""):
                    alert = payload
                    break
    assert deaths == 6
    assert alert["name"] == "probe-two"
    assert alert["severity"] == "critical"
    assert quick_system.record()["processes"]["probe-two"]["state"] == "quarantined"
    after = quick_system.pids()
    assert after["probe-two"] == 0
    assert {**after, "probe-two": 1} == {**before, "probe-two": 1}


async def test_a_quarantine_is_released_on_request(quick_system):
    for _ in range(5):
        old = quick_system.pids()["probe-two"]
        os.kill(old, signal.SIGKILL)
        await asyncio.to_thread(quick_system.wait_replaced, "probe-two", old)
    last = quick_system.pids()["probe-two"]
    os.kill(last, signal.SIGKILL)
    await asyncio.to_thread(
        quick_system.wait, lambda: quick_system.record()["processes"]["probe-two"]["state"] == "quarantined"
    )
    async with quick_system.client() as client:
        await client.publish("nodes/local/restart_agent", json.dumps({"name": "probe-two"}), qos=1)
    await asyncio.to_thread(quick_system.wait_replaced, "probe-two", last)
    assert quick_system.pids()["probe-two"] not in (0, last)


async def test_a_persons_stop_is_respected(quick_system):
    before = quick_system.pids()
    async with quick_system.client() as client:
        await client.publish("nodes/local/stop", json.dumps({"name": "probe-one"}), qos=1)
        await asyncio.to_thread(quick_system.wait, lambda: quick_system.pids()["probe-one"] == 0)
        os.kill(before["runner"], signal.SIGKILL)
        await asyncio.to_thread(quick_system.wait_replaced, "runner", before["runner"])
        await asyncio.sleep(1)
        assert quick_system.pids()["probe-one"] == 0
        await client.publish("nodes/local/restart_agent", json.dumps({"name": "probe-one"}), qos=1)
    await asyncio.to_thread(quick_system.wait_replaced, "probe-one", before["probe-one"])


def test_ctrl_c_in_the_foreground_stops_everything(tmp_path):
    system = System(tmp_path)
    process = subprocess.Popen(
        system.command("up"), env=system.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Wactorz is ready" in line:
            break
    pids = system.pids()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, [*lines, rest]
    assert sum("ready after" in line for line in lines) == 5
    assert not [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]
    nothing = system.run("down")
    assert nothing.returncode == 0
    assert "Nothing runs here" in nothing.stdout


def test_a_killed_launcher_leaves_the_system_running_and_down_still_stops_it(tmp_path):
    system = System(tmp_path)
    assert system.run("up", "-d").returncode == 0
    launcher = json.loads((system.state_dir / "run" / "lock").read_text())["pid"]
    pids = system.pids()
    os.kill(launcher, signal.SIGKILL)
    assert "already runs here" in system.run("up", "-d").stderr
    assert system.pids() == pids
    assert system.run("down").returncode == 0
    system.wait(lambda: not [pid for pid in pids.values() if Path(f"/proc/{pid}").exists()])


def test_what_a_killed_launcher_and_runner_left_is_taken_over(tmp_path):
    system = System(tmp_path)
    assert system.run("up", "-d").returncode == 0
    launcher = json.loads((system.state_dir / "run" / "lock").read_text())["pid"]
    before = system.pids()
    os.kill(launcher, signal.SIGKILL)
    os.kill(before["runner"], signal.SIGKILL)
    again = system.run("up", "-d")
    assert again.returncode == 0, again.stderr
    after = system.pids()
    assert after == {**before, "runner": after["runner"]}
    assert system.run("down").returncode == 0


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        system = System(tmp_path, WACTORZ_SERVICES="gateway", WACTORZ_HTTP_PORT=str(port))
        refused = system.run("up", "-d")
    assert refused.returncode != 0
    assert refused.stderr.strip().splitlines() == [refused.stderr.strip()]
    assert f"Port {port}" in refused.stderr
    assert "WACTORZ_HTTP_PORT" in refused.stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mqtt://127.0.0.1:1", "cannot be reached"),
        ("http://127.0.0.1:1883", "WACTORZ_MQTT_URL must look like"),
    ],
)
def test_a_broker_that_cannot_be_used_is_one_sentence(tmp_path, url, words):
    refused = System(tmp_path, WACTORZ_MQTT_URL=url).run("up", "-d")
    assert refused.returncode != 0
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_broker_password_is_one_sentence(system, tmp_path):
    port = json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"]
    refused = System(tmp_path, WACTORZ_MQTT_URL=f"mqtt://wactorz:wrong@127.0.0.1:{port}").run("up", "-d")
    assert refused.returncode != 0
    assert "refuses the user name or password" in refused.stderr
    assert "wrong" not in refused.stderr


def test_an_unusable_state_folder_is_one_sentence(tmp_path):
    system = System(tmp_path)
    system.state_dir.write_text("in the way")
    for words in (("up",), ("up", "-d")):
        refused = system.run(*words)
        assert refused.returncode != 0
        assert "WACTORZ_STATE_DIR" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("victim", ["broker", "fork-server"])
def test_a_frozen_broker_or_fork_server_is_replaced(system, victim):
    before = system.pids()
    os.kill(before[victim], signal.SIGSTOP)
    if victim == "fork-server":
        os.kill(before["probe-one"], signal.SIGKILL)
        system.wait_replaced("probe-one", before["probe-one"], seconds=30)
    system.wait_replaced(victim, before[victim], seconds=30)
    after = system.pids()
    assert {name: after[name] for name in ("monitor", "probe-two", "runner")} == {
        name: before[name] for name in ("monitor", "probe-two", "runner")
    }
