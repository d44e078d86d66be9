"""The REST table that existing clients know, row by row: addresses, bodies, answers and statuses."""

import asyncio

import pytest

from wactorz_common.contracts.chat import OpenQuestions
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.lifecycle import AgentLog, AgentMetrics, Heartbeat
from wactorz_common.contracts.llm import CostReport
from wactorz_common.contracts.nodes import NodeHeartbeat
from wactorz_common.contracts.spawning import SpawnedAgents

from .test_app import FakeBus, assert_problem, client_of, make_app

COSTS = CostReport(
    lines=(), total_input_tokens=1, total_output_tokens=2, total_cost_usd=0.5, provider="anthropic", model="m"
)


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers |= {"get_costs": COSTS, "list_spawned": SpawnedAgents(agents=())}
    return made


@pytest.fixture
def app(tmp_path, bus):
    (tmp_path / "logs").mkdir()
    made = make_app(tmp_path, bus)
    registry, now = made.state.parts.registry, made.state.parts.now()
    for name, protected in (("main", True), ("guest", False)):
        beat = Heartbeat(
            actor_id=name, name=name, timestamp=now, state="running", protected=protected, essential=protected,
            memory_mb=9.5,
        )  # fmt: skip
        registry.apply(beat, name, now)
        registry.apply(AgentMetrics(actor_id=name, messages_processed=7, errors=2, restart_count=1), name, now)
    return made


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_chat_answers_buffered_and_routes_the_agent(client, bus):
    answer = await client.post("/chat", json={"message": "hi", "agent_name": "guest"})
    assert answer.status_code == 200
    assert answer.json().items() >= {"status": "sent", "agent": "main", "response": "heard hi"}.items()
    assert bus.said[-1].to == "guest"
    assert_problem(await client.post("/chat", json={"message": " "}), 400)
    assert_problem(await client.post("/chat", json={"message": "x", "agent_name": "../x"}), 422)


async def test_the_architecture_s_chat_body_is_taken(client, bus):
    answer = await client.post("/api/chat", json={"to": "guest", "content": "hi"})
    assert (answer.status_code, answer.json()["reply"]) == (200, "heard hi")
    assert bus.said[-1].to == "guest"


async def test_chat_stop_says_when_there_is_nothing_to_stop(client, bus):
    for address in ("/chat/stop", "/api/chat/stop"):
        answer = await client.post(address)
        assert answer.json()["status"] == "stopped"
        assert answer.json()["cancelled"] == 0
        assert "nothing to stop" in answer.json()["text"]
    assert (await client.post("/api/chat/stop", json={})).json()["cancelled"] == 0
    assert bus.stopped == []
    bus.away = True
    assert (await client.post("/api/chat/stop", json={})).status_code == 200


@pytest.mark.parametrize("address", ["/actors", "/api/actors", "/agents", "/api/agents"])
async def test_actors(client, address):
    rows = (await client.get(address)).json()
    assert [(row["id"], row["name"], row["state"], row["protected"]) for row in rows] == [
        ("guest", "guest", "running", False), ("main", "main", "running", True)
    ]  # fmt: skip
    assert rows[0].keys() >= {"essential", "mem", "cpu", "task", "messagesProcessed", "costUsd", "agentType"}


async def test_one_actor(client):
    assert (await client.get("/actors/main")).json()["name"] == "main"
    assert_problem(await client.get("/actors/nobody"), 404)


async def test_a_message_to_an_actor_waits_for_nobody(client, bus):
    answer = await client.post("/actors/guest/message", json={"content": "hello"})
    assert (answer.status_code, answer.json()["status"]) == (202, "sent")
    await asyncio.sleep(0)
    assert (bus.said[-1].to, bus.said[-1].content, bus.said[-1].id) == ("guest", "hello", answer.json()["id"])
    assert_problem(await client.post("/actors/nobody/message", json={"content": "hello"}), 404)
    assert_problem(await client.post("/actors/guest/message", json={"content": " "}), 400)
    bus.away = True
    assert_problem(await client.post("/actors/guest/message", json={"content": "hello"}), 503)


