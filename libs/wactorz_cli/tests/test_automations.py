"""Commands about automations, from their arguments to requests and exit codes."""

import json

import httpx
import pytest

from wactorz_cli import asking, console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient

BLINDS = {"automation_id": "1", "entity_id": "automation.blinds", "name": "Blinds", "enabled": False,
          "last_triggered": None, "summary": "Opens them"}  # fmt: skip


def result(status="done", **more):
    return {"status": status, "text": "Well.", "diff": "", "confirm": "", "approval_id": "", **more}


class Gateway:
    def __init__(self):
        self.requests, self.result = [], result()

    def answer(self, request):
        self.requests.append(request)
        if request.method == "GET":
            one = request.url.path != "/api/automations"
            shown = {"automation": BLINDS, "config": {}, "yaml": "alias: Blinds\n", "text": "It opens them."}
            return httpx.Response(200, json=shown if one else [BLINDS])
        if request.url.path.endswith("/confirm"):
            return httpx.Response(200, json=result(text="Written."))
        return httpx.Response(200, json=self.result)

    @property
    def sent(self):
        return json.loads(self.requests[-1].content or b"null")


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(console, "client", lambda: GatewayClient("http://gw", "", transport))
    return made


def test_they_are_listed_and_explained(gateway, capsys):
    assert execute(["automations", "blinds"]) == 0
    assert gateway.requests[-1].url.params["search"] == "blinds"
    assert "OFF" in capsys.readouterr().out
    assert execute(["automations", "show", "Blinds", "up"]) == 0
    assert gateway.requests[-1].url.raw_path == b"/api/automations/Blinds%20up"
    assert capsys.readouterr().out == "It opens them.\n\nalias: Blinds\n"


@pytest.mark.parametrize(
    ("typed", "method", "path", "body"),
    [
        (["create", "at 8, open them", "--dry-run"], "POST", "", {"task": "at 8, open them", "dry_run": True}),
        (["change", "Blinds", "at", "9"], "PUT", "/Blinds", {"task": "at 9", "dry_run": False}),
        (["enable", "Blinds"], "POST", "/Blinds/enable", None),
        (["disable", "Blinds"], "POST", "/Blinds/disable", None),
        (["delete", "../rules"], "DELETE", "/..%2Frules", None),
        (["delete", "Blinds", "--dry-run"], "DELETE", "/Blinds?dry_run=true", None),
    ],
)
def test_changes(gateway, capsys, typed, method, path, body):
    assert execute(["automations", *typed]) == 0
    request = gateway.requests[-1]
    assert (request.method, request.url.raw_path.decode(), gateway.sent) == (method, f"/api/automations{path}", body)
    assert capsys.readouterr().out == "Well.\n"


def test_undo(gateway):
    assert execute(["undo"]) == 0
    assert (gateway.requests[-1].url.path, gateway.sent) == ("/api/automations/undo", {"dry_run": False})


def test_a_proposal_is_shown_with_its_difference_and_written_after_a_yes(gateway, monkeypatch, capsys):
    gateway.result = result("needs_confirmation", diff="+ new", confirm="tok")
    monkeypatch.setattr(asking, "at_terminal", lambda: True)
    monkeypatch.setattr(asking, "ask_yes", lambda _question: True)
    assert execute(["automations", "create", "at 8"]) == 0
    assert gateway.sent == {"token": "tok", "yes": True}
    assert capsys.readouterr().out == "Well.\n+ new\nWritten.\n"
    monkeypatch.setattr(asking, "ask_yes", lambda _question: False)
    execute(["automations", "create", "at 8"])
    assert gateway.sent == {"token": "tok", "yes": False}


def test_without_a_terminal_a_proposal_stays_one_unless_yes_is_given(gateway, monkeypatch, capsys):
    gateway.result = result("needs_confirmation", confirm="tok")
    monkeypatch.setattr(asking, "at_terminal", lambda: False)
    assert execute(["automations", "create", "at 8"]) == 1
    assert len(gateway.requests) == 1
    assert execute(["automations", "create", "at 8", "--yes"]) == 0
    assert gateway.sent == {"token": "tok", "yes": True}


def test_one_that_opens_something_waits_for_an_approval(gateway, capsys):
    gateway.result = result("needs_approval", approval_id="ab12")
    assert execute(["automations", "create", "unlock at 8"]) == 1
    assert "wactorz approve ab12" in capsys.readouterr().out
    assert execute(["automations", "create"]) == 1
