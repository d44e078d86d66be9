"""A house in which something goes on, for pictures and figures."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from wactorz_testing.system import System, eventually, started

from .models import CAPITAL, a_model

RULES = (
    "when the kitchen temperature goes above 28 degrees, turn on the air conditioner, at most every 1 seconds",
    "when there is motion in the hallway, turn on the hallway light",
    "every day at 7 turn on the hallway light",
    "when the front door is open for 5 minutes, tell me",
)
SAID = (
    "turn on the kitchen light", "set the bedroom light to 30 %", "is the front door open?", CAPITAL,
    "what is the temperature in the kitchen?",
)  # fmt: skip
COUNTER = """
async def setup(agent):
    agent.subscribe("sensors/door/front", on_door)

async def on_door(data):
    agent.persist("count", agent.recall("count", 0) + 1)

async def process(agent):
    agent.persist("looked", agent.recall("looked", 0) + 1)
    await agent.publish("custom/door-counter/alive", {"looked": agent.recall("looked", 0), "open": False})
    await agent.log("looked " + str(agent.recall("looked", 0)) + " times, the door is closed")

async def handle_task(agent, payload):
    return {"count": agent.recall("count", 0)}
"""
CLUMSY = """
async def process(agent):
    reading = {"watts": 420}
    return reading["volts"]
"""


@contextmanager
def lively(folder: Path) -> Iterator[System]:
    """A system with rules that fired, agents at work, one that fails, answers that cost something."""
    with a_model() as settings, started(folder / "state", **settings) as system:
        for sentence in RULES:
            eventually(lambda: system.say(sentence)["status"] == "done", 20, sentence)  # noqa: B023  # called at once
        for sentence in SAID:
            system.say(sentence)
        for name, code in (("door-counter", COUNTER), ("meter-reader", CLUMSY)):
            spec = {"name": name, "code": code, "description": f"Runs as {name}", "poll_interval": 1.5}
            httpx.post(f"{system.url}/api/agents", json=spec, timeout=90).raise_for_status()
        bustle(system)
        bustle(system)
        yield system


def bustle(system: System) -> None:
    """Let something happen: it gets hot and cools down, somebody walks by, somebody asks."""
    for degrees in ("21", "29.5"):
        system.run("home", "set", "sensor.kitchen_temperature", degrees)
    system.run("home", "set", "binary_sensor.hallway_motion", "on")
    system.say("turn on the living room light", session=secrets.token_hex(4))
    system.run("home", "set", "binary_sensor.hallway_motion", "off")


def asked(system: System) -> str:
    """A question that waits for a yes; its id."""
    system.say("unlock the front door", session="door")
    waiting = eventually(lambda: system.get("/api/approvals"), 10, "a question")
    return str(waiting[0]["id"])
