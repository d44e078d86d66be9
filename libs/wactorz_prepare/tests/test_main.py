"""A real broker with the accounts that were made for it: who comes in, and what each may say and hear."""

import contextlib
import json
import shutil
import subprocess
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from wactorz_prepare.installation import ACCOUNTS, Installation
from wactorz_testing.broker import free_port

pytestmark = pytest.mark.broker

ROLES = json.loads((Path(__file__).parents[3] / "infra/mosquitto/roles.json").read_text())
PLUGINS = [
    *Path("/usr/lib").glob("mosquitto_dynamic_security.so"),
    *Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"),
]
LISTED = (
    "node pi a-long-password-pi\nobserver eye a-long-password-eye\nclient me a-long-password-me\n"
    "service mine a-long-password-mine\n"
)
BOTH = pytest.mark.parametrize("protocol", [mqtt.MQTTv5, mqtt.MQTTv311], ids=["v5", "v3.1.1"])


class Peer:
    """A client of the broker that remembers what it was told."""

    def __init__(self, broker, user, password, client_id="", protocol=mqtt.MQTTv5):
        self.heard, self.answers, self.granted, self.refused = [], [], [], []
        clean = {} if protocol == mqtt.MQTTv5 else {"clean_session": True}
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id or f"c-{user}", protocol=protocol, **clean
        )
        if user:
            self.client.username_pw_set(user, password)
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.answers.append(code.is_failure)
        self.client.on_message = lambda _c, _u, message: self.heard.append((message.topic, message.payload.decode()))
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self.granted.extend(
            not code.is_failure for code in codes
        )
        self.client.on_publish = lambda _c, _u, _m, code, _p: self.refused.append(code.is_failure)
        with contextlib.suppress(ConnectionError):
            self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        self.wait(lambda: self.answers)

    @property
    def is_in(self):
        return self.answers == [False]

    def wait(self, condition, seconds=30.0):
        until = time.monotonic() + seconds
        while not condition() and time.monotonic() < until:
            time.sleep(0.01)
        return condition()

    def subscribe(self, topic):
        self.granted.clear()
        self.client.subscribe(topic, 1)
        self.wait(lambda: self.granted)
        return self.granted == [True]

    def publish(self, topic, text="x"):
        self.refused.clear()
        self.client.publish(topic, text, 1)
        self.wait(lambda: self.refused)

    def leave(self):
        self.client.disconnect()


