"""Every route of the application against the guards, and the answers without a bus."""

import json
import re
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from wactorz_common import pins
from wactorz_common.connection import Broker
from wactorz_common.contracts.chat import ChatReply
from wactorz_common.contracts.lifecycle import AgentLog, Heartbeat
from wactorz_common.contracts.llm import GET_COSTS, CostReport
from wactorz_common.contracts.nodes import NodeHeartbeat
from wactorz_common.contracts.rules import LIST_RULES, RuleList
from wactorz_common.contracts.spawning import (
    Approval,
    Approvals,
    Done,
    NodeReport,
    NodeReports,
    SpawnedAgent,
    SpawnedAgents,
    SpawnResult,
    SpecReport,
)
from wactorz_common.errors import AskTimeout, ContractError, Refused, TaskFailed, TransportError
from wactorz_common.language import language
from wactorz_common.secrecy import SecretKeeper
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.accounts.accounts import Accounts
from wactorz_gateway.accounts.passwords import Passwords
from wactorz_gateway.accounts.rights import Rights
from wactorz_gateway.agentlogs import AgentLogs
from wactorz_gateway.app import allowed_hosts, create_app
from wactorz_gateway.approvalfeed import ApprovalFeed
from wactorz_gateway.approvals import HOLDERS, Decisions
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.door import Door
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.house import HouseReader
from wactorz_gateway.hub import Hub
from wactorz_gateway.live.parts import make_live
from wactorz_gateway.parts import Parts
from wactorz_gateway.registry import Registry
from wactorz_gateway.settings import GatewaySettings
from wactorz_gateway.transcripts import Transcripts

from .disks import MemoryDisk

NOWHERE = Broker("127.0.0.1", 9)

SCRIPT = "<script>alert(1)</script>"


