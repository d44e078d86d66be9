"""The whole system saved and put back while it runs: services, the monitor's desired state, spawned agents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.e2e

COUNTER = """
async def handle_task(agent, payload):
    count = agent.recall("count", 0) + int(payload.get("by", 1))
    agent.persist("count", count)
    return {"count": count}
"""
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner, at most every 1 seconds"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("wactorz") / "state", WACTORZ_RESTART_LIMIT="100") as running:
        yield running


def count(system: System, by: int) -> int:
    answer = system.say(f'@counter {{"by": {by}}}')
    assert answer["status"] == "done", answer
    return int("".join(filter(str.isdigit, answer["reply"])))


def all_well(system: System) -> Any:
    actors = {actor["name"]: actor["state"] for actor in system.get("/api/actors")}
    return "counter" in actors and set(actors.values()) == {"running"} and actors


def test_all_of_it_is_saved_and_comes_back(system: System, tmp_path: Path) -> None:
    made = httpx.post(
        f"{system.url}/api/agents", json={"name": "counter", "type": "dynamic", "code": COUNTER}, timeout=90
    )
    assert made.status_code in (200, 201, 202), made.text
    actors = eventually(lambda: all_well(system), 30, "all agents running")
    assert count(system, 5) == 5
    assert system.say(RULE)["status"] == "done"
    rules = [rule["rule_id"] for rule in system.get("/api/rules")]
    file = tmp_path / "wactorz.tar"
    saved = system.run("backup", str(file))
    assert saved.code == 0, saved.err
    assert count(system, 2) == 7
    pids = system.pids()
    answer = system.run("restore", str(file), timeout=120)
    assert answer.code == 0, f"{answer.out}{answer.err}"
    eventually(lambda: set(all_well(system)) == set(actors), 30, "all agents running again")
    assert eventually(lambda: count(system, 1), 20, "the counter") == 6
    assert [rule["rule_id"] for rule in system.get("/api/rules")] == rules
    assert system.pids() == pids, "no process had to be started again"
    assert system.say("turn on the kitchen light")["status"] == "done"
    assert system.state_of("light.kitchen_light")["state"] == "on"


def test_an_agent_that_was_deleted_since_then_is_there_again_with_its_state(system: System, tmp_path: Path) -> None:
    file = tmp_path / "wactorz.tar"
    assert system.run("backup", str(file)).code == 0
    gone = httpx.delete(f"{system.url}/api/actors/counter", timeout=30)
    assert gone.is_success, gone.text
    eventually(lambda: "counter" not in {actor["name"] for actor in system.get("/api/actors")}, 20, "the end of it")
    answer = system.run("restore", str(file), timeout=120)
    assert answer.code == 0, f"{answer.out}{answer.err}"
    assert eventually(lambda: count(system, 1), 30, "the counter") == 7
