"""Who is restarted with whom; small real programs that write down when they begin and end."""

import asyncio
import os
import signal
import time

import pytest

from wactorz_common.supervision import RestartPolicy, parse_groups
from wactorz_edge import procfs, record
from wactorz_edge.layout import Layout
from wactorz_edge.stack import Ready, Unit
from wactorz_edge.supervisor import Supervisor

NAMES = ("map", "planner", "chat")


class System:
    """Three programs under a supervisor, and what they wrote."""

    def __init__(self, tmp_path, groups, limit=5):
        self.journal = tmp_path / "journal"
        self.journal.touch()
        layout = Layout(tmp_path)
        assert layout.prepare() == ""
        node = record.NodeRecord(runner=procfs.identify(os.getpid()), boot=procfs.boot_id(), started_at=time.time())
        policy = RestartPolicy(first_delay=0.01, limit=limit)
        units = [self._unit(name) for name in NAMES]
        self.supervisor = Supervisor(units, node, layout, policy, "local", parse_groups(groups))
        self.events = []
        self.supervisor.announce = lambda event: self.events.append((event.name, event.kind))

    def _unit(self, name):
        script = f"trap 'echo -{name} >> {self.journal}; exit 0' TERM; echo +{name} >> {self.journal}; "
        command = ("/bin/sh", "-c", script + "while :; do sleep 0.02; done")
        return Unit(name, Ready("heartbeat"), command=command, env={"PATH": os.environ["PATH"]})

    def pids(self):
        return {name: item.record.pid for name, item in self.supervisor.processes.items()}

    def said(self):
        return self.journal.read_text().split()

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)

    async def kill(self, name):
        """Kill one, and wait until it and everybody with it is back."""
        self.journal.write_text("")
        before = self.pids()
        os.kill(before[name], signal.SIGKILL)
        await self.until(lambda: self.pids()[name] not in (0, before[name]))
        await self.until(lambda: all(self.pids().values()) and self._changed(before) <= self._begun())
        return self._changed(before)

    def _changed(self, before):
        return {other for other in NAMES if self.pids()[other] != before[other]}

    def _begun(self):
        return {word[1:] for word in self.said() if word.startswith("+")}


@pytest.fixture
async def start(tmp_path):
    systems = []

    async def begin(groups, **more):
        system = System(tmp_path, groups, **more)
        systems.append(system)
        system.supervisor.start()
        await system.until(lambda: len(system.said()) == len(NAMES))
        return system

    yield begin
    for system in systems:
        await system.supervisor.stop()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)


async def test_without_a_group_the_others_go_on(start):
    system = await start("")
    assert await system.kill("planner") == {"planner"}


async def test_one_for_all_stops_the_others_in_reverse_order_and_starts_all_in_order(start):
    system = await start("home=one-for-all:map,planner,chat")
    assert await system.kill("map") == set(NAMES)
    assert system.said() == ["-chat", "-planner", "+map", "+planner", "+chat"]


async def test_rest_for_one_takes_only_those_that_started_later(start):
    system = await start("home=rest-for-one:map,planner,chat")
    assert await system.kill("planner") == {"planner", "chat"}
    assert system.said() == ["-chat", "+planner", "+chat"]


async def test_only_the_death_of_the_dead_one_counts(start):
    system = await start("home=one-for-all:map,planner", limit=2)
    for _ in range(2):
        await system.kill("map")
    records = {name: item.record for name, item in system.supervisor.processes.items()}
    assert (len(records["map"].deaths), len(records["planner"].deaths)) == (2, 0)
    assert ("planner", "died") in system.events
    os.kill(records["map"].pid, signal.SIGKILL)
    await system.until(lambda: records["map"].quarantined)
    assert records["planner"].state == "running", "a member in quarantine takes nobody with it"


async def test_who_rests_is_not_started_with_the_others(start):
    system = await start("home=one-for-all:map,planner")
    system.supervisor.stop_one("planner", "a person wants it")
    await system.until(lambda: not system.pids()["planner"])
    before = system.pids()["map"]
    os.kill(before, signal.SIGKILL)
    await system.until(lambda: system.pids()["map"] not in (0, before))
    await asyncio.sleep(0.1)
    assert system.pids()["planner"] == 0
