"""The client before an engine that speaks the real wire shapes."""

import asyncio
import time

import pytest

from wactorz_monitor.docker_client import DockerClient, DockerFault


@pytest.fixture
async def docker(engine):
    docker = DockerClient(engine.url)
    yield docker
    await docker.close()


async def test_it_lists_inspects_starts_and_stops(engine, docker):
    engine.add("llm", state="exited")
    [entry] = await docker.containers()
    assert (entry["Id"], entry["State"]) == ("id-llm", "exited")
    await docker.start("id-llm")
    assert (await docker.inspect("id-llm"))["State"]["Running"] is True
    await docker.start("id-llm")
    await docker.stop("id-llm", 0)
    assert engine.asked[-1] == ("stop", "llm", "0")


async def test_events_begin_at_the_moment_that_is_asked_for(engine, docker):
    engine.add("llm")
    engine.kill("llm")
    since = engine.events[-1]["timeNano"]
    engine.start("llm")
    engine.emit("llm", "exec_create: id")
    engine.emit("llm", "health_status: healthy")
    heard = []
    async for event in docker.events(since + 1):
        heard.append(event["Action"])
        if len(heard) == 2:
            break
    assert heard == ["start", "health_status: healthy"]


async def test_the_end_of_the_stream_is_a_fault(engine, docker):
    engine.add("llm")

    async def listen():
        async for _event in docker.events(time.time_ns()):
            pass

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    await engine.close()
    with pytest.raises(DockerFault) as fault:
        await asyncio.wait_for(listening, 5)
    assert fault.value.status == 900
    await engine.open()
    engine.start("llm")
    async for event in docker.events(0):
        assert event["Action"] == "start"
        break


async def test_refusals_carry_the_words_of_the_engine(engine, docker):
    engine.add("llm", state="exited")
    engine.refusal = "no space left on device"
    with pytest.raises(DockerFault, match="The container engine says: no space left on device") as refused:
        await docker.start("id-llm")
    assert refused.value.status == 500
    with pytest.raises(DockerFault) as missing:
        await docker.inspect("nobody")
    assert missing.value.status == 404
    nowhere = DockerClient("http://127.0.0.1:1")
    with pytest.raises(DockerFault, match="The container engine cannot be reached") as away:
        await nowhere.containers()
    assert away.value.status == 900
    await nowhere.close()
