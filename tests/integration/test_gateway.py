"""The gateway on a real broker: REST, Server-Sent Events and WebSocket against small test agents."""

import asyncio
import contextlib
import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from wactorz_common import pins
from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT_OUT, CHAT_PIECES, SAY, ChatMessage, ChatPiece, ChatReply
from wactorz_common.contracts.home import (
    GET_HOUSE,
    GET_STATES,
    SET_DEMO_STATE,
    STATE_CHANGE,
    Area,
    Entity,
    House,
    HousePart,
    HouseQuery,
    SetDemoState,
    StateChange,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.spawning import (
    APPROVAL_EVENTS,
    DECIDE_APPROVAL,
    LIST_APPROVALS,
    Approval,
    ApprovalEvent,
    ApprovalQuery,
    Approvals,
    Decision,
    Done,
)
from wactorz_common.errors import ConfigError, Refused
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker


class EchoAgent(Agent[AgentSettings]):
    """Answers messages by saying them again; 'stream ...' in pieces, 'no' not at all."""

    name = "io-agent"
    description = "Echo"
    publishes = (CHAT_OUT, CHAT_PIECES)

    @handles(SAY)
    async def on_say(self, request: ChatMessage, task: Task) -> ChatReply:
        if request.content == "no":
            raise Refused("I do not want to.")
        text = f"{request.to or 'main'}: {request.content}"
        if request.content.startswith("stream"):
            for index, piece in enumerate(text.split(" ")):
                part = ChatPiece(id=request.id, sender="main", content=piece + " ", index=index)
                await self.publish(CHAT_PIECES, part, chat_id=request.id)
        reply = ChatReply(
            sender="main", content=text, timestamp=1.0, id=request.id, conversation_id=request.conversation_id,
            source="rules", trace_id=task.trace_id,
        )  # fmt: skip
        await self.publish(CHAT_OUT, reply)
        return reply


class HomeAgent(Agent[AgentSettings]):
    """A house of one lamp."""

    name = "home-assistant-map-agent"
    description = "House"

    @handles(GET_HOUSE)
    async def on_house(self, query: HouseQuery, _task: Task) -> HousePart:
        lamp = Entity(entity_id="light.kitchen", name="Kitchen light", area_id="kitchen", state="off")
        house = House(version=1, demo=True, areas=(Area(area_id="kitchen", name="Kitchen"),), entities=(lamp,))
        return PackedHouse.of(house).part(query)


class StatesAgent(Agent[AgentSettings]):
    """Live states of that house."""

    name = "home-assistant-agent"
    description = "States"
    publishes = (STATE_CHANGE,)
    lamp = "off"

    @handles(GET_STATES)
    async def on_states(self, _request: StateQuery, _task: Task) -> StateReport:
        return StateReport(states=(Entity(entity_id="light.kitchen", name="Kitchen light", state=self.lamp),))

    @handles(SET_DEMO_STATE)
    async def on_set(self, request: SetDemoState, _task: Task) -> Entity:
        self.lamp = request.state
        change = StateChange(
            entity_id=request.entity_id, domain="light", new_state={"state": request.state}, timestamp=1.0
        )
        await self.publish(STATE_CHANGE, change, domain="light", entity_id=request.entity_id)
        return Entity(entity_id=request.entity_id, name="Kitchen light", state=request.state)


class GuestAgent(Agent[AgentSettings]):
    """An agent that a person may delete."""

    name = "guest"
    description = "A guest"
    protected = False


@contextlib.asynccontextmanager
async def gateway(broker, tmp_path, **settings):
    async with running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0, **settings) as agent:
        base = f"http://127.0.0.1:{agent.web.port}"
        async with httpx.AsyncClient(base_url=base, timeout=20) as client:
            yield agent, client


async def until(check, seconds=30.0):
    for _ in range(int(seconds / 0.02)):
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    pytest.fail("did not happen in time")


async def frame_of(socket, kind, **fields):
    async with asyncio.timeout(5):
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
                return frame
    pytest.fail(f"the connection ended before a frame '{kind}'")


def sse(text):
    events = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


