"""Lists that are read often take a short way, with the same guards, answers and counts."""

import pytest

from wactorz_common.contracts.home import House
from wactorz_common.contracts.lifecycle import Heartbeat

from .test_app import FakeBus, assert_problem, client_of, make_app


@pytest.fixture
def app(tmp_path):
    made = make_app(tmp_path, FakeBus())
    now = made.state.parts.now()
    beat = Heartbeat(actor_id="main", name="main", timestamp=now, state="running")
    made.state.parts.registry.apply(beat, "main", now)
    return made


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


@pytest.mark.parametrize("path", ["/api/agents", "/agents", "/api/nodes", "/nodes"])
async def test_the_short_way_answers_as_the_long_one(client, path):
    short, long = await client.get(path), await client.get(f"{path}?x=")
    for row in (*short.json(), *long.json()):
        row.pop("uptime", None)
    assert short.status_code == long.status_code == 200
    assert [row.get("name") for row in short.json()] == [row.get("name") for row in long.json()]
    for header in ("content-type", "content-security-policy", "x-content-type-options", "cache-control", "etag"):
        assert short.headers[header] == long.headers[header]
    assert short.headers["x-request-id"]
    again = await client.get(path, headers={"if-none-match": short.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_problems_take_the_long_way(app, client):
    assert_problem(await client.get("/api/house"), 503)
    app.state.parts.look.live.take_house(House(version=1))
    assert (await client.get("/api/house")).json()["rooms"] == []


async def test_nobody_gets_round_the_guards(tmp_path):
    async with client_of(make_app(tmp_path, api_token="secret-token")) as client:
        assert_problem(await client.get("/api/agents"), 401)
        assert_problem(await client.get("/api/house"), 401)
        assert (await client.get("/api/agents", headers={"x-api-key": "secret-token"})).status_code == 200


async def test_it_is_counted_by_its_route(client):
    await client.get("/api/agents")
    metrics = (await client.get("/api/metrics")).text
    assert 'wactorz_http_requests_total{method="GET",route="/api/agents"} 1.0' in metrics


async def test_other_methods_and_unknown_addresses_are_as_before(client):
    assert_problem(await client.put("/api/agents", json={}), 405)
    assert (await client.post("/api/agents", json={"name": "x"})).status_code != 405
