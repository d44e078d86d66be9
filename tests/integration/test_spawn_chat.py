"""Agents wished for by people and by the model: gateway, io-agent, main, llm and monitor as they are, a node beside."""

import asyncio
import collections
import contextlib
import json
import random
import string

import aiomqtt
import httpx
import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, CHAT_IN, CHAT_RESPONSE, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import GET_HOUSE, House, HousePart, HouseQuery
from wactorz_common.house import PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings
from wactorz_testing.agents import running
from wactorz_testing.anthropic_replies import Answer
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer

from .spawning_doubles import fake_node

pytestmark = pytest.mark.broker

CODE = "async def handle_task(agent, payload):\n    return {'ok': True}\n"
FREE = "make an agent called rings that counts what comes on custom/doorbell"
GRANTED = "make an agent called tides that counts what comes on custom/tide and may call example.org"


class FakeMap(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "An empty house"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        return PackedHouse.of(House(version=1)).part(query)


class Late(Agent[AgentSettings]):
    name = "rings"
    description = "Comes later than everybody else"
    protected = False

    @handles(CHAT)
    async def chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        return ChatAnswer(text=f"{request.text} / {json.dumps(request.payload)}", approval_id="ab12")


class Stage:
    """The system of one test, seen from its door."""

    def __init__(self, client, node, model, monitor):
        self.client, self.node, self.model, self.monitor = client, node, model, monitor

    async def say(self, text, session="s", **headers):
        body = {"message": text, "session": session}
        return (await self.client.post("/api/chat", json=body, headers=headers)).json()

    async def names(self):
        return [row["name"] for row in (await self.client.get("/api/agents")).json() if row["spawned"]]


@pytest.fixture
async def stage(broker, tmp_path):
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        model = await enter(AnthropicServer())
        await enter(running(FakeMap, broker, tmp_path))
        monitor = await enter(running(MonitorAgent, broker, tmp_path, MonitorSettings))
        key = {"anthropic_api_key": TEST_KEY, "anthropic_base_url": model.url, "llm_provider": ""}
        await enter(running(LlmAgent, broker, tmp_path, LlmSettings, **key))
        await enter(running(MainAgent, broker, tmp_path, MainSettings))
        await enter(running(IoAgent, broker, tmp_path, IoAgentSettings))
        gateway = await enter(running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0))
        gateway.accounts.writes.per_minute = 1_000_000
        public = bytes.fromhex((tmp_path / "secrets" / "spawn-key.pub").read_text())
        node = await enter(fake_node(broker, "local", public))
        base = f"http://127.0.0.1:{gateway.web.port}"
        client = await enter(httpx.AsyncClient(base_url=base, timeout=60))
        await until(lambda: monitor.fleet.is_online("local"))
        yield Stage(client, node, model, monitor)


async def until(check, seconds=30.0):
    for _ in range(int(seconds / 0.02)):
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    return pytest.fail("did not happen in time")


# -- people -------------------------------------------------------------------------------------------------------


async def test_a_person_spawns_looks_at_and_deletes_an_agent_over_rest(stage):
    body = {
        "name": "rings",
        "description": "Counts",
        "code": CODE,
        "grants": {"http": ["example.org"]},
        "colour": "red",
    }
    key = {"idempotency-key": "one"}
    first = await stage.client.post("/api/agents", json=body, headers=key)
    assert (first.status_code, first.json()["status"]) == (201, "running"), first.text
    again = await stage.client.post("/api/agents", json=body, headers=key)
    assert again.json() == first.json()
    assert [(spec["name"], spec["colour"]) for spec in stage.node.spawned] == [("rings", "red")]

    [row] = [row for row in (await stage.client.get("/api/agents")).json() if row["name"] == "rings"]
    assert (row["spawned"]["wanted"], row["id"]) == ("running", first.json()["agent_id"])
    assert (await stage.client.get("/api/agents/rings/spec")).json()["spec"]["code"] == CODE
    assert (await stage.client.get("/api/agents/rings/logs")).json() == {"agent": "rings", "entries": []}
    assert any("local" in row["node"] for row in (await stage.client.get("/api/nodes")).json())

    refused = await stage.client.post("/api/agents", json={**body, "name": "main"})
    assert refused.status_code == 422
    assert "name of a service" in refused.json()["detail"]
    await until(lambda: _is_protected(stage, "main"))
    assert (await stage.client.delete("/api/agents/main")).status_code == 403
    assert (await stage.client.delete("/api/agents/nobody")).status_code == 404

    stopped = await stage.client.post("/api/actors/rings/stop")
    assert (stopped.status_code, stopped.json()["status"]) == (202, "stopping")
    assert stage.node.guests == {}
    assert (await stage.client.post("/actors/rings/start")).status_code == 202
    assert "rings" in stage.node.guests
    gone = await stage.client.delete("/api/agents/rings")
    assert "deleted" in gone.json()["text"]
    assert (await stage.client.get("/api/agents/rings/spec")).status_code == 404
    assert await stage.names() == []


