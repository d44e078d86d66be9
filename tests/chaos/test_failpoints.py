"""A kill at each edge of a durable task between two agents on a real broker: none lost, none doubled, each ended once."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from wactorz_common import failpoints
from wactorz_common.agent import Agent, Task, handles
from wactorz_common.bus import Bus
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.failpoints import FAILPOINTS
from wactorz_common.run import serve
from wactorz_common.settings import AgentSettings
from wactorz_common.store import Store
from wactorz_common.tasks import Outbox
from wactorz_testing.broker import TestBroker

pytestmark = [pytest.mark.chaos, pytest.mark.broker]

COUNT = 30
IN_FLIGHT = 4
HIT = 5
ARMED_LIVES = 2
RUN_SECONDS = 40.0


class Level(Payload):
    """A level to set."""

    value: int = Field(description="The level")


SET = Operation("set", "actor", Level, Level, "Set a level", durable=True, timeout=30)
NOWHERE = Operation("set", "nobody", Level, Level, "Set a level of what is not there", durable=True, timeout=0.1)


class Actor(Agent[AgentSettings]):
    """Acts on a device that remembers every command, and looks at it first when it is not sure."""

    name = "actor"
    description = "Acts"

    @handles(SET)
    async def set(self, request: Level, task: Task) -> Level:
        device = self.settings.state_dir / "device"
        if not (task.recovered and task.id in lines(device)):
            append(device, task.id)
        return request


class Asker(Agent[AgentSettings]):
    """Has a number of levels set, writes down each end, and is finished then."""

    name = "asker"
    description = "Asks"

    def __init__(self, settings: AgentSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._outbox = Outbox(store, self._server.send, settle_seconds=0.1)

    async def on_start(self) -> None:
        self.spawn_background(self._ask_all(), "asking")

    async def _ask_all(self) -> None:
        numbers = iter(range(COUNT))
        await asyncio.gather(self._ask("nobody", 0, NOWHERE), *(self._take(numbers) for _ in range(IN_FLIGHT)))
        self.finished.set()

    async def _take(self, numbers: Any) -> None:
        for number in numbers:
            await self._ask(f"t{number}", number, SET)

    async def _ask(self, task_id: str, number: int, operation: Operation[Level, Level]) -> None:
        end = await self.submit(operation, Level(value=number), task_id=task_id)
        append(self.settings.state_dir / "told", f"{task_id}={end.state.value}")


def append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(handle, f"{line}\n".encode())
    os.fsync(handle)
    os.close(handle)


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def live(agent: type[Agent[Any]], settings: AgentSettings, spec: str) -> int:
    """Fork an agent with failpoints armed; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    with contextlib.suppress(BaseException):
        failpoints.configure(spec)
        asyncio.run(serve(agent, settings))
        code = 0
    os._exit(code)


class Keeper:
    """Starts an agent again for as long as it is killed; its first lives are armed."""

    def __init__(self, agent: type[Agent[Any]], settings: AgentSettings, spec: str) -> None:
        self.agent, self.settings, self.spec = agent, settings, spec
        self.deaths = 0
        self.code: int | None = None
        self._begin()

    def _begin(self) -> None:
        self.pid = live(self.agent, self.settings, self.spec if self.deaths < ARMED_LIVES else "")

    def look(self) -> None:
        """Bury what has died; a kill is followed by the next life, any other end is final."""
        if self.code is not None or os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if code == -signal.SIGKILL:
            self.deaths += 1
            self._begin()
        else:
            self.code = code

    def end(self) -> int:
        if self.code is None:
            os.kill(self.pid, signal.SIGTERM)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code


def play(broker: TestBroker, folder: Path, name: str) -> int:
    """Run both sides with one failpoint armed until the asker is finished; returns how often somebody died."""
    settings = AgentSettings.model_validate(
        {"state_dir": folder, "mqtt_host": broker.host, "mqtt_port": broker.port, "log_level": "ERROR"}
    )
    spec = f"{name}:{1 if name == 'outbox.before_end_commit' else HIT}"
    keepers = [
        Keeper(Actor, settings, "" if name.startswith("outbox.") else spec),
        Keeper(Asker, settings, "" if name.startswith(("inbox.", "handler.")) else spec),
    ]
    until = time.monotonic() + RUN_SECONDS
    try:
        while keepers[1].code is None and time.monotonic() < until:
            for keeper in keepers:
                keeper.look()
            time.sleep(0.01)
    finally:
        codes = [keeper.end() for keeper in keepers]
    assert codes == [0, 0], f"told so far: {lines(folder / 'told')}"
    return sum(keeper.deaths for keeper in keepers)


def stored(folder: Path, agent: str, table: str) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(folder / "state" / agent / "state.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(connection.execute(f"SELECT task_id, state FROM {table}"))


@pytest.mark.parametrize("name", FAILPOINTS)
def test_a_kill_at_any_edge_loses_nothing_and_doubles_nothing(broker: TestBroker, tmp_path: Path, name: str) -> None:
    assert play(broker, tmp_path, name) >= 1
    tasks = [f"t{number}" for number in range(COUNT)]
    assert Counter(lines(tmp_path / "device")) == dict.fromkeys(tasks, 1)
    kept = stored(tmp_path, "asker", "outbox")
    assert kept.pop("nobody") in (TaskState.UNKNOWN, TaskState.EXPIRED)
    assert kept == dict.fromkeys(tasks, "done") == stored(tmp_path, "actor", "inbox")
    told = set(lines(tmp_path / "told"))
    assert {line for line in told if not line.startswith("nobody=")} == {f"{task}=done" for task in tasks}
    assert len(told) == COUNT + 1
