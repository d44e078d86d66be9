"""A service that may run several times: one slow thing at a time, each noted in a log that all replicas share."""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from pydantic import Field

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Nothing, Operation, Payload
from wactorz_common.errors import WactorzError
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


class Asker(Agent[AgentSettings]):
    """Hands out work as soon as so many replicas answer, prints what became of it, and ends."""

    name = "asker"
    description = "Hands out work"

    async def on_start(self) -> None:
        """Begin beside the loop."""
        self.spawn_background(self._hand_out(), "work")

    async def _hand_out(self) -> None:
        replicas, count, prefix = int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
        seen: set[str] = set()
        while len(seen) < replicas:
            try:
                seen.add((await self.ask(WHO, Nothing(), timeout=1)).replica)
            except WactorzError:
                await asyncio.sleep(0.2)
        begun = time.perf_counter()
        jobs = (self.submit(WORK, Job(number=n), task_id=f"{prefix}-{n}", deadline=120) for n in range(count))
        ends = await asyncio.gather(*jobs)
        seconds = time.perf_counter() - begun
        sys.stdout.write(json.dumps({"seconds": seconds, "states": Counter(end.state for end in ends)}) + "\n")
        self.finished.set()


if __name__ == "__main__":
    run(Asker if sys.argv[1:2] == ["ask"] else Worker, AgentSettings)