class Broker:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.made = folder / "made"
        for name in ("main", "llm", "monitor", "gateway", "node", "broker"):
            (self.made / name).mkdir(parents=True)
        self.prepare()
        lines = [
            f"listener {self.port} 127.0.0.1", "allow_anonymous false", "user root", f"plugin {PLUGINS[0]}",
            f"plugin_opt_config_file {self.made / 'broker' / ACCOUNTS}",
        ]  # fmt: skip
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.start()

    def start(self):
        binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        self.process = subprocess.Popen([binary, "-c", self.folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with (
                contextlib.suppress(OSError),
                contextlib.closing(__import__("socket").create_connection(("127.0.0.1", self.port))),
            ):
                return
            time.sleep(0.02)
        pytest.fail("mosquitto did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def prepare(self):
        return Installation(self.made, ROLES).prepare(LISTED)

    def password(self, name):
        return (self.made / name / "secrets/mqtt_password").read_text()

    def client_id(self, name):
        install = (self.made / name / "install-id").read_text()
        return ROLES["accounts"][name]["client_id"].format(install_id=install)

    def agent_id(self, name):
        return (self.made / name / "state" / name / "agent-id").read_text()


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    if not PLUGINS:
        pytest.skip("this Mosquitto comes without its dynamic security plug-in")
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def join(broker):
    peers = []

    def joined(user, password=None, client_id=None, protocol=mqtt.MQTTv5):
        if client_id is None:
            client_id = broker.client_id(user) if (broker.made / user).exists() else ""
        peers.append(Peer(broker, user, password or broker.password(user), client_id, protocol))
        return peers[-1]

    yield joined
    for peer in peers:
        peer.leave()


@BOTH
def test_strangers_are_refused(broker, protocol):
    for user, password in (("", ""), ("wactorz", "wactorz"), ("main", "wrong"), ("admin", "admin")):
        peer = Peer(broker, user, password, protocol=protocol)
        assert not peer.is_in, user
        peer.leave()


@BOTH
def test_an_account_serves_its_own_client_id_only(broker, join, protocol):
    assert join("main", protocol=protocol).is_in
    assert not join("main", client_id="somebody-else", protocol=protocol).is_in
    assert not join("main", client_id=broker.client_id("gateway"), protocol=protocol).is_in
    assert not join("llm", client_id=broker.client_id("main"), protocol=protocol).is_in


def test_the_ear_of_the_gateway_hears_for_browsers_and_says_nothing(broker, join):
    password = (broker.made / "gateway/secrets/ear_password").read_text()
    install = (broker.made / "gateway/install-id").read_text()
    ear = join("gateway-ear", password, f"wactorz-agent-{install}-gateway-live")
    assert ear.is_in
    assert not join("gateway-ear", password, "somebody-else").is_in
    assert not join("gateway-ear", broker.password("gateway"), f"wactorz-agent-{install}-gateway-live").is_in
    for topic in ROLES["accounts"]["gateway-ear"]["subscribe"]:
        assert ear.subscribe(topic), topic
    for topic in ("#", "agents/#", "agents/+/commands", "nodes/+/spawn", "system/vault_key", "$SYS/#", "main/#"):
        assert not ear.subscribe(topic), topic
    for topic in ("custom/forged", "system/health", "agents/by-name/main/task", "system/flows"):
        ear.publish(topic)
        assert ear.refused == [True], topic
    gateway = join("gateway")
    gateway.publish("system/flows", "who speaks")
    assert ear.wait(lambda: ("system/flows", "who speaks") in ear.heard)


def test_nobody_is_thrown_out_by_who_takes_the_client_id(broker, join):
    main = join("main")
    task = "agents/by-name/main/task"
    assert main.subscribe(task)
    for _ in range(10):
        thief = Peer(broker, "llm", broker.password("llm"), broker.client_id("main"))
        assert not thief.is_in
        thief.leave()
    join("gateway").publish(task, "still here?")
    assert main.wait(lambda: main.heard == [(task, "still here?")])


@BOTH
def test_a_service_neither_hears_nor_says_what_is_not_its_own(broker, join, protocol):
    llm, monitor, eye = join("llm", protocol=protocol), join("monitor"), join("eye", "a-long-password-eye")
    assert eye.subscribe("agents/+/+")
    assert eye.subscribe("system/#")
    foreign = ("agents/by-name/main/task", "agents/by-name/+/task", "#", "+/+/+", "$SYS/#", "$CONTROL/#",
               f"agents/{broker.agent_id('main')}/commands", "nodes/#")  # fmt: skip
    if protocol == mqtt.MQTTv5:
        assert [topic for topic in foreign if llm.subscribe(topic)] == []
    else:
        for topic in foreign:
            llm.subscribe(topic)
    monitor.publish("system/health", "real")
    for topic in (f"agents/{broker.agent_id('main')}/heartbeat", "system/health", "nodes/local/spawn",
                  f"agents/{broker.agent_id('main')}/commands", "$CONTROL/dynamic-security/v1"):  # fmt: skip
        llm.publish(topic, "forged")
        if protocol == mqtt.MQTTv5:
            assert llm.refused == [True], topic
    own = f"agents/{broker.agent_id('llm')}/heartbeat"
    llm.publish(own, "alive")
    join("gateway").publish("agents/by-name/main/task", "for main alone")
    assert eye.wait(lambda: (own, "alive") in eye.heard)
    assert ("system/health", "real") in eye.heard
    assert not [message for message in eye.heard if message[1] == "forged"]
    assert llm.heard == []


def test_only_the_monitor_has_agents_spawned(broker, join):
    node = join("node")
    assert node.subscribe("nodes/local/spawn")
    for name in ("main", "llm", "gateway"):
        peer = join(name)
        peer.publish("nodes/local/spawn", name)
        assert peer.refused == [True], name
    join("monitor").publish("nodes/local/spawn", "monitor")
    assert node.wait(lambda: node.heard == [("nodes/local/spawn", "monitor")])
    assert not node.subscribe("nodes/other/spawn")


def test_the_administrator_makes_accounts_and_nobody_else_does(broker, join):
    place = "$CONTROL/dynamic-security/v1"
    password = (broker.made / "monitor/secrets/dynsec_password").read_text()
    admin = join("monitor-accounts", password)
    assert admin.subscribe(f"{place}/response")
    role = {"command": "createRole", "rolename": "agent-helper", "acls": [
        {"acltype": "publishClientSend", "topic": "custom/#", "allow": True}]}  # fmt: skip
    client = {"command": "createClient", "username": "agent-helper", "password": "secret", "clientid": "c-agent-helper",
              "roles": [{"rolename": "agent-helper"}]}  # fmt: skip
    admin.publish(place, json.dumps({"commands": [role, client]}))
    assert admin.wait(lambda: len(admin.heard) > 0)
    assert "error" not in admin.heard[0][1]
    assert join("agent-helper", "secret").is_in
    monitor = join("monitor")
    monitor.publish(place, json.dumps({"commands": [{"command": "deleteClient", "username": "main"}]}))
    assert monitor.refused == [True]
    assert broker.prepare() == []
    broker.stop()
    broker.start()
    assert join("agent-helper", "secret").is_in
    assert join("main").is_in


def test_a_node_of_others_has_the_rights_of_the_wire_contract(broker, join):
    node = join("pi", "a-long-password-pi")
    assert node.subscribe("nodes/pi/#")
    assert not node.subscribe("nodes/local/#")
    for topic in ("nodes/pi/heartbeat", "agents/20261121T091530.0001Z-x/status", "main/llm_request"):
        node.publish(topic)
        assert node.refused == [False], topic
    for topic in ("nodes/local/spawn", "agents/x/commands", "agents/by-name/monitor/task", "system/health"):
        node.publish(topic)
        assert node.refused == [True], topic


def test_a_client_chats_and_gets_its_replies(broker, join):
    me, main = join("me", "a-long-password-me"), join("main")
    assert me.subscribe("agents/by-name/me/reply/1")
    assert not me.subscribe("agents/by-name/main/reply/+")
    me.publish("io/chat", "hello")
    assert me.refused == [False]
    main.publish("agents/by-name/me/reply/1", "hi")
    assert me.wait(lambda: me.heard == [("agents/by-name/me/reply/1", "hi")])


@pytest.mark.parametrize("kind", ["pi", "me", "mine"])
def test_no_account_of_others_writes_to_those_who_believe_what_a_task_says_of_its_sender(join, kind):
    other = join(kind, f"a-long-password-{kind}")
    for name in (
        "gateway",
        "home-assistant-actuator",
        "home-assistant-agent",
        "io-agent",
        "main",
        *(["monitor"] if kind != "me" else []),
        "notifier",
        "planner",
    ):
        for topic in (f"agents/by-name/{name}/task", f"agents/by-name/{name}/task/one-replica"):
            other.publish(topic, '{"action": "decide_approval", "_sender": "gateway", "decision": "approve"}')
            assert other.refused == [True], topic
    for name in ("owl", *(["monitor"] if kind == "me" else [])):
        other.publish(f"agents/by-name/{name}/task")
        assert other.refused == [False], name
    other.publish("agents/by-name/owl/task")
    assert other.refused == [False]


def test_a_node_of_others_does_not_overhear_what_people_decide(broker, join):
    node, gateway = join("pi", "a-long-password-pi"), join("gateway")
    assert node.subscribe("agents/#")
    for topic in ("agents/by-name/home-assistant-actuator/task", "agents/by-name/gateway/reply/1",
                  "agents/by-name/owl/task"):  # fmt: skip
        gateway.publish(topic, "said")
    assert node.wait(lambda: node.heard)
    assert node.heard == [("agents/by-name/owl/task", "said")]


def test_who_only_watches_says_nothing(join):
    eye = join("eye", "a-long-password-eye")
    for topic in ("io/chat", "custom/x", "agents/x/commands", "agents/by-name/main/task"):
        eye.publish(topic)
        assert eye.refused == [True], topic
    assert not eye.subscribe("agents/by-name/main/task")
