"""The launcher; its life with a real system is tested in tests/integration."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wactorz_edge import launcher, procfs, record
from wactorz_edge.layout import Layout, acquire


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path))
    layout = Layout(tmp_path)
    assert layout.prepare() == ""
    return layout


def test_nothing_to_stop_is_said_and_no_failure(layout, capsys):
    assert launcher.down() == 0
    assert capsys.readouterr().out == "Nothing runs here\n"


def test_what_was_left_over_is_stopped(layout, capsys):
    child = subprocess.Popen(["sleep", "60"])
    processes = {"llm": record.ProcessRecord("llm", **procfs.identify(child.pid))}
    record.write(layout.record_file, record.NodeRecord(boot=procfs.boot_id(), processes=processes))
    assert launcher.down() == 0
    assert "Stopped 1 processes" in capsys.readouterr().out
    assert child.wait(30) == -15


@pytest.mark.parametrize("detach", [True, False])
def test_up_is_refused_where_it_already_runs(layout, capsys, detach):
    descriptor = acquire(layout)
    assert launcher.up(detach) == 1
    assert capsys.readouterr().err == (
        f"Wactorz already runs here (pid {os.getpid()}); `wactorz down` stops it\n"
    )  # fmt: skip
    os.close(descriptor)


def test_up_is_refused_where_the_kernel_cannot(layout, capsys, monkeypatch):
    monkeypatch.delattr(os, "pidfd_open")
    assert launcher.up() == 1
    assert "needs Linux 5.3" in capsys.readouterr().err


def test_an_unusable_folder_is_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path / "file"))
    assert launcher.up() == 1
    assert launcher.main() == 1
    assert "WACTORZ_STATE_DIR" in capsys.readouterr().err


def test_it_imports_nothing_large():
    code = "import sys, wactorz_edge.launcher; print(sorted({'pydantic', 'asyncio', 'gmqtt', 'structlog'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_runner_that_keeps_failing_is_started_again_until_a_person_stops_it(layout, tmp_path):
    """The runner is replaced by a broken one; the launcher goes on trying, and still obeys."""
    broken = tmp_path / "broken" / "wactorz_edge"
    broken.mkdir(parents=True)
    for module in Path(launcher.__file__).parent.glob("*.py"):
        if module.name != "runner.py":
            (broken / module.name).symlink_to(module)
    (broken / "runner.py").write_text(f"open({str(tmp_path / 'count')!r}, 'a').write('x'); raise SystemExit(1)")
    env = {**os.environ, "PYTHONPATH": str(broken.parent)}
    process = subprocess.Popen([sys.executable, "-m", "wactorz_edge.launcher"], env=env, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not (tmp_path / "count").exists() or (tmp_path / "count").stat().st_size < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_closed_terminal_stops_everything_in_good_order(layout, tmp_path):
    """The runner is replaced by one that tells how it was ended; nobody reads what the launcher prints."""
    told, folder = tmp_path / "told", tmp_path / "other" / "wactorz_edge"
    folder.mkdir(parents=True)
    for module in Path(launcher.__file__).parent.glob("*.py"):
        if module.name != "runner.py":
            (folder / module.name).symlink_to(module)
    (folder / "runner.py").write_text(
        "import pathlib, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        f"told = pathlib.Path({str(told)!r})\n"
        "told.write_text('runs')\n"
        "signal.sigwait({signal.SIGTERM})\n"
        "told.write_text('asked to stop')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(folder.parent)}
    process = subprocess.Popen([sys.executable, "-m", "wactorz_edge.launcher"], env=env, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not told.exists() or told.read_text() != "runs":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.stdout.close()
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=20) == 0
    assert told.read_text() == "asked to stop"
