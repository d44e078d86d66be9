"""Logging in and out at the command line, and people."""

import io

import httpx
import pytest

from wactorz_cli import client as client_module
from wactorz_cli import console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient
from wactorz_cli.credentials import kept_login, token_for

SESSION = {"person": "ann", "role": "user", "csrf": "c" * 43}


class Gateway:
    """Answers logins; what was asked is kept."""

    def __init__(self):
        self.requests = []
        self.role = "user"
        self.login_status = 200

    def answer(self, request):
        self.requests.append(request)
        path = request.url.path
        if path == "/api/login":
            if self.login_status != 200:
                return httpx.Response(self.login_status, json={"detail": "The name or the password is wrong"})
            cookie = {"set-cookie": "wactorz_session=s3cret; Path=/; HttpOnly"}
            return httpx.Response(200, json={**SESSION, "role": self.role}, headers=cookie)
        if path == "/api/tokens":
            return httpx.Response(201, json={"id": "ab12", "token": "wz_made"})
        if path == "/api/people" and request.method == "GET":
            row = {"name": "ben", "role": "viewer", "created_at": 1, "last_seen": None, "disabled": True}
            return httpx.Response(200, json=[row])
        if request.method == "DELETE":
            forgotten = {"forgotten": ["2 texts and 0 files of ben are forgotten."], "waits_for": ["planner"]}
            return httpx.Response(200, json=forgotten) if "/people/" in path else httpx.Response(204)
        return httpx.Response(200, json={"name": "ben", "role": "admin", "disabled": False})

    @property
    def asked(self):
        return [(request.method, request.url.path) for request in self.requests]


@pytest.fixture
def gateway(monkeypatch, tmp_path):
    made = Gateway()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("WACTORZ_URL", "http://gw")
    monkeypatch.delenv("WACTORZ_API_TOKEN", raising=False)
    transport = httpx.MockTransport(made.answer)

    def connected(address, token="", _transport=None):
        return GatewayClient(address, token, transport)

    monkeypatch.setattr(console, "client", lambda: connected("http://gw", lambda: token_for(console.settings())))
    monkeypatch.setattr(console, "stranger", lambda: connected("http://gw"))
    monkeypatch.setattr(client_module, "GatewayClient", connected)
    return made


def hand_in(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize(
    ("role", "scope"), [("viewer", "read"), ("user", "control"), ("admin", "admin"), ("owner", "admin")]
)
def test_a_login_makes_a_token_and_leaves_no_session(gateway, monkeypatch, capsys, role, scope):
    gateway.role = role
    hand_in(monkeypatch, "a kettle and 3 lamps\n")
    assert execute(["login", "--name", "ann"]) == 0
    assert f"as ann ({role})" in capsys.readouterr().out
    assert gateway.asked == [("POST", "/api/login"), ("POST", "/api/tokens"), ("POST", "/api/logout")]
    made = gateway.requests[1]
    assert f'"scopes":["{scope}"]'.encode() in made.content
    assert made.headers["x-csrf-token"] == "c" * 43
    assert "wactorz_session=s3cret" in made.headers["cookie"]
    assert kept_login(console.settings()).token == "wz_made"

    assert execute(["people"]) == 0
    assert gateway.requests[-1].headers["authorization"] == "Bearer wz_made"
    hand_in(monkeypatch, "again\n")
    assert execute(["login", "--name", "ann"]) == 0
    assert ("DELETE", "/api/tokens/ab12") in gateway.asked

    assert execute(["logout"]) == 0
    assert kept_login(console.settings()) is None
    assert execute(["logout"]) == 0
    assert "Nobody is logged in" in capsys.readouterr().out


def test_a_wrong_password_is_a_sentence(gateway, monkeypatch, capsys):
    gateway.login_status = 401
    hand_in(monkeypatch, "wrong\n")
    assert execute(["login", "--name", "ann"]) == 1
    assert "The name or the password is wrong" in capsys.readouterr().err
    assert kept_login(console.settings()) is None


def test_without_anybody_to_ask(gateway, monkeypatch, capsys):
    hand_in(monkeypatch, "")
    assert execute(["login"]) == 1
    assert execute(["login", "--name", "ann"]) == 1
    assert execute(["people", "reset", "ann"]) == 1
    assert gateway.requests == []
    assert "--name" in capsys.readouterr().err


def test_people(gateway, monkeypatch, capsys):
    assert execute(["people"]) == 0
    out = capsys.readouterr().out
    assert "ben" in out
    assert "never" in out
    assert "kept out" in out
    hand_in(monkeypatch, "three blue frames\n")
    assert execute(["people", "add", "ben", "admin"]) == 0
    assert b"three blue frames" in gateway.requests[-1].content
    assert execute(["people", "role", "ben", "admin"]) == 0
    assert execute(["people", "disable", "ben"]) == 0
    assert execute(["people", "enable", "ben"]) == 0
    hand_in(monkeypatch, "four green frames\n")
    assert execute(["people", "reset", "b/n"]) == 0
    assert gateway.requests[-1].url.raw_path == b"/api/people/b%2Fn"
    assert execute(["people", "delete", "ben"]) == 0
    out = capsys.readouterr().out
    assert "four green frames" not in out
    assert "planner will do so" in out
    assert "2 texts and 0 files of ben are forgotten." in out
    assert execute(["people", "role", "ben", "king"]) == 2
