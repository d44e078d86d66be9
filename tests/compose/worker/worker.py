"""A service that may run several times: one slow thing at a time, each noted in a log that all replicas share."""

import asyncio
import os
from pathlib import Path

from pydantic import Field

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Nothing, Operation, Payload
from wactorz_common.run import run
from wactorz_common.settings import AgentSettings

SLOWNESS = 0.02
"""Seconds that the device behind a replica takes for one job."""


class Job(Payload):
    """Something to do."""

    number: int = Field(description="Which one")
    seconds: float = Field(default=SLOWNESS, description="How long it takes")


class Worked(Payload):
    """Who did it."""

    replica: str = Field(description="Number of the replica")


WORK = Operation("work", "worker", Job, Worked, "Do something slow", durable=True, timeout=150)
WHO = Operation("who", "worker", Nothing, Worked, "Say who answers")


class Worker(Agent[AgentSettings]):
    """Does one thing at a time; what was done is read back before an interrupted task is done again."""

    name = "worker"
    description = "Does slow things"
    replicated = True

    async def on_start(self) -> None:
        """Find the log of all replicas."""
        self._device = asyncio.Lock()
        self._log_file = self.settings.state_dir / "shared" / "effects.log"

    @handles(WORK)
    async def work(self, request: Job, task: Task) -> Worked:
        """Wait for the device, then do it."""
        async with self._device:
            if not (task.recovered and task.id in done(self._log_file)):
                await asyncio.sleep(request.seconds)
                note(self._log_file, f"{task.id} {self.bus.identity.replica}\n")
        return Worked(replica=self.bus.identity.replica)

    @handles(WHO)
    async def who(self, _request: Nothing, _task: Task) -> Worked:
        """Answer at once."""
        return Worked(replica=self.bus.identity.replica)


def note(path: Path, line: str) -> None:
    """Append a line; it is on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def done(path: Path) -> list[str]:
    """The tasks that were done, in their order."""
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


if __name__ == "__main__":
    run(Worker, AgentSettings)
