"""Two thousand active rules and 500 state events a second: from the event to the action, and what the planner uses."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import gmqtt

from tests.bench.report import Figure
from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    GET_STATES,
    STATE_CHANGE,
    Actuation,
    ActuationResult,
    CallOutcome,
    Entity,
    House,
    HousePart,
    HouseQuery,
    ServiceCall,
    StateChange,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.rules import (
    IMPORT_RULES,
    LIST_RULES,
    Condition,
    MqttTrigger,
    NumericTrigger,
    Rule,
    RuleDraft,
    RuleText,
    StateTrigger,
    TimeTrigger,
    Trigger,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_planner.files import write_rules
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

RULES, SENSORS, RATE, SECONDS = 2_000, 1_000, 500, 30
FIRE_EVERY = 10  # every second time the sensor is hot already, and gets cold
_PART = 250
_SETTLE = 3.0
_TICKS = os.sysconf("SC_CLK_TCK")
_COLD, _WARM, _HOT = "20", "25", "30"


async def measure(broker: TestBroker, folder: Path) -> list[Figure]:
    """The planner in a process of its own; everybody it talks to is here."""
    async with AsyncExitStack() as stack:
        for agent in (SmallHome, States):
            await stack.enter_async_context(running(agent, broker, folder / "peers"))
        device = await stack.enter_async_context(running(Device, broker, folder / "peers"))
        person = await stack.enter_async_context(running(Person, broker, folder / "peers"))
        with _planner(broker, folder) as process:
            made_in = await person.make_all()
            source = Source()
            await source.connect(broker)
            await source.storm(2)
            before = _cpu_seconds(process.pid)
            began = time.perf_counter()
            fired = await source.storm(SECONDS)
            took = time.perf_counter() - began
            used = (_cpu_seconds(process.pid) - before) / took
            await asyncio.sleep(_SETTLE)
            await source.client.disconnect()
    delays = sorted(device.delays(source.crossed))
    return [
        Figure(f"{RULES} rules made of YAML", made_in, "s"),
        Figure(f"state events in {took:.0f} s", source.count / took, "/s", at_least=0.95 * RATE),
        Figure(f"actions of {fired} crossings", len(delays), "", at_least=fired),
        Figure("state event to action p50", _at(delays, 0.5) * 1e3, "ms"),
        Figure("state event to action p99", _at(delays, 0.99) * 1e3, "ms", at_most=100),
        Figure("the planner's share of a core", used * 100, "%", at_most=40),
    ]


def _sensor(number: int) -> str:
    return f"sensor.s{number}"


class SmallHome(Agent[AgentSettings]):
    """The registry, on the name that is asked for it."""

    name = "home-assistant-map-agent"
    description = "A home of many sensors"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        """Every sensor, and a light for each rule."""
        sensors = [Entity(entity_id=_sensor(n), name=f"Sensor {n}", unit="°C", state=_COLD) for n in range(SENSORS)]
        lights = [Entity(entity_id=f"light.l{n}", name=f"Light {n}", state="off") for n in range(RULES)]
        house = House(version=1, entities=(*sensors, *lights), services={"light": ("turn_on",)})
        return PackedHouse.of(house).part(query)


class States(Agent[AgentSettings]):
    """Live states."""

    name = "home-assistant-agent"
    description = "Live states"

    @handles(GET_STATES)
    async def get_states(self, query: StateQuery, _task: Task) -> StateReport:
        """Everything is cold."""
        wanted = query.entity_id or tuple(_sensor(n) for n in range(SENSORS))
        return StateReport(states=tuple(Entity(entity_id=one, name=one, state=_COLD) for one in wanted))


class Device(Agent[AgentSettings]):
    """Acts at once, and writes down when."""

    name = "home-assistant-actuator"
    description = "Acts"

    async def on_start(self) -> None:
        """Nothing has been done yet."""
        self.acted: dict[str, list[float]] = {}

    @handles(ACTUATE)
    async def act(self, request: Actuation, _task: Task) -> ActuationResult:
        """Note the light and the time."""
        self.acted.setdefault(request.calls[0].entity_id[0], []).append(time.time())
        outcomes = tuple(CallOutcome(call=call, state=TaskState.DONE, context_id="ours") for call in request.calls)
        return ActuationResult(outcomes=outcomes, text="on")

    def delays(self, crossed: list[tuple[int, float]]) -> list[float]:
        """Seconds from each crossing to the action that it caused."""
        found = []
        for number, at in crossed:
            later = [moment for moment in self.acted.get(f"light.l{number}", ()) if moment >= at]
            found += [min(later) - at] if later else []
        return found


class Person(Agent[AgentSettings]):
    """Makes rules."""

    name = "gateway"
    description = "Makes rules"

    async def make_all(self) -> float:
        """Seconds until all rules are made, once the planner knows the home."""
        await self._until_ready()
        began = time.perf_counter()
        rules = [_rule(number) for number in range(RULES)]
        for first in range(0, RULES, _PART):
            text = write_rules(rules[first : first + _PART])
            end = await self.submit(IMPORT_RULES, RuleText(yaml=text), deadline=60)
            if end.result is None or end.result.problems:
                raise RuntimeError(f"rules were not made: {end.error or end.result}")
        return time.perf_counter() - began

    async def _until_ready(self) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    await self.ask(LIST_RULES, Nothing(), timeout=2)
                except (TransportError, TaskFailed):
                    await asyncio.sleep(0.2)
                else:
                    return await asyncio.sleep(2)


def _rule(number: int) -> Rule:
    """Most wait for a sensor, some for a topic or for the clock; each moves a light of its own."""
    draft = RuleDraft(
        trigger=_trigger(number), cooldown_seconds=0,
        conditions=(Condition(entity_id=_sensor((number + 1) % SENSORS), operator="lt", value=90.0),),
        actions=(ServiceCall(domain="light", service="turn_on", entity_id=(f"light.l{number}",)),),
    )  # fmt: skip
    return Rule(rule_id=f"{number:08x}", task=f"rule {number}", draft=draft, created_at=1.0)


def _trigger(number: int) -> Trigger:
    if number < SENSORS:
        return NumericTrigger(entity_id=_sensor(number), above=28)
    if number % 10 == 0:
        return MqttTrigger(topic=f"sensors/place{number}/air", field="co2", operator="gt", value=1000)
    if number % 10 == 1:
        return TimeTrigger(at="03:00")
    return StateTrigger(entity_id=_sensor(number % SENSORS), to="99", for_seconds=5)


class Source:
    """Publishes state changes; one event of twenty makes a sensor hot, which crosses its threshold."""

    def __init__(self) -> None:
        self.client = gmqtt.Client("bench-source", clean_session=True)
        self.count = 0
        self.crossed: list[tuple[int, float]] = []
        self._hot: set[int] = set()

    async def connect(self, broker: TestBroker) -> None:
        """Begin."""
        await self.client.connect(broker.host, broker.port)

    async def storm(self, seconds: float) -> int:
        """So many events a second, evenly; returns how many of them crossed."""
        self.count, self.crossed = 0, []
        began = time.perf_counter()
        while self.count < RATE * seconds:
            while self.count < min(RATE * seconds, (time.perf_counter() - began) * RATE):
                self._publish(self.count)
            await asyncio.sleep(0.004)
        return len(self.crossed)

    def _publish(self, number: int) -> None:
        sensor = number * 7 % SENSORS
        before = _HOT if sensor in self._hot else _WARM
        crosses = number % FIRE_EVERY == 0 and sensor not in self._hot
        state = _HOT if crosses else (_WARM if number % 2 else _COLD)
        (self._hot.add if crosses else self._hot.discard)(sensor)
        now = time.time()
        change = StateChange(
            entity_id=_sensor(sensor), domain="sensor", timestamp=now, old_state={"state": before, "attributes": {}},
            new_state={"state": state, "attributes": {"unit_of_measurement": "°C", "friendly_name": f"Sensor {sensor}"}},
        )  # fmt: skip
        topic = STATE_CHANGE.topic(domain="sensor", entity_id=_sensor(sensor))
        self.client.publish(topic, change.encode(), qos=1)
        if crosses:
            self.crossed.append((sensor, now))
        self.count += 1


@contextmanager
def _planner(broker: TestBroker, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    environment = {
        **os.environ, "WACTORZ_STATE_DIR": str(folder / "state"), "MQTT_HOST": broker.host,
        "MQTT_PORT": str(broker.port), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "wactorz_planner"], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