async def test_chat_is_answered_once_and_repeated_keys_get_the_same_answer(broker, tmp_path):
    async with running(EchoAgent, broker, tmp_path), gateway(broker, tmp_path) as (_, client):
        answer = (await client.post("/api/chat", json={"message": "hello", "session": "s"})).json()
        assert answer["reply"] == "main: hello"
        assert (answer["agent"], answer["source"], answer["status"]) == ("main", "rules", "done")
        assert answer["trace_id"] == answer["id"]

        other = await client.post("/chat", json={"content": "hi", "agent_name": "planner"})
        assert (other.json()["status"], other.json()["response"]) == ("sent", "planner: hi")

        key = {"Idempotency-Key": "once"}
        first = await client.post("/api/chat", json={"message": "a"}, headers=key)
        again = await client.post("/api/chat", json={"message": "a"}, headers=key)
        assert first.json() == again.json()
        wrong = await client.post("/api/chat", json={"message": "b"}, headers=key)
        assert wrong.status_code == 422
        assert "Idempotency-Key" in wrong.json()["detail"]


async def test_refused_message_is_an_answer_with_its_status(broker, tmp_path):
    async with running(EchoAgent, broker, tmp_path), gateway(broker, tmp_path) as (_, client):
        response = await client.post("/api/chat", json={"message": "no"})
        assert response.status_code == 200
        assert response.json()["status"] == "failed"
        assert response.json()["reply"] == "I do not want to."


async def test_answer_is_streamed_as_server_sent_events(broker, tmp_path):
    async with running(EchoAgent, broker, tmp_path), gateway(broker, tmp_path) as (_, client):
        await client.get("/api/health")
        response = await client.post(
            "/api/chat", json={"message": "stream it"}, headers={"accept": "text/event-stream"}
        )
        events = sse(response.text)
        assert events[0][0] == "accepted"
        assert [data["index"] for kind, data in events if kind == "piece"] == [0, 1, 2]
        assert "".join(data["content"] for kind, data in events if kind == "piece") == "main: stream it "
        assert events[-1][0] == "reply"
        assert events[-1][1]["reply"] == "main: stream it"
        assert events[-1][1]["id"] == events[0][1]["id"]


async def test_agents_are_listed_paused_resumed_and_deleted(broker, tmp_path):
    async with running(GuestAgent, broker, tmp_path) as guest, gateway(broker, tmp_path) as (agent, client):

        async def state_is(wanted):
            response = await client.get("/api/actors/guest")
            return response.status_code == 200 and response.json()["state"] == wanted

        await until(lambda: state_is("running"))
        listed = {row["name"]: row for row in (await client.get("/actors")).json()}
        assert listed["guest"]["id"] == guest.id
        assert listed["guest"]["protected"] is False
        assert (await client.get(f"/api/actors/{guest.id}")).json()["description"] == "A guest"

        assert (await client.post("/api/actors/guest/resume")).status_code == 409
        paused = await client.post("/api/actors/guest/pause")
        assert (paused.status_code, paused.json()["status"]) == (202, "pausing")
        await until(lambda: state_is("paused"))
        assert (await client.post("/api/actors/guest/pause")).status_code == 409
        assert (await client.post("/api/actors/guest/resume")).json()["status"] == "resuming"
        await until(lambda: state_is("running"))

        assert (await client.post("/api/actors/gateway/pause")).status_code == 403
        assert (await client.delete("/api/actors/gateway")).status_code == 403
        unknown = await client.delete("/api/actors/nobody")
        assert (unknown.status_code, "monitor" in unknown.text) == (503, True), "the monitor may keep one of that name"

        assert (await client.delete("/api/actors/guest")).json()["status"] == "deleting"
        await until(guest.finished.is_set)
        await guest.stop()
        await until(lambda: guest.id not in agent.registry.agents)


async def test_house_is_shown_with_live_states_and_moved(broker, tmp_path):
    async with (
        running(HomeAgent, broker, tmp_path),
        running(StatesAgent, broker, tmp_path),
        gateway(broker, tmp_path) as (agent, client),
        connect(f"ws://127.0.0.1:{agent.web.port}/ws") as socket,
    ):
        home = (await client.get("/api/home")).json()
        assert home["demo"] is True
        assert [(d["entity_id"], d["area"], d["state"]) for d in home["entities"]] == [
            ("light.kitchen", "Kitchen", "off")
        ]
        moved = await client.post("/api/home/light.kitchen", json={"state": "on"})
        assert moved.json()["state"] == "on"
        frame = await frame_of(socket, "server_event", topic="homeassistant/state_changes/light/light.kitchen")
        assert frame["payload"]["new_state"] == {"state": "on"}
        assert (await client.get("/api/home")).json()["entities"][0]["state"] == "on"
        assert (await client.post("/api/home/light.none", json={"state": "on"})).status_code == 404


