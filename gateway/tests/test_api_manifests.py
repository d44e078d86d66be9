"""What agents say that they can do, over REST."""

import pytest

from wactorz_common.contracts.lifecycle import AgentManifest, Heartbeat
from wactorz_gateway.actor import Agent

from .test_app import FakeBus, assert_problem, client_of, make_app

TOLD = AgentManifest(
    name="ticker", actor_id="1-ticker", description="Counts", publishes=("custom/ticker",), timestamp=5.0,
    produces_schema={"count": "int - ticks"},
)  # fmt: skip


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path, FakeBus())


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_an_agents_last_word_is_told(app, client):
    app.state.parts.registry.apply(TOLD, "1-ticker", now=10.0)
    for name in ("ticker", "1-ticker"):
        body = (await client.get(f"/api/agents/{name}/manifest")).json()
        assert AgentManifest.model_validate(body) == TOLD
    tag = (await client.get("/api/agents/ticker/manifest")).headers["etag"]
    assert (await client.get("/api/agents/ticker/manifest", headers={"if-none-match": tag})).status_code == 304


async def test_what_was_seen_in_messages_is_not_told(app, client):
    seen = {"custom/ticker": {"fields": {"api_key": "str"}, "example": {"api_key": "sk-1234567890abcdef"}}}
    app.state.parts.registry.apply(TOLD.model_copy(update={"observed_samples": seen}), "1-ticker", now=10.0)
    answer = await client.get("/api/agents/ticker/manifest")
    assert answer.json()["observed_samples"] == {"custom/ticker": {"fields": {"api_key": "str"}}}
    assert "sk-1234567890abcdef" not in answer.text


async def test_a_replica_is_described_as_the_others_are(app, client):
    registry = app.state.parts.registry
    registry.apply(TOLD, "1-ticker", now=10.0)
    beat = {"actor_id": "2-ticker", "name": "ticker", "timestamp": 11.0, "state": "running", "replica": "2"}
    registry.apply(Heartbeat.model_validate(beat), "2-ticker", now=11.0)
    assert (await client.get("/api/agents/2-ticker/manifest")).json()["publishes"] == ["custom/ticker"]


async def test_who_is_unknown_or_silent_is_told_so(app, client):
    app.state.parts.registry.agents["2-mute"] = Agent("2-mute", "mute", 0, 0)
    assert_problem(await client.get("/api/agents/nobody/manifest"), 404)
    problem = await client.get("/api/agents/mute/manifest")
    assert problem.status_code == 404
    assert "mute has not said" in problem.json()["detail"]
