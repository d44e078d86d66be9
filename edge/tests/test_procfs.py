"""What the kernel knows of processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from wactorz_edge import procfs


def start(code="import time; time.sleep(60)", **more):
    return subprocess.Popen([sys.executable, "-c", code], **more)


def test_a_process_is_itself_and_a_dead_or_reused_one_is_not():
    child = start()
    me = procfs.identify(child.pid)
    assert procfs.is_alive(**me)
    assert not procfs.is_alive(me["pid"], me["start"] + 1)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert procfs.start_ticks(child.pid) == 0, "a zombie does not live"
    child.wait()
    assert not procfs.is_alive(**me)
    assert not procfs.send(child.pid, signal.SIGTERM)


def test_nothing_is_known_of_no_process():
    assert procfs.start_ticks(2**22 + 1) == 0
    assert procfs.session_of(2**22 + 1) == 0
    assert procfs.memory_mb(2**22 + 1) == 0.0
    assert procfs.children(2**22 + 1) == []


def test_children_and_sessions_are_found():
    child = start(start_new_session=True)
    assert child.pid in procfs.children(os.getpid())
    assert procfs.session_of(child.pid) == child.pid
    procfs.kill_group(child.pid)
    assert child.wait() == -signal.SIGKILL


def test_memory_is_positive():
    assert 1 < procfs.memory_mb(os.getpid()) < 2000


def test_waiting_ends_when_all_are_gone():
    child = start()
    me = procfs.identify(child.pid)
    assert not procfs.wait_gone([(me["pid"], me["start"])], 0.05)
    child.kill()
    assert procfs.wait_gone([(me["pid"], me["start"])], 5)
    child.wait()


def test_a_renamed_process_shows_its_title():
    code = (
        "from wactorz_edge import procfs; procfs.rename('wactorz: a'); print(flush=True); import time; time.sleep(60)"
    )
    child = start(code, stdout=subprocess.PIPE)
    child.stdout.readline()
    shown = Path(f"/proc/{child.pid}/cmdline").read_bytes()
    name = Path(f"/proc/{child.pid}/comm").read_text()
    child.kill()
    child.wait()
    child.stdout.close()
    assert shown == b"wactorz: a\0"
    assert name == "wactorz: a\n"


def test_a_subreaper_inherits_orphans():
    code = """
import os, time
from wactorz_edge import procfs
procfs.become_subreaper()
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(7)
    os._exit(0)
os.wait()
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "7\n"
