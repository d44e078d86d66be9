"""Who may come in, at a real gateway on a real broker: accounts, sessions, tokens, and those who try without."""

import asyncio
import contextlib
import json
import random
import re
import time
from pathlib import Path
from urllib.parse import quote

import aiomqtt
import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from wactorz_common.contracts.chat import ChatMessage
from wactorz_gateway.accounts.passwords import Passwords
from wactorz_gateway.accounts.sessions import digest_of
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

PASSWORD, OTHER = "k4n4r1 and a kettle", "w3llensittich and a lamp"


class Spy:
    """Hears everything on the bus and keeps every body that the gateway answered with."""

    def __init__(self, broker):
        self.heard, self.bodies, self.secrets = [], [], {PASSWORD, OTHER, "$argon2id$"}
        self._client = aiomqtt.Client(broker.host, broker.port)

    async def __aenter__(self):
        await self._client.__aenter__()
        await self._client.subscribe("#", qos=1)
        self._task = asyncio.ensure_future(self._listen())
        return self

    async def __aexit__(self, *error):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._client.__aexit__(*error)

    async def _listen(self):
        async for message in self._client.messages:
            self.heard.append(f"{message.topic} {bytes(message.payload).decode(errors='replace')}")

    async def note(self, response):
        """Keep a body, and what is secret of it."""
        cookie = re.search(r"wactorz_session=([\w-]{20,})", response.headers.get("set-cookie", ""))
        if cookie:
            self.know(cookie[1])
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return
        await response.aread()
        if response.request.method == "POST" and response.request.url.path == "/api/tokens" and response.is_success:
            self.know(response.json()["token"])  # told once, here
        else:
            self.bodies.append(response.text)

    def know(self, secret):
        self.secrets |= {secret, digest_of(secret)}

    def leaks(self, *texts):
        """Secrets that stand in what was heard, answered, or given here."""
        everything = "\n".join([*self.heard, *self.bodies, *texts])
        return {secret for secret in self.secrets if secret in everything}


@contextlib.asynccontextmanager
async def gateway(broker, tmp_path, **settings):
    async with running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0, **settings) as agent:
        agent.accounts._passwords = Passwords((1, 8))
        yield agent


def client_of(agent, spy=None, **more):
    hooks = {"response": [spy.note]} if spy else {}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{agent.web.port}", timeout=20, event_hooks=hooks, **more)


async def set_up(agent, client, name="ann"):
    code = agent.accounts.code.path.read_text().strip()
    made = await client.post("/api/setup", json={"code": code, "name": name, "password": PASSWORD})
    assert made.status_code == 201, made.text
    client.headers["x-csrf-token"] = made.json()["csrf"]
    return code


async def log_in(client, name, password=PASSWORD):
    answer = await client.post("/api/login", json={"name": name, "password": password})
    if answer.is_success:
        client.headers["x-csrf-token"] = answer.json()["csrf"]
    return answer


def cookie_of(client):
    return {"cookie": f"wactorz_session={client.cookies['wactorz_session']}"}


async def until(check, seconds=30.0):
    for _ in range(int(seconds / 0.02)):
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    pytest.fail("did not happen in time")


def socket_of(agent, headers, origin=True):
    here = f"127.0.0.1:{agent.web.port}"
    return connect(f"ws://{here}/ws", additional_headers=headers, origin=f"http://{here}" if origin else None)


async def closes(socket):
    """Seconds until the other side closes."""
    began = time.monotonic()
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(3):
            while True:
                await socket.recv()
    return time.monotonic() - began


