"""Every route of the application against the guards, and the answers without a bus."""

import json
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from wactorz_common.contracts.chat import ChatReply
from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.llm import GET_COSTS, CostReport
from wactorz_common.contracts.rules import LIST_RULES, RuleList
from wactorz_common.errors import AskTimeout, ContractError, Refused, TaskFailed, TransportError
from wactorz_gateway.app import allowed_hosts, create_app
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.house import HouseReader
from wactorz_gateway.hub import Hub
from wactorz_gateway.parts import Parts
from wactorz_gateway.registry import Registry
from wactorz_gateway.settings import GatewaySettings

SCRIPT = "<script>alert(1)</script>"


class FakeBus:
    """A backend whose answers are set by the test."""

    def __init__(self):
        self.answers = {}
        self.commands = []
        self.said = []
        self.away = False

    def connected(self):
        return not self.away

    async def wait_connected(self, seconds):
        if self.away:
            raise TransportError("The MQTT broker at localhost:1883 cannot be reached")

    async def ask(self, operation, request):
        answer = self.answers.get(operation.action, AskTimeout("No answer on agents/by-name/x/task"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def command(self, agent_id, command):
        self.commands.append((agent_id, command))

    async def say(self, message):
        self.said.append(message)
        answer = self.answers.get("say")
        if isinstance(answer, Exception):
            raise answer
        return ChatReply(sender="main", content=f"heard {message.content}", timestamp=1, id=message.id)

    async def nothing(self, *_):
        return None


def make_app(tmp_path, bus=None, **settings) -> FastAPI:
    bus = bus or FakeBus()
    registry, hub = Registry(), Hub(time.monotonic)
    parts = Parts(
        backend=bus, registry=registry, hub=hub, dashboard=Dashboard(registry, hub),
        conversations=Conversations(bus.say, bus.nothing), house=HouseReader(bus.ask, bus.nothing),
        exposition=Exposition(registry, hub, time.time), log_dir=tmp_path, now=time.time,
    )  # fmt: skip
    return create_app(parts, GatewaySettings.model_validate({"state_dir": tmp_path, **settings}))


def client_of(app, **options):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", **options)


def every_route(app):
    """Method and path of all routes, with parameters filled in."""
    found = set()
    for outer in app.routes:
        for route in getattr(getattr(outer, "original_router", None), "routes", [outer]):
            for method in getattr(route, "methods", None) or ():
                path = route.path.replace("{entity_id}", "light.x").replace("{actor}", "x").replace("{name}", "app.css")
                found.add((method, path))
    return sorted(found)


ROUTES = every_route(make_app(Path("/tmp")))
WRITES = [(method, path) for method, path in ROUTES if method not in ("GET", "HEAD")]
PROBES = {"/health", "/healthz", "/livez", "/ready", "/readyz", "/api/health"}


def assert_problem(response, status):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert len(body["detail"]) > 10


def test_the_table_of_routes_is_complete():
    assert len(ROUTES) > 25
    for wanted in (
        ("GET", "/api/health"), ("GET", "/api/actors"), ("GET", "/api/actors/x"), ("POST", "/api/actors/x/pause"),
        ("POST", "/api/actors/x/resume"), ("DELETE", "/api/actors/x"), ("POST", "/api/chat"), ("GET", "/api/rules"),
        ("GET", "/api/home"), ("POST", "/api/home/light.x"), ("GET", "/api/cost"), ("GET", "/api/logs"),
        ("GET", "/api/nodes"), ("GET", "/api/metrics"), ("GET", "/metrics"), ("GET", "/api/docs"),
        ("GET", "/api/openapi.json"), ("GET", "/api/config"), ("GET", "/"),
    ):  # fmt: skip
        assert wanted in ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_foreign_hosts_are_refused_on_every_route(tmp_path, method, path):
    async with client_of(make_app(tmp_path)) as client:
        response = await client.request(method, path, headers={"host": "evil.example"})
        assert response.status_code == 403


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_foreign_origins_are_refused_on_every_write(tmp_path, method, path):
    bus = FakeBus()
    async with client_of(make_app(tmp_path, bus)) as client:
        assert_problem(await client.request(method, path, json={}, headers={"origin": "http://evil.example"}), 403)
    assert not bus.commands
    assert not bus.said


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_other_content_types_and_large_bodies_are_refused_on_every_write(tmp_path, method, path):
    async with client_of(make_app(tmp_path)) as client:
        text = await client.request(method, path, content=b"message=hi", headers={"content-type": "text/plain"})
        assert_problem(text, 415)
        large = await client.request(
            method, path, content=b" " * (1024 * 1024 + 1), headers={"content-type": "application/json"}
        )
        assert_problem(large, 413)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_every_route_but_probes_needs_the_token(tmp_path, method, path):
    async with client_of(make_app(tmp_path, api_token="secret", http_bind="0.0.0.0")) as client:
        bare = await client.request(method, path)
        wrong = await client.request(method, path, headers={"authorization": "Bearer nope"})
        right = await client.request(method, path, headers={"authorization": "Bearer secret"})
    if path in PROBES:
        assert bare.status_code not in (401, 403)
    else:
        assert (bare.status_code, wrong.status_code) == (401, 401)
        assert "www-authenticate" in bare.headers
    assert right.status_code not in (401, 403)


async def test_body_without_a_length_is_counted(tmp_path):
    async def body():
        for _ in range(20):
            yield b" " * 100_000

    async with client_of(make_app(tmp_path)) as client:
        response = await client.post("/api/chat", content=body(), headers={"content-type": "application/json"})
        assert_problem(response, 413)


async def test_security_headers_and_a_page_without_foreign_or_inline_code(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        for path in ("/", "/api/docs"):
            page = await client.get(path)
            assert page.status_code == 200
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert "'unsafe" not in page.headers["content-security-policy"]
            assert page.headers["x-content-type-options"] == "nosniff"
            assert "http://" not in page.text
            assert "https://" not in page.text
            assert " onclick" not in page.text
            assert "<style" not in page.text
            assert page.text.count("<script") == page.text.count('<script type="module" src="/page/')
        for name in ("app.css", "app.js", "view.js", "docs.js", "icon.svg"):
            asset = await client.get(f"/page/{name}")
            assert asset.status_code == 200
            for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
                assert forbidden not in asset.text
        assert (await client.get("/page/index.html")).status_code == 404
        assert (await client.get("/page/..%2fsettings.py")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"message": ""}', 400), (b'{"message": "   "}', 400), (b"{}", 400), (b"{", 400), (b"", 422),
        (b'"hi"', 422), (b'{"message": 5}', 422), (b'{"message": "\\ud800"}', 422), (b"\xff", 400),
        (b'{"message": "hi", "to": "../etc"}', 422), (b'{"message":' + b"[" * 100_000, 400),
        (json.dumps({"message": "x" * 16_001}).encode(), 422),
    ],
)  # fmt: skip
async def test_bad_messages_are_refused_with_a_sentence(tmp_path, body, status):
    bus = FakeBus()
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.post("/api/chat", content=body, headers={"content-type": "application/json"})
        assert_problem(response, status)
    assert bus.said == []


async def test_chat_accepts_both_bodies(tmp_path):
    bus = FakeBus()
    async with client_of(make_app(tmp_path, bus)) as client:
        first = (await client.post("/api/chat", json={"message": "hi", "to": "@planner", "session": "s"})).json()
        await client.post("/chat", json={"content": "ho", "agent_name": "main"})
    assert [(m.content, m.to, m.conversation_id) for m in bus.said] == [("hi", "planner", "s"), ("ho", "main", "")]
    assert first == {
        "id": bus.said[0].id, "agent": "main", "reply": "heard hi", "source": "rules", "status": "done",
        "trace_id": bus.said[0].id,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "status"), [(TransportError("away"), 503), (Refused("full"), 429), (ContractError("used"), 422)]
)
async def test_chat_that_is_not_accepted(tmp_path, error, status):
    bus = FakeBus()
    bus.answers["say"] = error
    async with client_of(make_app(tmp_path, bus)) as client:
        assert (await client.post("/api/chat", json={"message": "hi"})).status_code == status


