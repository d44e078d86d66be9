"""Several processes of one service: they share a name and an inbox, and each task is done by one of them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.compose.worker.worker import WHO, WORK, Job, Worked, Worker, done
from wactorz_common.agent import Agent
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = [pytest.mark.broker]

ROOT = Path(__file__).parents[2]


class Asker(Agent[AgentSettings]):
    """Hands out the work."""

    name = "asker"
    description = "Asks"


@contextmanager
def replica(broker: TestBroker, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """One process of the worker."""
    env = {**os.environ, "WACTORZ_STATE_DIR": str(folder), "MQTT_PORT": str(broker.port), "MQTT_HOST": broker.host}
    process = subprocess.Popen([sys.executable, "-m", "tests.compose.worker.worker"], cwd=ROOT, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


async def all_there(asker: Asker, count: int) -> None:
    """Wait until so many replicas answer."""
    seen: set[str] = set()
    async with asyncio.timeout(30):
        while len(seen) < count:
            try:
                seen.add((await asker.ask(WHO, Nothing(), timeout=1)).replica)
            except TimeoutError:
                continue
            except Exception:
                await asyncio.sleep(0.2)


def submitted(asker: Asker, count: int, prefix: str = "t") -> "list[asyncio.Task[Any]]":
    return [
        asyncio.create_task(asker.submit(WORK, Job(number=number), task_id=f"{prefix}{number}", deadline=110))
        for number in range(count)
    ]


async def test_a_replica_dies_in_the_middle_and_nothing_is_lost_or_done_twice(
    broker: TestBroker, tmp_path: Path
) -> None:
    log = tmp_path / "shared" / "effects.log"
    with ExitStack() as stack:
        processes = [stack.enter_context(replica(broker, tmp_path)) for _ in range(3)]
        async with running(Asker, broker, tmp_path) as asker:
            await all_there(asker, 3)
            ends = submitted(asker, 240)
            while len(done(log)) < 60:
                await asyncio.sleep(0.02)
            processes[1].send_signal(signal.SIGKILL)
            states = [end.state for end in await asyncio.gather(*ends)]
    assert states == [TaskState.DONE] * 240
    assert sorted(done(log)) == sorted(f"t{number}" for number in range(240))
    replicas = {line.split()[1] for line in log.read_text().splitlines()}
    assert replicas == {"1", "2", "3"}


async def test_a_replica_that_sleeps_longer_than_its_leases_leaves_its_tasks_alone(
    broker: TestBroker, tmp_path: Path
) -> None:
    log = tmp_path / "shared" / "effects.log"
    with replica(broker, tmp_path) as sleeper, replica(broker, tmp_path):
        async with running(Asker, broker, tmp_path) as asker:
            await all_there(asker, 2)
            ends = submitted(asker, 60)
            while len(done(log)) < 10:
                await asyncio.sleep(0.02)
            sleeper.send_signal(signal.SIGSTOP)
            states = [end.state for end in await asyncio.gather(*ends)]
            sleeper.send_signal(signal.SIGCONT)
            await asyncio.sleep(1)
    assert states == [TaskState.DONE] * 60
    tasks = done(log)
    # What it was at when it fell asleep may have been half done: nobody can tell. The rest it does not begin.
    assert len(tasks) - len(set(tasks)) <= 3
    assert set(tasks) == {f"t{number}" for number in range(60)}


async def test_replicas_have_an_id_each_and_take_up_a_former_one_again(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Worker, broker, tmp_path) as first, running(Asker, broker, tmp_path) as asker:
        assert first.bus.identity.replica == "1"
        assert first.bus.identity.client_id.endswith("-worker-1")
        before = first.id
        assert await asker.ask(WHO, Nothing(), to=f"{first.name}/{before}") == Worked(replica="1")
    async with running(Worker, broker, tmp_path) as again:
        assert (again.id, again.incarnation) == (before, 2)


async def test_the_answer_of_one_replica_is_known_to_another(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Asker, broker, tmp_path) as asker:
        async with running(Worker, broker, tmp_path):
            first = await asker.submit(WORK, Job(number=1), task_id="same")
        with replica(broker, tmp_path):
            await asker.store.write(lambda db: db.execute("DELETE FROM outbox") and None)
            again = await asker.submit(WORK, Job(number=1), task_id="same")
    assert (first.state, again.state, again.body["replica"]) == (TaskState.DONE, TaskState.DONE, "1")
    assert done(tmp_path / "shared" / "effects.log") == ["same"]
