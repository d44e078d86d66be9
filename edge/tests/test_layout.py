"""Folders and the lock."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from wactorz_edge.layout import Layout, acquire, is_locked, launcher_pid


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "state")
    assert layout.prepare() == ""
    return layout


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"WACTORZ_STATE_DIR": "/x/y"}, "/x/y"),
        ({"WACTORZ_STATE_DIR": "~/w", "HOME": "/home/a"}, "/home/a/w"),
        ({"WACTORZ_STATE_DIR": "", "XDG_STATE_HOME": "/xdg"}, "/xdg/wactorz"),
        ({"WACTORZ_STATE_DIR": "", "XDG_STATE_HOME": "", "HOME": "/home/a"}, "/home/a/.local/state/wactorz"),
    ],
)
def test_the_state_folder_follows_the_environment(monkeypatch, environment, folder):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Layout.from_environment().state_dir == Path(folder)


def test_folders_are_private(layout):
    for folder in (layout.state_dir, layout.run_dir, layout.logs_dir, layout.secrets_dir, layout.broker_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not list(folder.glob(".writable*"))


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    problem = Layout(tmp_path / "file" / "state").prepare()
    assert "cannot be used" in problem
    assert "WACTORZ_STATE_DIR" in problem


def test_the_lock_is_held_once_and_ends_with_its_holder(layout):
    assert not is_locked(layout)
    descriptor = acquire(layout)
    assert is_locked(layout)
    assert acquire(layout) is None
    assert launcher_pid(layout) == os.getpid()
    os.close(descriptor)
    assert not is_locked(layout)


def test_the_lock_of_a_killed_holder_is_free_and_names_nobody(layout):
    code = (
        "import os, sys; from wactorz_edge.layout import *; acquire(Layout.from_environment()); os.kill(os.getpid(), 9)"
    )
    env = {**os.environ, "WACTORZ_STATE_DIR": str(layout.state_dir)}
    subprocess.run([sys.executable, "-c", code], env=env, check=False)
    assert not is_locked(layout)
    assert launcher_pid(layout) == 0


def test_a_lock_file_with_nonsense_names_nobody(layout):
    layout.lock_file.write_text("{")
    assert launcher_pid(layout) == 0
