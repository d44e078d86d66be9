"""The server: the house behind its doors, from start to stop."""

import asyncio
import errno
import signal
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiohttp import web

from wactorz_demo_home import sun
from wactorz_demo_home.calllog import CallLog
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.growth import grow
from wactorz_demo_home.house import load_house
from wactorz_demo_home.recorder import Recorder
from wactorz_demo_home.rest import RestDoor, guard
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_demo_home.store import Store
from wactorz_demo_home.websocket import WebSocketDoor
from wactorz_demo_home.world import World

_log = structlog.get_logger(__name__)


class DemoHome:
    """A running demo home: `await start()`, then `url` is its address, then `await stop()`."""

    def __init__(self, settings: DemoHomeSettings) -> None:
        self._settings = settings
        self._token = settings.secret_token()
        self._store = Store(settings.folder / "house.sqlite")
        self._call_log = CallLog(settings.call_log) if settings.call_log else None
        self.recorder = Recorder(settings.folder / "history.sqlite") if settings.recorder else None
        self.world = World(
            grow(load_house(settings.house), settings.entities), self._store, self._call_log, self.recorder
        )
        self._websocket = WebSocketDoor(self.world, self._token)
        self._runner: web.AppRunner | None = None
        self._sun: asyncio.Task[None] | None = None
        self._clock: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen; raise DemoHomeError when the address cannot be had."""
        app = web.Application(middlewares=[guard(self._token, self.world.faults)])
        RestDoor(self.world).add_routes(app.router)
        app.router.add_get("/api/websocket", self._websocket.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        port = await self._listen(self._runner)
        self.url = f"http://{self._settings.host}:{port}"
        self._last_address.write_text(self.url + "\n")
        self._clock = asyncio.create_task(self.world.automations.run(), name="automations")
        if "sun.sun" in self.world.devices:
            self._sun = asyncio.create_task(self._turn_the_sky(), name="sun")
        _log.info("demo home is ready", url=self.url, devices=len(self.world.devices))

    async def stop(self) -> None:
        """Close the doors and files."""
        for task in filter(None, (self._sun, self._clock)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._websocket.close()
        if self._runner:
            await self._runner.cleanup()
        self._store.close()
        if self.recorder:
            self.recorder.close()
        if self._call_log:
            self._call_log.close()
        if self.url:
            _log.info("demo home has stopped")

    @property
    def _last_address(self) -> Path:
        return self._settings.folder / "url"

    async def _listen(self, runner: web.AppRunner) -> int:
        """Bind the port that is set; for 0 the last one again, so that clients find the house after a crash."""
        host, wanted = self._settings.host, self._settings.port
        for port in (wanted,) if wanted else (self._last_port(), 0):
            try:
                await web.TCPSite(runner, host, port, reuse_address=True).start()
            except OSError as error:
                if not wanted and port:
                    continue
                raise _unreachable(host, port, error) from error
            break
        return int(runner.addresses[0][1])

    def _last_port(self) -> int:
        try:
            return int(self._last_address.read_text().strip().rpartition(":")[2])
        except (OSError, ValueError):
            return 0

    async def _turn_the_sky(self) -> None:
        while True:
            now = datetime.now(UTC)
            condition = sun.sky(now)
            self.world.set_state("sun.sun", condition.state, condition.attributes, Context())
            await asyncio.sleep((sun.next_edge(now) - now).total_seconds() + 1)


def _unreachable(host: str, port: int, error: OSError) -> DemoHomeError:
    if error.errno == errno.EADDRINUSE:
        return DemoHomeError(
            f"Port {port} is taken by another program. Stop that one, or set WACTORZ_DEMO_HOME_PORT to a free port."
        )
    return DemoHomeError(
        f"The demo home cannot listen on {host}:{port} ({error.strerror}). "
        "Check WACTORZ_DEMO_HOME_HOST and WACTORZ_DEMO_HOME_PORT."
    )


async def serve(settings: DemoHomeSettings) -> None:
    """Run a demo home until SIGTERM or SIGINT."""
    home = DemoHome(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await home.start()
        await stop.wait()
    finally:
        await home.stop()
