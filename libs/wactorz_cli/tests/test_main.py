"""The command from its arguments to its exit code."""

import json
import subprocess
import sys

import httpx
import pytest

from wactorz_cli import console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient

HEALTH = {"status": "ok", "version": "0.1.0", "detail": "", "checks": {"broker": "ok"}, "agents": {}}
ACTOR = {"name": "main", "state": "running", "uptime": 5, "last_seen": 0, "mem": 20, "restart_count": 0}
LAMP = {
    "entity_id": "light.a", "name": "Lamp", "area": "Kitchen", "domain": "light", "state": "on", "unit": None,
    "attributes": {"brightness": 9},
}  # fmt: skip


class Gateway:
    """A gateway whose answers are set by path; requests are kept."""

    def __init__(self):
        self.requests = []
        self.answers = {
            "/api/health": httpx.Response(200, json=HEALTH),
            "/api/actors": httpx.Response(200, json=[ACTOR]),
            "/api/home": httpx.Response(200, json={"entities": [LAMP]}),
            "/api/home/light.a": httpx.Response(200, json=LAMP),
            "/api/logs": httpx.Response(200, json={"lines": [{"agent": "main", "line": "started"}]}),
        }

    def answer(self, request):
        self.requests.append(request)
        return self.answers[request.url.path]


@pytest.fixture
def gateway(monkeypatch):
    """The gateway that every command speaks to."""
    made = Gateway()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(console, "client", lambda: GatewayClient("http://gw", "", transport))
    return made


def test_status(gateway, capsys):
    assert execute(["status"]) == 0
    out = capsys.readouterr().out
    assert "at http://gw" in out
    assert "main" in out
    assert execute(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["actors"] == [ACTOR]


def test_status_of_a_sick_gateway_fails_with_its_sentence(gateway, capsys):
    gateway.answers["/api/health"] = httpx.Response(
        503, json={**HEALTH, "status": "unavailable", "detail": "no broker"}
    )
    assert execute(["status"]) == 1
    assert capsys.readouterr().err == "wactorz: no broker\n"


def test_home(gateway, capsys):
    for arguments in (["home"], ["home", "list"]):
        assert execute(arguments) == 0
        assert "light.a" in capsys.readouterr().out
    assert execute(["home", "get", "light.a"]) == 0
    assert "brightness: 9" in capsys.readouterr().out
    assert execute(["home", "get", "light.b"]) == 1
    assert "wactorz home" in capsys.readouterr().err


@pytest.mark.parametrize("state", ["29", "-5", "on"])
def test_home_set(gateway, capsys, state):
    assert execute(["home", "set", "light.a", state]) == 0
    assert json.loads(gateway.requests[-1].content)["state"] == state
    assert capsys.readouterr().out == "Lamp (light.a): on\n"


def test_logs(gateway, capsys):
    assert execute(["logs"]) == 0
    assert capsys.readouterr().out.split() == ["main", "started"]
    assert execute(["logs", "main", "-n", "7"]) == 0
    assert capsys.readouterr().out == "started\n"
    assert gateway.requests[-1].url.params["lines"] == "7"


def test_ask_takes_words_with_and_without_quotes(gateway, capsys):
    reply = {"id": "1", "agent": "main", "reply": "Done.", "source": "rules", "status": "failed", "trace_id": "1"}
    text = f"event: reply\ndata: {json.dumps(reply)}\n\n"
    for words in (["turn on the light"], ["turn", "on", "the", "light"]):
        gateway.answers["/api/chat"] = httpx.Response(200, text=text)
        assert execute(["ask", *words, "--to", "main", "--session", "s"]) == 1
        assert json.loads(gateway.requests[-1].content) == {
            "message": "turn on the light", "to": "main", "session": "s",
        }  # fmt: skip
        assert capsys.readouterr().out == "Done.\n[main · rules · failed]\n"


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["status", "--nope"], ["status", "extra"], ["home", "set", "a"], ["home", "drop"], ["logs", "-n", "many"],
     ["up", "--fast"], ["ask", "hi", "--loud"]],
)  # fmt: skip
def test_wrong_usage_is_an_error(arguments, capsys):
    assert execute(arguments) == 2
    out, err = capsys.readouterr()
    assert err.startswith("wactorz: ")
    assert err.count("\n") == 1
    assert out == ""


def test_nothing_to_say_is_an_error(capsys):
    assert execute(["ask"]) == 1
    assert "Nothing was said" in capsys.readouterr().err


def test_up_and_down_pass_their_exit_code(monkeypatch):
    monkeypatch.setattr("wactorz_edge.launcher.up", lambda detach: 7 if detach else 3)
    monkeypatch.setattr("wactorz_edge.launcher.down", lambda: 4)
    assert execute(["up", "-d"]) == 7
    assert execute(["up"]) == 3
    assert execute(["down"]) == 4


def test_nobody_there_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("WACTORZ_URL", "http://127.0.0.1:9")
    assert execute(["ask", "hi"]) == 1
    assert capsys.readouterr().err == (
        "wactorz: Wactorz does not answer at http://127.0.0.1:9: start it with `wactorz up`\n"
    )


def test_wrong_setting_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("WACTORZ_HTTP_PORT", "many")
    assert execute(["status"]) == 1
    assert "WACTORZ_HTTP_PORT" in capsys.readouterr().err


def test_help_imports_nothing_slow():
    code = (
        "import sys\nfrom wactorz_cli.__main__ import execute\nexecute(['--help'])\n"
        "slow = {'httpx', 'prompt_toolkit', 'pydantic', 'fastapi', 'wactorz_edge', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'imported: {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Talk, line by line" in done.stdout
