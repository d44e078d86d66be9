import subprocess
import sys
import time

import pytest

from wactorz_common.healthcheck import main, note, problem


def test_an_agent_that_beats_is_alive(tmp_path):
    note(tmp_path / "health", 22)
    assert main([str(tmp_path / "health")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["health"]


def test_silence_is_told(tmp_path, capsys):
    note(tmp_path / "health", -5)
    assert main([str(tmp_path / "health")]) == 1
    assert "silent for 5 s" in capsys.readouterr().out


def test_an_agent_that_never_beat_is_not_alive(tmp_path, capsys):
    assert main([str(tmp_path / "health")]) == 1
    assert "No heartbeat yet" in capsys.readouterr().out
    assert main([]) == 1


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e300"])
def test_a_file_without_a_time_is_no_sign_of_life(text):
    assert problem(text, time.time())


def test_the_check_loads_next_to_nothing():
    code = "import sys, wactorz_common.healthcheck; print(sorted({'pydantic', 'asyncio', 'gmqtt'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
