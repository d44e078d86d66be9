"""CI's own runner: lanes beside one another, what is told of them, what may be run a second time, and an early end."""

import importlib
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    return importlib.import_module("lanes")


@pytest.fixture
def plan(lanes: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> types.ModuleType:
    found = importlib.import_module("plan")
    monkeypatch.setattr(found, "LOGS", tmp_path / "logs")
    return found


def meeting(folder: Path, mine: str, other: str) -> list[str]:
    """A command that succeeds only while another one runs."""
    wait = (
        f"touch {folder}/{mine}; for _ in $(seq 300); do [[ -e {folder}/{other} ]] && exit 0; sleep 0.1; done; exit 1"
    )
    return ["bash", "-c", wait]


def test_lanes_run_side_by_side_and_a_failure_is_told_with_its_log(lanes: types.ModuleType, tmp_path: Path) -> None:
    told: list[str] = []
    first, second = lanes.Step("One", meeting(tmp_path, "a", "b")), lanes.Step("Two", meeting(tmp_path, "b", "a"))
    bad, needed = lanes.Step("Bad", ["bash", "-c", "echo why; exit 3"], needed=True), lanes.Step("After", ["true"])
    good = lanes.Lanes(tmp_path / "logs", told.append).run([first], [second], [bad, needed])
    assert not good
    assert (first.code, second.code, bad.code, needed.code) == (0, 0, 3, None)
    assert [line.split(" s ")[1] for line in told if line.startswith("== FAILED")] == ["Bad"]
    assert "why" in told
    assert [line.split()[0] for line in lanes.table([first, bad])] == ["ok", "FAILED"]
    assert lanes.table([needed])[0].startswith("not run")


def test_what_a_network_may_fail_is_tried_again(lanes: types.ModuleType, tmp_path: Path) -> None:
    once = f"[[ -e {tmp_path}/tried ]] && exit 0; touch {tmp_path}/tried; exit 1"
    step = lanes.Step("Fetch", ["bash", "-c", once], tries=2)
    assert lanes.Lanes(tmp_path / "logs", print).run([step])


def test_of_a_log_failures_are_shown_and_of_a_good_one_the_summary(lanes: types.ModuleType) -> None:
    log = ["..F [ 9%]", "=== FAILURES ===", "why", "=== short test summary info ===", "RERUN x", "1 failed in 2 s"]
    assert lanes.closing(log, failed=True) == log[1:]
    assert lanes.closing(log, failed=False) == log[3:]
    assert lanes.closing(["..", "", "2 passed"], failed=False)[-1] == "2 passed"


@pytest.mark.parametrize(
    ("failed", "code", "again"),
    [
        ("live a.py::x\nlive a.py::y\n", 1, True), ("live a.py::x\nstill a.py::y\n", 1, False), ("", 1, False),
        ("live a.py::x\n", 2, False), ("live a.py::x\n" * 16, 1, False),
    ],
)  # fmt: skip
def test_only_live_tests_and_only_a_few_are_run_a_second_time(
    plan: types.ModuleType, failed: str, code: int, again: bool
) -> None:
    step = plan.suite("tests", "test", "-n2", "--cov=x")
    step.failures.parent.mkdir(parents=True, exist_ok=True)
    step.failures.write_text(failed)
    step.code = code
    found = plan.second_run(step)
    assert (found is not None) == again
    if found:
        [listed] = [part.removeprefix("--again=") for part in found.command if part.startswith("--again=")]
        assert Path(listed).read_text() == failed
        assert not {"-n2", "--cov=x"} & set(found.command)


def test_what_passes_only_alone_is_named(
    plan: types.ModuleType,
    lanes: types.ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: Any,
) -> None:
    listed = tmp_path / "some.failed"
    script = f'[[ $* == *--again=* ]] && exit 0; echo "live a.py::x" >{listed}; exit 1'
    noisy = lanes.Step("Noisy", ["bash", "-c", script, "noisy"], failures=listed)
    monkeypatch.setattr(plan, "preparation", list)
    monkeypatch.setattr(plan, "lanes", lambda: [[noisy]])
    assert plan.run(lanes.Lanes(tmp_path / "logs", print))
    told = capsys.readouterr().out
    assert "repair them.\na.py::x" in told
    noisy = lanes.Step("Broken", ["bash", "-c", f'echo "still a.py::x" >{listed}; exit 1'], failures=listed)
    assert not plan.run(lanes.Lanes(tmp_path / "logs", print))
    assert "repair them" not in capsys.readouterr().out


def test_an_interrupted_run_ends_its_steps_with_their_children(lanes: types.ModuleType, tmp_path: Path) -> None:
    script = (
        "import signal, sys\nfrom pathlib import Path\nfrom lanes import Lanes, Step\n"
        f"signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\nrunner = Lanes(Path({str(tmp_path)!r}), print)\n"
        "try:\n    runner.run([Step('Long', ['bash', '-c', 'sleep 600 & echo $!; wait'])])\nfinally:\n    runner.stop()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / ".ci")}
    process = subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.DEVNULL)
    log = tmp_path / "long.log"
    until = time.monotonic() + 30
    while not (log.exists() and log.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.05)
    child = int(log.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143
    while lives(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not lives(child)


def lives(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
