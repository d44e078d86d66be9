"""The house in motion: events on their way to the broker, a minute of a thousand each second, and rules that act."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import gmqtt

from tests.bench.report import Figure
from wactorz_common.agent import Agent
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import CREATE_RULE, LIST_RULES, CreateRule, RuleDraft, StateTrigger
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port
from wactorz_testing.home_assistant import HomeProbe

RATE, SECONDS = 1_000, 60
QUIET_RATE, QUIET_SECONDS = 20, 15
FIRINGS = 150
WARM_FIRINGS = 10
SENSOR = "sensor.kitchen_temperature"
_TOKEN = "bench"  # of a home that lives as long as a measurement
_SERVICES = (
    "wactorz_home_assistant_state_bridge", "wactorz_home_assistant_map_agent", "wactorz_home_assistant_agent",
    "wactorz_home_assistant_actuator", "wactorz_planner",
)  # fmt: skip


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """Each service in a process of its own, beside a demo home of 1,000 entities."""
    with ExitStack() as stack:
        home = stack.enter_context(_home(folder))
        environment = _environment(broker, folder, home.url)
        bridge = stack.enter_context(_service(_SERVICES[0], environment))
        listener = Listener()
        await listener.listen(broker)
        await _until(lambda: listener.resynced >= 1_000)
        quiet = await _events(home, listener, QUIET_RATE, QUIET_SECONDS)
        storm = await _storm(home, listener, bridge.pid)
        await listener.client.disconnect()
        for name in _SERVICES[1:]:
            stack.enter_context(_service(name, environment))
        async with running(Rules, broker, folder) as rules, HomeProbe(home.url, _TOKEN) as probe:
            firings = await _firings(rules, probe)
    return [
        Figure("state event to MQTT p50", _at(quiet, 0.5) * 1e3, "ms", at_most=10),
        Figure("state event to MQTT p99", _at(quiet, 0.99) * 1e3, "ms"),
        *storm,
        Figure("state event to rule to service call p50", _at(firings, 0.5) * 1e3, "ms", at_most=25),
        Figure("state event to rule to service call p99", _at(firings, 0.99) * 1e3, "ms", at_most=80),
    ]


class Home:
    """The demo home of `tests.bench.storm`."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.storm", str(folder / "home"), str(port), _TOKEN],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._heard("ready")

    async def storm(self, rate: float, seconds: float) -> None:
        """Let sensors move; returns when they rest."""
        if self.process.stdin is None:
            raise RuntimeError("the home takes no orders")
        self.process.stdin.write(f"{rate} {seconds}\n")
        self.process.stdin.flush()
        await asyncio.to_thread(self._heard, "done")

    def _heard(self, word: str) -> None:
        said = self.process.stdout.readline().strip() if self.process.stdout else ""
        if said != word:
            raise RuntimeError(f"the home says {said!r}")


class Listener:
    """Takes what the bridge says: how long each event was under way, and which numbers came."""

    def __init__(self) -> None:
        self.client = gmqtt.Client("bench-listener", clean_session=True)
        self.client.on_message = self._take
        self.resynced = 0
        self.numbers: Counter[int] = Counter()
        self.delays: list[float] = []

    async def listen(self, broker: TestBroker) -> None:
        """Begin."""
        await self.client.connect(broker.host, broker.port)
        self.client.subscribe("homeassistant/state_changes/#", qos=1)

    def forget(self) -> None:
        """Begin anew."""
        self.numbers.clear()
        self.delays.clear()

    def _take(self, _client: Any, _topic: str, payload: bytes, *_more: Any) -> int:
        now = time.time()
        change = json.loads(payload)
        if change["resync"]:
            self.resynced += 1
        elif change["domain"] == "sensor":
            self.numbers[int(change["new_state"]["state"])] += 1
            self.delays.append(now - change["timestamp"])
        return 0


async def _events(home: Home, listener: Listener, rate: float, seconds: float) -> list[float]:
    listener.forget()
    await home.storm(rate, seconds)
    await _until(lambda: len(listener.numbers) >= rate * seconds)
    return sorted(listener.delays)


