"""Talking to Wactorz."""

import io
import stat

import pytest

from wactorz_cli import conversation
from wactorz_cli.client import Event
from wactorz_cli.errors import CommandFailed

REPLY = {"id": "1", "agent": "main", "reply": "It is on.", "source": "rules", "status": "done", "trace_id": "1"}


class FakeClient:
    """Says what the test wants."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.said = []

    def health(self):
        return {"status": "ok"}

    def say(self, text, to="", session=""):
        self.said.append((text, to, session))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        yield Event("accepted", {"id": "1"})
        yield Event("reply", answer)


def shown(*heard, live=False):
    written = []
    conversation.show(iter(heard), written.append, live=live)
    return "".join(written)


def test_whole_answer_with_its_footnote():
    assert shown(Event("reply", REPLY)) == "It is on.\n[main · rules]\n"


def test_pieces_are_shown_once_on_a_screen():
    pieces = [Event("piece", {"content": "It is "}), Event("piece", {"content": "on."})]
    assert shown(*pieces, Event("reply", REPLY), live=True) == "It is on.\n[main · rules]\n"
    assert shown(*pieces, Event("reply", REPLY), live=False) == "It is on.\n[main · rules]\n"


def test_lost_pieces_are_made_good_by_the_whole():
    assert shown(Event("piece", {"content": "It"}), Event("reply", REPLY), live=True).count("It is on.") == 1


def test_answers_cannot_steer_the_terminal():
    hostile = {**REPLY, "reply": "\x1b[2Jgone"}
    assert "\x1b" not in shown(Event("piece", {"content": "\x1b[2Jgone"}), Event("reply", hostile), live=True)


def test_no_answer_is_a_failure():
    with pytest.raises(CommandFailed):
        shown(Event("accepted", {"id": "1"}))
    with pytest.raises(CommandFailed):
        conversation.last_of([])


@pytest.mark.parametrize(
    ("status", "code"), [("done", 0), ("failed", 1), ("expired", 1), ("unknown", 1), ("stopped", 130)]
)
@pytest.mark.parametrize("as_json", [True, False])
def test_exit_code_follows_the_status_and_the_reply_is_printed(capsys, status, code, as_json):
    client = FakeClient({**REPLY, "status": status})
    assert conversation.ask(client, "hi", "", "", as_json=as_json) == code
    assert "It is on." in capsys.readouterr().out


def test_conversation_goes_on_after_a_failure_and_keeps_its_session(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.stdin", io.StringIO("first\n\nsecond\n/quit\nthird\n"))
    client = FakeClient(CommandFailed("away"), REPLY)
    assert conversation.converse(client, tmp_path / "history", "main") == 0
    assert [text for text, _, _ in client.said] == ["first", "second"]
    assert client.said[0][2] == client.said[1][2] != ""
    out, err = capsys.readouterr()
    assert "away" in err
    assert "It is on." in out


def test_history_is_private(monkeypatch, tmp_path):
    history = tmp_path / "state" / "cli-history"

    class Prompt:
        def __init__(self, history):
            pass

        def prompt(self, text):
            raise EOFError

    monkeypatch.setattr("prompt_toolkit.PromptSession", Prompt)
    assert list(conversation.typed(history)) == []
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


class FakeGateway(FakeClient):
    """Has one approval open."""

    def __init__(self, *answers, needs_pin=False, decided=None):
        super().__init__(*answers)
        self.needs_pin, self.sent = needs_pin, []
        self.decided = decided or {"text": "Unlocked.", "status": "done"}

    def get(self, _path):
        return [{"id": "ab12", "summary": "unlock the front door", "needs_pin": self.needs_pin}]

    def send(self, method, path, body):
        self.sent.append((method, path, body))
        return self.decided


WAITS = {**REPLY, "reply": "Shall I unlock it?", "status": "waiting", "approval_id": "ab12"}


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(conversation, "at_terminal", lambda: True)
    monkeypatch.setattr(conversation, "ask_pin", lambda: "2468")


def test_what_waits_for_a_yes_has_an_exit_code_of_its_own(capsys):
    assert conversation.ask(FakeGateway(WAITS), "unlock", "", "", as_json=False) == 3


@pytest.mark.parametrize(("said", "decision", "pin"), [(True, "approve", {"pin": "2468"}), (False, "deny", {})])
def test_at_a_terminal_the_question_is_asked_at_once(terminal, monkeypatch, capsys, said, decision, pin):
    monkeypatch.setattr(conversation, "ask_yes", lambda _question: said)
    client = FakeGateway(WAITS, needs_pin=True)
    assert conversation.ask(client, "unlock", "", "", as_json=False) == 0
    assert client.sent == [("POST", "/api/approvals/ab12", {"decision": decision, **pin})]
    out = capsys.readouterr().out
    assert "Unlocked." in out
    assert "2468" not in out


def test_what_was_sent_without_being_seen_is_no_success(terminal, monkeypatch):
    monkeypatch.setattr(conversation, "ask_yes", lambda _question: True)
    client = FakeGateway(WAITS, decided={"text": "Sent, not seen.", "status": "unknown"})
    assert conversation.ask(client, "unlock", "", "", as_json=False) == 1


def test_in_a_conversation_yes_answers_the_question_before_it(terminal, monkeypatch, tmp_path):
    lines = ["unlock the door", "yes", "yes"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    client = FakeGateway(WAITS, REPLY, needs_pin=True)
    assert conversation.converse(client, tmp_path / "history", "") == 0
    assert client.sent == [("POST", "/api/approvals/ab12", {"decision": "approve", "pin": "2468"})]
    assert [text for text, _, _ in client.said] == ["unlock the door", "yes"]


class Stops:
    """A gateway that is only asked to stop."""

    def __init__(self):
        self.stopped = []

    def stop(self, chat_id):
        self.stopped.append(chat_id)


def interrupted(*events):
    yield from events
    raise KeyboardInterrupt


def test_ctrl_c_stops_the_answer_at_wactorz_too():
    client, accepted = Stops(), Event("accepted", {"id": "m1"})
    with pytest.raises(KeyboardInterrupt):
        list(conversation.stoppable(client, interrupted(accepted)))
    assert client.stopped == ["m1"]
    with pytest.raises(KeyboardInterrupt):
        list(conversation.stoppable(client, interrupted()))
    assert client.stopped == ["m1"]


def test_an_answer_that_is_there_is_not_stopped():
    client = Stops()
    heard = conversation.stoppable(client, iter([Event("accepted", {"id": "m1"}), Event("reply", {"id": "m1"})]))
    assert conversation.last_of(heard) == {"id": "m1"}
    heard.close()
    assert client.stopped == []


def test_a_secret_is_not_kept_in_the_history(tmp_path, monkeypatch):
    prompts = iter(["turn on the light", "my password is hunter2"])

    def prompt(self, _text):
        line = next(prompts, None)
        if line is None:
            raise EOFError
        self.history.append_string(line)
        return line

    monkeypatch.setattr("prompt_toolkit.PromptSession.prompt", prompt)
    assert list(conversation.typed(tmp_path / "history")) == ["turn on the light", "my password is hunter2"]
    kept = (tmp_path / "history").read_text()
    assert "turn on the light" in kept
    assert "hunter2" not in kept