class FakeBus:
    """A backend whose answers are set by the test."""

    def __init__(self):
        self.answers = {}
        self.commands = []
        self.asked = []
        self.submitted = []
        self.ends = {}
        self.said = []
        self.stopped = []
        self.published = []
        self.chosen = []
        self.away = False

    def connected(self):
        return not self.away

    async def wait_connected(self, seconds):
        if self.away:
            raise TransportError("The MQTT broker at localhost:1883 cannot be reached")

    async def ask(self, operation, request, *, to=None, timeout=None):
        self.asked.append((operation.action, request, to))
        answer = self.answers.get(operation.action, AskTimeout("No answer on agents/by-name/x/task"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def submit(self, operation, request, *, to=None, task_id=""):
        await self.wait_connected(1)
        if operation.action == "say":
            return TaskEnd(task_id, TaskState.DONE, {}, None, await self.say(request))
        self.submitted.append((operation.action, request, to, task_id))
        end = self.ends.get(operation.action, (TaskState.FAILED, None, "monitor does not want to"))
        if isinstance(end, Exception):
            raise end
        if callable(end):
            return await end()
        return TaskEnd(task_id, end[0], end[3] if len(end) > 3 else {}, end[2], end[1])

    async def choose(self, agent_id, choice):
        await self.wait_connected(1)
        self.chosen.append((agent_id, choice))

    async def publish(self, topic, data, qos, *, retain):
        await self.wait_connected(1)
        self.published.append((topic, data, qos, retain))

    async def stop(self, chat_id="", conversation_id="", person=None):
        await self.wait_connected(1)
        self.stopped.append((chat_id, conversation_id))

    async def command(self, agent_id, command):
        self.commands.append((agent_id, command))

    async def say(self, message):
        self.said.append(message)
        answer = self.answers.get("say")
        if isinstance(answer, Exception):
            raise answer
        asks = self.answers.get("asks", "")
        return ChatReply(
            sender=self.answers.get("sender", "main"), content=f"heard {message.content}", timestamp=1, id=message.id,
            approval_id=asks,
        )  # fmt: skip

    async def nothing(self, *_):
        return None


def make_app(tmp_path, bus=None, **settings) -> FastAPI:
    bus = bus or FakeBus()
    options = GatewaySettings.model_validate({"state_dir": tmp_path, **settings})
    accounts = Accounts(
        MemoryDisk(),
        tmp_path,
        reserved=frozenset(options.persons),
        owner=options.http_owner,
        passwords=Passwords((1, 8)),
    )
    registry, hub, decisions = Registry(), Hub(time.monotonic), Decisions(bus)
    keeper, transcripts = SecretKeeper(), Transcripts()
    parts = Parts(
        backend=bus, registry=registry, hub=hub, dashboard=Dashboard(registry, hub),
        conversations=Conversations(Door(bus, decisions, time.time, keeper, transcripts).say, bus.nothing, bus.stop),
        decisions=decisions, keeper=keeper, transcripts=transcripts,
        approvals=ApprovalFeed(decisions, hub),
        house=HouseReader(bus.ask, bus.nothing), exposition=Exposition(registry, hub, time.time), logs=AgentLogs(),
        accounts=accounts, log_dir=tmp_path, now=time.time, live=make_live(NOWHERE, lambda _: ""),
    )  # fmt: skip
    return create_app(parts, options)


def client_of(app, **options):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", **options)


def every_template(app):
    """Method and path of all routes as they are written; a WebSocket has the method WS."""
    found = set()
    for outer in app.routes:
        for route in getattr(getattr(outer, "original_router", None), "routes", [outer]):
            methods = getattr(route, "methods", ("WS",)) or ("GET",)
            found |= {(method, route.path) for method in methods}
    return sorted(found)


def shape(path):
    """A path without the names of its parameters."""
    return re.sub(r"\{[^:}]*", "{", path)


def every_route(app):
    """Method and path of all routes, with parameters filled in."""
    found = set()
    for outer in app.routes:
        for route in getattr(getattr(outer, "original_router", None), "routes", [outer]):
            for method in getattr(route, "methods", None) or ():
                path = route.path.replace("{entity_id}", "light.x").replace("{actor}", "x").replace("{name}", "app.css")
                path = path.replace("{approval_id}", "x").replace("{rule_id}", "ab12cd34").replace("{automation}", "x")
                path = path.replace("{plan_id}", "ab12").replace("{key}", "pref_x").replace("{decision}", "approve")
                path = path.replace("{change}", "enable" if "automations" in path else "pause")
                found.add((method, path))
    return sorted(found)


TEMPLATES = every_template(make_app(Path("/tmp")))
ROUTES = every_route(make_app(Path("/tmp")))
WRITES = [(method, path) for method, path in ROUTES if method not in ("GET", "HEAD")]
OPEN = {"/health", "/healthz", "/livez", "/ready", "/readyz", "/api/health", "/api/session", "/api/setup", "/api/login",
        "/api/logout"}  # fmt: skip


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
        ("GET", "/api/openapi.json"), ("GET", "/api/config"), ("GET", "/"), ("POST", "/api/agents"),
        ("GET", "/api/agents/app.css/spec"), ("DELETE", "/api/agents/app.css"), ("POST", "/api/approvals/x"),
        ("GET", "/api/memory"),
        ("DELETE", "/api/memory"), ("DELETE", "/api/memory/pref_x"), ("GET", "/api/webhooks"),
        ("POST", "/api/webhooks"), ("DELETE", "/api/webhooks/app.css"), ("POST", "/api/webhooks/app.css/test"),
        ("GET", "/api/plans"), ("GET", "/api/plans/ab12"), ("POST", "/api/plans/ab12/approve"),
        ("DELETE", "/api/plans"), ("GET", "/api/topics"), ("GET", "/api/wirings"), ("GET", "/api/commands"),
        ("GET", "/api/rules.yaml"), ("POST", "/api/rules/import"), ("GET", "/api/rules/ab12cd34"),
        ("PUT", "/api/rules/ab12cd34"), ("GET", "/api/rules/ab12cd34/why-not"), ("POST", "/api/chat/stop"),
        ("POST", "/chat/stop"), ("POST", "/actors/x/start"), ("POST", "/actors/x/stop"), ("POST", "/api/agents/app.css/migrate"),
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


UPLOADS = ("/api/blobs", "/api/upload", "/upload")


@pytest.mark.parametrize(("method", "path"), [row for row in WRITES if row[1] not in UPLOADS])
async def test_other_content_types_and_large_bodies_are_refused_on_every_write(tmp_path, method, path):
    async with client_of(make_app(tmp_path)) as client:
        text = await client.request(method, path, content=b"message=hi", headers={"content-type": "text/plain"})
        assert_problem(text, 415)
        large = await client.request(
            method, path, content=b" " * (1024 * 1024 + 1), headers={"content-type": "application/json"}
        )
        assert_problem(large, 415 if path == "/api/restore" or "fuseki" in path else 413)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_every_route_but_probes_and_the_way_in_needs_the_token(tmp_path, method, path):
    async with client_of(make_app(tmp_path, api_token="secret", http_bind="0.0.0.0")) as client:
        bare = await client.request(method, path)
        wrong = await client.request(method, path, headers={"authorization": "Bearer nope"})
        right = await client.request(method, path, headers={"authorization": "Bearer secret"})
    if path in OPEN:
        assert bare.status_code not in (401, 403)
    else:
        assert (bare.status_code, wrong.status_code) == (401, 401)
        assert "www-authenticate" in bare.headers
    assert right.status_code not in (401, 403)


def test_every_route_has_a_least_role():
    """Read the name of the failure: it says what to add and where."""
    rights = Rights()
    for method, path in TEMPLATES:
        right = rights.find(method, path)
        assert right is not None, (
            f"{method} {path} has no least role, so it is refused to everybody: add the line "
            f"'\"{method} {path}\": VIEWER,' (or USER, ADMIN, OWNER) to ROUTES in "
            "gateway/src/wactorz_gateway/accounts/rights.py"
        )
        named = right.path if path.startswith("/api/") or not right.path.startswith("/api/") else right.path[4:]
        assert shape(named) == shape(path), f"{method} {path} is not named by a line of its own, only by {right.path}"


def test_every_alias_needs_the_role_of_its_route():
    rights = Rights()
    for method, path in TEMPLATES:
        under_api = rights.find(method, f"/api{path}")
        if not path.startswith("/api/") and path != "/" and under_api is not None:
            assert rights.find(method, path).least == under_api.least


async def test_an_unknown_address_is_said_to_be_one_and_an_unknown_method_names_the_others(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        assert_problem(await client.get("/api/nothing"), 404)
        wrong = await client.request("PUT", "/api/chat", json={})
        assert_problem(wrong, 405)
        assert wrong.headers["allow"] == "POST"


async def test_every_answer_carries_a_request_id(tmp_path):
    bus = FakeBus()
    bus.answers[GET_COSTS.action] = RuntimeError("unexpected")
    async with client_of(make_app(tmp_path, bus)) as client:
        for path, given, taken in (
            ("/api/actors", "from-the-caller", True), ("/api/actors", "short", False), ("/api/cost", "12345678", True),
            ("/api/actors", "x" * 65, False), ("/api/nothing", "0123abcd", True), ("/api/actors", "no\tword", False),
        ):  # fmt: skip
            answered = (await client.get(path, headers={"x-request-id": given})).headers["x-request-id"]
            assert (answered == given) is taken
            assert 8 <= len(answered) <= 64
        refused = await client.get("/api/actors", headers={"host": "evil.example"})
        assert refused.headers["x-request-id"]


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
        for name in ("app.css", "app.js", "approvals.js", "view.js", "docs.js", "icon.svg"):
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


# -- spawned agents -----------------------------------------------------------------------------------------------

RUNS = SpawnResult(name="tide", agent_id="i", node="local", status="running", text="tide runs on local.")
KEPT = SpawnedAgent(
    name="tide", agent_id="i", type="dynamic", node="local", wanted="running", actual="waiting", problem="no node",
    created_at=1, updated_at=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code"), [("running", 201), ("waiting", 202), ("needs_approval", 202), ("already_running", 200)]
)
async def test_spawn_answers_by_what_became_of_it(tmp_path, status, code):
    bus = FakeBus()
    bus.ends["spawn"] = (TaskState.DONE, RUNS.model_copy(update={"status": status}), None)
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.post("/api/agents", json={"name": "tide", "code": "pass", "_agent_id": "mine"})
        assert response.status_code == code
        assert response.json()["status"] == status
    action, request, to, _ = bus.submitted[0]
    assert (action, to, request.name, request.agent_id) == ("spawn", None, "tide", "")


async def test_an_idempotency_key_names_the_task(tmp_path):
    bus = FakeBus()
    bus.ends["spawn"] = (TaskState.DONE, RUNS, None)
    bus.ends["manage_agent"] = (TaskState.DONE, Done(text="gone"), None)
    bus.answers["list_spawned"] = SpawnedAgents(agents=(KEPT,))
    async with client_of(make_app(tmp_path, bus)) as client:
        for key in ("a", "a", "b", None, None):
            headers = {"idempotency-key": key} if key else {}
            await client.post("/api/agents", json={"name": "tide"}, headers=headers)
        await client.delete("/api/agents/tide", headers={"idempotency-key": "a"})
    ids = [task_id for _, _, _, task_id in bus.submitted]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5, "another key, no key, and another request are other tasks"
    bus.ends["spawn"] = ContractError("the task id 'x' was used for another task already")
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.post("/api/agents", json={"name": "tide"}, headers={"idempotency-key": "a"})
        assert_problem(response, 422)
        assert "Idempotency-Key" in response.json()["detail"]


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ((TaskState.FAILED, None, "'requests>2' is no package name."), 422, "'requests>2' is no package name."),
        ((TaskState.EXPIRED, None, "late"), 503, "nothing was done"),
        ((TaskState.UNKNOWN, None, None), 504, "not certain"),
        (TransportError("The broker is away"), 503, "broker"),
        (Refused("Too many tasks wait"), 429, "Too many"),
    ],
)
async def test_a_spawn_that_came_to_nothing(tmp_path, end, status, words):
    bus = FakeBus()
    bus.ends["spawn"] = end
    async with client_of(make_app(tmp_path, bus)) as client:
        response = await client.post("/api/agents", json={"name": "tide"})
        assert_problem(response, status)
        assert words in response.json()["detail"]


async def test_the_limit_of_a_spawn_message(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        large = {"name": "x", "note": "y" * 512 * 1024}
        for path in ("/api/agents", "/agents"):
            response = await client.post(path, json=large)
            assert_problem(response, 413)
            assert "512 KiB" in response.json()["detail"]

        async def pieces():
            for _ in range(6):
                yield b" " * 100_000

        sent = await client.post("/api/agents", content=pieces(), headers={"content-type": "application/json"})
        assert_problem(sent, 413)


async def test_agents_are_listed_with_what_is_wanted_of_them(tmp_path):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    beat = Heartbeat(actor_id="h", name="heard", timestamp=0, state="running")
    app.state.parts.registry.apply(beat, "h", time.time())
    async with client_of(app) as client:
        assert [row["name"] for row in (await client.get("/api/agents")).json()] == ["heard"]
        kept = KEPT.model_copy(update={"name": "heard", "actual": "running"})
        bus.answers["list_spawned"] = SpawnedAgents(agents=(KEPT, kept))
        app.state.parts.lists.outdated()
        heard, tide = (await client.get("/api/agents")).json()
        assert (heard["state"], heard["spawned"]["actual"], heard["agentType"]) == ("running", "running", "service")
        assert (tide["state"], tide["id"], tide["spawned"]["problem"]) == ("waiting", "i", "no node")
        assert (await client.get("/api/agents/tide")).json() == tide
        assert (await client.get("/agents")).json() == [heard, tide]
        assert "spawned" not in (await client.get("/api/actors")).json()[0]
        assert_problem(await client.get("/api/agents/nobody"), 404)


async def test_specification_of_a_spawned_agent(tmp_path):
    bus = FakeBus()
    bus.answers["get_spec"] = SpecReport(agent=KEPT, spec={"name": "tide", "code": "pass"}, history=({"code": "old"},))
    async with client_of(make_app(tmp_path, bus)) as client:
        report = (await client.get("/api/agents/tide/spec")).json()
        assert (report["spec"]["code"], report["history"][0]["code"]) == ("pass", "old")
        bus.answers["get_spec"] = TaskFailed("There is no spawned agent 'tide'")
        assert_problem(await client.get("/api/agents/tide/spec"), 404)
        bus.answers["get_spec"] = AskTimeout("No answer")
        assert_problem(await client.get("/api/agents/tide/spec"), 503)
        assert_problem(await client.get(f"/api/agents/{'x' * 65}/spec"), 404)


async def test_logs_are_those_of_the_bus_where_no_file_is(tmp_path):
    app = make_app(tmp_path)
    async with client_of(app) as client:
        assert (await client.get("/api/logs")).json() == {"lines": []}
        app.state.parts.logs.add(AgentLog(type="log", message="hello", timestamp=1), "i", "tide")
        line = {"agent": "tide", "line": "1970-01-01 00:00:01 [info    ] hello"}
        assert (await client.get("/api/logs")).json() == {"lines": [line]}
        (tmp_path / "main.log").write_text("1970-01-01T00:00:03Z started\n")
        assert (await client.get("/api/logs?agent=tide")).json() == {"lines": [line]}
        assert [one["agent"] for one in (await client.get("/api/logs")).json()["lines"]] == ["main"]
        missing = await client.get("/api/logs?agent=nobody")
        assert "there are logs of: main, tide" in missing.json()["detail"]


@pytest.mark.parametrize(
    "extra", ['"x": ' + "[" * 400 + "]" * 400, '"x": "\\ud800"', '"x": ' + '{"a":' * 300 + "1" + "}" * 300]
)
async def test_what_cannot_be_passed_on_is_said(tmp_path, extra):
    async with client_of(make_app(tmp_path)) as client:
        body = '{"name": "x", "code": "a = 1", ' + extra + "}"
        answer = await client.post("/api/agents", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        assert_problem(answer, answer.status_code)


async def test_logs_of_an_agent(tmp_path):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    (tmp_path / "tide.log").write_text("1970-01-01T00:00:03Z started\n")
    for number in range(5):
        app.state.parts.logs.add(AgentLog(type="log", message=f"m{number}", timestamp=number), "i", "tide")
    async with client_of(app) as client:
        entries = (await client.get("/api/agents/tide/logs")).json()["entries"]
        assert [e["message"] for e in entries] == ["m0", "m1", "m2", "m3", "1970-01-01T00:00:03Z started", "m4"]
        later = (await client.get("/api/agents/tide/logs?since=3&limit=1")).json()["entries"]
        assert [e["message"] for e in later] == ["m4"]
        assert_problem(await client.get("/api/agents/nobody/logs"), 404)
        assert_problem(await client.get("/api/agents/tide/logs?limit=0"), 422)
        assert_problem(await client.get("/api/agents/tide/logs?since=never"), 422)
        bus.answers["list_spawned"] = SpawnedAgents(agents=(KEPT.model_copy(update={"name": "silent"}),))
        assert (await client.get("/api/agents/silent/logs")).json() == {"agent": "silent", "entries": []}


async def test_migration(tmp_path):
    bus = FakeBus()
    bus.ends["migrate_agent"] = (TaskState.DONE, Done(text="tide runs on pi."), None)
    async with client_of(make_app(tmp_path, bus)) as client:
        answer = (await client.post("/api/agents/tide/migrate", json={"target_node": "pi"})).json()
        assert answer == {"status": "migrating", "id": "tide", "text": "tide runs on pi."}
        assert bus.submitted[0][1].target_node == "pi"
        bus.ends["migrate_agent"] = (TaskState.FAILED, None, "There is no node 'pi'")
        assert_problem(await client.post("/api/agents/tide/migrate", json={"target_node": "pi"}), 409)


async def test_nodes_that_only_the_monitor_remembers(tmp_path):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    beat = NodeHeartbeat(node="local", node_id="n", timestamp=0, runtime="node", version="1")
    app.state.parts.registry.apply(beat, "", time.time())
    bus.answers["list_nodes"] = NodeReports(
        nodes=(NodeReport(node="local", online=False, last_seen=1), NodeReport(node="pi", online=False, last_seen=1))
    )
    async with client_of(app) as client:
        rows = (await client.get("/api/nodes")).json()
    assert [(row["node"], row["online"], row["runtime"]) for row in rows] == [
        ("local", True, "node"), ("pi", False, ""),
    ]  # fmt: skip


async def test_approvals_are_listed_and_answered(tmp_path):
    bus = FakeBus()
    approval = Approval(
        id="ab12", kind="spawn", agent="monitor", summary="Run tide", arguments_sha256="0", created_at=1, expires_at=2,
        pin_salts=(pins.new_salt("t"),),
    )  # fmt: skip
    bus.answers["list_approvals"] = Approvals(approvals=(approval,))
    bus.ends["decide_approval"] = (TaskState.DONE, Done(text="tide runs."), None)
    async with client_of(make_app(tmp_path, bus)) as client:
        assert {row["summary"] for row in (await client.get("/api/approvals")).json()} == {"Run tide"}
        assert (await client.get("/api/approvals?all=true")).status_code == 200
        assert bus.asked[-1][1].all is True
        assert {to for _, _, to in bus.asked} == set(HOLDERS)
        answer = await client.post("/api/approvals/ab12", json={"decision": "approve", "pin": "4711"})
        assert answer.json() == {"id": "ab12", "decision": "approve", "status": "done", "text": "tide runs."}
        assert bus.submitted[0][1].pin_proofs == {pins.new_salt("t"): pins.prove("4711", pins.new_salt("t"), "ab12")}
        assert bus.submitted[0][1].by == "owner"
        assert_problem(await client.post("/api/approvals/zz", json={"decision": "deny"}), 404)
        for body in ({}, {"decision": "maybe"}, {"decision": True}, [], "approve"):
            assert_problem(await client.post("/api/approvals/ab12", json=body), 422)
        bus.ends["decide_approval"] = (TaskState.FAILED, None, "It was denied already.")
        assert_problem(await client.post("/api/approvals/ab12", json={"decision": "approve"}), 409)
        bus.answers["list_approvals"] = AskTimeout("No answer")
        assert_problem(await client.get("/api/approvals"), 503)
    assert len(bus.submitted) == 2


async def test_yes_in_a_session_decides_the_approval_that_was_asked_for(tmp_path):
    bus = FakeBus()
    approval = Approval(
        id="ab12", kind="spawn", agent="monitor", summary="Run tide", arguments_sha256="0", created_at=1, expires_at=2
    )
    bus.answers |= {"list_approvals": Approvals(approvals=(approval,)), "asks": "ab12"}
    bus.ends["decide_approval"] = (TaskState.DONE, Done(text="tide runs."), None)
    async with client_of(make_app(tmp_path, bus)) as client:
        asked = (await client.post("/api/chat", json={"message": "make an agent", "session": "s"})).json()
        assert asked["approval_id"] == "ab12"
        decided = (await client.post("/api/chat", json={"message": "Yes.", "session": "s"})).json()
        assert (decided["agent"], decided["reply"]) == ("gateway", "tide runs.")
        other = (await client.post("/api/chat", json={"message": "yes", "session": "other"})).json()
        assert other["reply"] == "heard yes"
    assert [action for action, *_ in bus.submitted] == ["decide_approval"]


async def test_forged_requests_decide_nothing(tmp_path):
    bus = FakeBus()
    app = make_app(tmp_path, bus, api_token="secret", http_bind="0.0.0.0")
    good = {"authorization": "Bearer secret"}
    async with client_of(app) as client:
        for path, body in (
            ("/api/approvals/ab12", {"decision": "approve"}), ("/api/chat", {"message": "/approve ab12"}),
            ("/api/agents", {"name": "tide"}),
        ):  # fmt: skip
            assert_problem(await client.post(path, json=body), 401)
            assert_problem(await client.post(path, json=body, headers={**good, "origin": "http://evil.example"}), 403)
            assert_problem(await client.post(path, json=body, headers={**good, "host": "evil.example"}), 403)
            text = {**good, "content-type": "text/plain"}
            assert_problem(await client.post(path, content=json.dumps(body), headers=text), 415)
    assert not bus.submitted
    assert not bus.asked


async def test_each_person_is_known_by_a_token_of_their_own(tmp_path):
    bus = FakeBus()
    tokens = {"api_token": "secret-1", "http_persons": "ann:secret-2, ben:secret-3", "http_owner": "cleo"}
    async with client_of(make_app(tmp_path, bus, **tokens)) as client:
        for token in ("secret-1", "secret-2", "secret-3"):
            said = await client.post("/api/chat", json={"message": "hi"}, headers={"x-api-key": token})
            assert said.status_code == 200
        assert (await client.post("/api/chat", json={"message": "hi"})).status_code == 401
        assert (await client.post("/api/chat", json={"message": "hi"}, headers={"x-api-key": "ann"})).status_code == 401
    assert [message.person for message in bus.said] == ["cleo", "ann", "ben"]


async def test_without_tokens_it_is_the_owner_who_speaks_whatever_the_body_says(tmp_path):
    bus = FakeBus()
    async with client_of(make_app(tmp_path, bus)) as client:
        await client.post("/api/chat", json={"message": "hi", "person": "ben"})
    assert [message.person for message in bus.said] == ["owner"]


@pytest.mark.parametrize("wrong", ["ann", "ann:", "ann:short", ":secret-2", "an/n:secret-2"])
def test_persons_without_a_good_token_are_refused_at_the_start(wrong):
    with pytest.raises(ValueError, match="name:token"):
        GatewaySettings.model_validate({"http_persons": wrong})


@pytest.mark.parametrize(("header", "spoken"), [("de-DE,de;q=0.9,en;q=0.5", "de-DE"), ("de", "de"), ("", "en")])
async def test_whoever_is_asked_for_a_request_answers_in_the_language_of_the_caller(tmp_path, header, spoken):
    bus, heard = FakeBus(), []

    async def ask(*_words, **_more):
        heard.append(language())
        raise Refused("no")

    bus.ask = ask
    async with client_of(make_app(tmp_path, bus)) as client:
        await client.get("/api/rules", headers={"accept-language": header})
    assert heard == [spoken]
    assert language() == "en"
