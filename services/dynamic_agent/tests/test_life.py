"""What follows when code fails, traps, or is stopped."""

import asyncio
from types import SimpleNamespace

import pytest

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_dynamic_agent import life as life_module
from wactorz_dynamic_agent.behavior import Surroundings
from wactorz_dynamic_agent.errors import CodeFailed, InstanceEnded, OverTime
from wactorz_dynamic_agent.life import MOST_ENDS, MOST_ERRORS, Life


class Instance:
    def __init__(self, script: dict[str, object]) -> None:
        self.functions = tuple(script)
        self.script, self.calls, self.closed = script, [], False
        self.end = asyncio.get_running_loop().create_future()

    async def call(self, function, *arguments, timeout):
        self.calls.append(function)
        result = self.script[function]
        if isinstance(result, list):
            result = result.pop(0) if result else None
        if isinstance(result, Exception):
            raise result
        return result

    async def deliver(self, topic, text):
        self.calls.append(topic)

    async def refresh(self, directory):
        self.calls.append("refresh")

    async def ended(self):
        raise await asyncio.shield(self.end)

    async def close(self):
        self.closed = True


class World:
    """An agent and its process, without a broker."""

    def __init__(self, *scripts: object, **spec: object) -> None:
        self.scripts, self.opened, self.ended, self.errors = list(scripts), [], [], []
        self.state = AgentState.RUNNING
        fields = {"name": "x", "code": "async def process(agent):\n    pass\n", "poll_interval": 0.05, **spec}
        agent = SimpleNamespace(
            name="x", id="id", spec=SpawnSpec.model_validate(fields), settings=SimpleNamespace(node=""),
            store=SimpleNamespace(kept=dict), log=SimpleNamespace(info=lambda *_, **__: None),
            ports=SimpleNamespace(silence=lambda: None), report_success=lambda: None, count=lambda *_: None,
            report_error=self.report, fail=self.report,
        )  # fmt: skip
        around = Surroundings(self, lambda: 1.0, dict, lambda *why: self.ended.append(why), lambda *_: None)
        self.life = Life(_Agent(agent, self), around)

    async def report(self, error, phase="process", **_):
        self.errors.append((phase, str(error)))

    async def open(self, source, config, ports, kept):
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        if isinstance(script, Exception):
            raise script
        self.opened.append(Instance(dict(script)))
        return self.opened[-1]


class _Agent:
    def __init__(self, plain, world) -> None:
        self._world = world
        self.__dict__.update(vars(plain))

    @property
    def state(self):
        return self._world.state

    @property
    def is_resting(self):
        return self._world.state is not AgentState.RUNNING


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(life_module, "_LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(life_module, "_FIRST_PAUSE", 0.0)


async def test_setup_then_process_again_and_again() -> None:
    world = World({"setup": None, "process": None})
    running = asyncio.create_task(world.life.run())
    await asyncio.sleep(0.2)
    calls = world.opened[0].calls
    assert calls[0] == "setup"
    assert set(calls[1:]) == {"process"}
    assert len(calls) >= 3
    running.cancel()
    await asyncio.wait([running])
    assert world.opened[0].closed


async def test_errors_in_a_row_end_it_and_others_do_not() -> None:
    wrong = [CodeFailed("a"), OverTime("b"), None, *[CodeFailed("c")] * MOST_ERRORS]
    world = World({"process": wrong})
    await asyncio.wait_for(world.life.run(), 5)
    assert [name for name, *_ in world.ended] == ["x"]
    assert world.ended[0][1] == "process: process failed 5 times in a row, last with: c"
    assert len(world.errors) == 2 + MOST_ERRORS


async def test_setup_that_fails_ends_it() -> None:
    world = World({"setup": CodeFailed("ValueError: no")})
    await asyncio.wait_for(world.life.run(), 5)
    assert world.ended == [("x", "setup: ValueError: no", False)]
    world = World(CodeFailed("SyntaxError: no"))
    await asyncio.wait_for(world.life.run(), 5)
    assert world.ended == [("x", "compile: SyntaxError: no", False)]


async def test_a_trap_begins_a_new_instance_until_there_are_too_many() -> None:
    world = World({"process": InstanceEnded("time", "ended because it spun")})
    await asyncio.wait_for(world.life.run(), 5)
    assert len(world.opened) == MOST_ENDS + 1
    assert all(one.closed for one in world.opened)
    assert world.ended == [("x", "process: ended because it spun", False)]


async def test_a_trap_outside_of_process_is_noticed() -> None:
    world = World({"handle_task": {"ok": 1}})
    running = asyncio.create_task(world.life.run())
    assert await world.life.task({}) == {"ok": 1}
    world.opened[0].end.set_result(InstanceEnded("memory", "ended because of memory"))
    while len(world.opened) < 2:
        await asyncio.sleep(0.01)
    assert await world.life.task({}) == {"ok": 1}
    assert world.errors == [("process", "ended because of memory")]
    running.cancel()
    await asyncio.wait([running])


async def test_stop_cleans_up_and_start_begins_anew() -> None:
    world = World({"handle_task": 1, "cleanup": None})
    running = asyncio.create_task(world.life.run())
    await world.life.task({})
    world.state = AgentState.STOPPED
    await world.life.obey(AgentState.STOPPED)
    await asyncio.sleep(0.05)
    assert world.opened[0].calls[-1] == "cleanup"
    assert world.opened[0].closed
    assert len(world.opened) == 1
    world.state = AgentState.RUNNING
    await world.life.obey(AgentState.RUNNING)
    assert await world.life.task({}) == 1
    assert len(world.opened) == 2
    await world.life.stop()
    assert world.opened[1].calls[-1] == "cleanup"
    running.cancel()
    await asyncio.wait([running])
    assert world.ended == []


async def test_paused_code_is_not_called() -> None:
    world = World({"process": None})
    world.state = AgentState.PAUSED
    running = asyncio.create_task(world.life.run())
    await asyncio.sleep(0.2)
    await world.life.deliver("custom/x", "{}")
    assert world.opened[0].calls == []
    running.cancel()
    await asyncio.wait([running])


async def test_no_handle_task() -> None:
    world = World({"process": None})
    running = asyncio.create_task(world.life.run())
    assert await world.life.task({}) == {"error": "Agent 'x' has no handle_task function."}
    running.cancel()
    await asyncio.wait([running])
