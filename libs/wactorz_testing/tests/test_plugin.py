import os
import subprocess
import sys
from pathlib import Path

MODULE = """
import pytest

@pytest.mark.broker
def test_live():
    raise AssertionError

def test_still():
    raise AssertionError

def test_good():
    pass
"""


def test_what_failed_is_listed_with_whether_it_is_live_and_only_that_runs_again(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\nmarkers = ['broker']\n")
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['wactorz_testing.plugin']\n")
    (tmp_path / "test_it.py").write_text(MODULE)
    listed = tmp_path / "failed"
    command = [sys.executable, "-m", "pytest", "-q", f"--failed-to={listed}", str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    for ci, more, runs in (("true", ["-n1"], 1), ("", [], 0)):
        done = subprocess.run(
            [*command, *more], cwd=tmp_path, env={**env, "CI": ci}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done.stdout
        assert f"{runs} rerun" in done.stdout or not runs
        assert sorted(listed.read_text().splitlines()) == ["live test_it.py::test_live", "still test_it.py::test_still"]
    (tmp_path / "test_other.py").write_text("def test_other():\n    raise AssertionError\n")
    done = subprocess.run(
        [*command, f"--again={listed}"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert "2 failed, 1 passed, 1 deselected" in done.stdout
