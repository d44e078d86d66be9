"""A real Home Assistant for tests, and a probe that speaks to any home over its public API."""

import asyncio
import fcntl
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pytest

from wactorz_testing.broker import free_port

RIG_HELPER = "input_boolean.front_door_locked"
"""An entity that only the rig's home has."""
START_SECONDS = 600
"""The first start installs Home Assistant; later ones take seconds."""


@dataclass(frozen=True, slots=True)
class RealHomeAssistant:
    """A running Home Assistant: where it is and what lets one in."""

    url: str
    token: str


@pytest.fixture(scope="session")
def real_home_assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealHomeAssistant]:
    """Give a real Home Assistant: the one of HA_URL and HA_TOKEN, else one started from the rigs, else skip.

    A home of HA_URL must be one of the rigs: tests unlock doors and move sensors, which nobody wants at home.
    Where the rigs are present a failed start fails the test. WACTORZ_HA_DIR names a folder that keeps the
    installation between runs; HA_PYTHON the interpreter it is installed with.
    """
    url, token = os.environ.get("HA_URL", ""), os.environ.get("HA_TOKEN", "")
    if url and token:
        home = RealHomeAssistant(url.rstrip("/"), token)
        _refuse_a_lived_in_home(home)
        yield home
        return
    root, given = request.config.rootpath, os.environ.get("WACTORZ_HA_DIR")
    folder = tmp_path_factory.mktemp("home-assistant")
    if given:  # a home of its own for each session: several may run at the same time
        share_installation(root, Path(given), folder)
    with start_rig(root, folder) as home:
        yield home


def share_installation(root: Path, installed: Path, folder: Path) -> None:
    """Let a home in `folder` use the installation in `installed`, which is made first where there is none."""
    installed.mkdir(parents=True, exist_ok=True)
    with (installed / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (installed / "venv").exists():
            with start_rig(root, installed):
                pass
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "venv").exists():
        (folder / "venv").symlink_to((installed / "venv").resolve())


@contextmanager
def start_rig(root: Path, folder: Path) -> Iterator[RealHomeAssistant]:
    """A Home Assistant that is installed and configured in `folder`; without the rigs the test is skipped."""
    rig = Path(os.environ.get("WACTORZ_RIGS") or root.parent / "shared" / "rigs") / "home-assistant"
    if not rig.exists():
        pytest.skip(f"no Home Assistant: HA_URL and HA_TOKEN are not set, and there is no {rig}")
    try:
        yield _start(rig, folder)
    finally:
        subprocess.run([rig, "stop", folder], check=False, timeout=60)  # noqa: S603  the rig's own script


def _refuse_a_lived_in_home(home: RealHomeAssistant) -> None:
    """Fail the test when a home has none of the rig's helpers."""
    request = urllib.request.Request(  # noqa: S310  the address comes from whoever runs the tests
        f"{home.url}/api/states/{RIG_HELPER}", headers={"Authorization": f"Bearer {home.token}"}
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
    except OSError as error:
        pytest.fail(
            f"HA_URL={home.url} is no Home Assistant made for tests ({error}; it needs {RIG_HELPER}). "
            "Tests move its devices: unset HA_URL and HA_TOKEN, or point them at a home of the rigs."
        )


def _start(rig: Path, folder: Path) -> RealHomeAssistant:
    """Start the rig on a free port; a failure fails the test with what the rig said."""
    output, errors = folder / "rig.out", folder / "rig.err"
    folder.mkdir(parents=True, exist_ok=True)
    # Files, not pipes: Home Assistant inherits the streams and would keep a pipe open for ever.
    with output.open("w") as out, errors.open("w") as err:
        try:
            ended = subprocess.run(  # noqa: S603  the rig's own script
                [rig, "start", folder, str(free_port())], check=False, stdout=out, stderr=err, timeout=START_SECONDS
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"Home Assistant did not start within {START_SECONDS} s; see {folder}/console.log")
    answers = dict(line.split("=", 1) for line in output.read_text().splitlines() if "=" in line)
    if ended.returncode or not {"HA_URL", "HA_TOKEN"} <= answers.keys():
        pytest.fail(f"Home Assistant did not start (exit code {ended.returncode}): {errors.read_text()[-2000:]}")
    return RealHomeAssistant(answers["HA_URL"], answers["HA_TOKEN"])


@dataclass(slots=True)
class HomeProbe:
    """A client of a home's WebSocket and REST API that keeps every message in order of arrival.

    Use it as `async with HomeProbe(url, token) as probe`.
    """

    url: str
    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    _http: aiohttp.ClientSession | None = None
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _last_id: int = 0

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"})
        self._socket = await self._http.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        self.messages.append(await self._socket.receive_json())
        await self._socket.send_json({"type": "auth", "access_token": self.token})
        self.messages.append(await self._socket.receive_json())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket:
            await self._socket.close()
        if self._http:
            await self._http.close()

    async def command(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Send a command; returns its result or pong message."""
        self._last_id += 1
        wanted = self._last_id
        await self.send({"id": wanted, "type": kind, **fields})
        return await self.until(lambda message: message.get("id") == wanted and message["type"] in ("result", "pong"))

    async def send(self, message: Any) -> None:
        """Send a message as it is."""
        if self._socket is None:
            raise RuntimeError("The probe is not connected. Use it as an async context manager.")
        await self._socket.send_json(message)

    async def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """Read until a message is as wanted; raises TimeoutError when none comes."""
        if self._socket is None:
            raise RuntimeError("The probe is not connected. Use it as an async context manager.")
        async with asyncio.timeout(seconds):
            while True:
                message = await self._socket.receive_json()
                self.messages.append(message)
                if wanted(message):
                    return dict(message)

    async def call(self, domain: str, service: str, /, **data: Any) -> dict[str, Any]:
        """Call a service; returns the result message."""
        return await self.command("call_service", domain=domain, service=service, service_data=data)

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return the state object of an entity now."""
        _, body, _ = await self.rest("GET", f"/api/states/{entity_id}")
        return dict(body)

    async def rest(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Make a REST request; returns status, body (JSON or text) and headers."""
        if self._http is None:
            raise RuntimeError("The probe is not connected. Use it as an async context manager.")
        form: dict[str, Any] = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
        async with self._http.request(method, self.url + path, headers=headers, **form) as answer:
            is_json = answer.content_type == "application/json"
            content = await answer.json() if is_json else await answer.text()
            return answer.status, content, dict(answer.headers)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as unused:
        share_installation(Path.cwd(), Path(sys.argv[1]), Path(unused))