async def _storm(home: Home, listener: Listener, pid: int) -> list[Figure]:
    listener.forget()
    count = RATE * SECONDS
    storm = asyncio.create_task(home.storm(RATE, SECONDS))
    await asyncio.sleep(SECONDS / 4)
    early = _memory(pid)
    began = time.perf_counter() - SECONDS / 4
    await storm
    took = time.perf_counter() - began
    late = _memory(pid)
    try:
        await _until(lambda: len(listener.numbers) >= count)
    except TimeoutError:
        print(f"  {count - len(listener.numbers)} events have not come", file=sys.stderr)
    delays = sorted(listener.delays)
    return [
        Figure(f"events in {took:.0f} s", len(listener.numbers) / took, "/s", at_least=0.95 * RATE),
        Figure("events lost", count - len(listener.numbers), "", at_most=0),
        Figure("events said twice", sum(listener.numbers.values()) - len(listener.numbers), "", at_most=0),
        Figure("state event to MQTT in the storm p50", _at(delays, 0.5) * 1e3, "ms"),
        Figure("state event to MQTT in the storm p99", _at(delays, 0.99) * 1e3, "ms"),
        Figure("memory of the bridge (RSS)", late, "MiB"),
        Figure("its growth in the last three quarters", late - early, "MiB", at_most=4),
    ]


class Rules(Agent[AgentSettings]):
    """Makes rules."""

    name = "bench-rules"
    description = "Makes rules"

    async def make(self, number: int, light: str) -> None:
        """When the sensor shows this number, a light of its own is to go on."""
        draft = RuleDraft(
            trigger=StateTrigger(entity_id=SENSOR, to=f"{1_000 + number}"),
            actions=(ServiceCall(domain="light", service="turn_on", entity_id=(light,)),), cooldown_seconds=0,
        )  # fmt: skip
        await self.submit(CREATE_RULE, CreateRule(task=f"rule {number} for {light}", draft=draft))


async def _firings(rules: Rules, probe: HomeProbe) -> list[float]:
    """Seconds from each state event to the call of the service, both by the clock of the home."""
    states = (await probe.command("get_states"))["result"]
    lights = [one["entity_id"] for one in states if one["entity_id"].startswith("light.") and one["state"] == "off"]
    lights = lights[: WARM_FIRINGS + FIRINGS]
    await _until_served(rules)
    for number, light in enumerate(lights):
        await rules.make(number, light)
    made = len((await rules.ask(LIST_RULES, Nothing())).rules)
    if made < len(lights):
        raise RuntimeError(f"of {len(lights)} rules {made} were made")
    for kind in ("state_changed", "call_service"):
        await probe.command("subscribe_events", event_type=kind)
    times = []
    for number, light in enumerate(lights):
        moved = asyncio.create_task(probe.until(lambda message, light=light: _called(message, light), 10))
        _, state, _ = await probe.rest("POST", f"/api/states/{SENSOR}", {"state": f"{1_000 + number}"})
        called = (await moved)["event"]["time_fired"]
        times.append(_moment(called) - _moment(state["last_updated"]))
        await asyncio.sleep(0.05)
    return sorted(times[WARM_FIRINGS:])


def _called(message: dict[str, Any], light: str) -> bool:
    event = message.get("event") or {}
    asked = (event.get("data") or {}).get("service_data") or {}
    return event.get("event_type") == "call_service" and light in str(asked.get("entity_id"))


async def _until_served(rules: Rules) -> None:
    """Wait until the planner knows the house."""
    async with asyncio.timeout(60):
        while True:
            try:
                await rules.ask(LIST_RULES, Nothing(), timeout=2)
            except (TransportError, TaskFailed):
                await asyncio.sleep(0.2)
            else:
                return await asyncio.sleep(3)


def _environment(broker: TestBroker, folder: Path, url: str) -> dict[str, str]:
    return {
        **os.environ, "WACTORZ_STATE_DIR": str(folder / "state"), "MQTT_HOST": broker.host,
        "MQTT_PORT": str(broker.port), "HA_URL": url, "HA_TOKEN": _TOKEN, "WACTORZ_LOG_LEVEL": "ERROR",
    }  # fmt: skip


@contextmanager
def _home(folder: Path) -> Iterator[Home]:
    home = Home(folder)
    try:
        yield home
    finally:
        home.process.kill()
        home.process.wait(10)


@contextmanager
def _service(module: str, environment: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen([sys.executable, "-m", module], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _memory(pid: int) -> float:
    """Resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} does not tell its memory")


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
