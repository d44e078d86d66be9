"""One service in several containers: more of them do more, and one that dies leaves nothing undone or done twice."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.compose.conftest import ROOT, TAG, Engine, Stack
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

FILES = ("-f", "compose.yaml", "-f", "tests/compose/worker/compose.yaml")
PASSWORD = "a-password-of-this-test"
LOG = "/var/lib/wactorz/shared/effects.log"


class Scaled(Stack):
    """The broker and the worker, as often as is asked for."""

    def compose(self, *arguments: str, timeout: float = 180, **extra: str) -> str:
        """Output of a docker compose command with the worker's file on top."""
        return super().compose(*FILES, *arguments, timeout=timeout, **self.settings, **extra)

    @property
    def settings(self) -> dict[str, str]:
        """What the two files need."""
        return {"WACTORZ_ACCOUNTS_FILE": str(self.state_dir / "accounts"), "WORKER_PASSWORD": PASSWORD}

    def scale(self, count: int) -> None:
        """Run the worker so often, and wait until all are healthy."""
        self.compose("up", "--wait", "--no-build", "--scale", f"worker={count}", "worker")

    def work(self, replicas: int, count: int, prefix: str) -> dict[str, Any]:
        """Have tasks done by so many replicas; how long it took in seconds, and how many ended how."""
        said = self.compose(*self.asking(replicas, count, prefix), timeout=300)
        return dict(json.loads(next(line for line in said.splitlines() if line.startswith('{"seconds"'))))

    def asking(self, replicas: int, count: int, prefix: str) -> tuple[str, ...]:
        """Arguments of the command that hands out work."""
        command = ("python", "/worker/worker.py", "ask", str(replicas), str(count), prefix)
        return ("run", "--rm", "-T", "asker", *command)

    def done(self, prefix: str) -> list[tuple[str, str]]:
        """Task and replica of everything that was done for a prefix."""
        try:
            text = self.engine.run("exec", f"{self.project}-worker-1", "cat", LOG)
        except pytest.fail.Exception:
            return []
        pairs = [line.split() for line in text.splitlines()]
        return [(task, replica) for task, replica in pairs if task.startswith(f"{prefix}-")]

    @contextmanager
    def working(self, replicas: int, count: int, prefix: str) -> "Iterator[subprocess.Popen[str]]":
        """The same beside the test."""
        place = ("--project-directory", str(ROOT), "-p", self.project, *FILES)
        process = subprocess.Popen(
            [self.engine.client, "compose", *place, *self.asking(replicas, count, prefix)], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, env={**self.env, **self.settings, "WACTORZ_TAG": TAG},
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture(scope="module")
def scaled(images: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaled]:
    """The broker with accounts, and the image of the worker; nothing of it is left behind."""
    folder: Path = tmp_path_factory.mktemp("scaled")
    (folder / "accounts").write_text(f"service worker {PASSWORD}\nservice asker {PASSWORD}\n")
    scaled = Scaled(folder, engine=images)
    base = f"BASE=wactorz-io-agent:{TAG}"
    worker = str(ROOT / "tests" / "compose" / "worker")
    images.run("build", "--quiet", "--build-arg", base, "-t", f"wactorz-worker:{TAG}", worker, timeout=300)
    try:
        yield scaled
    finally:
        scaled.compose("--profile", "asker", "down", "-v", "--timeout", "5")


def test_three_replicas_do_at_least_two_and_a_half_times_as_much(scaled: Scaled) -> None:
    scaled.scale(1)
    one = scaled.work(1, 200, "one")
    scaled.scale(3)
    three = scaled.work(3, 600, "three")
    assert (one["states"], three["states"]) == ({"done": 200}, {"done": 600})
    assert {replica for _, replica in scaled.done("three")} == {"1", "2", "3"}
    ratio = (600 / three["seconds"]) / (200 / one["seconds"])
    print(f"1: {200 / one['seconds']:.1f}/s, 3: {600 / three['seconds']:.1f}/s, {ratio:.2f}x")
    assert ratio >= 2.5


def test_a_replica_is_killed_in_the_middle_and_nothing_is_lost_or_done_twice(scaled: Scaled) -> None:
    scaled.scale(3)
    with scaled.working(3, 600, "kill") as process:
        eventually(lambda: len(scaled.done("kill")) > 50, 60, "work")
        scaled.engine.run("kill", f"{scaled.project}-worker-2")
        out, _ = process.communicate(timeout=200)
    said = json.loads(next(line for line in out.splitlines() if line.startswith('{"seconds"')))
    assert said["states"] == {"done": 600}
    tasks = [task for task, _ in scaled.done("kill")]
    assert sorted(tasks) == sorted(f"kill-{number}" for number in range(600))
