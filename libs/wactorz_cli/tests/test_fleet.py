"""Commands about agents, nodes and approvals, from their arguments to requests and exit codes."""

import json

import httpx
import pytest

from wactorz_cli import console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient

TIDE = {
    "name": "tide", "id": "i", "state": "running", "protected": False, "node": "", "last_seen": 0, "description": "Tides",
    "spawned": {"node": "pi", "problem": "its node is offline", "wanted": "running"},
}  # fmt: skip
MAIN = {
    "name": "main",
    "id": "m",
    "state": "running",
    "protected": True,
    "node": "",
    "last_seen": 1,
    "description": "Talks",
}
APPROVAL = {
    "id": "ab12", "summary": "Spawn tide, which may call example.org", "requested_by": "main", "agent": "monitor",
    "expires_at": 0, "state": "denied",
}  # fmt: skip


class Gateway:
    def __init__(self):
        self.requests = []
        self.answers = {
            ("GET", "/api/agents"): [MAIN, TIDE],
            ("GET", "/api/nodes"): [{"node": "pi", "online": False, "last_seen": 1, "agents": ["tide"], "runtime": ""}],
            ("GET", "/api/approvals"): [APPROVAL],
            ("POST", "/api/approvals/ab12"): {"id": "ab12", "decision": "approve", "text": "tide runs on pi."},
            ("POST", "/api/agents"): {"name": "tide", "status": "running", "text": "tide runs on local."},
            ("GET", "/api/agents/tide/spec"): {"spec": {"name": "tide", "code": "x"}},
            ("POST", "/api/agents/tide/migrate"): {"status": "migrating", "id": "tide", "text": "tide runs on pi."},
            ("GET", "/api/agents/tide/logs"): {"entries": [
                {"timestamp": 0, "kind": "error", "level": "error", "message": "boom", "phase": "setup"},
                {"timestamp": 0, "kind": "line", "level": "info", "message": "a line \x1b[31m"},
            ]},
        }  # fmt: skip
        for verb in ("start", "stop", "restart", "pause", "resume"):
            self.answers["POST", f"/api/agents/tide/{verb}"] = {"status": verb, "id": "tide", "text": f"tide: {verb}."}
        self.answers["DELETE", "/api/agents/tide"] = {"status": "deleting", "id": "tide", "text": "tide is deleted."}

    def answer(self, request):
        self.requests.append(request)
        found = self.answers.get((request.method, request.url.path))
        if isinstance(found, httpx.Response):
            return found
        if found is None:
            return httpx.Response(404, json={"detail": "There is no agent 'nobody': /api/agents lists them"})
        return httpx.Response(200, json=found)


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(console, "client", lambda: GatewayClient("http://gw", "", transport))
    return made


def test_agents_are_listed_and_filtered(gateway, capsys):
    assert execute(["agents"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[:4] for line in out.splitlines()[1:3]] == [
        ["main", "running", "shipped", "local"], ["tide", "running", "spawned", "pi"],
    ]  # fmt: skip
    assert "tide: its node is offline" in out
    assert execute(["agents", "TIDES"]) == 0
    assert "main" not in capsys.readouterr().out
    assert execute(["agents", "zzz"]) == 0
    assert capsys.readouterr().out == "There is no such agent.\n"
    assert execute(["agents", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [MAIN, TIDE]


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "pause", "resume", "delete"])
def test_controls(gateway, capsys, verb):
    assert execute(["agents", verb, "@tide"]) == 0
    assert "tide" in capsys.readouterr().out
    assert gateway.requests[0].method == ("DELETE" if verb == "delete" else "POST")
    assert execute(["agents", verb, "nobody"]) == 1
    assert capsys.readouterr().err.startswith("wactorz: There is no agent 'nobody'")
    assert execute(["agents", verb]) == 2
    assert gateway.requests[0].headers["idempotency-key"] != gateway.requests[1].headers["idempotency-key"]


def test_names_cannot_reach_other_addresses(gateway):
    assert execute(["agents", "delete", "../approvals/ab12"]) == 1
    assert gateway.requests[0].url.raw_path == b"/api/agents/..%2Fapprovals%2Fab12"


def test_specification_and_migration(gateway, capsys):
    assert execute(["agents", "spec", "tide"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "x"
    assert execute(["agents", "migrate", "tide", "pi"]) == 0
    assert json.loads(gateway.requests[-1].content) == {"target_node": "pi"}


def test_spawn(gateway, capsys, tmp_path):
    code = tmp_path / "Tide_Watch.py"
    code.write_text("x = 1\n")
    assert execute(["spawn", str(code), "--description", "Tides", "--replace"]) == 0
    assert json.loads(gateway.requests[-1].content) == {
        "name": "tide-watch", "code": "x = 1\n", "description": "Tides", "replace": True,
    }  # fmt: skip
    assert capsys.readouterr().out == "tide runs on local.\n"
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"name": "a", "code": "x", "replace": False}))
    assert execute(["spawn", str(spec), "--name", "b", "--json"]) == 0
    assert json.loads(gateway.requests[-1].content) == {"name": "b", "code": "x", "replace": False}
    gateway.answers["POST", "/api/agents"] = httpx.Response(422, json={"detail": "`code` is no valid Python"})
    assert execute(["spawn", str(spec)]) == 1
    assert capsys.readouterr().err == "wactorz: `code` is no valid Python\n"
    assert execute(["spawn", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_nodes(gateway, capsys):
    assert execute(["nodes"]) == 0
    assert "OFFLINE" in capsys.readouterr().out
    assert execute(["nodes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["node"] == "pi"


def test_approvals(gateway, capsys):
    assert execute(["approvals"]) == 0
    assert capsys.readouterr().out == "ab12  Spawn tide, which may call example.org (asked by main, denied)\n"
    assert execute(["approvals", "--all"]) == 0
    assert gateway.requests[-1].url.params["all"] == "true"
    gateway.answers["GET", "/api/approvals"] = []
    capsys.readouterr()
    assert execute(["approvals"]) == 0
    assert capsys.readouterr().out == "Nothing waits for your yes.\n"


@pytest.mark.parametrize(("command", "decision"), [("approve", "approve"), ("deny", "deny")])
def test_decisions(gateway, capsys, command, decision):
    assert execute([command, "ab12", "--pin", "4711"]) == 0
    assert json.loads(gateway.requests[-1].content) == {"decision": decision, "pin": "4711"}
    assert capsys.readouterr().out == "tide runs on pi.\n"
    assert execute([command, "zz"]) == 1


def test_logs_of_a_spawned_agent(gateway, capsys):
    assert execute(["logs", "tide", "-n", "7"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("error in setup [error] boom")
    assert second == "a line [31m"
    assert gateway.requests[-1].url.params["limit"] == "7"
    assert execute(["logs", "nobody"]) == 1
    assert "There is no agent 'nobody'" in capsys.readouterr().err
