"""A configuration of devices: filter, cool-down, conditions, one task for all its actions."""

import asyncio
import json
import time
from types import SimpleNamespace

import pytest

from wactorz_common.contracts.home import (
    ACTUATE,
    ACTUATIONS,
    GET_STATES,
    ActuationResult,
    CallOutcome,
    Entity,
    StateReport,
)
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TransportError
from wactorz_dynamic_agent.automation import Automation

BODY = {
    "name": "hall", "type": "ha_actuator", "automation_id": "hall-light", "description": "Light at the door",
    "mqtt_topics": ["custom/detections/door"], "detection_filter": {"detected": True}, "cooldown_seconds": 10,
    "actions": [{"domain": "light", "service": "turn_on", "entity_id": "light.hall",
                 "service_data": {"brightness_pct": "$payload.level"}}],
}  # fmt: skip


class Bus:
    def __init__(self):
        self.listeners, self.all = {}, []

    def listen(self, topic, listener, qos=1):
        self.listeners[topic], self.qos = listener, qos
        self.all.append(topic)
        return lambda: self.listeners.pop(topic, None)


class Agent:
    name = "hall"
    state = AgentState.RUNNING

    def __init__(self, **changes):
        self.spec = SpawnSpec.accept({**BODY, **changes})
        self.bus, self.log = Bus(), SimpleNamespace(info=lambda *_args, **_more: None)
        self.kept, self.acted, self.told, self.counted, self.errors, self.events = {}, [], [], [], [], []
        self.light = Entity(entity_id="sun.sun", name="Sun", state="below_horizon", attributes={"elevation": -5})
        self.away = False

    @property
    def is_resting(self):
        return self.state is not AgentState.RUNNING

    def recall(self, key, default):
        return self.kept.get(key, default)

    async def persist(self, key, value):
        self.kept[key] = value

    def count(self, counter, amount):
        self.counted.append((counter, amount))

    def report_success(self):
        pass

    async def report_error(self, error, phase):
        self.errors.append(error)

    async def log_event(self, text, level):
        self.told.append(text)

    async def ask(self, operation, query, timeout):
        assert operation is GET_STATES
        if self.away:
            raise TransportError("nobody answers")
        return StateReport(states=tuple(e for e in (self.light,) if e.entity_id in query.entity_id))

    async def submit(self, operation, actuation):
        assert operation is ACTUATE
        self.acted.append(actuation)
        outcome = CallOutcome(call=actuation.calls[0], state=TaskState.DONE)
        result = ActuationResult(outcomes=(outcome,), text="Turned on the hall light.")
        return SimpleNamespace(state=TaskState.DONE, result=result, error="", task_id=f"t{len(self.acted)}")

    async def publish(self, channel, event):
        assert channel is ACTUATIONS
        self.events.append(event)


async def run(agent, *messages, retained=False):
    automation = Automation(agent)
    running = asyncio.create_task(automation.run())
    await asyncio.sleep(0)
    for message in messages:
        for listener in list(agent.bus.listeners.values()):
            await listener("custom/detections/door", json.dumps(message).encode(), retained)
        await asyncio.sleep(0.01)
    running.cancel()
    return automation


async def test_a_message_that_fits_moves_the_devices_once_and_leaves_evidence():
    agent = Agent()
    automation = await run(agent, {"detected": False}, {"detected": True, "level": 40}, {"detected": True, "level": 50})
    [actuation] = agent.acted
    assert actuation.calls[0].data == {"brightness_pct": 40}
    assert (actuation.origin, actuation.reason) == ("agent", "Light at the door")
    assert actuation.evidence["payload"] == {"detected": True, "level": 40}
    [event] = agent.events
    assert (event.automation_id, event.trigger_payload["level"]) == ("hall-light", 40)
    assert agent.kept["actuations_count"] == 1
    assert abs(agent.kept["last_actuation_time"] - time.time()) < 5
    told = await automation.task({})
    assert told["actuations_count"] == 1
    assert "cool-down" in told["result"]


