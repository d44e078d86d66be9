"""Agents with packages where there are no containers."""

import os
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from wactorz_common.contracts.hosting import HostOrder
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused
from wactorz_edge import solo
from wactorz_edge.ledger import Guest
from wactorz_edge.solo import SoloExecutor


class Host:
    """Stands in for the host of one agent."""

    made: ClassVar[list] = []

    def __init__(self, supervisor, unit, idle_seconds):
        self.unit, self.asked, self.trouble = unit, [], None
        Host.made.append(self)

    def report_to(self, keeper):
        self.keeper = keeper

    async def start(self, guests):
        self.asked.append("start")

    async def host(self, guest, order):
        self.asked.append("host")
        if guest.spec.code == "broken":
            raise Refused("its code is broken")

    async def drop(self, guest, *, delete, keep_topics):
        self.asked.append(("drop", delete))

    async def export(self, guest):
        return {"a": 1}

    def kill_process(self, reason):
        self.asked.append("kill")

    def pid(self, guest):
        return 7

    async def end(self):
        self.asked.append("end")

    async def stop(self):
        self.asked.append("stop")


@pytest.fixture
def executor(tmp_path, monkeypatch):
    Host.made = []
    monkeypatch.setattr(solo, "SharedExecutor", Host)
    monkeypatch.setattr(solo, "closed_passage", lambda _: None)
    executor = SoloExecutor(None, tmp_path, {"PATH": "/bin"})
    executor.report_to("keeper")
    return executor


def make(name="probe", number=3, **fields):
    spec = SpawnSpec(name=name, agent_id="id-1", install=("numpy",), **fields)
    return Guest(name, "id-1", spec, "digest", "process", number=number), HostOrder(op="host", name=name, spec=spec)


async def test_each_agent_has_a_process_a_folder_and_an_empty_environment(executor, tmp_path):
    await executor.host(*make())
    await executor.host(*make("other", 4))
    first, second = Host.made
    folder = tmp_path / "guests" / "probe"
    assert (first.unit.name, second.unit.name) == ("host-3", "host-4")
    assert dict(first.unit.env) == {"PATH": "/bin", "WACTORZ_STATE_DIR": str(folder), "HOME": str(folder)}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert first.keeper == "keeper"
    assert executor.pid(make()[0]) == 7


@pytest.mark.skipif(os.getuid() != 0, reason="only root has other users run something")
async def test_as_root_it_runs_under_a_user_of_its_own(executor, tmp_path):
    await executor.host(*make())
    command = Host.made[0].unit.command
    assert command[1:4] == ("-m", "wactorz_edge.unprivileged", "70003")
    assert (tmp_path / "guests" / "probe").stat().st_uid == 70_003
    assert tmp_path.stat().st_mode & 0o777 == 0o711


@pytest.mark.skipif(os.getuid() != 0, reason="only root has other users run something")
async def test_a_place_that_the_user_cannot_reach_is_refused_with_what_to_do(executor, monkeypatch):
    monkeypatch.setattr(solo, "closed_passage", lambda place: Path("/root") if "python" in str(place) else None)
    assert "python" in sys.executable
    with pytest.raises(Refused, match="may not enter /root: run Wactorz as a plain user"):
        await executor.host(*make())


async def test_a_stop_ends_the_process_and_a_delete_removes_the_folder(executor, tmp_path):
    guest, order = make()
    await executor.host(guest, order)
    await executor.drop(guest, delete=False, keep_topics=False)
    assert Host.made[0].asked == ["host", ("drop", False), "end"]
    assert (tmp_path / "guests" / "probe").exists()
    await executor.drop(guest, delete=False, keep_topics=False)
    assert len(Host.made) == 1, "nothing is started in order to stop it"
    await executor.drop(guest, delete=True, keep_topics=False)
    assert Host.made[1].asked == [("drop", True), "end"]
    assert not (tmp_path / "guests" / "probe").exists()


async def test_what_is_refused_leaves_no_process(executor):
    guest, order = make(code="broken")
    with pytest.raises(Refused, match="broken"):
        await executor.host(guest, order)
    assert Host.made[0].asked == ["host", "end"]
    assert executor.pid(guest) == 0


async def test_a_hung_one_is_killed_without_being_asked(executor):
    guest, order = make()
    await executor.host(guest, order)
    await executor.kill(guest)
    assert Host.made[0].asked == ["host", "kill", "end"]


async def test_those_of_a_runner_before_this_one_are_found_again(executor):
    guest, _ = make()
    await executor.start([guest])
    assert Host.made[0].asked == ["start"]
    assert await executor.export(guest) == {"a": 1}
    await executor.stop()
    assert Host.made[0].asked[-1] == "stop"
