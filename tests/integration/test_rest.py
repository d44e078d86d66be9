"""REST on a real broker: the house and what is done in it, traces, files, publishing, charts."""

import asyncio
import base64
import contextlib
import json
import time

import httpx
import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.blobs import READ_BLOB, ReadBlob
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_HOUSE,
    GET_STATES,
    STATE_CHANGE,
    Actuation,
    ActuationResult,
    Area,
    Entity,
    House,
    HousePart,
    HouseQuery,
    StateChange,
    StateQuery,
    StateReport,
)
from wactorz_common.contracts.policy import LIST_POLICIES, EntityPolicy, Policies
from wactorz_common.errors import TaskFailed
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class HomeAgent(Agent[AgentSettings]):
    """Knows a house of one lamp."""

    name = "home-assistant-map-agent"
    description = "House"

    @handles(GET_HOUSE)
    async def on_house(self, query: HouseQuery, _task: Task) -> HousePart:
        lamp = Entity(entity_id="light.kitchen", name="Kitchen light", area_id="k")
        return PackedHouse.of(
            House(version=1, demo=True, areas=(Area(area_id="k", name="Kitchen"),), entities=(lamp,))
        ).part(query)


class StatesAgent(Agent[AgentSettings]):
    """Knows the lamp's state, and tells its changes."""

    name = "home-assistant-agent"
    description = "States"
    publishes = (STATE_CHANGE,)
    lamp, asked = "off", 0

    @handles(GET_STATES)
    async def on_states(self, _query: StateQuery, _task: Task) -> StateReport:
        self.asked += 1
        lamp = Entity(entity_id="light.kitchen", name="Kitchen light", state=self.lamp, changed_at=time.time())
        return StateReport(states=(lamp,))

    async def switch(self, state: str) -> None:
        self.lamp = state
        change = StateChange(
            entity_id="light.kitchen", domain="light", new_state={"state": state, "attributes": {"brightness": 9}},
            timestamp=time.time(),
        )  # fmt: skip
        await self.publish(STATE_CHANGE, change, domain="light", entity_id="light.kitchen")


class ActuatorAgent(Agent[AgentSettings]):
    """Takes what shall be done, and keeps who wanted it."""

    name = "home-assistant-actuator"
    description = "Actuator"
    wishes: list[tuple[Actuation, Task]]

    @handles(ACTUATE)
    async def on_actuate(self, wish: Actuation, task: Task) -> ActuationResult:
        self.wishes = [*getattr(self, "wishes", []), (wish, task)]
        return ActuationResult(outcomes=(), text="Kitchen light is on.")

    @handles(LIST_POLICIES)
    async def on_policies(self, _query: object, _task: Task) -> Policies:
        return Policies(policies=(EntityPolicy(entity_id="light.kitchen", risk="C"),))


@contextlib.asynccontextmanager
async def gateway(broker, tmp_path):
    async with running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0) as agent:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{agent.web.port}", timeout=20) as client:
            yield agent, client


async def lamp(client):
    rooms = (await client.get("/api/house")).json()["rooms"]
    return next(one for room in rooms for one in room["entities"])


async def test_the_house_is_followed_without_asking_anybody(broker, tmp_path):
    async with (
        running(HomeAgent, broker, tmp_path), running(StatesAgent, broker, tmp_path) as states,
        running(ActuatorAgent, broker, tmp_path), gateway(broker, tmp_path) as (agent, client),
    ):  # fmt: skip
        assert await agent.known_house(10) is not None
        shown = await lamp(client)
        assert (shown["state"], shown["risk"]) == ("off", "C")  # the policy came along
        asked = states.asked
        await states.switch("on")
        async with asyncio.timeout(5):
            while (await lamp(client))["state"] != "on":
                await asyncio.sleep(0.02)
        assert (await lamp(client))["attributes"] == {"brightness": 9}
        assert states.asked == asked


async def test_an_action_carries_the_person_and_the_caller_s_trace_and_is_done_once(broker, tmp_path):
    async with (
        running(HomeAgent, broker, tmp_path), running(StatesAgent, broker, tmp_path),
        running(ActuatorAgent, broker, tmp_path) as actuator, gateway(broker, tmp_path) as (agent, client),
    ):  # fmt: skip
        assert await agent.known_house(10) is not None
        headers = {"idempotency-key": "tap-1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        for _ in range(2):
            answer = await client.post("/api/house/light.kitchen/actions", json={"action": "toggle"}, headers=headers)
            assert (answer.status_code, answer.json()["status"], answer.json()["trace_id"]) == (200, "done", TRACE)
        assert answer.headers["x-trace-id"] == TRACE
        assert answer.headers["traceresponse"].split("-")[1] == TRACE
        ((wish, task),) = actuator.wishes
        assert (wish.person, wish.origin, wish.calls[0].service) == ("owner", "person", "turn_on")
        assert (task.trace_id, task.sender) == (TRACE, "gateway")


async def test_an_agent_reads_an_attached_file_by_its_id(broker, tmp_path):
    data = b"%PDF-1.7 " + bytes(range(256)) * 2_000
    async with running(HomeAgent, broker, tmp_path) as reader, gateway(broker, tmp_path) as (_, client):
        kept = (await client.post("/api/blobs", content=data, headers={"x-filename": "a.pdf"})).json()
        parts = [await reader.ask(READ_BLOB, ReadBlob(id=kept["id"], part=number)) for number in range(2)]
        assert b"".join(base64.b64decode(part.data) for part in parts) == data
        assert (parts[0].blob.media_type, parts[0].parts) == ("application/pdf", 2)
        with pytest.raises(TaskFailed, match="attached again"):
            await reader.ask(READ_BLOB, ReadBlob(id="0" * 32))


async def test_what_is_published_is_heard_and_what_agents_use_is_charted(broker, tmp_path):
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def listener(topic: str, payload: bytes, _retained: bool) -> None:
        heard.put_nowait((topic, payload))

    async with running(HomeAgent, broker, tmp_path) as other, gateway(broker, tmp_path) as (_, client):
        other.bus.listen("custom/#", listener)
        await asyncio.sleep(0.2)
        body = {"topic": "custom/doorbell", "payload": {"ring": True}, "qos": 1}
        assert (await client.post("/api/publish", json=body)).status_code == 200
        topic, payload = await asyncio.wait_for(heard.get(), 5)
        assert (topic, json.loads(payload)) == ("custom/doorbell", {"ring": True})
        await other.publish_metrics()
        async with asyncio.timeout(5):
            while not (found := (await client.get(f"/api/agents/{other.name}/history")).json().get("points")):
                await asyncio.sleep(0.05)
        assert found[0]["memory_mb"] is None or found[0]["memory_mb"] > 0
        kinds = {entry["kind"] for entry in (await client.get("/api/feed")).json()}
        assert "spawned" in kinds
