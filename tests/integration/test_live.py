"""Live data to browsers on a real broker: events with resume, and MQTT over WebSocket with tickets."""

import asyncio
import json

import aiomqtt
import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.rules import DETECTIONS, TRIGGERS, Detection
from wactorz_common.contracts.topics import LIST_TOPICS, TopicQuery, TopicReport
from wactorz_common.settings import AgentSettings
from wactorz_gateway.live.messages import published
from wactorz_testing.agents import running

from .live_doubles import (
    browser,
    events,
    frame_of,
    gateway,
    settled,
    speaker,
    subscribe_packet,
    ticket_of,
    url_of,
)

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("level", [4, 5])
async def test_a_browser_with_a_ticket_reads_what_it_may(broker, tmp_path, level):
    async with gateway(broker, tmp_path) as agent, speaker(broker) as say:
        ticket = await ticket_of(agent, "custom/#", "system/health")
        assert ticket["path"] == "/mqtt"
        async with browser(agent, ticket["username"], ticket["password"], level) as one:
            connack = await one.next()
            assert (connack.kind, connack.body[:2]) == (2, b"\x00\x00")
            await one.send(subscribe_packet("custom/doorbell", "system/health", level=level))
            suback = await one.next()
            assert (suback.kind, suback.body[-2:]) == (9, b"\x00\x00")
            await say("custom/doorbell", {"rang": True}, qos=1)
            assert await one.message() == ("custom/doorbell", b'{"rang": true}')


@pytest.mark.parametrize("version", [aiomqtt.ProtocolVersion.V311, aiomqtt.ProtocolVersion.V5])
async def test_a_client_library_reads_with_a_ticket_and_writes_with_a_login(broker, tmp_path, version):
    async with gateway(broker, tmp_path) as agent:
        ticket = await ticket_of(agent, "custom/#")

        def client(username, password):
            return aiomqtt.Client(
                "127.0.0.1", agent.web.port, transport="websockets", websocket_path="/mqtt", protocol=version,
                username=username, password=password, identifier=username,
            )  # fmt: skip

        async with client(ticket["username"], ticket["password"]) as reader, client("ann", "secret") as writer:
            await reader.subscribe("custom/#", qos=1)
            await writer.publish("custom/doorbell", b"ding", qos=1)
            message = await asyncio.wait_for(anext(aiter(reader.messages)), 5)
            assert (str(message.topic), message.payload) == ("custom/doorbell", b"ding")


