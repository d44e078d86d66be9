"""A real Home Assistant of a test's own, which it may kill and start again with everything that is on its disk."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wactorz_testing.home_assistant import share_installation, start_rig

_END_SECONDS = 30.0


@dataclass(slots=True)
class MortalHomeAssistant:
    """A Home Assistant whose process is known; `folder` holds its configuration and its recorder's database."""

    url: str
    token: str
    folder: Path

    def kill(self) -> None:
        """End it as a power failure would."""
        pid = self._pid
        os.killpg(pid, signal.SIGKILL)
        _wait_for_end(pid)

    def start(self) -> None:
        """Start it again, as it was left; it answers some seconds later."""
        with (self.folder / "console.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # the rig's own installation
                [self.folder / "venv" / "bin" / "hass", "--config", self.folder / "config"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        (self.folder / "pid").write_text(str(process.pid))

    @property
    def database(self) -> Path:
        """What its recorder has written."""
        return self.folder / "config" / "home-assistant_v2.db"

    @property
    def _pid(self) -> int:
        return int((self.folder / "pid").read_text())


def _wait_for_end(pid: int) -> None:
    until = time.monotonic() + _END_SECONDS
    while time.monotonic() < until:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return
        except ChildProcessError:  # another process has started it
            if not Path(f"/proc/{pid}").exists():
                return
        time.sleep(0.02)
    pytest.fail(f"Home Assistant (process {pid}) does not end")


@pytest.fixture
def mortal_home_assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MortalHomeAssistant]:
    """Give a Home Assistant that no other test uses, or skip; WACTORZ_HA_DIR names an installation to use."""
    folder = tmp_path_factory.mktemp("mortal-home")
    given = os.environ.get("WACTORZ_HA_DIR")
    if given:
        share_installation(request.config.rootpath, Path(given), folder)
    with start_rig(request.config.rootpath, folder) as home:
        mortal = MortalHomeAssistant(home.url, home.token, folder)
        yield mortal
        with contextlib.suppress(ProcessLookupError):  # a test may have left it dead
            mortal.kill()
