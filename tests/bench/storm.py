"""A demo home of 1,000 entities, as a process of its own, whose sensors move as fast as they are told to."""

import asyncio
import sys
import time
from pathlib import Path

from wactorz_demo_home.context import Context
from wactorz_demo_home.logs import configure
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings

ENTITIES = 1_000
_TICK = 0.01


async def serve(folder: str, port: int, token: str) -> None:
    """Run the home; a line `rate seconds` on standard input is a storm, which `done` ends."""
    settings = DemoHomeSettings.model_validate(
        {"state_dir": Path(folder), "port": port, "token": token, "entities": ENTITIES}
    )
    home = DemoHome(settings)
    await home.start()
    print("ready", flush=True)
    try:
        told = 0
        while line := await asyncio.to_thread(sys.stdin.readline):
            rate, seconds = map(float, line.split())
            told = await _storm(home, rate, seconds, told)
            print("done", flush=True)
    finally:
        await home.stop()


async def _storm(home: DemoHome, rate: float, seconds: float, first: int) -> int:
    """Set `rate` states a second, each to a number of its own, counted from `first`; returns the next one."""
    sensors = [one for one, device in home.world.devices.items() if one.startswith("sensor.") and not device.late]
    began, number = time.perf_counter(), 0
    while number < rate * seconds:
        due = min(rate * seconds, (time.perf_counter() - began) * rate)
        most = number + rate * _TICK * 5  # who was held up does not let everything out at once
        while number < min(due, most):
            home.world.set_state(sensors[number % len(sensors)], str(first + number), None, Context())
            number += 1
        await asyncio.sleep(_TICK)
    return first + number


if __name__ == "__main__":
    configure("ERROR", "console")
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