async def _is_protected(stage, name):
    return (await stage.client.get(f"/api/agents/{name}")).json()["protected"]


async def test_a_person_manages_agents_in_chat(stage):
    await stage.client.post("/api/agents", json={"name": "rings", "description": "Counts rings", "code": CODE})
    assert "- rings (running, spawned on local): Counts rings" in (await stage.say("/agents ring"))["reply"]
    assert "- local (online" in (await stage.say("/nodes"))["reply"]
    assert (await stage.say("/agents stop rings"))["status"] == "done"
    assert stage.node.guests == {}
    assert (await stage.say("/start rings"))["status"] == "done"
    assert "rings" in stage.node.guests
    assert "No node called 'mars'" in (await stage.say("/migrate rings mars"))["reply"]
    await until(lambda: _answers(stage, "/delete llm", "cannot be deleted"))
    assert "is deleted" in (await stage.say("/delete rings"))["reply"]
    assert await stage.names() == []
    assert (await stage.say("/approvals"))["reply"].startswith("Nothing waits for an approval.")


async def test_an_agent_that_appears_later_is_spoken_to(stage, broker, tmp_path):
    assert "not found" in (await stage.say("@rings hello"))["reply"]
    async with running(Late, broker, tmp_path):
        await until(lambda: _answers(stage, "@rings hello", "hello / null"))
        assert (await stage.say('@rings {"day": 1}'))["reply"] == '{"day": 1} / {"day": 1}'
        assert (await stage.say("yes"))["agent"] == "main", "only main can have a yes asked for"
    await until(lambda: _answers(stage, "@rings hello", "stopped"))


async def _answers(stage, text, wanted):
    return wanted in (await stage.say(text))["reply"]


# -- the model ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["", " as a block"])
async def test_the_model_spawns_with_a_tool_and_with_a_block(stage, how):
    answer = await stage.say(FREE + how)
    assert answer["status"] == "done", answer
    assert "rings runs on local." in answer["reply"]
    assert "<spawn" not in answer["reply"]
    assert "async def" not in answer["reply"]
    [spec] = stage.node.spawned
    assert spec["subscribes"] == ["custom/doorbell"]
    assert compile(spec["code"], "code", "exec")


async def test_a_block_never_reaches_the_screen_while_it_is_written(stage):
    headers = {"accept": "text/event-stream"}
    body = {"message": FREE + " as a block", "session": "s"}
    heard = (await stage.client.post("/api/chat", json=body, headers=headers)).text
    assert "event: piece" in heard
    pieces = [json.loads(line[6:]) for line in heard.splitlines() if line.startswith('data: {"agent"')]
    shown = "".join(piece["content"] for piece in pieces)
    assert "I write it down." in shown
    assert "spawn" not in shown
    assert "async def" not in heard.partition("event: reply")[0]
    assert [piece["index"] for piece in pieces] == list(range(len(pieces)))


async def test_what_the_model_may_not_decide_waits_for_a_yes_in_the_same_session(stage):
    answer = await stage.say(GRANTED)
    assert "call example.org" in answer["reply"]
    assert stage.node.spawned == []
    [approval] = (await stage.client.get("/api/approvals")).json()
    assert (approval["id"], approval["requested_by"]) == (answer["approval_id"], "main")
    assert f"/approve {approval['id']}" in answer["reply"]
    assert approval["id"] in (await stage.say("/approvals", "elsewhere"))["reply"]

    decided = await stage.say("yes", **{"idempotency-key": "yes"})
    assert (decided["agent"], decided["reply"]) == ("gateway", "tides runs on local.")
    assert (await stage.say("yes", **{"idempotency-key": "yes"}))["reply"] == decided["reply"]
    [spec] = stage.node.spawned
    assert spec["grants"] == {"http": ["example.org"]}
    used = await stage.client.post(f"/api/approvals/{approval['id']}", json={"decision": "approve"})
    assert (used.status_code, "approved" in used.json()["detail"]) == (409, True)


async def test_a_denied_wish_is_not_done(stage):
    await stage.say(GRANTED)
    assert "Denied" in (await stage.say("/deny"))["reply"]
    assert (await stage.client.get("/api/approvals")).json() == []
    assert [one["state"] for one in (await stage.client.get("/api/approvals?all=1")).json()] == ["denied"]
    assert stage.node.spawned == []