async def test_loopback_is_the_owner_until_there_is_one(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as client, client_of(agent) as stranger:
        assert (await stranger.get("/api/actors")).status_code == 200
        async with socket_of(agent, {}) as socket:
            assert json.loads(await socket.recv())["type"] == "full_snapshot"
            await set_up(agent, client)
            assert await closes(socket) < 1, "whoever came in without a login goes"
        assert (await stranger.get("/api/actors")).status_code == 401
        assert (await stranger.get("/healthz")).status_code == 200
        assert (await client.get("/api/actors")).status_code == 200
        with pytest.raises(InvalidStatus):
            await socket_of(agent, {}).__aenter__()


@pytest.mark.parametrize("end", ["logout", "password", "disabled", "role", "session"])
async def test_open_websockets_and_events_end_with_their_session(broker, tmp_path, end):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann, client_of(agent) as ben:
        await set_up(agent, ann)
        await ann.post("/api/people", json={"name": "ben", "role": "user", "password": PASSWORD})
        await log_in(ben, "ben")
        cookie = cookie_of(ben)
        async with socket_of(agent, cookie) as socket, client_of(agent, headers=cookie) as reader:
            events = reader.stream("GET", "/api/events", params={"topics": "agents/+/heartbeat"})
            async with events as stream, socket_of(agent, cookie_of(ann)) as other:
                assert stream.status_code == 200
                reading = asyncio.create_task(_drain(stream))
                assert json.loads(await socket.recv())["type"] == "full_snapshot"
                began = time.monotonic()
                if end == "logout":
                    await ben.post("/api/logout")
                elif end == "password":
                    changed = await ben.post("/api/password", json={"old": PASSWORD, "new": OTHER})
                    assert changed.status_code == 200
                elif end == "session":
                    mine = (await ben.get("/api/sessions")).json()[0]["id"]
                    await ann.delete(f"/api/sessions/{mine}")
                else:
                    change = {"disabled": True} if end == "disabled" else {"role": "viewer"}
                    await ann.patch("/api/people/ben", json=change)
                assert await closes(socket) < 1
                await asyncio.wait_for(reading, 1)
                assert time.monotonic() - began < 3
                assert (await reader.get("/api/actors")).status_code == 401, "a replayed cookie"
                await other.send('{"type":"ping"}')
                assert await _frame(other, "pong"), "others stay"


async def _drain(stream):
    async for _ in stream.aiter_raw():
        pass


async def _frame(socket, kind):
    async with asyncio.timeout(5):
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == kind:
                return frame
    return None


async def test_a_websocket_of_a_token_ends_with_the_token(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann:
        await set_up(agent, ann)
        made = (await ann.post("/api/tokens", json={"label": "hall", "scopes": ["read"]})).json()
        async with socket_of(agent, {"x-api-key": made["token"]}, origin=False) as socket:
            await _frame(socket, "full_snapshot")
            await socket.send('{"type":"chat","content":"turn on the light"}')
            assert "viewer" in (await _frame(socket, "error"))["detail"]
            await socket.send('{"type":"command","command":"stop","agent_id":"gateway"}')
            assert (await _frame(socket, "error"))["status"] == 403
            await ann.delete(f"/api/tokens/{made['id']}")
            assert await closes(socket) < 1
        changes = await until(lambda: _changes(ann, "/ws"))
        assert {(change["method"], change["status"], change["target"]) for change in changes} >= {
            ("WS", 403, "gateway")
        }


async def _changes(client, route):
    return [change for change in (await client.get("/api/changes")).json() if change["route"] == route]


async def test_wrong_origin_missing_csrf_and_a_websocket_without_origin_are_refused_and_audited(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann:
        await set_up(agent, ann)
        token = ann.headers.pop("x-csrf-token")
        body = {"name": "ben", "role": "user", "password": PASSWORD}
        assert (await ann.post("/api/people", json=body)).status_code == 403
        foreign = {"x-csrf-token": token, "origin": "http://evil.example"}
        assert (await ann.post("/api/people", json=body, headers=foreign)).status_code == 403
        for origin in (False, "http://evil.example", "null"):
            here = f"ws://127.0.0.1:{agent.web.port}/ws"
            with pytest.raises(InvalidStatus) as refused:
                await connect(here, additional_headers=cookie_of(ann), origin=origin or None).__aenter__()
            assert refused.value.response.status_code == 403
        assert [one["name"] for one in (await ann.get("/api/people")).json()] == ["ann"]
        details = {change["detail"] for change in await until(lambda: _changes(ann, "refused"))}
        assert details == {"refused: csrf", "refused: origin"}
        metrics = (await ann.get("/metrics")).text
        assert 'wactorz_auth_refused_total{reason="origin"} 4.0' in metrics
        assert 'wactorz_auth_refused_total{reason="csrf"} 1.0' in metrics


async def test_brute_force_is_slowed_down_and_audited_while_the_owner_works_on(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann, client_of(agent) as thief:
        await set_up(agent, ann)
        answers = await asyncio.gather(*(log_in(thief, "ann", f"guess number {n}") for n in range(200)))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(401) <= 8
        assert statuses.count(429) >= 192
        assert all(1 <= int(answer.headers["retry-after"]) <= 6 for answer in answers if answer.status_code == 429)
        assert (await ann.get("/api/actors")).status_code == 200
        tries = await until(lambda: _changes(ann, "/api/login"))
        assert 1 <= len(tries) <= 3
        assert {(one["status"], one["target"]) for one in tries} <= {(401, "ann"), (429, "ann")}
        for wrong in range(12):
            answer = await thief.get("/api/actors", headers={"x-api-key": f"wz_{wrong}"})
            assert answer.status_code in (401, 429)
        assert answer.status_code == 429


async def test_sessions_and_tokens_outlive_a_restart_and_the_code_and_the_local_token_do_not(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann, client_of(agent) as ben:
        code = await set_up(agent, ann)
        await ann.post("/api/people", json={"name": "ben", "role": "user", "password": PASSWORD})
        await log_in(ben, "ben")
        gone = cookie_of(ben)
        await ben.post("/api/logout")
        token = (await ann.post("/api/tokens", json={"label": "x", "scopes": ["read"]})).json()["token"]
        local = agent.accounts.local.path.read_text().strip()
        kept = {**cookie_of(ann), "x-csrf-token": ann.headers["x-csrf-token"]}
    assert not agent.accounts.local.path.exists()
    async with gateway(broker, tmp_path) as agent, client_of(agent) as client:
        assert not agent.accounts.code.path.exists()
        session = (await client.get("/api/session", headers=kept)).json()
        assert (session["person"], session["role"], session["setup_needed"]) == ("ann", "owner", False)
        assert session["csrf"] == kept["x-csrf-token"]
        assert (await client.get("/api/actors", headers={"x-api-key": token})).status_code == 200
        assert (await client.get("/api/actors", headers=gone)).status_code == 401
        assert (await client.get("/api/actors", headers={"x-api-key": local})).status_code == 401
        again = {"x-api-key": agent.accounts.local.path.read_text().strip()}
        assert (await client.get("/api/session", headers=again)).json()["person"] == "ann"
        body = {"code": code, "name": "eve", "password": PASSWORD}
        assert (await client.post("/api/setup", json=body)).status_code == 409


async def test_with_an_owner_other_machines_may_be_served_without_a_token_of_the_settings(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann:
        await set_up(agent, ann)
    async with gateway(broker, tmp_path, http_bind="0.0.0.0") as agent, client_of(agent) as client:
        assert (await client.get("/api/actors")).status_code == 401
        assert (await log_in(client, "ann")).status_code == 200


def hostile_names():
    """A thousand names that nobody has."""
    dice = random.Random(7)
    parts = [
        "<script>alert(1)</script>", "../../etc/passwd", "'; DROP TABLE people; --", "\u202eevil", "ann\u0000", "\r\nSet-Cookie: a=b",
        "%2e%2e%2f", "${jndi:ldap://x}", "{{7*7}}", "\u200b", "\uff41\uff4e\uff4e", "\ufeff", "a" * 70, "🧨", "\x1b[31m", "//", "..", "&#x3c;",
    ]  # fmt: skip
    return ["".join(dice.choices(parts, k=dice.randint(1, 4))) for _ in range(1000)]


async def test_a_thousand_hostile_names_are_refused_with_a_sentence(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as ann:
        await set_up(agent, ann)
        agent.accounts.writes.per_minute = 1_000_000
        for name in hostile_names():
            made = await ann.post("/api/people", json={"name": name, "role": "user", "password": OTHER})
            assert made.status_code in (409, 422), repr(name)
            assert made.headers["content-type"] == "application/problem+json"
            changed = await ann.patch(f"/api/people/{quote(name, safe='')}", json={"role": "user"})
            assert changed.status_code in (307, 403, 404, 405, 422), (repr(name), changed.text)
        assert [one["name"] for one in (await ann.get("/api/people")).json()] == ["ann"]


async def test_no_secret_is_in_any_answer_log_metric_or_message(broker, tmp_path, capfd, caplog):
    async with Spy(broker) as spy, gateway(broker, tmp_path) as agent:
        spy.know(agent.accounts.code.path.read_text().strip())
        spy.know(agent.accounts.local.path.read_text().strip())
        async with client_of(agent, spy) as ann, client_of(agent, spy) as ben, client_of(agent, spy) as thief:
            await set_up(agent, ann)
            for name, role in (("ben", "user"), ("cleo", "viewer")):
                await ann.post("/api/people", json={"name": name, "role": role, "password": PASSWORD})
            await log_in(ben, "ben")
            await log_in(thief, PASSWORD, "a password in the wrong field")
            for _ in range(8):
                await log_in(thief, "ann", OTHER)
            await thief.get("/api/actors", headers={"x-api-key": "wz_" + "x" * 43})
            made = (await ben.post("/api/tokens", json={"label": "hall", "scopes": ["control"]})).json()
            headers = {"x-api-key": made["token"]}
            assert (await thief.post("/api/chat/stop", json={}, headers=headers)).status_code == 200
            await ben.post("/api/password", json={"old": PASSWORD, "new": OTHER})
            await ann.patch("/api/people/cleo", json={"password": OTHER})
            await ann.patch("/api/people/cleo", json={"password": "short", "role": PASSWORD})
            await ann.post("/api/people", json={"name": "dan", "role": "user", "password": PASSWORD, "x": OTHER})
            async with socket_of(agent, cookie_of(ann)) as socket:
                frames = [await socket.recv() for _ in range(3)]
                await socket.send(json.dumps({"type": "chat"}))
                frames.append(json.dumps(await _frame(socket, "error")))
            for path in (
                "people",
                "tokens",
                "sessions",
                "changes?limit=500",
                "session",
                "metrics",
                "logs",
                "openapi.json",
            ):
                await ann.get(f"/api/{path}")
            await asyncio.sleep(0.3)
        assert len(spy.secrets) > 12
        assert len(spy.bodies) > 25
        assert len(spy.heard) > 3
        written = capfd.readouterr()
        logs = [path.read_text(errors="replace") for path in (Path(tmp_path) / "logs").rglob("*") if path.is_file()]
        leaks = spy.leaks(*frames, written.out, written.err, caplog.text, *logs)
    assert leaks == set()
    state = (tmp_path / "state" / "gateway").glob("state.db*")
    kept = b"".join(path.read_bytes() for path in state)
    digests = {secret for secret in spy.secrets if re.fullmatch("[0-9a-f]{64}", secret)}
    assert not any(secret.encode() in kept for secret in spy.secrets - digests - {"$argon2id$"}), "only hashes are kept"


async def test_what_one_person_is_told_is_seen_by_nobody_else(broker, tmp_path):
    async with gateway(broker, tmp_path) as agent, client_of(agent) as owner, client_of(agent) as other:
        await set_up(agent, owner)
        await owner.post("/api/people", json={"name": "ben", "role": "viewer", "password": OTHER})
        await log_in(other, "ben", OTHER)
        said = ChatMessage(content="where is the key?", id="m1", person="ann")
        agent.conversations._known["m1"] = "ann"
        agent.parts.transcripts.said(said.model_copy(update={"id": "m0"}), time.time())
        main, done = "agents/1-main/chat", "agents/1-main/completed"
        answers = [
            {"from": "main", "to": "user", "content": "HUSH", "timestamp": 1.0, "id": one} for one in ("m1", "m0")
        ]
        answers.append({"from": "notifier", "to": "Ann", "content": "HUSH", "timestamp": 1.0})
        result = {"result_preview": '{"text": "HUSH"}', "duration": 0.1, "task": "chat"}
        async with socket_of(agent, cookie_of(owner)) as ann, socket_of(agent, cookie_of(other)) as ben:
            await ben.recv()
            async with aiomqtt.Client(broker.host, broker.port) as bus:
                for topic, payload in [(done, result), *((main, one) for one in answers)]:
                    await bus.publish(topic, json.dumps(payload))
                everybody = {"from": "main", "to": "user", "content": "dinner", "timestamp": 1.0}
                await bus.publish(main, json.dumps(everybody))
            heard = [await _until_heard(one, "dinner") for one in (ann, ben)]
        assert heard[0].count("HUSH") == 3 + 2, "each as relayed, and those that are no answers of this connection"
        assert "HUSH" not in heard[1]
        for path in ("/api/actors", "/api/agents", "/api/feed", "/api/agents/1-main"):
            assert "HUSH" not in (await other.get(path)).text
        assert all("HUSH" not in event.document for event in agent.live.followers.log.after(0))


async def _until_heard(socket, word):
    """All frames up to the chat with a word."""
    heard = frame = ""
    async with asyncio.timeout(5):
        while word not in frame or '"type":"chat"' not in frame:
            frame = await socket.recv()
            heard += frame
    return heard
