"""Entry point: hosts spawned agents as the control stream orders."""

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from pathlib import Path

from wactorz_common import failpoints, healthcheck, logs, settings
from wactorz_common.errors import ConfigError, WactorzError
from wactorz_common.run import EXIT_CONFIG
from wactorz_common.supervision import silence_limit
from wactorz_dynamic_agent.host import Host
from wactorz_dynamic_agent.sandbox import SandboxRuntime
from wactorz_dynamic_agent.settings import HostSettings

NAME = "dynamic-agent"


def main() -> None:
    """Host agents until a signal comes."""
    parser = argparse.ArgumentParser(prog=NAME, description="Hosts spawned agents as a node runner orders.")
    parser.add_argument("--control", type=Path, help="Unix socket to listen on; without it standard input and output")
    control = parser.parse_args().control
    try:
        loaded = settings.load(HostSettings)
        logs.configure(NAME, loaded.log_level, loaded.log_format, sys.stderr)
        failpoints.configure(loaded.failpoints)
        import uvloop  # noqa: PLC0415  # as in every agent, not loaded before it is needed

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(loaded, control))
    except ConfigError as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        sys.exit(EXIT_CONFIG)
    except WactorzError as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        sys.exit(1)


async def serve(loaded: HostSettings, control: Path | None) -> None:
    """Take orders until a signal comes, then end every agent in good order."""
    stopped = asyncio.Event()
    if loaded.health_file:
        loaded.health_file.unlink(missing_ok=True)  # what the last run said does not hold for this one
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sandbox = SandboxRuntime(loaded.sandbox_dir)
    host = Host(loaded, sandbox)
    if control is None:
        await host.control.attach(*_standard_streams())
    else:
        await host.control.listen(control)
    try:
        if await _warmed_up(sandbox, stopped):
            gc.freeze()
            host.ready = True
            host.control.greet()
            await _stay(loaded, stopped)
    finally:
        await host.close()
        if stopped.is_set() and sandbox.is_loading:
            os._exit(0)  # a build goes on in a thread, which Python would wait for


async def _warmed_up(sandbox: SandboxRuntime, stopped: asyncio.Event) -> bool:
    """Whether the sandbox was loaded, if it is there, before the end was wanted."""
    warming, ending = asyncio.ensure_future(sandbox.warm_up()), asyncio.ensure_future(stopped.wait())
    await asyncio.wait((warming, ending), return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if warming.done():
        await warming
        return True
    warming.cancel()
    return False


async def _stay(loaded: HostSettings, stopped: asyncio.Event) -> None:
    """Wait for the end, and note meanwhile that the host is well, with agents or without."""
    while not stopped.is_set():
        if loaded.health_file:
            try:
                healthcheck.note(loaded.health_file, silence_limit(loaded.heartbeat_seconds))
            except OSError as error:
                logs.get(__name__).error("the health file cannot be written", reason=str(error))  # expected
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(loaded.heartbeat_seconds):
                await stopped.wait()


def _standard_streams() -> tuple[int, int]:
    """Descriptors of standard input and output; what anything else prints goes to standard error."""
    reading, writing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return reading, writing


if __name__ == "__main__":
    main()
