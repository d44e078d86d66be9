"""A Docker engine, images of this checkout, and the system in containers for the tests of this folder."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wactorz_testing.system import System, eventually

if TYPE_CHECKING:
    from tests.compose.spawning import Guests

ROOT = Path(__file__).parents[2]
BUILT = os.environ.get("WACTORZ_TEST_IMAGES", "")
"""Tag of images that are built already; without it they are built from this checkout."""

TAG = BUILT or "test"
ACCOUNTS = {"client": "tester", "observer": "watcher"}
"""Accounts of the test's own, by kind."""

HEALTH_SECONDS = 12
"""Longer than from one health check to the next."""

NODES = ("attic", "local")
"""Accounts for runners of other machines; one has the name of the machine itself, as a thief could have it."""

_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "DOCKER_HOST", "DOCKER_CONFIG", "PYENV_ROOT", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Engine:
    """The Docker client to use; `run` fails the test with what the client wrote."""

    client: str

    def run(self, *arguments: str, timeout: float = 120, **extra: str) -> str:
        """Output of a docker command."""
        return command([self.client, *arguments], timeout, **extra)

    def inspect(self, *names: str) -> list[dict[str, Any]]:
        """What the engine knows of containers or images."""
        return list(json.loads(self.run("inspect", *names)))


@dataclass
class Stack(System):
    """The system in containers, with the commands of a native one that work here too."""

    engine: Engine = field(default_factory=lambda: Engine("docker"))
    project: str = field(default_factory=lambda: f"wactorz-test-{uuid.uuid4().hex[:8]}")
    files: tuple[str, ...] = ()
    overrides: dict[str, str] = field(default_factory=dict)

    def compose(self, *arguments: str, timeout: float = 180, **extra: str) -> str:
        """Output of a docker compose command of this project."""
        settings = {
            "WACTORZ_HTTP_PORT": str(self.port), "WACTORZ_TAG": TAG, "WACTORZ_ACCOUNTS_FILE": str(self.accounts),
            **self.overrides, **extra,
        }  # fmt: skip
        place = ("--project-directory", str(ROOT), "-p", self.project, *self.files)
        return self.engine.run("compose", *place, *arguments, timeout=timeout, **settings)

    @property
    def accounts(self) -> Path:
        """The file with the broker accounts of the test's own; their password is their name, thrice."""
        path = self.state_dir / "own-accounts"
        if not path.exists():
            known = [*ACCOUNTS.items(), *(("node", name) for name in NODES)]
            path.write_text("".join(f"{kind} {name} {name * 3}\n" for kind, name in known))
        return path

    def start(self) -> None:
        """Start everything and wait until all of it is healthy; a failure shows the logs.

        A container that is not replaced may still be unhealthy from the time before, and compose gives up at once:
        such a start is waited for once more.
        """
        for last in (False, True):
            try:
                self.compose("up", "--wait", "--no-build")
            except pytest.fail.Exception as failure:
                if last or "is unhealthy" not in str(failure):
                    pytest.fail(f"{failure}\n{self.compose('ps', '-a')}\n{self.compose('logs', '--tail', '20')}")
                time.sleep(HEALTH_SECONDS)
            else:
                return

    def container(self, service: str) -> dict[str, Any]:
        """What the engine knows of the container of a service."""
        return self.engine.inspect(f"{self.project}-{service}-1")[0]

    def leave(self) -> None:
        """Remove everything; guests that outlived their node hold a network, so that it goes in a second round."""
        for _ in range(2):
            self.down("-v", "--timeout", "10")
            self.clear_guests()

    def down(self, *arguments: str) -> None:
        """Remove the containers; a network whose endpoint the engine has lost track of is let be.

        Engines keep such an endpoint now and then when a container is killed while it starts (moby/moby#17217).
        """
        try:
            self.compose("down", *arguments)
        except pytest.fail.Exception as failure:
            if "has active endpoints" not in str(failure) or self.compose("ps", "-aq").strip():
                raise

    def clear_guests(self) -> None:
        """Remove what spawned agents leave: their containers and volumes belong to the node, not to compose."""
        label = f"label=wactorz.project={self.project}"
        for kind, listed in (("rm", ("ps", "-aq")), ("volume", ("volume", "ls", "-q"))):
            found = self.engine.run(*listed, "--filter", label).split()
            if found:
                self.engine.run(*(("rm", "-f") if kind == "rm" else ("volume", "rm")), *found)

    def started_at(self, service: str) -> str:
        """When the container of a service was started last; empty while it does not run."""
        state = self.container(service)["State"]
        return str(state["StartedAt"]) if state["Running"] and not state["Paused"] else ""

    def is_healthy(self, service: str) -> bool:
        """Whether the health check of a service's container says so."""
        return bool(self.container(service)["State"]["Health"]["Status"] == "healthy")


def command(arguments: Sequence[str], timeout: float, **extra: str) -> str:
    """Output of a command in a clean environment; fails the test with what it wrote."""
    own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    done = subprocess.run(
        arguments, cwd=ROOT, env={**own, **extra}, capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@pytest.fixture(scope="session")
def engine() -> Engine:
    """A running engine: the one that the rigs start, where there are rigs, otherwise one that is in reach."""
    rigs = Path(os.environ.get("WACTORZ_RIGS", ROOT.parent / "shared" / "rigs"))
    if (rigs / "docker-engine").exists():
        command([str(rigs / "docker-engine")], 300)
        command([str(rigs / "base-images")], 600)
    client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else shutil.which("docker")
    if client is None:
        pytest.skip("no Docker client is installed")
    if subprocess.run([client, "info"], capture_output=True, check=False, timeout=30).returncode != 0:
        pytest.skip("no Docker engine answers")
    return Engine(client)


@pytest.fixture(scope="session")
def images(engine: Engine) -> Engine:
    """The engine, with the images of this checkout."""
    if not BUILT:
        command([str(ROOT / "just"), "images"], 900, DOCKER=engine.client, WACTORZ_TAG=TAG)
    return engine


@pytest.fixture(scope="session")
def stack(images: Engine) -> Iterator[Stack]:
    """The whole system in containers, with the demo home, on a port of its own; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="wactorz-compose-") as folder:  # pytest's own goes with its fourth next run
        stack = Stack(Path(folder), engine=images)
        try:
            stack.start()
            yield stack
        finally:
            stack.leave()


@pytest.fixture(scope="session")
def guests(stack: Stack) -> Iterator["Guests"]:
    """The same stack with a model beside it, and wheels in the image of spawned agents."""
    from tests.compose import spawning  # noqa: PLC0415  # it is built on this module

    model = spawning.Model()
    model.start()
    folder = stack.state_dir / "guests"
    folder.mkdir()
    spawning.wheel_image(stack, folder)
    stack.files = ("-f", "compose.yaml", "-f", "tests/compose/guests/compose.yaml")
    stack.overrides = {"ANTHROPIC_BASE_URL": model.url, "ANTHROPIC_API_KEY_FILE": str(spawning.key_file(folder))}
    stack.start()
    guests = spawning.Guests(stack, model)
    eventually(guests.warm, 30, "a warm container")
    try:
        yield guests
    finally:
        model.stop()