@pytest.mark.parametrize(("verb", "status"), [("pause", "pausing"), ("stop", "stopping")])
async def test_controls(client, bus, verb, status):
    answer = await client.post(f"/actors/guest/{verb}")
    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert bus.commands == [("guest", verb)]
    assert_problem(await client.post(f"/actors/main/{verb}"), 403)
    assert_problem(await client.post(f"/actors/nobody/{verb}"), 404)
    assert_problem(await client.post("/actors/guest/resume"), 409)


async def test_delete(client):
    assert_problem(await client.delete("/actors/main"), 403)
    assert_problem(await client.delete("/actors/nobody"), 404)


async def test_metrics_of_an_actor(client):
    metrics = (await client.get("/actors/main/metrics")).json()
    assert metrics.keys() == {
        "messages_received", "messages_processed", "messages_failed", "heartbeats", "last_message_at", "restart_count",
        "llm_input_tokens", "llm_output_tokens", "llm_cost_usd",
    }  # fmt: skip
    assert (metrics["messages_received"], metrics["messages_failed"], metrics["heartbeats"]) == (7, 2, 1)
    assert_problem(await client.get("/api/actors/nobody/metrics"), 404)


async def test_history_of_an_actor_and_chats(client):
    await client.post("/api/chat", json={"message": "one", "session": "s"})
    await client.post("/api/chat", json={"message": "two", "to": "guest"})
    turns = (await client.get("/actors/main/history")).json()
    assert [(turn["role"], turn["content"]) for turn in turns] == [
        ("user", "one"), ("assistant", "heard one"), ("user", "two"), ("assistant", "heard two")
    ]  # fmt: skip
    assert_problem(await client.get("/actors/nobody/history"), 404)
    assert [turn["content"] for turn in (await client.get("/api/chats?role=user&limit=1")).json()] == ["two"]
    assert [turn["content"] for turn in (await client.get("/api/chats?session=s")).json()] == ["one", "heard one"]
    assert (await client.get("/api/chats?since=99999999999")).json() == []
    assert_problem(await client.get("/api/chats?limit=1001"), 422)


async def test_chats_are_one_s_own(tmp_path, bus):
    app = make_app(tmp_path, bus, api_token="secret-token", http_persons="ann:ann-token-1, ben:ben-token-1")
    async with client_of(app, headers={"host": "127.0.0.1"}) as client:
        await client.post("/api/chat", json={"message": "mine"}, headers={"x-api-key": "ann-token-1"})
        mine = await client.get("/api/chats", headers={"x-api-key": "ann-token-1"})
        theirs = await client.get("/api/chats", headers={"x-api-key": "ben-token-1"})
    assert [turn["content"] for turn in mine.json()] == ["mine", "heard mine"]
    assert theirs.json() == []


async def test_a_command_honors_protection(client, bus):
    for address in ("/agents/command", "/api/agents/command"):
        answer = await client.post(address, json={"target": "guest", "command": "pause"})
        assert answer.json()["ok"] is True
    assert bus.commands == [("guest", "pause")] * 2
    assert_problem(await client.post("/agents/command", json={"target": "guest", "command": "explode"}), 400)
    assert_problem(await client.post("/agents/command", json={"target": "main", "command": "delete"}), 403)
    assert_problem(await client.post("/agents/command", json={"target": "nobody", "command": "pause"}), 404)


@pytest.mark.parametrize("address", ["/health", "/healthz", "/livez", "/ready", "/readyz", "/api/health"])
async def test_probes(client, bus, address):
    assert (await client.get(address)).json()["status"] == "ok"
    bus.away = True
    away = await client.get(address)
    if address in ("/healthz", "/livez"):
        assert away.status_code == 200
    else:
        assert (away.status_code, away.json()["checks"]) == (503, {"broker": "not connected"})


@pytest.mark.parametrize("address", ["/metrics", "/api/metrics"])
async def test_prometheus(client, address):
    assert "wactorz_actors_total 2" in (await client.get(address)).text


