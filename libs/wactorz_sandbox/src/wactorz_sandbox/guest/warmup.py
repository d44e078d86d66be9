"""Runs a small agent while the component is built: what Python sets up on first use is then shared by all instances."""

import gc
import json

from wactorz_sandbox.guest.program import Program
from wactorz_sandbox.guest.pump import Pump

_SOURCE = """
import asyncio

seen = []

async def setup(agent):
    agent.subscribe("a/+", heard)
    agent.window("a/+", seconds=10)
    await agent.persist("k", {"a": [1, 2.5, None, True, "text"]})
    agent.declare_contract(publishes=["a/b"], schema={"value": "float"})
    agent.log("ready")

async def heard(payload):
    seen.append(payload["value"])

async def process(agent):
    await agent.publish("a/b", {"value": agent.window("a/+").mean()})
    await asyncio.sleep(1)

async def handle_task(agent, payload):
    answers = await asyncio.gather(agent.send_to("b", payload), agent.delegate("c", payload))
    await agent.recall("k", {})
    if not payload:
        raise ValueError("nothing")
    return {"answers": answers, "text": f"{payload!s:>10}"}
"""
_ROUNDS = 40


class _NoPort:
    def __init__(self, pump: Pump) -> None:
        self.request = pump.request
        self.begin = pump.begin

    def now(self) -> float:
        return 0.0

    def log(self, level: str, text: str) -> None:
        """Nobody listens yet."""

    def publish(self, topic: str, payload: str, retain: bool) -> str:  # noqa: ARG002 (the form of a port)
        return ""

    def subscribe(self, topic_filter: str) -> str:  # noqa: ARG002
        return ""

    def persist(self, key: str, value: str) -> str:  # noqa: ARG002
        return ""

    def recall(self, key: str) -> str | None:
        return json.dumps(key)

    def tell(self, kind: str, body: str) -> str:  # noqa: ARG002
        return ""


def run() -> None:
    """Use the agent until Python has settled; the garbage collector leaves alone what is there then."""
    for _ in range(_ROUNDS):
        pump = Pump()
        program = Program(_SOURCE, {"name": "warm", "directory": {}}, _NoPort(pump))
        pump.start("1", program.call("setup"))
        pump.turn(0.0)
        program.deliver("a/b", '{"value": 1}')
        for number, payload in enumerate(({"text": "hello"}, None)):
            pump.start(f"t{number}", program.call("handle_task", payload))
        pump.start("p", program.call("process"))
        wanted = json.loads(pump.turn(1.0))
        for op_id, *_ in wanted["ops"]:
            pump.resume(op_id, "ok", {"result": op_id})
        pump.turn(2.5)
        pump.loop.close()
    gc.collect()
    gc.freeze()
