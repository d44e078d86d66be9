"""A process that hosts agents, as seen by its runner."""

import asyncio
import json

import pytest

from wactorz_common.contracts.hosting import HostOrder
from wactorz_common.errors import ConfigError, TransportError
from wactorz_edge import host_process
from wactorz_edge.host_process import HostProcess, socket_path
from wactorz_edge.host_stream import HostHangs
from wactorz_edge.process import Process
from wactorz_edge.record import ProcessRecord
from wactorz_edge.stack import Ready, Unit


class Supervisor:
    """Notes what it is asked; the process itself is the test."""

    def __init__(self, folder):
        self.folder = folder
        self.asked = []
        self.processes = {}

    def log_file(self, name):
        return self.folder / f"{name}.log"

    def add(self, unit):
        self.asked.append(("add", unit.name))
        self.processes[unit.name] = Process(unit, ProcessRecord(unit.name, pid=7))

    async def remove(self, name):
        self.asked.append(("remove", name))
        self.processes.pop(name)

    def restart(self, name, reason):
        self.asked.append(("restart", name))

    def mark_ready(self, name, pid):
        self.asked.append(("ready", name, pid))


class Host:
    """Listens as the real one does."""

    def __init__(self):
        self.orders = []
        self.silent = False
        self.writers = []

    async def serve(self, reader, writer):
        self.writers.append(writer)
        writer.write(b'{"event": "ready"}\n')
        while line := await reader.readline():
            order = json.loads(line)
            self.orders.append((order["op"], order["name"]))
            if not self.silent:
                answer = {"event": "hosted", "id": order["id"], "name": order["name"]}
                writer.write(json.dumps(answer).encode() + b"\n")

    def drop_connections(self):
        for writer in self.writers:
            writer.close()
        self.writers.clear()


@pytest.fixture
async def rig(tmp_path):
    address = str(tmp_path / "s")
    rig = Host()
    rig.supervisor = Supervisor(tmp_path)
    rig.arrivals = []
    unit = Unit("sandbox", Ready("stream", address=address), command=("x",), essential=False)
    rig.process = HostProcess(rig.supervisor, unit, address, lambda _: None, lambda: rig.arrivals.append(1))
    rig.listen = lambda: asyncio.start_unix_server(rig.serve, address)
    yield rig
    await rig.process.leave()


ORDER = HostOrder(op="host", name="probe")


async def test_it_is_started_when_it_is_first_needed_and_waited_for(rig):
    assert rig.supervisor.asked == []
    assert rig.process.pid == 0
    waiting = asyncio.create_task(rig.process.order(ORDER, 5))
    await asyncio.sleep(0.05)
    assert rig.supervisor.asked == [("add", "sandbox")]
    async with await rig.listen():
        assert (await waiting).event == "hosted"
        assert ("ready", "sandbox", 7) in rig.supervisor.asked
        assert rig.process.pid == 7


async def test_a_broken_stream_is_opened_again(rig):
    async with await rig.listen():
        await rig.process.order(ORDER, 5)
        rig.drop_connections()
        while len(rig.arrivals) < 2:
            await asyncio.sleep(0.01)
        await rig.process.order(ORDER, 5)
    assert rig.supervisor.asked.count(("add", "sandbox")) == 1


async def test_one_that_does_not_answer_is_killed(rig):
    rig.silent = True
    async with await rig.listen():
        with pytest.raises(HostHangs):
            await rig.process.order(ORDER, 0.05)
    assert rig.supervisor.asked[-1] == ("restart", "sandbox")


async def test_one_that_keeps_dying_is_not_waited_for(rig):
    rig.process.want()
    rig.supervisor.processes["sandbox"].record.quarantined = True
    (rig.supervisor.folder / "sandbox.log").write_text("ImportError: no engine\n")
    with pytest.raises(TransportError, match="keeps dying: ImportError: no engine"):
        await rig.process.order(ORDER, 5)


async def test_one_that_never_starts_is_given_up_in_time(rig, monkeypatch):
    monkeypatch.setattr(host_process, "_START_SECONDS", 0.05)
    with pytest.raises(TransportError, match="does not start"):
        await rig.process.order(ORDER, 5)


async def test_its_end_is_its_end_until_it_is_needed_again(rig):
    async with await rig.listen():
        await rig.process.order(ORDER, 5)
        await rig.process.end()
        assert rig.supervisor.asked[-1] == ("remove", "sandbox")
        assert not rig.process.is_wanted
        await rig.process.order(ORDER, 5)
    assert rig.supervisor.asked.count(("add", "sandbox")) == 2


def test_a_socket_lies_in_its_folder_or_in_a_short_private_one(tmp_path, monkeypatch):
    assert socket_path(tmp_path, "sandbox") == f"{tmp_path}/sandbox.sock"
    monkeypatch.setattr(host_process.tempfile, "gettempdir", lambda: str(tmp_path))
    deep = tmp_path / ("d" * 150)
    short = socket_path(deep, "sandbox")
    assert len(short) < len(str(deep))
    assert short == socket_path(deep, "sandbox")
    assert short != socket_path(deep, "other")
    [folder] = [path for path in tmp_path.iterdir() if path.name.startswith("wactorz-")]
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    with pytest.raises(ConfigError, match="WACTORZ_STATE_DIR"):
        socket_path(deep, "sandbox")
