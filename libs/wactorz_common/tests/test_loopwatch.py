"""The end of a process whose loop is silent."""

import os
import subprocess
import sys
import threading

from wactorz_common.loopwatch import EXIT_HUNG, LoopWatch

_HANGS = """
import asyncio, time
from pathlib import Path
from wactorz_common import healthcheck
from wactorz_common.loopwatch import LoopWatch

async def work():
    path = Path("health")
    watch = LoopWatch(path, 5, turn_seconds=0.05)
    watch.start()
    for _ in range(10):
        healthcheck.note(path, 1)
        await asyncio.sleep(0.05)
    print("worked", flush=True)
    while True:
        pass

asyncio.run(work())
"""


def test_only_silence_after_a_heartbeat_counts(tmp_path):
    path = tmp_path / "health"
    watch = LoopWatch(path, 3)
    assert [watch.look() for _ in range(5)] == [False] * 5, "there was no heartbeat yet"
    path.write_text("1")
    assert [watch.look() for _ in range(4)] == [False, False, False, True]
    path.write_text("2")
    assert not watch.look()


def test_a_blocked_loop_ends_its_process(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _HANGS], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip
    assert (done.returncode, "worked" in done.stdout) == (EXIT_HUNG, True), done.stderr
    assert "the work loop is silent" in done.stdout + done.stderr


def test_a_watch_that_was_stopped_ends_nothing(tmp_path):
    path, ended = tmp_path / "health", threading.Event()
    path.write_text("1")
    watch = LoopWatch(path, 1, lambda _code: ended.set(), 0.01)
    watch.stop()
    watch.start()
    assert not ended.wait(0.1)
