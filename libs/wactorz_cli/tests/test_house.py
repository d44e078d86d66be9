"""Commands about the house, from their arguments to requests and exit codes."""

import json

import httpx
import pytest

from wactorz_cli import asking, console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient

POLICY = {"entity_id": "lock.front", "risk": "C", "quiet_hours": "", "persons": ["ann"], "pin": False}
LINE = {"number": 7, "at": 0, "kind": "actuation", "trace_id": "t", "person": "ann", "origin": "person", "rule_id": "",
        "entity_ids": ["lock.front"], "detail": {"text": "Front door is\nunlocked."}}  # fmt: skip
WHY = {"entity_id": "lock.front", "text": "Ann said so.", "trace_id": "t1",
       "steps": [{"at": 0, "what": "said", "text": "Ann said it."}]}  # fmt: skip
SAVED = {"policy": POLICY, "approval_id": "", "text": "Kept."}


class Gateway:
    def __init__(self):
        self.requests = []
        self.answers = {
            ("GET", "/api/why/lock.front"): WHY, ("GET", "/api/why"): WHY,
            ("GET", "/api/audit"): [LINE],
            ("GET", "/api/audit/verify"): {"intact": True, "lines": 7, "text": "The log is intact."},
            ("GET", "/api/policies"): [POLICY], ("GET", "/api/policies/lock.front"): POLICY,
            ("PUT", "/api/policies/lock.front"): SAVED, ("DELETE", "/api/policies/lock.front"): SAVED,
            ("POST", "/api/backtests"): {"text": "14 times in 7 days.", "fired": 14},
        }  # fmt: skip

    def answer(self, request):
        self.requests.append(request)
        if request.url.path == "/api/chat":
            reply = {"id": "1", "agent": "main", "reply": "Well.", "source": "rules", "status": "done", "trace_id": "1"}
            return httpx.Response(200, text=f"event: reply\ndata: {json.dumps(reply)}\n\n")
        found = self.answers.get((request.method, request.url.path))
        return (
            httpx.Response(404, json={"detail": "There is none"}) if found is None else httpx.Response(200, json=found)
        )

    @property
    def sent(self):
        return json.loads(self.requests[-1].content)


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(console, "client", lambda: GatewayClient("http://gw", "", transport))
    return made


def test_why_by_id_by_name_and_for_the_newest(gateway, capsys):
    assert execute(["why", "lock.front"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Ann said so.\n")
    assert "said       Ann said it." in out
    assert "trace t1" in out
    assert execute(["why"]) == 0
    assert execute(["why", "the", "front", "door"]) == 0
    assert gateway.sent["message"] == "/why the front door"
    assert execute(["why", "no.such"]) == 1


def test_backtests(gateway, capsys):
    assert execute(["backtest", "AB12CD34", "--days", "3"]) == 0
    assert gateway.sent == {"rule_id": "ab12cd34", "days": 3}
    assert capsys.readouterr().out == "14 times in 7 days.\n"
    assert execute(["backtest", "when x, do y", "--days", "2.5"]) == 0
    assert gateway.sent["message"] == "/backtest when x, do y, 2.5 days"
    assert execute(["backtest"]) == 1


def test_the_audit_log_and_its_check(gateway, capsys):
    assert execute(["audit", "--entity", "lock.front", "-n", "5"]) == 0
    assert dict(gateway.requests[-1].url.params) == {"entity_id": "lock.front", "limit": "5"}
    assert "Front door is unlocked." in capsys.readouterr().out
    assert execute(["audit", "verify"]) == 0
    gateway.answers["GET", "/api/audit/verify"] = {"intact": False, "lines": 7, "text": "Line 3 was changed."}
    assert execute(["audit", "verify"]) == 1
    assert "Line 3 was changed." in capsys.readouterr().out


def test_policies_are_listed_and_changed_field_by_field(gateway, capsys):
    assert execute(["policy"]) == 0
    assert "asks" in capsys.readouterr().out
    assert execute(["policy", "get", "lock.front"]) == 0
    assert execute(["policy", "set", "lock.front", "--quiet-hours", "22:00-07:00"]) == 0
    assert gateway.sent == {"risk": "C", "quiet_hours": "22:00-07:00", "persons": ["ann"], "pin": False}
    assert execute(["policy", "set", "lock.front", "--risk", "none", "--person", "everyone"]) == 0
    assert (gateway.sent["risk"], gateway.sent["persons"]) == (None, [])
    assert execute(["policy", "set", "lock.front", "--person", "ann", "--person", "ben"]) == 0
    assert gateway.sent["persons"] == ["ann", "ben"]
    assert execute(["policy", "clear", "lock.front"]) == 0
    assert execute(["policy", "set", "lock.front", "--risk", "D"]) == 2


def test_the_first_pin_is_asked_for_and_typed_twice(gateway, monkeypatch, capsys):
    typed = ["2468", "2468"]
    monkeypatch.setattr(asking, "ask_pin", lambda _prompt="": typed.pop(0))
    assert execute(["policy", "set", "lock.front", "--pin"]) == 0
    assert (gateway.sent["pin"], gateway.sent["new_pin"]) == (True, "2468")
    typed[:] = ["1111", "2222"]
    assert execute(["policy", "set", "lock.front", "--pin"]) == 1
    assert "differ" in capsys.readouterr().err
    gateway.answers["GET", "/api/policies/lock.front"] = {**POLICY, "pin": True}
    typed[:] = ["2468", "97531", "97531"]
    assert execute(["policy", "set", "lock.front", "--new-pin"]) == 0
    assert (gateway.sent["old_pin"], gateway.sent["new_pin"]) == ("2468", "97531")
    assert "97531" not in capsys.readouterr().out


def test_a_change_that_waits_says_how_to_say_yes(gateway, capsys):
    gateway.answers["DELETE", "/api/policies/lock.front"] = {**SAVED, "approval_id": "ab12", "text": "It waits."}
    assert execute(["policy", "clear", "lock.front"]) == 0
    assert "wactorz approve ab12" in capsys.readouterr().out
