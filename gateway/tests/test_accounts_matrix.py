"""Every route for every role: what the table says is what happens."""

import httpx
import pytest

from wactorz_gateway.accounts.rights import OPEN, TALKS, Rights
from wactorz_gateway.accounts.roles import USER, covers

from .test_api_session import add, log_in, set_up, sign
from .test_app import TEMPLATES, FakeBus, assert_problem, client_of, every_route, make_app

RIGHTS = Rights()
FORMS = {
    "/api/restore": "application/x-tar",
    "/api/upload": "multipart/form-data; boundary=x",
    "/upload": "multipart/form-data; boundary=x",
}
WAYS = (
    "nobody",
    "viewer",
    "user",
    "admin",
    "owner",
    "read",
    "talk",
    "control",
    "admin-token",
    "wrong token",
    "wrong cookie",
)
ROLE_OF = {
    "nobody": "", "wrong token": "", "wrong cookie": "", "read": "viewer", "talk": "user", "control": "user", "admin-token": "admin"
}  # fmt: skip
# These end the session that asks, or stay open.
LEFT_OUT = {("POST", "/api/logout"), ("GET", "/api/events")}


@pytest.fixture
async def stage(tmp_path):
    """An application with people of every role, and a client for each way in."""
    app = make_app(tmp_path, FakeBus())
    clients = {way: client_of(app) for way in WAYS}
    await set_up(app, clients["owner"])
    for role in ("viewer", "user", "admin"):
        await add(app, role, role)
        sign(clients[role], await log_in(clients[role], role))
    for way, scope in (("read", "read"), ("talk", "talk"), ("control", "control"), ("admin-token", "admin")):
        body = {"label": way, "scopes": [scope]}
        made = await clients["owner"].post("/api/tokens", json=body)
        clients[way].headers["authorization"] = f"Bearer {made.json()['token']}"
    clients["wrong token"].headers["authorization"] = "Bearer wz_wrong"
    clients["wrong cookie"].headers["cookie"] = "wactorz_session=wrong"
    app.state.parts.accounts.writes.per_minute = 100_000
    yield app, clients
    for client in clients.values():
        await client.aclose()


async def ask(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    if method in ("GET", "HEAD"):
        return await client.request(method, path)
    kind = FORMS.get(path, "application/json")
    # A body of the right kind that means nothing: who is let in is told so, and nothing is done.
    return await client.request(method, path, content=b"[]", headers={"content-type": kind})


@pytest.mark.parametrize("way", WAYS)
async def test_every_route(stage, way):
    app, clients = stage
    role = ROLE_OF.get(way, way)
    for method, path in every_route(app):
        right = RIGHTS.find(method, path)
        if (method, path) in LEFT_OUT or right.path in {"/api/sessions/{id}", "/api/tokens/{id}"}:
            continue
        app.state.parts.accounts.failures._tries.clear()
        answer = await ask(clients[way], method, path)
        may = covers(role, right.least)
        if way == "talk" and right.least == USER:
            may = right.path in TALKS
        who = f"{way} {method} {path} {answer.status_code} {answer.text[:200]}"
        if right.least == OPEN or may:
            assert answer.status_code not in (401, 429) or path == "/api/login", who
            assert answer.status_code != 403 or "role" not in answer.json()["detail"], who
        else:
            if way == "wrong token" and answer.status_code == 429:
                continue
            assert answer.status_code == (403 if role else 401), who
            assert method == "HEAD" or answer.json()["status"] == answer.status_code
        assert answer.headers["x-request-id"]
        assert answer.status_code < 500 or answer.status_code in (503, 504), who


async def test_a_write_by_cookie_without_the_token_is_refused_on_every_route(stage):
    app, clients = stage
    clients["owner"].headers.pop("x-csrf-token")
    bus = app.state.parts.backend
    for method, path in every_route(app):
        if method in ("GET", "HEAD") or path in ("/api/login", "/api/setup"):
            continue
        refused = await ask(clients["owner"], method, path)
        assert_problem(refused, 403)
        assert "X-CSRF-Token" in refused.json()["detail"]
    assert not bus.said
    assert not bus.submitted
    assert not bus.commands


def test_websockets_are_in_the_table():
    sockets = [path for method, path in TEMPLATES if method == "WS"]
    assert "/ws" in sockets
    assert all(RIGHTS.find("WS", path) for path in sockets)