async def test_websocket_starts_with_a_snapshot_and_streams_answers(broker, tmp_path):
    async with running(EchoAgent, broker, tmp_path), gateway(broker, tmp_path) as (agent, _):
        await until(lambda: agent.registry.find("io-agent"))
        async with connect(f"ws://127.0.0.1:{agent.web.port}/ws") as socket:
            first = json.loads(await socket.recv())
            assert first["type"] == "full_snapshot"
            assert {entry["name"] for entry in first["state"]["agents"]} >= {"io-agent"}

            await socket.send('{"type":"ping"}')
            assert (await frame_of(socket, "pong"))["timestamp"] > 0
            await socket.send('{"type":"chat"')
            assert "cannot be read" in (await frame_of(socket, "error"))["detail"]

            await socket.send(json.dumps({"type": "chat", "content": "stream it", "id": "mine"}))
            accepted = await frame_of(socket, "accepted", request="mine")
            chunk = await frame_of(socket, "stream_chunk", id=accepted["id"])
            assert chunk["content"] == "main: "
            assert (await frame_of(socket, "stream_end", id=accepted["id"]))["content"] == "main: stream it"

            await socket.send(json.dumps({"type": "chat", "content": "plain", "agent_name": "planner"}))
            answer = await frame_of(socket, "chat")
            assert (answer["content"], answer["from"]) == ("planner: plain", "main")

            await socket.send(json.dumps({"type": "command", "command": "pause", "agent_id": "gateway"}))
            assert (await frame_of(socket, "error"))["status"] == 403


async def test_a_stalled_browser_delays_nobody_and_is_dropped(broker, tmp_path, monkeypatch):
    monkeypatch.setattr("wactorz_gateway.hub.FULL_SECONDS", 0.5)
    async with gateway(broker, tmp_path) as (agent, client):
        url = f"ws://127.0.0.1:{agent.web.port}/ws"
        stalled = await connect(url, max_queue=1, ping_interval=None)
        async with connect(url, max_size=None) as quick:
            await until(lambda: len(agent.hub) == 2)
            filler = "x" * 2_000
            for number in range(6_000):
                agent.hub.broadcast(json.dumps({"type": "filler", "number": number, "text": filler}), telemetry=True)
                if number % 100 == 0:
                    await frame_of(quick, "filler", number=number)
            await frame_of(quick, "filler", number=5_999)
            assert agent.hub.dropped > 0
            await until(lambda: len(agent.hub) == 1)
            assert (await client.get("/api/health")).status_code == 200
        stalled.transport.abort()


async def test_foreign_pages_cannot_open_the_websocket(broker, tmp_path):
    async with gateway(broker, tmp_path) as (agent, _):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{agent.web.port}/ws", origin="http://evil.example"):
                pass
        assert refused.value.response.status_code == 403


async def test_with_a_token_the_websocket_needs_it(broker, tmp_path):
    async with gateway(broker, tmp_path, api_token="secret") as (agent, _):
        url = f"ws://127.0.0.1:{agent.web.port}/ws"
        with pytest.raises(InvalidStatus) as refused:
            async with connect(url):
                pass
        assert refused.value.response.status_code == 401
        async with connect(url, additional_headers={"authorization": "Bearer secret"}) as socket:
            assert json.loads(await socket.recv())["type"] == "full_snapshot"


async def test_without_broker_nothing_is_accepted_and_health_says_so(broker, tmp_path, monkeypatch):
    monkeypatch.setattr("wactorz_gateway.api.chat.BROKER_PATIENCE", 0.2)
    async with gateway(broker, tmp_path) as (agent, client):
        assert (await client.get("/api/health")).status_code == 200
        broker.kill()
        await until(lambda: not agent.bus.connected.is_set())
        health = await client.get("/api/health")
        assert health.status_code == 503
        assert health.json()["checks"] == {"broker": "not connected"}
        assert (await client.get("/healthz")).status_code == 200
        response = await client.post("/api/chat", json={"message": "hello"})
        assert response.status_code == 503
        assert "cannot be reached" in response.json()["detail"]


