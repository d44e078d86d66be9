"""The agent library on plain CPython, as agents with packages use it."""

import asyncio

import pytest

from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.guest.program import Program


def load(source, port, **config):
    return Program(source, {"name": "tester", "actor_id": "ID-1", **config}, port)


async def test_functions_are_called_sync_or_async(port):
    program = load(
        "async def handle_task(agent, p): return p\ndef process(agent): return 1\n_hidden = print\nX = 3\n", port
    )
    assert program.functions == ["handle_task", "process"]
    assert await program.call("handle_task", 5) == 5
    assert await program.call("process") == 1
    with pytest.raises(AgentError, match="Agent 'tester' has no setup function"):
        await program.call("setup")


async def test_an_await_too_many_is_harmless(port):
    source = """
async def process(agent):
    await agent.persist("k", {"a": 1})
    return [await agent.recall("k"), await agent.recall("x"), await agent.recall("x", False), await agent.topics(),
            await agent.logger.info("line %s", 1), (await agent.window("t")).count()]
"""
    assert await load(source, port).call("process") == [{"a": 1}, None, False, [], None, 0]
    assert port.lines == [("info", "line 1")]


async def test_lines_stay_where_they_are_in_a_forgiving_source(port):
    source = "async def process(agent):\n    x = await agent.recall('k')\n    return 1 / 0\n"
    with pytest.raises(ZeroDivisionError) as raised:
        await load(source, port).call("process")
    assert raised.traceback[-1].lineno == 2  # counted from 0


async def test_messages_reach_callbacks_and_windows(port):
    source = """
seen = []
async def one(payload): seen.append(payload)
def two(payload): seen.append([payload])
async def setup(agent):
    agent.subscribe("a/+", one)
    agent.subscribe("a/+", one)
    agent.subscribe("a/#", two)
    agent.window("a/+", seconds=10)
def process(agent): return seen, agent.window("a/+").values()
"""
    program = load(source, port)
    await program.call("setup")
    program.deliver("a/b", '{"value": 2}')
    program.deliver("b", "1")
    program.deliver("a/b/c", "on")
    await asyncio.sleep(0.01)
    seen, values = await program.call("process")
    assert seen == [{"value": 2}, [{"value": 2}], ["on"]]
    assert values == [2]
    assert port.filters == ["a/+", "a/#"]


async def test_a_source_that_fails_raises_what_it_raises(port):
    with pytest.raises(SyntaxError):
        load("def x(:", port)
    with pytest.raises(ZeroDivisionError):
        load("1 / 0", port)
