"""Giving rights away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wactorz_edge.unprivileged import FIRST_USER, closed_passage, give, main

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


def test_the_first_closed_folder_on_the_way_is_named(tmp_path):
    inner = tmp_path / "closed" / "open" / "file"
    inner.parent.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o001 == 0:
            assert closed_passage(inner) in (tmp_path, *tmp_path.parents)
            return
    inner.parents[1].chmod(0o700)
    assert closed_passage(inner) == inner.parents[1]
    inner.parents[1].chmod(0o711)
    assert closed_passage(inner) is None


@needs_root
def test_a_folder_is_handed_over_and_closed(tmp_path):
    (tmp_path / "mine" / "deep").mkdir(parents=True)
    (tmp_path / "mine" / "link").symlink_to("/etc/passwd")
    give(tmp_path / "mine", FIRST_USER + 1)
    assert (tmp_path / "mine" / "deep").stat().st_uid == FIRST_USER + 1
    assert Path("/etc/passwd").stat().st_uid == 0


@needs_root
def test_a_program_runs_without_any_right():
    program = "from wactorz_edge.unprivileged import main; main(['70001', '/', '/bin/sh', '-c', 'id; pwd'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert "uid=70001 gid=70001 groups=70001" in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == "/"


def test_without_the_right_to_change_users_nothing_runs(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "setgroups", refuse)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("it must not run"))
    with pytest.raises(PermissionError):
        main(["70001", "/", "/bin/true"])
