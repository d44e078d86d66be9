"""A private Mosquitto for tests: on a free loopback port, in a folder of its own, with nothing kept."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_packet_size 1048576
max_queued_messages 10000
max_inflight_messages 100
persistence {persistence}
persistence_location {folder}/
"""
_START_SECONDS = 20.0
_PORTS = (12_000, 32_000)


def free_port() -> int:
    """A loopback port that nobody listens on now, and that no outgoing connection gets from the kernel.

    Else a client that knocks while a broker is away could be given the broker's own port, and reach itself.
    """
    while True:
        port = random.randrange(*_PORTS)  # noqa: S311  # no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class TestBroker:
    """One Mosquitto process; `kill` and `start` let a test take it away and bring it back."""

    __test__ = False

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    host: str = "127.0.0.1"

    def start(self) -> None:
        """Start the broker and wait until it answers."""
        binary = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if binary is None:
            pytest.fail("mosquitto is not installed: run the tests through ./just test, which brings it")
        config = self.folder / "mosquitto.conf"
        persistence = "false" if os.getuid() == 0 else "true"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder, persistence=persistence))
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([binary, "-c", str(config)], stdout=log, stderr=log)  # noqa: S603
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.01)
        pytest.fail(f"mosquitto did not start: {(self.folder / 'mosquitto.log').read_text()[-500:]}")

    def kill(self) -> None:
        """End the broker as a power failure would."""
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send a signal and wait for the end."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(10)
            self.process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[TestBroker]:
    """A running private broker, gone after the test."""
    folder = tmp_path / "broker"
    folder.mkdir()
    running = TestBroker(folder, free_port())
    running.start()
    yield running
    running.end()