async def test_the_cool_down_outlives_a_restart_and_a_clock_that_was_set_back():
    agent = Agent()
    agent.kept["last_actuation_time"] = time.time() - 3
    await run(agent, {"detected": True, "level": 1})
    assert agent.acted == []
    agent.kept["last_actuation_time"] = time.time() + 3600
    await run(agent, {"detected": True, "level": 1})
    assert len(agent.acted) == 1


async def test_what_the_broker_kept_and_what_comes_while_it_rests_moves_nothing():
    agent = Agent()
    await run(agent, {"detected": True, "level": 1}, retained=True)
    agent.state = AgentState.PAUSED
    await run(agent, {"detected": True, "level": 1})
    assert agent.acted == []


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        ({"entity_id": "sun.sun", "operator": "eq", "value": "below_horizon"}, True),
        ({"entity_id": "sun.sun", "attribute": "elevation", "operator": "lt", "value": 0}, True),
        ({"entity_id": "sun.sun", "operator": "eq", "value": "above_horizon"}, False),
        ({"entity_id": "sun.gone", "operator": "ne", "value": "x"}, False),
    ],
)
async def test_all_conditions_must_hold_against_the_live_states(condition, acts):
    agent = Agent(conditions=[condition])
    await run(agent, {"detected": True, "level": 1})
    assert bool(agent.acted) is acts


async def test_without_the_house_no_condition_holds():
    agent = Agent(conditions=[{"entity_id": "sun.sun", "operator": "eq", "value": "below_horizon"}])
    agent.away = True
    await run(agent, {"detected": True, "level": 1})
    assert (agent.acted, agent.kept) == ([], {})


async def test_an_action_that_the_message_does_not_fill_is_told_and_costs_no_cool_down():
    agent = Agent()
    await run(agent, {"detected": True})
    assert agent.acted == []
    assert "$payload.level" in agent.told[0]
    assert "last_actuation_time" not in agent.kept


async def test_a_stopped_one_hears_nothing_until_it_is_started():
    agent = Agent()
    agent.state = AgentState.STOPPED
    automation = await run(agent)
    assert agent.bus.listeners == {}
    await automation.obey(AgentState.RUNNING)
    assert list(agent.bus.listeners) == ["custom/detections/door"]
    await automation.stop()
    assert agent.bus.listeners == {}


async def test_what_was_said_while_it_was_away_is_not_kept_for_it():
    agent = Agent()
    await run(agent)
    assert agent.bus.qos == 0


async def test_a_change_of_the_past_moves_nothing():
    agent = Agent(detection_filter=None)
    change = {"type": "home_assistant_state_change", "level": 1, "timestamp": time.time()}
    await run(agent, {**change, "resync": True}, {**change, "filled": True, "timestamp": time.time() - 60})
    assert agent.acted == []
    await run(agent, {**change, "resync": False})
    assert len(agent.acted) == 1


async def test_a_message_that_waited_too_long_moves_nothing(monkeypatch):
    agent = Agent(cooldown_seconds=0)
    monkeypatch.setattr("wactorz_dynamic_agent.automation.FRESH_SECONDS", 0.05)
    release, submit = asyncio.Event(), agent.submit

    async def slow(operation, actuation):
        await release.wait()
        return await submit(operation, actuation)

    agent.submit = slow
    automation = Automation(agent)
    running = asyncio.create_task(automation.run())
    await asyncio.sleep(0)
    for level in (1, 2):
        await agent.bus.listeners["custom/detections/door"](
            "t", json.dumps({"detected": True, "level": level}).encode(), False
        )
    await asyncio.sleep(0.1)
    release.set()
    await asyncio.sleep(0.05)
    running.cancel()
    assert [actuation.calls[0].data["brightness_pct"] for actuation in agent.acted] == [1]
    assert "too late" in (await automation.task({}))["result"]


async def test_topics_that_overlap_are_heard_once():
    agent = Agent(mqtt_topics=["custom/#", "custom/detections/door", "custom/#", "home/+/door"])
    await run(agent)
    assert agent.bus.all == ["custom/#", "home/+/door"]
