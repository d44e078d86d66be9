"""Commands about memory, places, plans, topics, costs and rules: from arguments to requests and exit codes."""

import json

import httpx
import pytest

from wactorz_cli import asking, console
from wactorz_cli.__main__ import execute
from wactorz_cli.client import GatewayClient

URL = "https://discord.com/api/webhooks/1/abc"
PLAN = {"plan_id": "ab12", "task": "get the weather", "status": "running", "answer": "Sunny.",
        "steps": [{"step": 1, "agent": "weather", "task": "look", "status": "done", "result": "sun"}]}  # fmt: skip
RULE = {"rule_id": "ab12cd34", "task": "t", "status": "active", "firings": 2, "summary": "When x: y."}
RESULT = {"rule": RULE, "text": "When x: y.", "yaml": "id: ab12cd34\n"}
MEMORY = {"facts": [{"key": "pref_tea", "value": "green", "at": 0}], "summaries": ["You spoke of tea."],
          "secrets": [{"reference": "secret:token-1", "kind": "token", "note": "weather"}]}  # fmt: skip
PLACE = {"name": "discord", "service": "discord", "hint": "discord.com ...abc", "usual": True}


class Gateway:
    def __init__(self):
        self.requests = []
        self.answers = {
            ("GET", "/api/memory"): MEMORY, ("DELETE", "/api/memory/pref_tea"): MEMORY,
            ("DELETE", "/api/memory/secret:token-1"): MEMORY, ("DELETE", "/api/memory"): {"facts": []},
            ("GET", "/api/webhooks"): [PLACE], ("POST", "/api/webhooks"): PLACE,
            ("DELETE", "/api/webhooks/discord"): [],
            ("POST", "/api/webhooks/discord/test"): {"status": "sent", "text": "Sent to discord."},
            ("POST", "/api/webhooks/slack/test"): {"status": "failed", "text": "It answered 404."},
            ("GET", "/api/plans"): [PLAN], ("GET", "/api/plans/ab12"): {"plan": PLAN, "text": "t"},
            ("POST", "/api/plans/ab12/approve"): {"text": "Done."}, ("POST", "/api/plans/ab12/reject"): {"text": "No."},
            ("POST", "/api/plans/ab12/cancel"): {"text": "Stopped."}, ("DELETE", "/api/plans"): [],
            ("GET", "/api/topics"): {"topics": [{"topic": "a/b", "messages": 3, "publishers": ["lamp"],
                                                 "fields": [{"name": "lux", "unit": "lx"}, {"name": "on"}]}]},
            ("GET", "/api/commands"): [{"usage": "/help", "summary": "show this list"}],
            ("GET", "/api/rules"): [RULE], ("GET", "/api/rules/ab12cd34"): RESULT,
            ("PUT", "/api/rules/ab12cd34"): RESULT, ("DELETE", "/api/rules/ab12cd34"): {"text": "Gone."},
            ("GET", "/api/rules/ab12cd34/why-not"): {"text": "It was day."},
            ("POST", "/api/rules/import"): {"text": "One rule.", "problems": [], "rule_ids": ["x"]},
            **{("POST", f"/api/rules/ab12cd34/{one}"): {"text": f"{one}d."} for one in ("pause", "resume", "approve")},
        }  # fmt: skip

    def answer(self, request):
        self.requests.append(request)
        if request.url.path == "/api/chat":
            reply = {"id": "1", "agent": "main", "reply": "Well.", "source": "rules", "status": "done", "trace_id": "1"}
            return httpx.Response(200, text=f"event: reply\ndata: {json.dumps(reply)}\n\n")
        if request.url.path == "/api/rules.yaml":
            return httpx.Response(200, text="id: ab12cd34\n")
        found = self.answers.get((request.method, request.url.path))
        return (
            httpx.Response(404, json={"detail": "There is none"}) if found is None else httpx.Response(200, json=found)
        )

    @property
    def last(self):
        return self.requests[-1].method, self.requests[-1].url.path

    @property
    def sent(self):
        return json.loads(self.requests[-1].content)


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(console, "client", lambda: GatewayClient("http://gw", "", transport))
    return made


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (["memory"], "secret:token-1"), (["memory", "--session", "s"], "You spoke of tea."),
        (["memory", "forget", "pref_tea"], "pref_tea is forgotten."),
        (["memory", "forget", "secret:token-1"], "secret:token-1 is forgotten."),
        (["memory", "clear"], "Everything is forgotten."), (["webhook"], "discord.com ...abc"),
        (["webhook", "set", "discord", URL], "Notices can go to discord now."), (["webhook", "set", URL], "discord"),
        (["webhook", "remove", "discord"], "discord is forgotten."), (["webhook", "test", "discord"], "Sent to discord."),
        (["plans"], "ab12"), (["plans", "show", "ab12"], "Sunny."), (["plans", "approve", "ab12"], "Done."),
        (["plans", "reject", "ab12"], "No."), (["plans", "cancel", "ab12"], "Stopped."), (["plans", "clear"], "forgotten"),
        (["topics"], "lux (lx), on"), (["topics", "lamp"], "a/b"), (["commands"], "/help"), (["cost"], "Well."),
        (["cost", "agent", "main"], "Well."), (["rules"], "When x: y."), (["rules", "show", "ab12cd34"], "id: ab12cd34"),
        (["rules", "pause", "ab12cd34"], "paused."), (["rules", "resume", "ab12cd34"], "resumed."),
        (["rules", "approve", "ab12cd34"], "approved."), (["rules", "delete", "ab12cd34"], "Gone."),
        (["rules", "edit", "ab12cd34", "turn", "it", "off"], "When x: y."), (["rules", "export"], "id: ab12cd34"),
        (["rules", "why-not", "ab12cd34"], "It was day."), (["rules", "why-not", "ab12cd34", "last", "night"], "Well."),
    ],
)  # fmt: skip
def test_commands_are_carried_out(gateway, capsys, typed, shown):
    assert execute(typed) == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("typed", [["memory"], ["webhook"], ["plans"], ["topics"], ["rules"], ["commands"]])
