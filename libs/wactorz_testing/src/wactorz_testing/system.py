"""The whole system in native mode, started for a test in a folder and on ports of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.broker import free_port

_UP_SECONDS = 120.0
_PATIENCE = 3.0 if os.environ.get("CI") else 1.0
"""How many times longer a machine that does several things at once may take."""

_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


@dataclass
class Answer:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class System:
    """A running Wactorz; `extra` goes into its environment."""

    state_dir: Path
    port: int = field(default_factory=free_port)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where its gateway answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of its commands: nothing of the developer's own."""
        own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        mine = {"WACTORZ_STATE_DIR": str(self.state_dir), "WACTORZ_HTTP_PORT": str(self.port), "WACTORZ_URL": self.url}
        return {**own, **mine, **self.extra}

    def run(self, *arguments: str, timeout: float = 60) -> Answer:
        """The `wactorz` command."""
        command = [sys.executable, "-m", "wactorz_cli", *arguments]
        done = subprocess.run(  # noqa: S603  # the arguments are the test's own
            command, env=self.env, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def up(self) -> Answer:
        """Start everything in the background."""
        return self.run("up", "-d", timeout=_UP_SECONDS)

    def down(self) -> Answer:
        """Stop everything."""
        return self.run("down")

    def get(self, path: str) -> Any:
        """A JSON document of the gateway."""
        return httpx.get(f"{self.url}{path}", timeout=10).raise_for_status().json()

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Say something as a person would, and take the whole answer."""
        body = {"message": text, **more}
        answer: dict[str, Any] = httpx.post(f"{self.url}/api/chat", json=body, timeout=150).raise_for_status().json()
        return answer

    def state_of(self, entity_id: str) -> dict[str, Any]:
        """A device of the home as the gateway shows it."""
        home = self.get("/api/home")
        return next(entity for entity in home["entities"] if entity["entity_id"] == entity_id)

    def pids(self) -> dict[str, int]:
        """Process name to process id, the node runner included, as the runner recorded them."""
        record = json.loads((self.state_dir / "run" / "processes.json").read_text())
        living = {name: int(entry["pid"]) for name, entry in record["processes"].items() if entry["pid"]}
        return {**living, "runner": int(record["runner"]["pid"])}

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal to one process; returns its process id."""
        pid = self.pids()[name]
        os.kill(pid, number)
        return pid

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.state_dir / "logs" / f"{name}.log").read_text()


def eventually(condition: Callable[[], Any], seconds: float = 15, what: str = "") -> Any:
    """Wait until a condition holds and return its value; connection errors count as not yet."""
    seconds *= _PATIENCE
    until = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < until:
        try:
            last = condition()
        except (httpx.HTTPError, OSError, LookupError, ValueError, StopIteration) as error:
            last = error
        else:
            if last:
                return last
        time.sleep(0.05)
    pytest.fail(f"{what or 'a condition'} did not come about within {seconds:g} s; last seen: {last!r}")


@contextmanager
def started(state_dir: Path, **extra: str) -> Iterator[System]:
    """A running system, stopped at the end; a failing start shows what it printed."""
    system = System(state_dir, extra=extra)
    answer = system.up()
    try:
        assert answer.code == 0, f"{answer.out}\n{answer.err}"  # noqa: S101  # a test package
        yield system
    finally:
        stopped = system.down()
        assert stopped.code == 0, f"{stopped.out}\n{stopped.err}"  # noqa: S101  # a test package
