"""What is said on a real broker, observed; agents that fit together, and agents that would wait in vain."""

import asyncio
import json

import aiomqtt
import pytest

from wactorz_common.agent import Agent
from wactorz_common.contracts.chat import CHAT, ChatRequest
from wactorz_common.contracts.spawning import SPAWN, SpawnSpec
from wactorz_common.contracts.topics import (
    CHECK_WIRING,
    LIST_TOPICS,
    PROPOSE_WIRING,
    TopicQuery,
    WiringCheck,
    WiringQuery,
)
from wactorz_common.settings import AgentSettings
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings
from wactorz_testing.agents import running
from wactorz_topics.agent import TopicsAgent
from wactorz_topics.settings import TopicsSettings

pytestmark = pytest.mark.broker


class Person(Agent[AgentSettings]):
    name = "main"
    description = "Asks"


class Weather(Agent[AgentSettings]):
    name = "weather"
    description = "Tells the weather"

    def extra_manifest(self):
        return {
            "publishes": ("custom/weather",),
            "produces_schema": {"temperature_c": "float - temperature in °C", "city": "str - where"},
        }


class Heater(Agent[AgentSettings]):
    name = "heater"
    description = "Heats"

    def extra_manifest(self):
        return {"subscribes": (), "consumes_schema": {"temperature": "float - outside temperature in °F"}}


class Deleted(Agent[AgentSettings]):
    name = "gone"
    description = "Goes"
    protected = False

    def extra_manifest(self):
        return {"publishes": ("custom/gone",)}


@pytest.fixture
async def person(broker, tmp_path):
    async with running(Person, broker, tmp_path) as made:
        yield made


@pytest.fixture
async def client(broker):
    async with aiomqtt.Client(broker.host, broker.port) as made:
        yield made


@pytest.fixture
def start(broker, tmp_path):
    return lambda **values: running(TopicsAgent, broker, tmp_path, TopicsSettings, **values)


async def tell(client, topic, payload, **options):
    await client.publish(topic, payload if isinstance(payload, str | bytes) else json.dumps(payload), qos=1, **options)


async def topics(person, keyword="", count=1):
    async with asyncio.timeout(10):
        while True:
            report = await person.ask(LIST_TOPICS, TopicQuery(keyword=keyword))
            if len(report.topics) >= count:
                return {one.topic: one for one in report.topics}
            await asyncio.sleep(0.02)


async def test_traffic_is_observed_with_fields_units_and_covered_secrets(person, client, start):
    async with start():
        await asyncio.sleep(0.2)
        await tell(
            client, "sensors/kitchen", {"temperature_c": 21.5, "inner": {"on": True}, "api_token": "abcdefgh1234"}
        )
        await tell(client, "sensors/kitchen", {"temperature_c": 22, "at": "https://discord.com/api/webhooks/1/canary"})
        seen = (await topics(person, "kitchen"))["sensors/kitchen"]
        async with asyncio.timeout(5):
            while seen.messages < 2:
                seen = (await topics(person, "kitchen"))["sensors/kitchen"]
        fields = {one.name: one for one in seen.fields}
        assert (fields["temperature_c"].types, fields["temperature_c"].unit) == (("number",), "°C")
        assert (fields["temperature_c"].example, fields["temperature_c"].share) == (22, 1.0)
        assert (fields["inner.on"].types, fields["inner.on"].share) == (("truth",), 0.5)
        assert fields["api_token"].example == "[covered]"
        assert seen.sample == {"temperature_c": 22, "at": "[discord]"}
        assert "canary" not in seen.encode().decode()


async def test_what_is_said_to_one_agent_only_is_not_heard(person, client, start):
    async with start() as agent:
        await asyncio.sleep(0.2)
        for topic in (
            "agents/by-name/x/task",
            "agents/a-1/chat",
            "io/chat",
            "system/vault_key",
            "agents/a-1/questions",
        ):
            await tell(client, topic, {"x": 1})
        await tell(client, "custom/last", {"x": 1})
        await topics(person, "custom/last")
        assert list(agent.observer.topics) == ["custom/last"]


async def test_changes_of_states_are_one_topic_per_domain(person, client, start):
    async with start():
        await asyncio.sleep(0.2)
        for number in range(5):
            await tell(client, f"homeassistant/state_changes/light/light.l{number}", {"entity_id": f"light.l{number}"})
        await tell(client, "homeassistant/state_changes/sensor/sensor.t", {
            "entity_id": "sensor.t", "new_state": {"state": "21", "attributes": {"unit_of_measurement": "°C"}},
        })  # fmt: skip
        seen = await topics(person, "homeassistant", 2)
        assert set(seen) == {
            "homeassistant/state_changes/light/{entity_id}", "homeassistant/state_changes/sensor/{entity_id}",
        }  # fmt: skip
        units = {one.name: one.unit for one in seen["homeassistant/state_changes/sensor/{entity_id}"].fields}
        assert units["new_state.state"] == "°C"


