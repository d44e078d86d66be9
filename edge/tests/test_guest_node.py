"""A node that only hosts agents, before there is a broker."""

import os
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "wactorz_edge.guest_node"]


def make_env(tmp_path, **fields):
    return {**os.environ, "WACTORZ_STATE_DIR": str(tmp_path / "state"), "MQTT_PORT": "1", **fields}


def test_it_lives_without_a_broker_says_so_and_ends_in_good_order(tmp_path):
    health = tmp_path / "health"
    env = make_env(tmp_path, WACTORZ_HEALTH_FILE=str(health), WACTORZ_HEARTBEAT_SECONDS="0.1")
    with subprocess.Popen(COMMAND, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as node:
        deadline = time.monotonic() + 30
        while not health.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        until = float(health.read_text())
        node.send_signal(signal.SIGTERM)
        assert node.wait(30) == 0, node.stdout.read()
    assert until > time.time() - 30
    assert (tmp_path / "state" / "node.db").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"MQTT_PORT": "many"}, "MQTT_PORT"),
        ({"WACTORZ_NODE_DOCKER_URL": "unix:///var/run/docker.sock"}, "wactorz_docker_proxy"),
        ({"WACTORZ_NODE_SECRET_FILE": "/nowhere"}, "WACTORZ_NODE_SECRET_FILE"),
        ({"WACTORZ_STATE_DIR": "/proc/none"}, "WACTORZ_STATE_DIR"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path, fields, words):
    env = make_env(tmp_path, **fields)
    done = subprocess.run(COMMAND, env=env, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 78
    assert words in done.stderr
    assert "Traceback" not in done.stderr
