"""Starting and stopping, and that it was us."""

import time

import pytest

from wactorz_common.supervision import History
from wactorz_monitor.container_acts import Acts
from wactorz_monitor.container_facts import Unit
from wactorz_monitor.docker_client import DockerClient


@pytest.fixture
async def docker(engine):
    docker = DockerClient(engine.url)
    yield docker
    await docker.close()


async def tell(_text, _severity):
    raise AssertionError("nobody is to be told")


async def test_what_happens_meanwhile_is_ours(engine, docker):
    engine.add("llm")
    unit = Unit("llm", "id-llm", down=False)
    assert await Acts(docker, tell).halt(unit, 3)
    assert engine.asked == [("stop", "llm", "3")]
    assert all(unit.is_own_stop(event["timeNano"] / 1e9) for event in engine.events)
    assert not unit.is_own_start(engine.events[-1]["timeNano"] / 1e9)
    assert not unit.is_own_stop(time.time() + 1)
    await Acts(docker, tell).start(unit)
    assert unit.is_own_start(engine.events[-1]["timeNano"] / 1e9)
    assert engine.containers["llm"]["State"] == "running"


async def test_nobody_is_started_who_is_to_rest_or_runs(engine, docker):
    engine.add("llm", state="exited")
    acts = Acts(docker, tell)
    await acts.start(Unit("llm", "id-llm", history=History(stopped=True)))
    await acts.start(Unit("llm", "id-llm", history=History(quarantined=True)))
    await acts.start(Unit("llm", "id-llm", down=False))
    assert engine.asked == []


async def test_a_container_that_is_going_is_no_news(engine, docker):
    acts = Acts(docker, tell)
    await acts.start(Unit("llm", "id-llm"))
    assert not await acts.halt(Unit("llm", "id-llm", down=False), 0)
