"""What the doorkeeper does while the body of a request is still arriving."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect

from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.roles import OWNER
from wactorz_gateway.middleware import Doorkeeper

from .test_api_session import accounts_of, add, log_in, set_up, sign
from .test_app import FakeBus, assert_problem, client_of, make_app

BOSS = Caller("boss", OWNER, "fixed")
JSON = {"content-type": "application/json"}


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
def app(tmp_path, bus):
    return make_app(tmp_path, bus)


async def body(first, meanwhile, last):
    """A body that comes in two pieces."""
    yield first
    await meanwhile()
    yield last


async def slow_message(app, ben, meanwhile):
    return await ben.post("/api/chat", content=body(b'{"message"', meanwhile, b': "hi"}'), headers=JSON)


async def logged_in(app, client, ben, role="user"):
    await set_up(app, client)
    await add(app, "ben", role)
    sign(ben, await log_in(ben, "ben"))


def deeds(app):
    disk = accounts_of(app).changes.disk
    return disk.connection.execute("SELECT person, status, route FROM changes ORDER BY id").fetchall()


async def test_a_slow_request_of_somebody_who_is_deleted_meanwhile_is_not_carried_out(app, bus):
    async with client_of(app) as client, client_of(app) as ben:
        await logged_in(app, client, ben)
        answer = await slow_message(app, ben, lambda: accounts_of(app).remove_person(BOSS, "ben"))
        assert_problem(answer, 401)
        assert bus.said == []
        assert ("ben", 401, "/api/chat") in deeds(app)


@pytest.mark.parametrize("change", [{"disabled": True, "role": None}, {"disabled": None, "role": "viewer"}])
async def test_nor_one_of_somebody_who_may_not_do_it_any_more(app, bus, change):
    async with client_of(app) as client, client_of(app) as ben:
        await logged_in(app, client, ben)
        made = await ben.post("/api/tokens", json={"label": "script", "scopes": ["control"]})
        accounts = accounts_of(app)
        async with client_of(app, headers={"x-api-key": made.json()["token"]}) as program:
            answer = await slow_message(
                app, program, lambda: accounts.change_person(BOSS, "ben", password=None, **change)
            )
        assert_problem(answer, 403 if change["role"] else 401)
        assert bus.said == []


async def test_a_restore_whose_session_ends_meanwhile_does_not_count(app):
    async with client_of(app) as client:
        await set_up(app, client)
        ended = body(b"x" * 600, lambda: accounts_of(app).keys.end(list(accounts_of(app).known.sessions), []), b"x")
        answer = await client.post("/api/restore", content=ended, headers={"content-type": "application/x-tar"})
        assert_problem(answer, 401)


async def test_what_was_taken_away_counts_for_what_the_request_may_see_too(app):
    async with client_of(app) as client, client_of(app) as ben:
        await logged_in(app, client, ben, "admin")
        made = await ben.post("/api/tokens", json={"label": "script", "scopes": ["admin"]})
        seen = []
        outer = app.build_middleware_stack()

        async def noting(scope, receive, send):
            await outer(scope, receive, send)
            seen.append((scope["state"]["role"], scope["state"]["caller"].role))

        app.middleware_stack = noting
        async with client_of(app, headers={"x-api-key": made.json()["token"]}) as program:
            answer = await slow_message(
                app, program,
                lambda: accounts_of(app).change_person(BOSS, "ben", role="user", disabled=None, password=None),
            )  # fmt: skip
        assert answer.status_code == 200
        assert seen == [("user", "user")]


async def test_whoever_needs_no_login_until_there_is_an_owner_needs_one_from_then_on(app, bus):
    async with client_of(app) as anybody, client_of(app) as client:
        answer = await slow_message(app, anybody, lambda: set_up(app, client))
        assert_problem(answer, 401)
        assert bus.said == []


async def test_a_slow_request_that_may_be_carried_out_is(app, bus):
    async with client_of(app) as client, client_of(app) as ben:
        await logged_in(app, client, ben)
        answer = await slow_message(app, ben, lambda: asyncio.sleep(0))
        assert answer.status_code == 200
        assert [one.content for one in bus.said] == ["hi"]


@pytest.mark.parametrize("path", ["/api/login", "/api/setup", "/api/logout", "/login", "/logout"])
async def test_who_is_not_logged_in_sends_little(app, path):
    async with client_of(app) as client:
        await set_up(app, client)
        client.cookies.clear()
        answer = await client.post(path, content=b" " * 20_000, headers=JSON)
        assert_problem(answer, 413)
        assert answer.json()["detail"] == "The body is too large: at most 16 KiB"


async def test_a_client_that_goes_away_is_no_mistake_of_the_gateway(app, capsys):
    keeper = app.build_middleware_stack()
    told = []

    async def gone():
        raise ClientDisconnect

    async def send(message):
        told.append(message)

    while not isinstance(keeper, Doorkeeper):
        keeper = keeper.app
    keeper.app = lambda *_: gone()
    scope = {
        "type": "http", "method": "POST", "path": "/api/restore", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-tar")],
    }  # fmt: skip
    await keeper(scope, None, send)
    assert told == []
    assert "a request failed" not in capsys.readouterr().out
