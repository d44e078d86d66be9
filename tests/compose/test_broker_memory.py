"""The broker's own count of its memory, which its plug-in for accounts leads astray, does not turn people away."""

import json
import queue
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.compose.conftest import ROOT
from wactorz_testing.broker import free_port
from wactorz_testing.system import eventually

pytestmark = pytest.mark.broker

PLUGINS = sorted(Path("/usr/lib").glob("**/mosquitto_dynamic_security.so"))
CONTROL = "$CONTROL/dynamic-security/v1"
ROUNDS = 60


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A broker on this machine with the settings that it has in a container."""
    if not PLUGINS:
        pytest.skip("Mosquitto's dynamic security plug-in is not installed")
    port, accounts = free_port(), tmp_path / "accounts.json"
    subprocess.run(
        ["mosquitto_ctrl", "dynsec", "init", str(accounts), "admin", "admin-password"], check=True, capture_output=True
    )
    common, own = tmp_path / "common", (ROOT / "infra/mosquitto/compose.conf").read_text()
    common.mkdir()
    (common / "mosquitto.conf").symlink_to(ROOT / "edge/src/wactorz_edge/mosquitto.conf")
    lines = [line for line in own.splitlines() if not line.startswith(("include_dir", "persistence_location"))]
    here = {"listener 1883": f"listener {port} 127.0.0.1", "listener 1884": f"listener {free_port()} 127.0.0.1"}
    text = "\n".join([f"include_dir {common}", *(here.get(line, line) for line in lines)])
    plugin = f"user root\nplugin {PLUGINS[0]}\nplugin_opt_config_file {accounts}\npersistence_location {tmp_path}/\n"
    (tmp_path / "broker.conf").write_text(f"{text}\n{plugin}")
    with subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(tmp_path / "broker.conf")]) as process:
        try:
            yield port
        finally:
            process.terminate()


class Administrator:
    """Makes and removes accounts."""

    def __init__(self, port: int) -> None:
        self._answers: queue.Queue[dict[str, object]] = queue.Queue()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="admin")
        self.client.username_pw_set("admin", "admin-password")
        self.client.on_message = lambda *arguments: self._answers.put(json.loads(arguments[2].payload))
        eventually(lambda: self.client.connect("127.0.0.1", port) == 0, 10, "the broker")
        self.client.loop_start()
        self.client.subscribe(f"{CONTROL}/response", 1)

    def ask(self, *commands: dict[str, object]) -> dict[str, object]:
        self.client.publish(CONTROL, json.dumps({"commands": commands}), 1)
        try:
            return self._answers.get(timeout=5)
        except queue.Empty:
            pytest.fail("the broker does not answer")


def test_accounts_come_and_go_and_the_broker_stays(port: int) -> None:
    administrator = Administrator(port)
    rights = [
        {"acltype": "publishClientSend", "topic": f"agents/{one}", "priority": 0, "allow": True} for one in range(40)
    ]
    try:
        for number in range(ROUNDS):
            role, user = f"role-{number}", f"user-{number}"
            administrator.ask(
                {"command": "createRole", "rolename": role, "acls": rights},
                {"command": "createClient", "username": user, "password": "p" * 64, "clientid": user,
                 "roles": [{"rolename": role}]},
            )  # fmt: skip
            administrator.ask(
                {"command": "deleteClient", "username": user}, {"command": "deleteRole", "rolename": role}
            )
    finally:
        administrator.client.loop_stop()