def test_answers_as_json(gateway, capsys, typed):
    assert execute([*typed, "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out) == gateway.answers["GET", f"/api/{typed[0].replace('webhook', 'webhooks')}"]
    )


def test_an_address_is_sent_once_and_never_shown(gateway, capsys, monkeypatch):
    monkeypatch.setattr(asking, "ask_pin", lambda prompt: URL)
    assert execute(["webhook", "set", "discord", "--name", "team"]) == 0
    assert gateway.sent == {"url": URL, "service": "discord", "name": "team"}
    assert URL not in capsys.readouterr().out


def test_a_place_that_is_not_reached_is_a_failure(gateway, capsys):
    assert execute(["webhook", "test", "slack"]) == 1
    assert "It answered 404." in capsys.readouterr().out


def test_rules_are_carried_as_files(gateway, tmp_path, capsys):
    file = tmp_path / "rules.yaml"
    assert execute(["rules", "export", str(file)]) == 0
    assert file.read_text() == "id: ab12cd34\n"
    assert execute(["rules", "import", str(file)]) == 0
    assert gateway.sent == {"yaml": "id: ab12cd34\n"}
    assert execute(["rules", "edit", "ab12cd34", "--file", str(file)]) == 0
    assert gateway.sent == {"yaml": "id: ab12cd34\n"}
    gateway.answers["POST", "/api/rules/import"] = {"text": "Nothing.", "problems": ["x: no trigger"], "rule_ids": []}
    assert execute(["rules", "import", str(file)]) == 1
    assert "x: no trigger" in capsys.readouterr().out


def test_what_cannot_be_done_is_said(gateway, tmp_path, capsys):
    assert execute(["rules", "edit", "ab12cd34"]) == 1
    assert execute(["rules", "import", str(tmp_path / "nothing")]) == 1
    assert execute(["plans", "show", "nothing"]) == 1
    err = capsys.readouterr().err
    assert "Say what the rule shall do" in err
    assert "cannot be read" in err
    assert "There is none" in err


def test_nothing_there_is_a_sentence(gateway, capsys):
    gateway.answers |= {
        ("GET", "/api/memory"): {"facts": [], "summaries": [], "secrets": None}, ("GET", "/api/webhooks"): [],
        ("GET", "/api/plans"): [], ("GET", "/api/topics"): {"topics": []}, ("GET", "/api/rules"): [],
    }  # fmt: skip
    for typed in ("memory", "webhook", "plans", "topics", "rules"):
        assert execute([typed]) == 0
    out = capsys.readouterr().out
    for part in (
        "Nothing is remembered",
        "vault does not answer",
        "page only",
        "no plans",
        "no such topic",
        "no rules",
    ):
        assert part in out