async def test_events_come_over_the_dashboards_websocket_and_resume(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, speaker(broker) as say:
        async with connect(f"{url_of(agent, 'ws')}/ws") as websocket:
            await websocket.send(json.dumps({"type": "subscribe", "topics": ["custom/#", "sensors/+"]}))
            subscribed = await frame_of(websocket, "subscribed")
            assert (subscribed["topics"], subscribed["gap"]) == (["custom/#", "sensors/+"], False)
            await settled(agent)
            await say("custom/a/b", {"n": 1})
            await say("sensors/x", b"21.5 C")
            first = await frame_of(websocket, "event")
            assert (first["topic"], first["payload"]) == ("custom/a/b", {"n": 1})
            assert abs(first["timestamp"] - agent.parts.now()) < 10
            second = await frame_of(websocket, "event")
            assert (second["topic"], second["payload"]) == ("sensors/x", "21.5 C")
        await say("custom/a/c", {"n": 2})
        async with connect(f"{url_of(agent, 'ws')}/ws") as websocket:
            again = {"type": "subscribe", "topics": ["custom/#", "sensors/+"], "last_id": first["id"]}
            await websocket.send(json.dumps(again))
            assert (await frame_of(websocket, "subscribed"))["gap"] is False
            assert [(await frame_of(websocket, "event"))["topic"] for _ in range(2)] == ["sensors/x", "custom/a/c"]


async def test_a_topic_that_is_not_for_browsers_is_refused_with_a_sentence(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, connect(f"{url_of(agent, 'ws')}/ws") as websocket:
        for wrong in ("agents/by-name/#", "#", "io/chat/#", "agents/+/chat", "a/#/b"):
            await websocket.send(json.dumps({"type": "subscribe", "topics": [wrong]}))
            assert wrong in (await frame_of(websocket, "error"))["detail"]
            async with httpx.AsyncClient(base_url=url_of(agent)) as client:
                answer = await client.get("/api/events", params={"topics": wrong})
            assert answer.status_code == 422
            assert wrong in answer.json()["detail"]


async def test_events_as_server_sent_events_resume_and_tell_of_gaps(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, speaker(broker) as say:
        async with events(agent, "custom/#") as stream:
            await settled(agent)
            await say("custom/x", {"n": 1})
            kind, first = await anext(stream)
            assert (kind, first["topic"], first["payload"]) == ("message", "custom/x", {"n": 1})
        await say("custom/x", {"n": 2})
        async with events(agent, "custom/#", headers={"last-event-id": first["id"]}) as stream:
            kind, second = await anext(stream)
            assert (kind, second["payload"]) == ("message", {"n": 2})
        async with events(agent, "custom/#", last_id="beef-7") as stream:
            assert (await anext(stream))[0] == "gap"
            assert (await anext(stream))[1]["id"] == first["id"]


class AskingAgent(Agent[AgentSettings]):
    """Asks itself by name and listens to a free topic."""

    name = "asking"
    description = "Asks"
    publishes = (TRIGGERS,)

    @handles(LIST_TOPICS)
    async def on_list(self, _query: TopicQuery, _task: Task) -> TopicReport:
        return TopicReport(topics=(), total=0)

    @listens(DETECTIONS)
    async def on_detection(self, _message: Message[Detection]) -> None:
        """Nothing."""


async def test_who_speaks_to_whom_is_told_while_somebody_looks(broker, tmp_path):
    async with (
        gateway(broker, tmp_path) as agent, running(AskingAgent, broker, tmp_path) as asking,
        connect(f"{url_of(agent, 'ws')}/ws") as websocket,
    ):  # fmt: skip
        await websocket.send(json.dumps({"type": "subscribe", "topics": ["system/flows"]}))
        await frame_of(websocket, "subscribed")
        await asyncio.sleep(0.8)
        await asking.ask(LIST_TOPICS, TopicQuery(keyword="very secret"), to="asking")
        await asking.bus.send("custom/detections/door", b'{"kind": "person"}', 0)
        wanted = {
            ("asking", "asking", "task", "agents/by-name/asking/task"),
            ("asking", "asking", "reply", "agents/by-name/asking/reply"),
            ("asking", "gateway", "event", "custom/detections/door"),
        }
        seen = set()
        while not wanted <= seen:
            event = await frame_of(websocket, "event")
            assert "secret" not in json.dumps(event)
            keys = ("sender", "receiver", "kind", "topic")
            seen |= {tuple(flow[key] for key in keys) for flow in event["payload"]["flows"]}


@pytest.mark.parametrize("level", [4, 5])
async def test_another_login_is_handed_on_as_it_is(broker, tmp_path, level):
    async with gateway(broker, tmp_path) as agent, browser(agent, "ann", "secret", level) as one:
        assert (await one.next()).body[:2] == b"\x00\x00"
        await one.send(subscribe_packet("#", level=level))
        assert (await one.next()).body[-1:] == b"\x01"
        large = b"x" * 500_000
        await one.send(published("any/topic", large, level))
        while (found := await one.message())[0] != "any/topic":
            continue
        assert found[1] == large


async def test_what_the_broker_keeps_comes_with_the_subscription(broker, tmp_path):
    async with speaker(broker) as say:
        await say("home/door", {"open": False}, qos=1, retain=True)
        async with gateway(broker, tmp_path) as agent:
            first = await ticket_of(agent, "home/#")
            async with browser(agent, first["username"], first["password"]) as one:
                await one.next()
                await one.send(subscribe_packet("home/#"))
                await one.next()
                assert await one.message() == ("home/door", b'{"open": false}')
                await say("home/window", {"open": True}, qos=1, retain=True)
                assert (await one.message())[0] == "home/window"
                second = await ticket_of(agent, "home/#")
                async with browser(agent, second["username"], second["password"]) as other:
                    await other.next()
                    await other.send(subscribe_packet("home/+"))
                    await other.next()
                    assert {(await other.message())[0] for _ in range(2)} == {"home/door", "home/window"}