async def test_a_yes_that_comes_over_the_bus_gives_no_approval(stage, broker):
    answer = await stage.say(GRANTED)
    approval_id = answer["approval_id"]
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe(CHAT_RESPONSE.address, qos=1)
        for number, text in enumerate(("yes", f"/approve {approval_id}", f"@main /approve {approval_id}")):
            forged = {"content": text, "from": "user", "id": f"f{number}", "conversation_id": "s"}
            await client.publish(CHAT_IN.address, json.dumps(forged), qos=1)
            async with asyncio.timeout(10):
                async for message in client.messages:
                    reply = json.loads(message.payload)
                    if reply["id"] == f"f{number}":
                        break
            assert ("Nothing was decided" in reply["content"]) is (text != "yes"), "a forged yes meets no question"
    assert [one["state"] for one in (await stage.client.get("/api/approvals")).json()] == ["open"]
    assert stage.node.spawned == []


async def test_another_session_cannot_answer_with_a_plain_yes(stage):
    await stage.say(GRANTED)
    assert (await stage.say("yes", "another"))["agent"] == "main"
    assert stage.node.spawned == []


async def test_bad_code_of_the_model_is_mended_by_it(stage):
    bad = '<spawn>{"name": "rings", "description": "d", "code": "def handle_task(:"}</spawn>'
    good = bad.replace("def handle_task(:", "async def handle_task(agent, payload):\\n    return {}")
    stage.model.script([Answer(f"Here. {bad}"), Answer(f"Now. {good}")])
    answer = await stage.say("give me something that rings")
    assert (answer["reply"], answer["status"]) == ("Now.\nrings runs on local.", "done")
    told = json.dumps(stage.model.requests[1]["messages"][-1])
    assert "no valid Python" in told


async def test_commands_need_no_model(stage):
    for text in ("/agents", "/nodes", "/approvals", "/help", "/stop nobody", "/delete nobody", "/approve nothing"):
        assert (await stage.say(text))["reply"]
    assert stage.model.attempts == 0


# -- bad input ----------------------------------------------------------------------------------------------------


async def test_two_thousand_bad_spawn_messages_are_refused_with_a_sentence(stage):
    chance = random.Random(11)
    statuses = collections.Counter()

    async def send(data):
        response = await stage.client.post("/api/agents", content=data, headers={"content-type": "application/json"})
        assert 400 <= response.status_code < 500, (data[:300], response.text)
        assert len(response.json()["detail"]) > 10
        statuses[response.status_code] += 1

    for _ in range(80):
        await asyncio.gather(*(send(_bad_body(chance)) for _ in range(25)))
    assert statuses.total() == 2_000
    assert set(statuses) <= {400, 413, 422}
    assert statuses[422] > 500
    assert stage.node.spawned == []
    assert await stage.names() == []
    good = await stage.client.post("/api/agents", json={"name": "good", "code": CODE})
    assert good.status_code == 201


def _junk(chance, depth=0):
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.choice([0, -1, 10**40, 1.5, 1e308, -0.0])
    if kind in (2, 3):
        return "".join(chance.choice(string.printable + "\x00é\u2028") for _ in range(chance.randrange(30)))
    if kind in (4, 5):
        return chance.choice(["", "../..", "a/b", "#", "+", "$SYS/x", "x" * 300, "<script>", "--index-url", "http://x"])
    if kind in (6, 7):
        return [_junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {str(_junk(chance, 9)): _junk(chance, depth + 1) for _ in range(chance.randrange(4))}


_FIELDS = (
    "type", "code", "system_prompt", "poll_interval", "install", "grants", "limits", "node", "replace", "input_schema",
    "publishes", "triggers_when", "max_restarts", "restart_delay", "_initial_state", "_proposed_by", "action", "payload",
)  # fmt: skip


def _bad_body(chance):
    """A spawn message that cannot be right: its name or its code never is."""
    way = chance.randrange(10)
    if way == 0:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(200))) + b"{"
    if way == 1:
        return json.dumps(_junk(chance)).encode()[: chance.randrange(1, 50)] + b'"'
    if way == 2:
        return json.dumps(chance.choice([[], 5, "x", None, [{"name": "x"}]])).encode()
    body = {field: _junk(chance) for field in chance.sample(_FIELDS, chance.randrange(8))}
    bad_names = ["", " ", "a/b", "#", "a+b", "main", "monitor", "x" * 65, "a\x00b", None, 5, [], "@a", "$a", "gateway"]
    if way < 7:
        body = {**body, "name": chance.choice(bad_names), "code": chance.choice([CODE, "", 5])}
    else:
        body = {**body, "name": "fuzz", "type": chance.choice(["", "dynamic", "llm", "rule", "\x00", 7]),
                "system_prompt": "", "code": chance.choice(["", "def (", "x = ", 5, None, ["a"], "\x00"])}  # fmt: skip
    if chance.randrange(20) == 0:
        body["extra"] = "y" * 600_000
    text = json.dumps(body, allow_nan=True)
    return chance.choice([text, text.replace("1.5", "NaN"), text.replace('"name"', '"\\ud800": 1, "name"')]).encode()