async def test_what_agents_declare_is_there_before_they_speak_and_gone_with_them(person, broker, tmp_path, start):
    async with start() as agent, running(Weather, broker, tmp_path), running(Deleted, broker, tmp_path) as deleted:
        seen = (await topics(person, "weather"))["custom/weather"]
        assert (seen.publishers, seen.messages) == (("weather",), 0)
        assert {one.name: one.unit for one in seen.fields} == {"temperature_c": "°C", "city": ""}
        await topics(person, "custom/gone")
        await deleted.on_delete()
        async with asyncio.timeout(5):
            while agent.directory.named("gone"):
                await asyncio.sleep(0.02)
        assert "custom/gone" not in await topics(person, count=1)


async def test_agents_that_fit_are_proposed_with_what_has_to_be_converted(person, broker, tmp_path, start):
    async with start(), running(Weather, broker, tmp_path), running(Heater, broker, tmp_path):
        await topics(person, "weather")
        async with asyncio.timeout(5):
            while not (report := await person.ask(PROPOSE_WIRING, WiringQuery(agent="heater"))).wirings:
                await asyncio.sleep(0.02)
        wiring = report.wirings[0]
        assert (wiring.producer, wiring.consumer, wiring.topic) == ("weather", "heater", "custom/weather")
        assert wiring.fields == {"temperature": "temperature_c"}
        assert "temperature_c is in °C, temperature wants °F: convert it" in wiring.note
        nothing = await person.ask(PROPOSE_WIRING, WiringQuery(agent="main"))
        assert nothing.wirings == ()


async def test_a_consumer_that_would_wait_in_vain_is_found_before_it_is_spawned(person, client, start):
    async with start():
        await asyncio.sleep(0.2)
        await tell(client, "custom/detections/webcam", {"class": "person", "confidence": 0.9})
        await topics(person, "webcam")
        good = WiringCheck(
            name="a", subscribes=("custom/detections/+",), consumes_schema={"confidence": "float - how sure"}
        )
        verdict = await person.ask(CHECK_WIRING, good)
        assert verdict.problems == ()
        assert [one.topic for one in verdict.topics] == ["custom/detections/webcam"]
        wrong = good.model_copy(update={"consumes_schema": {"conf": "float", "class": "int - which", "who": "str"}})
        texts = {one.field: (one.severity, one.text) for one in (await person.ask(CHECK_WIRING, wrong)).problems}
        assert texts == {
            "conf": ("error", "There is no field conf on custom/detections/webcam: use confidence"),
            "class": ("error", "class on custom/detections/webcam is text, not number"),
            "who": ("error", "There is no field who on custom/detections/webcam: there are class, confidence"),
        }
        nobody = WiringCheck(name="a", subscribes=("custom/detection/webcam",))
        (problem,) = (await person.ask(CHECK_WIRING, nobody)).problems
        assert problem.text == (
            "Nobody publishes on custom/detection/webcam, and nothing was ever heard there. "
            "Do you mean custom/detections/webcam?"
        )


async def test_what_was_seen_is_there_after_a_restart_and_holds_no_secret(person, client, start, tmp_path):
    async with start():
        await asyncio.sleep(0.2)
        await tell(
            client, "custom/camera", {"url": "rtsp://user:canary-1234@camera", "password": "canary-5678"}, retain=False
        )
        await tell(client, "home/mode", {"mode": "away"}, retain=True)
        await topics(person, count=2)
    for path in tmp_path.rglob("*"):
        if path.is_file() and "topics" in str(path):
            assert b"canary" not in path.read_bytes(), path
    async with start():
        seen = await topics(person, count=2)
        assert seen["custom/camera"].messages == 1
        assert seen["custom/camera"].sample["password"] == "[covered]"
        assert seen["home/mode"].messages == 1
        end = await person.submit(CHAT, ChatRequest(text="topics camera"), to="topics")
        assert "custom/camera (1/min): url, password" in end.result.text or "heard before" in end.result.text


WAITS = """
async def setup(agent):
    async def ring(data):
        agent.state["n"] = data["ringing"]
    agent.subscribe("custom/doorbell", ring)
"""


async def test_who_spawns_an_agent_is_told_what_it_would_wait_for_in_vain(person, client, start, broker, tmp_path):
    async with start(), running(MonitorAgent, broker, tmp_path, MonitorSettings) as monitor:
        await tell(client, "custom/doorbell", {"rings": 2})
        await topics(person, "doorbell")
        async with asyncio.timeout(10):
            while "topics" not in monitor.services:
                await asyncio.sleep(0.02)
        end = await person.submit(SPAWN, SpawnSpec(name="bell", code=WAITS))
        assert end.result.status == "waiting"
        assert end.result.text.endswith("Check its topics: There is no field ringing on custom/doorbell: use rings.")
        good = SpawnSpec(name="bell", code=WAITS.replace("ringing", "rings"), replace=True)
        assert "Check its topics" not in (await person.submit(SPAWN, good)).result.text
