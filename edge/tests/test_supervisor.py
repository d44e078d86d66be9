"""The supervisor with small real programs."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from wactorz_common.supervision import RestartPolicy
from wactorz_edge import procfs, record, starting
from wactorz_edge.layout import Layout
from wactorz_edge.stack import Ready, Unit
from wactorz_edge.supervisor import Supervisor

QUICK = RestartPolicy(first_delay=0.01)


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    assert layout.prepare() == ""
    return layout


def make_unit(name="sleeper", script="exec sleep 60", **more):
    return Unit(name, Ready("heartbeat"), command=("/bin/sh", "-c", script), env={"PATH": os.environ["PATH"]}, **more)


def make_node():
    return record.NodeRecord(runner=procfs.identify(os.getpid()), boot=procfs.boot_id(), started_at=time.time())


class Running:
    """A supervisor and what it announced."""

    def __init__(self, layout, *units, node=None, policy=QUICK):
        self.node = node or make_node()
        self.supervisor = Supervisor(units, self.node, layout, policy, "local")
        self.events = []
        self.supervisor.announce = self.events.append

    async def __aenter__(self):
        self.supervisor.start()
        return self

    async def __aexit__(self, *_):
        await self.supervisor.stop()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)

    def of(self, name="sleeper"):
        return self.supervisor.processes[name].record

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)

    async def running(self, name="sleeper", other_than=0):
        await self.until(lambda: self.of(name).pid not in (0, other_than))
        return self.of(name).pid

    def kinds(self):
        return [event.kind for event in self.events]


async def test_a_death_is_seen_and_mended_at_once(layout):
    async with Running(layout, make_unit(), make_unit("bystander")) as system:
        first, bystander = await system.running(), await system.running("bystander")
        os.kill(first, signal.SIGKILL)
        began = time.monotonic()
        await system.running(other_than=first)
        assert time.monotonic() - began < 20
        assert system.of("bystander").pid == bystander
        assert system.of().restarts == 1
        died = next(event for event in system.events if event.kind == "died")
        assert (died.name, died.pid, died.exit_code, died.delay) == ("sleeper", first, -9, 0.0)


async def test_everything_is_on_disk_before_it_matters(layout):
    async with Running(layout, make_unit()) as system:
        pid = await system.running()
        kept = record.read(layout.record_file)
        assert kept.processes["sleeper"].pid == pid
        assert kept.living() == [(pid, procfs.start_ticks(pid))]
    assert record.read(layout.record_file).phase == "stopped"
    assert not Path(f"/proc/{pid}").exists()


async def test_a_crash_loop_is_held_back_and_released_on_request(layout):
    async with Running(layout, make_unit(script="exit 3"), make_unit("bystander")) as system:
        await system.until(lambda: system.of().state == "quarantined")
        assert system.kinds().count("died") == 6
        assert system.kinds()[-1] == "quarantined"
        assert system.events[-1].deaths == 6
        assert system.supervisor.restart("sleeper", "mended")
        await system.until(lambda: system.kinds().count("died") > 6)
        assert system.of("bystander").restarts == 0


async def test_a_first_start_that_cannot_work_gives_up_with_the_programs_own_words(layout):
    unit = make_unit(script="echo 'sleeper: HA_TOKEN is missing' >&2; exit 78")
    async with Running(layout, unit) as system:
        await asyncio.wait_for(system.supervisor.given_up.wait(), 20)
        assert system.node.problem == "sleeper: HA_TOKEN is missing"


async def test_a_program_that_is_missing_is_a_death_too(layout):
    unit = Unit("gone", Ready("heartbeat"), command=("/nowhere/program",))
    async with Running(layout, unit) as system:
        await asyncio.wait_for(system.supervisor.given_up.wait(), 20)
        assert "gone keeps dying" in system.node.problem
        assert str(layout.log_file("gone")) in system.node.problem


async def test_the_living_are_adopted_and_the_dead_of_the_meantime_restarted(layout):
    first = Running(layout, make_unit("stays"), make_unit("dies"))
    first.supervisor.start()
    stays, dies = await first.running("stays"), await first.running("dies")
    for process in first.supervisor.processes.values():
        asyncio.get_running_loop().remove_reader(process.watch._descriptor)
    os.kill(dies, signal.SIGKILL)
    os.waitid(os.P_PID, dies, os.WEXITED | os.WNOWAIT)
    kept = record.read(layout.record_file)
    async with Running(layout, make_unit("stays"), make_unit("dies"), node=kept) as second:
        replaced = await second.running("dies", other_than=dies)
        assert second.of("stays").pid == stays
        assert second.of("dies").restarts == 1
        assert replaced != dies
        os.kill(stays, signal.SIGKILL)
        await second.running("stays", other_than=stays)


async def test_an_id_that_was_given_to_another_process_is_not_adopted(layout):
    node = make_node()
    node.processes["sleeper"] = record.ProcessRecord("sleeper", pid=os.getpid(), start=1, state="running")
    async with Running(layout, make_unit(), node=node) as system:
        assert await system.running(other_than=os.getpid()) != os.getpid()


async def test_a_hang_is_killed_without_asking(layout):
    async with Running(layout, make_unit(script="trap '' TERM; while true; do sleep 1; done")) as system:
        pid = await system.running()
        os.kill(pid, signal.SIGSTOP)
        assert system.supervisor.restart("sleeper", "silent")
        await system.running(other_than=pid)
        assert not system.supervisor.restart("nobody", "silent")
        os.kill(system.of().pid, signal.SIGKILL)


async def test_a_persons_stop_holds_until_a_restart_is_asked_for(layout):
    async with Running(layout, make_unit()) as system:
        pid = await system.running()
        assert system.supervisor.stop_one("sleeper", "a person")
        await system.until(lambda: system.of().state == "stopped")
        assert system.kinds()[-1] == "stopped"
        assert system.of().pid == 0
        assert record.read(layout.record_file).processes["sleeper"].stopped
        assert system.supervisor.restart("sleeper", "a person")
        assert await system.running(other_than=pid)
        assert not system.supervisor.stop_one("nobody", "")


async def test_what_a_service_left_behind_goes_with_it(layout):
    async with Running(layout, make_unit(script="sleep 60 & echo $!; wait")) as system:
        pid = await system.running()
        await system.until(lambda: layout.log_file("sleeper").read_text().strip())
        worker = int(layout.log_file("sleeper").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        assert await system.running(other_than=pid)
        await system.until(lambda: not procfs.start_ticks(worker))


async def test_waves_are_stopped_one_after_the_other(layout):
    log = layout.state_dir / "order"
    script = "trap 'echo {0} >> {1}; exit 0' TERM; echo up; while true; do sleep 0.05; done"
    units = [make_unit(name, script.format(name, log), stop_wave=wave) for name, wave in (("last", 2), ("first", 0))]
    async with Running(layout, *units) as system:
        for name in ("last", "first"):
            await system.running(name)
            await system.until(lambda name=name: "up" in layout.log_file(name).read_text())
    assert log.read_text().split() == ["first", "last"]


async def test_who_does_not_stop_is_killed(layout, monkeypatch):
    monkeypatch.setattr("wactorz_edge.supervisor._DRAIN_SECONDS", 0.3)
    async with Running(layout, make_unit(script="trap '' TERM; echo up; while true; do sleep 0.05; done")) as system:
        pid = await system.running()
        await system.until(lambda: "up" in layout.log_file("sleeper").read_text())
    assert not Path(f"/proc/{pid}").exists()


async def test_ready_is_said_once_all_have_been_heard(layout):
    async with Running(layout, make_unit("a"), make_unit("b")) as system:
        a, b = await system.running("a"), await system.running("b")
        system.supervisor.mark_ready("a", b)
        system.supervisor.mark_ready("nobody", a)
        assert system.of("a").ready_at == 0
        system.supervisor.mark_ready("a", a)
        assert system.node.phase == "starting"
        system.supervisor.mark_ready("b", b)
        assert system.node.phase == "ready"
        assert record.read(layout.record_file).phase == "ready"


async def test_a_full_disk_does_not_end_the_supervision(layout, monkeypatch):
    async with Running(layout, make_unit()) as system:
        pid = await system.running()

        def fail(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("wactorz_edge.record.write", fail)
        os.kill(pid, signal.SIGKILL)
        assert await system.running(other_than=pid)


async def test_a_stranger_that_was_given_the_id_of_a_dead_process_is_left_alone(layout):
    stranger = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
    node = make_node()
    node.processes["sleeper"] = record.ProcessRecord("sleeper", pid=stranger.pid, start=1)
    async with Running(layout, make_unit(), node=node) as system:
        await system.running(other_than=stranger.pid)
        assert procfs.start_ticks(stranger.pid)
    stranger.kill()
    await stranger.wait()


async def test_whatever_keeps_a_process_from_starting_it_is_tried_again(layout, monkeypatch):
    execute, failures = starting.execute, [ValueError("embedded null byte")]
    monkeypatch.setattr(starting, "execute", lambda *args: execute(*args) if not failures else _fail(failures.pop()))
    async with Running(layout, make_unit()) as system:
        assert await system.running()
    assert failures == []


async def test_a_unit_may_come_later_and_go_again_for_good(layout):
    async with Running(layout) as system:
        system.supervisor.add(make_unit("late"))
        pid = await system.running("late")
        system.supervisor.add(make_unit("late"))
        await asyncio.sleep(0.1)
        assert system.of("late").pid == pid, "what is there already is left alone"
        assert "late" in record.read(layout.record_file).processes
        await system.supervisor.remove("late")
        await system.supervisor.remove("unknown")
        assert not Path(f"/proc/{pid}").exists()
        assert "late" not in system.supervisor.processes
        assert "late" not in record.read(layout.record_file).processes


async def test_what_a_runner_before_has_left_is_taken_over_or_ended(layout):
    first = Running(layout, make_unit("kept"), make_unit("forgotten"))
    first.supervisor.start()
    kept, forgotten = await first.running("kept"), await first.running("forgotten")
    for process in first.supervisor.processes.values():
        asyncio.get_running_loop().remove_reader(process.watch._descriptor)
    async with Running(layout, node=record.read(layout.record_file)) as second:
        assert set(second.supervisor.unclaimed) == {"kept", "forgotten"}
        second.supervisor.add(make_unit("kept"))
        assert second.of("kept").pid == kept, "it is adopted, not started again"
        second.supervisor.end_unclaimed()
        await second.until(lambda: not procfs.is_alive(forgotten, first.of("forgotten").start))
        assert procfs.is_alive(kept, first.of("kept").start)
        assert set(record.read(layout.record_file).processes) == {"kept"}


def _fail(error):
    raise error
