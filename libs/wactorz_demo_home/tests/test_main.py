import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from wactorz_demo_home.__main__ import main


def make_environment(tmp_path, **more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WACTORZ_", "COV"))}
    return {**kept, "WACTORZ_STATE_DIR": str(tmp_path), "WACTORZ_DEMO_HOME_TOKEN": "t", **more}


def start(tmp_path, **more):
    command = [sys.executable, "-m", "wactorz_demo_home"]
    process = subprocess.Popen(command, env=make_environment(tmp_path, **more), stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "ready" in line:
            return process, (tmp_path / "demo-home" / "url").read_text().strip()
    raise AssertionError("the demo home did not start")


def ask(url, path, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url + path, data, {"Authorization": "Bearer t"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def test_a_killed_house_comes_back_as_it_was(tmp_path):
    log = tmp_path / "calls.jsonl"
    process, url = start(tmp_path, WACTORZ_DEMO_HOME_CALL_LOG=str(log))
    ask(url, "/api/services/light/turn_on", {"entity_id": "light.office_light", "brightness": 42})
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    process, again = start(tmp_path, WACTORZ_DEMO_HOME_CALL_LOG=str(log))
    assert again == url
    assert ask(url, "/api/states/light.office_light")["attributes"]["brightness"] == 42
    assert len(log.read_text().splitlines()) == 1
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stderr.close()


def test_a_taken_port_ends_it_with_a_sentence(tmp_path, monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path))
        with pytest.raises(SystemExit) as ended:
            main(["--port", str(other.getsockname()[1])])
    assert ended.value.code == os.EX_UNAVAILABLE
    assert "is taken by another program" in capsys.readouterr().err


def test_a_wrong_setting_ends_it_with_a_sentence(monkeypatch, capsys):
    monkeypatch.setenv("WACTORZ_DEMO_HOME_PORT", "many")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == os.EX_CONFIG
    assert "The setting port of the demo home is wrong" in capsys.readouterr().err