async def test_the_map(app, client):
    assert_problem(await client.get("/ha-map"), 404)
    lamp = Entity(entity_id="light.a", name="A", area_id="k")
    app.state.parts.look.live.take_house(House(version=2, areas=(Area(area_id="k", name="K"),), entities=(lamp,)))
    found = (await client.get("/ha-map")).json()
    assert (found["version"], found["devices"][0]["entities"][0]["entity_id"], found["devices"][0]["area"]) == (
        2, "light.a", "K"
    )  # fmt: skip
    assert (await client.get("/api/ha-map")).status_code == 200


async def test_the_configuration_holds_no_secret(app, client):
    app.state.parts.look.live.take_house(House(version=2, name="Home", demo=True))
    config = (await client.get("/api/config")).json()
    assert config["llm"] == {"provider": "anthropic", "model": "m"}
    assert (config["ws_url"], config["ha"]["url"], config["weather"]) == ("/ws", "", {"defaultLocation": ""})
    assert "token" not in str(config).casefold()


async def test_costs(client, bus):
    assert (await client.get("/api/cost")).json()["total_cost_usd"] == 0.5
    bus.answers |= {"set_budget": COSTS, "reset_budgets": COSTS}
    limit = {"limit_usd": 5, "period": "monthly"}
    assert (await client.post("/api/cost/limit", json=limit)).status_code == 200
    assert (await client.post("/api/cost/reset")).status_code == 200
    assert (await client.post("/api/cost/limit", json={**limit, "agent": "guest"})).status_code == 200
    assert_problem(await client.post("/api/cost/limit", json={**limit, "agent": "nobody"}), 404)
    taken_away = {"limit_usd": 0, "agent": "nobody"}
    assert (await client.post("/api/cost/limit", json=taken_away)).status_code == 200


async def test_feed_logs_nodes(app, client):
    parts = app.state.parts
    now = parts.now()
    parts.registry.apply(NodeHeartbeat(node="local", node_id="n", timestamp=now, agents=("main",)), "", now)
    parts.histories.note_node("local", 1, 12.0, now)
    parts.logs.add(AgentLog(type="log", message="m", timestamp=now), "main", "main")
    assert [row["node"] for row in (await client.get("/nodes")).json()] == ["local"]
    assert (await client.get("/api/feed")).json() == []
    assert (await client.get("/api/logs?agent=main")).json()["lines"]
    (point,) = (await client.get("/api/history/nodes/local")).json()["points"]
    assert (point["agents"], point["memory_mb"]) == (1, 12.0)
    assert_problem(await client.get("/api/history/nodes/nowhere"), 404)
    assert (await client.get("/api/history/agents/main")).json()["points"] == []


async def test_questions_and_the_choice(app, client, bus):
    asked = {"id": "q1", "content": "Tea?", "options": ["yes", "no"]}
    told = OpenQuestions(agent="guest", questions=(asked, {"id": "", "options": []}, {"x": 1}))
    app.state.parts.questions.take("guest", "guest", told)
    (question,) = (await client.get("/api/questions")).json()
    assert (question["agent"], question["id"], question["options"]) == ("guest", "q1", ["yes", "no"])
    answer = await client.post("/api/questions/guest/q1/answer", json={"option": "no", "note": "thanks"})
    assert answer.status_code == 202
    agent_id, choice = bus.chosen[-1]
    assert (agent_id, choice.option, choice.index, choice.user, choice.note) == ("guest", "no", 1, "owner", "thanks")
    await client.post("/questions/guest/q1/answer", json={"index": 0})
    assert bus.chosen[-1][1].option == "yes"
    for wrong in ({"option": "maybe"}, {"index": 2}, {}, {"option": "yes", "index": 1}):
        assert_problem(await client.post("/api/questions/guest/q1/answer", json=wrong), 422)
    assert_problem(await client.post("/api/questions/guest/q9/answer", json={"index": 0}), 404)
    app.state.parts.questions.take("guest", "guest", OpenQuestions(agent="guest"))
    assert (await client.get("/questions")).json() == []


async def test_commands_for_completion(client):
    assert_problem(await client.get("/api/commands"), 503)


async def test_a_wrong_method_says_what_is_possible(client):
    answer = await client.put("/api/chat", json={})
    assert_problem(answer, 405)
    assert "POST" in answer.headers["allow"]
