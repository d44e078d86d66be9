"""A stop of everything stops plans, in the planner as it is."""

import asyncio

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.handlers import Task
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings


async def test_a_halt_stops_plans_and_a_release_does_not(store, tmp_path, monkeypatch):
    bus = Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None)
    planner = PlannerAgent(PlannerSettings(state_dir=tmp_path), bus, store)
    await planner.on_start()
    stopped = []

    async def stop_all():
        stopped.append(planner.recall("halted"))

    monkeypatch.setattr(planner.plans, "stop_all", stop_all)
    task = Task("t1", "set_halt", "planner", sender="main")
    assert (await planner.set_halt(HaltRequest(halted=True, by="anna"), task)).halted
    assert stopped == [True], "it is on disk first, so that no plan begins meanwhile"
    assert not (await planner.set_halt(HaltRequest(halted=False, by="anna"), task)).halted
    assert len(stopped) == 1
    for work in list(planner._background):
        work.cancel()
    await asyncio.gather(*planner._background, return_exceptions=True)
