"""Live data when something is wrong: bad tickets and packets, a broker that goes, clients that stall or are too many."""

import asyncio
import contextlib
import json
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from wactorz_gateway import hub
from wactorz_gateway.live import door
from wactorz_gateway.live.messages import published
from wactorz_gateway.live.packets import packet, varint

from .live_doubles import (
    browser,
    closed,
    connect_packet,
    end_of_connecting,
    events,
    frame_of,
    gateway,
    masked,
    speaker,
    stalled,
    stalled_not,
    subscribe_packet,
    ticket_of,
    upgrade,
    url_of,
)

pytestmark = pytest.mark.broker


@pytest.mark.parametrize(("level", "refused"), [(4, 4), (5, 0x86)])
async def test_a_ticket_is_good_once_for_a_minute_and_with_its_password(broker, tmp_path, level, refused):
    async with gateway(broker, tmp_path) as agent:
        ticket = await ticket_of(agent, "custom/#")
        async with browser(agent, ticket["username"], ticket["password"], level) as one:
            assert (await one.next()).body[1] == 0
            again = await end_of_connecting(agent, ticket["username"], ticket["password"], level)
            assert again == (refused, 1008), "used twice"
        guessed = await ticket_of(agent, "custom/#")
        assert await end_of_connecting(agent, guessed["username"], "x" * 43, level) == (refused, 1008)
        assert await end_of_connecting(agent, guessed["username"], guessed["password"], level) == (refused, 1008)
        late = await ticket_of(agent, "custom/#")
        agent.live.tickets._now = lambda: time.time() + 61
        assert await end_of_connecting(agent, late["username"], late["password"], level) == (refused, 1008)
        assert await end_of_connecting(agent, "ticket-0000000000000000", "x", level) == (refused, 1008)


