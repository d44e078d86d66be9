"""Who calls."""

import base64

import pytest

from wactorz_gateway.accounts.admission import FAILURES_PER_MINUTE, Admission
from wactorz_gateway.accounts.book import Kept
from wactorz_gateway.accounts.callers import STRANGER
from wactorz_gateway.accounts.known import Known
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.sessions import new_session
from wactorz_gateway.accounts.tokens import new_token
from wactorz_gateway.calls import Call, Refusal


class Local:
    def fits(self, given):
        return given == "wzl_local"


def call(client="9.9.9.9", **headers):
    return Call("http", "GET", "/api/actors", {key.replace("_", "-"): value for key, value in headers.items()}, client)


def basic(password):
    return "Basic " + base64.b64encode(f"me:{password}".encode()).decode()


@pytest.fixture
def known():
    made = Known()
    made.secret, session = new_session("ann", 0.0, "", "")
    made.key, token = new_token("ann", "x", ["read"], 0.0, 1e9)
    made.fill(Kept((Person("Ann", "owner", "hash", 0.0),), (session,), (token,)))
    return made


def admission(known, **more):
    return Admission(known, lambda: 1.0, lambda: 1.0, True, **{"local": Local(), **more})


def who(found):
    return found.status if isinstance(found, Refusal) else (found.person, found.role, found.way)


def test_until_there_is_an_owner_this_machine_is():
    open_ = admission(Known(), persons={"ben": "secret-2"}, owner="cleo")
    assert who(open_.who(call())) == ("cleo", "owner", "loopback")
    assert who(open_.who(call(x_api_key="secret-2"))) == ("ben", "owner", "loopback")
    assert who(open_.who(call(x_api_key="wrong"))) == ("cleo", "owner", "loopback")
    closed = Admission(Known(), lambda: 1.0, lambda: 1.0, False)
    assert closed.who(call()) == STRANGER
    assert admission(Known(), token="secret-1").who(call()) == STRANGER


def test_ways_in(known):
    door = admission(known, token="secret-1", persons={"ben": "secret-2"})
    for headers, expected in (
        ({}, ("", "", "")),
        ({"x_api_key": "secret-1"}, ("owner", "owner", "fixed")),
        ({"authorization": "bearer secret-2"}, ("ben", "admin", "fixed")),
        ({"authorization": basic("secret-1")}, ("owner", "owner", "fixed")),
        ({"authorization": f"Bearer {known.key}"}, ("Ann", "viewer", "token")),
        ({"cookie": f"wactorz_session={known.secret}"}, ("Ann", "owner", "session")),
        ({"cookie": "wactorz_session=wrong"}, ("", "", "")),
        ({"cookie": f"wactorz_session={known.secret}", "x_api_key": known.key}, ("Ann", "viewer", "token")),
        ({"cookie": f"wactorz_session={known.secret}", "authorization": basic("old")}, ("Ann", "owner", "session")),
        ({"cookie": f"wactorz_session={known.secret}", "x_api_key": "wrong"}, 401),
        ({"x_api_key": known.secret}, 401),
        ({"authorization": basic("wrong")}, 401),
        ({"x_api_key": "wzl_local"}, 401),
        ({"x_api_key": "\ud800"}, 401),
    ):
        assert who(door.who(call(**headers))) == expected, headers


def test_the_machines_own_token_counts_on_the_machine_only(known):
    door = admission(known)
    assert who(door.who(call("127.0.0.1", x_api_key="wzl_local"))) == ("Ann", "owner", "local")
    assert who(door.who(call("::1", authorization="Bearer wzl_local"))) == ("Ann", "owner", "local")


def test_wrong_tokens_make_an_address_slow_but_never_this_machine(known):
    door = admission(known, token="secret-1")
    for client in ("9.9.9.9", "127.0.0.1"):
        for _ in range(FAILURES_PER_MINUTE):
            assert who(door.who(call(client, x_api_key="wrong"))) == 401
        assert who(door.who(call(client, x_api_key="wrong"))) == 429
    assert who(door.who(call("9.9.9.9", x_api_key="secret-1"))) == 429
    assert who(door.who(call("9.9.9.9", cookie=f"wactorz_session={known.secret}"))) == ("Ann", "owner", "session")
    assert who(door.who(call("127.0.0.1", x_api_key="secret-1"))) == ("owner", "owner", "fixed")
    assert who(door.who(call("9.9.9.10", x_api_key="secret-1"))) == ("owner", "owner", "fixed")
