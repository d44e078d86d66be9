"""Live data to browsers on a real broker: events with resume, and MQTT over WebSocket with tickets."""

import asyncio
import contextlib
import json

import httpx
import pytest
from websockets.asyncio.client import connect

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.connection import Broker, Connection
from wactorz_common.contracts.rules import DETECTIONS, TRIGGERS, Detection
from wactorz_common.contracts.topics import LIST_TOPICS, TopicQuery, TopicReport
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.live.packets import Cursor, PacketReader, blob, packet, varint
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker


@contextlib.asynccontextmanager
async def gateway(broker, tmp_path, **settings):
    async with running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0, **settings) as agent:
        await agent.ear.wait_connected(5)
        yield agent


def url_of(agent, scheme="http"):
    return f"{scheme}://127.0.0.1:{agent.web.port}"


@contextlib.asynccontextmanager
async def speaker(broker):
    """Somebody else on the bus, who publishes what the test says."""
    connection = Connection("speaker", Broker(broker.host, broker.port), None, list, None, lasting=False)
    connection.start()
    await connection.wait_connected(5)

    async def say(topic, payload, qos=0, retain=False):
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await connection.send(topic, data, qos, retain, {})

    try:
        yield say
    finally:
        await connection.stop(end_session=True)


async def ticket_of(agent, *filters):
    async with httpx.AsyncClient(base_url=url_of(agent)) as client:
        answer = await client.post("/api/mqtt-ticket", json={"filters": list(filters)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def connect_packet(username, password, level=5, client_id="x", keep_alive=30):
    properties = varint(0) if level == 5 else b""
    body = blob(b"MQTT") + bytes((level, 0xC2)) + keep_alive.to_bytes(2, "big") + properties
    return packet(1, 0, body + blob(client_id.encode()) + blob(username.encode()) + blob(password.encode()))


def subscribe_packet(*filters, level=5, packet_id=1):
    properties = varint(0) if level == 5 else b""
    rest = b"".join(blob(one.encode()) + b"\x01" for one in filters)
    return packet(8, 2, packet_id.to_bytes(2, "big") + properties + rest)


class Browser:
    """A browser that speaks MQTT by hand."""

    def __init__(self, websocket, level=5):
        self.websocket, self.level = websocket, level
        self._reader, self._packets = PacketReader(10_000_000), []

    async def send(self, data):
        await self.websocket.send(data)

    async def next(self):
        while not self._packets:
            self._packets += self._reader.feed(await asyncio.wait_for(self.websocket.recv(), 5))
        return self._packets.pop(0)

    async def message(self):
        found = await self.next()
        assert found.kind == 3, found
        cursor = Cursor(found.body)
        topic = cursor.text()
        if self.level == 5:
            cursor.properties()
        return topic, cursor.take(cursor.left)


@contextlib.asynccontextmanager
async def browser(agent, username, password, level=5, **options):
    async with connect(f"{url_of(agent, 'ws')}/mqtt", subprotocols=["mqtt"], **options) as websocket:
        one = Browser(websocket, level)
        await one.send(connect_packet(username, password, level))
        yield one


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


@pytest.mark.parametrize("level", [4, 5])
@pytest.mark.parametrize(
    "wanted", ["#", "agents/by-name/#", "$SYS/#", "+/+/task", "io/chat/#", "sensors/#", "custom/+/#/x"]
)
async def test_no_other_topic_can_be_subscribed_to(broker, tmp_path, level, wanted):
    async with gateway(broker, tmp_path) as agent, speaker(broker) as say:
        ticket = await ticket_of(agent, "custom/#")
        async with browser(agent, ticket["username"], ticket["password"], level) as one:
            await one.next()
            await one.send(subscribe_packet(wanted, "custom/x", level=level))
            suback = await one.next()
            refused = b"\x87" if level == 5 else b"\x80"
            assert (suback.kind, suback.body[-2:]) == (9, refused * 2)
            await one.send(subscribe_packet("custom/x", level=level, packet_id=2))
            assert (await one.next()).body[-1:] == b"\x00"
            await say("agents/by-name/main/task", {"secret": 1})
            await say("custom/x", {"n": 1})
            assert (await one.message())[0] == "custom/x"


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


async def frame_of(websocket, kind):
    while True:
        frame = json.loads(await asyncio.wait_for(websocket.recv(), 5))
        if frame["type"] == kind:
            return frame


async def settled(agent):
    """The broker has taken what the ear has subscribed to."""
    await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def events(agent, topics, headers=None, **query):
    """The events of a stream as pairs of kind and data."""
    async with (
        httpx.AsyncClient(base_url=url_of(agent), timeout=10) as client,
        client.stream("GET", "/api/events", params={"topics": topics, **query}, headers=headers) as answer,
    ):
        assert answer.status_code == 200

        async def read():
            kind = "message"
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    yield kind, json.loads(line[6:])
                    kind = "message"

        stream = read()
        yield stream
        await stream.aclose()