async def test_a_ticket_ends_with_the_session_that_it_was_given_in(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent:
        mine = agent.live.tickets.give("ann", "viewer", ("custom/#",), "session-1")
        unused = agent.live.tickets.give("ann", "viewer", ("custom/#",), "session-1")
        others = agent.live.tickets.give("ben", "viewer", ("custom/#",), "session-2")
        async with (
            browser(agent, mine.username, mine.password) as one,
            browser(agent, others.username, others.password) as other,
        ):
            await one.next()
            await other.next()
            for revoked in agent.accounts.known.revoked:
                revoked("session-1")
            assert (await closed(one.websocket))[0] == 1008
            assert (await end_of_connecting(agent, unused.username, unused.password))[1] == 1008
            await other.send(subscribe_packet("custom/x"))
            assert (await other.next()).kind == 9


@pytest.mark.parametrize("level", [4, 5])
async def test_a_browser_with_a_ticket_cannot_publish(broker, tmp_path, level):
    async with gateway(broker, tmp_path) as agent, connect(f"{url_of(agent, 'ws')}/ws") as witness:
        await witness.send(json.dumps({"type": "subscribe", "topics": ["custom/#"]}))
        await frame_of(witness, "subscribed")
        ticket = await ticket_of(agent, "custom/#")
        async with browser(agent, ticket["username"], ticket["password"], level) as one:
            await one.next()
            await one.send(published("custom/evil", b"{}", level))
            if level == 5:
                assert (await one.next()).body == b"\x87"
            code, reason = await closed(one.websocket)
        assert (code, "only reads" in reason) == (1008, True)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(frame_of(witness, "event"), 0.5)


@pytest.mark.parametrize(
    ("sent", "code"),
    [(b"GET / HTTP/1.1\r\n\r\n", 1002), (packet(3, 0, b"\x00\x01a{}"), 1002), (packet(1, 0, b""), 1002),
     (b"\x10\xff\xff\xff\xff\x01", 1002), (b"\x10" + varint(70_000) + b"x" * 70_000, 1002), ("text", 1003),
     (connect_packet("ann", "x", level=3), 1002), (b"x" * 1_100_000, 1009)],
)  # fmt: skip
async def test_what_is_no_mqtt_is_refused(broker, tmp_path, sent, code):
    async with gateway(broker, tmp_path) as agent:
        async with connect(f"{url_of(agent, 'ws')}/mqtt", subprotocols=["mqtt"]) as websocket:
            with contextlib.suppress(ConnectionClosed):
                await websocket.send(sent)
            assert (await closed(websocket))[0] == code
        assert len(agent.live.door) == 0


async def test_a_broker_without_logins_is_for_admins_only(broker, tmp_path):
    token = "a-long-api-token"
    async with gateway(broker, tmp_path, api_token=token) as agent:
        assert await end_of_connecting(agent, "ann", "secret") == (0x87, 1008)
        headers = {"authorization": f"Bearer {token}"}
        async with browser(agent, "ann", "secret", additional_headers=headers) as one:
            assert (await one.next()).body[1] == 0


async def test_who_says_nothing_is_sent_away(broker, tmp_path, monkeypatch):
    monkeypatch.setattr(door, "CONNECT_SECONDS", 0.3)
    async with gateway(broker, tmp_path) as agent:
        async with connect(f"{url_of(agent, 'ws')}/mqtt", subprotocols=["mqtt"]) as websocket:
            assert (await closed(websocket))[0] == 1002
        ticket = await ticket_of(agent)
        async with connect(f"{url_of(agent, 'ws')}/mqtt", subprotocols=["mqtt"]) as websocket:
            await websocket.send(connect_packet(ticket["username"], ticket["password"], keep_alive=1))
            assert (await closed(websocket))[0] == 1008


async def test_other_sites_and_other_protocols_are_kept_out(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent:
        url = f"{url_of(agent, 'ws')}/mqtt"
        for options, status in (({"origin": "http://evil.example", "subprotocols": ["mqtt"]}, 403), ({}, 400)):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url, **options)
            assert refused.value.response.status_code == status
        async with httpx.AsyncClient(base_url=url_of(agent)) as client:
            assert (await client.get("/mqtt")).status_code == 426
            wrong = await client.post("/api/mqtt-ticket", json={"filters": ["agents/by-name/#"]})
            assert (wrong.status_code, "agents/by-name/#" in wrong.json()["detail"]) == (422, True)


async def test_the_broker_goes_away_and_comes_back(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, connect(f"{url_of(agent, 'ws')}/ws") as websocket:
        await websocket.send(json.dumps({"type": "subscribe", "topics": ["custom/#"]}))
        place = (await frame_of(websocket, "subscribed"))["last_id"]
        ticket = await ticket_of(agent, "custom/#")
        async with browser(agent, ticket["username"], ticket["password"]) as one:
            await one.next()
            broker.kill()
            assert (await one.next()).body == b"\x88"
            assert (await closed(one.websocket))[0] == 1013
        refused = await ticket_of(agent, "custom/#")
        assert await end_of_connecting(agent, refused["username"], refused["password"]) == (0x88, 1013)
        broker.start()
        await frame_of(websocket, "gap")
        async with speaker(broker) as say:
            await say("custom/x", {"n": 1})
            assert (await frame_of(websocket, "event"))["payload"] == {"n": 1}
        async with connect(f"{url_of(agent, 'ws')}/ws") as late:
            await late.send(json.dumps({"type": "subscribe", "topics": ["custom/#"], "last_id": place}))
            assert (await frame_of(late, "subscribed"))["gap"] is True


async def test_who_resumes_after_a_restart_of_the_gateway_is_told_of_the_gap(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, connect(f"{url_of(agent, 'ws')}/ws") as websocket:
        await websocket.send(json.dumps({"type": "subscribe", "topics": ["custom/#"]}))
        place = (await frame_of(websocket, "subscribed"))["last_id"]
    async with gateway(broker, tmp_path) as agent:
        async with connect(f"{url_of(agent, 'ws')}/ws") as websocket:
            await websocket.send(json.dumps({"type": "subscribe", "topics": ["custom/#"], "last_id": place}))
            assert (await frame_of(websocket, "subscribed"))["gap"] is True
        async with events(agent, "custom/#", headers={"last-event-id": place}) as stream:
            assert (await anext(stream))[0] == "gap"


async def test_one_stalled_of_50_clients_delays_nobody_and_is_dropped(broker, tmp_path, monkeypatch):
    monkeypatch.setattr(door, "STALL_SECONDS", 1.0)
    monkeypatch.setattr(hub, "FULL_SECONDS", 1.0)
    async with gateway(broker, tmp_path) as agent, speaker(broker) as say, contextlib.AsyncExitStack() as stack:
        ticket = await ticket_of(agent, "custom/#")
        login = connect_packet(ticket["username"], ticket["password"], level=4)
        ask, other = (json.dumps({"type": "subscribe", "topics": [one]}) for one in ("custom/#", "custom/small"))
        reading_nothing = [
            await stalled(agent, upgrade("/ws"), masked(1, ask.encode())),
            await stalled(
                agent, upgrade("/mqtt", "mqtt"), masked(2, login), masked(2, subscribe_packet("custom/#", level=4))
            ),
        ]
        clients = [await stack.enter_async_context(connect(f"{url_of(agent, 'ws')}/ws")) for _ in range(48)]
        for one in clients:
            await one.send(other)
            await frame_of(one, "subscribed")
        for number in range(120):
            await say("custom/large", {"text": "x" * 100_000})
            await say("custom/small", {"n": number})
        for one in clients:
            assert [(await frame_of(one, "event"))["payload"]["n"] for _ in range(120)] == list(range(120))
        async with asyncio.timeout(10):
            while len(agent.hub) > len(clients) or len(agent.live.door):
                await asyncio.sleep(0.1)
        for endpoint in reading_nothing:
            endpoint.close()


async def test_a_thousand_connections_are_served_or_refused_with_a_reason(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent:
        ended = []
        waiting = [await stalled_not(agent, ended) for _ in range(1_000)]
        async with asyncio.timeout(20):
            while len(ended) < 1_000 - hub.MAX_CLIENTS:
                await asyncio.sleep(0.1)
        assert len(agent.hub) == hub.MAX_CLIENTS
        assert set(ended) == {1013}
        for writer in waiting:
            writer.close()


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
