"""Following an engine that comes and goes."""

import asyncio

import pytest

from wactorz_monitor import engine_watch
from wactorz_monitor.docker_client import DockerClient
from wactorz_monitor.engine_watch import EngineWatch


class Heard:
    """Stands for the containers: notes the calls."""

    def __init__(self):
        self.since_ns = 1
        self.calls = []

    async def reconcile(self, *, catch_up=False):
        self.calls.append("catch up" if catch_up else "compare")

    async def on_fact(self, fact):
        self.since_ns = fact.at_ns
        self.calls.append(fact.action)

    async def end(self):
        self.calls.append("end")


async def test_it_hears_what_was_missed_then_compares_and_outlives_an_absence(engine, monkeypatch):
    for name, seconds in (("_REPLAY_SECONDS", 0.1), ("_RECONCILE_SECONDS", 0.1), ("_RETRY_SECONDS", 0.02)):
        monkeypatch.setattr(engine_watch, name, seconds)
    heard, told = Heard(), []

    async def tell(text, severity):
        told.append((severity, text))

    engine.add("llm")
    engine.kill("llm")
    watching = asyncio.create_task(EngineWatch(DockerClient(engine.url), heard, tell).run())
    try:
        async with asyncio.timeout(5):
            while heard.calls.count("compare") < 2:
                await asyncio.sleep(0.01)
            assert heard.calls[:4] == ["kill", "die", "catch up", "compare"]
            await engine.close()
            while len(told) < 1:
                await asyncio.sleep(0.01)
            heard.calls.clear()
            await asyncio.sleep(0.2)
            await engine.open()
            engine.start("llm")
            while len(told) < 2:
                await asyncio.sleep(0.01)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert [severity for severity, _ in told] == ["error", "info"]
    assert "nobody restarts containers" in told[0][1]
    assert heard.calls[-1] == "end"
    assert "catch up" in heard.calls
    assert heard.calls.count("start") == 1
    with pytest.raises(ValueError):
        heard.calls.index("die")  # what was heard before is not heard again
