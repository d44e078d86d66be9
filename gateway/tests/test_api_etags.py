"""Every list carries a validator, with which it is fetched only once."""

import pytest

from wactorz_common.contracts.lifecycle import AgentMetrics, Heartbeat
from wactorz_common.contracts.policy import AuditLines

from .test_app import FakeBus, client_of, make_app


@pytest.fixture
def app(tmp_path):
    bus = FakeBus()
    bus.answers["list_audit"] = AuditLines(lines=())
    return make_app(tmp_path, bus)


def lists(app):
    """Paths of all lists that need no further word."""
    for path, each in app.openapi()["paths"].items():
        told = each.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "{" not in path and told.get("application/json", {}).get("schema", {}).get("type") == "array":
            yield path


async def test_every_list_is_fetched_once(app):
    served = set()
    async with client_of(app, headers={"host": "127.0.0.1"}) as client:
        for path in lists(app):
            answer = await client.get(path)
            if answer.status_code == 503:  # who knows it is not here
                continue
            served.add(path)
            assert answer.status_code == 200, path
            again = await client.get(path, headers={"if-none-match": answer.headers.get("etag", "")})
            assert again.status_code == 304, path
    assert served >= {"/api/people", "/api/tokens", "/api/sessions", "/api/changes", "/api/audit", "/api/questions"}


async def test_an_agent_that_only_grew_older_is_no_change(app):
    parts = app.state.parts
    beat = Heartbeat(actor_id="a", name="main", timestamp=0, state="running", incarnation=1)
    parts.registry.apply(beat, "a", parts.now())
    parts.registry.apply(AgentMetrics(actor_id="a", uptime=5.0, messages_processed=1), "a", parts.now())
    async with client_of(app, headers={"host": "127.0.0.1"}) as client:
        first = await client.get("/api/actors")
        parts.registry.agents["a"].started_at -= 30
        later = await client.get("/api/actors")
        assert later.json()[0]["uptime"] > first.json()[0]["uptime"]
        assert later.headers["etag"] == first.headers["etag"]
        parts.registry.apply(AgentMetrics(actor_id="a", messages_processed=2), "a", parts.now())
        changed = await client.get("/api/actors")
        assert changed.headers["etag"] != first.headers["etag"]
