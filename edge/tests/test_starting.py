"""Starting by exec and by fork, with a real fork server."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from wactorz_common.errors import TransportError
from wactorz_edge import procfs, starting
from wactorz_edge.forkserver import ForkRequest

SERVICE = """
import json, os, random, signal, sys, threading
def main():
    print(json.dumps({
        "env": dict(os.environ), "argv": sys.argv, "sid": os.getsid(0), "pid": os.getpid(), "random": random.random(),
        "fds": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1], "threads": threading.active_count(),
        "term": signal.getsignal(signal.SIGTERM).name, "main": sys.modules["__main__"].__name__,
    }))
    sys.exit(5)
"""


@pytest.fixture
def server(tmp_path):
    """A fork server of its own; its address and process id."""
    (tmp_path / "spoken_service.py").write_text(SERVICE)
    (tmp_path / "broken_service.py").write_text("raise RuntimeError('broken at import')")
    address = f"wactorz-test-{os.getpid()}-{time.monotonic_ns()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "wactorz_edge.forkserver", f"--socket={address}", "--preload=json,broken_service"],
        env={"PYTHONPATH": str(tmp_path), "PATH": os.environ["PATH"], "OWN": "clean"},
        stderr=subprocess.DEVNULL,
    )
    yield address, process.pid
    process.kill()
    process.wait()


async def fork(server, tmp_path, module="spoken_service", env=None, note=lambda pid: None):
    address, pid = server
    request = ForkRequest(module, "spoken", {"SECRET": "canary"} if env is None else env, str(tmp_path / "log"))
    async with asyncio.timeout(20):
        while True:
            try:
                return await starting.fork(address, pid, request, note)
            except starting.ForkServerHangs:
                raise
            except TransportError:
                await asyncio.sleep(0.02)


async def spoken(tmp_path):
    async with asyncio.timeout(20):
        while not ((tmp_path / "log").exists() and (tmp_path / "log").read_text().endswith("}\n")):
            await asyncio.sleep(0.02)
    return json.loads((tmp_path / "log").read_text())


async def test_a_forked_service_has_its_own_environment_session_and_streams(server, tmp_path):
    noted = []
    pid = await fork(server, tmp_path, note=noted.append)
    told = await spoken(tmp_path)
    assert noted == [pid] == [told["pid"]] == [told["sid"]]
    assert told["env"] == {"SECRET": "canary"}
    assert told["argv"] == ["wactorz-spoken"]
    assert told["main"] == "spoken_service"
    assert told["fds"] == [0, 1, 2]
    assert told["threads"] == 1
    assert told["term"] == "SIG_DFL"


async def test_children_do_not_share_their_chance(server, tmp_path):
    await fork(server, tmp_path)
    first = (await spoken(tmp_path))["random"]
    (tmp_path / "log").unlink()
    await fork(server, tmp_path)
    assert (await spoken(tmp_path))["random"] != first


async def test_a_child_that_was_not_noted_never_begins(server, tmp_path):
    def forget(_pid):
        raise RuntimeError("the runner dies here")

    with contextlib.suppress(RuntimeError):
        await fork(server, tmp_path, note=forget)
    await asyncio.sleep(0.5)
    assert not (tmp_path / "log").exists()


async def test_a_broken_service_fails_alone(server, tmp_path):
    await fork(server, tmp_path, module="broken_service")
    async with asyncio.timeout(20):
        while "broken at import" not in ((tmp_path / "log").read_text() if (tmp_path / "log").exists() else ""):
            await asyncio.sleep(0.02)
    (tmp_path / "log").unlink()
    await fork(server, tmp_path)
    assert (await spoken(tmp_path))["env"] == {"SECRET": "canary"}


async def test_nonsense_does_not_end_the_server(server, tmp_path):
    await fork(server, tmp_path)
    await spoken(tmp_path)
    for nonsense in (b"\n", b"{}\n", b'{"module": 1}\n', b"\xff\xfe\n", b""):
        reader, writer = await asyncio.open_unix_connection("\0" + server[0])
        writer.write(nonsense)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    (tmp_path / "log").unlink()
    await fork(server, tmp_path)
    assert await spoken(tmp_path)


async def test_the_wrong_server_is_not_trusted(server, tmp_path):
    await fork(server, tmp_path)
    request = ForkRequest("spoken_service", "spoken", {}, str(tmp_path / "other"))
    with pytest.raises(TransportError, match="somebody else"):
        await starting.fork(server[0], server[1] + 1, request, lambda pid: None)
    with pytest.raises(TransportError, match="cannot be reached"):
        await starting.fork("wactorz-nobody", server[1], request, lambda pid: None)


async def test_a_frozen_server_is_told_from_a_missing_one(server, tmp_path, monkeypatch):
    await fork(server, tmp_path)
    monkeypatch.setattr(starting, "REQUEST_SECONDS", 0.2)
    os.kill(server[1], signal.SIGSTOP)
    with pytest.raises(starting.ForkServerHangs):
        await fork(server, tmp_path)


def test_an_executed_program_has_its_session_log_and_environment(tmp_path):
    command = ["/bin/sh", "-c", "echo $$ $WORD; ps -o sid= -p $$ 2>/dev/null; sleep 5"]
    pid = starting.execute(command, {"WORD": "hello", "PATH": os.environ["PATH"]}, tmp_path / "log")
    deadline = time.monotonic() + 10
    while "hello" not in ((tmp_path / "log").read_text() if (tmp_path / "log").exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert procfs.session_of(pid) == pid
    assert (tmp_path / "log").read_text().split()[:2] == [str(pid), "hello"]
    procfs.kill_group(pid)
    os.waitpid(pid, 0)


def test_a_missing_program_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        starting.execute(["/nowhere/program"], {}, tmp_path / "log")


def test_large_logs_are_moved_aside_and_three_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "_ROTATE_BYTES", 3)
    log = tmp_path / "x.log"
    starting.rotate(log)
    for number in range(5):
        log.write_text(f"log{number}")
        starting.rotate(log)
    log.write_text("s")
    starting.rotate(log)
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"x.log": "s", "x.log.1": "log4", "x.log.2": "log3", "x.log.3": "log2"}
