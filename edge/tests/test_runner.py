"""What the runner decides before it starts anything."""

import os
import socket
import subprocess
import sys

import pytest

from wactorz_common.errors import ConfigError
from wactorz_edge import procfs, record, runner, stack
from wactorz_edge.broker import BrokerPlan
from wactorz_edge.identity import NodeIdentity
from wactorz_edge.layout import Layout
from wactorz_edge.settings import EdgeSettings


def make_previous(alive=True, phase="ready"):
    me = procfs.identify(os.getpid())
    start = me["start"] if alive else me["start"] + 1
    processes = {"llm": record.ProcessRecord("llm", pid=me["pid"], start=start)}
    return record.NodeRecord(runner={"pid": 1, "start": 1}, phase=phase, started_at=5.0, processes=processes)


@pytest.mark.parametrize(("phase", "after"), [("ready", "ready"), ("starting", "starting"), ("stopping", "starting")])
def test_a_runner_goes_on_where_the_dead_one_was(phase, after):
    node = runner._fresh(make_previous(phase=phase))
    assert (node.phase, node.started_at) == (after, 5.0)
    assert node.runner == procfs.identify(os.getpid())
    assert "llm" in node.processes


@pytest.mark.parametrize("previous", [None, make_previous(alive=False)])
def test_with_nothing_alive_it_begins_anew(previous):
    node = runner._fresh(previous)
    assert node.phase == "starting"
    assert node.processes == {}
    assert node.boot == procfs.boot_id()


@pytest.fixture
def layout(tmp_path, monkeypatch):
    layout = Layout(tmp_path)
    assert layout.prepare() == ""
    monkeypatch.setattr(stack, "is_installed", lambda name: True)
    monkeypatch.setattr(runner.broker, "choose", lambda *_: BrokerPlan(BROKER, layout.node_file))
    return layout


BROKER = runner.broker.Broker("127.0.0.1", 1)


def plan(layout, node=None, **settings):
    settings = EdgeSettings().model_copy(update={"http_port": 18765, **settings})
    return [unit.name for unit in runner._plan(settings, layout, node or record.NodeRecord(), NodeIdentity("id"))[1]]


def test_the_demo_home_belongs_to_it_unless_a_home_is_configured(layout):
    assert "demo-home" in plan(layout)
    assert (layout.state_dir / "demo-home" / "token").stat().st_mode & 0o777 == 0o600
    assert "demo-home" not in plan(layout, ha_url="http://home.example")
    assert "demo-home" not in plan(layout, services="monitor")


def test_a_taken_port_is_refused_unless_our_own_gateway_holds_it(layout):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} .*WACTORZ_HTTP_PORT"):
            plan(layout, http_port=port)
        ours = record.NodeRecord(processes={"gateway": record.ProcessRecord("gateway", **procfs.identify(os.getpid()))})
        assert "gateway" in plan(layout, ours, http_port=port)
        assert "monitor" in plan(layout, http_port=port, services="monitor")


def test_a_wrong_setting_ends_it_with_one_sentence_on_record(tmp_path):
    layout = Layout(tmp_path)
    layout.prepare()
    env = {**os.environ, "WACTORZ_STATE_DIR": str(tmp_path), "WACTORZ_HTTP_PORT": "eighty"}
    command = [sys.executable, "-m", "wactorz_edge.runner"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 78
    assert "Traceback" not in done.stderr
    assert "WACTORZ_HTTP_PORT" in record.read(layout.record_file).problem