async def test_reads_that_need_an_agent(tmp_path):
    bus = FakeBus()
    bus.answers[GET_COSTS.action] = CostReport(
        lines=(), total_input_tokens=1, total_output_tokens=2, total_cost_usd=0.5
    )
    bus.answers[LIST_RULES.action] = RuleList(rules=())
    async with client_of(make_app(tmp_path, bus)) as client:
        assert (await client.get("/api/cost")).json()["total_cost_usd"] == 0.5
        assert (await client.get("/api/rules")).json() == []
        assert_problem(await client.get("/api/home"), 503)
        bus.answers[LIST_RULES.action] = TaskFailed("The rules cannot be read.")
        response = await client.get("/api/rules")
        assert_problem(response, 409)
        assert response.json()["detail"] == "The rules cannot be read."
        bus.answers[GET_COSTS.action] = AskTimeout("No answer on agents/by-name/llm/task within 6 s")
        assert "agents/by-name" not in (await client.get("/api/cost")).json()["detail"]


async def test_unexpected_failure_tells_nothing(tmp_path):
    bus = FakeBus()
    bus.answers[GET_COSTS.action] = RuntimeError("secret detail")
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.get("/api/cost")
        assert_problem(response, 500)
        assert "secret" not in response.text


async def test_hostile_names_stay_text(tmp_path):
    app = make_app(tmp_path)
    beat = Heartbeat(actor_id="i", name=SCRIPT, timestamp=0, state="running", task=SCRIPT)
    app.state.parts.registry.apply(beat, "i", time.time())
    async with client_of(app) as client:
        response = await client.get("/api/actors")
        assert response.headers["content-type"] == "application/json"
        assert response.json()[0]["name"] == SCRIPT
        metrics = await client.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain")
        missing = await client.get(f"/api/actors/{SCRIPT[:8]}")
        assert missing.headers["content-type"] == "application/problem+json"