async def test_taken_port_is_one_sentence(broker, tmp_path):
    async with gateway(broker, tmp_path) as (agent, _):
        with pytest.raises(ConfigError, match="is taken by another program"):
            async with running(GatewayAgent, broker, tmp_path / "b", GatewaySettings, http_port=agent.web.port):
                pass


SALT = pins.new_salt("a task")


class Holder(Agent[AgentSettings]):
    """Has one question open, which a person may answer once."""

    name = "home-assistant-actuator"
    description = "Asks"
    publishes = (APPROVAL_EVENTS,)
    needs_pin = False

    async def on_start(self) -> None:
        self.asked: dict[str, Approval] = {}
        self.decisions: list[Decision] = []

    async def open(self, approval_id: str) -> None:
        self.asked[approval_id] = Approval(
            id=approval_id, kind="actuation", agent=self.name, summary="Unlock the front door", arguments_sha256="0",
            created_at=1.0, expires_at=4e9, needs_pin=self.needs_pin, pin_salts=(SALT,) if self.needs_pin else (),
        )  # fmt: skip
        await self.publish(APPROVAL_EVENTS, ApprovalEvent.of(self.asked[approval_id]))

    @handles(LIST_APPROVALS)
    async def on_list(self, request: ApprovalQuery, _task: Task) -> Approvals:
        return Approvals(approvals=tuple(one for one in self.asked.values() if request.all or one.state == "open"))

    @handles(DECIDE_APPROVAL)
    async def on_decide(self, request: Decision, _task: Task) -> Done:
        self.decisions.append(request)
        right = {SALT: pins.prove("8642097531", SALT, request.id)}
        if self.needs_pin and request.decision == "approve" and request.pin_proofs != right:
            raise Refused("That PIN is wrong; 4 tries are left.")
        state = "approved" if request.decision == "approve" else "denied"
        self.asked[request.id] = self.asked[request.id].model_copy(update={"state": state})
        return Done(text="Front door is unlocked.")


async def test_browsers_are_told_of_approvals_as_they_open_and_as_they_end(broker, tmp_path):
    async with running(Holder, broker, tmp_path) as holder, gateway(broker, tmp_path) as (agent, client):
        await holder.open("early")
        async with connect(f"ws://127.0.0.1:{agent.web.port}/ws") as socket:
            frame = await frame_of(socket, "approval")
            assert (frame["approval"]["id"], frame["approval"]["state"]) == ("early", "open")
            await holder.open("late")
            assert (await frame_of(socket, "approval"))["approval"]["id"] == "late"
            decided = await client.post("/api/approvals/late", json={"decision": "approve"})
            assert decided.json()["text"] == "Front door is unlocked."
            ended = await frame_of(socket, "approval")
            assert (ended["approval"]["id"], ended["approval"]["state"]) == ("late", "approved")
        async with connect(f"ws://127.0.0.1:{agent.web.port}/ws") as socket:
            assert (await frame_of(socket, "approval"))["approval"]["id"] == "early"


async def test_a_pin_reaches_only_the_agent_that_asks(broker, tmp_path, capfd):
    async with running(Holder, broker, tmp_path) as holder, gateway(broker, tmp_path, log_level="DEBUG") as (_, client):
        holder.needs_pin = True
        await holder.open("a1")
        without = await client.post("/api/approvals/a1", json={"decision": "approve"})
        assert (without.status_code, holder.decisions) == (409, [])
        wrong = await client.post("/api/approvals/a1", json={"decision": "approve", "pin": "97531"})
        assert (wrong.status_code, wrong.json()["detail"]) == (409, "That PIN is wrong; 4 tries are left.")
        right = await client.post("/api/chat", json={"message": "/approve a1 8642097531", "session": "s"})
        assert (right.json()["reply"], right.json()["status"]) == ("Front door is unlocked.", "done")
        assert [one.by for one in holder.decisions] == ["owner", "owner"]
    written = "".join(capfd.readouterr())
    assert "97531" not in written
    assert "8642097531" not in written
