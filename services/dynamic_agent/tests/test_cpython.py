"""Code on plain CPython: same contract, and an end for what blocks."""

import asyncio
import json

import pytest

from wactorz_dynamic_agent import cpython
from wactorz_dynamic_agent.cpython import PythonRuntime
from wactorz_dynamic_agent.errors import CodeFailed, OverTime

CODE = """
import asyncio, sys, time

async def handle_task(agent, payload):
    what = payload["do"]
    if what == "publish":
        await agent.publish("custom/x", {"a": 1})
        agent.persist("k", [1])
        return agent.recall("k")
    if what == "ask":
        return await agent.send_to("other", {"x": 1})
    if what == "get":
        return await agent.mqtt_get("custom/y")
    if what == "exit":
        sys.exit(3)
    if what == "sleep":
        await asyncio.sleep(60)
    if what == "block":
        time.sleep(0.6)
    return {"set", "of"} if what == "set" else what
"""


class Ports:
    def __init__(self) -> None:
        self.said: list[object] = []
        self.kept: dict[str, str] = {}

    def publish(self, topic, payload, retain):
        self.said.append((topic, json.loads(payload), retain))
        return ""

    def subscribe(self, topic_filter):
        return "not granted"

    def log(self, level, text):
        self.said.append((level, text))

    def persist(self, key, value):
        self.kept[key] = value
        return ""

    def recall(self, key):
        return self.kept.get(key)

    def tell(self, kind, body):
        return ""

    async def perform(self, op, args):
        if op == "mqtt_get":
            raise ValueError("no grant")
        return {"op": op, **args}


@pytest.fixture
async def opened():
    ports = Ports()
    instance = await PythonRuntime().open(CODE, {"name": "x"}, ports, {})
    yield ports, instance
    await instance.close()


async def test_the_contract(opened) -> None:
    ports, instance = opened
    assert instance.functions == ("handle_task",)
    assert await instance.call("handle_task", {"do": "publish"}, timeout=5) == [1]
    assert ports.said == [("custom/x", {"a": 1}, False)]
    answer = await instance.call("handle_task", {"do": "ask"}, timeout=5)
    assert answer == {"op": "send_to", "name": "other", "payload": {"x": 1}, "timeout": 60}
    assert sorted(await instance.call("handle_task", {"do": "set"}, timeout=5)) == ["of", "set"]


async def test_errors_are_the_codes_own(opened) -> None:
    _, instance = opened
    with pytest.raises(CodeFailed, match="SystemExit"):
        await instance.call("handle_task", {"do": "exit"}, timeout=5)
    with pytest.raises(CodeFailed, match="no grant"):
        await instance.call("handle_task", {"do": "get"}, timeout=5)
    with pytest.raises(OverTime, match=r"within 0\.05 s"):
        await instance.call("handle_task", {"do": "sleep"}, timeout=0.05)
    assert await instance.call("handle_task", {"do": "yes"}, timeout=5) == "yes"


async def test_code_that_cannot_be_loaded() -> None:
    with pytest.raises(CodeFailed, match="ZeroDivisionError") as caught:
        await PythonRuntime().open("x = 1\ny = x / 0\n", {"name": "x"}, Ports(), {})
    assert "line 2" in caught.value.context["traceback"]


async def test_code_that_blocks_ends_the_process(opened, monkeypatch) -> None:
    _, instance = opened
    left = []
    monkeypatch.setattr(cpython, "leave", left.append)
    monkeypatch.setattr(cpython, "_STUCK_SECONDS", 0.1)
    with pytest.raises(OverTime):
        await instance.call("handle_task", {"do": "block"}, timeout=0.05)
    assert left == [cpython.EXIT_STUCK]
    await asyncio.sleep(0.6)
