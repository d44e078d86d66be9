"""Broker accounts of spawned agents, with Mosquitto's dynamic security."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from wactorz_common.accounts import guest_client_id, guest_password, guest_user
from wactorz_common.bus import Broker
from wactorz_common.contracts.spawning import Grants
from wactorz_common.store import Store
from wactorz_monitor.accounts import BrokerAccounts
from wactorz_monitor.audit import Audit
from wactorz_monitor.dynsec import DynamicSecurity
from wactorz_monitor.spawn_registry import Entry
from wactorz_testing.broker import TestBroker, free_port

pytestmark = pytest.mark.broker

PLUGINS = (
    "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so", "/usr/lib/aarch64-linux-gnu/mosquitto_dynamic_security.so",
    "/usr/lib/mosquitto_dynamic_security.so",
)  # fmt: skip
SECRET = "the-node-secret"
DENY = [
    {"acltype": kind, "allow": kind == "unsubscribe"}
    for kind in ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe")
]


class SecuredBroker(TestBroker):
    """A Mosquitto that knows nobody but the administrator."""

    def start(self) -> None:
        plugin = next((path for path in PLUGINS if Path(path).exists()), None)
        if plugin is None:
            pytest.skip("Mosquitto's dynamic security plug-in is not installed")
        accounts = self.folder / "accounts.json"
        if not accounts.exists():
            subprocess.run(
                ["mosquitto_ctrl", "dynsec", "init", str(accounts), "admin", "admin-password"],
                check=True,
                capture_output=True,
            )
        accounts.chmod(0o666)
        self.folder.chmod(0o777)
        for parent in self.folder.parents:
            if str(parent).startswith("/tmp/"):
                parent.chmod(0o755)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\nuser root\nplugin {plugin}\n"
            f"plugin_opt_config_file {accounts}\n"
        )
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(config)], stdout=log, stderr=log)
        self._wait()


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[SecuredBroker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = SecuredBroker(folder, free_port())
    broker.start()
    yield broker
    broker.end()


@pytest.fixture
async def accounts(secured: SecuredBroker, tmp_path: Path):
    (tmp_path / "nodes").mkdir()
    (tmp_path / "nodes" / "local").write_text(SECRET + "\n")
    store = Store(tmp_path / "state.db")
    store.open()
    audit = Audit(store, 1)
    await audit.prepare()
    made = make_accounts(secured, store, tmp_path, audit)
    await made.start()
    await made._dynsec.do({"command": "setDefaultACLAccess", "acls": DENY})
    yield made
    await made.stop()
    await store.close()


def make_accounts(broker: TestBroker, store: Store, folder: Path, audit: Audit) -> BrokerAccounts:
    admin = Broker(broker.host, broker.port, "admin", "admin-password")
    return BrokerAccounts(DynamicSecurity(admin, "wactorz-srv-test-accounts"), store, folder / "nodes", audit)


def make_entry(name: str = "watcher", **grants: Any) -> Entry:
    spec = {"name": name, "type": "dynamic", "grants": Grants(**grants).to_wire()}
    return Entry(name, f"20260101T000000.0000Z-{name}", spec, "local")


def login(broker: TestBroker, entry: Entry, **changes: str) -> aiomqtt.Client:
    given = {
        "username": guest_user(entry.name), "password": guest_password(SECRET, entry.agent_id),
        "identifier": guest_client_id(entry.name), **changes,
    }  # fmt: skip
    return aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5, **given)


async def hears(broker: TestBroker, entry: Entry, topic: str) -> bool:
    """Whether a message that this agent sends itself on a topic comes back."""
    async with login(broker, entry) as client:
        try:
            await client.subscribe(topic, 1)
        except aiomqtt.MqttError:
            return False
        await client.publish(topic, b"x", 1)
        try:
            async with asyncio.timeout(0.5):
                async for _message in client.messages:
                    return True
        except TimeoutError:
            return False
    return False


async def test_an_agent_logs_in_with_the_derived_password_and_its_own_client_id_only(secured, accounts):
    entry = make_entry()
    with pytest.raises(aiomqtt.MqttError):
        async with login(secured, entry):
            pass
    await accounts.ensure(entry, "local")
    async with login(secured, entry):
        pass
    for changes in ({"password": "x"}, {"identifier": "another"}, {"username": "agent-other"}):
        with pytest.raises(aiomqtt.MqttError):
            async with login(secured, entry, **changes):
                pass


async def test_it_may_use_its_own_topics_the_free_ones_and_what_was_granted(secured, accounts):
    entry = make_entry(publish=("plants/+/water",), subscribe=("plants/+/water",))
    await accounts.ensure(entry, "local")
    assert await hears(secured, entry, "custom/x")
    assert await hears(secured, entry, "plants/fern/water")
    assert not await hears(secured, entry, "plants/fern/light")
    assert not await hears(secured, entry, "nodes/local/spawn")
    assert not await hears(secured, entry, "agents/by-name/monitor/task")
    assert not await hears(secured, entry, "$CONTROL/dynamic-security/v1")


async def test_an_unchanged_account_is_left_alone_and_a_changed_one_is_mended(secured, accounts):
    entry = make_entry()
    await accounts.ensure(entry, "local")
    async with login(secured, entry) as client:
        await accounts.ensure(entry, "local")
        await client.publish("custom/x", b"still here", 1)
    wider = make_entry(subscribe=("plants/#",), publish=("plants/#",))
    assert not await hears(secured, wider, "plants/x")
    await accounts.ensure(wider, "local")
    assert await hears(secured, wider, "plants/x")


async def test_what_the_broker_forgot_is_made_again(secured, accounts):
    entry = make_entry()
    await accounts.ensure(entry, "local")
    await accounts._dynsec.do({"command": "deleteClient", "username": guest_user(entry.name)})
    await accounts.ensure(entry, "local")
    async with login(secured, entry):
        pass


async def test_a_moved_agent_gets_the_password_of_its_new_node(secured, accounts, tmp_path):
    (tmp_path / "nodes" / "pi").write_text("another-secret")
    entry = make_entry()
    await accounts.ensure(entry, "local")
    await accounts.ensure(entry, "pi")
    async with login(secured, entry, password=guest_password("another-secret", entry.agent_id)):
        pass
    with pytest.raises(aiomqtt.MqttError):
        async with login(secured, entry):
            pass


async def test_a_deleted_agent_is_cut_off_and_its_account_is_gone(secured, accounts):
    entry = make_entry()
    await accounts.ensure(entry, "local")
    async with login(secured, entry) as client:
        await accounts.drop(entry.name)
        async with asyncio.timeout(3):
            with pytest.raises(aiomqtt.MqttError):
                await anext(aiter(client.messages))
    with pytest.raises(aiomqtt.MqttError):
        async with login(secured, entry):
            pass
    client, role = await accounts._dynsec.ask(
        {"command": "getClient", "username": guest_user(entry.name)},
        {"command": "getRole", "rolename": guest_user(entry.name)},
    )
    assert client["error"]
    assert role["error"]
    await accounts.drop(entry.name)


async def test_accounts_of_agents_that_are_gone_are_swept_also_after_a_restart(secured, accounts, tmp_path):
    kept, gone = make_entry("kept"), make_entry("gone")
    await accounts.ensure(kept, "local")
    await accounts.ensure(gone, "local")
    await accounts.stop()
    again = make_accounts(secured, accounts._store, tmp_path, accounts._audit)
    await again.start()
    await again.sweep({"kept"})
    async with login(secured, kept):
        pass
    with pytest.raises(aiomqtt.MqttError):
        async with login(secured, gone):
            pass
    events = [(row["event"], row["agent"]) for row in await accounts._audit.rows()]
    assert ("account removed", "gone") in events
    await again.stop()


async def test_a_node_without_a_secret_is_named(secured, accounts):
    with pytest.raises(Exception, match=r"Node moon has no secret .* put the one of its node runner into"):
        await accounts.ensure(make_entry(), "moon")


async def test_the_accounts_file_holds_no_password(secured, accounts):
    entry = make_entry()
    await accounts.ensure(entry, "local")
    written = (secured.folder / "accounts.json").read_text()
    assert guest_user(entry.name) in written
    assert guest_password(SECRET, entry.agent_id) not in written
    assert json.loads(written)["clients"]
