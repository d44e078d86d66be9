"""What a killed runner had started but not written down."""

import os
import subprocess
import sys
import time

from wactorz_edge import procfs
from wactorz_edge.strangers import end_strangers

CODE = """
import os, subprocess, sys
from wactorz_edge.strangers import end_strangers
print(end_strangers(int(sys.argv[1]), {int(word) for word in sys.argv[2:]}))
"""


def start():
    return subprocess.Popen(["sleep", "60"], start_new_session=True)


def test_only_unrecorded_siblings_are_ended():
    ours, stranger = start(), start()
    everything_else = {str(pid) for pid in procfs.children(os.getpid())} - {str(stranger.pid)}
    command = [sys.executable, "-c", CODE, str(os.getpid()), *everything_else]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == f"[{stranger.pid}]"
    assert stranger.wait(10) == -9
    assert ours.poll() is None
    ours.kill()
    ours.wait()


def test_a_childs_child_is_left_alone_while_its_parent_is_known():
    code = "import subprocess, time; subprocess.Popen(['sleep', '60']); print(flush=True); time.sleep(60)"
    service = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    service.stdout.readline()
    worker = procfs.children(service.pid)[0]
    assert procfs.session_of(worker) == service.pid
    procfs.kill_group(service.pid)
    service.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while procfs.start_ticks(worker):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_without_our_launcher_nobody_is_ended():
    child = start()
    assert end_strangers(os.getppid() + 1, set()) == []
    assert child.poll() is None
    child.kill()
    child.wait()
