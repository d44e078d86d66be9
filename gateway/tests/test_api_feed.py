"""Activity, alerts, charts and publishing over REST."""

import json
import math

import pytest

from wactorz_gateway.actor import Agent

from .test_app import FakeBus, assert_problem, client_of, make_app


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
def app(tmp_path, bus):
    return make_app(tmp_path, bus)


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


def told(app, count):
    for number in range(count):
        event = {"type": "log", "agent_id": "i", "name": "main", "message": f"m{number}", "timestamp": number}
        app.state.parts.feed.add(event)
        app.state.parts.alerts.add({**event, "type": "alert"})


async def test_pages_of_the_feed_follow_their_links(app, client):
    told(app, 5)
    seen, address = [], "/api/feed?limit=2&agent=main"
    while address:
        page = await client.get(address)
        seen += [entry["message"] for entry in page.json()]
        address = page.headers.get("link", "").partition(";")[0].strip("<>")
    assert seen == ["m4", "m3", "m2", "m1", "m0"]
    before = (await client.get("/api/feed?limit=1")).json()[0]["id"]
    assert [entry["message"] for entry in (await client.get(f"/feed?limit=1&before={before}")).json()] == ["m3"]


async def test_alerts_and_what_has_not_changed(app, client):
    told(app, 2)
    first = await client.get("/api/alerts")
    assert [entry["kind"] for entry in first.json()] == ["alert", "alert"]
    assert (await client.get("/api/alerts", headers={"if-none-match": first.headers["etag"]})).status_code == 304
    told(app, 1)
    assert (await client.get("/api/alerts", headers={"if-none-match": first.headers["etag"]})).status_code == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1001", f"before={'x' * 65}"])
async def test_a_wrong_question_is_told(client, query):
    assert_problem(await client.get(f"/api/feed?{query}"), 422)


async def test_points_for_charts(app, client):
    agent = Agent("id1", "main", 0, 0, heartbeat={"memory_mb": 12.5}, metrics={"messages_processed": 3, "errors": 0})
    app.state.parts.registry.agents["id1"] = agent
    app.state.parts.histories.note(agent, None, app.state.parts.now())
    for address in ("/api/agents/main/history?seconds=60", "/api/history/agents/main", "/api/agents/id1/history"):
        (point,) = (await client.get(address)).json()["points"]
        assert (point["memory_mb"], point["cpu"], point["messages_processed"]) == (12.5, None, 3)
    assert_problem(await client.get("/api/agents/nobody/history"), 404)
    assert_problem(await client.get("/api/agents/main/history?seconds=999999"), 422)


async def test_a_message_on_a_free_topic(client, bus):
    body = {"topic": "custom/doorbell", "payload": {"ring": "é"}, "qos": 1, "retain": True}
    answer = await client.post("/api/publish", json=body)
    assert answer.json()["topic"] == "custom/doorbell"
    topic, data, qos, retain = bus.published[-1]
    assert (topic, json.loads(data), qos, retain) == ("custom/doorbell", {"ring": "é"}, 1, True)
    await client.post("/api/publish", json={"topic": "home/mode", "retain": True})
    assert bus.published[-1][1] == b""


@pytest.mark.parametrize(
    ("topic", "status"),
    [
        ("agents/x/commands", 403), ("agents/by-name/main/task", 403), ("io/chat", 403), ("system/halt", 403),
        ("homeassistant/state_changes", 403), ("$SYS/x", 403), ("customs/x", 403), ("custom/+", 422),
        ("custom/#", 422), ("custom/\u0000", 422), ("custom/\ud800", 422), ("", 422), ("custom/" + "a/" * 300, 422),
    ],
)  # fmt: skip
async def test_other_topics_belong_to_agents(client, bus, topic, status):
    answer = await client.post(
        "/api/publish", content=json.dumps({"topic": topic, "payload": 1}), headers={"content-type": "application/json"}
    )
    assert_problem(answer, status)
    assert bus.published == []


async def test_what_cannot_be_sent_is_refused(client, bus):
    assert_problem(await client.post("/api/publish", json={"topic": "custom/x", "payload": "x" * 300_000}), 413)
    bad = json.dumps({"topic": "custom/x", "payload": "\ud800"})
    assert_problem(await client.post("/api/publish", content=bad, headers={"content-type": "application/json"}), 422)
    assert_problem(await client.post("/api/publish", json={"topic": "custom/x", "qos": 2}), 422)
    assert_problem(await client.post("/api/publish", json={"topic": "custom/x", "nonsense": 2}), 422)
    nan = json.dumps({"topic": "custom/x", "payload": math.nan})
    answer = await client.post("/api/publish", content=nan, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 422)
    bus.away = True
    assert_problem(await client.post("/api/publish", json={"topic": "custom/x"}), 503)
