"""Who may speak: pure decisions."""

import base64

import pytest

from wactorz_gateway.accounts.admission import FAILURES_PER_MINUTE, Admission
from wactorz_gateway.accounts.book import Kept
from wactorz_gateway.accounts.known import Known
from wactorz_gateway.accounts.limits import Writes
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.sessions import csrf_of, new_session
from wactorz_gateway.guards import (
    LOOPBACK_NAMES,
    Call,
    Guards,
    Refusal,
    host_name,
    is_loopback,
    same_origin,
)

HOST = {"host": "127.0.0.1:8080"}


def make_guards(token="", hosts=LOOPBACK_NAMES, ticks=lambda: 0.0, known=None, **more):
    admission = Admission(known or Known(), lambda: 1000.0, ticks, True, token, **more)
    return Guards(frozenset(hosts), admission, Writes(ticks))


def refused(call, **options):
    return status_of(make_guards(**options).admit(call))


def status_of(admitted):
    return admitted.status if isinstance(admitted, Refusal) else None


def get(path="/api/actors", **headers):
    return Call("http", "GET", path, {**HOST, **{k.replace("_", "-"): v for k, v in headers.items()}})


def post(path="/api/chat", **headers):
    return Call("http", "POST", path, {**HOST, **{k.replace("_", "-"): v for k, v in headers.items()}})


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", None), ("LOCALHOST:8080", None), ("127.0.0.1:1", None), ("[::1]:8080", None), ("evil.example", 403),
     ("localhost.evil.example", 403), ("127.0.0.1.nip.io", 403), ("", 403), ("2130706433", 403)],
)  # fmt: skip
def test_host(host, status):
    assert refused(get(host=host)) == status


def test_programs_that_speak_mqtt_come_by_any_name_and_pages_only_by_one_of_ours():
    def mqtt(**headers):
        return refused(Call("websocket", "GET", "/mqtt", headers))

    assert mqtt(host="192.168.1.7:8080") is None
    assert mqtt(host="evil.example", origin="http://evil.example") == 403
    assert mqtt(host="127.0.0.1:8080", origin="http://127.0.0.1:8080") is None
    assert mqtt(host="127.0.0.1:8080", origin="http://evil.example") == 403
    assert refused(Call("websocket", "GET", "/ws", {"host": "192.168.1.7:8080"})) == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:8080", None), ("https://127.0.0.1:8080", None), ("http://127.0.0.1:3000", 403), ("null", 403),
     ("http://localhost:8080", 403), ("http://evil.example", 403), ("file://", 403), ("", 403), ("http://[", 403)],
)  # fmt: skip
def test_origin_counts_for_writes_and_websockets_only(origin, status):
    assert refused(post(origin=origin, content_type="application/json")) == status
    assert refused(Call("websocket", "GET", "/ws", {**HOST, "origin": origin})) == status
    assert refused(get(origin=origin)) is None


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", None), ("none", None)]
)
def test_sites_that_browsers_report(site, status):
    assert refused(post(sec_fetch_site=site, content_type="application/json")) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "application/json", "content_length": "5"}, None),
        ({"content_type": "application/json; charset=utf-8", "content_length": "5"}, None),
        ({"content_length": "0"}, None),
        ({}, None),
        ({"content_length": "5"}, 415),
        ({"transfer_encoding": "chunked"}, 415),
        ({"content_type": "text/plain", "content_length": "5"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": "application/json", "content_length": "1048576"}, None),
        ({"content_type": "application/json", "content_length": "1048577"}, 413),
        ({"content_type": "application/json", "content_length": "-5"}, 413),
    ],
)
def test_content(headers, status):
    assert refused(post(**headers)) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer secret"}, None),
        ({"authorization": "bearer secret"}, None),
        ({"x_api_key": "secret"}, None),
        ({"authorization": "Basic " + base64.b64encode(b"me:secret").decode()}, None),
        ({"authorization": "Basic " + base64.b64encode(b"secret").decode()}, 401),
        ({"authorization": "Basic %%%"}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Bearer s\xe9cret"}, 401),
        ({"x_api_key": ""}, 401),
    ],
)
def test_token(headers, status):
    assert refused(get(**headers), token="secret") == status


def test_probes_need_no_token_but_their_host():
    assert refused(get("/healthz"), token="secret") is None
    assert refused(get("/api/health"), token="secret") is None
    assert refused(get("/api/health", host="evil.example"), token="secret") == 403


def test_guessing_is_slowed_down_for_one_address_only():
    now = 0.0
    guards = make_guards("secret", ticks=lambda: now)

    def attempt(client, token):
        return status_of(guards.admit(Call("http", "GET", "/api/actors", {**HOST, "x-api-key": token}, client)))

    for number in range(FAILURES_PER_MINUTE):
        assert attempt("a", f"guess{number}") == 401
    assert attempt("a", "secret") == 429
    assert attempt("b", "secret") is None
    now = 61.0
    assert attempt("a", "secret") is None


def test_names_and_addresses():
    assert host_name("Example.org:80") == "example.org"
    assert is_loopback("127.0.0.5")
    assert not is_loopback("0.0.0.0")
    assert not same_origin("http://127.0.0.1:8080", "")


def logged_in(role="owner"):
    known = Known()
    secret, session = new_session("ann", 1000.0, "", "")
    known.fill(Kept((Person("ann", role, "hash", 0.0), Person("zoe", "owner", "hash", 0.0)), (session,), ()))
    return known, {"cookie": f"wactorz_session={secret}"}, csrf_of(secret)


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, 403),
        ({"origin": "http://127.0.0.1:8080"}, None),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_websocket_by_cookie_must_name_this_site(extra, status):
    known, cookie, _ = logged_in()
    assert refused(Call("websocket", "GET", "/ws", {**HOST, **cookie, **extra}), known=known) == status


def test_a_websocket_by_token_needs_no_origin():
    assert refused(Call("websocket", "GET", "/ws", {**HOST, "x-api-key": "secret"}), token="secret") is None


def test_a_role_that_is_too_low_is_refused_before_anything_else():
    known, cookie, csrf = logged_in("viewer")
    admitted = make_guards(known=known).admit(
        Call("http", "POST", "/api/chat", {**HOST, **cookie, "x-csrf-token": csrf})
    )
    assert (admitted.status, admitted.reason) == (403, "role")
    assert "user" in admitted.detail


def test_reads_by_cookie_need_no_csrf_token():
    known, cookie, _ = logged_in()
    assert refused(Call("http", "GET", "/api/actors", {**HOST, **cookie}), known=known) is None
    assert refused(Call("http", "POST", "/api/chat", {**HOST, **cookie}), known=known) == 403
    assert refused(Call("http", "POST", "/api/login", {**HOST, **cookie}), known=known) is None


def test_too_many_writes_of_one_person_wait():
    known, cookie, csrf = logged_in()
    guards = make_guards(known=known)
    guards.writes.per_minute = 3
    write = Call("http", "POST", "/api/chat", {**HOST, **cookie, "x-csrf-token": csrf})
    assert [status_of(guards.admit(write)) for _ in range(4)] == [None, None, None, 429]
    assert guards.admit(write).wait == 20
    assert status_of(guards.admit(Call("http", "GET", "/api/actors", {**HOST, **cookie}))) is None
