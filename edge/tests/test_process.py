"""Seeing a process end."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wactorz_common.supervision import Leave, Quarantine, Restart, RestartPolicy, RestartType
from wactorz_edge.process import Process, Watch, bury_strangers, judge
from wactorz_edge.record import ProcessRecord
from wactorz_edge.stack import Ready, Unit


def start(code):
    return subprocess.Popen([sys.executable, "-c", code]).pid


async def watched(pid):
    ended = asyncio.get_running_loop().create_future()
    watch = Watch(pid, ended.set_result)
    code = await asyncio.wait_for(ended, 20)
    return code, watch


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("raise SystemExit(0)", 0), ("raise SystemExit(78)", 78), ("import os; os.kill(os.getpid(), 9)", -9)],
)
async def test_the_exit_code_of_a_child_is_learned(code, exit_code):
    pid = start(code)
    seen, watch = await watched(pid)
    assert seen == exit_code
    assert Path(f"/proc/{pid}").exists(), "kept until it is reaped, so that its id is not reused"
    watch.reap()
    assert not Path(f"/proc/{pid}").exists()


async def test_the_end_of_somebody_elses_child_is_seen_without_a_code():
    code = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    waiting = asyncio.create_task(watched(pid))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    seen, watch = await waiting
    watch.reap()
    parent.communicate(timeout=20)
    assert seen is None


async def test_what_does_not_exist_cannot_be_watched():
    with pytest.raises(ProcessLookupError):
        Watch(2**22 + 1, lambda code: None)


def make_process(kind=RestartType.PERMANENT, **record):
    return Process(Unit("x", Ready("heartbeat"), kind=kind), ProcessRecord("x", **record))


async def test_the_policy_is_applied_and_remembered():
    process = make_process()
    decisions = [type(judge(process, RestartPolicy(), -9)) for _ in range(6)]
    assert decisions == [Restart] * 5 + [Quarantine]
    assert process.record.quarantined
    assert len(process.record.deaths) == 6
    assert isinstance(judge(process, RestartPolicy(), -9), Leave)


async def test_the_unit_says_what_an_orderly_exit_means():
    assert isinstance(judge(make_process(), RestartPolicy(), 0), Restart)
    assert isinstance(judge(make_process(RestartType.TRANSIENT), RestartPolicy(), 0), Leave)


def test_only_strangers_are_buried():
    ours, stranger = start("pass"), start("pass")
    os.waitid(os.P_PID, ours, os.WEXITED | os.WNOWAIT)
    os.waitid(os.P_PID, stranger, os.WEXITED | os.WNOWAIT)
    bury_strangers({ours})
    bury_strangers(set())
    with pytest.raises(ChildProcessError):
        os.waitpid(ours, 0)
    with pytest.raises(ChildProcessError):
        os.waitpid(stranger, 0)