async def test_metrics_have_the_contract_names(tmp_path):
    app = make_app(tmp_path)
    beat = Heartbeat(actor_id="i", name="lamp", timestamp=0, state="running", protected=True)
    app.state.parts.registry.apply(beat, "i", time.time())
    async with client_of(app) as client:
        await client.get("/api/actors/lamp")
        await client.get("/nowhere")
        text = (await client.get("/api/metrics")).text
    for line in (
        "wactorz_actors_total 1.0", 'wactorz_actors_by_state{state="running"} 1.0', 'wactorz_actor_up{actor_name="lamp"} 1.0',
        'wactorz_actor_info{actor_class="service",actor_name="lamp",protected="true"} 1.0',
        'wactorz_http_requests_total{method="GET",route="/api/actors/{actor}"} 1.0',
        'wactorz_http_responses_total{method="GET",route="unmatched",status="404"} 1.0',
    ):  # fmt: skip
        assert line in text


async def test_openapi_is_3_1_and_describes_every_operation(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        document = (await client.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            assert operation.get("description"), f"{verb} {path}"


async def test_unknown_addresses_and_methods_are_problems(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        assert_problem(await client.get("/api/nothing"), 404)
        assert_problem(await client.put("/api/actors"), 405)
        assert_problem(await client.get("/api/logs?agent=../../etc/passwd"), 404)
        assert_problem(await client.get("/api/logs?lines=x"), 422)


async def test_health_names_the_failed_check(tmp_path):
    bus = FakeBus()
    async with client_of(make_app(tmp_path, bus)) as client:
        assert (await client.get("/api/health")).json()["status"] == "ok"
        bus.away = True
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["checks"]["broker"] == "not connected"
        assert_problem(await client.post("/api/chat", json={"message": "hi"}), 503)


def test_allowed_hosts():
    settings = GatewaySettings.model_validate({"http_bind": "192.168.1.5", "http_hosts": "Wactorz.lan:80, box"})
    assert {"localhost", "192.168.1.5", "wactorz.lan", "box"} <= allowed_hosts(settings)
    assert "0.0.0.0" not in allowed_hosts(GatewaySettings.model_validate({"http_bind": "0.0.0.0"}))
    proxied = GatewaySettings.model_validate({"http_bind": "0.0.0.0", "http_public_bind": "192.168.1.6"})
    assert "192.168.1.6" in allowed_hosts(proxied)
