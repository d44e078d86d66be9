"""The gateway's interface, seen from the command line."""

import json

import httpx
import pytest

from wactorz_cli import client as client_module
from wactorz_cli.client import Event, GatewayClient, events
from wactorz_cli.errors import CommandFailed

REPLY = {"id": "1", "agent": "main", "reply": "Done.", "source": "rules", "status": "done", "trace_id": "1"}


def stream(*pairs):
    text = "".join(f"event: {kind}\r\ndata: {json.dumps(data)}\r\n\r\n" for kind, data in pairs)
    return httpx.Response(200, text=": ping\r\n\r\n" + text, headers={"content-type": "text/event-stream"})


def make_client(answer, token=""):
    return GatewayClient("http://127.0.0.1:8080", token, httpx.MockTransport(answer))


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(client_module, "_RETRY_PAUSE", 0)
    monkeypatch.setattr(client_module, "_RECONNECT_SECONDS", 0.2)


def test_token_and_address_are_used():
    def answer(request):
        assert request.headers["authorization"] == "Bearer secret"
        assert str(request.url) == "http://127.0.0.1:8080/api/actors"
        return httpx.Response(200, json=[])

    assert make_client(answer, "secret").get("/api/actors") == []


def test_message_and_its_events():
    def answer(request):
        assert json.loads(request.content) == {"message": "hi", "to": "main", "session": "s"}
        assert request.headers["accept"] == "text/event-stream"
        return stream(("accepted", {"id": "1"}), ("piece", {"content": "Do"}), ("reply", REPLY))

    heard = list(make_client(answer).say("hi", "main", "s"))
    assert [event.kind for event in heard] == ["accepted", "piece", "reply"]
    assert heard[-1] == Event("reply", REPLY)


def test_broken_connection_is_taken_up_again_with_the_same_key():
    keys = []

    def answer(request):
        if request.url.path == "/healthz":
            return httpx.Response(200, json={})
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            return stream(("accepted", {"id": "1"}))
        return stream(("reply", REPLY))

    heard = list(make_client(answer).say("hi"))
    assert heard[-1].data == REPLY
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_gateway_that_stays_away_after_the_message_was_sent():
    def answer(request):
        if request.url.path == "/healthz":
            raise httpx.ConnectError("refused")
        return stream(("accepted", {"id": "1"}))

    with pytest.raises(CommandFailed, match="may have been acted on"):
        list(make_client(answer).say("hi"))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (httpx.ConnectError("refused"), "does not answer at http://127.0.0.1:8080: start it with `wactorz up`"),
        (httpx.ReadTimeout("slow"), "does not answer in time"),
        (httpx.ReadError("reset"), "broke"),
    ],
)
def test_every_failure_is_a_sentence(error, sentence):
    def answer(request):
        raise error

    with pytest.raises(CommandFailed, match=sentence):
        make_client(answer).get("/api/actors")
    if isinstance(error, httpx.ConnectError):
        with pytest.raises(CommandFailed, match=sentence):
            list(make_client(answer).say("hi"))


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        (httpx.Response(404, json={"detail": "There is no agent 'x'"}), "There is no agent 'x'"),
        (httpx.Response(401, json={"detail": "no"}), "WACTORZ_API_TOKEN"),
        (httpx.Response(500, json=[1]), "status 500"),
        (httpx.Response(200, text="<html>router</html>"), "not Wactorz"),
    ],
)
def test_errors_of_the_gateway_are_passed_on(response, sentence):
    with pytest.raises(CommandFailed, match=sentence):
        make_client(lambda request: response).get("/api/actors")
    with pytest.raises(CommandFailed):
        make_client(lambda request: httpx.Response(503, json={"detail": "away"})).set_state("a.b", "1", {})


def test_health_is_read_also_when_it_is_bad():
    bad = {"status": "unavailable", "detail": "broker", "checks": {}, "version": "1"}
    assert make_client(lambda request: httpx.Response(503, json=bad)).health() == bad


def test_error_event_becomes_a_sentence():
    with pytest.raises(CommandFailed, match="used already"):
        list(make_client(lambda request: stream(("error", {"detail": "used already"}))).say("hi"))


def test_logs_are_followed():
    lines = [{"agent": "main", "line": "a"}, {"agent": "main", "line": "b"}]
    heard = make_client(lambda request: stream(*(("line", line) for line in lines))).follow_logs("main", 2)
    assert list(heard) == lines


def test_events_with_several_data_lines():
    found = list(events(iter(["event: x", 'data: {"a":', "data: 1}", "", ": comment", ""])))
    assert found == [Event("x", {"a": 1})]
