"""Spawned agents in native mode: from a specification to an agent that answers, keeps its state and comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.e2e

COUNTER = """
async def setup(agent):
    await agent.log("counting from " + str(agent.recall("count", 0)))

async def handle_task(agent, payload):
    count = agent.recall("count", 0) + int(payload.get("by", 1))
    agent.persist("count", count)
    return {"count": count}
"""
THERMOMETER = """
async def setup(agent):
    agent.subscribe("sensors/cellar/temperature", on_reading)

async def on_reading(data):
    pass

async def process(agent):
    await agent.publish("custom/thermometer/alive", {"name": agent.name})
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("wactorz") / "state", WACTORZ_RESTART_LIMIT="100") as running:
        yield running


def spawn(system: System, **spec: Any) -> dict[str, Any]:
    answer = httpx.post(f"{system.url}/api/agents", json=spec, timeout=90)
    assert answer.status_code in (200, 201, 202), answer.text
    result: dict[str, Any] = answer.json()
    return result


def state_of(system: System, name: str) -> str | None:
    return next((actor["state"] for actor in system.get("/api/actors") if actor["name"] == name), None)


def running(system: System, name: str) -> None:
    eventually(lambda: state_of(system, name) == "running", 30, f"{name} running")


def count(system: System, by: int = 1) -> int:
    answer = system.say(f'@counter {{"by": {by}}}')
    assert answer["status"] == "done", answer
    return int("".join(filter(str.isdigit, answer["reply"])))


def test_a_person_spawns_an_agent_that_answers(system: System) -> None:
    result = spawn(system, name="counter", type="dynamic", code=COUNTER, description="Counts")
    assert result["status"] == "running", result
    running(system, "counter")
    assert count(system) == 1
    assert count(system, 4) == 5
    spec = system.get("/api/agents/counter/spec")
    assert spec["spec"]["code"] == COUNTER


def test_the_same_again_changes_nothing_and_replace_replaces(system: System) -> None:
    assert spawn(system, name="counter", code=COUNTER)["status"] == "already_running"
    before = count(system)
    assert spawn(system, name="counter", code=COUNTER + "\n# newer\n", replace=True)["status"] == "running"
    running(system, "counter")
    assert count(system) == before + 1
    assert len(system.get("/api/agents/counter/spec")["history"]) == 1


def test_a_killed_host_comes_back_with_what_its_agents_kept(system: System) -> None:
    before = count(system)
    system.kill("sandbox")
    eventually(lambda: count(system) == before + 1, 30, "the counter")


def test_what_cannot_run_is_told_in_a_sentence(system: System) -> None:
    for spec, said in (
        ({"name": "broken", "code": "def setup(agent:\n"}, "line 1"),
        ({"name": "empty", "code": "x = 1\n"}, "handle_task"),
        ({"name": "main", "code": COUNTER, "replace": True}, "main"),
        ({"name": "a/b", "code": COUNTER}, "a/b"),
    ):
        answer = httpx.post(f"{system.url}/api/agents", json=spec, timeout=90)
        assert 400 <= answer.status_code < 500, answer.text
        assert said in answer.text, answer.text
        assert state_of(system, spec["name"]) in (None, "running")


def test_stopping_and_starting_everything_brings_it_back(system: System, tmp_path: Path) -> None:
    before = count(system)
    assert system.down().code == 0
    assert system.up().code == 0
    running(system, "counter")
    assert eventually(lambda: count(system), 30, "the counter") == before + 1


def test_an_agent_that_works_by_itself_is_listed_and_deleted(system: System) -> None:
    assert spawn(system, name="thermometer", code=THERMOMETER, poll_interval=0.5)["status"] == "running"
    running(system, "thermometer")
    assert "thermometer" in system.say("/agents")["reply"]
    assert "local" in system.say("/nodes")["reply"]
    assert system.say("/agents delete thermometer")["status"] == "done"
    eventually(lambda: state_of(system, "thermometer") is None, 15, "no thermometer")
    assert not (system.state_dir / "state" / "thermometer").exists()
