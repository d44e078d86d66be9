"""The table of routes and roles."""

import pytest

from wactorz_gateway.accounts.rights import OPEN, ROUTES, Rights, may
from wactorz_gateway.accounts.roles import ADMIN, OWNER, USER, VIEWER, covers

RIGHTS = Rights()


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [("GET", "/api/actors", VIEWER), ("HEAD", "/api/actors", VIEWER), ("GET", "/actors", VIEWER), ("GET", "/", OPEN),
     ("POST", "/actors/x/pause", ADMIN), ("DELETE", "/api/agents/x", ADMIN), ("POST", "/api/restore", OWNER),
     ("GET", "/assets/a/b.js", OPEN), ("GET", "/api/actors/", VIEWER), ("POST", "/chat", USER), ("WS", "/ws", VIEWER),
     ("DELETE", "/api/rules/ab/grant", USER), ("GET", "/metrics", VIEWER), ("GET", "/healthz", OPEN)],
)  # fmt: skip
def test_entries_are_found(method, path, least):
    assert RIGHTS.find(method, path).least == least


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/actors"), ("GET", "/api"), ("GET", "/api/actors/x/y"), ("OPTIONS", "/api/actors"), ("WS", "/"),
     ("GET", "//api/actors"), ("GET", "/api//actors"), ("GET", "/api/actors//pause"), ("TRACE", "/"), ("GET", ""),
     ("GET", "/page/a/b"), ("GET", "/api/api/actors"), ("GET", "/API/actors")],
)  # fmt: skip
def test_everything_else_is_refused(method, path):
    found = RIGHTS.find(method, path)
    assert found is None or (path == "" and found.path == "/")


def test_of_several_entries_the_strictest_counts():
    rights = Rights(
        {"GET /api/a/{x}": VIEWER, "GET /api/a/b": OPEN, "GET /api/{y}/c": ADMIN, "GET /api/a/{z}/{w}": USER}
    )
    assert rights.find("GET", "/api/a/b").least == VIEWER
    assert rights.find("GET", "/api/a/c").least == ADMIN
    assert rights.find("GET", "/a/b/c").least == USER


def test_what_can_be_done_at_a_path():
    assert RIGHTS.methods("/api/policies/light.x") == ("GET", "PUT", "DELETE")
    assert RIGHTS.methods("/nothing") == ()


def test_every_entry_is_a_method_a_path_and_a_role():
    for route, least in ROUTES.items():
        method, path = route.split(" ")
        assert method in ("GET", "POST", "PUT", "PATCH", "DELETE", "WS")
        assert path.startswith("/")
        assert covers(OWNER, least)
        assert method in ("GET", "WS") or least != OPEN or path in ("/api/setup", "/api/login", "/api/logout")


def test_what_frames_may_ask_for():
    assert [may(VIEWER, action) for action in ("look", "chat", "stop", "command")] == [True, False, False, False]
    assert [may(USER, action) for action in ("look", "chat", "stop", "command")] == [True, True, True, False]
    assert may(ADMIN, "command")
    assert not may("", "look")
