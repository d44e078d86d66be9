"""How a node is put together."""

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ConfigError, Refused
from wactorz_edge import hosting
from wactorz_edge.contained import ContainerExecutor
from wactorz_edge.layout import Layout
from wactorz_edge.ledger import Ledger
from wactorz_edge.record import NodeRecord
from wactorz_edge.settings import NodeSettings
from wactorz_edge.supervisor import Supervisor

URL = "http://docker-create:2375"


def make_settings(**fields):
    return NodeSettings().model_copy(update=fields)


@pytest.mark.parametrize(
    ("fields", "install", "kind"),
    [
        ({}, (), "shared"),
        ({}, ("numpy",), "process"),
        ({"docker_url": URL}, (), "docker"),
        ({"docker_url": URL}, ("numpy",), "docker"),
        ({"docker_url": URL, "isolation": "shared"}, (), "shared"),
        ({"docker_url": URL, "isolation": "shared"}, ("numpy",), "docker"),
        ({"docker_url": URL, "isolation": "container"}, (), "docker"),
    ],
)
def test_what_an_agent_runs_in(fields, install, kind):
    assert hosting.choose(make_settings(**fields), SpawnSpec(name="probe", install=install)) == kind


def test_containers_without_an_engine_are_refused_with_the_setting():
    with pytest.raises(Refused, match="WACTORZ_NODE_DOCKER_URL"):
        hosting.choose(make_settings(isolation="container"), SpawnSpec(name="probe"))


def test_without_the_host_package_nothing_can_be_hosted(monkeypatch):
    monkeypatch.setattr(hosting, "find_spec", lambda _: None)
    with pytest.raises(Refused, match="not installed"):
        hosting.choose(make_settings(), SpawnSpec(name="probe"))


def test_the_sandbox_is_given_no_secret(tmp_path):
    given = {
        "PATH": "/bin", "TZ": "UTC", "MQTT_PASSWORD": "x", "WACTORZ_NODE_SECRET": "x", "ANTHROPIC_API_KEY": "x",
        "WACTORZ_MONITOR_SIGNING_KEY_FILE": "x", "WACTORZ_LOG_LEVEL": "DEBUG", "WACTORZ_MQTT_URL": "mqtt://a:x@b",
        "WACTORZ_DYNAMIC_WHEELS": "/wheels",
    }  # fmt: skip
    env = hosting.host_environment(Layout(tmp_path), make_settings(node="garage"), given)
    assert env == {
        "PATH": "/bin", "TZ": "UTC", "WACTORZ_LOG_LEVEL": "DEBUG", "WACTORZ_STATE_DIR": str(tmp_path),
        "WACTORZ_NODE": "garage", "WACTORZ_DYNAMIC_WHEELS": "/wheels",
    }  # fmt: skip


def test_the_keys_lie_where_the_monitor_leaves_them_unless_they_are_named(tmp_path):
    layout = Layout(tmp_path)
    assert hosting.key_path(make_settings(), layout) == tmp_path / "secrets" / "spawn-key.pub"
    assert hosting.key_path(make_settings(trusted_keys_file=tmp_path / "k"), layout) == tmp_path / "k"


async def build(tmp_path, **fields):
    layout = Layout(tmp_path)
    layout.prepare()
    settings = make_settings(**fields)
    supervisor = Supervisor((), NodeRecord(), layout, settings.policy, "local")
    bus = Bus(Identity("local", "id", 1, "c"), Broker("127.0.0.1", 1), None)
    link = hosting.build(settings, layout, supervisor, bus, bus.broker, Ledger(hosting.ledger_path(layout)))
    return link, supervisor


async def test_nothing_runs_before_an_agent_comes(tmp_path):
    link, supervisor = await build(tmp_path)
    await link.guests.start()
    assert supervisor.processes == {}
    assert set(link.guests._executors) == {"shared", "process"}
    await link.stop()


@pytest.mark.parametrize(("allowed", "problem"), [(False, "WACTORZ_ALLOW_PROCESS_AGENTS=1"), (True, "")])
async def test_packages_need_containers_or_permission(tmp_path, allowed, problem):
    link, _ = await build(tmp_path, allow_process_agents=allowed)
    found = link._policy.problem(SpawnSpec(name="probe", agent_id="id-1", install=("numpy",)))
    assert (problem in found) if problem else found == ""


async def test_with_an_engine_there_are_containers(tmp_path):
    link, _ = await build(tmp_path, docker_url=URL, warm_slots=1)
    assert isinstance(link.guests._executors["docker"], ContainerExecutor)
    assert link._policy.packages == ""
    await link.guests._executors["docker"]._engine.close()
    with pytest.raises(ConfigError, match="wactorz_docker_proxy"):
        await build(tmp_path, docker_url="unix:///var/run/docker.sock")
