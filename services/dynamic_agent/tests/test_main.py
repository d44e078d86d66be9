"""The process of the host as its runner sees it."""

import asyncio
import os
import signal
import sys

_BUILDING = """
import time
from wactorz_sandbox.component import Component
from wactorz_dynamic_agent import __main__ as program

Component.load_now = classmethod(lambda cls, *_, **__: time.sleep(120))
program.SandboxRuntime.warm_up = program.SandboxRuntime.load
program.main()
"""


async def test_a_signal_ends_it_at_once_while_the_sandbox_is_being_built(tmp_path):
    control = tmp_path / "c.sock"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "WACTORZ_STATE_DIR": str(tmp_path / "state")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _BUILDING, "--control", str(control), env=env, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(20):
            while not control.exists():
                assert process.returncode is None, await process.stderr.read()
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
