"""Entry point: `python -m wactorz_docker_proxy`."""

import asyncio
import contextlib
import logging
import signal
import sys
import time

import structlog
from aiohttp import web
from pydantic import ValidationError

from wactorz_docker_proxy.server import Proxy, Server
from wactorz_docker_proxy.settings import ProxySettings

EXIT_CONFIG = 78
_PULSE_SECONDS = 5.0
_ALIVE_SECONDS = 15.0

log = structlog.get_logger(__name__)


def main() -> None:
    """Serve until a signal; ends the process with an exit code."""
    try:
        settings = ProxySettings()
        host, port = settings.address
    except (ValidationError, ValueError) as error:
        sys.stderr.write(f"docker-proxy: a WACTORZ_DOCKER_PROXY_ setting is missing or wrong: {error}\n")
        sys.exit(EXIT_CONFIG)
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    asyncio.run(serve(settings, host, port))


async def serve(settings: ProxySettings, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT."""
    proxy = Proxy(settings)
    runner = web.ServerRunner(Server(proxy), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    log.info("listening", role=settings.role, project=settings.project, addresses=runner.addresses)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    pulse = asyncio.create_task(_pulse(proxy, settings))
    try:
        await stopped.wait()
    finally:
        pulse.cancel()
        await runner.cleanup()
        await proxy.close()


async def _pulse(proxy: Proxy, settings: ProxySettings) -> None:
    """While the engine answers, write into the health file until when this counts as alive."""
    path = settings.health_file
    while path is not None:
        with contextlib.suppress(TimeoutError):
            if await asyncio.wait_for(proxy.alive(), _PULSE_SECONDS):
                draft = path.with_suffix(".new")
                draft.write_text(f"{time.time() + _ALIVE_SECONDS:.3f}\n")
                draft.replace(path)
        await asyncio.sleep(_PULSE_SECONDS)


if __name__ == "__main__":
    main()
